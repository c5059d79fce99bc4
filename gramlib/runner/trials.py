"""What the notebooks in notebooks/explore try before a whole run: two issuers, a price file, a scenario, a price model."""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gramlib.artefacts import entry
from gramlib.errors import ParameterError, UpstreamNotReady
from gramlib.params.fields import leaves, meaning_of, unit_of
from gramlib.params.issuer_file import load_issuer
from gramlib.params.suggest import did_you_mean
from gramlib.report.html_table import Heading, Table
from gramlib.runner import workbench
from gramlib.runner.by_hand import upstream_run
from gramlib.runner.pipeline import stage_named
from gramlib.store import RunFolder
from gramlib.store.tables import read_artefact

if TYPE_CHECKING:
    import pandas as pd

    from gramlib.prices.ingest import Ingested


def issuers_apart(before: str, after: str) -> Table:
    """Every value in which two issuers differ, each given as a name in params/issuers or a path; raises ParameterError."""
    issuers = [load_issuer(name, workbench.root()) for name in (before, after)]
    values = [{key: (value, field) for key, value, field in leaves(issuer)} for issuer in issuers]
    rows = tuple(
        (key, _shown(value), _shown(values[1].get(key, ("–",))[0]), meaning_of(field), unit_of(field))
        for key, (value, field) in values[0].items()
        if value != values[1].get(key, (None,))[0]
    )
    headings = (
        Heading("Key"), Heading(issuers[0].name, numeric=True), Heading(issuers[1].name, numeric=True), Heading("Meaning"), Heading("Unit"),
    )  # fmt: skip
    note = "" if rows else "They are the same in every value."
    return Table(f"What differs between {issuers[0].name} and {issuers[1].name}", headings, rows, note)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value)


def price_file(path: str) -> Path:
    """The price file at `path`, from the clone's top folder where it is relative; "" writes the shipped sample as a file first.

    That file lies beside the runs, in a folder `exports`. Whether the file is there is told by whoever reads it.
    """
    if path:
        return workbench.root() / path
    from gramlib.params.stages import DataParams
    from gramlib.prices import acquire

    target = workbench.reports() / "exports" / "sample_prices.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    prices = acquire(DataParams(), workbench.reports() / "snapshots").prices
    own = prices.loc[~prices["filled"]]
    with open(target, "w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(["Date", "Gold price (USD per troy ounce)"])
        writer.writerows(zip(own["date"].dt.strftime("%Y-%m-%d"), own["gold_usd_per_oz"].round(2), strict=True))
    return target


class LookedAt:
    """A price file as `gram ingest` sees it: `prices`, `quality`, `document` and the `summary` that is shown."""

    def __init__(self, path: Path, found: Ingested):
        self.prices, self.quality, self.document, self.summary = (
            found.prices, found.quality, found.document or {}, found.summary,
        )  # fmt: skip
        self._name = path.name

    def _table(self) -> Table:
        rows = tuple((key.replace("_", " "), str(value)) for key, value in self.summary.items() if key != "issues")
        return Table(f"What {self._name} is taken for", (Heading("Fact"), Heading("Found")), rows)

    def __repr__(self) -> str:
        return repr(self._table())

    def _repr_html_(self) -> str:
        return self._table()._repr_html_()


def looked_at(path: Path, *settings: str) -> LookedAt:
    """Read a price file as a run would, with `settings` such as "data.unit=g" for what the file cannot decide.

    Raises ParameterError where there is no such file or setting, DataContractError where it is no price series.
    """
    from gramlib.params.checks import stage_params
    from gramlib.prices.ingest import ingest
    from gramlib.sources.files import FileSettings

    pairs = [setting.removeprefix("data.").partition("=") for setting in settings]
    names = [field.name for field in fields(FileSettings)]
    strange = [name for name, *_ in pairs if name not in names]
    if strange:
        raise ParameterError(
            f"{strange[0]!r} says nothing about a file{did_you_mean(strange[0], names)}",
            expected=f"settings such as data.unit=g, of {', '.join(names)}",
            origin="settings",
        )
    given = {
        name: int(value) if value.lstrip("-").isdigit() and name == "day_shift" else value for name, _, value in pairs
    }
    checked = stage_params("data", given, "settings").model_dump(include=set(names))
    return LookedAt(path, ingest(str(path), FileSettings(**checked)))


@dataclass(frozen=True)
class Tried:
    """One scenario walked by the reference engine: the catalogue's `replays`, `replay_failures` and `scenarios_used`."""

    replays: pd.DataFrame
    failures: pd.DataFrame
    used: dict[str, Any]


def try_scenario(name: str, issuer: str = "gram") -> Tried:
    """Walk `issuer` through the listed scenario `name` on the tables of the latest run; nothing is written."""
    from gramlib import scenarios, simulation
    from gramlib.params.stages import PredictParams
    from gramlib.simulation.draws import generator
    from gramlib.verdicts import load_profile

    root, params = workbench.root(), PredictParams()
    tables = _upstream("prices", "source_cards", "calibration", "residuals")
    start = simulation.start_price_usd_per_g(tables["calibration"], params)
    draws = generator(params.seed, "price", 0, 3)
    moves = scenarios.ModelMoves(tables["calibration"], tables["residuals"], draws, params.drift_year, params.model)
    chosen = scenarios.load_scenarios([name], root)
    paths = scenarios.build_paths(chosen, tables["prices"], tables["source_cards"]["grade"], start, moves)
    used = scenarios.scenarios_used(paths, start)
    own_funds = simulation.OwnFundsRule(**load_profile(params.profile, root).own_funds)
    listed = simulation.listed_of(scenarios.scenario_days(paths), used)
    replays, failures = simulation.run_replays(load_issuer(issuer, root), listed, own_funds)
    return Tried(replays, failures, used)


def _upstream(*names: str) -> dict[str, Any]:
    """Artefacts of the latest run that has what predict reads, by catalogue name."""
    run = upstream_run(stage_named("predict"), "")
    return _read(run, names) if run else {}


def read_run(run_id: str, *names: str) -> dict[str, Any]:
    """Artefacts of one run by catalogue name; raises UpstreamNotReady where their stage has no result."""
    return _read(RunFolder(workbench.reports() / run_id), names)


def _read(run: RunFolder, names: tuple[str, ...]) -> dict[str, Any]:
    found = {}
    for name in names:
        stage = stage_named(entry(name).stage)
        manifest = run.manifest(stage.folder)
        if manifest is None:
            raise UpstreamNotReady(
                f"run {run.run_id} has no succeeded {stage.name}",
                expected=f"the stage that makes {name}",
                origin=str(run.path),
                remedy=f"gram run PARAMS.yaml --until {stage.name}",
            )
        found[name] = read_artefact(run.stage_path(stage.folder), manifest, name)
    return found
