"""Listed scenarios: tables of the catalogue, by the reference engine, in the order given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gramlib.artefacts import PREDICATES, check_table
from gramlib.params.issuer import Issuer
from gramlib.simulation import Events, OwnFundsRule, ledger, run_replays


@dataclass(frozen=True)
class Path:
    """The part of a scenario's path that is read."""

    scenario_id: str
    price_usd_per_g: np.ndarray
    event: np.ndarray
    liquidity_multiplier: np.ndarray
    lost_g: np.ndarray


def path(scenario_id: str, lost_g: float = 0.0, n_days: int = 10) -> Path:
    """Flat price, custody loss on day 2 with a confidence event."""
    on_day_two = np.where(np.arange(n_days + 1) == 2, 1.0, 0.0)
    return Path(scenario_id, np.full(n_days + 1, 128.0), on_day_two, np.ones(n_days + 1), lost_g * on_day_two)


def test_each_scenario_has_its_ledger_and_its_failures() -> None:
    rule = OwnFundsRule(reserve_share=0.02)
    replays, failed = run_replays(Issuer(), [path("S6", 4e5, 20), path("calm")], rule)
    check_table("replays", replays, "test")
    check_table("replay_failures", failed, "test")
    assert replays.groupby("scenario", sort=False).size().to_dict() == {"S6": 20, "calm": 10}
    assert failed.groupby("scenario", sort=False)["predicate"].agg(tuple).to_dict() == {
        "S6": PREDICATES,
        "calm": PREDICATES,
    }
    first = failed.set_index(["scenario", "predicate"])["first_day"]
    assert first["S6", "F2"] == 2 and first["calm", "F2"] == -1
    p = path("S6", 4e5, 20)
    alone = ledger(Issuer(), p.price_usd_per_g, Events(p.event, p.liquidity_multiplier, p.lost_g), rule)
    pd.testing.assert_frame_equal(replays[replays["scenario"] == "S6"][list(alone)], alone, check_exact=True)


def test_no_scenario_gives_empty_tables_that_still_fit() -> None:
    replays, failed = run_replays(Issuer(), [])
    check_table("replays", replays, "test")
    check_table("replay_failures", failed, "test")
    assert replays.empty and failed.empty


def test_progress_names_what_is_replayed() -> None:
    seen: list[tuple[int, int, str]] = []
    run_replays(Issuer(), [path("a"), path("b")], progress=lambda *step: seen.append(step))
    assert [step[:2] for step in seen] == [(0, 2), (1, 2), (2, 2)]
    assert "b" in seen[1][2]
