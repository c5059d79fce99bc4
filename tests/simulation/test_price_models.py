"""Laws of the gold price against closed forms, exact quantiles and arch's own recursion."""

from __future__ import annotations

import math

import numpy as np
import pytest
from price_records import PARAMETERS, RECORDS, driver, law
from scipy.special import ndtr, stdtrit

from gramlib.errors import ParameterError
from gramlib.simulation.draws import normal
from gramlib.simulation.price_driver import LARGEST_DAILY_MOVE, PriceDriver, mean_jumps, stationary_shares
from gramlib.simulation.price_models import law_inverse, price_path, price_paths
from gramlib.simulation.student_t import student_t

SIGMAS = 4.5
"""Monte Carlo figures are held to this many standard errors: one test in 150,000 would fail by chance."""


def mean_error_in_standard_errors(sample: np.ndarray, expected: float) -> float:
    return abs(sample.mean() - expected) / (sample.std() / math.sqrt(len(sample)))


@pytest.mark.parametrize("kind", RECORDS)
def test_a_path_is_the_same_alone_and_among_others(kind: str) -> None:
    prices, sigma = price_paths(driver(kind), 60.0, 40, 25, seed=7, first_path=1000, replicate=2)
    alone = price_path(driver(kind), 60.0, 30, 7, 1013, 2)
    np.testing.assert_allclose(alone[0][:26], prices[13], rtol=1e-14)
    np.testing.assert_allclose(alone[1][:26], sigma[13], rtol=1e-14)
    assert prices.shape == sigma.shape == (40, 26) and (prices[:, 0] == 60.0).all()


@pytest.mark.parametrize(("nu", "error"), [(2.05, 2e-4), (3.0, 4e-5), (4.0, 1e-5), (4.6, 1e-5), (8.0, 1e-5),
                                           (30.0, 1e-5), (300.0, 1e-5)])  # fmt: skip
def test_student_t_shocks_are_the_exact_quantiles(nu: float, error: float) -> None:
    z = -np.linspace(1e-3, 6.77, 20_000)
    exact = stdtrit(nu, ndtr(z)) * math.sqrt((nu - 2.0) / nu)
    t = student_t(z, nu)
    assert np.abs(t / exact - 1.0).max() < error
    assert (np.diff(t) < 0.0).all()
    assert (student_t(-z, nu) == -t).all()


def test_infinitely_many_degrees_of_freedom_are_normal() -> None:
    z = np.linspace(-6.7, 6.7, 1001)
    np.testing.assert_allclose(student_t(z, math.inf), z, rtol=2e-5, atol=1e-12)


def test_the_mean_variance_of_days_ahead_is_the_closed_form_forecast() -> None:
    model = driver("gjr_garch_t", nu=8.0)
    _, sigma = price_paths(model, 60.0, 20_000, 60, seed=11)
    persistence = model.alpha + model.gamma / 2.0 + model.beta
    long_run = model.omega / (1.0 - persistence)
    for day in (1, 5, 20, 60):
        forecast = long_run + persistence**day * (model.next_variance - long_run)
        # The largest daily move cuts the outermost shocks, which is below the error of sampling.
        assert mean_error_in_standard_errors(sigma[:, day] ** 2, forecast) < SIGMAS


@pytest.mark.parametrize("gamma", [0.0, 0.04])
def test_the_variance_path_is_that_of_arch_given_the_same_shocks(gamma: float) -> None:
    from arch.univariate import GARCH

    model = driver("gjr_garch_t", parameters=PARAMETERS | {"gamma": gamma})
    prices, sigma = (np.array(values) for values in price_path(model, 60.0, 500, seed=3, path=17))
    shocks = student_t(np.array([normal(3, "price", 17, t) for t in range(1, 501)]), model.nu)
    recursion = GARCH(p=1, o=1, q=1)
    parameters = [model.omega, model.alpha, gamma, model.beta]
    returns, variance = recursion.simulate(parameters, 500, lambda n: shocks[:n], burn=0, initial_value=1e-4)
    np.testing.assert_allclose(sigma[:-1] ** 2, variance, rtol=1e-12)
    np.testing.assert_allclose(np.diff(np.log(prices)) - model.mean, returns, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("tails", [((0.2, 0.6), (0.1, 0.5)), ((0.0, 0.6), (-0.2, 0.5))])
def test_the_law_of_residuals_is_that_of_the_model_and_has_mean_nought_and_variance_one(tails: tuple) -> None:
    model = PriceDriver.from_record("fhs", RECORDS["fhs"], law(*tails))
    cells = 2**21
    u = (np.arange(cells) + 0.5) / cells
    value = law_inverse(model, u)
    np.testing.assert_allclose(value[::997], law(*tails).inverse(u[::997]), rtol=1e-7, atol=1e-12)
    assert abs(value.mean()) < 1e-4
    assert abs((value**2).mean() - 1.0) < 2e-3
    assert (np.diff(value) >= 0.0).all()


def test_blocks_of_the_bootstrap_have_their_mean_length() -> None:
    model = driver("bootstrap", mean_block_days=5)
    prices, _ = price_paths(model, 60.0, 1000, 200, seed=5)
    returns = np.diff(np.log(prices), axis=1)
    order = np.argsort(model.table)
    rows = order[np.searchsorted(model.table[order], returns - model.mean - 1e-9)]
    np.testing.assert_allclose(model.table[rows] + model.mean, returns, atol=1e-12)
    follows = rows[:, 1:] == (rows[:, :-1] + 1) % len(model.table)
    # A jump lands on the following row by chance once in a thousand.
    assert mean_error_in_standard_errors(follows.ravel().astype(float), 0.8 + 0.2 / 1000) < SIGMAS
    assert mean_error_in_standard_errors((rows[:, 0] < 500).astype(float), 0.5) < SIGMAS


def test_states_are_visited_as_the_chain_says() -> None:
    record = RECORDS["regime"]
    shares = stationary_shares(record["transition"])
    np.testing.assert_allclose(shares @ np.array(record["transition"]), shares, atol=1e-12)
    model = driver("regime", start=shares.tolist())
    _, sigma = price_paths(model, 60.0, 20_000, 20, seed=9)
    volatility = np.sqrt(np.array(record["transition"]) @ np.square(record["sigma"]))
    state = np.abs(sigma[:, :, None] - volatility).argmin(axis=2)
    for day in (0, 1, 20):
        for j in range(3):
            assert mean_error_in_standard_errors((state[:, day] == j).astype(float), shares[j]) < SIGMAS
    for before in range(3):
        after = state[:, 20][state[:, 19] == before]
        for j in range(3):
            assert mean_error_in_standard_errors((after == j).astype(float), record["transition"][before][j]) < SIGMAS


def test_jumps_have_their_mean_and_variance() -> None:
    model = driver("jump")
    prices, _ = price_paths(model, 1.0, 100_000, 2, seed=13)
    returns = np.log(prices[:, 2] / prices[:, 1])
    rate = model.rate_year / 252
    mean = model.mean + rate * model.jump_mean
    variance = model.sigma**2 + rate * (model.jump_mean**2 + model.jump_sd**2)
    assert mean_jumps(model.rate_year) == pytest.approx(rate, rel=1e-4)
    assert mean_error_in_standard_errors(returns, mean) < SIGMAS
    assert mean_error_in_standard_errors((returns - mean) ** 2, variance) < SIGMAS
    assert model.next_variance == pytest.approx(variance)


def test_a_diffusion_hits_a_barrier_as_often_as_the_closed_form_says() -> None:
    """Watched daily, the barrier seems 0.5826 daily volatilities further away (Broadie, Glasserman and Kou 1997)."""
    n_days, mean, sigma, barrier = 60, -2e-4, 0.01, -0.08
    model = driver("jump", mean=mean, sigma=sigma, rate_year=0.0)
    prices, _ = price_paths(model, 1.0, 40_000, n_days, seed=21)
    hit = (np.log(prices).min(axis=1) <= barrier).astype(float)
    spread = sigma * math.sqrt(n_days)

    def chance(b: float) -> float:
        reflected = math.exp(2 * mean * b / sigma**2) * ndtr((b + mean * n_days) / spread)
        return float(ndtr((b - mean * n_days) / spread) + reflected)

    assert mean_error_in_standard_errors(hit, chance(barrier - 0.5826 * sigma)) < SIGMAS
    # Watched all the time it is hit more often than daily closings show.
    assert mean_error_in_standard_errors(hit, chance(barrier)) > 2 * SIGMAS


@pytest.mark.parametrize("kind", RECORDS)
def test_a_drift_of_the_run_replaces_the_mean(kind: str) -> None:
    residuals = law() if kind == "fhs" else None
    model = PriceDriver.from_record(kind, RECORDS[kind], residuals, drift_year=0.1)
    changed = {"start": stationary_shares(RECORDS[kind]["transition"]).tolist()} if kind == "regime" else {}
    model = PriceDriver.from_record(kind, RECORDS[kind] | changed, residuals, drift_year=0.1)
    prices, _ = price_paths(model, 1.0, 20_000, 4, seed=1)
    assert mean_error_in_standard_errors(np.log(prices[:, 4]), 0.1 * 4 / 252) < SIGMAS


def test_no_day_moves_further_than_the_largest_move() -> None:
    prices, sigma = price_paths(driver("gjr_garch_t", next_variance=1.0), 60.0, 500, 1, seed=1)
    moves = np.abs(np.diff(np.log(prices), axis=1) - PARAMETERS["mean"])
    assert moves.max() == pytest.approx(LARGEST_DAILY_MOVE)
    assert (moves > LARGEST_DAILY_MOVE - 1e-9).mean() > 0.3
    assert sigma[:, 1].max() <= math.sqrt(1.2e-6 + 0.07 * LARGEST_DAILY_MOVE**2 + 0.93) + 1e-12


def test_given_prices_are_those_given() -> None:
    rows = np.array([[60.0, 61.0, 59.0], [60.0, 58.0, 57.0]])
    model = PriceDriver.given(rows, sigma=rows / 1000.0)
    assert price_path(model, 0.0, 2, 1, 1) == ([60.0, 58.0, 57.0], [0.06, 0.058, 0.057])
    prices, sigma = price_paths(PriceDriver.given(rows[0]), 0.0, 3, 2, seed=1)
    assert (prices == rows[0]).all() and (sigma == 0.0).all()
    with pytest.raises(ParameterError, match="beside prices"):
        PriceDriver.given(rows, sigma=rows[0])


def test_a_calibration_gives_the_driver_of_its_champion() -> None:
    garch_t = {"kind": "gjr_garch_t", "parameters": PARAMETERS, "nu": 5.0, "next_variance": 1e-4}
    other = {"kind": "a law of its own"}
    models = {"garch_t": garch_t, "fhs": {"kind": "fhs", **RECORDS["fhs"]}, "other": other}
    calibration = {"champion": "garch_t", "models": models}
    model = PriceDriver.from_calibration(calibration)
    assert (model.kind, model.gamma, model.nu, model.mean) == ("gjr_garch_t", 0.0, 5.0, PARAMETERS["mean"])
    assert PriceDriver.from_calibration(calibration, model="garch_t", drift_year=0.0).mean == 0.0
    assert PriceDriver.from_calibration(calibration, law(), "fhs").tail_entries == law().k
    with pytest.raises(ParameterError, match="without the law"):
        PriceDriver.from_calibration(calibration, model="fhs")
    with pytest.raises(ParameterError, match="did you mean 'garch_t'"):
        PriceDriver.from_calibration(calibration, model="garch")
    with pytest.raises(ParameterError, match="one of garch_t, fhs"):
        PriceDriver.from_calibration(calibration, model="other")


@pytest.mark.parametrize(("kind", "changes"), [
    ("gjr_garch_t", {"nu": 2.0}),
    ("gjr_garch_t", {"next_variance": 0.0}),
    ("gjr_garch_t", {"parameters": PARAMETERS | {"alpha": -0.1}}),
    ("gjr_garch_t", {"parameters": PARAMETERS | {"gamma": -0.1}}),
    ("regime", {"transition": [[0.9, 0.1], [0.5, 0.6]], "start": [1.0, 0.0]}),
    ("regime", {"start": [0.5, 0.5]}),
    ("regime", {"sigma": [0.01, 0.02]}),
    ("regime", {"sigma": [0.01, 0.02, 0.0]}),
    ("jump", {"rate_year": -1.0}),
    ("jump", {"mean": math.nan}),
])  # fmt: skip
def test_numbers_of_no_law_are_refused(kind: str, changes: dict) -> None:
    with pytest.raises(ParameterError):
        driver(kind, **changes)


@pytest.mark.parametrize("kind", RECORDS)
def test_a_stressed_law_moves_every_shock_and_nothing_else(kind: str) -> None:
    """Twice the volatility is twice every log-return about the mean, draw by draw, while no shock reaches the bound."""
    law_of_kind = driver(kind)
    calm, _ = price_path(law_of_kind, 100.0, 60, 7, 3)
    wild, _ = price_path(law_of_kind.stressed(2.0), 100.0, 60, 7, 3)
    one, two = (np.diff(np.log(path)) - law_of_kind.mean for path in (calm, wild))
    np.testing.assert_allclose(two, 2.0 * one, rtol=1e-9, atol=1e-12)
    assert law_of_kind.stressed() is law_of_kind


def test_a_forced_regime_is_never_left() -> None:
    two_states = driver("regime")
    for regime, extreme in (("calm", min), ("stress", max)):
        _, sigma = price_path(two_states.stressed(regime=regime), 100.0, 300, 7, 3)
        assert set(np.round(sigma[1:], 12)) == {round(extreme(two_states.state_sigma), 12)}
    with pytest.raises(ParameterError, match="a model with regimes"):
        driver("gjr_garch_t").stressed(regime="calm")
