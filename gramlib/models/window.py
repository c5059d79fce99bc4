"""What one fit may see: the history up to its last day, and the GARCH filter that the window's models share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from gramlib.models.garch import filter_variance
from gramlib.models.returns import Returns

if TYPE_CHECKING:
    from gramlib.models.arch_fit import GarchFit


@dataclass(frozen=True)
class TrainingWindow:
    """History up to the last day a fit may know.

    `returns` is the long history (it feeds the tails and warms the filter up), `first` the index in it at which the
    training window begins; parameters are estimated on the window only.
    """

    returns: Returns
    first: int
    persistence_cap: float
    tail_share: float

    @property
    def log_return(self) -> np.ndarray:
        """Returns of the training window (n,)."""
        return self.returns.log_return[self.first :]

    @cached_property
    def garch(self) -> GarchFit:
        """GARCH(1,1)-t fit of the window, made once however many models ask."""
        # arch takes seconds to import, and simulating from a calibration does without it.
        from gramlib.models.arch_fit import fit_garch_t

        return fit_garch_t(self.log_return, self.persistence_cap)

    @cached_property
    def variance(self) -> np.ndarray:
        """Conditional variances of the whole history (n + 1,); the last is the next day's."""
        return filter_variance(self.garch.parameters, self.returns.log_return)

    @cached_property
    def long_residuals(self) -> np.ndarray:
        """Standardised residuals of the whole history."""
        return (self.returns.log_return - self.garch.parameters.mean) / np.sqrt(self.variance[:-1])

    @property
    def residuals(self) -> np.ndarray:
        """Standardised residuals of the training window."""
        return self.long_residuals[self.first :]
