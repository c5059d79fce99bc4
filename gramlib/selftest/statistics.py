"""Known answers of coverage tests, tails, volatility models and scores (MODELS_AND_CHECKS, Part 2)."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from gramlib.backtests import (
    basel_zone,
    christoffersen,
    critical_values,
    crps_normal,
    cumulative_probability,
    dynamic_quantile,
    kupiec,
    kupiec_power,
    pinball_loss,
)
from gramlib.backtests.power import basel_power
from gramlib.backtests.uniformity import anderson_darling_limit
from gramlib.models.bootstrap import ar1_block_days
from gramlib.models.garch import GarchParameters, filter_variance
from gramlib.models.jump import merton_moments
from gramlib.models.multiplicity import holm
from gramlib.models.regime_law import Regimes
from gramlib.models.tails import gpd_var_es, student_t_var_es
from gramlib.selftest.answer import KnownAnswer


def statistics_answers() -> Iterator[KnownAnswer]:
    """All of this module, in the order of their sources."""
    yield from _coverage_tests()
    yield from _forecast_tests()
    yield from _tails()
    yield from _volatility()
    yield from _laws()
    yield from _scores()


def _coverage_tests() -> Iterator[KnownAnswer]:
    source = "Kupiec (1995)"
    for exceptions, statistic, p_value in ((4, 0.769138, 0.380484), (10, 12.955491, 0.000319)):
        ratio = kupiec(exceptions, 250, 0.01)
        yield KnownAnswer(f"Kupiec statistic, {exceptions} of 250 at 1%", statistic, ratio.statistic, 5e-7, source)
        yield KnownAnswer(f"Kupiec p-value, {exceptions} of 250 at 1%", p_value, ratio.p_value, 5e-7, source)
    for exceptions, probability in ((4, 0.892188), (9, 0.999750)):
        found = cumulative_probability(exceptions, 250, 0.99)
        yield KnownAnswer(
            f"at most {exceptions} exceptions in 250 at 99%", probability, found, 5e-7, "Basel Committee, zones"
        )
    zones = ("green", "yellow", "red")
    for exceptions, zone in ((4, 0), (5, 1), (9, 1), (10, 2)):
        found = zones.index(basel_zone(exceptions, 250, 0.99))
        yield KnownAnswer(f"Basel zone of {exceptions} (0 green, 2 red)", zone, found, 0.0, "Basel Committee, zones")
    tests = christoffersen(480, 9, 9, 1, 0.01)
    source = "Christoffersen (1998)"
    yield KnownAnswer("unconditional coverage 480, 9, 9, 1", 3.933965, tests.unconditional.statistic, 5e-7, source)
    yield KnownAnswer("independence 480, 9, 9, 1", 1.751195, tests.independence.statistic, 5e-7, source)
    yield KnownAnswer("conditional coverage 480, 9, 9, 1", 5.685160, tests.conditional.statistic, 5e-7, source)
    yield KnownAnswer("conditional coverage p-value", 0.058275, tests.conditional.p_value, 5e-7, source)
    for observations, p, true_rate, power in (
        (250, 0.025, 0.05, 0.599),
        (250, 0.025, 0.025, 0.074),
        (250, 0.01, 0.02, 0.243),
        (1000, 0.01, 0.02, 0.782),
    ):
        found = kupiec_power(observations, p, true_rate)
        yield KnownAnswer(
            f"Kupiec rejects {p:.1%} at a true {true_rate:.1%}, n = {observations}",
            power,
            found,
            5e-4,
            "exact binomial",
        )


DQ_HITS = (3, 9, 10, 24, 31, 32, 33, 47, 58)
DQ_STATISTIC = 16806200 / 1268061
"""Engle and Manganelli's statistic of hits on those days of 60, p 10%, 4 lags and a value at risk of 2 + (t^2 mod 7), in whole
fractions: see tests/backtests/test_dynamic_quantile.py."""


def _forecast_tests() -> Iterator[KnownAnswer]:
    days = np.arange(60)
    found = dynamic_quantile(np.isin(days, DQ_HITS), 2.0 + days * days % 7, 0.1).statistic
    yield KnownAnswer("dynamic quantile statistic, 9 hits in 60 days", DQ_STATISTIC, found, 5e-7, "whole fractions")
    for observations, value, tolerance, source in (
        (250, -0.70, 0.015, "Acerbi and Szekely (2014)"),
        (5000, -0.16, 0.012, "MODELS_AND_CHECKS D.3"),
    ):
        z2 = critical_values(observations, 0.975, math.inf)[1]
        yield KnownAnswer(f"5% critical value of Z2 at 97.5%, n = {observations}", value, z2, tolerance, source)
    percentage_points = 1.0 - anderson_darling_limit(np.array([1.933, 2.492, 3.857]))
    for level, point in zip((0.10, 0.05, 0.01), percentage_points, strict=True):
        yield KnownAnswer(f"Anderson-Darling, {level:.0%} point", level, float(point), 3e-4, "Stephens (1974), case 0")
    power = basel_power(250, 0.99, 0.02)
    yield KnownAnswer("a zone above green at a true 2%, n = 250", 0.5613, power, 5e-4, "exact binomial")
    adjusted = holm([0.01, 0.04, 0.03, 0.005])
    for given, expected, value in zip((0.01, 0.04, 0.03, 0.005), (0.03, 0.06, 0.06, 0.02), adjusted, strict=True):
        yield KnownAnswer(f"Holm's p-value of {given} among four", expected, float(value), 1e-12, "Holm (1979)")


def _tails() -> Iterator[KnownAnswer]:
    for name, nu, unit_variance, expected in (
        ("normal", math.inf, True, (1.959964, 2.337803)),
        ("Student-t(4), raw", 4.0, False, (2.776445, 3.993557)),
        ("Student-t(4), unit variance", 4.0, True, (1.963243, 2.823871)),
    ):
        found = student_t_var_es(nu, 0.975, unit_variance)
        for measure, value, computed in zip(("VaR", "ES"), expected, found, strict=True):
            yield KnownAnswer(f"{measure} 97.5%, {name}", value, computed, 5e-7, "closed form")
    found = gpd_var_es(threshold=10.0, xi=0.497, beta=6.98, n=2167, n_exceed=109, level=0.99)
    for measure, value, computed in zip(("VaR", "ES"), (27.301445, 58.273251), found, strict=True):
        yield KnownAnswer(f"{measure} 99%, Danish fire losses", value, computed, 5e-7, "McNeil (1997)")


def _volatility() -> Iterator[KnownAnswer]:
    garch = GarchParameters(mean=0.0, omega=0.01, alpha=0.05, beta=0.93)
    source = "closed form, omega .01, alpha .05, beta .93, next variance 2"
    yield KnownAnswer("GARCH variance 5 days ahead", 1.883552, garch.variance_forecast(2.0, 5), 5e-7, source)
    yield KnownAnswer("GARCH variance 20 days ahead", 1.521849, garch.variance_forecast(2.0, 20), 5e-7, source)
    yield KnownAnswer("GARCH variance of a 10-day sum", 18.719539, garch.variance_of_sum(2.0, 10), 5e-7, source)
    yield KnownAnswer("GARCH half-life, days", 34.3096, garch.half_life_days, 5e-5, source)
    yield KnownAnswer("GARCH long-run variance", 0.5, garch.long_run_variance, 1e-12, source)

    # arch is heavy and only its shipped data are wanted.
    from gramlib.models.arch_fit import sp500_reference_returns

    returns = sp500_reference_returns()
    fitted = GarchParameters(mean=0.0564, omega=0.0175, alpha=0.1022, beta=0.8852)
    variance = filter_variance(fitted, returns)[:-1]
    squared = (returns - fitted.mean) ** 2
    log_likelihood = -0.5 * float(np.sum(np.log(2.0 * np.pi * variance) + squared / variance))
    yield KnownAnswer("observations, S&P 500 1999-2018", 5030, len(returns), 0.0, "arch.data.sp500")
    yield KnownAnswer(
        "log-likelihood of our filter at arch's estimates", -6936.72, log_likelihood, 0.01, "arch documentation"
    )
    yield from _reference_fits()


SP500_FITS = {
    "GARCH": {"log_likelihood": -6936.72, "mu": 0.0564, "omega": 0.0175, "alpha[1]": 0.1022, "beta[1]": 0.8852},
    "GJR": {"log_likelihood": -6822.88},
    "GJR-t": {"log_likelihood": -6744.43, "nu": 7.6907},
}
"""As printed. Parameters of a flat likelihood are met to one more in the last digit, since optimisers stop where they stop."""


def _reference_fits() -> Iterator[KnownAnswer]:
    from gramlib.models.reference_fits import sp500_reference_fits

    fits = sp500_reference_fits()
    for model, printed in SP500_FITS.items():
        for name, expected in printed.items():
            tolerance = 0.005 if name == "log_likelihood" else 5e-4 if name == "nu" else 6e-5
            yield KnownAnswer(f"S&P 500, {model}: {name}", expected, fits[model][name], tolerance, "arch documentation")


def _scores() -> Iterator[KnownAnswer]:
    source = "Gneiting and Raftery (2007)"
    yield KnownAnswer("CRPS of N(0,1) at 0", 0.233695, float(crps_normal(0.0, 0.0, 1.0)), 5e-7, source)
    yield KnownAnswer("CRPS of N(0,1) at 2", 1.452792, float(crps_normal(2.0, 0.0, 1.0)), 5e-7, source)
    yield KnownAnswer(
        "pinball loss 5%, q -1.645, y -3", 1.28725, float(pinball_loss(-3.0, -1.645, 0.05)), 1e-12, "definition"
    )


def _laws() -> Iterator[KnownAnswer]:
    source = "Merton (1976), sigma .14, 3 jumps a year of mean -.02 and sd .04"
    for name, expected, found, tolerance in zip(
        ("variance", "skewness", "excess kurtosis"),
        (0.0256, -0.0761719, 0.0534668),
        merton_moments(0.14, 3.0, -0.02, 0.04),
        (1e-12, 5e-8, 5e-8),
        strict=True,
    ):
        yield KnownAnswer(f"jump diffusion, {name} of a year", expected, found, tolerance, source)
    regimes = Regimes(0.0, np.array([0.008, 0.02]), np.array([[0.985, 0.015], [0.06, 0.94]]))
    source = "two-state Markov chain, p00 .985, p11 .94, daily sd .8% and 2%"
    yield KnownAnswer("share of days under stress", 0.20, float(regimes.shares[1]), 1e-9, source)
    for name, expected, found in zip(("calm", "stress"), (66.67, 16.67), regimes.durations_days, strict=True):
        yield KnownAnswer(f"days a spell of {name} lasts", expected, float(found), 5e-3, source)
    yield KnownAnswer("unconditional variance, percent squared", 1.312, 1e4 * regimes.variance, 5e-7, source)
    for correlation, expected in ((0.5, 12.1141), (0.7, 19.6052)):
        found = ar1_block_days(correlation, 1000)
        yield KnownAnswer(f"block length of an AR(1) of {correlation:g}, n = 1000", expected, found, 5e-5,
                          "Politis and White (2004), stationary bootstrap")  # fmt: skip
