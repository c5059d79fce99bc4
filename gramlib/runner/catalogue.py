"""What `gram list` shows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from gramlib.errors import ParameterError
from gramlib.params.plugins import MODELS, SOURCES, PlugIn, plug_ins


def rows(what: str, root: Path, reports: Path) -> Iterator[tuple[str, str]]:
    """Pairs of name and one-line description for `what`: stages, models, scenarios, issuers, profiles, runs."""
    yield from {
        "sources": _sources,
        "stages": _stages,
        "models": _models,
        "scenarios": _scenarios,
        "issuers": _issuers,
        "profiles": _profiles,
        "runs": _runs,
    }[what](root, reports)


def _stages(root: Path, reports: Path) -> Iterator[tuple[str, str]]:
    from gramlib.runner.pipeline import STAGES

    for stage in STAGES:
        yield stage.name, f"{stage.notebook}: {stage.question}"


def _models(root: Path, reports: Path) -> Iterator[tuple[str, str]]:
    from gramlib.models.plugins import imported
    from gramlib.models.registry import BASELINES, FORECASTERS, PATH_MODELS
    from gramlib.report.vocabulary import model_name

    for name in PATH_MODELS:
        yield name, model_name(name)
    for name in FORECASTERS:
        yield name, f"{model_name(name)}; forecasts and is scored, never simulated"
    for baseline in BASELINES:
        yield baseline.name, f"{model_name(baseline.name)}; scored beside the others, never simulated"
    yield from _plug_ins(MODELS, imported)


def _plug_ins(group: str, imported: Callable[[PlugIn], Any]) -> Iterator[tuple[str, str]]:
    """Every plug-in of `group` with its origin and the first line of its docstring, or the reason why it cannot be used."""
    for one in plug_ins(group):
        said, name = one.refused, one.name
        if said:
            name = f"{name} ({one.package})"  # the name itself is another's
        else:
            try:
                text = (imported(one).__doc__ or "").strip()
                yield name, f"{text.partition(chr(10))[0].rstrip('.') or one.target}; plug-in of {one.origin}"
                continue
            except ParameterError as error:
                said = error.found.partition(": ")[2]
        yield name, f"cannot be used: {said}; plug-in of {one.origin}"


def _sources(root: Path, reports: Path) -> Iterator[tuple[str, str]]:
    from gramlib.sources.online import PROVIDERS
    from gramlib.sources.plugins import imported

    yield "sample", "the shipped daily path through real monthly averages: demonstration only"
    yield "file", "a price file of your own"
    for name, provider in PROVIDERS.items():
        yield (
            name,
            f"{provider.title}; online, redistribute: {provider.redistribute}"
            + ("; off until data.accept_terms names it" if provider.needs_terms else ""),
        )
    yield from _plug_ins(SOURCES, imported)


def _scenarios(root: Path, reports: Path) -> Iterator[tuple[str, str]]:
    from gramlib.scenarios import load_scenarios

    for scenario in load_scenarios(["all"], root):
        yield scenario.id, f"{scenario.title} ({scenario.kind}, {scenario.severity})"


def _issuers(root: Path, reports: Path) -> Iterator[tuple[str, str]]:
    from gramlib.params.issuer_file import load_issuer

    for path in sorted((root / "params" / "issuers").glob("*.yaml")):
        yield path.stem, load_issuer(path.stem, root).name


def _profiles(root: Path, reports: Path) -> Iterator[tuple[str, str]]:
    from gramlib.verdicts import list_profiles, load_profile, load_standards

    for name in list_profiles(root):
        yield name, f"{load_profile(name, root).title} (to judge by)"
    for standard in load_standards(["all"], root):
        yield standard.id, f"{standard.title} (standard)"


def _runs(root: Path, reports: Path) -> Iterator[tuple[str, str]]:
    from gramlib.runner.site import run_summary
    from gramlib.store.run_folder import run_folders

    for run in run_folders(reports):
        summary = run_summary(run)
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(summary["created"]))
        yield (
            run.run_id,
            f"{when}  {summary['status']:<11} {summary['verdict_status'] or summary['reason'].split(chr(10))[0]}",
        )
