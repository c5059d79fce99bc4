"""The shipped library: hypothetical scenarios have their stated sizes, and what runs put together or change is as told."""

import numpy as np
import pandas as pd
import pytest

from gramlib.artefacts import EVENT_COLUMNS
from gramlib.errors import ParameterError
from gramlib.params.issuer import Issuer
from gramlib.scenarios import Change, build_path, changed_issuer, list_scenarios, load_scenarios
from gramlib.scenarios.spell import Spell

NO_PRICES = pd.DataFrame({"date": pd.DatetimeIndex([]), "gold_usd_per_g": [], "filled": []})


@pytest.fixture
def load(workbench_root):
    return lambda name: load_scenarios([name], workbench_root)[0]


@pytest.fixture
def path(load):
    return lambda name: build_path(load(name), NO_PRICES, "D", 100.0)


def test_a_spell_can_list_every_event_of_the_catalogue_and_calm_is_the_default() -> None:
    spell = Spell(from_day=1, to_day=2, why="nothing at all")
    assert {c.name for c in EVENT_COLUMNS} == set(Spell.model_fields) - {"from_day", "to_day", "why"}
    assert spell.given() == {}


@pytest.mark.parametrize(
    ("name", "day", "factor"),
    [
        ("S1", 1, 0.85),
        ("S2", 20, 0.80),
        ("S3", 60, 0.70),
        ("S4", 600, 0.35),
        ("S5", 1, 0.90),
        ("squeeze_up30", 15, 1.3),
    ],
)
def test_price_shocks_have_their_size(path, name, day, factor):
    assert path(name).price_usd_per_g[day] == pytest.approx(100.0 * factor)
    assert path(name).price_usd_per_g[-1] == pytest.approx(100.0 * factor)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("S5", {"operations_stop": {1: 0.5}}),
        ("S6", {"custodian": {1: 1, 21: 1}, "frozen_days": {1: 20}, "lost_share": {21: 0.02}}),
        ("S7", {"assay_share": {1: 0.005}, "event": dict.fromkeys(range(1, 31), 1.0)}),
        ("S8", {"bank_share": {1: 0.6}}),
        ("S9", {"redeem_share": {1: 0.054, 2: 0.04, 3: 0.03, 4: 0.02, **dict.fromkeys(range(5, 11), 0.01)}}),
        ("S10", {name: dict.fromkeys(range(1, 21), value) for name, value in
                 {"lag_days": 20, "spread_rise": 9, "capacity_cut": 0.75, "futures_basis": 0.04}.items()}),
        ("S11", {"lease_default": {1: 1}}),
        ("S12", {"block_share": {1: 0.25}}),
        ("S13", {"operations_stop": {1: 1.0, 2: 1.0}, "discount_shock": {1: 0.08}}),
        ("H25L", {"lag_days": dict.fromkeys(range(5, 25), 20), "liquidity_multiplier": dict.fromkeys(range(5, 25), 4)}),
    ],
)  # fmt: skip
def test_events_have_their_size_and_days_and_nothing_else_happens(path, name, expected):
    events = path(name).events
    for column in EVENT_COLUMNS:
        wanted = np.full(len(events[column.name]), column.calm)
        for day, value in expected.get(column.name, {}).items():
            wanted[day] = value
        np.testing.assert_allclose(events[column.name], wanted, err_msg=column.name)


def test_the_wind_down_pays_everybody_in_equal_parts(path):
    events = path("S17").events
    left = np.cumprod(1.0 - events["redeem_share"])
    np.testing.assert_allclose(left[:91], 1.0 - np.arange(91) / 90, atol=1e-4)
    assert set(events["mint_stop"][1:]) == {1.0}


def test_combined_scenarios_hold_their_parts(load, path):
    for name, parts, lender in [("S14", ("S9", "S10"), "H26J"), ("S15", ("S6", "S9"), "")]:
        combined = path(name).events
        for part in parts:
            for column, values in path(part).events.items():
                days = values != {c.name: c.calm for c in EVENT_COLUMNS}[column]
                np.testing.assert_array_equal(combined[column][: len(values)][days], values[days])
        if lender:
            assert load(name).window == load(lender).window
    assert path("S15").price_usd_per_g[-1] == pytest.approx(110.0)
    assert {c.key for c in load("S15").changes} == {"custodians.on", "custodians.shares"}


@pytest.mark.parametrize(
    ("name", "key", "before", "after"),
    [
        ("S3", "costs.opex_usd_year", 3e6, 3.6e6),
        ("S16", "costs.opex_usd_year", 3e6, 3.45e6),
        ("S16", "treasury.bill_yield", 0.04, 0.07),
        ("S16", "terms.fee", 0.0025, 0.0015),
        ("S16", "holding_fee.rate_year", 0.0025, 0.0015),
        ("S6", "custodians.shares", [1.0], [0.4, 0.6]),
        ("S11", "lease.recovery", 0.3, 0.3),
        ("S12", "in_kind.on", False, True),
    ],
)
def test_changes_of_the_issuer_have_their_size(load, name, key, before, after):
    def value(issuer):
        for step in key.split("."):
            issuer = getattr(issuer, step)
        return issuer

    issuer = Issuer()
    changed = changed_issuer(issuer, load(name).changes)
    assert name == "S6" or value(issuer) == before
    assert value(changed) == (pytest.approx(after) if isinstance(after, float) else after)
    assert changed.basis_of(key).basis == "assumed" and "scenario" in changed.basis_of(key).source


def test_every_scenario_leaves_a_possible_issuer_of_either_peg(workbench_root, load):
    for scenario in load_scenarios(["all"], workbench_root):
        for peg in ("gold", "usd"):
            assert changed_issuer(Issuer(peg=peg), scenario.changes).peg == peg
    assert not changed_issuer(Issuer(peg="usd"), load("S12").changes).in_kind.on


def test_changes_add_up_in_order_and_an_impossible_outcome_is_refused() -> None:
    key = "treasury.bill_yield"
    twice = [Change(key=key, add=0.01, why="first the one"), Change(key=key, factor=2.0, why="then the other")]
    assert changed_issuer(Issuer(), twice).treasury.bill_yield == pytest.approx(0.10)
    assert changed_issuer(Issuer(), []) == Issuer()
    lag = changed_issuer(Issuer(), [Change(key="market.lag_days", factor=2.0, why="twice as late")])
    assert lag.market.lag_days == 4
    with pytest.raises(ParameterError, match=r"treasury.bill_yield is 1\.04") as caught:
        changed_issuer(Issuer(), [Change(key=key, add=1.0, why="a hundred points")], "scenario X")
    assert "scenario X" in str(caught.value)


def test_a_composed_entry_scales_the_price_and_takes_the_other_s_events(load, path):
    plain, scaled, both = path("H13a"), path("H13a*1.5"), path("H13a*1.5+S10")
    np.testing.assert_allclose(
        np.log(scaled.price_usd_per_g / 100), 1.5 * np.log(plain.price_usd_per_g / 100), atol=1e-12
    )
    np.testing.assert_allclose(both.price_usd_per_g[: len(scaled.price_usd_per_g)], scaled.price_usd_per_g)
    for column, values in path("S10").events.items():
        np.testing.assert_array_equal(both.events[column], values)
    assert (both.scenario_id, both.record["kind"], both.severity) == ("H13a*1.5+S10", "combined", "severe")
    assert "moves times 1.5" in both.title and "London is squeezed" in both.title
    assert load("H13a_run+S9").events == load("S9").events, "the events of the first give way"
    assert load("H20a*1.5").events == load("H20a").events, "a factor leaves them alone"
    assert load("S1+S3").changes == load("S3").changes
    assert load("H21+S14").severity == "extreme"


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("H13a*", "the factor ''"),
        ("H13a*0", "the factor '0'"),
        ("H13a*-1", "the factor '-1'"),
        ("H13a*3.5", "log-returns times 3.5"),
        ("H13a+S9+S10", "3 scenarios"),
        ("H13a+S10*2", "a factor on S10"),
        ("H13z*2", "unknown scenario 'H13z'; did you mean"),
        ("H13a+S99", "unknown scenario 'S99'"),
    ],
)
def test_a_composed_entry_that_means_nothing_is_refused(load, entry, told):
    with pytest.raises(ParameterError) as caught:
        load(entry)
    assert told in str(caught.value)


def test_every_id_of_the_library_can_be_told_apart_from_a_composed_entry(workbench_root):
    assert not [name for name in list_scenarios(workbench_root) if "*" in name or "+" in name]
