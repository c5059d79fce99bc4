from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gramlib.models.actuarial import loss_lines, loss_table
from gramlib.models.actuarial.issuer_losses import credible_rates
from gramlib.params.issuer import Banks, Custodians, Issuer, Lease
from gramlib.params.model_figures import load_figures

PRICE = 4000 / 31.1034768
ISSUER = Issuer(
    custodians=Custodians(on=True, shares=[0.6, 0.4]),
    banks=Banks(on=True, shares=[0.5, 0.5]),
    lease=Lease(on=True, gold_g=100_000.0),
)


def test_lines_are_the_drivers_in_dollars():
    lines = {line.name: line for line in loss_lines(ISSUER, PRICE)}
    assert set(lines) == {"custody 1", "custody 2", "bank 1", "bank 2", "cyber", "operations", "lease"}
    gold_usd = 0.6 * 10e6 * PRICE
    assert lines["custody 1"].rate_year == 0.001
    assert lines["custody 1"].severity.mean == pytest.approx(0.0476 * gold_usd, rel=1e-3)
    assert float(lines["custody 1"].severity.quantile(np.array(1 - 1e-9))) == pytest.approx(gold_usd)
    assert lines["bank 2"].mean == pytest.approx(0.005 * 0.1 * 0.5 * 13e6)
    assert lines["cyber"].mean == pytest.approx(0.05 * 2e6)
    assert lines["operations"].mean == pytest.approx(3e6 / 252)
    assert lines["lease"].mean == pytest.approx(0.005 * 0.7 * 100_000 * PRICE)


def test_what_the_issuer_does_not_have_is_no_line():
    assert [line.name for line in loss_lines(Issuer(), PRICE)] == ["custody 1", "cyber", "operations"]
    heavier = loss_lines(Issuer(), 2 * PRICE)[0]
    assert heavier.mean == pytest.approx(2 * loss_lines(Issuer(), PRICE)[0].mean)


def test_table_has_every_line_and_their_sum_with_bounds_that_hold():
    lines = loss_lines(ISSUER, PRICE)
    table = loss_table(lines)
    assert len(table) == 4 * (len(lines) + 1)
    assert (table["var_lower_usd"] <= table["var_usd"] + 1e-6).all()
    assert (table["var_usd"] <= table["var_upper_usd"] + 1e-6).all()
    assert (table["es_lower_usd"] <= table["es_usd"]).all() and (table["es_usd"] <= table["es_upper_usd"]).all()
    assert (table["es_usd"] >= table["var_usd"]).all()
    together = table[table["line"] == "all"].set_index("level")
    assert together["mean_usd"].iloc[0] == pytest.approx(sum(line.mean for line in lines))
    # What the grid leaves open is far less than what the parameters do.
    assert ((together["es_upper_usd"] - together["es_lower_usd"]) / together["es_usd"]).max() < 0.03
    alone = table[table["line"] != "all"].groupby("level")["es_usd"].sum()
    assert (together["es_usd"] <= alone).all()


def test_own_record_moves_a_rate_by_its_credibility(workbench_root: Path):
    table = credible_rates(
        ISSUER, {"custody": (0, 6.0), "bank": (1, 4.0)}, load_figures(workbench_root, "actuarial")
    ).set_index("driver")
    assert list(table.index) == ["custody", "bank", "cyber", "operations"]
    assert table.loc["bank", "industry_rate"] == pytest.approx(1365 / 228_760, rel=1e-3)
    assert table.loc["bank", "industry_rate"] < table.loc["bank", "rate_year"] < 0.25
    assert table.loc["custody", "rate_year"] == pytest.approx(0.001 * (1 - 6 / 1006))
    assert table.loc["cyber", "rate_year"] == pytest.approx(0.05) and table.loc["cyber", "weight"] == 0.0
    assert "judgement" in table.loc["cyber", "basis"] and "FDIC" in table.loc["bank", "basis"]
