"""The exploration notebook starts from a recorded run's calibration, and writes nothing into it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gramlib.errors import GramError, ParameterError
from gramlib.runner import exploring

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def reports(smoke_run: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRAM_REPORTS", str(smoke_run.parent))
    return smoke_run.parent


def test_paths_start_from_the_runs_last_price_and_are_the_same_each_time(smoke_run: Path) -> None:
    before = sorted(path for path in smoke_run.parent.rglob("*"))
    found, again = exploring.given(n_paths=300), exploring.given(n_paths=300, upstream=smoke_run.name)
    assert found.paths.shape == (300, exploring.HORIZON_DAYS + 1) and np.unique(found.paths[:, 0]).size == 1
    np.testing.assert_array_equal(found.paths, again.paths)
    assert 20.0 < found.paths[0, 0] < 400.0 and found.issuer.name == "Gram"
    assert sorted(path for path in smoke_run.parent.rglob("*")) == before


def test_another_issuer_meets_the_same_prices_and_the_profiles_rule() -> None:
    gram, usd = exploring.given(n_paths=50), exploring.given("gram_usd", n_paths=50)
    np.testing.assert_array_equal(gram.paths, usd.paths)
    assert usd.issuer.peg == "usd" and usd.own_funds == gram.own_funds and usd.own_funds.reserve_share > 0.0


def test_what_there_is_not_is_refused() -> None:
    with pytest.raises(ParameterError, match="grm"):
        exploring.given("grm", n_paths=50)
    with pytest.raises(GramError, match="no-such-run"):
        exploring.given(upstream="no-such-run", n_paths=50)
