from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gramlib.models.multiplicity import confidence_sets, holm


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])


def test_missing_p_values_are_no_part_of_the_family():
    adjusted = holm([0.01, np.nan, 0.04])
    assert adjusted[[0, 2]] == pytest.approx([0.02, 0.04]) and np.isnan(adjusted[1])


def test_true_families_are_rejected_at_most_one_time_in_twenty():
    rng = np.random.default_rng(2)
    assert np.mean([holm(rng.uniform(size=30)).min() < 0.05 for _ in range(2000)]) < 0.065


def losses(gaps: dict[str, float]) -> pd.DataFrame:
    rng = np.random.default_rng(6)
    common = rng.uniform(1.0, 2.0, 600)
    days = pd.bdate_range("2020-01-01", periods=600)
    return pd.concat(
        [
            pd.DataFrame({"model": m, "horizon_days": 1, "date": days, "crps": common + gap + rng.normal(0, 0.05, 600)})
            for m, gap in gaps.items()
        ]
    )


def test_the_set_keeps_the_best_and_its_equals_and_drops_the_clearly_worse():
    records = confidence_sets(losses({"a": 0.0, "b": -0.001, "worse": 0.05}), "crps", seed=1)
    assert {r["model"]: r["in_set"] for r in records} == {"a": True, "b": True, "worse": False}
    assert max(r["p_value"] for r in records) == 1.0 and {r["n"] for r in records} == {600}


def test_the_set_is_seeded_and_needs_two_models():
    table = losses({"a": 0.0, "b": 0.005})
    assert confidence_sets(table, "crps", seed=3) == confidence_sets(table, "crps", seed=3)
    assert confidence_sets(table[table["model"] == "a"], "crps", seed=3) == []
