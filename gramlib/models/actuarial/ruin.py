"""Whether own funds outlast the losses: the classical risk model of Lundberg and Cramer.

    U(t) = u + c t - S(t),   S the losses of all lines, compound Poisson with rate lambda and severity X,   ruin: U(t) < 0

u own funds (USD), c net income a year before losses (USD), theta = c / (lambda E X) - 1 the loading. Over an infinite time:

    lundberg_bound        psi(u) <= exp(-R u), R > 0 with lambda (E exp(R X) - 1) = c R; light tails only     (Lundberg 1909)
    ruin_exponential      psi(u) = exp(-theta u / (m (1 + theta))) / (1 + theta) for exponential losses of mean m, exact
    ruin_bounds           below and above psi(u) for any severity: psi(u) = P(M > u), M a geometric sum of losses from
                          the integrated tail law (Pollaczek-Khinchine), by Panjer's recursion on losses rounded down and up
    ruin_heavy_tail       psi(u) ~ (1/theta) P(X_I > u) for heavy tails, X_I the integrated tail law (Embrechts and Veraverbeke 1982)

and within some years, for any severity and any sign of c, by simulation with Wilson's interval (`simulate_ruin`).
The tests hold each to a law that is solved by hand, to published figures (XploRe) or to another of them; textbook of all:
Asmussen and Albrecher, Ruin Probabilities (2010).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gramlib.errors import ParameterError
from gramlib.models.actuarial.aggregate import LossLine
from gramlib.models.actuarial.severity import FixedLoss, ParetoLoss, Severity
from gramlib.readable import readable

FAR = 40.0
"""Where an integral over an exponential tail is split: exp(-40) of it lies beyond."""


@readable
@dataclass(frozen=True)
class RuinEstimate:
    """Share of `n_paths` ruined within `years`, with the 95% Wilson interval `lower` to `upper`."""

    probability: float
    lower: float
    upper: float
    n_ruined: int
    n_paths: int
    years: float


def loading(lines: Sequence[LossLine], income_year: float) -> float:
    """Theta = c / (lambda E X) - 1; raises ParameterError unless it is above zero, since ruin is certain otherwise."""
    mean = sum(line.mean for line in lines)
    theta = income_year / mean - 1.0 if mean > 0.0 else math.inf
    if not theta > 0.0:
        raise ParameterError(f"income of {income_year:,.0f} a year against expected losses of {mean:,.0f}",
                             expected="income above expected losses: otherwise ruin is only a matter of time",
                             origin="gramlib.models.actuarial.ruin", remedy="ask for a finite time with simulate_ruin")  # fmt: skip
    return theta


def adjustment_coefficient(lines: Sequence[LossLine], income_year: float) -> float:
    """R of Lundberg's equation, per USD; raises ParameterError for a tail that is not light, or without a loading."""
    from scipy.optimize import bisect

    loading(lines, income_year)
    largest = min(_largest_exponent(line.severity) for line in lines)

    def excess(r: float) -> float:
        return sum(line.rate_year * (_generating(line.severity, r) - 1.0) for line in lines) - income_year * r

    # The root lies between nought, from where Lundberg's function falls, and where the generating function explodes.
    high = min(1.0 / max(line.severity.mean for line in lines), largest * (1.0 - 1e-12))
    while excess(high) <= 0.0:
        high = min(2.0 * high, largest * (1.0 - 1e-12))
    low = high / 2.0
    while excess(low) >= 0.0:
        low /= 2.0
    # By halves, because the generating function may be infinite at the upper end.
    return float(bisect(excess, low, high, xtol=1e-14 * high, rtol=1e-12))


def lundberg_bound(lines: Sequence[LossLine], income_year: float, own_funds: float) -> float:
    """Upper bound exp(-R u) of the probability of ruin from `own_funds` over an infinite time."""
    return math.exp(-adjustment_coefficient(lines, income_year) * own_funds)


def ruin_exponential(rate_year: float, mean_loss: float, income_year: float, own_funds: float) -> float:
    """Exact probability of ruin over an infinite time, exponential losses (Cramer 1930)."""
    theta = loading([LossLine("exponential", rate_year, ParetoLoss(mean_loss, 0.0))], income_year)
    return math.exp(-theta * own_funds / (mean_loss * (1.0 + theta))) / (1.0 + theta)


def integrated_tail(lines: Sequence[LossLine], loss: np.ndarray | float) -> np.ndarray:
    """P(X_I <= `loss`) = E min(X, loss) / E X, X one loss of any of `lines`."""
    limited = np.sum([line.rate_year * line.severity.limited_mean(loss) for line in lines], axis=0)
    return limited / sum(line.mean for line in lines)


def ruin_bounds(
    lines: Sequence[LossLine], income_year: float, own_funds: float, n_points: int = 2000
) -> tuple[float, float]:
    """Lower and upper bound of the probability of ruin over an infinite time, for any severities with a mean.

    The maximal loss is a geometric sum: M = L_1 + ... + L_K, P(K = k) = (1 - q) q^k, q = 1/(1 + theta), L from the
    integrated tail. Its recursion is g_k = q sum f_j g_{k-j} / (1 - q f_0) (Panjer 1981 for the geometric), once with
    each L rounded down to the grid and once rounded up, which makes M smaller and larger on every path.
    """
    q, step = 1.0 / (1.0 + loading(lines, income_year)), own_funds / n_points
    if own_funds <= 0.0:
        return (q, q) if own_funds == 0.0 else (1.0, 1.0)
    below = integrated_tail(lines, step * np.arange(n_points + 2))
    ruin = []
    for mass in (np.diff(below), np.diff(below, prepend=0.0)[: n_points + 1]):
        total = np.zeros(n_points + 1)
        total[0] = (1.0 - q) / (1.0 - q * mass[0])
        for k in range(1, n_points + 1):
            total[k] = q * (mass[1 : k + 1] @ total[k - 1 :: -1]) / (1.0 - q * mass[0])
        ruin.append(max(0.0, 1.0 - float(total.sum())))
    return ruin[0], ruin[1]


def ruin_heavy_tail(lines: Sequence[LossLine], income_year: float, own_funds: float) -> float:
    """Asymptotic probability of ruin for large `own_funds` and a heavy tail that no cap cuts off."""
    return (1.0 - float(integrated_tail(lines, own_funds))) / loading(lines, income_year)


def simulate_ruin(
    lines: Sequence[LossLine],
    income_year: float,
    own_funds: float,
    years: float,
    n_paths: int,
    rng: np.random.Generator,
) -> RuinEstimate:
    """Share of paths on which own funds fall below zero within `years`; independent `lines`, random numbers from `rng`.

    Between losses own funds run in a straight line, so looking before and after each loss and at the end misses nothing.
    Raises ParameterError for no paths or no time.
    """
    from statsmodels.stats.proportion import proportion_confint

    rate = sum(line.rate_year for line in lines)
    if n_paths < 1 or not years > 0.0 or not rate > 0.0:
        raise ParameterError(f"{n_paths} paths of {years} years with {rate:g} losses a year", expected="all above zero",
                             origin="gramlib.models.actuarial.ruin", remedy="correct the arguments")  # fmt: skip
    edges = np.cumsum([line.rate_year for line in lines]) / rate
    time, lost, ruined = np.zeros(n_paths), np.zeros(n_paths), np.zeros(n_paths, dtype=bool)
    alive = np.arange(n_paths)
    while alive.size:
        when = time[alive] + rng.standard_exponential(alive.size) / rate
        until = np.minimum(when, years)
        ruined[alive] |= own_funds + income_year * until - lost[alive] < 0.0
        alive, when = alive[when <= years], when[when <= years]
        time[alive] = when
        kind = np.searchsorted(edges, rng.random(alive.size), side="right").clip(max=len(lines) - 1)
        uniform = rng.random(alive.size)
        for i, line in enumerate(lines):
            hit = kind == i
            lost[alive[hit]] += line.severity.quantile(uniform[hit])
        ruined[alive] |= own_funds + income_year * time[alive] - lost[alive] < 0.0
        alive = alive[~ruined[alive]]
    n_ruined = int(ruined.sum())
    lower, upper = proportion_confint(n_ruined, n_paths, method="wilson")
    return RuinEstimate(n_ruined / n_paths, float(lower), float(upper), n_ruined, n_paths, years)


def _largest_exponent(severity: Severity) -> float:
    """Where E exp(r X) stops being finite; raises ParameterError for a heavy tail, which has it at nought."""
    if isinstance(severity, FixedLoss) or (isinstance(severity, ParetoLoss) and math.isfinite(severity.cap)):
        return math.inf
    if isinstance(severity, ParetoLoss) and severity.xi == 0.0:
        return 1.0 / severity.scale
    raise ParameterError(f"{type(severity).__name__} has no exponential moment", expected="a light or a capped tail",
                         origin="gramlib.models.actuarial.ruin", remedy="take ruin_bounds or simulate_ruin")  # fmt: skip


def _generating(severity: Severity, r: float) -> float:
    """E exp(r X)."""
    if isinstance(severity, FixedLoss):
        return math.exp(min(700.0, r * severity.amount))
    assert isinstance(severity, ParetoLoss)
    if severity.xi == 0.0 and math.isinf(severity.cap):
        return 1.0 / (1.0 - r * severity.scale)
    from scipy.integrate import quad

    # 1 + r times the integral of exp(r y) P(X > y) up to the cap, cut where the exponential would overflow.
    if r * severity.cap > 700.0:
        return math.inf
    piece = lambda y: math.exp(r * y) * float(severity.survival(y))  # noqa: E731
    middle = min(severity.cap, FAR * severity.scale)
    return 1.0 + r * (quad(piece, 0.0, middle, limit=200)[0] + quad(piece, middle, severity.cap, limit=200)[0])
