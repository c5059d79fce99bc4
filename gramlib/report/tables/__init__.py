"""Every table of the pages: each takes an artefact as it stands and says it in words, units and statuses."""

from gramlib.report.tables.chain import chain_tests
from gramlib.report.tables.data import agreement, attempts, facts, flows, joins, premium, quality, series, sources
from gramlib.report.tables.drivers import driver_effects
from gramlib.report.tables.fitted import credibility, fitted, losses, ruin
from gramlib.report.tables.judged import failure_names, interval, metrics, reverse, shock_range, verdicts
from gramlib.report.tables.judgement import acceptance, backtests, contest, league, power
from gramlib.report.tables.likely_failures import failure_causes, likely_failures, likely_sentence, likely_sentences
from gramlib.report.tables.models import champion_record, model_cards, model_inventory, sign_off
from gramlib.report.tables.packages import efficient_frontier, package, package_effects
from gramlib.report.tables.plain import NO_EVIDENCE
from gramlib.report.tables.recommend import closed_forms, conflicts, measure_effects, own_funds_parts, recommendations
from gramlib.report.tables.recovery import early_warning, recovery_options, residual_risk
from gramlib.report.tables.requirements import requirements
from gramlib.report.tables.scenario_results import scenario_results
from gramlib.report.tables.scenarios import failures, scenario_odds, scenarios
from gramlib.report.tables.sensitivity import decision_flips, screen, tornado_of
from gramlib.report.tables.settings import assumptions, issuer, leaves, parameters, provenance
from gramlib.report.tables.tails import rare_moves, thresholds
from gramlib.report.tables.uncertainty import (
    convergence,
    driver_shares,
    ladder,
    loss_attribution,
    parameter_uncertainty,
)

__all__ = [
    "NO_EVIDENCE",
    "acceptance",
    "agreement",
    "assumptions",
    "attempts",
    "backtests",
    "chain_tests",
    "champion_record",
    "closed_forms",
    "conflicts",
    "contest",
    "convergence",
    "credibility",
    "decision_flips",
    "driver_effects",
    "driver_shares",
    "early_warning",
    "efficient_frontier",
    "facts",
    "failure_causes",
    "failure_names",
    "failures",
    "fitted",
    "flows",
    "interval",
    "issuer",
    "joins",
    "ladder",
    "league",
    "leaves",
    "likely_failures",
    "likely_sentence",
    "likely_sentences",
    "loss_attribution",
    "losses",
    "measure_effects",
    "metrics",
    "model_cards",
    "model_inventory",
    "own_funds_parts",
    "package",
    "package_effects",
    "parameter_uncertainty",
    "parameters",
    "power",
    "premium",
    "provenance",
    "quality",
    "rare_moves",
    "recommendations",
    "recovery_options",
    "requirements",
    "residual_risk",
    "reverse",
    "ruin",
    "scenario_odds",
    "scenario_results",
    "scenarios",
    "screen",
    "series",
    "shock_range",
    "sign_off",
    "sources",
    "thresholds",
    "tornado_of",
    "verdicts",
]
