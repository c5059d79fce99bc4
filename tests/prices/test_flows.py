"""Redemption histories: changes that add up, flags for what no holder did, and the facts of GLD and USDC."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standard_tables import raw_series

from gramlib.errors import DataContractError, ParameterError
from gramlib.prices.flows import flow_table
from gramlib.prices.quality import QualityLog
from gramlib.sources import quantity_file

DAYS = pd.date_range("2026-01-01", periods=60).astype("datetime64[us]")


def flows_of(values, days=DAYS, unit: str = "oz", last_day: str = "") -> tuple[pd.DataFrame, pd.DataFrame]:
    log = QualityLog()
    series = pd.Series(np.asarray(values, dtype="float64"), index=days[: len(values)])
    table = flow_table([("xaut", raw_series(series, "xaut", unit))], last_day, log)
    return table, log.table().set_index("check")


def quiet(n: int = 60) -> np.ndarray:
    return 500_000 * np.exp(np.cumsum(0.002 * np.random.default_rng(2).standard_normal(n)))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(1e6, 1e11), min_size=2, max_size=60))
def test_changes_add_up_and_shares_multiply_out(values: list[float]) -> None:
    table, _ = flows_of(values)
    assert table["quantity"].iloc[0] + table["change"].sum() == pytest.approx(
        values[-1], rel=1e-6, abs=1e-3 * max(values)
    )
    assert np.prod(1 + table["change_share"].iloc[1:]) == pytest.approx(values[-1] / values[0], rel=1e-3)
    assert table["flag"].iloc[0] == "first" and (table["flag"].iloc[1:] != "first").all()


@pytest.mark.parametrize(
    ("jump", "flag"), [(0.73, "step"), (1.3, "step"), (2.0, "split"), (0.1, "split"), (0.92, ""), (1.05, "")]
)
def test_an_isolated_jump_is_flagged_by_what_it_looks_like(jump: float, flag: str) -> None:
    values = quiet()
    values[30:] *= jump
    values[30] = values[29] * jump
    table, _ = flows_of(values)
    assert table["flag"].iloc[30] == flag and (table["flag"].drop([0, 30]) == "").all()


def test_a_definition_that_moves_and_moves_back_is_reverted() -> None:
    """The shape of XAUT on 1 and 6 February 2026: +191 thousand ounces, then 27% less, holders having done nothing."""
    values = quiet()
    values[31:36] /= 0.73
    table, quality = flows_of(values)
    assert list(table["flag"].iloc[[31, 36]]) == ["reverted", "reverted"]
    assert "2 flagged" in quality.loc["flow xaut: coverage", "found"]


def test_a_wave_of_redemptions_is_no_step() -> None:
    """The shape of UST in May 2022: -23.7% in a day amid a week of large days."""
    values = quiet()
    values[30:] *= np.cumprod([0.93, 0.86, 0.763, 0.9, 0.95, *np.ones(25)])
    table, _ = flows_of(values)
    assert (table["flag"].iloc[1:] == "").all() and table["change_share"].min() < -0.2


def test_zero_rows_go_and_gaps_are_flagged() -> None:
    values = quiet()
    values[:4] = 0
    values[20] = 0
    values[30:42] = np.nan
    table, quality = flows_of(values)
    assert len(table) == 60 - 4 - 1 - 12 and table["date"].iloc[0] == DAYS[4]
    after = table.set_index("date")
    assert (
        after.loc[DAYS[21], "days"] == 2 and after.loc[DAYS[42], "flag"] == "gap" and after.loc[DAYS[42], "days"] == 13
    )
    assert "4 empty or zero rows at the start, 13 later" in quality.loc["flow xaut: coverage", "found"]
    assert len(flows_of(quiet(), last_day=f"{DAYS[9]:%Y-%m-%d}")[0]) == 10


def test_impossible_quantities_are_refused() -> None:
    with pytest.raises(DataContractError, match="negative or infinite"):
        flows_of([1.0, -2.0, 3.0])
    with pytest.raises(DataContractError, match="a second quantity for one day"):
        flows_of([1.0, 2.0], days=DAYS[[0, 0]])
    with pytest.raises(DataContractError, match="counted in percent"):
        flows_of([1.0, 2.0], unit="percent")
    table, quality = flows_of([0.0, 0.0, 5.0])
    assert table.empty and quality.loc["flow xaut: coverage", "status"] == "warning"


def test_a_file_of_quantities_says_what_it_counts(tmp_path) -> None:
    path = tmp_path / "fund.csv"
    path.write_text("Date;Close;Total Ounces\n2020-01-02;150.1;1000\n2020-01-03;151;\n2020-01-06;150;990.5\n")
    raw = quantity_file.load("fund", str(path))
    assert (raw.unit, raw.card.rows, list(raw.frame.index)) == ("oz", 3, [2, 3, 4])
    assert np.allclose(raw.frame["value"], [1000, np.nan, 990.5], equal_nan=True)
    for text, message in (
        ("date,price\n2020-01-02,1\n", "no column called ounces"), ("date,supply\n02/01/2020,1\n", "02/01/2020"),
        ("date,supply\n2020-01-02,many\n", "'many'"),
    ):  # fmt: skip
        path.write_text(text)
        with pytest.raises(DataContractError, match=message):
            quantity_file.load("fund", str(path))
    with pytest.raises(ParameterError, match="cannot read"):
        quantity_file.load("fund", str(tmp_path / "none.csv"))


@pytest.fixture(scope="module")
def real(reference_data) -> pd.DataFrame:
    files = {
        "gld": "gld_daily_holdings_spdr_2004_2025.csv", "usdc": "usdc_daily_cmc_supply.csv", "usdt": "usdt_daily_cmc_supply.csv",
    }  # fmt: skip
    return flow_table(
        [(name, quantity_file.load(name, str(reference_data / file))) for name, file in files.items()], "", QualityLog()
    )


def product(table: pd.DataFrame, name: str) -> pd.DataFrame:
    return table[table["product"] == name].set_index("date")


def test_the_fund_in_2013(real) -> None:
    """ISSUER_MODEL 5: -20.8 t (1.6%) on 20 February, -11.7% in April for SPDR alone; SOURCES 3.5: -1.9% on 12 April."""
    fund = product(real, "gld")
    day = fund.loc["2013-02-20"]
    assert day["change"] * 31.1034768e-6 == pytest.approx(-20.77, abs=0.01)
    assert day["change_share"] == pytest.approx(-0.0157, abs=5e-5) and day["unit"] == "ounces"
    assert fund.loc["2013-04-30", "quantity"] / fund.loc["2013-03-28", "quantity"] - 1 == pytest.approx(
        -0.117, abs=5e-4
    )
    spring = fund.loc["2013-01-02":"2013-12-31", "change_share"]
    assert spring.min() == pytest.approx(-0.019, abs=5e-4) and spring.idxmin() == pd.Timestamp("2013-04-12")
    clean = fund.loc[fund["flag"] == "", "change_share"]
    assert (clean.idxmin(), round(clean.min(), 3)) == (pd.Timestamp("2008-04-24"), -0.034)


def test_the_stablecoin_whose_bank_failed(real) -> None:
    """SOURCES 3.5, USDC from 5 March to 31 May 2023: 43.98 to 28.88 bn, -4.4% on 11 March, -15.2% in the week to 17 March."""
    coin = product(real, "usdc").loc["2023-03-05":"2023-05-31"]
    assert coin["quantity"].iloc[[0, -1]].to_numpy() / 1e9 == pytest.approx([43.98, 28.88], abs=0.005)
    assert (coin["change_share"].idxmin(), round(coin["change_share"].min(), 3)) == (pd.Timestamp("2023-03-11"), -0.044)
    week = coin["quantity"].pct_change(7)
    assert (week.idxmin(), round(week.min(), 3)) == (pd.Timestamp("2023-03-17"), -0.152)
    assert (coin["flag"] == "").all() and coin["unit"].iloc[0] == "tokens"


def test_the_stablecoin_in_may_2022(real) -> None:
    """SOURCES 3.5, USDT from 1 May to 15 July 2022: 83.24 to 65.88 bn, -3.0% on 13 May, -10.8% in the week to 18 May."""
    coin = product(real, "usdt").loc["2022-05-01":"2022-07-15"]
    assert coin["quantity"].max() / 1e9 == pytest.approx(83.24, abs=0.02) and coin[
        "quantity"
    ].min() / 1e9 == pytest.approx(65.88, abs=0.03)
    assert (coin["change_share"].idxmin(), round(coin["change_share"].min(), 3)) == (pd.Timestamp("2022-05-13"), -0.03)
    assert coin["quantity"].pct_change(7).loc["2022-05-18"] == pytest.approx(-0.108, abs=1e-3)
