"""The committed example in reports/example/: one small run as its reader gets it, and the README's picture.

python -m gramlib.runner.example params/smoke.yaml        report.html, report.json, index.html of that run, which must be complete
python -m gramlib.runner.example --picture RUN            overview.svg; by custom of the baseline run
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection
from pathlib import Path

from gramlib.errors import GramError, ParameterError
from gramlib.runner import workbench
from gramlib.runner.pipeline import stage_named
from gramlib.runner.publish import refuse_kept_series
from gramlib.runner.resolve import resolve_run
from gramlib.runner.site import run_summary
from gramlib.store import RunFolder, atomic
from gramlib.store.tables import read_artefact

HERE = ("reports", "example")
PAGES = ("report.html", "report.json", "index.html")
_LINK = re.compile(r'<a\b[^>]*?\bhref="(?P<target>[^"]*)"[^>]*>(?P<text>.*?)</a>', re.DOTALL)


def render(run: RunFolder, target: Path) -> list[Path]:
    """Copy the report of `run` into `target` with an index of this run alone; returns the files.

    Links to what is not committed (the stages' notebooks) become plain text. Raises ParameterError for a run that is not
    complete or holds series that may not be handed on.
    """
    from gramlib.report.site import build_index

    if not run.is_published(stage_named("report").folder):
        raise _incomplete(run, "published report")
    refuse_kept_series(
        run.run_id, atomic.read_json(run.stage_path(stage_named("data").folder) / "source_cards.json") or {}
    )
    target.mkdir(parents=True, exist_ok=True)
    summary = {**run_summary(run), "links": {"report": "report.html"}}
    texts = {
        "report.html": (run.path / "report.html").read_text(encoding="utf-8"),
        "report.json": (run.path / "report.json").read_text(encoding="utf-8"),
        "index.html": build_index([summary]),
    }
    for name, text in texts.items():
        atomic.write_text(target / name, without_dead_links(text, PAGES) if name.endswith(".html") else text)
    return [target / name for name in texts]


def without_dead_links(page: str, there: Collection[str]) -> str:
    """`page` with links to other files than those in `there` reduced to their text."""

    def kept(link: re.Match[str]) -> str:
        file = link["target"].partition("#")[0]
        inside = not file or file in there or file.startswith("data:")
        return link[0] if inside else link["text"]

    return _LINK.sub(kept, page)


def draw(run: RunFolder, target: Path) -> Path:
    """Write the overview picture of `run` to `target`/overview.svg; returns its path. The run must be complete."""
    from gramlib.report.figures import overview

    def table(name: str, stage: str) -> object:
        folder = stage_named(stage).folder
        manifest = run.manifest(folder)
        if manifest is None:
            raise _incomplete(run, f"succeeded {stage} stage")
        return read_artefact(run.stage_path(folder), manifest, name)

    target.mkdir(parents=True, exist_ok=True)
    picture = overview(table("report", "report"), table("reverse", "analyse"), table("replays", "predict"))  # type: ignore[arg-type]
    picture.save(target / "overview.svg")
    return target / "overview.svg"


def _incomplete(run: RunFolder, lacks: str) -> ParameterError:
    return ParameterError(
        f"run {run.run_id} has no {lacks}",
        expected="a complete run",
        origin=str(run.path),
        remedy="gram run its params file first",
    )


def main(arguments: list[str]) -> int:
    """Do what the command line asks; returns the exit code."""
    root = workbench.root()
    target = root.joinpath(*HERE)
    try:
        if len(arguments) == 2 and arguments[0] == "--picture":
            made = [draw(RunFolder(Path(arguments[1]).resolve()), target)]
        elif len(arguments) == 1 and not arguments[0].startswith("-"):
            resolved = resolve_run(Path(arguments[0]), [], root)
            made = render(RunFolder(workbench.reports() / resolved.run_id), target)
        else:
            raise ParameterError("no such usage", expected=__doc__.partition("\n\n")[2].strip())
    except GramError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print("\n".join(workbench.shown(path) for path in made))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
