"""Price tables with a known law, so that a fit can be held against the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd

TRUE_MEAN, TRUE_OMEGA, TRUE_ALPHA, TRUE_BETA, TRUE_NU = 2e-4, 2e-6, 0.06, 0.92, 5.0


def price_table(log_return: np.ndarray, start: str = "2000-01-03", first_usd_per_oz: float = 1000.0) -> pd.DataFrame:
    """A `prices` table (catalogue columns) whose returns are `log_return`, after one first row without a return."""
    per_oz = first_usd_per_oz * np.exp(np.concatenate(([0.0], np.cumsum(log_return))))
    n = len(per_oz)
    return pd.DataFrame(
        {
            "date": pd.bdate_range(start, periods=n).astype("datetime64[us]"),
            "gold_usd_per_oz": per_oz,
            "gold_usd_per_g": per_oz / 31.1034768,
            "log_return": np.concatenate(([np.nan], log_return)),
            "filled": np.zeros(n, dtype=bool),
            "stale": np.zeros(n, dtype=bool),
            "outlier": np.zeros(n, dtype=bool),
        }
    )


def garch_returns(n: int, seed: int) -> np.ndarray:
    """Returns of a GARCH(1,1)-t with the true parameters above, by the textbook recursion."""
    rng = np.random.default_rng(seed)
    innovations = rng.standard_t(TRUE_NU, n) * np.sqrt((TRUE_NU - 2.0) / TRUE_NU)
    variance = TRUE_OMEGA / (1.0 - TRUE_ALPHA - TRUE_BETA)
    returns = np.empty(n)
    for t in range(n):
        shock = np.sqrt(variance) * innovations[t]
        returns[t] = TRUE_MEAN + shock
        variance = TRUE_OMEGA + TRUE_ALPHA * shock**2 + TRUE_BETA * variance
    return returns
