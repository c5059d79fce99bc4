"""Tornado, flips and screen on the page: every sentence follows from the rows it stands over."""

import pandas as pd
import pytest

from gramlib.artefacts import entry
from gramlib.report import figures, tables

NAN = float("nan")


def tornado_rows(*rows: tuple) -> pd.DataFrame:
    """(metric, parameter, base, at low, at high) to a whole table."""
    made = [
        (metric, name, name.replace("_", " ").capitalize(), "1", "factor", 1.0, 0.5, 2.0, base, low, low - base, low - base, high,
         high - base, high - base, max(base, low, high) - min(base, low, high), "watch", "pass", "fail", 1000, "")
        for metric, name, base, low, high in rows
    ]  # fmt: skip
    return pd.DataFrame(made, columns=[column.name for column in entry("tornado").columns])


TORNADO = tornado_rows(
    ("F7", "liquid_buffer", 0.11, 0.35, 0.02), ("F7", "spread", 0.11, 0.11, 0.12),
    ("es_nonprice_loss", "costs", 4e6, 3e6, 6e6),
)  # fmt: skip


def test_the_headline_names_the_widest_bar_and_its_ends() -> None:
    drawn = figures.tornado(TORNADO, "F7")
    assert drawn.headline.startswith("Liquid buffer moves the chance of F7")
    assert all(f"{share} a year" in drawn.headline for share in ("2.0%", "35.0%", "11.0%"))
    assert "Spread" in drawn.alt and b"<svg" in drawn.image


def test_the_order_of_the_rows_does_not_matter() -> None:
    """A table that a stage reads back stands in the order of its key."""
    turned = TORNADO.sort_values(["metric", "parameter"], ascending=False)
    assert figures.tornado(turned, "F7").image == figures.tornado(TORNADO, "F7").image
    assert tables.tornado_of(turned, "F7").rows[0][0] == "Liquid buffer"


def test_money_is_told_as_money() -> None:
    assert "USD" in figures.tornado(TORNADO, "es_nonprice_loss").headline


def test_nothing_moves_is_said() -> None:
    still = tornado_rows(("F2", "fee", 0.01, 0.01, 0.01))
    assert figures.tornado(still, "F2").headline.startswith("No input moves")


def test_an_input_that_could_not_be_moved_says_so_in_the_table_and_has_no_bar() -> None:
    refused = TORNADO.copy()
    refused.loc[0, ["at_low", "at_high", "swing"]] = NAN
    refused.loc[0, "note"] = "not possible for this issuer: cash below nought"
    assert "Spread" in figures.tornado(refused, "F7").headline
    assert "not possible for this issuer" in repr(tables.tornado_of(refused, "F7"))


@pytest.mark.parametrize(("found", "told"), [(True, "Liquid buffer below 0.7 times"), (False, "no status changes")])
def test_flips_are_told_or_that_there_are_none(found: bool, told: str) -> None:
    row = (
        "liquid_buffer", "Liquid buffer", "times", "factor", "F7", "watch", "fail" if found else "watch", 1.0,
        0.7 if found else NAN, "below" if found else "", 0.01 if found else NAN, 0.5, 2.0, found,
    )  # fmt: skip
    table = pd.DataFrame([row], columns=[column.name for column in entry("decision_flips").columns])
    assert told in repr(tables.decision_flips(table)).replace("No status", "no status")


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_the_screen_says_what_importance_is(method: str) -> None:
    rows = [("F7", "liquid_buffer", "Liquid buffer", method, 0.2, 0.01, 0.05, 1, 66)]
    table = pd.DataFrame(rows, columns=[column.name for column in entry("screen").columns])
    text = repr(tables.screen(table, "F7"))
    assert ("variance" in text) == (method == "sobol") and "66 runs" in text and "20.0%" in text
