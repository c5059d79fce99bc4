"""Charts and tables of losses by module, ladder, convergence and parameter uncertainty: right whatever the run found."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd
import pytest

from gramlib.artefacts import analyse_metrics
from gramlib.artefacts.checking import _schema
from gramlib.report import vocabulary
from gramlib.report.figures import attribution, uncertainty
from gramlib.report.tables import uncertainty as tables

USED = {"scenarios": [{"id": "S14", "title": "Fall, run and dry market together"}]}
BOOKS = ("liquidity_price_only", "liquidity", "solvency")


def frame(artefact, rows) -> pd.DataFrame:
    made = pd.DataFrame(rows, columns=[c.name for c in artefact.columns])
    return _schema(artefact).validate(made.astype({c.name: c.dtype for c in artefact.columns}))


def losses(custody: float = 3e6, fees: float = -1e6) -> pd.DataFrame:
    rows = []
    for book in BOOKS:
        for over, factor in (("all", 0.1), ("tail", 1.0)):
            parts = {"custody_loss": factor * custody, "redemption_fees": factor * fees}
            total = sum(parts.values())
            for module, mean in (*parts.items(), ("total", total)):
                share = mean / total if total else math.nan
                rows.append((book, over, module, mean, mean - 2e5, mean + 2e5, share, 2500, "mean"))
    return frame(analyse_metrics.LOSS_ATTRIBUTION, rows)


def batches(decided: bool = True) -> pd.DataFrame:
    rows = []
    for subject, metric, value, limit, unit in (
        ("liquidity", "probability_F3", 0.045, 0.01, "1"),
        ("liquidity", "es_nonprice_loss", 1.2e7, math.nan, "USD"),
        ("solvency", "probability_F2", 0.0, 0.003, "1"),
        ("solvency", "probability_F1", 0.1, math.nan, "1"),
    ):
        for batch in range(1, 11):
            error = value * 0.1 / math.sqrt(batch) if batch > 1 else math.nan
            needed = 250.0 if decided else 123_456.0
            rows.append(
                (
                    subject,
                    metric,
                    batch,
                    1000 * batch,
                    value,
                    value * 1.02,
                    error,
                    limit,
                    max(0.2 * value, 1e-4),
                    decided,
                    needed,
                    unit,
                )
            )
    return frame(analyse_metrics.CONVERGENCE, rows)


def metrics() -> pd.DataFrame:
    rows = [("liquidity", "probability_F3", 0.045, 0.043, 0.047, "1"), ("liquidity", "es_nonprice_loss", 1.2e7, 1.1e7, 1.3e7, "USD"),
            ("solvency", "probability_F2", 0.0, 0.0, 1e-4, "1"), ("liquidity", "min_liquid_1d_share_q05", 0.0, 0.0, 0.0, "1"),
            ("liquidity", "min_liquid_5d_share_q05", 0.03, 0.02, 0.04, "1"), ("liquidity", "min_liquid_1d_share_q50", 0.01, 0.009, 0.011, "1"),
            ("liquidity", "min_liquid_5d_share_q50", 0.07, 0.06, 0.08, "1")]  # fmt: skip
    for scenario, one, five, day, days in (("S14", -1e-5, 0.04, 2.0, 1.3), ("calm", 0.02, 0.13, math.nan, math.nan)):
        for name, value in (("min_liquid_1d_share", one), ("min_liquid_5d_share", five), ("days_to_exhaustion", day),
                            ("survival_days", days), ("survival_days_with_sales", days)):  # fmt: skip
            rows.append((scenario, name, value, math.nan, math.nan, "1"))
    return pd.DataFrame(rows, columns=["subject", "metric", "value", "lower", "upper", "unit"]).assign(method="", n=10)


def parameters(upper: float = 0.06) -> pd.DataFrame:
    rows = [
        (
            "liquidity",
            "probability_F3",
            "price model",
            0.044,
            0.036,
            0.05,
            "1",
            20,
            10_000,
            0.03,
            "5% to 95% of 20 refits",
        ),
        (
            "liquidity",
            "probability_F3",
            "redemption response",
            0.044,
            0.043,
            upper,
            "1",
            20,
            10_000,
            0.03,
            "5% to 95% of 20 draws",
        ),
        (
            "liquidity",
            "es_nonprice_loss",
            "price model",
            1.1e7,
            1.1e7,
            1.1e7,
            "USD",
            20,
            10_000,
            1.0,
            "5% to 95% of 20 refits",
        ),
        ("solvency", "probability_F2", "price model", 0.0, 0.0, 0.0, "1", 20, 3_333, 0.0, "5% to 95% of 20 refits"),
    ]
    return frame(analyse_metrics.PARAMETER_UNCERTAINTY, rows)


CHARTS = {
    "loss_attribution": lambda: attribution.loss_attribution(losses()),
    "liquidity_ladder": lambda: attribution.liquidity_ladder(metrics(), USED),
    "convergence": lambda: uncertainty.convergence(batches()),
    "uncertainty_sources": lambda: uncertainty.uncertainty_sources(parameters(), metrics()),
}


@pytest.mark.parametrize("name", CHARTS)
def test_chart_speaks_to_eye_and_screen_reader(name):
    chart = CHARTS[name]()
    assert chart.headline.endswith(".") and re.search(r"\d", chart.headline)
    assert len(chart.alt) > 60 and re.search(r"\d", chart.alt)
    for text in (chart.headline, chart.alt, repr(chart.table)):
        assert not re.search(r"\b(nan|None|inf)\b", text)
    assert "<caption>" in chart._repr_html_() and chart.media == "image/svg+xml"
    assert CHARTS[name]().image == chart.image


def test_attribution_says_what_costs_most_and_follows_the_sign():
    assert (
        "lose USD 2.0 m on average, most of it through gold lost in custody (USD 3.0 m)"
        in attribution.attribution_sentence(losses(), "liquidity")
    )
    assert "gain USD 2.0 m on average in spite of gold lost in custody (USD 1.0 m)" in attribution.attribution_sentence(
        losses(1e6, -3e6), "liquidity"
    )
    assert attribution.attribution_sentence(losses(0.0, 0.0), "solvency").endswith("lose USD 0 on average.")


def test_convergence_names_what_is_not_sure_enough():
    assert (
        uncertainty.convergence(batches()).headline
        == "All 3 headlines shown are sure enough: no interval holds its limit."
    )
    unsure = uncertainty.convergence(batches(decided=False)).headline
    assert unsure.startswith("0 of 3 headlines") and "about 120,000 paths and has 10,000" in unsure
    assert unsure.endswith("and 1 other as well.") and unsure.count("needs") == 2
    on_it = tables.settled(batches(decided=False)).assign(paths_needed=math.inf)
    assert "no number of paths can be told for Late redemption (F3), liquidity" in uncertainty.convergence_sentence(
        on_it
    )
    assert tables.paths_needed(math.inf) == "cannot be told" and tables.paths_needed(65.0) == "65"


def test_ranges_are_put_about_the_estimate_of_all_paths():
    rows = uncertainty.uncertainty_rows(parameters(), metrics()).set_index(["metric", "source"])
    assert ("probability_F2", "price model") not in rows.index
    assert rows.loc[("probability_F3", "price model"), "low"] == pytest.approx(0.036 / 0.044)
    assert rows.loc[("probability_F3", "Monte Carlo"), "high"] == pytest.approx(0.047 / 0.045)
    assert rows["hidden"].to_dict()[("es_nonprice_loss", "price model")] is True
    headline = uncertainty.uncertainty_sentence(rows.reset_index())
    assert "Of 2 headlines" in headline and "1.36 times" in headline


def test_nothing_varied_is_said_so():
    nothing = parameters().iloc[:0]
    assert "no headline" in uncertainty.uncertainty_sources(nothing, metrics()).headline.lower()
    assert "Nothing was varied" in repr(tables.parameter_uncertainty(nothing))


def test_ladder_counts_scenarios_and_says_never():
    text = repr(tables.ladder(metrics()))
    assert "day 2" in text and "never" in text and "for ever" in text
    headline = attribution.liquidity_ladder(metrics(), USED).headline
    assert (
        headline.startswith("Cash and bills are used up in 1 of 2 listed scenarios; least is left in S14")
        and "4.0%" in headline
    )


def test_driver_table_leaves_out_what_never_fails():
    rows = [
        (
            "liquidity",
            p,
            case,
            driver,
            share,
            share * 0.9,
            min(1.0, share * 1.1 + 1e-4),
            effect,
            effect - 0.001,
            effect + 0.001,
            50_000,
            5_000,
            "m",
        )
        for p, share in (("F3", 0.045), ("F6", 0.0))
        for case, driver, effect in (
            ("all", "", share),
            ("none", "", np.nan),
            ("without", "custody", share / 2),
            ("only", "custody", share / 3),
        )
    ]
    text = repr(tables.driver_shares(frame(analyse_metrics.DRIVER_SHARES, rows)))
    assert "Late redemption (F3), without custody losses" in text and "F6" not in text and "nan" not in text


def test_figures_of_failures_have_words():
    for metric, words in (
        ("days_to_F4_q05", "day of Peg loss (F4), quantile 5%"), ("odds_F2", "chance, with random drivers on top, of Insolvency (F2)"),
        ("median_days_to_any", "median day of any failure"), ("probability_F3", "chance of Late redemption (F3)"),
        ("min_liquid_5d_share_q05", "lowest liquid assets within five days, over what is owed, quantile 5%"),
    ):  # fmt: skip
        assert vocabulary.metric_name(metric) == words
    assert vocabulary.metric_unit("odds_F2", "1") == vocabulary.metric_unit("min_liquid_1d_share", "1") == "share"
