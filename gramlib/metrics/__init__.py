"""Risk figures with their intervals.

    tail_risk       value at risk, expected shortfall, drawdown of plain arrays
    horizon         probabilities of different horizons made comparable
    intervals       how sure we are: proportions, paired differences, quantiles, bootstrap
    tail_bootstrap  the bootstrap of VaR and ES, from the tail alone
    daily, survival figures of one path from its days; closed forms of a run
    figures, scenario_figures       the metrics table of a run: books, scenarios, and what the drivers add
    path_sample     some paths of each book, walked again day by day: ladder, headroom, days counted
    attribution     which module losses come from
    buffers         what liquidity, custody and business hold, and what scenarios and tails take from them
    cash_flows, run_anatomy         one path day by day: where cash went, what pushed holders
    driver_shares   which driver failures come from, paired path by path
    headlines       the headline figures as means over paths, which pairs and batches compare
    convergence     have they settled, and are they sure enough for their limits
    parameter_uncertainty           what they would be with other parameters that the data allow

Pure functions on arrays and tables, but for those that walk paths again and say so; random numbers are handed in as a Generator.
"""

from gramlib.metrics.attribution import loss_attribution
from gramlib.metrics.buffers import buffers
from gramlib.metrics.cash_flows import cash_flows
from gramlib.metrics.convergence import convergence_table
from gramlib.metrics.driver_shares import driver_shares
from gramlib.metrics.figures import metrics_table
from gramlib.metrics.horizon import one_year
from gramlib.metrics.intervals import (
    Interval,
    bootstrap_interval,
    paired_difference_interval,
    quantile_interval,
    wilson_interval,
)
from gramlib.metrics.parameter_uncertainty import parameter_uncertainty
from gramlib.metrics.path_sample import path_sample
from gramlib.metrics.run_anatomy import run_anatomy
from gramlib.metrics.survival import survival_days, survival_days_with_sales
from gramlib.metrics.tail_risk import expected_shortfall, max_drawdown, value_at_risk

__all__ = [
    "Interval",
    "bootstrap_interval",
    "buffers",
    "cash_flows",
    "convergence_table",
    "driver_shares",
    "expected_shortfall",
    "loss_attribution",
    "max_drawdown",
    "metrics_table",
    "one_year",
    "paired_difference_interval",
    "parameter_uncertainty",
    "path_sample",
    "quantile_interval",
    "run_anatomy",
    "survival_days",
    "survival_days_with_sales",
    "value_at_risk",
    "wilson_interval",
]
