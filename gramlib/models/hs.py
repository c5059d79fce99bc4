"""Plain historical simulation: the next h days are like some h days of the last 1,000. The baseline of every comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from gramlib.models.returns import Returns
from gramlib.models.window import TrainingWindow
from gramlib.readable import readable

WINDOW_DAYS = 1000


@readable
@dataclass(frozen=True)
class HistoricalSimulation:
    """Nothing is estimated: the forecast is the window itself, moved on every day."""

    window_days: int

    name: ClassVar[str] = "hs"
    refit_every_days: ClassVar[int | None] = None

    @classmethod
    def fit(cls, window: TrainingWindow) -> HistoricalSimulation:
        """Take the last 1,000 days, or all there are."""
        return cls(min(WINDOW_DAYS, len(window.returns)))

    def forecast(
        self, returns: Returns, origins: np.ndarray, horizons_days: Sequence[int], uniform: np.ndarray
    ) -> dict[int, np.ndarray]:
        """Sorted overlapping h-day returns of the window that ends at each origin; `uniform` is not needed."""
        return {
            horizon: np.sort(past_sums(returns, origins, horizon, self.window_days), axis=1)
            for horizon in horizons_days
        }

    def card(self) -> dict[str, str]:
        """Model card in plain sentences."""
        return {
            "title": "Plain historical simulation",
            "what": f"The next days are like some days of the last {self.window_days:,}, each as likely as another.",
            "parameters": f"window of {self.window_days:,} days; nothing is estimated, so there are no standard errors",
            "fails_when": (
                "Volatility changes: calm years foretell a calm tomorrow whatever today is like. Nothing worse than the window's "
                "worst is foreseen, and a bad day leaves the window as suddenly as it came."
            ),
        }


def past_sums(returns: Returns, origins: np.ndarray, horizon_days: int, window_days: int) -> np.ndarray:
    """Overlapping returns over `horizon_days` within the window that ends at each origin, oldest first, a row an origin."""
    cumulative = np.concatenate(([0.0], np.cumsum(returns.log_return)))
    sums = cumulative[horizon_days:] - cumulative[:-horizon_days]
    return sliding_window_view(sums, window_days - horizon_days + 1)[origins + 1 - window_days]
