"""What would run, and why: each stage's key now against the key in its manifest, part by part.

A stage is skipped only when it has a succeeded manifest, every part of its key is the same and all its
outputs verify. The parts are its parameters, input files, snapshots used, notebook cells, the gramlib modules it really
imported last time, its upstream outputs, the dependency lock and the Python version.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gramlib.params.run_params import without_paths
from gramlib.runner import snapshots
from gramlib.runner.pipeline import Stage
from gramlib.runner.plugin_keys import plugin_keys
from gramlib.runner.resolve import ResolvedRun
from gramlib.runner.workbench import PACKAGE
from gramlib.store import Manifest, RunFolder
from gramlib.store.hashing import sha256_file, sha256_modules, sha256_notebook, sha256_record
from gramlib.store.manifest import first_damage

RENDERERS = ("gramlib.report", "gramlib.report.render")


@dataclass(frozen=True)
class Decision:
    """Whether a stage must run, and the reason as it is printed."""

    stage: Stage
    run: bool
    reason: str


def stage_params(run: ResolvedRun, stage: str) -> dict[str, Any]:
    """Everything a stage's result depends on among the parameters, flat, by dotted name."""
    flat: dict[str, Any] = {}
    _flatten(stage, without_paths(run.params.stages[stage].model_dump(mode="json", exclude={"upstream", "path"})), flat)
    if stage in {"predict", "analyse", "report"}:
        _flatten("issuer", run.params.issuer.to_record(), flat)
        _flatten("profile", run.profile.to_record(), flat)
    if stage == "report":
        flat["assumptions"] = sha256_record(run.record["assumptions"])
    if stage in {"analyse", "report"}:
        flat["params/governance.yaml"] = sha256_record(run.record["governance"])
    flat |= plugin_keys(run.record["plug_ins"], stage)
    if stage == "train":
        flat["params/models"] = sha256_record(run.record["model_figures"])
    if stage == "analyse":
        flat["params/sensitivity.yaml"] = sha256_record(run.record["sensitivity"])
        flat["standards"] = sha256_record([standard.to_record() for standard in run.standards])
    if stage == "predict":
        for scenario in run.scenarios:
            record = scenario.to_record()
            _flatten(f"scenarios.{record['id']}", record, flat)
    return flat


def _flatten(prefix: str, value: Any, into: dict[str, Any]) -> None:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            _flatten(f"{prefix}.{key}", item, into)
    else:
        into[prefix] = value


def key_of(
    run: ResolvedRun, stage: Stage, notebook: Path, upstream: dict[str, str], modules: dict[str, str], lock: Path
) -> dict[str, Any]:
    """The key of a stage: `upstream` maps stage name to outputs digest, `modules` name to digest."""
    without = {} if run.pictures else {"pictures": "none"}
    return without | {
        "params": stage_params(run, stage.name),
        "inputs": {"data": run.input_digests, "report": [run.compared] if run.compared else []}.get(stage.name, []),
        "notebook": sha256_notebook(notebook),
        "modules": modules,
        "upstream": upstream,
        "lock": sha256_file(lock) if lock.is_file() else "",
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
    }


def imported_modules(stage: Stage, imported: list[str], snapshot: dict[str, str]) -> dict[str, str]:
    """Digests, taken from the `snapshot` made before the kernel started, of the modules a stage imported.

    The report's page is what that stage is for, so the code that renders it counts as its own.
    """
    names = {*imported, *(RENDERERS if stage.name == "report" else ())}
    return {name: snapshot.get(name, "") for name in sorted(names)}


def decide(run: ResolvedRun, folder: RunFolder, stage: Stage, notebook: Path, lock: Path, *, force: bool) -> Decision:
    """Whether `stage` must run in `folder` now; upstream manifests must be those it would read."""
    manifest = folder.manifest(stage.folder)
    if manifest is None:
        if (folder.stage_path(stage.folder) / "stage.json").exists():
            return Decision(stage, True, "because its stage.json is damaged or of another version")
        last = folder.last_attempt(stage.folder)
        return Decision(
            stage,
            True,
            "no result yet" if last is None else f"its last attempt {_ENDINGS.get(last.status, last.status)}",
        )
    if force:
        return Decision(stage, True, "forced")
    change = changed(manifest, run, folder, stage, notebook, lock, upstream_digests(folder, stage))
    if change:
        return Decision(stage, True, f"because {change}")
    damage = first_damage(folder.stage_path(stage.folder), manifest)
    if damage:
        return Decision(stage, True, f"because {damage}")
    return Decision(stage, False, "unchanged")


def changed(
    manifest: Manifest,
    run: ResolvedRun,
    folder: RunFolder,
    stage: Stage,
    notebook: Path,
    lock: Path,
    upstream: dict[str, str],
    digests: Mapping[str, str] | None = None,
) -> str:
    """What differs between the key in `manifest` and that of `stage` in `run` now, in words; empty when nothing does.

    `upstream` are the digests of the outputs that the stage would read, `folder` the run whose snapshots it would use.
    `digests` are those of every module, for a caller that asks about many stages at once.
    """
    named = manifest.key.get("modules", {})
    modules = sha256_modules(PACKAGE, named) if digests is None else {name: digests.get(name, "") for name in named}
    now = key_of(run, stage, notebook, upstream, modules, lock)
    if run.pictures and manifest.key.get("pictures") == "none":
        return "pictures: none -> drawn"
    now.pop("pictures", None)  # pictures that nobody asked for do no harm
    if "snapshots" in manifest.key:
        now["snapshots"] = snapshots.now(manifest.key["snapshots"], folder.path.parent / "snapshots")
    if not set(now) <= set(manifest.key):
        return "its stage.json is damaged or of another version"
    return first_change(manifest.key, now)


_ENDINGS = {
    "failed": "failed",
    "died": "died before it finished",
    "interrupted": "was interrupted",
    "terminated": "was terminated",
    "timed_out": "ran past its time limit",
    "running": "is still running",
    "succeeded": "ended well but was not published",
}


def upstream_digests(folder: RunFolder, stage: Stage) -> dict[str, str]:
    """Outputs digest of each upstream stage, empty where it has no result."""
    from gramlib.runner.pipeline import stage_named

    manifests: dict[str, Manifest | None] = {name: folder.manifest(stage_named(name).folder) for name in stage.upstream}
    return {name: manifest.outputs_digest if manifest else "" for name, manifest in manifests.items()}


def first_change(before: dict[str, Any], now: dict[str, Any]) -> str:
    """The most telling difference between two keys in words; empty when they agree."""
    for name in sorted({*before["params"], *now["params"]}):
        old, new = before["params"].get(name, "(absent)"), now["params"].get(name, "(absent)")
        if old != new:
            return f"{name} changed {_short(old)} -> {_short(new)}"
    if before["inputs"] != now["inputs"]:
        return "the report it is compared with changed" if "report.title" in now["params"] else "the input file changed"
    moved = [
        name for name, digest in before.get("snapshots", {}).items() if now.get("snapshots", {}).get(name) != digest
    ]
    if moved:
        return f"the snapshot {moved[0]} was altered"
    for name in sorted({*before["upstream"], *now["upstream"]}):
        if before["upstream"].get(name) != now["upstream"].get(name):
            return f"the outputs of {name} changed"
    if before["notebook"] != now["notebook"]:
        return "its notebook changed"
    changed = [
        name
        for name in sorted({*before["modules"], *now["modules"]})
        if before["modules"].get(name) != now["modules"].get(name)
    ]
    if changed:
        return f"{changed[0]} changed" + (f" and {len(changed) - 1} more module(s)" if len(changed) > 1 else "")
    if before["lock"] != now["lock"]:
        return "requirements.lock changed"
    if before["python"] != now["python"]:
        return f"Python changed {before['python']} -> {now['python']}"
    return ""


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "…"
