"""A pipeline of four tiny stages on the real runner, for tests of its mechanics.

Real parameters, kernels, manifests and signals; only the notebooks are toys that write small documents.
Also a script: `python toy_pipeline.py REPORTS NOTEBOOKS [gram run options]` behaves as `gram run` does.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import nbformat

from gramlib import cli
from gramlib.params.stages import STAGE_PARAMS
from gramlib.runner import workbench
from gramlib.runner.pipeline import STAGES, Stage

OUTPUTS = {"data": ("source_cards",), "train": ("calibration",), "predict": ("scenarios_used",), "report": ("report",)}
UPSTREAM = {"data": (), "train": ("data",), "predict": ("train",), "report": ("data", "predict")}
TOYS: tuple[Stage, ...] = tuple(
    replace(stage, upstream=UPSTREAM[stage.name], outputs=OUTPUTS[stage.name])
    for stage in STAGES
    if stage.name in OUTPUTS
)
OPEN = "import gramlib\nctx = gramlib.stage('{stage}').context(globals())"
WORK = {
    "data": "ctx.write('source_cards', {'label': 'toy data', 'grade': 'D'})\nctx.headline('toy data')",
    "train": "ctx.write('calibration', {'seed': ctx.params.seed, 'from': ctx.read('source_cards')['grade']})",
    "predict": "ctx.write('scenarios_used', {'paths': ctx.params.n_paths, 'seed': ctx.read('calibration')['seed']})",
    "report": "ctx.write('report', {'verdict': {'status': 'watch', 'sentence': 'A toy.'}, 'paths': ctx.read('scenarios_used')['paths']})",
}


def parameters_source(stage: str) -> str:
    """A parameters cell with the model's defaults."""
    return "\n".join(f"{name} = {field.get_default()!r}" for name, field in STAGE_PARAMS[stage].model_fields.items())


def write_notebook(folder: Path, stage: str, *extra: str, close: bool = True) -> Path:
    """Write the toy notebook of `stage`, with `extra` cells between its work and its end."""
    cells = [
        nbformat.v4.new_markdown_cell(f"# Toy {stage}"),
        nbformat.v4.new_code_cell(parameters_source(stage), metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(OPEN.format(stage=stage)),
        nbformat.v4.new_code_cell(WORK[stage]),
        *(nbformat.v4.new_code_cell(source) for source in extra),
    ]
    if close:
        cells.append(nbformat.v4.new_code_cell("ctx.finish()"))
    notebook = nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    )
    path = folder / next(toy.notebook for toy in TOYS if toy.name == stage)
    nbformat.write(notebook, path)
    return path


def write_notebooks(folder: Path) -> Path:
    """Write the four healthy toy notebooks."""
    folder.mkdir(parents=True, exist_ok=True)
    for stage in OUTPUTS:
        write_notebook(folder, stage)
    return folder


def main(arguments: list[str]) -> int:
    """`gram run params/smoke.yaml` on the toy notebooks in arguments[1], into the reports folder arguments[0]."""
    from gramlib.cli import runs
    from gramlib.runner.pipeline import select
    from gramlib.runner.place import Place
    from gramlib.runner.run import Request

    reports, notebooks = Path(arguments[0]), Path(arguments[1])

    def toy_request(stage: str, first: str, last: str, force: bool, wait_s: float, place: Place) -> Request:
        chosen = select(TOYS, only=stage, first=first, last=last)
        kept = place if place.elsewhere else Place(reports)
        lock = workbench.root() / "requirements.lock"
        return Request(kept.reports, notebooks, lock, chosen, TOYS, force, wait_s, place=kept)

    runs._request = toy_request
    return cli.main(["run", str(workbench.root() / "params" / "smoke.yaml"), *arguments[2:]])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
