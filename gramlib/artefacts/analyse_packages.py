"""What stage analyse hands on about packages of measures, early warnings, recovery and what remains."""

from __future__ import annotations

from gramlib.artefacts.columns import PREDICATES, Artefact, Column


def _ends(name: str, unit: str, meaning: str, nullable: bool = False) -> tuple[Column, ...]:
    """A value with both ends of its interval."""
    return (
        Column(name, "float64", unit, meaning, nullable=nullable),
        Column(f"{name}_lower", "float64", unit, f"{meaning}: lower end of the interval", nullable=nullable),
        Column(f"{name}_upper", "float64", unit, f"{meaning}: upper end of the interval", nullable=nullable),
    )


def _warning(name: str, what: str) -> tuple[Column, ...]:
    """What an amber limit does; empty where nothing fails or there is no such limit."""
    return (
        *_ends(f"{name}in_time", "1", f"share of failing paths on which {what} comes two days before red or failure", True),
        Column(f"{name}foretold", "float64", "1", f"share on which {what} comes before the failure", nullable=True),
        Column(f"{name}false_alarms_year", "float64", "1/year", f"beginnings of {what} without a failure within 20 days",
               nullable=True, lower=0.0),
        Column(f"{name}amber_share", "float64", "1", f"share of all days on which {what} stands", nullable=True,
               lower=0.0, upper=1.0),
        *(
            Column(f"{name}lead_{word}_days", "float64", "day", f"{share} of the days from {what} to the failure", nullable=True)
            for word, share in (("short", "5% quantile"), ("median", "median"), ("long", "95% quantile"))
        ),
    )  # fmt: skip


ARTEFACTS: tuple[Artefact, ...] = (
    Artefact(
        "packages",
        "analyse",
        "The cheapest package of measures that brings every failure within its appetite, or nearest to it; no row where none is needed",
        key=("measure",),
        columns=(
            Column("measure", "str", "", "what is moved"),
            Column("title", "str", "", "the same in words"),
            Column("unit", "str", "", "unit of now and number"),
            Column("now", "float64", "as unit", "where the issuer stands"),
            Column("number", "float64", "as unit", "what should hold"),
            Column("cost_usd_year", "float64", "USD/year", "cost on top of the measures before it, negative where it saves"),
            Column("cost_basis", "str", "", "how the cost was made"),
            Column("side_effect", "str", "", "what it does besides"),
            Column("ratio_with", "float64", "1", "largest probability over its appetite with the package", lower=0.0),
            Column("ratio_without", "float64", "1", "the same with this measure left out", lower=0.0),
            Column("missed_without", "str", "", "failures above their appetite with this measure left out"),
        ),
    ),
    Artefact(
        "package_effects",
        "analyse",
        "Each failure before and after the package, on all paths of the book it is judged on",
        key=("predicate",),
        columns=(
            Column("predicate", "str", "", "failure", isin=PREDICATES),
            Column("book", "str", "", "book of paths"),
            Column("appetite", "float64", "1/year", "largest probability", lower=0.0, upper=1.0),
            *_ends("before", "1/year", "probability as the issuer stands"),
            *_ends("after", "1/year", "probability with the package"),
            *_ends("difference", "1/year", "after less before, from the paired paths"),
            Column("met", "bool", "", "whether the probability after is within the appetite"),
            Column("sure", "bool", "", "whether the upper end of its interval is"),
            Column("n", "int64", "1", "paths", lower=1),
        ),
    ),
    Artefact(
        "efficient_frontier",
        "analyse",
        "Packages that no other tried one beats in cost and in what is left",
        key=("package",),
        columns=(
            Column("package", "str", "", "measures with their numbers"),
            Column("measures", "int64", "1", "how many there are", lower=0),
            Column("cost_usd_year", "float64", "USD/year", "cost, negative where it saves"),
            Column("largest_ratio", "float64", "1", "largest probability over its appetite", lower=0.0),
            Column("binding", "str", "", "the failure with that ratio", isin=PREDICATES),
            Column("missed", "str", "", "failures above their appetite"),
            *_ends("any_failure", "1", "share of the liquidity book's paths on which anything fails"),
            Column("on_ratio", "bool", "", "whether none costs less and leaves a smaller largest ratio"),
            Column("on_any", "bool", "", "whether none costs less and leaves fewer paths failing"),
            Column("recommended", "bool", "", "whether it is the recommended one"),
            Column("today", "bool", "", "whether nothing is done"),
            Column("n", "int64", "1", "paths of the liquidity book", lower=1),
        ),
    ),
    Artefact(
        "early_warning",
        "analyse",
        "Early-warning limits: how far ahead they warn and how often for nothing",
        key=("indicator", "basis"),
        columns=(
            Column("indicator", "str", "", "what is watched; any for the first of all that do not stand at amber"),
            Column("basis", "str", "", "paths of the liquidity book not tuned on, or replays of history", isin=("simulated", "history")),
            Column("title", "str", "", "the same in words"),
            Column("unit", "str", "", "unit of the limits"),
            Column("more_is_worse", "bool", "", "whether danger is above the limit; below it otherwise"),
            Column("stands", "bool", "", "whether amber is its usual state: a finding, no warning"),
            Column("warns_of", "str", "", "failures it is for"),
            Column("green", "float64", "as unit", "green up to here", nullable=True),
            Column("amber", "float64", "as unit", "amber from here on", nullable=True),
            Column("red", "float64", "as unit", "red from here on", nullable=True),
            Column("failing", "int64", "1", "failing paths or replays", lower=0),
            *_warning("", "amber"),
            *_warning("tuned_", "tuned amber"),
            Column("tuned_amber", "float64", "as unit", "strictest amber in time on 95% of failing paths, empty where none is", nullable=True),
            Column("most_in_time", "float64", "1", "largest share in time of any amber tried, on the paths tuned on", nullable=True),
        ),
    ),
    Artefact(
        "recovery_options",
        "analyse",
        "Options of recovery, best first, and what each does to every failure",
        key=("option", "predicate"),
        columns=(
            Column("rank", "int64", "1", "place by the failures avoided in time", lower=1),
            Column("option", "str", "", "what is done"),
            Column("title", "str", "", "the same in words"),
            Column("predicate", "str", "", "failure", isin=PREDICATES),
            Column("size", "float64", "as unit", "how much of it"),
            Column("unit", "str", "", "unit of the size"),
            Column("days_to_act", "int64", "day", "from the decision until it works", lower=0),
            Column("starts", "str", "", "from when it is in the runs", isin=("day 0", "distress")),
            Column("ready", "float64", "1", "share of failing paths that leave so many days after the first distress", lower=0.0, upper=1.0),
            Column("avoided", "float64", "1", "failures avoided over the book, all counted; negative where it adds some"),
            Column("counted", "float64", "1", "the same, less what it would come too late for: the rank is by it"),
            Column("cost_usd_year", "float64", "USD/year", "what it costs a year while it is there"),
            Column("side_effect", "str", "", "what it does besides"),
            *_ends("before", "1", "share of failing paths of the liquidity book without it"),
            *_ends("after", "1", "share of failing paths with it"),
            *_ends("difference", "1", "after less before, from the paired paths"),
            Column("n", "int64", "1", "paths", lower=1),
            Column("worst", "str", "", "the worst listed scenarios"),
            Column("worst_before", "int64", "1", "in how many of them it fails without", lower=0),
            Column("worst_after", "int64", "1", "in how many of them it fails with it", lower=0),
        ),
    ),
    Artefact(
        "residual_risk",
        "analyse",
        "What remains after the package: scenarios that still fail and the smallest shock that still breaks it; exact",
        key=("kind", "subject", "predicate"),
        columns=(
            Column("kind", "str", "", "listed scenario, or axis of the reverse stress", isin=("scenario", "shock")),
            Column("subject", "str", "", "scenario or axis"),
            Column("title", "str", "", "title of the scenario"),
            Column("severity", "str", "", "its severity"),
            Column("predicate", "str", "", "failure on this axis; empty for a scenario"),
            Column("failed_before", "str", "", "what fails in the scenario as the issuer stands"),
            Column("failed_after", "str", "", "what fails in it with the package"),
            Column("size_before", "float64", "as unit", "smallest breaking shock as the issuer stands, empty where none was found", nullable=True),
            Column("size_after", "float64", "as unit", "the same with the package", nullable=True),
            Column("unit", "str", "", "unit of the sizes"),
            Column("scan_to", "float64", "as unit", "how far was searched", nullable=True),
            Column("remains", "bool", "", "whether something still fails"),
        ),
    ),
)  # fmt: skip
