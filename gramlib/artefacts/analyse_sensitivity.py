"""What the sensitivities hand on."""

from __future__ import annotations

from gramlib.artefacts.columns import Artefact, Column

_STATUS = ("pass", "watch", "fail")

ARTEFACTS: tuple[Artefact, ...] = (
    Artefact(
        "tornado",
        "analyse",
        "Every input at both ends of its plausible range, the others as they are",
        key=("metric", "parameter"),
        columns=(
            Column("metric", "str", "", "failure, put on a year, or es_nonprice_loss"),
            Column("parameter", "str", "", "input"),
            Column("title", "str", "", "input in words"),
            Column("unit", "str", "", "unit of the sizes, or of what a factor multiplies"),
            Column("how", "str", "", "whether sizes replace the value or multiply it", isin=("value", "factor")),
            Column("base_size", "float64", "as unit", "where the input stands; 1 for a factor"),
            Column("low_size", "float64", "as unit", "lower end tried"),
            Column("high_size", "float64", "as unit", "upper end tried"),
            Column("base", "float64", "1/year or USD", "headline as it is"),
            Column("at_low", "float64", "1/year or USD", "headline at the lower end", nullable=True),
            Column("low_lower", "float64", "1/year", "lower end of the interval of its difference to the base", True),
            Column("low_upper", "float64", "1/year", "upper end of it", True),
            Column("at_high", "float64", "1/year or USD", "headline at the upper end", nullable=True),
            Column("high_lower", "float64", "1/year", "lower end of the interval of its difference to the base", True),
            Column("high_upper", "float64", "1/year", "upper end of it", True),
            Column("swing", "float64", "1/year or USD", "largest less smallest of the three", True, lower=0.0),
            Column("status_base", "str", "", "status as it is; empty for the loss", isin=("", *_STATUS)),
            Column("status_low", "str", "", "status at the lower end", isin=("", *_STATUS)),
            Column("status_high", "str", "", "status at the upper end", isin=("", *_STATUS)),
            Column("n", "int64", "path", "paths behind each figure", lower=1),
            Column("note", "str", "", "empty, or why the input was not moved"),
        ),
    ),
    Artefact(
        "decision_flips",
        "analyse",
        "At which value of an input a status changes, the others as they are",
        key=("parameter", "requirement", "side"),
        columns=(
            Column("parameter", "str", "", "input"),
            Column("title", "str", "", "input in words"),
            Column("unit", "str", "", "unit of the sizes"),
            Column("how", "str", "", "whether sizes replace the value or multiply it", isin=("value", "factor")),
            Column("requirement", "str", "", "failure, or overall: the worst of them"),
            Column("status_base", "str", "", "status as it is", isin=_STATUS),
            Column("status_there", "str", "", "status beyond", isin=_STATUS),
            Column("own_size", "float64", "as unit", "where the input stands"),
            Column("flips_at", "float64", "as unit", "nearest size seen with the other status", nullable=True),
            Column("side", "str", "", "which way from the issuer's own", isin=("", "below", "above")),
            Column(
                "tolerance", "float64", "as unit", "distance to a size with the old status", nullable=True, lower=0.0
            ),
            Column("scan_from", "float64", "as unit", "start of the range"),
            Column("scan_to", "float64", "as unit", "end of the range"),
            Column("found", "bool", "", "whether a change was found within the range"),
        ),
    ),
    Artefact(
        "screen",
        "analyse",
        "Ten inputs moved together: which matter, and which only in company",
        key=("metric", "parameter"),
        columns=(
            Column("metric", "str", "", "failure, put on a year, or es_nonprice_loss"),
            Column("parameter", "str", "", "input"),
            Column("title", "str", "", "input in words"),
            Column("method", "str", "", "how", isin=("morris", "sobol")),
            Column("importance", "float64", "as metric or 1", "mu* of Morris, or the total share ST of Sobol"),
            Column(
                "importance_error", "float64", "as importance", "half-width of its 95% bootstrap interval", lower=0.0
            ),
            Column("interaction", "float64", "as importance", "sigma of Morris, or ST less S1 of Sobol"),
            Column("rank", "int64", "1", "place by importance within the headline", lower=1),
            Column("runs", "int64", "1", "runs of the engine behind it", lower=1),
        ),
    ),
)
