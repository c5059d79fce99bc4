"""The data stage in one call, from the sample and from files: what it hands on, and what it says about it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from standard_tables import random_gold

from gramlib.artefacts import check_table
from gramlib.errors import DataContractError
from gramlib.params.stages import DataParams
from gramlib.prices import acquire
from gramlib.sources.monthly import monthly_history


def close_to_history(start: str, end: str, seed: int = 1) -> pd.Series:
    """A daily series that follows the shipped averages, as real gold does."""
    gold = random_gold(start, end, seed)
    months = pd.PeriodIndex(gold.index, freq="M")
    return gold / gold.groupby(months).transform("mean") * monthly_history()[months].to_numpy()


def written(folder: Path, name: str, values: pd.Series, column: str = "price") -> str:
    path = folder / f"{name}.csv"
    pd.DataFrame({"date": values.index.strftime("%Y-%m-%d"), column: values.to_numpy()}).to_csv(path, index=False)
    return str(path)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    gold = close_to_history("2010-01-04", "2019-12-30")
    noisy = gold * np.exp(0.0005 * np.random.default_rng(4).standard_normal(len(gold)))
    days = pd.date_range("2015-01-01", "2016-12-31")
    token = noisy.reindex(days.union(noisy.index), method="ffill")[days] * 1.002
    return {
        "gold": written(tmp_path, "gold", gold.iloc[1000:]),
        "older": written(tmp_path, "older", noisy.iloc[:1500]),
        "second": written(tmp_path, "second", noisy),
        "token": written(
            tmp_path, "token", token * np.exp(0.001 * np.random.default_rng(6).standard_normal(len(token)))
        ),
        "fund": written(
            tmp_path,
            "fund",
            1e6 * np.exp(0.001 * gold.iloc[1000:1300].diff().fillna(0).cumsum() / gold.iloc[0]),
            "ounces",
        ),
    }


def holds(data) -> None:
    for name in ("prices", "token_prices", "flows", "quality"):
        check_table(name, getattr(data, name), "a test")
    assert json.loads(json.dumps(data.document, allow_nan=False)) == data.document


def test_the_sample_has_empty_tables_and_says_what_it_is() -> None:
    told: list[str] = []
    data = acquire(DataParams(), Path("/nowhere"), lambda done, total, text: told.append(text))
    holds(data)
    assert (len(data.token_prices), len(data.flows), data.document["grade"]) == (0, 0, "D")
    assert not data.prices["joined"].any() and set(data.prices["source"]) == {"sample"}
    assert data.document["monthly"]["months"] > 600 and told
    assert set(data.differences["series"]) == {"monthly history"}


def test_files_are_joined_compared_and_listed(files: dict[str, str]) -> None:
    params = DataParams(
        source="file", path=files["gold"], splice=[f"older={files['older']}"], crosscheck=[f"second={files['second']}"],
        token_files=[f"paxg={files['token']}"], flow_files=[f"gld={files['fund']}"],
    )  # fmt: skip
    data = acquire(params, Path("/nowhere"))
    holds(data)
    assert (
        list(dict.fromkeys(data.prices["source"])) == ["file:older", "file"] and int(data.prices["joined"].sum()) == 1
    )
    document = data.document
    assert [join["before"] for join in document["joins"]] == ["file:older"]
    assert document["agreement"][0]["agrees"] and document["agreement"][0]["basis"] == "week"
    assert (
        document["grade"] == "C" and document["redistribute"] == "unknown"
    )  # two files of nobody's do not confirm each other
    assert [each["role"] for each in document["series"]] == ["gold", "gold", "crosscheck", "token paxg", "flow gld"]
    assert {card["id"] for card in document["cards"]} == {
        "file",
        "file:older",
        "file:second",
        "file:paxg",
        "file:gld",
        "world_bank_monthly",
    }
    checks = set(data.quality["check"])
    assert {
        "agreement file:second",
        "agreement monthly",
        "token paxg: coverage",
        "flow gld: coverage",
        "splice file:older",
    } <= checks
    assert len(data.token_prices) and len(data.flows)
    assert set(data.differences["series"]) == {"monthly history", "file:second"}


def test_the_same_files_give_the_same_tables(files: dict[str, str]) -> None:
    params = DataParams(
        source="file",
        path=files["gold"],
        crosscheck=[f"second={files['second']}"],
        token_files=[f"paxg={files['token']}"],
    )
    first, again = (acquire(params, Path("/nowhere")) for _ in range(2))
    for name in ("prices", "token_prices", "quality"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(again, name))
    assert first.document == again.document


def test_a_second_series_that_differs_is_a_warning(files: dict[str, str], tmp_path: Path) -> None:
    off = written(tmp_path, "off", close_to_history("2010-01-04", "2019-12-30") * 1.02)
    data = acquire(DataParams(source="file", path=files["gold"], crosscheck=[f"off={off}"]), Path("/nowhere"))
    row = data.quality.set_index("check").loc["agreement file:off"]
    assert row["status"] == "warning" and "198" in row["found"] and not data.document["agreement"][0]["agrees"]


def test_a_series_outside_the_window_is_left_out_and_a_bad_file_is_not(files: dict[str, str], tmp_path: Path) -> None:
    params = DataParams(source="file", path=files["gold"], start="2017-01-02", splice=[f"older={files['older']}"])
    data = acquire(params, Path("/nowhere"))
    assert not data.document["joins"] and data.quality.set_index("check").loc["splice file:older", "status"] == "note"
    (tmp_path / "bad.csv").write_text("<html>gone</html>")
    with pytest.raises(DataContractError):
        acquire(
            DataParams(source="file", path=files["gold"], crosscheck=[f"bad={tmp_path / 'bad.csv'}"]), Path("/nowhere")
        )


def test_providers_named_beside_a_file_are_not_asked_and_that_is_said(files: dict[str, str]) -> None:
    params = DataParams(source="file", path=files["gold"], tokens=["binance_paxg"], crosscheck=["nbp"])
    quality = acquire(params, Path("/nowhere")).quality.set_index("check")
    assert quality.loc["data.tokens providers", "found"] == "not asked: data.source is file"
    assert quality.loc["data.crosscheck providers", "status"] == "warning"


def test_the_recommended_real_series(reference_data) -> None:
    """With every real file beside it: grade C, both tokens, three products, months 5 bp from the shipped averages."""
    at = lambda name: str(reference_data / name)  # noqa: E731
    data = acquire(DataParams(
        source="file", path=at("gold_daily_spliced_1968_2026.csv"), start="1968-04-01",
        crosscheck=[f"gld_nav={at('gld_daily_holdings_spdr_2004_2025.csv')}"],
        token_files=[f"paxg={at('paxg_daily_binance_usdt_2020_2026.csv')}", f"xaut={at('xaut_daily_coingecko_2020_2023.csv')}"],
        flow_files=[f"gld={at('gld_daily_holdings_spdr_2004_2025.csv')}", f"usdc={at('usdc_daily_cmc_supply.csv')}"],
    ), Path("/nowhere"))  # fmt: skip
    holds(data)
    assert data.document["grade"] == "C" and data.document["monthly"]["median_bp"] == pytest.approx(5.1, abs=0.1)
    assert data.token_prices.groupby("token").size().to_dict() == {"paxg": 1954, "xaut": 1357}
    assert set(data.flows["product"]) == {"gld", "usdc"}
    second = data.document["agreement"][0]
    assert second["common_days"] > 5000 and second["agrees"]
