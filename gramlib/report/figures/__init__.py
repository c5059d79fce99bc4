"""Every chart of the workbench: a function of tables that returns a `Figure`.

data      price_history, return_profile
sources   coverage_timeline, agreement
tokens    token_premium, redemptions
train     volatility, league, tail_fit
tails     threshold_stability
predict   scenario_paths, fan
replay    replay, one scenario day by day; path, one drawn path
buffers   three_buffers
waterfall, anatomy   liquidity_waterfall, redemption_run: cash and holders of one path, day by day
analyse   failure_probabilities, loss_distribution, scenario_ranking, coverage_backtest
reverse   reverse_intervals; frontiers, failure_maps; likely, return_periods
sensitivity   tornado
attribution   loss_attribution, liquidity_ladder
uncertainty   convergence, uncertainty_sources
chain     chain_backtest
recommend   own_funds_required, measure_effects, fee_against_band, gate_against_run
packages  package_effects, efficient_frontier
recovery  early_warning, recovery_options, residual_shocks
summary   overview, the picture of a whole run
"""

from gramlib.report.figures.analyse import failure_probabilities, loss_distribution
from gramlib.report.figures.anatomy import redemption_run
from gramlib.report.figures.attribution import liquidity_ladder, loss_attribution
from gramlib.report.figures.buffers import three_buffers
from gramlib.report.figures.chain import chain_backtest
from gramlib.report.figures.coverage import coverage_backtest
from gramlib.report.figures.data import price_history, return_profile
from gramlib.report.figures.frontiers import failure_maps
from gramlib.report.figures.likely import return_periods
from gramlib.report.figures.packages import efficient_frontier, package_effects
from gramlib.report.figures.predict import fan, scenario_paths
from gramlib.report.figures.ranking import scenario_ranking
from gramlib.report.figures.recommend import fee_against_band, gate_against_run, measure_effects, own_funds_required
from gramlib.report.figures.recovery import early_warning, recovery_options, residual_shocks
from gramlib.report.figures.replay import path, replay
from gramlib.report.figures.reverse import reverse_intervals
from gramlib.report.figures.sensitivity import tornado
from gramlib.report.figures.sources import agreement, coverage_timeline
from gramlib.report.figures.summary import overview
from gramlib.report.figures.tails import threshold_stability
from gramlib.report.figures.tokens import redemptions, token_premium
from gramlib.report.figures.train import league, tail_fit, volatility
from gramlib.report.figures.uncertainty import convergence, uncertainty_sources
from gramlib.report.figures.waterfall import liquidity_waterfall

__all__ = [
    "agreement",
    "chain_backtest",
    "convergence",
    "coverage_backtest",
    "coverage_timeline",
    "early_warning",
    "efficient_frontier",
    "failure_maps",
    "failure_probabilities",
    "fan",
    "fee_against_band",
    "gate_against_run",
    "league",
    "liquidity_ladder",
    "liquidity_waterfall",
    "loss_attribution",
    "loss_distribution",
    "measure_effects",
    "overview",
    "own_funds_required",
    "package_effects",
    "path",
    "price_history",
    "recovery_options",
    "redemption_run",
    "redemptions",
    "replay",
    "residual_shocks",
    "return_periods",
    "return_profile",
    "reverse_intervals",
    "scenario_paths",
    "scenario_ranking",
    "tail_fit",
    "three_buffers",
    "threshold_stability",
    "token_premium",
    "tornado",
    "uncertainty_sources",
    "volatility",
]
