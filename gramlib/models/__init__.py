"""Price models of gold: one a file, one protocol, judged out of sample before one is used.

In the order in which they build on each other:

    returns          the usable daily log-returns of a price table
    garch, arch_fit  the volatility filter; its fit through the arch library, persistence capped
    window           what one fit may see, and what its models share: the filter, and each other's fits
    tails            generalised Pareto and Student-t closed forms; the GPD fit
    semiparametric   a law with residuals in the middle and a GPD beyond
    skew_t, normal_mixture, hidden_chain, regime_law   laws that models draw from, apart from any fit
    estimate         how a fit went, and standard errors; weighted_sample, ewma  what several models share
    protocol         what every model offers
    hs, hs_age, fhs, garch_t, gjr_t, garch_skewt, egarch, bootstrap, regime, jump   the models; registry has their names
    features, quantile_law, quantile_model   what quantile_regression and boosted share: forecasters without paths
    network_cell, network_fit, network   a recurrent network: NumPy runs it, TensorFlow trains it; ensemble mixes models
    egarch_fit, regime_fit, jump_fit   estimation, apart, because it imports what simulating does without
    threads          how the threads that fit and forecast share the processors
    refits, kept_forecasts, evaluation   rolling forecasts, each model at its own refits; nothing later than its origin is
                     seen, and what is finished is kept for an evaluation that is stopped
    scores, log_score             what a forecast is worth: CRPS, pinball, log score, and where the outcome fell in it
    multiplicity, contest         Holm, the model confidence set; the league, the duels, the champion
    stylised, acceptance          do a model's paths look like gold; those that do not are out of the contest
    far_tail         how rare each model thinks a day is that it has hardly seen
    tail_region, tail_fit, rare_moves   what the tails say at each threshold, how surely, and how rare large moves are
    refit_bootstrap  how sure a model's numbers are: refits to histories that might have happened
    checking, plugins             the protocol as a checklist; models that other packages add
    training, simulate            the two doors of the room
"""

from gramlib.models.actuarial import credible_rates, loss_lines, loss_table, ruin_table
from gramlib.models.checking import check_model
from gramlib.models.premium import premium_fit
from gramlib.models.redemption import redemption_fit
from gramlib.models.refit_bootstrap import bootstrap_calibrations, refitted_model
from gramlib.models.residual_law import residual_law
from gramlib.models.simulate import simulate_prices
from gramlib.models.tail_fit import tail_fit_table
from gramlib.models.training import Training, train

__all__ = [
    "Training",
    "bootstrap_calibrations",
    "check_model",
    "credible_rates",
    "loss_lines",
    "loss_table",
    "premium_fit",
    "redemption_fit",
    "refitted_model",
    "residual_law",
    "ruin_table",
    "simulate_prices",
    "tail_fit_table",
    "train",
]
