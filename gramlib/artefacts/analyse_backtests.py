"""What the backtest of the whole chain hands on: one forecast a month with what came, and tests on them."""

from __future__ import annotations

from gramlib.artefacts.columns import PREDICATES, Artefact, Column

EVIDENCE = ("history", "mechanics only")
PLACES = ("", "below", "inside", "above")
_BREACHES = (*PREDICATES, "queue")


def _chance(name: str, meaning: str) -> Column:
    return Column(name, "float64", "1", meaning, nullable=True, lower=0.0, upper=1.0)


CHAIN_BACKTEST = Artefact(
    "chain_backtest",
    "analyse",
    "What the whole chain would have said at each month end, and what happened on the 20 business days after it",
    key=("as_of",),
    columns=(
        Column("as_of", "date", "", "last quoted day of the month; nothing later is known to the forecast"),
        Column("until", "date", "", "last day of the window"),
        Column("model", "str", "", "price model fitted on what was known"),
        Column("note", "str", "", "empty, or why another model stands in, or what was odd about the fit"),
        Column("n_train", "int64", "day", "returns it was fitted on", lower=1),
        Column("n", "int64", "path", "paths simulated", lower=1),
        Column("apart", "bool", "", "shares no day with the window tested before it: tests count these"),
        Column("var_975", "float64", "1", "value at risk 97.5% of the fall of gold, share of the price", upper=1.0),
        Column("es_975", "float64", "1", "expected shortfall behind it", upper=1.0),
        Column("var_990", "float64", "1", "value at risk 99%", upper=1.0),
        Column("es_990", "float64", "1", "expected shortfall behind it", upper=1.0),
        Column("realised_loss", "float64", "1", "fall of gold that came; negative is a rise", upper=1.0),
        Column("exceeded_975", "bool", "", "it passed the value at risk 97.5%"),
        Column("exceeded_990", "bool", "", "it passed the value at risk 99%"),
        Column(
            "redeemed_lower", "float64", "1", "5% quantile of the share of tokens redeemed net of new ones", upper=1.0
        ),
        Column("redeemed_median", "float64", "1", "median of it", upper=1.0),
        Column("redeemed_upper", "float64", "1", "95% quantile of it", upper=1.0),
        Column(
            "fund_redeemed", "float64", "1", "share of the fund's ounces that left; negative came in", True, upper=1.0
        ),
        Column(
            "place", "str", "", "where the fund's share lies against the interval; empty without flows", isin=PLACES
        ),
        Column("replay_redeemed", "float64", "1", "what the issuer's law says for the prices that came", upper=1.0),
        *(_chance(f"chance_{name}", f"of {name} within the window, the run's drivers on") for name in _BREACHES),
        *(_chance(f"alone_{name}", f"of {name}, prices alone: what the replay can show") for name in _BREACHES),
        Column("replay_failures", "str", "", "failures on the prices that came, joined by spaces; empty for none"),
        Column("replay_queue", "bool", "", "a queue formed on the prices that came"),
        Column("evidence", "str", "", "whether the data are evidence of anything", isin=EVIDENCE),
    ),
)

CHAIN_TESTS = Artefact(
    "chain_tests",
    "analyse",
    "Do the chain's monthly forecasts hold: each test with what it could have noticed",
    key=("test", "subject", "level"),
    columns=(
        Column(
            "test",
            "str",
            "",
            "what is tested",
            isin=("kupiec", "acerbi_szekely_z2", "interval_coverage", "response", "calibration", "brier", "warning"),
        ),
        Column("subject", "str", "", "price, redemptions, a failure, or queue"),
        Column("level", "float64", "1", "level of the forecast, or the chance above which it warns", True),
        Column("n", "int64", "month", "months that share no day", lower=1),
        Column("found", "float64", "month", "exceptions, misses, failures or hits; empty for a score", True, lower=0.0),
        Column("expected", "float64", "month", "of them if the forecasts are right; hits: by luck alone", True),
        Column("false_alarms", "float64", "month", "warnings that nothing followed", True, lower=0.0),
        Column("missed", "float64", "month", "queues without a warning", True, lower=0.0),
        Column("statistic", "float64", "1", "the test's own", nullable=True),
        Column("p_value", "float64", "1", "under the hypothesis named", True, lower=0.0, upper=1.0),
        Column("hypothesis", "str", "", "what the p-value supposes"),
        Column("power", "float64", "1", "chance to reject it at 5% if the alternative is true", True, 0.0, 1.0),
        Column("alternative", "str", "", "for which the power is stated"),
        Column("adjusted_p_value", "float64", "1", "Holm's, over all tests of the table", True, lower=0.0, upper=1.0),
        Column("family_size", "int64", "1", "tests it allows for", lower=0),
        Column("evidence", "str", "", "whether the data are evidence of anything", isin=EVIDENCE),
    ),
)

ARTEFACTS: tuple[Artefact, ...] = (CHAIN_BACKTEST, CHAIN_TESTS)
