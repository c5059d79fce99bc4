"""Do forecasts hold out of sample: coverage tests with their power, the Basel zones, proper scores.

Pure functions on counts and arrays; `p` is always the nominal probability of an exception (0.01 for a 99% value at risk).
"""

from gramlib.backtests.coverage import (
    Christoffersen,
    LikelihoodRatio,
    basel_zone,
    christoffersen,
    cumulative_probability,
    kupiec,
    kupiec_power,
)
from gramlib.backtests.scores import crps_normal, crps_sample, pinball_loss
from gramlib.backtests.table import backtest_table

__all__ = [
    "Christoffersen",
    "LikelihoodRatio",
    "backtest_table",
    "basel_zone",
    "christoffersen",
    "crps_normal",
    "crps_sample",
    "cumulative_probability",
    "kupiec",
    "kupiec_power",
    "pinball_loss",
]
