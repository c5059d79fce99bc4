"""Do forecasts hold out of sample: tests of coverage, of shortfall and of the whole law, with their power; proper scores.

`chain_backtest` and `chain_tests` do so for the whole chain, month by month on the past. The rest are pure
functions on counts and arrays; `p` is always the nominal probability of an exception (0.01 for a 99% value at risk).
"""

from gramlib.backtests.chain import ChainRules, chain_backtest
from gramlib.backtests.chain_tests import chain_tests
from gramlib.backtests.coverage import (
    Christoffersen,
    LikelihoodRatio,
    basel_zone,
    christoffersen,
    cumulative_probability,
    kupiec,
    kupiec_power,
)
from gramlib.backtests.dynamic_quantile import dynamic_quantile
from gramlib.backtests.scores import crps_normal, crps_sample, pinball_loss
from gramlib.backtests.shortfall import critical_values, shortfall_tests, z1_z2
from gramlib.backtests.table import backtest_table
from gramlib.backtests.uniformity import anderson_darling, berkowitz, kolmogorov_smirnov

__all__ = [
    "ChainRules",
    "Christoffersen",
    "LikelihoodRatio",
    "anderson_darling",
    "backtest_table",
    "basel_zone",
    "berkowitz",
    "chain_backtest",
    "chain_tests",
    "christoffersen",
    "critical_values",
    "crps_normal",
    "crps_sample",
    "cumulative_probability",
    "dynamic_quantile",
    "kolmogorov_smirnov",
    "kupiec",
    "kupiec_power",
    "pinball_loss",
    "shortfall_tests",
    "z1_z2",
]
