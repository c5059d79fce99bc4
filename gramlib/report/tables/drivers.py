"""What the random drivers do: failures with all of them, with none, without one, and with one alone."""

from __future__ import annotations

import pandas as pd

from gramlib.report import numbers, vocabulary
from gramlib.report.html_table import Table
from gramlib.report.tables.plain import columns

_CASES = {"all": "All drivers", "none": "Prices alone", "without": "Without {}", "only": "Prices and {} alone"}


def driver_effects(effects: pd.DataFrame) -> Table:
    """Shares of paths that fail, a row a set of drivers: every row has the same prices and the same draws."""
    predicates = list(dict.fromkeys(effects["predicate"]))
    names = [vocabulary.failure_name(predicate) for predicate in predicates]
    rows = []
    for (case, driver), group in effects.groupby(["case", "driver"], sort=False):
        share = (group.set_index("predicate")["failed"] / group.set_index("predicate")["n"]).to_dict()
        label = _CASES[str(case)].format(vocabulary.driver_name(str(driver)))
        rows.append((label, *(numbers.percent(share[predicate]) for predicate in predicates)))
    n = int(effects["n"].iloc[0])
    return Table(
        "Which driver is necessary",
        columns("Drawn beside prices", *names, numeric=tuple(names)),
        tuple(rows),
        f"{n:,} paths of the {vocabulary.book_name(str(effects['book'].iloc[0]))}, drawn once: rows differ by the drivers alone. "
        + necessary(effects),
    )


def necessary(effects: pd.DataFrame) -> str:
    """For the most frequent failure, which driver it needs most, in a sentence."""
    n = int(effects["n"].iloc[0])
    failed = effects.groupby("case", sort=False)
    everything = failed.get_group("all").set_index("predicate")["failed"]
    if not everything.max():
        return "No path failed with all drivers on."
    worst = str(everything.idxmax())
    alone = failed.get_group("none").set_index("predicate")["failed"][worst]
    without = effects[(effects["case"] == "without") & (effects["predicate"] == worst)].set_index("driver")["failed"]
    said = f"{vocabulary.failure_name(worst)} happens on {numbers.percent(everything[worst] / n)} of paths"
    said += f", on {numbers.percent(alone / n)} with prices alone"
    if without.empty or without.min() >= everything[worst]:
        return f"{said}; no single driver is necessary for it."
    driver = str(without.idxmin())
    return f"{said}; it needs {vocabulary.driver_name(driver)} most: without, {numbers.percent(without[driver] / n)} are left."
