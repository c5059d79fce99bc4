"""The checklist passes a sound model and finds each thing that a model may break."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gramlib.models import check_model
from gramlib.models.checking import CHECKS, FORECASTER_CHECKS
from gramlib.models.registry import BASELINES, FORECASTERS, PATH_MODELS

SOURCES = Path(__file__).parent / "example" / "src"
sys.path.insert(0, str(SOURCES))
try:
    from gram_example.calm_normal import CalmNormal
finally:
    sys.path.remove(str(SOURCES))


def broken(**parts: Any) -> type:
    """The example model with some of its parts replaced."""
    return type("Broken", (CalmNormal,), parts)


def sees_tomorrow(self, returns, origins, horizons_days, uniform):
    found = CalmNormal.forecast(self, returns, origins, horizons_days, uniform)
    ahead = np.minimum(origins + 1, len(returns) - 1)
    return {h: samples + returns.log_return[ahead][:, None] for h, samples in found.items()}


def sees_the_last_day_shown(self, returns, origins, horizons_days, uniform):
    return {
        h: samples + returns.log_return[origins].mean()
        for h, samples in CalmNormal.forecast(self, returns, origins, horizons_days, uniform).items()
    }


def fits_on_what_lies_behind_the_view(cls, window):
    whole = window.returns.log_return.base
    return cls(float((window.log_return if whole is None else whole).mean()), float(window.log_return.std()))


def draws_by_itself(self, n_paths, n_days, rng):
    return CalmNormal.simulate(self, n_paths, n_days, np.random.default_rng())


def drifts(self, n_paths, n_days, rng):
    growth, volatility = CalmNormal.simulate(self, n_paths, n_days, rng)
    return growth + 0.002 * np.arange(n_days + 1), volatility


def refits_with_luck(cls, window):
    return replace(CalmNormal.fit(window), mean=float(np.random.default_rng().random()) * 1e-4)


def unsorted(self, *asked):
    return {h: samples[:, ::-1] for h, samples in CalmNormal.forecast(self, *asked).items()}


def spoils(cls, window):
    window.returns.log_return[-1] += 0.001
    return CalmNormal.fit.__func__(cls, window)


def fails(self, *asked):
    raise ZeroDivisionError("no luck today")


BREAKS = {
    "fit": dict(fit=classmethod(spoils)),
    "forecast": dict(forecast=unsorted),
    "determinism": dict(fit=classmethod(refits_with_luck)),
    "no look-ahead": dict(forecast=sees_tomorrow),
    "origins by themselves": dict(forecast=sees_the_last_day_shown),
    "card": dict(card=lambda self: {"title": "nothing more"}),
    "paths": dict(simulate=lambda self, p, d, rng: (np.ones((p, d)), np.ones((p, d)))),
    "paths by seed": dict(simulate=draws_by_itself),
    "mean": dict(simulate=drifts),
    "next day": dict(next_day=lambda self, level: (0.5, 0.6)),
    "record": dict(record=lambda self: {"kind": "fhs", "mean": self.mean, "volatility": self.volatility}),
}


def failed(model: type) -> dict[str, str]:
    table = check_model(model)
    assert list(table.columns) == ["check", "ok", "found", "expected"]
    assert (table["ok"] == (table["found"] == "")).all()
    return dict(table.loc[~table["ok"], ["check", "found"]].itertuples(index=False))


def test_a_sound_model_passes_every_check() -> None:
    table = check_model(CalmNormal)
    assert table["ok"].all()
    assert tuple(table["check"]) == ("parts", *CHECKS)


@pytest.mark.parametrize("check", CHECKS)
def test_each_check_finds_what_breaks_it(check: str) -> None:
    found = failed(broken(**BREAKS[check]))
    assert found.get(check), found


def test_a_fit_that_looks_behind_its_window_is_found_out() -> None:
    assert "another fit" in failed(broken(fit=classmethod(fits_on_what_lies_behind_the_view)))["no look-ahead"]


def test_what_the_model_raises_is_what_was_found_and_the_rest_is_checked_still() -> None:
    found = failed(broken(forecast=fails))
    assert found["forecast"] == "ZeroDivisionError: no luck today"
    assert not {"card", "paths", "record"} & set(found)


@pytest.mark.parametrize("model", [type("Nothing", (), {}), 3])
def test_what_is_no_model_is_not_tried(model: Any) -> None:
    assert list(failed(model)) == ["parts"]


@pytest.mark.parametrize("model", [PATH_MODELS["fhs"], PATH_MODELS["garch_t"], PATH_MODELS["jump"]])
def test_models_of_the_workbench_pass(model: type) -> None:
    assert failed(model) == {}


@pytest.mark.parametrize("model", [*BASELINES, pytest.param(FORECASTERS["quantreg"], marks=pytest.mark.slow)])
def test_a_forecaster_is_held_to_its_part_of_the_list(model: type) -> None:
    table = check_model(model)
    assert tuple(table["check"]) == ("parts", *(name for name, *_ in FORECASTER_CHECKS))
    assert table["ok"].all()
