"""`gram replay` as one call: the worked vector through files, and every refusal with file and line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gramlib.errors import DataContractError, ParameterError
from gramlib.params.issuer import Issuer
from gramlib.params.issuer_file import load_issuer
from gramlib.simulation import ledger, replay_csv, simulate
from gramlib.simulation.replay_csv import DAYS_COLUMNS, read_prices_csv

DESIGN_HEADER = (
    "day, price_usd_per_g, coverage, intensity, redemption_rate, requested_g, paid_g, queue_g, tokens_g, sold_g, "
    "execution_usd_per_g, gold_g, cash_usd, bills_usd, receivables_usd, wait_days, band, discount, equity_usd, "
    "fees_usd, slippage_usd"
)
"""As the design page fixes it, in this order."""

WORKED = "date,gold_usd_per_oz\n2013-04-11,4000\n2013-04-12,3800\n2013-04-15,3458\n2013-04-16,3527.16\n"


def written(folder: Path, text: str, name: str = "prices.csv") -> Path:
    """`text` as a file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_header_begins_with_the_design_s_and_the_extensions_follow() -> None:
    header = ", ".join(DAYS_COLUMNS)
    assert header.startswith(f"{DESIGN_HEADER}, backing, ")
    assert DAYS_COLUMNS[-3:] == ("shortfall_usd", "run_requested_g", "discount_shock") and len(
        set(DAYS_COLUMNS)
    ) == len(DAYS_COLUMNS)


@pytest.mark.parametrize("engine", ["reference", "kernel"])
def test_worked_vector_through_files(tmp_path: Path, workbench_root: Path, engine: str) -> None:
    issuer = load_issuer("worked_vector", workbench_root)
    out = tmp_path / "days.csv"
    returned = replay_csv(written(tmp_path, WORKED), issuer, None, engine, out)
    days = pd.read_csv(out)
    assert list(days) == list(DAYS_COLUMNS)
    assert days["day"].tolist() == [1, 2, 3]
    assert days["equity_usd"].tolist() == pytest.approx([38_993_147, 38_986_886, 38_970_338], abs=0.5)
    assert (days.to_numpy() == returned.to_numpy()).all(), "a number lost digits on its way through the file"


def test_events_reach_the_engine(tmp_path: Path) -> None:
    events = written(tmp_path, "day,event,lost_g,liquidity_multiplier\n2,1,1000,3\n", "events.csv")
    days = replay_csv(written(tmp_path, WORKED), Issuer(), events, "reference")
    calm = replay_csv(written(tmp_path, WORKED), Issuer())
    assert days.iloc[0].equals(calm.iloc[0])
    assert days["intensity"][1] > calm["intensity"][1] + 3 * 0.99
    assert days["gold_g"][1] < calm["gold_g"][1]


def test_prices_are_converted_at_the_door_and_other_columns_left_alone(tmp_path: Path) -> None:
    text = "note,gold_usd_per_oz\nx,3110.34768\ny,6220.69536\n"
    np.testing.assert_allclose(read_prices_csv(written(tmp_path, text)), [100.0, 200.0], rtol=1e-15)
    assert len(read_prices_csv(written(tmp_path, "\ufeffgold_usd_per_oz\n100\n101\n\n"))) == 2


@pytest.mark.parametrize(
    ("text", "found", "line"),
    [
        ("gold_usd_per_oz\n4000\n\n3900\n", "a gap", 3),
        ("date,gold_usd_per_oz\n2020-01-01,4000\n2020-01-02,\n2020-01-03,4000\n", "a gap", 3),
        ("date,gold_usd_per_oz\n2020-01-01,4000\n2020-01-02\n", "a gap", 3),
        ("gold_usd_per_oz\n4000\nn/a\n", "'n/a'", 3),
        ("gold_usd_per_oz\n4000\nnan\n", "'nan'", 3),
        ("gold_usd_per_oz\n4000\ninf\n", "'inf'", 3),
        ("gold_usd_per_oz\n0\n3900\n", "'0'", 2),
        ("gold_usd_per_oz\n4000\n-3900\n", "'-3900'", 3),
        ("4000\n3900\n", "0 columns gold_usd_per_oz", 1),
        ("gold_usd_per_g\n128\n127\n", "did you mean 'gold_usd_per_g'", 1),
        ("gold_usd_per_oz,gold_usd_per_oz\n1,2\n1,2\n", "2 columns", 1),
        ("", "empty file", 1),
        ("date,gold_usd_per_oz\n2020-01-03,4000\n2020-01-02,3900\n", "2020-01-02 after 2020-01-03", 3),
        ("date,gold_usd_per_oz\n2020-01-03,4000\n2020-01-03,3900\n", "2020-01-03 after 2020-01-03", 3),
        ("date,gold_usd_per_oz\n2020-13-03,4000\n2020-01-03,3900\n", "date is '2020-13-03'", 2),
        ("date,gold_usd_per_oz\n2020-01-02,4,000\n2020-01-03,3,900\n", "3 cells", 2),
    ],
)
def test_bad_prices_are_refused_with_file_and_line(tmp_path: Path, text: str, found: str, line: int) -> None:
    path = written(tmp_path, text)
    with pytest.raises(DataContractError) as refused:
        read_prices_csv(path)
    assert found in str(refused.value)
    assert refused.value.origin == f"{path}:{line}"


def test_one_price_is_no_path(tmp_path: Path) -> None:
    with pytest.raises(DataContractError, match=r"1 price\(s\)"):
        read_prices_csv(written(tmp_path, "gold_usd_per_oz\n4000\n"))
    with pytest.raises(DataContractError, match="cannot read"):
        read_prices_csv(tmp_path / "none.csv")


def test_engines_and_folders_that_do_not_exist_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, WORKED)
    with pytest.raises(ParameterError, match="cannot write"):
        replay_csv(path, Issuer(), out_path=tmp_path / "nowhere" / "days.csv")
    with pytest.raises(ParameterError, match="did you mean 'kernel'"):
        replay_csv(path, Issuer(), engine="kernal")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -1.0])
def test_simulate_refuses_prices_that_are_none(bad: float) -> None:
    paths = np.full((3, 5), 128.0)
    paths[1, 2] = bad
    with pytest.raises(DataContractError, match="on day 2 of path 1"):
        simulate(Issuer(), paths)
    with pytest.raises(DataContractError, match="on day 0 of path 0"):
        simulate(Issuer(), np.array([0.0, 1.0]))
    with pytest.raises(DataContractError, match="shape"):
        simulate(Issuer(), np.array([128.0]))
    with pytest.raises(DataContractError, match="one path"):
        ledger(Issuer(), paths)
