"""An evaluation in a process of its own, to be killed: `python evaluated.py FOLDER` keeps its parts in FOLDER."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from synthetic_garch import garch_returns, price_table

from gramlib.models.evaluation import rolling_forecasts
from gramlib.models.registry import BASELINES, PATH_MODELS
from gramlib.models.returns import Returns, usable_returns
from gramlib.params.stages import TrainParams
from gramlib.store.parts import Parts

NAMES = ("fhs", "garch_t", "jump")
PARAMS = TrainParams(models=list(NAMES), eval_days=120, min_train_days=1000, refit_every_days=30, horizons_days=[1, 5])
MODELS = [*BASELINES, *(PATH_MODELS[name] for name in NAMES)]
KEPT_BEFORE_THE_END = 5
UNITS = len(MODELS) * PARAMS.eval_days // PARAMS.refit_every_days


def series() -> Returns:
    return usable_returns(price_table(garch_returns(1500, seed=11)))


def evaluated(
    parts: Parts | None,
    returns: Returns | None = None,
    params: TrainParams = PARAMS,
    seed: int = 1,
    progress: Callable[[int, int, str], None] | None = None,
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return rolling_forecasts(returns or series(), 0, MODELS, params, rng, progress, parts=parts)


def same_bytes(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    numbers = one.select_dtypes("number").columns
    return one[numbers].to_numpy().tobytes() == other[numbers].to_numpy().tobytes()


def _stand_still(folder: Path) -> None:
    """Wait to be killed once some parts are there."""
    if len(list(folder.glob("*.npz"))) >= KEPT_BEFORE_THE_END:
        time.sleep(300)


if __name__ == "__main__":
    here = Path(sys.argv[1])
    evaluated(Parts(here, print), progress=lambda *_: _stand_still(here))
