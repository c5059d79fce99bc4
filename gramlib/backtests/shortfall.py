"""Backtests of expected shortfall: Z1 and Z2 of Acerbi and Szekely (2014), their null laws simulated for the sample at hand.

With losses L, exceptions I (L beyond the value at risk), N of them in n days, and e the expected shortfall at `level`:

    Z1 = 1 - sum(I L / e) / N            are losses beyond the value at risk as large as said?
    Z2 = 1 - sum(I L / e) / (n (1 - level))    are they as large and as frequent as said?

Both are zero on average if the forecasts are right and negative if risk was understated. Their laws depend on n and on how
heavy the tail is, so critical values are simulated: the tail is that of the Student-t whose ratio of expected shortfall to
value at risk equals the forecasts' median ratio. The draws are the same every time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import stdtr, stdtrit

from gramlib.models.tails import student_t_var_es
from gramlib.readable import readable
from gramlib.simulation.draws import generator

SIMULATIONS = 10_000
TAIL_POINTS = 4_000
SEED = 2014
DEGREES = np.round(np.concatenate((np.geomspace(2.2, 30.0, 60), [1e6])), 4)
"""Student-t laws that the null is looked up among; the last is a normal."""


@readable
@dataclass(frozen=True)
class Shortfall:
    """A statistic, its one-sided p-value (risk understated) and the chance to reject at 5% under the alternative."""

    statistic: float
    p_value: float
    power: float


def z1_z2(loss: np.ndarray, value_at_risk: np.ndarray, shortfall: np.ndarray, level: float) -> tuple[float, float]:
    """Both statistics of `loss` and the forecasts `value_at_risk` and `shortfall` at `level`, each (n,) and positive, in one unit.

    Z1 is NaN without exceptions.
    """
    beyond = loss > value_at_risk
    total, count = float((loss[beyond] / shortfall[beyond]).sum()), int(beyond.sum())
    return 1.0 - total / count if count else np.nan, 1.0 - total / (len(loss) * (1.0 - level))


@lru_cache(maxsize=1)
def _ratios() -> dict[float, np.ndarray]:
    return {}


def degrees_of_ratio(ratio: float, level: float) -> float:
    """Degrees of freedom, among `DEGREES`, of the Student-t whose ES is `ratio` times its VaR at `level`."""
    known = _ratios()
    if level not in known:
        measures = [student_t_var_es(float(nu), level) for nu in DEGREES]
        known[level] = np.array([es / var for var, es in measures])
    return float(DEGREES[np.abs(known[level] - ratio).argmin()])


@lru_cache(maxsize=512)
def simulated(n: int, level: float, nu: float, scale: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Sorted Z1 and Z2 of 10,000 samples of n days whose losses are `scale` times as large as forecast; t with `nu` degrees.

    Samples without an exception have no Z1, so that array may be shorter.
    """
    var, shortfall = student_t_var_es(nu, level, unit_variance=False)
    chance = float(stdtr(nu, -var / scale))
    tail = -scale * stdtrit(nu, (np.arange(TAIL_POINTS) + 0.5) / TAIL_POINTS * chance) / shortfall
    case = round(1e4 * level) + round(1e4 * scale) * 10**5 + round(1e4 * nu) * 10**10
    rng = generator(SEED, "bootstrap", n, case)
    counts = rng.binomial(n, chance, SIMULATIONS)
    sample = np.repeat(np.arange(SIMULATIONS), counts)
    totals = np.bincount(sample, weights=tail[rng.integers(TAIL_POINTS, size=len(sample))], minlength=SIMULATIONS)
    some = counts > 0
    return np.sort(1.0 - totals[some] / counts[some]), np.sort(1.0 - totals / (n * (1.0 - level)))


def critical_values(n: int, level: float, nu: float, size: float = 0.05) -> tuple[float, float]:
    """Values of Z1 and Z2 below which a test at `size` rejects, of `n` forecasts at `level` (0.975); an infinite `nu` is the normal law."""
    z1, z2 = simulated(n, level, min(nu, float(DEGREES[-1])))
    return float(np.quantile(z1, size)), float(np.quantile(z2, size))


def shortfall_tests(
    loss: np.ndarray, value_at_risk: np.ndarray, shortfall: np.ndarray, level: float, larger: float
) -> tuple[Shortfall, Shortfall]:
    """Z1 and Z2 with p-values and their power at an alternative in which losses are `larger` times as large (1.25).

    `loss`, `value_at_risk` and `shortfall` are (n,) and positive, in one unit; `level` is like 0.975.
    For Z2 all losses are, so exceptions come more often too. Z1 looks at exceptions alone, and a scaled power tail has the
    same shape beyond any threshold: its alternative is exceptions as frequent as forecast, each `larger` times as large.
    """
    n = len(loss)
    nu = degrees_of_ratio(float(np.median(shortfall / value_at_risk)), level)
    null = simulated(n, level, nu)
    other = (1.0 - larger * (1.0 - null[0]), simulated(n, level, nu, larger)[1])
    found = z1_z2(loss, value_at_risk, shortfall, level)
    tests = []
    for statistic, right, wrong, critical in zip(found, null, other, critical_values(n, level, nu), strict=True):
        rank = np.searchsorted(right, statistic, side="right")
        p_value = float((1 + rank) / (1 + len(right))) if np.isfinite(statistic) else np.nan
        tests.append(Shortfall(statistic, min(p_value, 1.0), float(np.searchsorted(wrong, critical) / len(wrong))))
    return tests[0], tests[1]
