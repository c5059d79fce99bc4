"""The law of residuals that filtered historical simulation draws from, for whoever draws by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gramlib.models.fhs import FilteredHistoricalSimulation
from gramlib.models.semiparametric import SemiparametricLaw


def residual_law(
    calibration: dict[str, Any], residuals: pd.DataFrame, model: str = "champion"
) -> SemiparametricLaw | None:
    """Law of `model` (a name in the calibration, or "champion"), None for models that draw from no residuals.

    `residuals` is the training stage's table.
    """
    name = calibration["champion"] if model == "champion" else model
    if name != FilteredHistoricalSimulation.name or name not in calibration["models"]:
        return None
    values = residuals["residual"].to_numpy(dtype=np.float64)
    return FilteredHistoricalSimulation.from_record(calibration["models"][name], values).law
