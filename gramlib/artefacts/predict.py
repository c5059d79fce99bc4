"""What stage predict hands on."""

from __future__ import annotations

from gramlib.artefacts.columns import PREDICATES, Artefact, Column
from gramlib.artefacts.events import EVENT_COLUMNS
from gramlib.artefacts.ledger import LEDGER_COLUMNS, LEDGER_EXTENSIONS, LEDGER_EXTRA

_FAILURE_DAYS = tuple(
    Column(f"{p.lower()}_day", "int16", "day", f"first day of failure {p}; -1 never", lower=-1) for p in PREDICATES
)
_FAILURE_CAUSES = tuple(
    Column(f"{p.lower()}_cause", "str", "", f"largest term on the first day of failure {p}; empty for never")
    for p in PREDICATES
)


def _path_value(name: str, unit: str, meaning: str, lower: float | None = None) -> Column:
    return Column(name, "float32", unit, meaning, lower=lower)


ARTEFACTS: tuple[Artefact, ...] = (
    Artefact(
        "outcomes",
        "predict",
        "Result of every model-generated path",
        version=2,
        key=("book", "path"),
        columns=(
            Column("book", "str", "", "which set of paths"),
            Column("path", "int32", "1", "number of the path, the address of its draws", lower=0),
            _path_value("end_price_usd_per_g", "USD/g", "gold price on the last day", lower=0.0),
            _path_value("min_coverage", "1", "lowest assets over liabilities"),
            _path_value("min_backing", "1", "lowest grams over tokens", lower=0.0),
            _path_value("min_equity_usd", "USD", "lowest own funds"),
            _path_value("end_equity_usd", "USD", "own funds on the last day"),
            _path_value("peak_queue_share", "1", "highest queue over initial tokens", lower=0.0),
            _path_value("end_queue_share", "1", "queue on the last day over initial tokens", lower=0.0),
            _path_value("longest_wait_days", "day", "highest market estimate of the wait", lower=0.0),
            _path_value("worst_discount", "1", "highest token discount"),
            _path_value("end_tokens_share", "1", "tokens left over initial tokens", lower=0.0),
            _path_value("fees_usd", "USD", "sum of redemption fees", lower=0.0),
            _path_value("slippage_usd", "USD", "sum of slippage", lower=0.0),
            _path_value("haircut_usd", "USD", "sum of losses on bills sold", lower=0.0),
            _path_value("event_loss_usd", "USD", "sum of custody losses at the day's price", lower=0.0),
            _path_value("lease_loss_usd", "USD", "sum of leased gold lost at the day's price", lower=0.0),
            _path_value("bank_loss_usd", "USD", "sum of cash lost at failed banks", lower=0.0),
            _path_value("cyber_loss_usd", "USD", "sum of cash lost to attacks", lower=0.0),
            _path_value("liquidation_loss_usd", "USD", "sum of liquidation bonuses (peg usd)", lower=0.0),
            _path_value("hedge_usd", "USD", "sum of the gains of the short futures"),
            _path_value("price_effect_usd", "USD", "sum of (G-N)dP"),
            _path_value(
                "nonprice_loss_usd",
                "USD",
                "loss of own funds over the horizon other than through the gold price; positive is a loss",
            ),
            *_FAILURE_DAYS,
            *_FAILURE_CAUSES,
            Column("status", "str", "", "how the path ended; see simulation.outcomes"),
        ),
    ),
    Artefact(
        "days",
        "predict",
        "Fan-chart quantiles, every fourth day and the last",
        key=("book", "variable", "day", "quantile"),
        columns=(
            Column("book", "str", "", "which set of paths"),
            Column("variable", "str", "", "price_usd_per_g, coverage, queue_share, discount or equity_usd"),
            Column("day", "int32", "day", "day of the path, 0 is today", lower=0),
            Column("quantile", "float64", "1", "level", lower=0.0, upper=1.0),
            Column("value", "float64", "as variable", "quantile over paths"),
        ),
    ),
    Artefact(
        "driver_effects",
        "predict",
        "How often each failure happens with all drivers, with none, without one, and with one alone",
        key=("book", "case", "driver", "predicate"),
        columns=(
            Column("book", "str", "", "which set of paths; every case has the same prices and draws"),
            Column("case", "str", "", "which drivers were on", isin=("all", "none", "without", "only")),
            Column("driver", "str", "", "the one left out, or the one left; empty for all and none"),
            Column("predicate", "str", "", "failure", isin=PREDICATES),
            Column("n", "int64", "path", "paths", lower=1),
            Column("failed", "int64", "path", "paths that failed", lower=0),
        ),
    ),
    Artefact(
        "path_ledgers",
        "predict",
        "Daily ledger of chosen paths of the books, recomputed from their addresses by the reference engine",
        key=("book", "choice", "day"),
        columns=(
            Column("book", "str", "", "which set of paths"),
            Column("choice", "str", "", "why this path", isin=("worst", "percentile_1", "median")),
            Column("path", "int32", "1", "number of the path, the address of its draws", lower=0),
            Column("day", "int32", "day", "day of the path", lower=1),
            *LEDGER_COLUMNS,
            *LEDGER_EXTRA,
            *LEDGER_EXTENSIONS,
        ),
    ),
    Artefact(
        "scenario_odds",
        "predict",
        "How often each listed scenario fails with random drivers on beside what is listed",
        key=("scenario", "predicate"),
        columns=(
            Column("scenario", "str", "", "scenario id"),
            Column("predicate", "str", "", "failure", isin=PREDICATES),
            Column("n", "int64", "path", "paths", lower=1),
            Column("failed", "int64", "path", "paths that failed", lower=0),
        ),
    ),
    Artefact(
        "replays",
        "predict",
        "Daily ledger of every listed scenario, by the reference engine",
        version=2,
        key=("scenario", "day"),
        columns=(
            Column("scenario", "str", "", "scenario id"),
            Column("day", "int32", "day", "business days since the start", lower=1),
            *LEDGER_COLUMNS,
            *LEDGER_EXTRA,
            *LEDGER_EXTENSIONS,
        ),
    ),
    Artefact(
        "replay_failures",
        "predict",
        "First day and cause of every failure in every listed scenario",
        key=("scenario", "predicate"),
        columns=(
            Column("scenario", "str", "", "scenario id"),
            Column("predicate", "str", "", "failure", isin=PREDICATES),
            Column("first_day", "int32", "day", "first day it held; -1 never", lower=-1),
            Column("cause", "str", "", "largest term that day, empty when it never failed"),
        ),
    ),
    Artefact(
        "scenario_days",
        "predict",
        "What every listed scenario holds, day by day: with scenarios_used, all that running it again takes",
        key=("scenario", "day"),
        columns=(
            Column("scenario", "str", "", "scenario id"),
            Column(
                "day", "int32", "day", "business days since the start; 0 is today, on which no event counts", lower=0
            ),
            Column("price_usd_per_g", "float64", "USD/g", "gold price", lower=0.0),
            *(event.column for event in EVENT_COLUMNS),
        ),
    ),
    Artefact(
        "scenarios_used",
        "predict",
        "The listed scenarios as they were run, with provenance of each price path",
        kind="document",
    ),
    Artefact(
        "book_settings",
        "predict",
        "The parameters the books were drawn with: what another stage needs to walk the same paths again",
        kind="document",
    ),
)
