"""Covariates: no value counts before its publication, units become fractions, what cannot be is refused, real files are read."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standard_tables import raw_series

from gramlib.errors import DataContractError, ParameterError
from gramlib.params.data_params import COVARIATE_PROVIDERS, DataParams
from gramlib.prices import acquire
from gramlib.prices.covariates import PLAUSIBLE, STATED_IN, covariate_table, known_on
from gramlib.prices.quality import QualityLog
from gramlib.sources import covariate_file
from gramlib.sources.london_calendar import is_business_day

DAYS = pd.bdate_range("2024-01-02", periods=90).astype("datetime64[us]")
REAL = {"real_yield": "us_real_yield_10y_daily_fred.csv", "gvz": "gvz_daily_fred.csv"}


def table_of(name: str, values, days=DAYS, unit: str = "", last_day: str = "") -> tuple[pd.DataFrame, pd.DataFrame]:
    log = QualityLog()
    series = pd.Series(np.asarray(values, dtype="float64"), index=days[: len(values)])
    raw = raw_series(series, name, unit or STATED_IN[name][0])
    return covariate_table([(name, raw)], last_day, log), log.table().set_index("check")


@pytest.mark.parametrize(
    ("name", "day", "usable"),
    [
        ("gvz", "2024-03-12", "2024-03-13"),  # Tuesday evening in New York, Wednesday's end in London
        ("gvz", "2024-03-28", "2024-04-02"),  # before Good Friday and Easter Monday
        ("real_yield", "2024-12-24", "2024-12-27"),
        ("real_yield", "2024-03-16", "2024-03-18"),  # a Saturday
        ("dollar", "2024-03-11", "2024-03-19"),  # Monday to Friday: the Tuesday of the week after
        ("dollar", "2024-03-15", "2024-03-19"),
        ("dollar", "2024-12-17", "2024-12-24"),
        ("dollar", "2023-12-22", "2023-12-27"),  # that Tuesday is Boxing Day
    ],
)
def test_a_value_waits_for_its_publication(name: str, day: str, usable: str) -> None:
    assert known_on(name, pd.DatetimeIndex([day]))[0] == pd.Timestamp(usable)


@settings(deadline=None, max_examples=60)
@given(st.dates(dt.date(1990, 1, 1), dt.date(2030, 12, 31)), st.sampled_from(sorted(STATED_IN)))
def test_no_value_counts_on_its_own_day_and_each_on_a_business_day(day: dt.date, name: str) -> None:
    usable = known_on(name, pd.DatetimeIndex([day]))[0].date()
    assert is_business_day(usable) and 1 <= (usable - day).days <= 14
    if name == "dollar":
        released = day + dt.timedelta(7 - day.weekday())
        assert usable > released  # never before the Monday of the release is over


def test_percent_become_fractions_and_an_index_stays() -> None:
    table, quality = table_of("gvz", [18.0, np.nan, 20.0])
    assert table["value"].tolist() == pytest.approx([0.18, 0.20]) and set(table["unit"]) == {"1/sqrt(year)"}
    assert quality.loc["covariate gvz: coverage", "status"] == "note" and "1 blank" in quality.iloc[-1]["found"]
    assert table_of("real_yield", [-0.5])[0]["value"].tolist() == [-0.005]
    assert table_of("dollar", [121.5])[0]["value"].tolist() == [121.5]


def test_what_was_not_known_by_the_last_day_is_cut() -> None:
    whole, _ = table_of("gvz", np.full(90, 18.0))
    cut, _ = table_of("gvz", np.full(90, 18.0), last_day="2024-02-01")
    assert cut["known_on"].max() == pd.Timestamp("2024-02-01") and cut["date"].max() == pd.Timestamp("2024-01-31")
    pd.testing.assert_frame_equal(cut, whole.iloc[: len(cut)])
    none, quality = table_of("gvz", [18.0], last_day="2023-01-01")
    assert none.empty and quality.loc["covariate gvz: coverage", "status"] == "warning"


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("gvz", [18.0, 0.18], "gvz outside 1 to 300: 0.18"),
        ("dollar", [120.0, np.inf], "dollar outside"),
        ("real_yield", [150.0], "real_yield outside"),
        ("real_yield", np.full(80, 0.0175), "fractions"),
    ],
)
def test_what_cannot_be_in_that_unit_is_refused(name: str, values, words: str) -> None:
    with pytest.raises(DataContractError) as refused:
        table_of(name, values)
    assert words in str(refused.value)


def test_a_day_given_twice_and_another_unit_are_refused() -> None:
    with pytest.raises(DataContractError, match="a second gvz for one day"):
        table_of("gvz", [18.0, 19.0], days=DAYS[[0, 0]])
    with pytest.raises(DataContractError, match="stated in percent"):
        table_of("dollar", [120.0], unit="percent a year")


@pytest.mark.parametrize(
    ("header", "name"), [("date,value", "gvz"), ("DATE,GVZCLS", "gvz"), ("observation_date,DTWEXBGS", "dollar"), ("day;real_yield", "real_yield")]
)  # fmt: skip
def test_files_are_read_by_their_header(tmp_path: Path, header: str, name: str) -> None:
    mark = ";" if ";" in header else ","
    value = {"gvz": 18.5, "dollar": 120.25, "real_yield": 1.5}[name]
    path = tmp_path / "some.csv"
    path.write_text(f"{header}\n2024-01-02{mark}{value}\n2024-01-03{mark}.\n2024-01-04{mark}{value}\n")
    raw = covariate_file.load(name, str(path))
    assert raw.frame["value"].dropna().tolist() == [value] * 2 and raw.unit == covariate_file.UNIT_OF[name]
    assert raw.card.redistribute == "unknown" and len(raw.card.sha256) == 64 and raw.card.start == "2024-01-02"


def test_files_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="cannot read") as refused:
        covariate_file.load("gvz", str(tmp_path / "none.csv"))
    assert refused.value.origin == "data.covariate_files"
    for text, words in (("date,price\n2024-01-02,1\n", "no column called value"), ("date,value\n", "no row"),
                        ("date,value\n01/02/2024,1\n", "ISO date"), ("date,value\n2024-01-02,x\n", "a plain number")):  # fmt: skip
        path = tmp_path / "bad.csv"
        path.write_text(text)
        with pytest.raises(DataContractError, match=words):
            covariate_file.load("gvz", str(path))


def test_one_unit_and_one_plausible_range_a_covariate() -> None:
    assert set(STATED_IN) == set(PLAUSIBLE) == set(covariate_file.UNIT_OF) == set(COVARIATE_PROVIDERS.values())
    assert {name: stated for name, (stated, _) in STATED_IN.items()} == covariate_file.UNIT_OF


def test_the_data_stage_hands_on_the_real_files(reference_data: Path) -> None:
    files = [f"{name}={reference_data / file}" for name, file in REAL.items()]
    data = acquire(
        DataParams(source="file", path=str(reference_data / "gold_daily_spliced_1968_2026.csv"), end="2020-12-30",
                   covariate_files=files),
        Path("/nowhere"),
    )  # fmt: skip
    table = data.covariates
    assert (table["known_on"] > table["date"]).all() and table["known_on"].max() == pd.Timestamp("2020-12-30")
    raw = pd.read_csv(reference_data / REAL["gvz"], parse_dates=["date"]).dropna()
    gvz = table[table["name"] == "gvz"]
    assert gvz["value"].to_numpy() == pytest.approx(raw["value"].to_numpy()[: len(gvz)] / 100.0)
    assert set(table["source"]) == {"file:real_yield", "file:gvz"}
    assert [each["role"] for each in data.document["series"]][1:] == ["covariate real_yield", "covariate gvz"]
    assert {"file:real_yield", "file:gvz"} < {card["id"] for card in data.document["cards"]}
    assert "covariate gvz: coverage" in set(data.quality["check"])
