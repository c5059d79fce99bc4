"""What the run's price models say about moves of gold: how large once in so many years, and how rare a given one is.

Convention. Each model walks many years of `BUSINESS_DAYS_PER_YEAR` days, after a year of its own that is thrown away, so
that today's calm or storm has faded and the answer is about any time. The years are cut into windows of `days` business
days that do not overlap, 252 / days of them a year. A move that happens once in `years` years is then one that a window
exceeds with probability days / (252 years). "Move" is from the first to the last day of a window; the deepest point inside
it may be worse.

    size       quantile of the windows' moves at that probability; its interval is that of order statistics (the number
               of windows beyond it is binomial, 95%): Monte Carlo error alone
    frequency  years walked over the number of windows that moved at least as far, with Wilson's interval
    range      the same by every other model that the run has fitted, since beyond the data they differ most

The path of a model scenario is the window whose move is nearest to the size, its log-returns scaled to hit it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from gramlib.errors import DataContractError
from gramlib.readable import readable
from gramlib.scenarios.scenario import ReturnPeriod
from gramlib.units import BUSINESS_DAYS_PER_YEAR

CHAMPION_YEARS = 20_000
OTHER_YEARS = 2_500
LONGEST_WINDOW_DAYS = BUSINESS_DAYS_PER_YEAR
_YEARS_AT_ONCE = 2_500
_Z = 1.959964
"""Two-sided 95% of the normal law."""


@readable
@dataclass(frozen=True)
class Size:
    """A move as a simple return: `size` by the chosen model with its 95% interval, the range over the others, and a path."""

    size: float
    low: float
    high: float
    models_low: float
    models_high: float
    log_returns: np.ndarray


@readable
@dataclass(frozen=True)
class Frequency:
    """Return period [year] of a move with its 95% interval, and the range over models; None where no window went so far."""

    years: float | None
    low: float
    high: float | None
    models_low: float | None
    models_high: float | None


class ModelMoves:
    """Moves of gold by the models of a calibration; years are walked when first asked for, each model's from its own draws.

    `residuals` belong to `calibration`, `rng` gives the draws, `drift_year` [1/year] replaces the fitted mean, `model` is
    the one that answers ("champion", or a name). Raises ParameterError as `models.simulate_prices` does.
    """

    def __init__(
        self,
        calibration: dict[str, Any],
        residuals: pd.DataFrame,
        rng: np.random.Generator,
        drift_year: float = 0.0,
        model: str = "champion",
    ) -> None:
        self.model = str(calibration["champion"]) if model == "champion" else model
        self._calibration, self._residuals, self._drift_year = calibration, residuals, drift_year
        others = [name for name in sorted(calibration["models"]) if name != self.model]
        self._draws = dict(zip([self.model, *others], rng.spawn(1 + len(others)), strict=True))

    @property
    def years(self) -> int:
        """Years that the chosen model walks."""
        return CHAMPION_YEARS

    def size(self, wanted: ReturnPeriod) -> Size:
        """How large the move of `wanted` is."""
        sign = -1.0 if wanted.side == "fall" else 1.0
        chance = wanted.days / (BUSINESS_DAYS_PER_YEAR * wanted.years)
        moves = sign * _moves(self._growth, wanted.days)
        beyond = chance * len(moves)
        spread = _Z * math.sqrt(beyond)
        target, low, high = (_beyond(moves, count) for count in (beyond, beyond + spread, max(beyond - spread, 1.0)))
        year, window = divmod(int(np.argmin(np.abs(moves - target))), BUSINESS_DAYS_PER_YEAR // wanted.days)
        steps = np.diff(self._growth[year, window * wanted.days : (window + 1) * wanted.days + 1])
        others = [_beyond(sign * m, chance * len(m)) for m in self._others(wanted.days)]
        by_model = [math.expm1(sign * each) for each in (target, *others)]
        least, most = sorted((math.expm1(sign * low), math.expm1(sign * high)))
        path = steps * (sign * target / float(steps.sum()))
        return Size(math.expm1(sign * target), least, most, min(by_model), max(by_model), path)

    def frequency(self, log_move: float, days: int) -> Frequency | None:
        """How often a window of `days` moves at least as far as `log_move`; None for a move of nought or beyond a year."""
        if log_move == 0.0 or not 1 <= days <= LONGEST_WINDOW_DAYS:
            return None
        own = _moves(self._growth, days)
        count, total = _as_far(own, log_move), len(own)
        walked = total * days / BUSINESS_DAYS_PER_YEAR
        least, most = _wilson(count, total)
        periods = []
        for moves in (own, *self._others(days)):
            found = _as_far(moves, log_move)
            periods.append(len(moves) * days / BUSINESS_DAYS_PER_YEAR / found if found else None)
        known = [period for period in periods if period is not None]
        return Frequency(
            walked / count if count else None,
            walked / (most * total),
            walked / (least * total) if count else None,
            min(known) if known else None,
            max(known) if len(known) == len(periods) else None,
        )

    @cached_property
    def _growth(self) -> np.ndarray:
        return self._walk(self.model, CHAMPION_YEARS)

    @cached_property
    def _other_growth(self) -> tuple[np.ndarray, ...]:
        return tuple(self._walk(name, OTHER_YEARS) for name in self._draws if name != self.model)

    def _others(self, days: int) -> Iterator[np.ndarray]:
        return (_moves(growth, days) for growth in self._other_growth)

    def _walk(self, model: str, years: int) -> np.ndarray:
        """Log-prices of one year each, shape (years, 253)."""
        from gramlib.models import simulate_prices

        year, parts = BUSINESS_DAYS_PER_YEAR, []
        for first in range(0, years, _YEARS_AT_ONCE):
            n_paths = min(_YEARS_AT_ONCE, years - first)
            prices, _ = simulate_prices(
                self._calibration, self._residuals, model, 1.0, n_paths, 2 * year, self._draws[model], self._drift_year
            )
            parts.append(np.log(prices[:, year:]))
        return np.concatenate(parts)


def without_calibration(scenario_id: str) -> DataContractError:
    """The refusal of a scenario that needs a price model where none is given."""
    return DataContractError(
        f"scenario {scenario_id} takes its size from a price model, and none is given",
        expected="moves=ModelMoves(calibration, residuals, ...)", origin="gramlib.scenarios.build_path",
    )  # fmt: skip


def _beyond(moves: np.ndarray, count: float) -> float:
    """The move that about `count` of `moves` exceed; between two of them, linearly."""
    return float(np.quantile(moves, min(1.0, max(0.0, 1.0 - count / len(moves)))))


def _moves(growth: np.ndarray, days: int) -> np.ndarray:
    """Log-moves of the windows, year by year; the days left over at the end of a year are not used."""
    return np.diff(growth[:, ::days], axis=1).ravel()


def _as_far(moves: np.ndarray, log_move: float) -> int:
    return int((moves <= log_move).sum() if log_move < 0.0 else (moves >= log_move).sum())


def _wilson(count: int, total: int) -> tuple[float, float]:
    share, z2 = count / total, _Z**2
    centre, scale = share + z2 / (2 * total), 1.0 + z2 / total
    half = _Z * math.sqrt(share * (1.0 - share) / total + z2 / (4.0 * total**2))
    return max(0.0, (centre - half) / scale), (centre + half) / scale
