"""What stage train hands on."""

from __future__ import annotations

from gramlib.artefacts.columns import Artefact, Column


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


ARTEFACTS: tuple[Artefact, ...] = (
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
        version=3,
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
            Column(
                "covariates", "str", "", "what its fits knew beside gold's own past, with commas; empty for nothing"
            ),
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
        "tail_fit",
        "train",
        "Both tails at every threshold, and moves that come once in so many years",
        key=("series", "tail", "threshold_share", "quantity"),
        columns=(
            Column("series", "str", "", "residuals, daily returns, or simulated moves of a model or over models"),
            Column("tail", "str", "", "which tail", isin=("falls", "rises")),
            Column("threshold_share", "float64", "1", "share of the window's days beyond it", lower=0.0, upper=0.5),
            Column("quantity", "str", "", "xi, beta, var_990, once_in_25_years, years_between_9_percent ..."),
            Column("value", "float64", "as unit", "estimate"),
            Column("standard_error", "float64", "as unit", "its standard error", nullable=True, lower=0.0),
            Column("lower", "float64", "as unit", "lower end of the 95% interval or of the range", nullable=True),
            Column("upper", "float64", "as unit", "upper end; infinite where nothing bounds it", nullable=True),
            Column("unit", "str", "", "1, year, or sd of the day"),
            Column("n_exceed", "int64", "1", "days beyond the threshold, simulated years, or models", lower=1),
            Column("used", "bool", "", "whether it is the threshold the run uses"),
            Column("method", "str", "", "how estimate and interval were made"),
        ),
    ),
)
