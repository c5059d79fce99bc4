"""The other run that a report is set beside: where its report.json is, and its hash, which counts into the stage's key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gramlib.errors import ParameterError
from gramlib.store import atomic
from gramlib.store.hashing import sha256_file

if TYPE_CHECKING:
    from gramlib.runner.resolve import ResolvedRun

KEY = "report.compare_with"


def report_to_compare(named: str, reports: Path, run_id: str = "", origin: str = "") -> Path:
    """The report.json of the run `named` by its id in `reports` or by its folder.

    Raises ParameterError where there is no such run, where it has no report, and where it is the run `run_id` itself.
    """
    folder = Path(named) if "/" in named else reports / named
    found = folder / "report.json"
    if folder.name == run_id and folder.parent.resolve() == reports.resolve():
        raise ParameterError(
            f"{KEY} names the run itself", expected="another run", origin=origin or KEY, remedy="name another, or leave it empty",
        )  # fmt: skip
    if not (folder / "run.json").is_file():
        raise ParameterError(
            f"{KEY} names {named}, and there is no such run", expected=f"a run id in {reports}, or a run folder",
            origin=origin or KEY, remedy="gram list runs shows the runs there are",
        )  # fmt: skip
    if not isinstance(atomic.read_json(found), dict):
        raise ParameterError(
            f"{KEY} names {named}, which has no report", expected="a run that ended with its report.json", origin=origin or KEY,
            remedy="finish that run first, or name another",
        )  # fmt: skip
    return found


def with_compared(run: ResolvedRun, reports: Path) -> ResolvedRun:
    """`run` with the hash of the report it is compared with, unchanged where none is named; raises as `report_to_compare`."""
    named = run.params.stages["report"].model_dump()["compare_with"]
    if not named:
        return run
    found = report_to_compare(named, reports, run.run_id, run.params.provenance.get(KEY, ""))
    return replace(run, compared=sha256_file(found))


def previous_report(named: str, reports: Path) -> dict[str, Any]:
    """The report document of the run `named`; raises as `report_to_compare`."""
    return dict(atomic.read_json(report_to_compare(named, reports)))
