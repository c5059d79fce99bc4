"""The redemption curve of the issuer model (E6) over arrays, and its inverse.

    rho = rho0 + (rhomax - rho0) max(0, (Lam(x) - Lam(a0)) / (1 - Lam(a0))),    Lam(z) = 1/(1 + exp(-z))

rho is the share of free tokens redeemed on one business day; x is a0 on a calm day and rises with what holders fear
(gramlib/simulation/MODEL.md, section 3).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from gramlib.errors import ParameterError
from gramlib.params.issuer import Redemption
from gramlib.readable import readable


@readable
@dataclass(frozen=True)
class RedemptionCurve:
    """rho0 `base_rate` and rhomax `max_rate`, shares a business day, and the calm intensity `a0`."""

    base_rate: float = 0.002
    max_rate: float = 0.10
    a0: float = -5.0

    @classmethod
    def of(cls, redemption: Redemption) -> RedemptionCurve:
        """The curve of an issuer's section `redemption`."""
        return cls(redemption.base_rate, redemption.max_rate, redemption.a0)

    def rate(self, push: np.ndarray | float) -> np.ndarray | float:
        """Rho where x exceeds a0 by `push` (any shape), share a day."""
        return self.base_rate + (self.max_rate - self.base_rate) * np.maximum(0.0, self.share(push))

    def share(self, push: np.ndarray | float) -> np.ndarray | float:
        """How far from rho0 to rhomax the push leads; negative for a negative push, where E6 would stop at nought."""
        calm = expit(self.a0)
        return (expit(self.a0 + push) - calm) / (1.0 - calm)

    def share_slope(self, push: np.ndarray | float) -> np.ndarray | float:
        """Derivative of `share` by the push."""
        lam = expit(self.a0 + push)
        return lam * (1.0 - lam) / (1.0 - expit(self.a0))

    def push_of(self, rate: float) -> float:
        """The push that gives `rate`; raises ParameterError for one that is not between rho0 and rhomax."""
        if not self.base_rate <= rate < self.max_rate:
            raise ParameterError(
                f"no intensity gives a rate of {rate:.4%} a day",
                expected=f"a rate from base_rate {self.base_rate:.4%} to below max_rate {self.max_rate:.4%}",
                origin="gramlib.models.redemption_curve", remedy="raise redemption.max_rate, or look at the rate again",
            )  # fmt: skip
        calm = float(expit(self.a0))
        lam = calm + (1.0 - calm) * (rate - self.base_rate) / (self.max_rate - self.base_rate)
        return math.log(lam / (1.0 - lam)) - self.a0
