"""From a params file to the record of a run: everything resolved, validated and named before a kernel starts."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import gramlib
from gramlib.errors import DataContractError, ParameterError
from gramlib.params.assumptions import load_assumptions
from gramlib.params.built_in import FORECASTER_NAMES, MODEL_NAMES, SOURCE_NAMES
from gramlib.params.governance import load_governance
from gramlib.params.layers import RunParams, resolve_params
from gramlib.params.model_figures import load_all_figures
from gramlib.params.plugins import MODELS, SOURCES, PlugIn, usable
from gramlib.params.sensitivity import load_ranges
from gramlib.scenarios import Scenario, load_scenarios
from gramlib.store import atomic
from gramlib.store.hashing import sha256_file, sha256_record
from gramlib.verdicts import Profile, Standard, load_profile, standards_of

RECORD_SCHEMA = 3
JUDGEMENT = ("assumptions", "model_figures", "governance", "sensitivity")
"""What stands in params/ beside runs, issuers, scenarios and profiles, and is recorded as it was."""

LONGEST_ID = 100
RESERVED_IDS = ("example", "exports", "my_models", "opened", "snapshots", "index.html")
"""What else lives in the folder of runs."""
RECORDED_PACKAGES = ("numpy", "pandas", "scipy", "arch", "papermill", "nbconvert", "matplotlib", "pydantic", "pyarrow")


@dataclass(frozen=True)
class ResolvedRun:
    """One run, ready to start: `run_id`, the parameters and what they name, and the record to be written.

    `compared` is the hash of the report that this run's is compared with; `pictures` is False where its notebooks leave
    their charts out, as most members of a sweep do.
    """

    run_id: str
    params: RunParams
    scenarios: tuple[Scenario, ...]
    profile: Profile
    standards: tuple[Standard, ...]
    inputs: dict[str, str]
    record: dict[str, Any]
    replay_of: str = ""
    compared: str = ""
    pictures: bool = True

    @property
    def input_digests(self) -> list[str]:
        """Hash of each input file, in the order of the parameters that name them: two files swapped are a change."""
        return [self.inputs[str(path)] for path in self.params.data_files]


def resolve_run(path: Path, overrides: list[str], root: Path, run_id: str = "") -> ResolvedRun:
    """Resolve a params file, or the run.json of an earlier run, into a ResolvedRun.

    Raises ParameterError (exit 2) for anything wrong in it, before any kernel starts.
    """
    if path.suffix == ".json":
        return _from_record(path, overrides, root, run_id)
    return run_of(resolve_params(path, overrides, root), root, run_id)


def run_of(params: RunParams, root: Path, run_id: str = "", known: dict[Any, Any] | None = None) -> ResolvedRun:
    """The run of resolved parameters, with everything they name in `root`/params.

    `known` keeps what was read for the next run that names the same, as the members of a sweep do.
    """
    params = _on_its_day(params)
    known = {} if known is None else known

    def once(key: Any, read: Callable[[], Any]) -> Any:
        if key not in known:
            known[key] = read()
        return known[key]

    named = tuple(params.stages["analyse"].model_dump()["standards"])
    scenarios = once(("scenarios", params.scenarios), lambda: load_scenarios(list(params.scenarios), root))
    profile = once(("profile", params.profile), lambda: load_profile(params.profile, root))
    standards = once(("standards", named, params.profile), lambda: standards_of(list(named), profile, root))
    judgement = once(
        "judgement",
        lambda: {
            "assumptions": [entry.model_dump(mode="json") for entry in load_assumptions(root)],
            "model_figures": load_all_figures(root),
            "governance": load_governance(root).model_dump(mode="json"),
            "sensitivity": [entry.model_dump(mode="json", by_alias=True) for entry in load_ranges(root)],
        },
    )
    return _resolved(params, scenarios, profile, standards, judgement, run_id=run_id)


def _on_its_day(params: RunParams) -> RunParams:
    """An online run without `data.as_of` is one of today in UTC; raises ParameterError for a day yet to come."""
    data = params.stages["data"].model_dump()
    if data["source"] != "online":
        return params
    today = time.strftime("%Y-%m-%d", time.gmtime())
    if data["as_of"] > today:
        raise ParameterError(
            f"data.as_of is {data['as_of']}",
            expected=f"today, {today} in UTC, or a day before",
            origin=params.provenance.get("data.as_of", ""),
            remedy="correct the date, or leave it out for today",
        )
    if data["as_of"]:
        return params
    stages = {**params.stages, "data": params.stages["data"].model_copy(update={"as_of": today})}
    return replace(params, stages=stages, provenance={**params.provenance, "data.as_of": "today in UTC"})


def _from_record(path: Path, overrides: list[str], root: Path, run_id: str) -> ResolvedRun:
    if overrides:
        raise ParameterError(
            "--set together with a run.json",
            expected="a run repeated exactly as recorded",
            origin=str(path),
            remedy="use --set with the params file, or drop it",
        )
    record = atomic.read_json(path)
    if not isinstance(record, dict) or record.get("schema") != RECORD_SCHEMA:
        raise ParameterError(
            f"{path} is not the record of a run",
            expected="the run.json that this version of gram run wrote, schema 3",
            remedy="give a params file, or reports/<run_id>/run.json",
        )
    params = RunParams.from_record(record["params"])
    scenarios = tuple(Scenario.from_record(scenario) for scenario in record["scenarios"])
    profile = Profile.from_record(record["profile"])
    standards = tuple(Standard.from_record(standard) for standard in record["standards"])
    for file, digest in record["inputs"].items():
        if not Path(file).is_file() or sha256_file(Path(file)) != digest:
            raise DataContractError(
                f"the input {file} is missing or has changed since the run",
                expected=f"sha256 {digest[:12]}…",
                origin=str(path),
                remedy="restore that file, or start a new run from the params file",
            )
    run_id = run_id or f"{record['run_id'][: LONGEST_ID - len('-replay')]}-replay"
    replay_of = (
        record["run_id"] if record["run_id"] != run_id else ""
    )  # a run resumed from its own record repeats nothing
    judgement = {name: record[name] for name in JUDGEMENT}
    return _resolved(params, scenarios, profile, standards, judgement, run_id=run_id, replay_of=replay_of)


def _resolved(
    params: RunParams,
    scenarios: tuple[Scenario, ...],
    profile: Profile,
    standards: tuple[Standard, ...],
    judgement: dict[str, Any],
    *,
    run_id: str,
    replay_of: str = "",
) -> ResolvedRun:
    inputs = _input_hashes(params)
    scenario_records = [scenario.to_record() for scenario in scenarios]
    identity = sha256_record(
        {
            "params": params.identity_record(),
            "scenarios": scenario_records,
            "profile": profile.to_record(),
            "standards": [standard.to_record() for standard in standards],
            "inputs": [inputs[str(path)] for path in params.data_files],
            **judgement,
        }
    )
    tail = "-".join(filter(None, (params.stages["data"].model_dump()["as_of"], identity[:8])))
    run_id = _checked_id(run_id) if run_id else f"{_id_of(params.stem)[: LONGEST_ID - len(tail) - 1]}-{tail}"
    record = {
        "schema": RECORD_SCHEMA,
        "run_id": run_id,
        "identity": identity,
        "replay_of": replay_of,
        "title": params.title,
        "params": params.to_record(),
        "scenarios": scenario_records,
        "profile": profile.to_record(),
        "standards": [standard.to_record() for standard in standards],
        "inputs": inputs,
        "plug_ins": [one.to_record() for one in plugins_of_run(params)],
        **judgement,
    }
    return ResolvedRun(run_id, params, scenarios, profile, standards, inputs, record, replay_of)


def plugins_of_run(params: RunParams) -> list[PlugIn]:
    """What other packages add to a run: the models and the source that it names and the workbench does not have."""
    stages = {name: stage.model_dump() for name, stage in params.stages.items()}
    named = ((MODELS, stages["train"]["models"], (*MODEL_NAMES, *FORECASTER_NAMES)),
             (SOURCES, [stages["data"]["source"]], SOURCE_NAMES))  # fmt: skip
    foreign = ((group, [name for name in names if name not in ours]) for group, names, ours in named)
    return [usable(group)[name] for group, names in foreign for name in names]


def _checked_id(run_id: str) -> str:
    if run_id in RESERVED_IDS:
        raise ParameterError(
            f"{run_id!r} cannot name a run: the folder of runs keeps something else under it",
            expected="another name",
            origin="--run-id",
        )
    if (
        not run_id[:1].isalnum()
        or run_id.startswith("scratch-")
        or len(run_id) > LONGEST_ID
        or _id_of(run_id) != run_id
    ):
        raise ParameterError(
            f"{run_id[:60]!r} cannot name a run",
            origin="--run-id",
            expected=f"at most {LONGEST_ID} letters, digits, dots, dashes and underscores, beginning with a letter or digit, "
            "not with scratch-",
        )
    return run_id


def _id_of(text: str) -> str:
    """`text` as it can stand in a folder's name and on a command line, without quotes."""
    return "".join(c if c.isalnum() or c in "._-" else "-" for c in text)


def _input_hashes(params: RunParams) -> dict[str, str]:
    return {str(path): sha256_file(path) for path in params.data_files}


def with_provenance(record: dict[str, Any], root: Path, lock_sha256: str) -> dict[str, Any]:
    """`record` completed by what is true of this moment: code, versions, time. Written to run.json once."""
    return {
        **record,
        "created": time.time(),
        "gramlib": gramlib.__version__,
        "git": _git(root),
        "lock_sha256": lock_sha256,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": package_versions(),
    }


def package_versions() -> dict[str, str]:
    """Installed versions of the packages that numbers and pages depend on."""
    found = {}
    for name in RECORDED_PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _git(root: Path) -> dict[str, Any]:
    def ask(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=root, capture_output=True, text=True, check=True, timeout=20
        ).stdout.strip()

    try:
        if Path(ask("rev-parse", "--show-toplevel")).resolve() != root.resolve():
            return {"commit": "", "dirty": False}
        return {"commit": ask("rev-parse", "HEAD"), "dirty": bool(ask("status", "--porcelain"))}
    except (OSError, subprocess.SubprocessError):
        # no git here, as in an image, which says what it was built from; the lock and module hashes remain besides
        return {"commit": os.environ.get("GRAM_REVISION", ""), "dirty": False}
