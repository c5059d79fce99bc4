from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from gramlib.errors import ParameterError
from gramlib.models.actuarial.aggregate import (
    LossLine,
    aggregate_loss,
    compound_poisson_fft,
    compound_poisson_panjer,
    grid_step,
)
from gramlib.models.actuarial.severity import FixedLoss, LognormalLoss, ParetoLoss, exponential_loss

LINES = [
    LossLine("cyber", 0.6, ParetoLoss(2.0, 0.4)),
    LossLine("operations", 1.5, LognormalLoss(0.5, 1.0)),
    LossLine("bank", 0.3, FixedLoss(3.0)),
]


def compound_exponential(rate: float, mean: float, loss: float) -> tuple[float, float]:
    """P(S > loss) and E[S; S > loss] of compound Poisson with exponential losses: a Poisson mixture of gammas."""
    n = np.arange(1, 200)
    weight = stats.poisson.pmf(n, rate)
    return (
        float(weight @ stats.gamma.sf(loss, n, scale=mean)),
        float(weight @ (n * mean * stats.gamma.sf(loss, n + 1, scale=mean))),
    )


@pytest.mark.parametrize("method", ["fft", "panjer"])
def test_exponential_losses_have_their_closed_form(method):
    year = aggregate_loss([LossLine("e", 2.0, exponential_loss(1.0))], 0.01, 4000, method)
    for level in (0.9, 0.99, 0.999):
        var, (low, high) = year.var(level), year.var_bounds(level)
        assert low - 0.01 <= var <= high + 0.01
        assert compound_exponential(2.0, 1.0, low - 0.01)[0] >= 1 - level >= compound_exponential(2.0, 1.0, high)[0]
        exact_var = var_of_compound_exponential(level)
        exact_es = compound_exponential(2.0, 1.0, exact_var)[1] / (1 - level)
        es_low, es_high = year.es_bounds(level)
        assert es_low <= exact_es <= es_high
        assert year.es(level) == pytest.approx(exact_es, rel=1e-4)
        assert year.survival(exact_var) == pytest.approx(1 - level, rel=0.02)


def var_of_compound_exponential(level: float) -> float:
    low, high = 0.0, 100.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if compound_exponential(2.0, 1.0, middle)[0] > 1 - level else (low, middle)
    return high


def test_panjer_and_fourier_solve_the_same_problem():
    step = grid_step(LINES, 4096)
    fourier, panjer = (aggregate_loss(LINES, step, 4096, method) for method in ("fft", "panjer"))
    for kind in ("matched", "lower", "upper"):
        assert getattr(fourier, kind) == pytest.approx(getattr(panjer, kind), abs=1e-11)
    assert fourier.es(0.99) == pytest.approx(panjer.es(0.99), rel=1e-9)


def test_losses_of_one_are_a_poisson_count():
    severity = np.zeros(64)
    severity[1] = 1.0
    for convolve in (compound_poisson_fft, compound_poisson_panjer):
        assert convolve(severity, 3.7) == pytest.approx(stats.poisson.pmf(np.arange(64), 3.7), abs=1e-12)


def test_mean_and_variance_are_those_of_wald():
    lines = [*LINES[1:], LossLine("capped", 0.6, ParetoLoss(2.0, 0.4, cap=40.0))]
    year = aggregate_loss(lines, 0.02, 2**14)
    loss = year.step * np.arange(len(year.matched))
    assert year.mean == pytest.approx(1.5 * 0.5 + 0.3 * 3.0 + 0.6 * ParetoLoss(2.0, 0.4, 40.0).mean)
    assert year.matched.sum() == pytest.approx(1.0, abs=1e-9)
    assert year.matched @ loss == pytest.approx(year.mean, rel=1e-6)
    assert year.matched @ loss**2 - year.mean**2 == pytest.approx(year.variance, rel=1e-4)


def test_monte_carlo_agrees_within_its_error():
    rng = np.random.default_rng(5)
    n_years = 200_000
    total = np.zeros(n_years)
    for line in LINES:
        count = rng.poisson(line.rate_year, n_years)
        sizes = line.severity.quantile(rng.random(count.sum()))
        total += np.bincount(np.repeat(np.arange(n_years), count), sizes, minlength=n_years)
    year = aggregate_loss(LINES, grid_step(LINES), 2**14)
    for level in (0.9, 0.95, 0.99, 0.995):
        beyond = (total > year.var(level)).mean()
        at_or_beyond = (total >= year.var(level)).mean()
        error = 4 * np.sqrt(level * (1 - level) / n_years)
        assert beyond - error <= 1 - level <= at_or_beyond + error
    worst = np.sort(total)[int(0.99 * n_years) :]
    assert year.es(0.99) == pytest.approx(worst.mean(), abs=4 * worst.std() / np.sqrt(len(worst)))


def test_bounds_close_as_the_grid_is_refined_and_hold_the_finer_figure():
    coarse, fine = (aggregate_loss(LINES, 80.0 / n, 2 * n) for n in (2**9, 2**13))
    for level in (0.95, 0.99, 0.995):
        assert coarse.var_bounds(level)[0] <= fine.var_bounds(level)[0] <= fine.var_bounds(level)[1]
        assert fine.var_bounds(level)[1] <= coarse.var_bounds(level)[1]
        low, high = coarse.es_bounds(level)
        assert low <= fine.es_bounds(level)[0] <= fine.es(level) <= fine.es_bounds(level)[1] <= high
        assert fine.es(level) >= fine.var(level)


def test_a_shortfall_knows_the_tail_beyond_the_grid():
    """A level within the grid, half of whose tail lies beyond: the generalised Pareto's own formula says how much."""
    line = LossLine("rare", 0.01, ParetoLoss(1.0, 0.5))
    year = aggregate_loss([line], 0.01, 1000)
    exact = 0.01 * (1.0 - float(line.severity.limited_mean(year.var(0.999)))) / 0.001 + year.var(0.999)
    assert year.es(0.999) == pytest.approx(exact, rel=0.01)


def test_scaling_the_unit_scales_the_figures():
    year = aggregate_loss([LossLine("a", 0.5, ParetoLoss(1.0, 0.3))], 0.01, 4096)
    dollars = aggregate_loss([LossLine("a", 0.5, ParetoLoss(1e6, 0.3))], 1e4, 4096)
    assert dollars.var(0.99) == pytest.approx(1e6 * year.var(0.99))
    assert dollars.es(0.99) == pytest.approx(1e6 * year.es(0.99))


def test_what_the_grid_cannot_answer_is_refused():
    year = aggregate_loss([LossLine("heavy", 5.0, ParetoLoss(1.0, 0.8))], 0.01, 256)
    with pytest.raises(ParameterError, match="larger grid"):
        year.var(0.999)
    with pytest.raises(ParameterError, match="Panjer"):
        aggregate_loss(LINES, 0.1, 2**16, "panjer")
    with pytest.raises(ParameterError, match="above zero"):
        aggregate_loss([], 0.1)
