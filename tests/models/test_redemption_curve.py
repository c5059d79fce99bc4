from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gramlib.errors import ParameterError
from gramlib.models.redemption_curve import RedemptionCurve
from gramlib.models.resampling import block_rows, newey_west
from gramlib.params.issuer import Issuer, Redemption
from gramlib.simulation.reference import redemption_rate


def test_the_worked_vector():
    """MODEL.md, section 7: x = -4 on day 1 gives 0.0031142064, -2.2491623 gives 0.010754021."""
    curve = RedemptionCurve.of(Redemption())
    assert curve.rate(1.0) == pytest.approx(0.0031142064, abs=5e-11)
    assert curve.rate(5.0 - 2.2491623) == pytest.approx(0.010754021, abs=5e-9)


@settings(deadline=None, max_examples=50)
@given(push=st.floats(-5.0, 20.0), a0=st.floats(-8.0, 0.0), base=st.floats(0.0, 0.05), top=st.floats(0.06, 1.0))
def test_the_curve_is_the_reference_engines(push, a0, base, top):
    issuer = Issuer(redemption=Redemption(base_rate=base, max_rate=top, a0=a0))
    curve = RedemptionCurve.of(issuer.redemption)
    assert float(curve.rate(push)) == pytest.approx(redemption_rate(a0 + push, issuer), rel=1e-9)


def test_the_inverse_and_the_slope():
    curve = RedemptionCurve()
    for rate in (0.002, 0.0131, 0.05, 0.0999):
        assert float(curve.rate(curve.push_of(rate))) == pytest.approx(rate, rel=1e-9)
    assert curve.share_slope(2.0) == pytest.approx((curve.share(2.0 + 1e-6) - curve.share(2.0 - 1e-6)) / 2e-6, rel=1e-6)
    with pytest.raises(ParameterError, match="no intensity"):
        curve.push_of(0.1)


def test_blocks_are_as_long_as_asked_and_run_on():
    rows = block_rows(50_000, 20.0, np.random.default_rng(1))
    follows = (np.diff(rows) == 1) | (np.diff(rows) == 1 - 50_000)
    assert 1 / (1 - follows.mean()) == pytest.approx(20.0, rel=0.05)
    assert rows.min() >= 0 and rows.max() < 50_000 and len(rows) == 50_000


def test_newey_west_is_that_of_statsmodels():
    import statsmodels.api as sm

    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(400), rng.standard_normal(400)])
    y = x @ [1.0, 0.5] + np.convolve(rng.standard_normal(403), np.ones(4), "valid")
    fit = sm.OLS(y, x).fit(cov_type="HAC", cov_kwds={"maxlags": 6, "use_correction": False})
    bread = np.linalg.inv(x.T @ x)
    assert bread @ newey_west(x * fit.resid[:, None], 6) @ bread == pytest.approx(fit.cov_params(), rel=1e-9)
