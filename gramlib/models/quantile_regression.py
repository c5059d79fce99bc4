"""Linear quantile regression (Koenker and Bassett 1978) of the next days' log-return on what is known today."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gramlib.models.features import OWN_NAMES
from gramlib.models.protocol import FIT_ONCE
from gramlib.models.quantile_model import QuantileGrid, QuantileModel
from gramlib.readable import readable

MAX_ITERATIONS = 300


@readable
@dataclass(frozen=True, eq=False)
class LinearGrid:
    """Coefficients (levels, k + 1), the constant first, their standard errors, and how many levels did not converge.

    The errors are those of independent days (a kernel estimate of the sparsity): too small where horizons overlap.
    """

    coefficients: np.ndarray
    standard_errors: np.ndarray
    unconverged: int

    @classmethod
    def fit(cls, features: np.ndarray, target: np.ndarray, levels: Sequence[float]) -> LinearGrid:
        """One regression a level, by statsmodels."""
        from statsmodels.regression.quantile_regression import QuantReg

        # What it warns of is read off the result. Filters belong to the process: set for the time of a fit, they would
        # be taken back while another thread still fits.
        warnings.filterwarnings("ignore", module=re.escape(__name__))
        model = QuantReg(target, _with_constant(features))
        coefficients, errors, unconverged = [], [], 0
        for level in levels:
            result = model.fit(q=level, max_iter=MAX_ITERATIONS)
            unconverged += result.iterations == MAX_ITERATIONS
            coefficients.append(np.asarray(result.params, dtype=float))
            errors.append(np.nan_to_num(np.asarray(result.bse, dtype=float)))
        return cls(np.array(coefficients), np.array(errors), unconverged)

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Quantiles (n, levels) at `features` (n, k); a row's do not depend on the rows beside it."""
        return np.einsum("nk,lk->nl", _with_constant(features), self.coefficients)

    def record(self) -> dict[str, Any]:
        """JSON-able mapping."""
        return {
            "coefficients": self.coefficients.tolist(),
            "standard_errors": self.standard_errors.tolist(),
            "unconverged": self.unconverged,
        }

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> LinearGrid:
        """The grid again, from its record."""
        return cls(np.array(record["coefficients"]), np.array(record["standard_errors"]), record["unconverged"])


def _with_constant(features: np.ndarray) -> np.ndarray:
    return np.column_stack((np.ones(len(features)), features))


class QuantileRegression(QuantileModel):
    """Every quantile is a linear function of the features, in units of the day's volatility."""

    name: ClassVar[str] = "quantreg"
    refit_every_days: ClassVar[int | None] = FIT_ONCE
    grid_type: ClassVar[type[QuantileGrid]] = LinearGrid

    @classmethod
    def load(cls) -> None:
        """Load the library that fits."""
        import statsmodels.regression.quantile_regression  # noqa: F401

    def card(self) -> dict[str, str]:
        """Model card in plain sentences."""
        grid = self.laws[1].grid
        assert isinstance(grid, LinearGrid)
        names = ["constant", *OWN_NAMES, *self.covariates]
        shown = ", ".join(
            f"{name} {value:.3f} (s.e. {error:.3f})"
            for name, value, error in zip(names, grid.coefficients[0], grid.standard_errors[0], strict=True)
            if name in ("constant", "size of return", "log volatility", *self.covariates)
        )
        unconverged = sum(law.grid.unconverged for law in self.laws.values() if isinstance(law.grid, LinearGrid))
        note = (
            f"; {unconverged} of the regressions did not converge and stand where they stopped" if unconverged else ""
        )
        return {
            "title": "Quantile regression",
            "what": (
                "Quantiles of the next days' log-return, each a linear function of recent returns and volatilities, put in order where "
                "they cross; beyond the outermost a generalised Pareto tail. It forecasts and generates no paths."
            ),
            "parameters": f"{self._fitted_on()}; lowest one-day quantile: {shown}{note}",
            "fails_when": (
                "Volatility leaves the range of its ten years, beyond which features are held at their bounds; few days stand behind the "
                "outer quantiles, and the tails' shape is the same on calm days and wild ones; errors for horizons above a day are "
                "understated, because windows overlap. Without covariates it knows nothing that the returns do not say."
                " A covariate that ends is read at its mean from ten days later."
            ),
        }
