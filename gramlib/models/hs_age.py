"""Age-weighted historical simulation: yesterday weighs more than last year (Boudoukh, Richardson and Whitelaw 1998)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gramlib.models.hs import WINDOW_DAYS, past_sums
from gramlib.models.returns import Returns
from gramlib.models.weighted_sample import equal_weights
from gramlib.models.window import TrainingWindow
from gramlib.readable import readable

DECAY = 0.98
"""Half the weight lies on the last 34 days; the authors use 0.97 to 0.99."""


@readable
@dataclass(frozen=True)
class AgeWeightedHistoricalSimulation:
    """Nothing is estimated: the last 1,000 days, each weighing 2% less than the day after it."""

    window_days: int

    name: ClassVar[str] = "hs_age"
    refit_every_days: ClassVar[int | None] = None

    @classmethod
    def fit(cls, window: TrainingWindow) -> AgeWeightedHistoricalSimulation:
        """Take the last 1,000 days, or all there are."""
        return cls(min(WINDOW_DAYS, len(window.returns)))

    def forecast(
        self, returns: Returns, origins: np.ndarray, horizons_days: Sequence[int], uniform: np.ndarray
    ) -> dict[int, np.ndarray]:
        """Overlapping h-day returns of the window that ends at each origin; as many samples as `uniform` has rows."""
        samples = {}
        for horizon in horizons_days:
            windows = past_sums(returns, origins, horizon, self.window_days)
            weight = DECAY ** np.arange(windows.shape[1])[::-1]
            order = np.argsort(windows, axis=1, kind="stable")
            ordered = np.take_along_axis(windows, order, axis=1)
            samples[horizon] = equal_weights(ordered, (weight / weight.sum())[order], len(uniform))
        return samples

    def card(self) -> dict[str, str]:
        """Model card in plain sentences."""
        return {
            "title": "Age-weighted historical simulation",
            "what": f"The next days are like some days of the last {self.window_days:,}, late ones likelier than early ones.",
            "parameters": f"each day weighs {DECAY:g} of the day after it; chosen, not estimated, so there are no standard errors",
            "fails_when": (
                "Some 50 days carry the forecast, so its tails are those of a few days. Nothing worse than the window's worst "
                "is foreseen."
            ),
        }
