"""Tables of the tails: the threshold used beside the others, moves by three ways, bounds that are none."""

from __future__ import annotations

import numpy as np

from gramlib.report import figures, tables


def test_used_threshold_stands_beside_the_range_of_the_others(run_tables):
    own = run_tables.tail_fit
    xi = own[(own["series"] == "residuals") & (own["tail"] == "falls") & (own["quantity"] == "xi")]
    page = repr(tables.thresholds(own))
    others = xi[~xi["used"]]["value"]
    line = next(line for line in page.splitlines() if line.startswith("residuals, falls: Shape xi"))
    assert f"{xi[xi['used']]['value'].iloc[0]:.3f}"[:4] in line
    assert f"{others.min():.3f}"[:4] in line and f"{others.max():.3f}"[:4] in line
    assert "The tails at every threshold" in page and "profile likelihood" in page


def test_a_rare_move_is_told_by_the_tail_the_champion_and_the_range(run_tables):
    page = repr(tables.rare_moves(run_tables.tail_fit))
    assert "20 days: fall once in 25 years | \N{EN DASH} | 21.1% (16.9% to 25.3%) | 21.1% (16.9% to 25.3%)" in page
    assert "20 days: years between falls of 15% | \N{EN DASH} | 6.8 (5.4 to 8.2)" in page
    assert "1 day: fall once in 10 years | " in page and "Champion (fhs)" in page


def test_what_nothing_bounds_is_said_in_words(run_tables):
    endless = run_tables.tail_fit.copy()
    endless.loc[endless["quantity"] == "years_between_9_percent", "upper"] = np.inf
    endless.loc[endless["quantity"] == "es_999", "upper"] = np.inf
    page = repr(tables.rare_moves(endless)) + repr(tables.thresholds(endless))
    assert "to no bound" in page and "inf" not in page


def test_too_short_a_history_is_said(run_tables):
    nothing = run_tables.tail_fit[run_tables.tail_fit["series"] != "residuals"]
    assert "too few days" in figures.threshold_stability(nothing).headline
