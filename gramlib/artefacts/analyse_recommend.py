"""What stage analyse hands on about measures: what to do, what it costs, and what it takes elsewhere."""

from __future__ import annotations

from gramlib.artefacts.columns import Artefact, Column

STATES = ("needed", "enough already", "not applicable", "not reachable")


def _figure(name: str, unit: str, meaning: str) -> tuple[Column, ...]:
    """A value that may be missing, and the two ends of its interval, empty where exact."""
    return (
        Column(name, "float64", unit, meaning, nullable=True),
        Column(
            f"{name}_lower", "float64", unit, f"{meaning}: lower end of the interval, empty where exact", nullable=True
        ),
        Column(
            f"{name}_upper", "float64", unit, f"{meaning}: upper end of the interval, empty where exact", nullable=True
        ),
    )


ARTEFACTS: tuple[Artefact, ...] = (
    Artefact(
        "recommendations",
        "analyse",
        "What to do: each number proved by a re-run on the same draws",
        key=("action",),
        columns=(
            Column("action", "str", "", "short name of the row"),
            Column("title", "str", "", "what is recommended, in words"),
            Column("state", "str", "", "whether it is needed", isin=STATES),
            Column("why", "str", "", "the finding in words"),
            Column("unit", "str", "", "unit of now, number and, unless said, closed_form"),
            Column("now", "float64", "as unit", "where the issuer stands", nullable=True),
            Column("number", "float64", "as unit", "what should hold, empty where there is none", nullable=True),
            Column("cost_usd_year", "float64", "USD/year", "cost of getting there, negative where it saves", nullable=True),
            Column("cost_basis", "str", "", "how the cost was made"),
            Column("binding", "str", "", "scenario, book or rule that decides the number"),
            Column("regime", "str", "", "where it is asked for"),
            Column("closed_form", "float64", "as unit", "a formula's answer beside it, infinite where it has none", nullable=True),
            Column("closed_form_of", "str", "", "what the formula says"),
            Column("side_effect", "str", "", "what it does besides"),
            Column("measure", "str", "", "measure that the number belongs to, empty where nothing is moved"),
            Column("number_lower", "float64", "as unit", "lower end of the number's interval, empty where exact", nullable=True),
            Column("number_upper", "float64", "as unit", "upper end of the number's interval, empty where exact", nullable=True),
            Column("metric", "str", "", "figure that the re-run compares, empty where the row does not apply"),
            Column("metric_unit", "str", "", "unit of before, after and difference"),
            Column("subject", "str", "", "book, scenario or path it was compared on"),
            Column("n", "int64", "1", "paths behind the comparison, 1 where exact, 0 where there is none", lower=0),
            *_figure("before", "as metric_unit", "as the issuer stands"),
            *_figure("after", "as metric_unit", "with the number"),
            *_figure("difference", "as metric_unit", "after less before, from the paired paths"),
        ),
    ),
    Artefact(
        "own_funds_parts",
        "analyse",
        "The four amounts whose largest is the own funds required",
        key=("part",),
        columns=(
            Column("part", "str", "", "which amount"),
            Column("subject", "str", "", "rule, book or scenario it comes from"),
            *_figure("usd", "USD", "the amount"),
            Column("binding", "bool", "", "whether it is the largest"),
        ),
    ),
    Artefact(
        "conflicts",
        "analyse",
        "What a measure gives on one figure and takes on another",
        key=("measure", "wanted_metric", "price_metric"),
        columns=(
            Column("measure", "str", "", "what is moved"),
            Column("title", "str", "", "the same in words"),
            Column("number_before", "float64", "as unit", "where the issuer stands"),
            Column("number_after", "float64", "as unit", "where it is moved to"),
            Column("unit", "str", "", "unit of both numbers"),
            *(
                column
                for side, meaning in (("wanted", "what the measure is for"), ("price", "what it takes"))
                for column in (
                    Column(f"{side}_metric", "str", "", meaning),
                    Column(f"{side}_unit", "str", "", f"unit of {side}_before and {side}_after"),
                    Column(f"{side}_subject", "str", "", "book, scenario or path it was compared on"),
                    Column(f"{side}_before", "float64", f"as {side}_unit", "as the issuer stands"),
                    Column(f"{side}_after", "float64", f"as {side}_unit", "with the measure"),
                    *_figure(f"{side}_difference", f"as {side}_unit", "after less before"),
                )
            ),
        ),
    ),
    Artefact(
        "measure_effects",
        "analyse",
        "How often each failure happens with one recommendation carried out, alone",
        key=("action", "predicate"),
        columns=(
            Column("action", "str", "", "row of recommendations"),
            Column("predicate", "str", "", "failure"),
            Column("number", "float64", "as unit", "what the measure is set to"),
            Column("unit", "str", "", "unit of the number"),
            *_figure("before", "1", "share of failing paths as the issuer stands"),
            *_figure("after", "1", "share of failing paths with the measure"),
            *_figure("difference", "1", "after less before, from the paired paths"),
            Column("n", "int64", "1", "paths", lower=1),
        ),
    ),
    Artefact(
        "gate_frontier",
        "analyse",
        "What a gate does to those who wait and to those who think of leaving",
        key=("subject", "gate"),
        columns=(
            Column("subject", "str", "", "path it was looked at on"),
            Column("gate", "float64", "1/day", "share of tokens let through a day, 1 for none", lower=0.0, upper=1.0),
            Column("oldest_request_days", "float64", "day", "age of the oldest unpaid request", lower=0.0),
            Column("peak_queue_share", "float64", "1", "longest queue, share of opening tokens", lower=0.0),
            Column("peak_redemption_rate", "float64", "1/day", "busiest day's requests, share of free tokens", lower=0.0),
            Column("requested_share", "float64", "1", "all requests, share of opening tokens", lower=0.0),
            Column("worst_discount", "float64", "1", "worst discount"),
            Column("least_liquid_usd", "float64", "USD", "least cash and bills after haircut"),
            Column("fire_sale_loss", "float64", "1", "dearest day's sale, cost as a share of its value", lower=0.0),
        ),
    ),
    Artefact(
        "fee_frontier",
        "analyse",
        "A redemption fee against the band in which the token may trade",
        key=("fee",),
        columns=(
            Column("fee", "float64", "1", "redemption fee", lower=0.0),
            Column("band_calm", "float64", "1", "discount at which arbitrage begins on a calm day", lower=0.0),
            Column("band_stressed", "float64", "1", "the same in a stressed market without a queue", lower=0.0),
            Column("fees_usd", "float64", "USD", "fees of the run in a stressed market", lower=0.0),
            Column("selling_cost_usd", "float64", "USD", "slippage and haircuts of that run", lower=0.0),
            Column("net_usd", "float64", "USD", "fees less selling cost"),
            Column("worst_discount", "float64", "1", "worst discount of that run"),
            *_figure("probability_F4", "1", "share of the liquidity book's searched paths on which the peg breaks"),
            Column("cost_usd_year", "float64", "USD/year", "business lost to the fee, negative where it is won"),
        ),
    ),
    Artefact(
        "custody_frontier",
        "analyse",
        "Splits of the gold over custodians: tail of losses against what they cost",
        key=("largest_share",),
        columns=(
            Column("largest_share", "float64", "1", "share of the largest custodian", lower=0.0, upper=1.0),
            Column("custodians", "int64", "1", "how many there are", lower=1),
            Column("es_usd", "float64", "USD", "expected shortfall of a year's custody losses", lower=0.0),
            Column("es_lower_usd", "float64", "USD", "lower end of its interval", nullable=True),
            Column("es_upper_usd", "float64", "USD", "upper end of its interval", nullable=True),
            Column("running_usd_year", "float64", "USD/year", "custodians' price beyond today's, negative where fewer"),
            Column("total_usd_year", "float64", "USD/year", "cost of capital on the shortfall, and that price"),
            Column("probability_F2", "float64", "1", "share of the liquidity book's searched paths that end insolvent, freezes included", lower=0.0, upper=1.0),
            Column("frozen", "str", "", "what fails when the two largest are closed and holders run"),
            Column("today", "bool", "", "whether the issuer stands here"),
        ),
    ),
)  # fmt: skip
