"""What the reverse stress hands on beside its table `reverse`: maps of two shocks, and the likeliest ways to fail."""

from __future__ import annotations

from gramlib.artefacts.columns import PREDICATES, Artefact, Column

_FAILED = tuple(Column(p.lower(), "bool", "", f"whether {p} fails; never where it is not judged") for p in PREDICATES)


def _size(name: str, unit: str, meaning: str, lower: float | None = None) -> Column:
    return Column(name, "float64", unit, meaning, nullable=True, lower=lower)


def _share(name: str, meaning: str) -> Column:
    return Column(name, "float64", "1", meaning, nullable=True, lower=0.0, upper=1.0)


ARTEFACTS: tuple[Artefact, ...] = (
    Artefact(
        "frontiers",
        "analyse",
        "Two shocks at once: what fails in each cell, nothing drawn",
        key=("map", "x_size", "y_size"),
        columns=(
            Column("map", "str", "", "price_x_run, run_x_liquidity or price_x_liquidity"),
            Column("x", "str", "", "axis along a row"),
            Column("y", "str", "", "axis from row to row"),
            Column("x_size", "float64", "as x_unit", "size of the shock on x", lower=0.0),
            Column("y_size", "float64", "as y_unit", "size of the shock on y", lower=0.0),
            Column("x_unit", "str", "", "unit of x_size", isin=("1", "day")),
            Column("y_unit", "str", "", "unit of y_size", isin=("1", "day")),
            Column("worst", "str", "", "gravest that fails, or queue; empty where nothing does"),
            Column("queue", "bool", "", "whether a queue forms"),
            *_FAILED,
        ),
    ),
    Artefact(
        "frontier_edges",
        "analyse",
        "Where failing begins and ends along each row of the maps: scanned, then refined",
        key=("map", "y_size", "predicate", "interval"),
        columns=(
            Column("map", "str", "", "map"),
            Column("y_size", "float64", "as y_unit", "row of the map", lower=0.0),
            Column("predicate", "str", "", "failure, or queue"),
            Column("interval", "int64", "1", "number of the failing interval; 0 when none was found", lower=0),
            Column("found", "bool", "", "whether a failing shock was found in this row"),
            _size("lower", "as x_unit", "smallest failing size on x", 0.0),
            _size("upper", "as x_unit", "largest failing size on x", 0.0),
            Column("scan_from", "float64", "as x_unit", "start of the scan"),
            Column("scan_to", "float64", "as x_unit", "end of the scan"),
            Column("scan_step", "float64", "as x_unit", "step of the scan", lower=0.0),
            Column("tolerance", "float64", "as x_unit", "width to which the edges were refined", lower=0.0),
        ),
    ),
    Artefact(
        "likely_failures",
        "analyse",
        "The likeliest ways to fail: on the paths of the book, and as a scenario of the fitted laws",
        key=("predicate", "basis", "rank"),
        columns=(
            Column("predicate", "str", "", "failure", isin=PREDICATES),
            Column(
                "basis", "str", "", "paths of the book, or one scenario of the fitted laws", isin=("book", "scenario")
            ),
            Column(
                "rank",
                "int64",
                "1",
                "0 all failing paths together or the likeliest scenario; then ways by frequency",
                lower=0,
            ),
            Column("way", "str", "", "what stood out before the failure, joined by +; empty where nothing was found"),
            _share("probability_year", "chance a year; empty where no failing scenario was found"),
            _share("lower", "lower end of its interval"),
            _share("upper", "upper end of its interval"),
            _size("return_period_years", "year", "one over the chance; empty where none was seen", 0.0),
            _size("return_lower_years", "year", "one over the upper end of the chance", 0.0),
            _size("return_upper_years", "year", "one over the lower end; empty where unbounded", 0.0),
            Column("n", "int64", "path", "paths behind the chance", lower=1),
            Column("walked", "int64", "path", "failing paths looked at day by day; 0 for a scenario", lower=0),
            _share("way_share", "share of the paths looked at that failed this way"),
            _share("way_lower", "lower end of its interval"),
            _share("way_upper", "upper end of its interval"),
            _size("failure_day", "day", "median day of the failure", 1.0),
            _size(
                "price_move",
                "1",
                "move of gold before it: median over paths, or the scenario's; negative is a fall",
                -1.0,
            ),
            _size("price_days", "day", "days that the move is measured over", 1.0),
            _size("event_days", "day", "days of a full confidence event before it", 0.0),
            _size("liquidity_multiplier", "1", "largest market multiplier before it", 1.0),
            _size("lost_share", "1", "share of the opening gold lost before it", 0.0),
            Column("necessary", "str", "", "drivers without which most of the failures are gone, joined by commas"),
            Column("sufficient", "str", "", "drivers that alone bring most of them"),
            _size("log_likelihood", "1", "log of the chance of the scenario's class over that of the calm class"),
            _size("models_lower_years", "year", "shortest return period over the price models", 0.0),
            _size("models_upper_years", "year", "longest; empty where a model never gets there", 0.0),
            Column("method", "str", "", "how it was found"),
        ),
    ),
    Artefact(
        "failure_causes",
        "analyse",
        "What moved it: failing paths by the cause and module of their first failure",
        key=("predicate", "cause", "module"),
        columns=(
            Column("predicate", "str", "", "failure", isin=PREDICATES),
            Column("cause", "str", "", "largest term on the day of the failure"),
            Column("module", "str", "", "what drove redemptions or secondary sales; empty for other causes"),
            Column("failed", "int64", "path", "failing paths of this cause", lower=0),
            Column("n", "int64", "path", "failing paths of this predicate", lower=1),
            Column("share", "float64", "1", "failed over n", lower=0.0, upper=1.0),
            Column("lower", "float64", "1", "lower end of its interval", lower=0.0, upper=1.0),
            Column("upper", "float64", "1", "upper end of its interval", lower=0.0, upper=1.0),
        ),
    ),
)
