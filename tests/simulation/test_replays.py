"""Listed scenarios: tables of the catalogue, by the reference engine, in the order given."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest

from gramlib.artefacts import EVENT_COLUMNS, PREDICATES, check_table
from gramlib.errors import DataContractError
from gramlib.params.issuer import Issuer
from gramlib.scenarios import Change, Scenario, build_paths, scenario_days, scenarios_used
from gramlib.simulation import Events, Listed, OwnFundsRule, ledger, listed_of, run_replays, scenario_odds


def listed(scenario_id: str, lost_g: float = 0.0, n_days: int = 10, **others) -> Listed:
    """Flat price, custody loss on day 2 with a confidence event."""
    on_day_two = np.where(np.arange(n_days + 1) == 2, 1.0, 0.0)
    events = Events(on_day_two, np.ones(n_days + 1), lost_g * on_day_two)
    return Listed(scenario_id, "A title", "severe", np.full(n_days + 1, 128.0), events, **others)


def test_each_scenario_has_its_ledger_and_its_failures() -> None:
    rule = OwnFundsRule(reserve_share=0.02)
    replays, failed = run_replays(Issuer(), [listed("S6", 4e5, 20), listed("calm")], rule)
    check_table("replays", replays, "test")
    check_table("replay_failures", failed, "test")
    assert replays.groupby("scenario", sort=False).size().to_dict() == {"S6": 20, "calm": 10}
    assert failed.groupby("scenario", sort=False)["predicate"].agg(tuple).to_dict() == {
        "S6": PREDICATES,
        "calm": PREDICATES,
    }
    first = failed.set_index(["scenario", "predicate"])["first_day"]
    assert first["S6", "F2"] == 2 and first["calm", "F2"] == -1
    one = listed("S6", 4e5, 20)
    alone = ledger(Issuer(), one.prices, one.events, rule)
    pd.testing.assert_frame_equal(replays[replays["scenario"] == "S6"][list(alone)], alone, check_exact=True)


def test_the_catalogue_lists_every_event_the_engine_knows_in_its_order() -> None:
    assert [column.name for column in EVENT_COLUMNS] == [spec.name for spec in fields(Events)]
    calm = Events.calm(3)
    for column in EVENT_COLUMNS:
        assert set(getattr(calm, column.name)) == {column.calm}
        for bound in (column.lower, column.upper):
            values = {"event": [0.0, 0.0], "liquidity_multiplier": [1.0, 1.0], "lost_g": [0.0, 0.0]}
            if np.isfinite(bound):
                Events(**(values | {column.name: [column.calm, bound]}))
                beyond = bound + (1.0 if bound == column.upper else -1.0)
                with pytest.raises(DataContractError, match=column.name):
                    Events(**(values | {column.name: [column.calm, beyond]}))
        if column.whole:
            with pytest.raises(DataContractError, match="whole"):
                Events(**(values | {column.name: [column.calm, 0.5]}))


def scenario(scenario_id: str, **others) -> Scenario:
    return Scenario.from_record({
        "id": scenario_id, "title": "A scenario of tests", "kind": "hypothetical", "severity": "mild",
        "story": "Something happens to the price of gold. Then the price stays where it is.",
        "precedent": {"text": "none in particular", "date": "2026", "source": "judgement"},
        "horizon_days": 15, "knots": [{"day": 5, "factor": 0.9}],
    } | others)  # fmt: skip


NO_PRICES = pd.DataFrame({"date": pd.DatetimeIndex([]), "gold_usd_per_g": [], "filled": []})
COSTLY = {"key": "costs.opex_usd_year", "factor": 4.0, "why": "four times the cost"}
LOSING = {"from_day": 3, "to_day": 3, "lost_share": 0.01, "frozen_days": 4, "why": "one percent is lost"}


def test_scenarios_come_back_from_their_table_and_document_as_they_went_in() -> None:
    made = [scenario("Z1", events=[LOSING]), scenario("A1", horizon_days=6, changes=[COSTLY])]
    paths = build_paths(made, NO_PRICES, "D", 128.0)
    days = check_table("scenario_days", scenario_days(paths), "test")
    back = listed_of(days.sample(frac=1.0, random_state=1), scenarios_used(paths, 128.0))
    assert [one.scenario_id for one in back] == ["Z1", "A1"]
    assert [len(one.prices) for one in back] == [16, 7]
    for one, path in zip(back, paths, strict=True):
        np.testing.assert_array_equal(one.prices, path.price_usd_per_g)
        for column in EVENT_COLUMNS:
            np.testing.assert_array_equal(getattr(one.events, column.name), path.events[column.name])
    assert back[0].events.lost_share[3] == 0.01 and back[0].events.frozen_days[3] == 4
    assert (back[1].title, back[1].severity, back[1].changes) == ("A scenario of tests", "mild", (Change(**COSTLY),))


def test_a_scenario_without_days_is_refused() -> None:
    paths = build_paths([scenario("Z1"), scenario("A1")], NO_PRICES, "D", 128.0)
    with pytest.raises(DataContractError, match="A1 has no days"):
        listed_of(scenario_days(paths[:1]), scenarios_used(paths, 128.0))


def test_a_scenario_is_run_with_the_issuer_it_changes() -> None:
    costly = listed("C1", changes=(Change(**COSTLY),))
    days, _ = run_replays(Issuer(), [listed("own"), costly])
    opex = days.groupby("scenario")["opex_usd"].first()
    assert opex["C1"] == pytest.approx(4.0 * opex["own"])
    assert costly.issuer(Issuer()).costs.opex_usd_year == 4.0 * Issuer().costs.opex_usd_year
    ruinous = (Change(key="treasury.cash_floor_usd", value=1e12, why="no cash for anybody"),)
    odds = scenario_odds(Issuer(), [listed("own"), listed("C1", changes=ruinous)], [], 3, seed=1)
    failed = odds.set_index(["scenario", "predicate"])["failed"]
    assert failed["own", "F7"] == 0 and failed["C1", "F7"] == 3


def test_no_scenario_gives_empty_tables_that_still_fit() -> None:
    replays, failed = run_replays(Issuer(), [])
    check_table("replays", replays, "test")
    check_table("replay_failures", failed, "test")
    assert replays.empty and failed.empty


def test_progress_names_what_is_replayed() -> None:
    seen: list[tuple[int, int, str]] = []
    run_replays(Issuer(), [listed("a"), listed("b")], progress=lambda *step: seen.append(step))
    assert [step[:2] for step in seen] == [(0, 2), (1, 2), (2, 2)]
    assert "b" in seen[1][2]
