"""The own funds a profile asks for: what failure F1 of MODEL.md section 6 is judged against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np

Amount = TypeVar("Amount", float, np.ndarray)


@dataclass(frozen=True)
class OwnFundsRule:
    """Requirement on a day: the largest of a floor, a share of the assets and a share of yearly overheads.

    `floor_usd` in USD, `reserve_share` a fraction of the assets V of the day, `overheads_share` a fraction of
    one year of operating cost. All zero (the default) asks for nothing, and F1 then coincides with F2.
    """

    reserve_share: float = 0.0
    floor_usd: float = 0.0
    overheads_share: float = 0.0

    def requirement_usd(self, assets_usd: Amount, opex_usd_year: float) -> Amount:
        """Own funds asked for, USD; `assets_usd` is a number or an array by path."""
        fixed_usd = max(self.floor_usd, self.overheads_share * opex_usd_year)
        share_usd = self.reserve_share * assets_usd
        return np.maximum(share_usd, fixed_usd) if isinstance(share_usd, np.ndarray) else max(share_usd, fixed_usd)
