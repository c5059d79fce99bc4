"""Price models of gold: one a file, one protocol, judged out of sample before one is used.

returns       the usable daily log-returns of a price table
window        what one fit may see, and the GARCH filter its models share
arch_fit      GARCH(1,1) with Student-t errors through the arch library, persistence capped
garch         the filter itself: recursion, closed-form forecasts, day loops
tails         generalised Pareto and Student-t closed forms; the GPD fit
semiparametric  residuals in the middle, GPD beyond
protocol      what every model offers
hs, fhs, garch_t  the models
scores, evaluation, contest  rolling forecasts, their scores, the champion
training, simulate   the two doors of the room
"""

from gramlib.models.simulate import simulate_prices
from gramlib.models.training import Training, train

__all__ = ["Training", "simulate_prices", "train"]
