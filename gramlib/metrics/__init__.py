"""Risk figures with their intervals.

    tail_risk       value at risk, expected shortfall, drawdown of plain arrays
    intervals       how sure we are: proportions, paired differences, quantiles, bootstrap
    tail_bootstrap  the bootstrap of VaR and ES, from the tail alone
    figures         the metrics table of a run: books, scenarios, and what the drivers add

Pure functions on arrays and tables; random numbers are handed in as a Generator.
"""

from gramlib.metrics.figures import metrics_table
from gramlib.metrics.intervals import (
    Interval,
    bootstrap_interval,
    paired_difference_interval,
    quantile_interval,
    wilson_interval,
)
from gramlib.metrics.tail_risk import expected_shortfall, max_drawdown, value_at_risk

__all__ = [
    "Interval",
    "bootstrap_interval",
    "expected_shortfall",
    "max_drawdown",
    "metrics_table",
    "paired_difference_interval",
    "quantile_interval",
    "value_at_risk",
    "wilson_interval",
]
