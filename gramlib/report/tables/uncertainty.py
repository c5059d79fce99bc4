"""Tables of where losses and failures come from, and of how sure the headlines are."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gramlib.report import numbers, vocabulary
from gramlib.report.html_table import Heading, Table
from gramlib.report.tables.judged import interval
from gramlib.report.tables.plain import columns

MODULES = {
    "custody_loss": "gold lost in custody",
    "lessee_default": "leased gold lost",
    "bank_failure": "cash lost at banks",
    "cyber_loss": "cash lost to attacks",
    "market_slippage": "selling below the price",
    "bill_haircut": "bills sold early",
    "liquidation_bonus": "liquidation bonus",
    "redemption_fees": "redemption fees",
    "running_business": "running business and frozen gold",
    "total": "all together",
}
"""Module of `loss_attribution` in words."""

SOURCES = {"price model": "price model", "redemption response": "holders' response"}
_CASES = {"all": "all drivers", "none": "prices alone", "without": "without {}", "only": "prices and {} alone"}
LADDER = {"min_liquid_1d_share": "within a day", "min_liquid_5d_share": "within five days"}


def module_name(module: str) -> str:
    """A module of the loss in words."""
    return MODULES.get(module, vocabulary.spaced(module))


def loss_attribution(table: pd.DataFrame) -> Table:
    """Mean loss by module, over all paths and over the tail, with intervals; negative is income."""
    rows = []
    for (book, module), group in table.groupby(["book", "module"], sort=False):
        cells: list[str] = []
        for over in ("all", "tail"):
            row = group[group["over"] == over].iloc[0]
            cells += [numbers.usd(row["mean_usd"]), interval(row["lower_usd"], row["upper_usd"], "USD")]
        rows.append((f"{vocabulary.book_name(str(book))}: {module_name(str(module))}", *cells))
    names = ("All paths", "Interval", "Worst paths", "Interval, worst")
    return Table(
        "Loss of own funds, price effect apart, by module",
        columns("Module", *names, numeric=names),
        tuple(rows),
        "A negative loss is income. Running business: operating, custody and credit cost less holding and minting fees and bill yield, and "
        "the policy haircut on gold frozen at the end. The worst paths are those behind expected shortfall, so that their total is it.",
    )


def driver_shares(table: pd.DataFrame) -> Table:
    """Chance of each failure by driver: on its own and left out, with paired intervals of what it adds or takes."""
    rows = []
    for row in table.itertuples(index=False):
        if row.case == "none" or not (row.probability > 0.0 or row.effect != 0.0):
            continue
        what = (
            f"{vocabulary.failure_name(row.predicate)}, {_CASES[row.case].format(vocabulary.driver_name(row.driver))}"
        )
        effect = f"{numbers.percent(row.effect)} ({interval(row.effect_lower, row.effect_upper, 'share')})"
        chance = f"{numbers.percent(row.probability)} ({interval(row.lower, row.upper, 'share')})"
        rows.append((what, chance, "taken away" if row.case == "without" else "added", effect))
    n = int(table["n"].iloc[0])
    return Table(
        "Failures by driver",
        columns("Failure and drivers", "Chance", "Against", "Difference", numeric=("Chance", "Difference")),
        tuple(rows),
        f"{n:,} paths of the {vocabulary.book_name(str(table['book'].iloc[0]))}. Added: to prices alone; taken away: from all drivers. Every "
        "case has the same prices and draws. Drivers work together: what they add one by one need not be what they add together.",
        folded=True,
    )


def convergence(table: pd.DataFrame) -> Table:
    """The last running estimate of each headline, its errors, its limit, and the paths that it needs."""
    rows = tuple(_settled(row) for row in settled(table).itertuples(index=False))
    names = ("Estimate", "Half width", "Error by batches", "Limit", "Paths", "Paths needed")
    return Table(
        "Have the headlines settled",
        (Heading("Headline"), *(Heading(name, "", numeric=True) for name in names), Heading("Sure enough")),
        rows,
        "Sure enough: the interval does not hold the limit over the book's horizon; where there is no limit, it is within a tenth of "
        "the estimate. Error by batches: standard error from the spread of the batches' own estimates.",
        folded=True,
    )


def settled(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of `convergence` that stand for whole books: the last batch of each headline."""
    return table[table["batch"] == table.groupby(["subject", "metric"])["batch"].transform("max")]


def _settled(row: Any) -> tuple[str, ...]:
    def show(value: float) -> str:
        return numbers.with_unit(value, vocabulary.metric_unit(row.metric, row.unit))

    limit = numbers.MISSING if numbers.is_missing(row.limit) else show(row.limit)
    return (
        headline_name(row.subject, row.metric), show(row.running), show(row.half_width), show(row.standard_error),
        "none" if limit == numbers.MISSING else limit, f"{row.paths:,}", paths_needed(row.paths_needed), "yes" if row.decided else "no",
    )  # fmt: skip


def paths_needed(paths: float) -> str:
    """A number of paths to two digits, or in words that none is enough."""
    if numbers.is_missing(paths):
        return "cannot be told"
    digits = max(0, len(str(int(paths))) - 2)
    return f"{round(paths, -digits):,.0f}"


def headline_name(subject: str, metric: str) -> str:
    """A headline with its book."""
    return f"{vocabulary.book_name(subject)}: {vocabulary.metric_name(metric)}"


def parameter_uncertainty(table: pd.DataFrame) -> Table:
    """Each headline with the range over price models and over holders' responses."""
    rows = []
    for row in table.itertuples(index=False):
        unit = vocabulary.metric_unit(row.metric, row.unit)
        rows.append(
            (
                f"{headline_name(row.subject, row.metric)}, {SOURCES[row.source]}", numbers.with_unit(row.estimate, unit),
                interval(row.lower, row.upper, unit), f"{row.n:,}", f"{row.paths:,}", numbers.percent(row.noise_share),
            )
        )  # fmt: skip
    names = ("Estimate", "Range", "Samples", "Paths", "Monte Carlo share")
    told = table[table["subject"] == table["subject"].iloc[0]] if len(table) else table
    methods = dict.fromkeys(zip(told["source"], told["method"], strict=True))
    note = (
        " ".join(numbers.sentence(f"{SOURCES[source]}: {method}") for source, method in methods)
        or "Nothing was varied."
    )
    return Table(
        "What other parameters would say",
        columns("Headline and what varies", *names, numeric=names),
        tuple(rows),
        f"{note} Where Monte Carlo made up most of the spread, the range says that parameters move the figure by less than can be seen.",
        folded=True,
    )


def ladder(metrics: pd.DataFrame) -> Table:
    """Liquid assets over what is owed at their lowest, and when they are used up: scenarios, then sampled paths of the books."""
    rows = [
        (
            subject,
            *(numbers.percent(cells[name]) for name in LADDER),
            _last_day(cells["days_to_exhaustion"]),
            *_days(cells),
        )
        for subject, cells in ladder_of_scenarios(metrics).iterrows()
    ]
    books = metrics[metrics["metric"].str.startswith(tuple(f"{name}_q" for name in LADDER))]
    for (subject, level), group in books.groupby(["subject", books["metric"].str[-2:]], sort=False):
        values = [numbers.percent(value) for value in group["value"]]
        label = f"{vocabulary.book_name(str(subject))}, {'half of paths' if level == '50' else f'{int(str(level))} in 100 paths'} fall to"
        rows.append((label, *values, "", "", ""))
    names = ("Within a day", "Within five days", "Used up on", "Closed form", "Closed form with sales")
    return Table(
        "Liquid assets over what is owed, at their lowest",
        columns("Scenario", *names, numeric=names),
        tuple(rows),
        "Closed forms: how long the opening liquid assets would last, had the worst day's redemption rate held from the first day on, "
        "without and with gold sold at full capacity. A scenario's figures are exact; those of books have intervals in the metrics table.",
        folded=True,
    )


def ladder_of_scenarios(metrics: pd.DataFrame) -> pd.DataFrame:
    """One row a scenario, the figures of its ladder as columns, the lowest five-day ladder first."""
    wanted = [*LADDER, "days_to_exhaustion", "survival_days", "survival_days_with_sales"]
    found = metrics[metrics["metric"].isin(wanted)].pivot(index="subject", columns="metric", values="value")
    return found.reindex(columns=wanted).sort_values(["min_liquid_5d_share", "min_liquid_1d_share"], kind="stable")


def _last_day(day: float) -> str:
    return "never" if numbers.is_missing(day) else f"day {day:.0f}"


def _days(cells: pd.Series) -> list[str]:
    return ["for ever" if numbers.is_missing(cells[name]) else f"{cells[name]:,.1f} days".replace(".0 days", " days")
            for name in ("survival_days", "survival_days_with_sales")]  # fmt: skip
