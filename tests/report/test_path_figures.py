"""Buffers, cash and holders: what the headlines say is what the numbers say."""

from __future__ import annotations

import io
import re

import pandas as pd
import pytest
from path_ledger_rows import ISSUER, path_ledgers

from gramlib.metrics import cash_flows, run_anatomy
from gramlib.report import figures, numbers
from gramlib.report.figures.buffers import buffers_sentence


def test_the_waterfall_says_when_cash_ran_out_and_what_waits():
    chart = figures.liquidity_waterfall(path_ledgers(), "liquidity", "worst", ISSUER)
    rows = path_ledgers()[path_ledgers()["choice"] == "worst"]
    empty = rows[(rows["cash_usd"] + rows["bills_usd"] <= 1.0) & (rows["queue_g"] > 0.0)]
    assert f"cash and bills are used up on day {empty['day'].iloc[0]}, and requests for " in chart.headline
    assert numbers.usd(cash_flows(rows, ISSUER)["queue_usd"].max()) in chart.headline
    assert "number 87,385" in chart.headline
    offered = pd.read_csv(io.StringIO(chart.csv))
    assert offered["closing_usd"].to_numpy() == pytest.approx(rows["cash_usd"].to_numpy(), rel=1e-5, abs=1)


def test_a_quiet_path_never_runs_out_and_has_no_run():
    cash = figures.liquidity_waterfall(path_ledgers(), "liquidity", "median", ISSUER)
    run = figures.redemption_run(path_ledgers(), "liquidity", "median", ISSUER)
    assert "cash and bills never run out while holders wait" in cash.headline
    assert "no run, holders never ask for more than 0.20% of the free tokens a day" in run.headline


@pytest.mark.parametrize("n_days", [1, 20, 70, 71, 252])
def test_bars_are_days_or_weeks_and_none_is_missing(n_days):
    ledgers = path_ledgers(n_days) if n_days >= 20 else path_ledgers().query("day == 1")
    chart = figures.liquidity_waterfall(ledgers, "liquidity", "worst", ISSUER)
    assert len(chart.csv.splitlines()) == n_days + 1
    assert f"over {numbers.days(n_days)}" in chart.alt
    drawn = b"in five days" in chart.image
    assert drawn == (n_days > 70)


def test_the_run_names_what_starts_it():
    chart = figures.redemption_run(path_ledgers(), "liquidity", "worst", ISSUER)
    rows = path_ledgers()[path_ledgers()["choice"] == "worst"]
    found = run_anatomy(rows, ISSUER)
    starts = found.loc[6, ["fall_of_gold", "discount", "queue", "shortfall", "event"]].astype(float)
    assert starts.idxmax() == "event"
    assert "the confidence event starts a run on day 6, helped by" in chart.headline
    assert f"at its fastest {numbers.percent(found['redemption_rate'].max())}" in chart.headline
    assert f"{numbers.mass(found['queue_g'].max())} wait at the worst" in chart.headline


def test_only_the_days_about_a_runs_beginning_are_drawn():
    chart = figures.redemption_run(path_ledgers(252), "liquidity", "worst", ISSUER)
    assert "Three charts of days 2 to 41." in chart.alt
    assert len(chart.csv.splitlines()) > 41


def test_paths_that_were_not_kept_are_refused():
    for draw in (figures.liquidity_waterfall, figures.redemption_run):
        with pytest.raises(KeyError, match="percentile_1"):
            draw(path_ledgers(), "liquidity", "percentile_1", ISSUER)


def buffer_rows(*left: float) -> pd.DataFrame:
    """One scenario and one tail of each buffer, each holding 10 m, that leave so much."""
    kinds = [(name, kind) for name in ("liquidity", "custody", "business") for kind in ("scenario", "tail")]
    return pd.DataFrame([
        {"buffer": name, "subject": "x", "kind": kind, "holds_usd": 1e7, "takes_usd": 1e7 - rest, "left_usd": rest}
        for (name, kind), rest in zip(kinds, left, strict=True)
    ])  # fmt: skip


def test_buffers_are_counted_as_they_are():
    some = buffers_sentence(buffer_rows(-1.0, -1.0, 1.0, -5.0, 0.0, 3.0))
    assert some.startswith(
        "Liquidity (cash and bills, USD 10.0 m) is used up in 1 of 1 listed scenarios, custody (own funds, USD 10.0 m) in none and"
    )
    assert some.endswith("one path in a hundred uses up liquidity and custody and leaves some of business.")
    none = buffers_sentence(buffer_rows(*[1.0] * 6))
    assert "in 0 of 1 listed scenarios" in none and none.endswith("one path in a hundred uses up none of them.")


def test_every_buffer_shows_its_worst_scenarios_and_the_tails(run_tables):
    chart = figures.three_buffers(
        ISSUER, run_tables.days, run_tables.replays, run_tables.outcomes, run_tables.scenarios_used
    )
    for title in ("Liquidity: cash and bills", "Custody: own funds", "Business: own funds above the requirement"):
        assert title.encode() in chart.image
    assert len(re.findall(rb": 1 path in 100, ", chart.image)) == 2 * 3
    assert len(pd.read_csv(io.StringIO(chart.csv))) == 3 * (6 + 3)
