"""Losses beside the gold price: how often, how large, what a year may cost, and whether own funds outlast it.

In the order in which they build on each other:

    severity      how large one loss is: lognormal, generalised Pareto, exponential, fixed
    aggregate     what a year costs: compound Poisson by Panjer's recursion and by FFT, with bounds of the discretisation
    ruin          whether own funds are ever exhausted: adjustment coefficient, closed forms, bounds, simulation
    credibility   own and industry experience weighted: Buehlmann-Straub, Poisson-gamma
    issuer_losses, issuer_ruin  the lines of one issuer, from the parameters of its random drivers; how long it lasts
"""

from gramlib.models.actuarial.aggregate import AggregateLoss, LossLine, aggregate_loss
from gramlib.models.actuarial.issuer_losses import credible_rates, loss_lines, loss_table
from gramlib.models.actuarial.issuer_ruin import ruin_table

__all__ = ["AggregateLoss", "LossLine", "aggregate_loss", "credible_rates", "loss_lines", "loss_table", "ruin_table"]
