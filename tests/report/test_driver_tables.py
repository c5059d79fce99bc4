"""Tables of drivers, chance on top of scenarios, fits and losses: what they count, and what they say in words."""

from __future__ import annotations

import pandas as pd

from gramlib.models import credible_rates, loss_lines, loss_table, ruin_table
from gramlib.models.redemption import redemption_fit
from gramlib.params.issuer import Issuer, OwnRecord
from gramlib.params.model_figures import load_figures
from gramlib.report import numbers, tables
from gramlib.report.tables.drivers import necessary
from gramlib.simulation.draws import generator


def effects(all_on: int, none: int, without: dict[str, int], only: dict[str, int]) -> pd.DataFrame:
    """Failures F7 of 1,000 paths by set of drivers."""
    rows = [("all", "", all_on), ("none", "", none)]
    rows += [("without", name, failed) for name, failed in without.items()]
    rows += [("only", name, failed) for name, failed in only.items()]
    return pd.DataFrame(
        [("liquidity", case, driver, "F7", 1000, failed) for case, driver, failed in rows],
        columns=["book", "case", "driver", "predicate", "n", "failed"],
    )


def test_the_driver_whose_absence_helps_most_is_named() -> None:
    table = effects(120, 20, {"confidence": 60, "liquidity": 30}, {"confidence": 40, "liquidity": 70})
    text = necessary(table)
    assert "12.0% of paths" in text and "2.0% with prices alone" in text
    assert "needs thin markets most: without, 3.0% are left" in text
    page = repr(tables.driver_effects(table))
    assert "Without thin markets" in page and "Prices and confidence events alone" in page


def test_no_driver_is_called_necessary_when_none_helps() -> None:
    assert "no single driver is necessary" in necessary(effects(50, 50, {"custody": 50}, {"custody": 50}))
    assert necessary(effects(0, 0, {"custody": 0}, {"custody": 0})) == "No path failed with all drivers on."
    assert "no single driver" in necessary(effects(10, 10, {}, {}))


def test_a_scenario_that_fails_as_listed_is_marked() -> None:
    odds = pd.DataFrame({"scenario": ["S1", "S2"], "predicate": "F4", "n": 200, "failed": [200, 5]})
    listed = pd.DataFrame({"scenario": ["S1", "S2"], "predicate": "F4", "first_day": [3, -1], "cause": ["price", ""]})
    page = repr(tables.scenario_odds(odds, listed))
    assert "100.0% *" in page and "2.5%" in page and "2.5% *" not in page


def test_fits_stand_beside_the_defaults_with_their_distance(workbench_root) -> None:
    empty_flows = pd.DataFrame({"date": [], "product": [], "quantity": [], "change_share": [], "flag": []})
    figures = load_figures(workbench_root, "redemption")
    fit = redemption_fit(empty_flows, pd.DataFrame(), Issuer(), figures, generator(1, "bootstrap"))
    page = repr(tables.fitted(fit, "Redemption"))
    assert "shipped figure" in page and "gld ounces" in page and "2004-11-19 to 2025-05-23" in page
    assert "0.000869" in page and "0.0000681" in page and "16.6" in page, "a rate of a tenth of a percent is no nought"
    assert " 0.00 " not in page


def test_losses_and_ruin_say_amounts_and_chances() -> None:
    issuer = Issuer()
    page = repr(tables.losses(loss_table(loss_lines(issuer, 128.6))))
    assert "custody 1" in page and "VaR 99.9%" in page and "0.0010" in page, "losses a year of one custodian"
    page = repr(tables.ruin(ruin_table(issuer, 128.6, generator(1, "bootstrap"), years=(1.0,), n_paths=500)))
    assert "1 year" in page and "Own funds USD 39.0 m" in page


def test_significant_digits_keep_small_figures_and_large_ones_whole() -> None:
    shown = [numbers.significant(value) for value in (0.00086918, -0.0856, 0.5, 19.171, 5158.4, 0.0)]
    assert shown == ["0.000869", "\N{MINUS SIGN}0.0856", "0.500", "19.2", "5,158", "0"]


def test_own_record_is_weighed_in_words(workbench_root) -> None:
    industry = load_figures(workbench_root, "actuarial")
    page = repr(tables.credibility(credible_rates(Issuer(), industry)))
    assert "0 in 0" in page and "No record of its own" in page and "FDIC" in page
    page = repr(tables.credibility(credible_rates(Issuer(own_record=OwnRecord(years=20.0, cyber_losses=1)), industry)))
    assert "1 in 20" in page and "50.0%" in page and "takes the credible rates" in page
