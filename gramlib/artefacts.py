"""The catalogue: every table or document that one stage hands to another.

One entry an artefact: who writes it, in which file, its key, and for each column the type, unit, meaning
and bounds. The bounds are magnitude checks as well (gold per ounce is 31 times gold per gram and passes
every type check). `check_table` holds a frame against its entry; it is called at both doors of a stage.

Losses are positive numbers, shares and rates are fractions, `-1` in a `*_day` column means "never".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gramlib.errors import ArtefactError

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa


@dataclass(frozen=True)
class Column:
    """One column: `dtype` is float64, float32, int64, int32, int16, bool, str or date."""

    name: str
    dtype: str
    unit: str
    meaning: str
    nullable: bool = False
    lower: float | None = None
    upper: float | None = None
    isin: tuple[str, ...] = ()


@dataclass(frozen=True)
class Artefact:
    """One catalogue entry; `kind` is table (parquet) or document (JSON)."""

    name: str
    stage: str
    title: str
    kind: str = "table"
    version: int = 1
    key: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()

    @property
    def filename(self) -> str:
        """Name of its file in the stage's folder."""
        return f"{self.name}.parquet" if self.kind == "table" else f"{self.name}.json"


PREDICATES = ("F1", "F2", "F3", "F4", "F5", "F6", "F7")


def predicates_of(peg: str) -> tuple[str, ...]:
    """Failure predicates that apply: F5 is about grams promised (peg gold), F6 about dollars owed on gold (peg usd)."""
    other = "F5" if peg == "usd" else "F6"
    return tuple(p for p in PREDICATES if p != other)


STATUSES = ("pass", "watch", "fail", "not_applicable")

_OZ_LOWER, _OZ_UPPER = 20.0, 50_000.0
_G_LOWER, _G_UPPER = 0.6, 1_700.0


def _usd(name: str, meaning: str, lower: float | None = None) -> Column:
    return Column(name, "float64", "USD", meaning, lower=lower)


LEDGER_COLUMNS: tuple[Column, ...] = (
    Column("price_usd_per_g", "float64", "USD/g", "gold price P", lower=0.0),
    Column("coverage", "float64", "1", "assets over liabilities as holders see them (E5)"),
    Column("intensity", "float64", "1", "redemption intensity x (E6)"),
    Column("redemption_rate", "float64", "1/day", "share of free tokens asking today, rho (E6)", lower=0.0, upper=1.0),
    Column("requested_g", "float64", "g", "tokens asked to be redeemed today, R (E6)", lower=0.0),
    Column("paid_g", "float64", "g", "tokens paid today (E8)", lower=0.0),
    Column("queue_g", "float64", "g", "unpaid requests at the end of the day, Q", lower=0.0),
    Column("tokens_g", "float64", "g", "tokens outstanding, queue included, N", lower=0.0),
    Column("sold_g", "float64", "g", "gold sold today (E9)", lower=0.0),
    Column("execution_usd_per_g", "float64", "USD/g", "price got for it after spread and impact (E9)"),
    Column("gold_g", "float64", "g", "free allocated gold, G", lower=0.0),
    _usd("cash_usd", "cash C"),
    _usd("bills_usd", "T-bills B", lower=0.0),
    _usd("receivables_usd", "sales not yet settled, sum(A)", lower=0.0),
    Column("wait_days", "float64", "day", "the market's estimate of the wait (E10)", lower=0.0),
    Column("band", "float64", "1", "discount side of the arbitrage band (E10)", lower=0.0),
    Column("discount", "float64", "1", "token's discount to gold, negative is a premium (E10)"),
    _usd("equity_usd", "own funds E"),
    _usd("fees_usd", "redemption fees earned today"),
    _usd("slippage_usd", "loss against P on today's gold sale"),
)
"""The first columns of every daily ledger, in the order of the DAYS.csv that `gram replay` writes."""

LEDGER_EXTRA: tuple[Column, ...] = (
    Column("backing", "float64", "1", "grams held over tokens outstanding, bk", lower=0.0),
    _usd("liquid_1d_usd", "cash and bills after haircut, L1"),
    _usd("liquid_5d_usd", "L1, receivables due and gold saleable within five days, L5"),
    Column("oldest_request_days", "float64", "day", "age of the oldest unpaid request, first in first out", lower=0.0),
    _usd("own_funds_requirement_usd", "own funds the chosen profile asks for (F1)"),
    _usd("opex_usd", "operating cost of the day"),
    _usd("custody_cost_usd", "custody and insurance of the day"),
    _usd("yield_usd", "bill yield of the day"),
    _usd("haircut_usd", "loss on bills sold today"),
    _usd("event_loss_usd", "gold lost by custody events today, at today's price"),
    _usd("price_effect_usd", "(G-N) of the day before times the price change"),
    Column("event", "float64", "1", "confidence event level", lower=0.0),
    Column("liquidity_multiplier", "float64", "1", "market liquidity stress m", lower=1.0),
    Column("lost_g", "float64", "g", "gold lost in custody today", lower=0.0),
)
"""Columns of the core model that only tables carry."""

LEDGER_EXTENSIONS: tuple[Column, ...] = (
    Column("token_value_usd", "float64", "USD/g", "worth of a token: P, or for peg usd the first day's P", lower=0.0),
    Column("fee", "float64", "1", "redemption fee charged today, swing included", lower=0.0),
    Column("lag_days", "float64", "day", "settlement lag of gold sold or bought today", lower=1.0),
    Column("weekend_requested_g", "float64", "g", "tokens asked for over the weekend before", lower=0.0),
    Column("weekend_discount", "float64", "1", "discount at the end of the weekend before, 0 on other days"),
    Column("minted_g", "float64", "g", "tokens issued today against grams allocated", lower=0.0),
    Column("ordered_g", "float64", "g", "tokens ordered today, to be issued when their gold settles", lower=0.0),
    _usd("mint_fees_usd", "minting fees earned today"),
    Column("block_requested_g", "float64", "g", "tokens that large holders asked for today", lower=0.0),
    Column("kind_requested_g", "float64", "g", "tokens asked to be redeemed in gold bars today", lower=0.0),
    Column("delivered_g", "float64", "g", "gold delivered in bars today", lower=0.0),
    Column("kind_queue_g", "float64", "g", "requests in kind not yet delivered", lower=0.0),
    _usd("kind_fees_usd", "fees on gold delivered today"),
    _usd("queue_fixed_usd", "what the queue is owed at the prices of its requests (principal mode)", lower=0.0),
    _usd("principal_effect_usd", "queue of the day before times the price change (principal mode)"),
    Column("frozen_g", "float64", "g", "grams at a frozen custodian", lower=0.0),
    _usd("freeze_effect_usd", "change of the policy haircut on frozen grams"),
    _usd("insurance_usd", "insurance received today"),
    Column("transit_g", "float64", "g", "grams in transit, Gtr", lower=0.0),
    Column("leased_g", "float64", "g", "leased grams, Gl", lower=0.0),
    _usd("lease_income_usd", "lease income of the day"),
    _usd("lease_loss_usd", "leased gold lost today, at today's price"),
    _usd("bank_frozen_usd", "cash at a failed bank, at its recovery value", lower=0.0),
    _usd("bank_loss_usd", "cash lost at a failed bank today"),
    _usd("cyber_loss_usd", "cash lost to an attack today"),
    Column("operations_stop", "float64", "1", "share of the day on which payments stood still", lower=0.0, upper=1.0),
    _usd("credit_drawn_usd", "credit line drawn", lower=0.0),
    _usd("credit_interest_usd", "interest on the credit line today"),
    Column("futures_basis", "float64", "1", "futures over spot, less one"),
    _usd("hedge_usd", "gain of the short futures today, paid in cash"),
    _usd("holding_fee_usd", "holding fee taken today, in grams of holders' claims, at today's price"),
    Column("liquidated_g", "float64", "g", "collateral seized by liquidators today (peg usd)", lower=0.0),
    _usd("liquidation_loss_usd", "collateral seized beyond the debt it retired (peg usd)"),
    _usd("shortfall_usd", "debt that selling all collateral today would not cover (peg usd)", lower=0.0),
)
"""A line in the ledger for every extension; nought while it is off."""

_FAILURE_DAYS = tuple(
    Column(f"{p.lower()}_day", "int16", "day", f"first day of failure {p}; -1 never", lower=-1) for p in PREDICATES
)
_FAILURE_CAUSES = tuple(
    Column(f"{p.lower()}_cause", "str", "", f"largest term on the first day of failure {p}; empty for never")
    for p in PREDICATES
)


def _figures(group: str, meaning: str) -> tuple[Column, ...]:
    """Columns of fitted figures beside the page's defaults."""
    return (
        Column(group, "str", "", meaning),
        Column("parameter", "str", "", "what was estimated"),
        Column("estimate", "float64", "as unit", "fitted figure"),
        Column(
            "standard_error", "float64", "as unit", "its standard error; empty where counted", nullable=True, lower=0.0
        ),
        Column("default", "float64", "as unit", "the model page's value; empty where it has none", nullable=True),
        Column("distance_se", "float64", "1", "default less estimate, in standard errors", nullable=True),
        Column("unit", "str", "", "unit of estimate, error and default"),
        Column("n", "int64", "1", "observations", lower=1),
        Column("series", "str", "", "what it was fitted to"),
        Column("start", "date", "", "first day of the series"),
        Column("end", "date", "", "last day of the series"),
        Column("method", "str", "", "how it was fitted"),
        Column("note", "str", "", "what to know; begins with 'shipped figure' where this run has not fitted it"),
    )


def _path_value(name: str, unit: str, meaning: str, lower: float | None = None) -> Column:
    return Column(name, "float32", unit, meaning, lower=lower)


CATALOGUE: dict[str, Artefact] = {
    entry.name: entry
    for entry in (
        Artefact(
            "prices",
            "data",
            "Daily gold price, one row a London business day",
            version=2,
            key=("date",),
            columns=(
                Column("date", "date", "", "London business day"),
                Column("gold_usd_per_oz", "float64", "USD/oz", "gold price", lower=_OZ_LOWER, upper=_OZ_UPPER),
                Column("gold_usd_per_g", "float64", "USD/g", "gold price", lower=_G_LOWER, upper=_G_UPPER),
                Column(
                    "log_return",
                    "float64",
                    "1",
                    "log of the price over the row before; empty where it would bridge a gap or a join",
                    nullable=True,
                    lower=-0.5,
                    upper=0.5,
                ),
                Column("filled", "bool", "", "no quote that day: the last price is carried, its return is empty"),
                Column("stale", "bool", "", "price unchanged for so long that it is not a quote"),
                Column("outlier", "bool", "", "a suspicious price that was kept; see quality"),
                Column("joined", "bool", "", "first row after a splice: the row before is another series"),
                Column("source", "str", "", "card id of the series the row comes from"),
            ),
        ),
        Artefact(
            "token_prices",
            "data",
            "Daily price of gold tokens against gold; no rows in a run without tokens",
            key=("date", "token"),
            columns=(
                Column("date", "date", "", "calendar day at whose end (UTC) the token price stood; seven days a week"),
                Column("token", "str", "", "name of the token, such as paxg"),
                Column(
                    "token_usd_per_oz",
                    "float64",
                    "USD/oz",
                    "token price for one troy ounce of gold",
                    lower=1.0,
                    upper=50_000.0,
                ),
                Column(
                    "gold_usd_per_g",
                    "float64",
                    "USD/g",
                    "gold price of the day, or the last one before it",
                    lower=_G_LOWER,
                    upper=_G_UPPER,
                ),
                Column("gold_age_days", "int64", "day", "age of that gold price; 0 means aligned", lower=0, upper=14),
                Column(
                    "premium",
                    "float64",
                    "1",
                    "token over gold, less one; a price gap in time as well unless aligned",
                    lower=-1.0,
                    upper=10.0,
                ),
                Column(
                    "log_return",
                    "float64",
                    "1",
                    "log of the token price over that of the aligned day before; empty unless aligned",
                    nullable=True,
                    lower=-1.0,
                    upper=1.0,
                ),
                Column("weekend", "bool", "", "no London business day: for liquidity alone, not for returns"),
                Column("stale", "bool", "", "price unchanged for so long that it is not a quote"),
                Column("source", "str", "", "card id of the token's series"),
            ),
        ),
        Artefact(
            "flows",
            "data",
            "Ounces or tokens outstanding and their change from row to row; no rows in a run without flows",
            key=("date", "product"),
            columns=(
                Column("date", "date", "", "day the quantity was stated for"),
                Column("product", "str", "", "fund or token, such as gld or usdc"),
                Column("quantity", "float64", "as unit", "outstanding", lower=0.0),
                Column("unit", "str", "", "what is counted", isin=("ounces", "tokens")),
                Column(
                    "change",
                    "float64",
                    "as unit",
                    "since the row before; negative is redeemed; empty on a product's first row",
                    nullable=True,
                ),
                Column(
                    "change_share",
                    "float64",
                    "1",
                    "change over the quantity of the row before",
                    nullable=True,
                    lower=-1.0,
                ),
                Column("days", "int64", "day", "calendar days since the row before; 0 on the first", lower=0),
                Column(
                    "flag",
                    "str",
                    "",
                    "empty, or why the change is no holder's flow",
                    isin=("", "first", "split", "step", "reverted", "gap"),
                ),
                Column("source", "str", "", "card id of the series"),
            ),
        ),
        Artefact(
            "quality",
            "data",
            "What was found in the raw data and what was decided",
            key=("check",),
            columns=(
                Column("check", "str", "", "short name of the check"),
                Column("status", "str", "", "outcome", isin=("ok", "note", "warning")),
                Column("found", "str", "", "what was found, with numbers"),
                Column("expected", "str", "", "what was expected, and why"),
                Column("decision", "str", "", "what was done about it"),
            ),
        ),
        Artefact(
            "source_cards", "data", "Where the data came from, under which licence, and their grade", kind="document"
        ),
        Artefact("calibration", "train", "Everything the price paths need", kind="document"),
        Artefact(
            "residuals",
            "train",
            "Filtered standardised residuals of the training window",
            key=("date",),
            columns=(
                Column("date", "date", "", "day of the return"),
                Column(
                    "sigma",
                    "float64",
                    "1/sqrt(day)",
                    "conditional volatility of the day's log-return",
                    lower=0.0,
                    upper=0.5,
                ),
                Column("residual", "float64", "1", "(return - mean) / sigma", lower=-60.0, upper=60.0),
            ),
        ),
        Artefact(
            "forecasts",
            "train",
            "Out-of-sample forecasts, one row a model, origin and horizon",
            version=2,
            key=("model", "horizon_days", "date"),
            columns=(
                Column("model", "str", "", "model that forecast"),
                Column("horizon_days", "int64", "day", "days ahead", lower=1),
                Column("date", "date", "", "last day of the forecast window"),
                Column("realised_log_return", "float64", "1", "what happened", lower=-2.0, upper=2.0),
                Column("var_975", "float64", "1", "value at risk at 97.5%, log-return, loss positive"),
                Column("es_975", "float64", "1", "expected shortfall at 97.5%, loss positive"),
                Column("var_990", "float64", "1", "value at risk at 99%, loss positive"),
                Column("crps", "float64", "1", "continuous ranked probability score", lower=0.0),
                Column("log_score", "float64", "1", "minus the log density at what happened"),
                Column("pit", "float64", "1", "chance forecast of no more than what happened", lower=0.0, upper=1.0),
            ),
        ),
        Artefact(
            "league",
            "train",
            "Out-of-sample scores of every model",
            version=2,
            key=("model", "horizon_days", "score"),
            columns=(
                Column("model", "str", "", "model"),
                Column("horizon_days", "int64", "day", "days ahead", lower=1),
                Column("score", "str", "", "crps, log_score, pinball_025, pinball_010 ...; lower is better"),
                Column("value", "float64", "1", "mean score"),
                Column(
                    "standard_error",
                    "float64",
                    "1",
                    "of the mean, Newey-West over overlapping windows",
                    nullable=True,
                    lower=0.0,
                ),
                Column("n", "int64", "1", "forecasts scored", lower=1),
                Column("refit_every_days", "int64", "day", "days between refits; 0 is fitted once, before", lower=0),
                Column("rank", "int64", "1", "1 is best within horizon and score", lower=1),
            ),
        ),
        Artefact(
            "acceptance",
            "train",
            "Do the models' paths look like gold; a model that fails a check is out of the contest",
            key=("model", "check"),
            columns=(
                Column("model", "str", "", "model that generates the paths"),
                Column("check", "str", "", "acceptance check"),
                Column("found", "float64", "1", "on its paths, the median over them", nullable=True),
                Column("low", "float64", "1", "least that is accepted, empty where there is none", nullable=True),
                Column("high", "float64", "1", "most that is accepted, empty where there is none", nullable=True),
                Column("ok", "bool", "", "whether it is accepted"),
                Column("meaning", "str", "", "acceptance check in words"),
            ),
        ),
        Artefact(
            "redemption_fit",
            "train",
            "Redemption fitted to holdings and runs, beside the model page's defaults",
            key=("regime", "parameter"),
            columns=_figures("regime", "calm or run"),
        ),
        Artefact(
            "premium_fit",
            "train",
            "Premium of gold tokens over gold, beside the defaults of the peg model",
            key=("token", "parameter"),
            columns=_figures("token", "name of the token"),
        ),
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
            "scenarios_used",
            "predict",
            "The listed scenarios as they were run, with provenance of each price path",
            kind="document",
        ),
        Artefact(
            "metrics",
            "analyse",
            "Every figure with its interval",
            key=("subject", "metric"),
            columns=(
                Column("subject", "str", "", "book or scenario id"),
                Column("metric", "str", "", "name of the figure"),
                Column("value", "float64", "as unit", "estimate", nullable=True),
                Column("lower", "float64", "as unit", "lower end of the interval, empty where exact", nullable=True),
                Column("upper", "float64", "as unit", "upper end of the interval, empty where exact", nullable=True),
                Column("unit", "str", "", "unit of the value"),
                Column("method", "str", "", "how estimate and interval were made"),
                Column("n", "int64", "1", "paths or days behind it", lower=1),
            ),
        ),
        Artefact(
            "verdicts",
            "analyse",
            "Each requirement against its limit",
            key=("requirement", "subject"),
            columns=(
                Column("requirement", "str", "", "failure predicate or profile requirement"),
                Column("subject", "str", "", "book or scenario it was judged on"),
                Column("status", "str", "", "outcome", isin=STATUSES),
                Column("number", "float64", "as unit", "what was found", nullable=True),
                Column("limit", "float64", "as unit", "the appetite or threshold", nullable=True),
                Column("unit", "str", "", "unit of number and limit"),
                Column("margin", "float64", "as unit", "distance to the limit, negative when breached", nullable=True),
                Column("decides", "bool", "", "whether this row may decide the overall verdict"),
                Column("sentence", "str", "", "the finding in words"),
                Column("source", "str", "", "where the limit comes from"),
            ),
        ),
        Artefact(
            "reverse",
            "analyse",
            "Smallest breaking shocks: scanned, then refined",
            key=("predicate", "shock", "interval"),
            columns=(
                Column("predicate", "str", "", "failure, or queue"),
                Column("shock", "str", "", "axis that was scanned"),
                Column("interval", "int64", "1", "number of the failing interval; 0 when none was found", lower=0),
                Column("found", "bool", "", "whether a failing shock was found"),
                Column("lower", "float64", "as unit", "smallest failing shock of the interval", nullable=True),
                Column("upper", "float64", "as unit", "largest failing shock of the interval", nullable=True),
                Column("unit", "str", "", "unit of the shock"),
                Column("scan_from", "float64", "as unit", "start of the scan"),
                Column("scan_to", "float64", "as unit", "end of the scan"),
                Column("scan_step", "float64", "as unit", "step of the scan", lower=0.0),
                Column("tolerance", "float64", "as unit", "width to which the edges were refined", lower=0.0),
            ),
        ),
        Artefact(
            "backtests",
            "analyse",
            "Do the models' forecasts hold out of sample, and could we tell",
            version=2,
            key=("model", "horizon_days", "test", "level"),
            columns=(
                Column("model", "str", "", "model"),
                Column("horizon_days", "int64", "day", "days ahead", lower=1),
                Column("test", "str", "", "kupiec, dynamic_quantile, acerbi_szekely_z2, pit_berkowitz ..."),
                Column("level", "float64", "1", "level of the value at risk", lower=0.5, upper=1.0),
                Column("statistic", "float64", "1", "test statistic", nullable=True),
                Column("p_value", "float64", "1", "p-value", nullable=True, lower=0.0, upper=1.0),
                Column("observations", "int64", "1", "forecasts", lower=1),
                Column(
                    "exceptions", "int64", "1", "losses beyond it; for pit tests outcomes outside the level", lower=0
                ),
                Column("expected", "float64", "1", "exceptions expected", lower=0.0),
                Column("power", "float64", "1", "chance to reject at 5% were the alternative true", True, 0.0, 1.0),
                Column("alternative", "str", "", "what is wrong with the forecasts in the alternative"),
                Column("adjusted_p_value", "float64", "1", "p-value after Holm over the family", True, 0.0, 1.0),
                Column("family_size", "int64", "1", "tests in the family, the p-values of this table", lower=1),
            ),
        ),
        Artefact(
            "loss_table",
            "analyse",
            "What a year of losses beside the gold price costs, by line and together",
            key=("line", "level"),
            columns=(
                Column("line", "str", "", "custody k, bank b, cyber, operations, lease, all"),
                Column("level", "float64", "1", "level of value at risk and expected shortfall", lower=0.0, upper=1.0),
                Column("rate_year", "float64", "1/year", "losses a year", lower=0.0),
                _usd("mean_usd", "expected loss of a year", lower=0.0),
                _usd("sd_usd", "standard deviation; infinite where the tail has none", lower=0.0),
                _usd("var_usd", "value at risk", lower=0.0),
                _usd("var_lower_usd", "its lower bound on the grid", lower=0.0),
                _usd("var_upper_usd", "its upper bound on the grid", lower=0.0),
                _usd("es_usd", "expected shortfall", lower=0.0),
                _usd("es_lower_usd", "its lower bound on the grid", lower=0.0),
                _usd("es_upper_usd", "its upper bound on the grid", lower=0.0),
                _usd("step_usd", "step of the grid", lower=0.0),
            ),
        ),
        Artefact(
            "ruin_table",
            "analyse",
            "Whether own funds outlast those losses, at today's gold price and without a run",
            key=("years",),
            columns=(
                Column("years", "float64", "year", "time span; infinite for ever", lower=0.0),
                _usd("own_funds_usd", "own funds today"),
                Column("income_usd_year", "float64", "USD/year", "income less costs before losses"),
                Column("expected_loss_usd_year", "float64", "USD/year", "expected loss", lower=0.0),
                Column("probability", "float64", "1", "that own funds are exhausted", lower=0.0, upper=1.0),
                Column("lower", "float64", "1", "lower end of its interval or bound", lower=0.0, upper=1.0),
                Column("upper", "float64", "1", "upper end of its interval or bound", lower=0.0, upper=1.0),
                Column("method", "str", "", "how it was found"),
            ),
        ),
        Artefact("report", "report", "Headline figures, verdict and findings as data", kind="document"),
    )
}


def of_stage(stage: str) -> tuple[Artefact, ...]:
    """Every artefact `stage` writes, in catalogue order."""
    return tuple(entry for entry in CATALOGUE.values() if entry.stage == stage)


def entry(name: str) -> Artefact:
    """Catalogue entry `name`; raises ArtefactError with the names there are."""
    if name not in CATALOGUE:
        raise ArtefactError(
            f"there is no artefact {name!r}", expected=f"one of {', '.join(CATALOGUE)}", origin="gramlib/artefacts.py"
        )
    return CATALOGUE[name]


_PANDERA_DTYPES = {"date": "datetime64[us]", "str": str}


def _schema(artefact: Artefact) -> pa.DataFrameSchema:
    import pandera.pandas as pa

    def checks(column: Column) -> list:
        made = []
        if column.lower is not None:
            made.append(pa.Check.ge(column.lower))
        if column.upper is not None:
            made.append(pa.Check.le(column.upper))
        if column.isin:
            made.append(pa.Check.isin(list(column.isin)))
        return made

    return pa.DataFrameSchema(
        {
            c.name: pa.Column(_PANDERA_DTYPES.get(c.dtype, c.dtype), checks(c), nullable=c.nullable)
            for c in artefact.columns
        },
        strict=True,
        ordered=True,
        unique=list(artefact.key) or None,
    )


def check_table(name: str, frame: pd.DataFrame, origin: str) -> pd.DataFrame:
    """Hold `frame` against its catalogue entry and return it; `origin` says where it came from.

    Raises ArtefactError naming the first offending column, value and row.
    """
    import pandera.errors

    artefact = entry(name)
    try:
        return _schema(artefact).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases
        first = cases.iloc[0]
        where = "" if first["index"] is None else f" (row {first['index']})"
        column = first["column"] if first["column"] is not None else "table"
        raise ArtefactError(
            f"{name}: {column}: {first['failure_case']!s:.80}{where} breaks {first['check']!s:.80}; {len(cases)} such case(s)",
            expected=_expectation(artefact, str(column)),
            origin=origin,
            remedy=f"mend what writes it, or re-run stage {artefact.stage}",
        ) from error


def _expectation(artefact: Artefact, column_name: str) -> str:
    for column in artefact.columns:
        if column.name == column_name:
            bounds = f", {column.lower} to {column.upper}" if (column.lower, column.upper) != (None, None) else ""
            return f"{column.dtype}{' or empty' if column.nullable else ''} [{column.unit}]{bounds}: {column.meaning}"
    return f"columns {', '.join(c.name for c in artefact.columns)}, in this order, unique by {', '.join(artefact.key)}"


def empty_table(name: str) -> pd.DataFrame:
    """Table `name` without rows, its columns typed as the catalogue says."""
    import pandas as pd

    columns = {c.name: pd.Series([], dtype=_PANDERA_DTYPES.get(c.dtype, c.dtype)) for c in entry(name).columns}
    return check_table(name, pd.DataFrame(columns), "an empty table")
