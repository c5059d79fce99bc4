from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gramlib.artefacts import check_table
from gramlib.models.actuarial import loss_lines, loss_table, ruin_table
from gramlib.models.actuarial.issuer_losses import credible_rates
from gramlib.params.issuer import Banks, Custodians, CyberDriver, Drivers, HoldingFee, Issuer, Lease, OwnRecord
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


def test_without_a_record_every_rate_is_the_issuer_files_to_the_digit(workbench_root: Path):
    table = credible_rates(ISSUER, load_figures(workbench_root, "actuarial"))
    check_table("credibility", table, "a test")
    assert list(table["driver"]) == ["custody", "bank", "cyber", "operations"]
    assert (table["rate_year"] == table["default_rate_year"]).all() and (table["weight"] == 0.0).all()
    assert loss_lines(ISSUER, PRICE, table) == loss_lines(ISSUER, PRICE)
    bank = table.set_index("driver").loc["bank"]
    assert bank["industry_rate_year"] == pytest.approx(1365 / 228_760, rel=1e-3) == bank["credible_rate_year"]
    assert "FDIC" in bank["basis"] and "judgement" in table.set_index("driver").loc["cyber", "basis"]


def test_twenty_clean_years_lower_each_rate_by_its_weight(workbench_root: Path):
    clean = ISSUER.model_copy(update={"own_record": OwnRecord(years=20.0)})
    table = credible_rates(clean, load_figures(workbench_root, "actuarial")).set_index("driver")
    # k = 1 / (rate cv^2): with cv 1 a thousand years at a custodian, twenty for cyber, one for stops.
    assert table.loc["custody", "weight"] == pytest.approx(40 / 1040)
    assert table.loc["cyber", "weight"] == pytest.approx(0.5)
    assert table.loc["operations", "weight"] == pytest.approx(20 / 21)
    for row in table.itertuples():
        assert row.rate_year == pytest.approx((1 - row.weight) * row.industry_rate_year)
        assert row.lower < row.rate_year < row.upper
    lines = {line.name: line.rate_year for line in loss_lines(clean, PRICE, table.reset_index())}
    assert lines["cyber"] == pytest.approx(0.025) and lines["custody 2"] == pytest.approx(0.001 * 1000 / 1040)
    assert lines["lease"] == clean.lease.calm_rate_year, "nobody counted leases"
    lower = loss_table(loss_lines(clean, PRICE, table.reset_index()))
    before, after = (t[t["line"] == "all"]["es_usd"].to_numpy() for t in (loss_table(loss_lines(clean, PRICE)), lower))
    assert (after < before).all()


def test_own_losses_raise_a_rate_and_no_more_than_they_were(workbench_root: Path):
    struck = ISSUER.model_copy(update={"own_record": OwnRecord(years=2.0, bank_failures=1, custody_losses=1)})
    table = credible_rates(struck, load_figures(workbench_root, "actuarial")).set_index("driver")
    for driver in ("bank", "custody"):
        assert table.loc[driver, "exposure_years"] == 4.0
        assert table.loc[driver, "industry_rate_year"] < table.loc[driver, "rate_year"] < 1 / 4.0


def test_a_record_moves_neither_the_drivers_nor_what_cannot_happen():
    clean = Issuer(own_record=OwnRecord(years=20.0))
    assert clean.drivers == Issuer().drivers
    never = Issuer(own_record=OwnRecord(years=20.0), drivers=Drivers(cyber=CyberDriver(rate_year=0.0)))
    table = credible_rates(never)
    assert "cyber" not in set(table["driver"])
    assert "cyber" not in {line.name for line in loss_lines(never, PRICE, table)}


def test_ruin_takes_the_same_rates():
    clean = Issuer(cash_usd=4e6, bills_usd=6e6, holding_fee=HoldingFee(on=True), own_record=OwnRecord(years=50.0))
    chances = [
        ruin_table(clean, PRICE, np.random.default_rng(1), years=(3.0,), n_paths=20_000, credibility=table)
        for table in (None, credible_rates(clean))
    ]
    assert chances[1]["expected_loss_usd_year"].iloc[0] < chances[0]["expected_loss_usd_year"].iloc[0]
    assert chances[1]["upper"].iloc[0] < chances[0]["lower"].iloc[0]
