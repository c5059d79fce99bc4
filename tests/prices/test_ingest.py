"""`gram ingest`: the summary, the files written, the report, the exit codes."""

from __future__ import annotations

import csv
import json

import pandas as pd
import pytest

from gramlib.cli import main
from gramlib.errors import DataContractError, ParameterError
from gramlib.prices.ingest import ingest, write_quotes
from gramlib.sources.files import FileSettings
from gramlib.units import GRAMS_PER_TROY_OUNCE

KEYS = [
    "rows",
    "start",
    "end",
    "unit_in",
    "column",
    "currency",
    "duplicates",
    "missing",
    "weekends",
    "outliers",
    "issues",
]


def test_the_summary_has_its_keys_and_counts(zoo):
    summary = ingest(str(zoo / "weekend_bars.csv"), today="2026-11-20").summary
    assert list(summary) == KEYS
    assert {key: summary[key] for key in KEYS[:-1]} == {
        "rows": 41, "start": "2012-03-01", "end": "2012-04-30", "unit_in": "oz", "column": "price", "currency": "USD",
        "duplicates": 0, "missing": 0, "weekends": 16, "outliers": 0,
    }  # fmt: skip
    assert [issue.partition(";")[0] for issue in summary["issues"]] == [
        "weekend_bars: 16 rows on a weekend, first 2012-03-03, 2012-03-04, 2012-03-10"
    ]


@pytest.mark.parametrize(
    ("name", "key", "count"),
    [("duplicate_same", "duplicates", 1), ("duplicate_conflict", "duplicates", 1), ("zero_for_missing", "missing", 1), ("text_in_price", "missing", 1),
     ("slip_10x", "outliers", 1), ("negative", "outliers", 1), ("spike_reverting", "outliers", 1), ("spike_beyond_doubt", "outliers", 1),
     ("one_row_in_grams", "outliers", 1), ("stray_year", "outliers", 1), ("healthy", "outliers", 0)],
)  # fmt: skip
def test_what_is_counted(zoo, name, key, count):
    found = ingest(str(zoo / f"{name}.csv"))
    assert found.summary[key] == count and len(found.quotes()) == found.summary["rows"]


def test_no_carried_price_is_written(zoo):
    found = ingest(str(zoo / "gap_short.csv"))
    assert found.prices["filled"].sum() == 2 and found.summary["rows"] == 39 == len(found.quotes())


def test_the_csv_holds_every_digit(zoo, tmp_path):
    found = ingest(str(zoo / "german.csv"))
    write_quotes(found, tmp_path / "out.csv")
    rows = list(csv.reader((tmp_path / "out.csv").read_text().splitlines()))
    assert rows[0] == ["date", "gold_usd_per_g", "gold_usd_per_oz"] and rows[1][0] == "2012-03-01"
    assert [float(row[2]) for row in rows[1:]] == found.quotes()["gold_usd_per_oz"].tolist()
    assert float(rows[1][2]) == 1693.94 and float(rows[1][1]) == 1693.94 / GRAMS_PER_TROY_OUNCE
    write_quotes(found, tmp_path / "out.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "out.parquet"), found.quotes())
    again = ingest(str(tmp_path / "out.csv"))
    assert again.quotes()["gold_usd_per_oz"].tolist() == found.quotes()["gold_usd_per_oz"].tolist()


@pytest.mark.parametrize("target", ["out.xlsx", "none/out.csv"])
def test_where_nothing_can_be_written(zoo, tmp_path, target):
    with pytest.raises(ParameterError, match="-o "):
        write_quotes(ingest(str(zoo / "healthy.csv")), tmp_path / target)


def test_a_monthly_series_is_standardised_with_a_warning_and_refused_by_a_run(zoo):
    found = ingest(str(zoo / "monthly.csv"))
    assert found.document is None and found.summary["weekends"] == 0
    assert any(
        issue.startswith("frequency: monthly") and "gram run refuses it" in issue for issue in found.summary["issues"]
    )


def test_the_command_prints_one_object(zoo, tmp_path, capsys):
    target = tmp_path / "out.csv"
    assert main(["ingest", str(zoo / "polish_pipes.csv"), "--json", "-o", str(target)]) == 0
    assert list(json.loads(capsys.readouterr().out)) == KEYS and target.is_file()


def test_the_command_prints_a_report(zoo, capsys):
    assert main(["ingest", str(zoo / "slip_10x.csv")]) == 0
    out = capsys.readouterr().out
    assert out.startswith("slip_10x.csv: 40 days from 2012-03-01 to 2012-04-30, column 'price', USD per oz")
    assert "warning  slips" in out and "a decimal point slipped by one place" in out


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [(["returns_not_prices.csv"], 3, "not a gold price in USD"), (["ambiguous_dates.csv"], 3, "--date-order"), (["none.csv"], 2, "No such file"),
     (["."], 3, "a folder"), (["healthy.csv", "--column", "prise"], 2, "did you mean 'price'"), (["healthy.csv", "--unit", "kg"], 3, "fit USD/oz best"),
     (["healthy.csv", "--unit", "pound"], 2, "Invalid value"), (["healthy.csv", "--sheet", "A"], 2, "is no workbook")],
)  # fmt: skip
def test_exit_codes(zoo, capsys, arguments, code, says):
    assert main(["ingest", str(zoo / arguments[0]), *arguments[1:]]) == code
    assert says in capsys.readouterr().err


def test_what_may_be_said_about_a_file(zoo, capsys):
    assert main(["ingest", str(zoo / "ambiguous_dates.csv"), "--date-order", "dmy", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["start"] == "2012-03-01"
    with pytest.raises(DataContractError, match="no price column can be told"):
        ingest(str(zoo / "thousands_commas.csv"), FileSettings(decimal="comma"))
