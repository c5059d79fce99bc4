from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from real_series import real_flows, real_gold

from gramlib.models.redemption import HELD, calm_figures, event_share, issuer_values, redemption_fit, run_figures
from gramlib.models.redemption_curve import RedemptionCurve
from gramlib.params.issuer import ConfidenceDriver, Issuer, Redemption
from gramlib.params.model_figures import ModelFigure, load_figures

COLUMNS = [
    "regime", "parameter", "estimate", "standard_error", "default", "distance_se", "unit", "n", "series", "start", "end", "method", "note",
]  # fmt: skip
NO_FLOWS = pd.DataFrame(
    columns=["date", "product", "quantity", "unit", "change", "change_share", "days", "flag", "source"]
)


@pytest.fixture(scope="module")
def shipped(workbench_root: Path) -> tuple[ModelFigure, ...]:
    return load_figures(workbench_root, "redemption")


def rng() -> np.random.Generator:
    return np.random.default_rng(20261120)


def test_a_run_without_flows_uses_the_shipped_figures(shipped):
    table = redemption_fit(NO_FLOWS, pd.DataFrame(), Issuer(), shipped, rng())
    assert list(table.columns) == COLUMNS and len(table) == len(shipped)
    assert table["note"].str.startswith("shipped figure: this run has no flows").all()
    row = table.set_index(["regime", "parameter"]).loc[("run", "a_event")]
    assert row["default"] == 3.0
    assert row["distance_se"] == pytest.approx((3.0 - row["estimate"]) / row["standard_error"])
    assert table["start"].dtype == "datetime64[us]"


def test_flows_that_bear_no_fit_fall_back_and_say_so(shipped):
    short = pd.DataFrame({"date": pd.to_datetime(["2026-01-05"]), "product": "mine", "quantity": 1.0, "unit": "tokens",
                          "change": np.nan, "change_share": np.nan, "days": 0, "flag": "first", "source": "x"})  # fmt: skip
    table = redemption_fit(short, pd.DataFrame(), Issuer(), shipped, rng())
    notes = table.groupby("regime")["note"].first()
    assert "no fund or token counted in ounces" in notes["calm"] and "no run to fit" in notes["run"]


def test_another_curve_is_not_compared_with_slopes_of_this_one(shipped):
    other = Issuer(redemption=Redemption(max_rate=0.2))
    table = redemption_fit(NO_FLOWS, pd.DataFrame(), other, shipped, rng()).set_index("parameter")
    assert np.isnan(table.loc["a_return", "distance_se"]) and "does not have" in table.loc["a_return", "note"]
    assert table.loc["max_rate", "default"] == 0.2 and table.loc["base_rate", "default"] == 0.002


def test_the_issuers_own_values():
    values = issuer_values(Issuer())
    assert values["calm", "rate_after_fall"] == pytest.approx(0.0105, abs=5e-5)  # MODEL.md: about 1% a day
    assert values["run", "event_rate"] == pytest.approx(0.0131, abs=5e-5)
    flat = ConfidenceDriver(mean_days=1.0, decay=0.0)
    assert event_share(RedemptionCurve(), 3.0, flat) == pytest.approx(values["run", "event_rate"])
    longer = ConfidenceDriver(mean_days=2.0, decay=0.0)
    assert event_share(RedemptionCurve(), 3.0, longer) == pytest.approx(1 - (1 - values["run", "event_rate"]) ** 2)


def test_the_real_series_give_the_shipped_figures_again(reference_data: Path, shipped):
    flows, prices = real_flows(reference_data), real_gold(reference_data)
    again = [*calm_figures(flows, prices, HELD, rng()), *run_figures(flows, HELD, rng())]
    assert [(f.group, f.parameter) for f in again] == [(f.group, f.parameter) for f in shipped]
    for new, old in zip(again, shipped, strict=True):
        assert new.estimate == pytest.approx(old.estimate, rel=1e-4), new.parameter
        assert (new.n, new.series, new.start, new.end, new.method) == (
            old.n,
            old.series,
            old.start,
            old.end,
            old.method,
        )
        if old.standard_error is not None:
            assert new.standard_error == pytest.approx(old.standard_error, rel=0.25), new.parameter


def test_what_the_defaults_are_worth(reference_data: Path, shipped):
    """The answer to section 5: the slope is right, the calm level double the net one, the event too weak and too short."""
    table = redemption_fit(real_flows(reference_data), real_gold(reference_data), Issuer(), shipped, rng())
    assert not table["note"].str.contains("shipped").any()
    distance = table.set_index("parameter")["distance_se"]
    assert abs(distance["a_return"]) < 2 and abs(distance["rate_after_fall"]) < 2
    assert distance["base_rate"] > 10 and -5 < distance["a_event"] < -2
    assert 0 < distance["max_rate"] < 3 and distance["total_share"] < -1.5
