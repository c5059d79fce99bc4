"""What stage analyse hands on beside the metrics: where losses come from, and how sure the headlines are."""

from __future__ import annotations

from gramlib.artefacts.columns import PREDICATES, Artefact, Column

LOSS_ATTRIBUTION = Artefact(
    "loss_attribution",
    "analyse",
    "Which module the loss of own funds beside the gold price comes from, over all paths and over the worst",
    key=("book", "over", "module"),
    columns=(
        Column("book", "str", "", "which set of paths"),
        Column("over", "str", "", "all paths, or the tail behind expected shortfall", isin=("all", "tail")),
        Column("module", "str", "", "what lost, or earned, or total; the modules add up to it"),
        Column("mean_usd", "float64", "USD", "mean loss a path, negative is income"),
        Column("lower_usd", "float64", "USD", "lower end of its interval"),
        Column("upper_usd", "float64", "USD", "upper end of its interval"),
        Column("share", "float64", "1", "of the total; empty where that is nought", nullable=True),
        Column("n", "int64", "path", "paths it is the mean over", lower=1),
        Column("method", "str", "", "how mean and interval were made"),
    ),
)

DRIVER_SHARES = Artefact(
    "driver_shares",
    "analyse",
    "Chance of each failure by driver: prices alone, with one driver, without one, with all",
    key=("book", "predicate", "case", "driver"),
    columns=(
        Column("book", "str", "", "which set of paths; every case has the same prices and draws"),
        Column("predicate", "str", "", "failure", isin=PREDICATES),
        Column("case", "str", "", "which drivers were on", isin=("all", "none", "without", "only")),
        Column("driver", "str", "", "the one left out, or the one left; empty for all and none"),
        Column("probability", "float64", "1", "share of paths that fail", lower=0.0, upper=1.0),
        Column("lower", "float64", "1", "lower end of its interval", lower=0.0, upper=1.0),
        Column("upper", "float64", "1", "upper end of its interval", lower=0.0, upper=1.0),
        Column("effect", "float64", "1", "only: added to prices alone; without: taken from all", nullable=True),
        Column("effect_lower", "float64", "1", "lower end of its paired interval", nullable=True),
        Column("effect_upper", "float64", "1", "upper end of its paired interval", nullable=True),
        Column("n", "int64", "path", "paths", lower=1),
        Column("pairs", "int64", "path", "paths walked twice to see how often the cases differ; 0 none", lower=0),
        Column("method", "str", "", "how the intervals were made"),
    ),
)

CONVERGENCE = Artefact(
    "convergence",
    "analyse",
    "Running estimate of each headline over batches of paths, and whether it is sure enough for its limit",
    key=("subject", "metric", "batch"),
    columns=(
        Column("subject", "str", "", "book"),
        Column("metric", "str", "", "name of the figure in metrics"),
        Column("batch", "int64", "1", "batches so far", lower=1),
        Column("paths", "int64", "path", "paths so far", lower=1),
        Column("running", "float64", "as unit", "estimate from all paths so far"),
        Column("of_batch", "float64", "as unit", "estimate from this batch alone"),
        Column("standard_error", "float64", "as unit", "from the spread of batches so far", nullable=True, lower=0.0),
        Column("limit", "float64", "as unit", "what the figure is judged by, over the book's horizon", nullable=True),
        Column("half_width", "float64", "as unit", "half width of its interval so far", lower=0.0),
        Column("decided", "bool", "", "the interval does not hold the limit; where there is none, within a tenth"),
        Column("paths_needed", "float64", "path", "paths for that, at the error so far; infinite on it", lower=0.0),
        Column("unit", "str", "", "unit of the figure"),
    ),
)

PARAMETER_UNCERTAINTY = Artefact(
    "parameter_uncertainty",
    "analyse",
    "What the headlines would be with other parameters that the data allow: apart from Monte Carlo error",
    key=("subject", "metric", "source"),
    columns=(
        Column("subject", "str", "", "book"),
        Column("metric", "str", "", "name of the figure in metrics"),
        Column("source", "str", "", "whose parameters", isin=("price model", "redemption response")),
        Column("estimate", "float64", "as unit", "with the run's own parameters, on the same paths"),
        Column("lower", "float64", "as unit", "lower end of the range over samples"),
        Column("upper", "float64", "as unit", "upper end of the range over samples"),
        Column("unit", "str", "", "unit of the figure"),
        Column("n", "int64", "1", "samples of parameters", lower=1),
        Column("paths", "int64", "path", "paths behind every sample", lower=1),
        Column("noise_share", "float64", "1", "Monte Carlo's part of their variance, taken out", lower=0.0, upper=1.0),
        Column("method", "str", "", "how the range was made"),
    ),
)

ARTEFACTS: tuple[Artefact, ...] = (LOSS_ATTRIBUTION, DRIVER_SHARES, CONVERGENCE, PARAMETER_UNCERTAINTY)
