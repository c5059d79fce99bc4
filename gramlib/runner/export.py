"""One stage's parameters as a YAML file for plain papermill, giving the same tables as the run."""

from __future__ import annotations

from pathlib import Path

from gramlib.params.export import export_stage, issuer_yaml
from gramlib.params.issuer_file import load_issuer
from gramlib.runner.pipeline import stage_named
from gramlib.runner.resolve import ResolvedRun
from gramlib.store import atomic
from gramlib.store.hashing import sha256_record


def export_text(run: ResolvedRun, stage: str, root: Path, reports: Path) -> str:
    """YAML of `stage`'s parameters with `upstream` set to the run's id.

    An issuer that was changed on top of its file (--set issuer.…) is first written to reports/exports/,
    so that the exported name stands for the same values.
    """
    stage_named(stage)
    reference = None
    params = run.params.stages[stage]
    if hasattr(params, "issuer") and load_issuer(params.issuer, root).to_record() != run.params.issuer.to_record():
        path = reports / "exports" / f"issuer-{sha256_record(run.params.issuer.to_record())[:8]}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write_text(path, issuer_yaml(run.params.issuer))
        reference = str(path)
    return export_stage(run.params, stage, run.run_id, issuer_ref=reference)
