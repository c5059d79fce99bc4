"""GJR-GARCH(1,1,1) with Student-t innovations: falls and rises may move volatility differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from gramlib.models.garch import filter_variance
from gramlib.models.garch_t import GarchT
from gramlib.models.window import TrainingWindow
from gramlib.readable import readable


@readable
@dataclass(frozen=True)
class GjrT(GarchT):
    """The GARCH-t model with a recursion of its own, whose gamma has either sign."""

    name: ClassVar[str] = "gjr_t"

    @classmethod
    def fit(cls, window: TrainingWindow) -> Self:
        """Maximum likelihood on the window; the variance of the next day from a filter over the whole history."""
        # arch takes seconds to import, and simulating from a calibration does without it.
        from gramlib.models.arch_fit import fit_garch_t

        fit = fit_garch_t(window.log_return, window.persistence_cap, asymmetric=True)
        variance = filter_variance(fit.parameters, window.returns.log_return)
        return cls(fit.parameters, fit.nu, float(variance[-1]), fit.estimate)

    def card(self) -> dict[str, str]:
        """Model card in plain sentences."""
        shown, found = self.estimate.shown, self.parameters
        return {
            "title": "GJR-GARCH(1,1,1) with Student-t errors",
            "what": (
                "Volatility moves up after large days and decays back, more after falls where gamma is positive, more after rises "
                "where it is negative, as it is for gold; each day's surprise is a Student-t of that volatility."
            ),
            "parameters": (
                f"{self.estimate.warning}mean {found.mean:.2e} a day, omega {found.omega:.2e}, {shown('alpha', found.alpha)}, "
                f"{shown('gamma', found.gamma)}, {shown('beta', found.beta)}, {shown('nu', self.nu, '.2f')}; "
                f"a variance shock halves in {found.half_life_days:.0f} days"
            ),
            "fails_when": (
                "Losses and gains have the same tail by construction; the asymmetry is one number for all times, small for gold, and a "
                "crisis in which falls raise volatility is not in it. Near persistence 1 the volatility of distant days is set "
                "by the cap. The drift is the window's mean, and a past mean is no promise."
            ),
        }
