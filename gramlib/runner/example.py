"""The committed example: the README's picture, drawn from a run.

    python -m gramlib.runner.example reports/<run_id>

writes reports/example/overview.svg; by custom of the baseline run.
"""

from __future__ import annotations

import sys
from pathlib import Path

from gramlib.errors import ParameterError
from gramlib.runner import workbench
from gramlib.runner.pipeline import stage_named
from gramlib.store import RunFolder
from gramlib.store.tables import read_artefact

HERE = ("reports", "example")


def draw(run: RunFolder, target: Path) -> Path:
    """Write the overview picture of `run` to `target`/overview.svg; returns its path. The run must be complete."""
    from gramlib.report.figures import overview

    def table(name: str, stage: str) -> object:
        folder = stage_named(stage).folder
        manifest = run.manifest(folder)
        if manifest is None:
            raise ParameterError(
                f"run {run.run_id} has no succeeded {stage} stage",
                expected="a complete run",
                origin=str(run.path),
                remedy="gram run params/baseline.yaml",
            )
        return read_artefact(run.stage_path(folder), manifest, name)

    target.mkdir(parents=True, exist_ok=True)
    picture = overview(table("report", "report"), table("reverse", "analyse"), table("replays", "predict"))  # type: ignore[arg-type]
    picture.save(target / "overview.svg")
    return target / "overview.svg"


def main() -> None:
    """Draw the picture of the run whose folder the command line names."""
    print(workbench.shown(draw(RunFolder(Path(sys.argv[1]).resolve()), workbench.root().joinpath(*HERE))))


if __name__ == "__main__":
    main()
