"""From a run file to a resolved run: merged layers in, validated parameters with their provenance out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gramlib.params.checks import cross_checks
from gramlib.params.fields import Section, leaves
from gramlib.params.issuer import Issuer
from gramlib.params.issuer_file import SET_FOR_RUN, IssuerValues, read_issuer
from gramlib.params.origins import Layered
from gramlib.params.problems import Problem, raise_problems, validated
from gramlib.params.quoting import shortened, shown
from gramlib.params.run_file import merged
from gramlib.params.run_params import RunnerParams, RunParams
from gramlib.params.stages import STAGE_NAMES, STAGE_PARAMS, PredictParams
from gramlib.params.suggest import did_you_mean
from gramlib.params.yaml_source import shown_path

TOP_NAMES = ("title", "extends", *STAGE_NAMES, "issuer", "scenarios", "profile", "runner")
SHARED = {("predict", "issuer"), ("predict", "scenarios"), ("predict", "profile"), ("analyse", "issuer"),
           ("analyse", "profile")}  # fmt: skip
"""Fields that a run file writes once, at its top, and the stages share."""
_ELSEWHERE = ("upstream", "issuer", "scenarios", "profile")


def resolve_params(path: str | Path, overrides: Sequence[str], root: str | Path) -> RunParams:
    """Resolve the run file `path` with `overrides` ("predict.n_paths=2000") on top; `root` is the workbench.

    Raises ParameterError (exit 2) naming file and line, or the override, of every value that is unknown, of the
    wrong type or impossible; several at once are reported together in at most four lines.
    """
    path, root = Path(path), Path(root)
    return resolve_layers(merged(path, overrides, root), path, root)


def resolve_layers(layered: Layered, path: Path, root: Path) -> RunParams:
    """The run of layers that are already merged; `path` is the file on top of them. Raises as `resolve_params` does."""
    problems = _misplaced(layered)
    stages, found = _stages(layered)
    problems += found
    runner, found = validated(RunnerParams, layered.values.get("runner", {}), "runner", layered.where)
    problems += found
    title = layered.values.get("title", path.stem)
    if not isinstance(title, str) or not title.strip():
        problems.append(Problem(f"title is {shown(title)}", "text that is not blank", layered.where("title")))
    given = layered.values.get("issuer", {})
    name = given.get("file", PredictParams().issuer) if isinstance(given, dict) else given
    if not isinstance(given, dict) or not isinstance(name, str) or not name:
        expected = "a name, a path, or a mapping with file and the values that deviate from it"
        raise_problems([*problems, Problem(f"issuer is {shown(name)}", expected, layered.where("issuer"))])
    values = read_issuer(name, root, layered.where("issuer.file"), "issuer")
    deviations = {key: value for key, value in given.items() if key != "file"}
    deviating = values.overlay(deviations, lambda key: layered.where(f"issuer.{key}"), SET_FOR_RUN, "issuer")
    issuer, found = values.check("issuer")
    problems += found
    if not problems:
        problems = cross_checks(stages, lambda key: _own_line(layered, key), root)
    raise_problems(problems)
    assert issuer is not None and runner is not None and isinstance(stages["predict"], PredictParams)
    return RunParams(
        stem=path.stem, title=title, stages=stages, issuer=issuer, scenarios=tuple(stages["predict"].scenarios),
        profile=stages["predict"].profile, runner=runner,
        provenance=_provenance(layered, values, stages, issuer, runner),
        path=shown_path(path, root), issuer_overrides=tuple(deviating),
    )  # fmt: skip


def _stages(layered: Layered) -> tuple[dict[str, Section], list[Problem]]:
    """Every stage's parameters with the shared values copied in, and what is wrong with them."""
    tops: dict[str, Any] = {name: layered.values[name] for name in ("scenarios", "profile") if name in layered.values}
    if (file := layered.get("issuer.file")) is not None:
        tops["issuer"] = file
    stages: dict[str, Section] = {}
    problems: dict[str, Problem] = {}
    for stage, model in STAGE_PARAMS.items():
        given = layered.values.get(stage, {})
        if isinstance(given, dict):
            own = {name: value for name, value in given.items() if not _elsewhere(stage, name)}
            given = own | {name: value for name, value in tops.items() if (stage, name) in SHARED}
        made, found = validated(model, given, stage, lambda key: _where(layered, key), unspoken=_ELSEWHERE)
        if made is not None:
            stages[stage] = made
        for problem in found:
            for name in tops:
                long = f"{stage}.{name}"
                if problem.found.startswith((f"{long} ", f"{long}.")):
                    problem = replace(problem, found=problem.found.removeprefix(f"{stage}."))
            problems[problem.found] = problem
    return stages, list(problems.values())


def _elsewhere(stage: str, name: str) -> bool:
    return (stage, name) in SHARED or (name == "upstream" and stage != "data")


def _where(layered: Layered, key: str) -> str:
    stage, _, name = key.partition(".")
    top = name.partition(".")[0]
    if (stage, top) in SHARED:
        return layered.where("issuer.file" if top == "issuer" else name)
    return layered.where(key)


def _own_line(layered: Layered, key: str) -> str:
    # A contradiction is never the fault of a default, so the line of the section around it would mislead.
    return _where(layered, key) if key in layered.origins or _elsewhere(*key.split(".")) else "default"


def _misplaced(layered: Layered) -> list[Problem]:
    """Names that stand at the wrong depth, or that no run file has."""
    found = []
    for name in layered.values:
        if name not in TOP_NAMES:
            homes = [f"{stage}.{name}" for stage, model in STAGE_PARAMS.items() if name in model.model_fields]
            near = f"; did you mean {homes[0]!r}?" if homes else did_you_mean(name, TOP_NAMES)
            where = layered.origins.get(name, "")
            found.append(Problem(f"unknown name {shortened(name)}{near}", f"one of {', '.join(TOP_NAMES)}", where))
    for stage in STAGE_NAMES:
        given = layered.values.get(stage)
        for name in given if isinstance(given, dict) else ():
            where = layered.where(f"{stage}.{name}")
            if (stage, name) in SHARED:
                found.append(Problem(f"{stage}.{name} is set", f"{name} at the top of the file", where,
                                     f"write {name}: without {stage} above it"))  # fmt: skip
            elif _elsewhere(stage, name):
                found.append(Problem(f"{stage}.upstream is set", "a run that reads its own stages", where,
                                     "remove it; it is for notebooks run by hand"))  # fmt: skip
    return found


def _provenance(
    layered: Layered, values: IssuerValues, stages: dict[str, Section], issuer: Issuer, runner: RunnerParams
) -> dict[str, str]:
    made = {key: layered.origins.get(key, "default") for key in ("title", "scenarios", "profile")}
    made["issuer"] = layered.origins.get("issuer.file", "default")
    for stage, params in stages.items():
        for key, _, _ in leaves(params, f"{stage}."):
            name = key.partition(".")[2]
            made[key] = made[name] if (stage, name) in SHARED else layered.origins.get(key, "default")
    for key, _, _ in leaves(runner, "runner."):
        made[key] = layered.origins.get(key, "default")
    for key, _, _ in leaves(issuer):
        made[f"issuer.{key}"] = values.layered.origins.get(key, "default")
    return {key: "--set" if origin.startswith("--set ") else origin for key, origin in made.items()}
