from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gramlib.errors import DataContractError, ParameterError
from gramlib.models.actuarial.credibility import buhlmann_straub, credible_mean, credible_rate, industry_rate
from gramlib.params.model_figures import figure_of, load_figures

# Hachemeister (1975): bodily injury in five states, average claims and numbers of claims over 12 quarters.
RATIO = [
    [1738, 1642, 1794, 2051, 2079, 2234, 2032, 2035, 2115, 2262, 2267, 2517],
    [1364, 1408, 1597, 1444, 1342, 1675, 1470, 1448, 1464, 1831, 1612, 1471],
    [1759, 1685, 1479, 1763, 1674, 2103, 1502, 1622, 1828, 2155, 2233, 2059],
    [1223, 1146, 1010, 1257, 1426, 1532, 1953, 1123, 1343, 1243, 1762, 1306],
    [1456, 1499, 1609, 1741, 1482, 1572, 1606, 1735, 1607, 1573, 1613, 1690],
]
CLAIMS = [
    [7861, 9251, 8706, 8575, 7917, 8263, 9456, 8003, 7365, 7832, 7849, 9077],
    [1622, 1742, 1523, 1515, 1622, 1602, 1964, 1515, 1527, 1748, 1654, 1861],
    [1147, 1357, 1329, 1204, 998, 1077, 1277, 1218, 896, 1003, 1108, 1121],
    [407, 396, 348, 341, 315, 328, 352, 331, 287, 384, 321, 342],
    [2902, 3172, 3046, 3068, 2693, 2910, 3275, 2697, 2663, 3017, 3242, 3425],
]

# FDIC, Statistics at a Glance of 31 March 2012: failures, commercial banks and savings institutions, 1990 to 2011.
FAILED = [381, 268, 179, 50, 15, 8, 6, 1, 3, 8, 7, 4, 11, 3, 4, 0, 0, 3, 25, 140, 157, 92]
BANKS = [
    12343, 11921, 11463, 10959, 10452, 9941, 9528, 9143, 8774, 8580, 8315,
    8080, 7888, 7770, 7631, 7526, 7401, 7284, 7087, 6840, 6530, 6290,
]  # fmt: skip
SAVINGS = [
    2815, 2561, 2390, 2262, 2152, 2030, 1926, 1780, 1690, 1642, 1589,
    1534, 1466, 1411, 1345, 1307, 1279, 1250, 1218, 1172, 1128, 1067,
]  # fmt: skip


def test_hachemeister_as_the_r_package_actuar_fits_it():
    """The vignette "Credibility theory features of actuar", cm(~state, hachemeister)."""
    fit = buhlmann_straub(np.array(RATIO, dtype=float), np.array(CLAIMS, dtype=float))
    assert fit.collective == pytest.approx(1684, abs=0.5)
    assert fit.between == pytest.approx(89639, abs=0.5)
    assert fit.within == pytest.approx(139120026, abs=0.5)
    assert fit.own == pytest.approx([2061, 1511, 1806, 1353, 1600], abs=0.5)
    assert fit.weight == pytest.approx([0.9847, 0.9276, 0.8985, 0.7279, 0.9588], abs=5e-5)
    assert fit.premium == pytest.approx([2055, 1524, 1793, 1443, 1603], abs=0.5)


def test_a_missing_period_is_left_out_and_equal_risks_get_the_collective():
    ratio, claims = np.array(RATIO, dtype=float), np.array(CLAIMS, dtype=float)
    ratio[3, 5] = np.nan
    fit = buhlmann_straub(ratio, claims)
    kept = np.delete(ratio[3], 5) @ np.delete(claims[3], 5) / np.delete(claims[3], 5).sum()
    assert fit.own[3] == pytest.approx(kept)
    same = buhlmann_straub(np.array([[1.0, 3.0], [3.0, 1.0]]), np.ones((2, 2)))
    assert (same.weight == 0.0).all() and same.premium == pytest.approx([2.0, 2.0])
    with pytest.raises(DataContractError, match="two risks"):
        buhlmann_straub(np.ones((1, 5)), np.ones((1, 5)))


@settings(deadline=None, max_examples=50)
@given(events=st.integers(0, 20), years=st.floats(0.01, 500.0), rate=st.floats(1e-4, 5.0), cv=st.floats(0.1, 3.0))
def test_a_count_and_the_industry_join_as_bayes_says(events, years, rate, cv):
    joined = credible_rate(events, years, rate, cv)
    posterior = stats.gamma(1 / cv**2 + events, scale=1 / (1 / (rate * cv**2) + years))
    assert joined.rate_year == pytest.approx(posterior.mean(), rel=1e-9)
    assert (joined.lower, joined.upper) == pytest.approx(posterior.ppf([0.05, 0.95]), rel=1e-6)
    assert joined.weight * events / years + (1 - joined.weight) * rate == pytest.approx(
        joined.rate_year, rel=1e-6, abs=1e-12
    )


def test_no_record_leaves_the_industry_and_a_long_one_replaces_it():
    assert credible_rate(0, 0.0, 0.05, 1.0).rate_year == pytest.approx(0.05)
    assert credible_rate(0, 3.0, 0.001, 1.0).rate_year == pytest.approx(0.001 / 1.003)
    assert credible_rate(200, 1e5, 0.05, 1.0).rate_year == pytest.approx(0.002, rel=0.01)
    with pytest.raises(ParameterError, match="-1 events"):
        credible_rate(-1, 2.0, 0.1, 1.0)
    with pytest.raises(ParameterError, match="1 events in 0 years"):
        credible_rate(1, 0.0, 0.1, 1.0)
    assert credible_mean(3.0, 0, 1.0, 4.0, 1.0) == 1.0
    assert credible_mean(3.0, 4, 1.0, 4.0, 1.0) == pytest.approx(2.0)
    assert credible_mean(3.0, 4, 1.0, 4.0, 0.0) == 1.0


def test_the_shipped_rate_of_bank_failures_comes_from_the_regulators_counts(workbench_root: Path):
    exposure = np.add(BANKS, SAVINGS)
    assert (sum(FAILED), exposure.sum()) == (1365, 228_760)
    fit = industry_rate(np.array(FAILED), exposure)
    figures = load_figures(workbench_root, "actuarial")
    rate = figure_of(figures, "bank", "rate_year")
    assert (rate.estimate, rate.standard_error) == pytest.approx((fit.rate_year, fit.standard_error), rel=1e-3)
    assert figure_of(figures, "bank", "heterogeneity_cv").estimate == pytest.approx(fit.cv, rel=1e-3)


def test_an_industry_of_pure_chance_has_no_heterogeneity_to_speak_of():
    rng = np.random.default_rng(3)
    exposure = np.full(400, 2000.0)
    fit = industry_rate(rng.poisson(0.01 * exposure), exposure)
    assert fit.rate_year == pytest.approx(0.01, abs=4 * np.sqrt(0.01 / exposure.sum()))
    assert fit.standard_error == pytest.approx(np.sqrt(0.01 / exposure.sum()), rel=0.3) and fit.cv < 0.1
    with pytest.raises(DataContractError, match="0 events"):
        industry_rate(np.zeros(5), np.ones(5))
