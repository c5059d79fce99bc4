"""The backtest of the whole chain in words: its tests, its months, and what they come to."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gramlib.report import numbers, vocabulary
from gramlib.report.html_table import Table, Tables
from gramlib.report.tables.plain import NO_EVIDENCE, columns

REJECTED = 0.05
WEAK = 0.5
"""A test that would more likely than not have missed its alternative says little by passing."""

NOT_RUN = (
    "The chain was not held against history in this run: analyse.chain_backtest is off, or there are too few days."
)
_ABSENT = "\N{EN DASH}"

_TESTS = {
    "kupiec": "exceptions of the value at risk {level}",
    "acerbi_szekely_z2": "expected shortfall {level}, size and number (Z2)",
    "interval_coverage": "the fund outside the {level} interval",
    "response": "the fund follows the replay (rank correlation)",
    "calibration": "as often as the chances say",
    "brier": "chances of the right months (Brier score)",
    "warning": "chance above {level} as a warning",
}


def chain(months: pd.DataFrame, tests: pd.DataFrame) -> Tables:
    """Tests of `chain_tests`, and the months of `chain_backtest` behind them, folded."""
    return Tables((chain_tests(tests), chain_months(months)))


def chain_tests(tests: pd.DataFrame) -> Table:
    """Every test with what was found, expected, its p-value, and its power against which alternative."""
    names = ("Months", "Found", "Expected", "p", "p, all tests", "Power")
    return Table(
        "Does the whole chain hold on history",
        columns("Test", *names, "Power against", numeric=names),
        tuple(_tested(row) for row in tests.itertuples(index=False)),
        _tests_note(tests),
    )


def _tested(row: Any) -> tuple[str, ...]:
    found, expected = _count(row.found), _count(row.expected)
    if row.test == "response":
        found = numbers.significant(row.statistic, 2)
    if row.test == "warning":
        found = f"{row.found:.0f} of {row.found + row.missed:.0f}, {numbers.count(row.false_alarms, 'false alarm')}"
        expected = f"{expected} by luck"
    return (
        chain_test_name(row.test, row.subject, row.level), f"{row.n:,}", found, expected, _p(row.p_value), _p(row.adjusted_p_value),
        numbers.percent(row.power), row.alternative,
    )  # fmt: skip


def chain_test_name(test: str, subject: str, level: float) -> str:
    """A test with what it is about."""
    what = {"price": "Gold", "redemptions": "Redemptions"}.get(subject, vocabulary.failure_name(subject))
    said = _TESTS.get(test, vocabulary.spaced(test))
    name = what[0].upper() + what[1:]
    return f"{name}: {said.format(level=numbers.exact_percent(level) if not numbers.is_missing(level) else '')}"


def _count(value: float) -> str:
    if numbers.is_missing(value):
        return _ABSENT
    return f"{value:.0f}" if value == round(value) else numbers.significant(value, 2)


def _p(value: float) -> str:
    return _ABSENT if numbers.is_missing(value) else "below 0.001" if value < 0.001 else f"{value:.3f}"


def _tests_note(tests: pd.DataFrame) -> str:
    if tests.empty:
        return NOT_RUN
    refused, weak = int((tests["adjusted_p_value"] < REJECTED).sum()), int((tests["power"] < WEAK).sum())
    caveat = f"{NO_EVIDENCE} " if (tests["evidence"] != "history").any() else ""
    return (
        f"{caveat}Exact counts on months that share no day, taken as independent. {refused} of {len(tests)} p-values stay below 5% after allowing for all tests "
        f"(Holm). {weak} of the tests had less than an even chance to notice their alternative, so that their passing says little. For the "
        "rank correlation and for warnings a small p-value speaks for the model: the hypothesis is that there is no relation. "
        "Chances of failures are those of prices alone, which is what a replay can show; custody, banks and attacks have no history here. "
        "The issuer, its holders' response and the choice of model are today's in every month."
    )


def chain_months(months: pd.DataFrame) -> Table:
    """What was said and what came, a row a month, folded; value at risk and chances from the paths of the month."""
    names = ("VaR 97.5%", "VaR 99%", "Gold lost", "Redeemed, said", "Fund", "Queue, said")
    rows = tuple(
        (
            f"{row.as_of:%Y-%m-%d}{'' if row.apart else ' (shares days)'}", numbers.percent(row.var_975), numbers.percent(row.var_990),
            _marked(row.realised_loss, row.exceeded_975), f"{numbers.percent(row.redeemed_lower)} to {numbers.percent(row.redeemed_upper)}",
            _ABSENT if not row.place else _marked(row.fund_redeemed, row.place != "inside"), numbers.percent(row.chance_queue),
            _replayed(row),
        )
        for row in months.itertuples(index=False)
    )  # fmt: skip
    return Table(
        "The chain month by month",
        columns("As of", *names, "On the prices that came", numeric=names),
        rows,
        f"* beyond what was said. {_months_note(months)}" if len(months) else NOT_RUN,
        folded=True,
    )


def _months_note(months: pd.DataFrame) -> str:
    notes = [note for note in dict.fromkeys(months["note"]) if note]
    models = numbers.joined(vocabulary.model_name(model) for model in dict.fromkeys(months["model"]))
    said = f" {numbers.sentence('; '.join(notes[:3]))}" if notes else ""
    paths = int(months["n"].iloc[0])
    return (
        f"Over 20 business days, by {models}, fitted on the days before, {paths:,} paths a month: a value at risk at 97.5% from so many has "
        f"an error of some {numbers.percent(_error_of_var(paths))} of itself. A negative loss is a rise, a negative share came in.{said}"
    )


def _error_of_var(paths: int) -> float:
    """Relative standard error of a normal law's 97.5% quantile from so many paths: sqrt(p (1 - p)/n) / (z phi(z))."""
    return float((0.975 * 0.025 / paths) ** 0.5 / (1.96 * 0.05845))


def _marked(value: float, beyond: bool) -> str:
    return f"{numbers.percent(value)}{'*' if beyond else ''}"


def _replayed(row: Any) -> str:
    said = [vocabulary.failure_name(name) for name in row.replay_failures.split()]
    return numbers.joined([*said, *(["queue"] if row.replay_queue else [])]) or "nothing failed"


def chain_sentences(months: pd.DataFrame, tests: pd.DataFrame) -> str:
    """What the backtest comes to: exceptions, the fund against the interval, failures on the prices that came."""
    if tests.empty:
        return NOT_RUN
    caveat = f"{NO_EVIDENCE} " if (tests["evidence"] != "history").any() else ""
    parts = [_exceptions(tests), _fund(months, tests), _failed(tests)]
    return caveat + " ".join(part for part in parts if part)


def _exceptions(tests: pd.DataFrame) -> str:
    row = tests[(tests["test"] == "kupiec") & (tests["level"] == 0.975)].iloc[0]
    return (
        f"Gold fell beyond the 97.5% value at risk in {row['found']:.0f} of {row['n']:,} months, {numbers.plain(row['expected'], 1)} expected "
        f"(p {_p(row['p_value'])}; twice as many would be noticed with a chance of {numbers.percent(row['power'])})."
    )


def _fund(months: pd.DataFrame, tests: pd.DataFrame) -> str:
    rows = tests[tests["test"] == "interval_coverage"]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    inside = 1.0 - row["found"] / row["n"]
    known = months[months["apart"] & (months["place"] != "")]
    width = float((known["redeemed_upper"] - known["redeemed_lower"]).median())
    between = float(known["fund_redeemed"].quantile(0.95) - known["fund_redeemed"].quantile(0.05))
    verdict = (
        f"it is {numbers.percent(width)} wide in the median month, while the fund's own 5% to 95% range is {numbers.percent(between)}"
        if row["adjusted_p_value"] < REJECTED
        else f"p {_p(row['p_value'])}"
    )
    return (
        f"The gold fund's holders stayed inside the interval of {numbers.exact_percent(row['level'])} in {numbers.percent(inside)} of {row['n']:,} "
        f"months: {verdict}."
    )


def _failed(tests: pd.DataFrame) -> str:
    rows = tests[tests["test"] == "calibration"]
    came = rows[rows["found"] > 0]
    expected = [
        f"{vocabulary.failure_name(row.subject)} in {numbers.count(row.found, 'month')}, {_count(row.expected)} expected"
        for row in came.itertuples(index=False)
    ]
    if not expected:
        return (
            "On the prices that came nothing failed and nobody queued; the chances of prices alone add up to "
            f"{_count(float(rows['expected'].max()))} months for the likeliest, too few to tell."
        )
    return f"On the prices that came: {'; '.join(expected)}."
