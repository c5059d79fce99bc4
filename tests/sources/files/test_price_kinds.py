"""Every kind of file gives the same prices: workbooks, Parquet, JSON in the shapes services answer in, packed text."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import zipfile

import openpyxl
import pandas as pd
import price_damage
import pytest

from gramlib.errors import DataContractError, ParameterError
from gramlib.sources.files import FileSettings, read_any
from gramlib.sources.files.columnar import read_parquet
from gramlib.sources.files.records import read_json
from gramlib.sources.monthly import monthly_history

ROWS = price_damage.sample_rows("2012-03-01", "2012-04-30")
DAYS = [str(day) for day, _ in ROWS]
PRICES = [price for _, price in ROWS]
MS = [(day - dt.date(1970, 1, 1)).days * 86_400_000 for day, _ in ROWS]
OPENS = [PRICES[0], *PRICES[:-1]]
BARS = [(o, max(o, p) + 2, min(o, p) - 2, p) for o, p in zip(OPENS, PRICES, strict=True)]
FRAME = pd.DataFrame({"Date": pd.to_datetime(DAYS), "Price": PRICES})


def same(path, column=None):
    raw = read_any(str(path))
    frame = raw.frame.sort_values("date")
    assert frame["date"].dt.strftime("%Y-%m-%d").tolist() == DAYS
    assert frame["value"].tolist() == pytest.approx(PRICES, rel=1e-6) and raw.unit == "oz"
    if column is not None:
        assert raw.column == column
    return raw


SHAPES = {
    "objects": [{"date": d, "price": p} for d, p in zip(DAYS, PRICES, strict=True)],
    "data": {"status": "ok", "data": [{"date": d, "price": p} for d, p in zip(DAYS, PRICES, strict=True)]},
    "nested": {"coins": {"pax-gold": {"prices": [{"timestamp": m // 1000, "price": p} for m, p in zip(MS, PRICES, strict=True)]}}},
    "pairs": list(map(list, zip(MS, PRICES, strict=True))),
    "map": dict(zip(DAYS, PRICES, strict=True)),
    "rates": {"base": "XAU", "rates": {d: {"USD": p, "EUR": p * 0.76} for d, p in zip(DAYS, PRICES, strict=True)}},
    "columns": {"date": DAYS, "price": PRICES},
    "yahoo": {"chart": {"result": [{"timestamp": [m // 1000 + 14_400 for m in MS],
                                    "indicators": {"quote": [{"open": OPENS, "close": PRICES, "volume": [1] * len(MS)}]}}], "error": None}},
    "lbma": [{"is_cms_locked": 0, "d": d, "v": [p, p * 0.63, p * 0.76]} for d, p in zip(DAYS, PRICES, strict=True)],
    "binance": [[m, *map(str, bar), "12.5", m + 86_399_999, "9", 7, "1", "2", "0"] for m, bar in zip(MS, BARS, strict=True)],
    "kraken": {"error": [], "result": {"PAXGUSD": [[m // 1000, *map(str, bar), "9.1", "3", 4] for m, bar in zip(MS, BARS, strict=True)], "last": 1}},
    "bitfinex": [[m, o, p, h, lo, 3.1] for m, (o, h, lo, p) in zip(MS, BARS, strict=True)][::-1],
    "coinbase": [[m // 1000, lo, h, o, p, 3.1] for m, (o, h, lo, p) in zip(MS, BARS, strict=True)][::-1],
    "split": {"columns": ["date", "price"], "index": list(range(len(DAYS))), "data": list(map(list, zip(DAYS, PRICES, strict=True)))},
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_json_as_services_and_programs_write_it(write, shape):
    same(write(json.dumps(SHAPES[shape]), "prices.json"))


def test_json_with_one_record_a_line(write):
    same(write("\n".join(json.dumps(record) for record in SHAPES["objects"]), "prices.jsonl"), "price")


def test_the_point_of_now_at_the_end_of_a_daily_answer_is_left_out(write):
    answer = {"prices": [*SHAPES["pairs"], [MS[-1] + 50_000_000, 1600.0]], "market_caps": [[m, 9e8] for m in MS]}
    raw = same(write(json.dumps(answer), "prices.json"))
    assert "stamped 2012-04-30 13:53" in next(note.found for note in raw.notes if note.check == "open_day")


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        '{"error": "rate limited"}',
        "[1, 2, 3]",
        '{"a": {"b": null}}',
        '[{"date": "2012-03-01"}]',
        "[" * 100_000,
        '{"a": 1',
    ],
)
def test_json_that_holds_no_prices(write, text):
    with pytest.raises(DataContractError):
        read_any(str(write(text, "prices.json")))


def test_names_of_nested_values_are_dotted():
    grid = read_json(
        b'[{"t": "2012-03-01", "o": {"bid": 1, "more": [2, 3]}}, {"t": "2012-03-02", "o": {"bid": 4, "more": [5, 6]}}]',
        "x",
    )
    assert grid.rows == [
        ["t", "o.bid", "o.more.0", "o.more.1"],
        ["2012-03-01", "1", "2", "3"],
        ["2012-03-02", "4", "5", "6"],
    ]


@pytest.mark.parametrize(
    "frame",
    [FRAME, FRAME.set_index("Date"), FRAME.assign(Date=FRAME["Date"].dt.tz_localize("UTC")), FRAME.assign(Date=FRAME["Date"].dt.date),
     FRAME.assign(Date=FRAME["Date"].dt.strftime("%d/%m/%Y")), FRAME.assign(Price=FRAME["Price"].astype("float32"))],
    ids=["plain", "indexed", "utc", "dates", "text", "float32"],
)  # fmt: skip
def test_parquet(write, frame):
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    same(write(buffer.getvalue(), "prices.parquet"), "Price")


def test_missing_parquet_cells_are_empty():
    buffer = io.BytesIO()
    pd.DataFrame({"a": [1.5, None], "b": ["x", None], "c": pd.to_datetime(["2012-03-01 15:30", None])}).to_parquet(
        buffer
    )
    assert read_parquet(buffer.getvalue(), "x").rows == [
        ["a", "b", "c"],
        ["1.5", "x", "2012-03-01 15:30:00"],
        ["", "", ""],
    ]


def book(sheets):
    """Bytes of a workbook of `sheets`: name to rows."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


TABLE = [["Date", "Price"], *([dt.datetime(d.year, d.month, d.day), p] for d, p in ROWS)]


def test_a_workbook_with_the_dates_of_excel(write):
    same(write(book({"Sheet1": TABLE}), "prices.xlsx"), "Price")


def test_a_workbook_whose_numbers_are_text(write):
    rows = [["Fecha", "Último"], *([f"{d:%d.%m.%Y}", price_damage.german(p)] for d, p in ROWS)]
    same(write(book({"Hoja1": rows}), "prices.xlsx"), "Último")


def test_description_currencies_and_other_sheets(write):
    head = [
        ["Gold price in several currencies"],
        ["Source: made up"],
        [],
        ["Name", "US dollar (USD)", "Euro (EUR)"],
        ["Code", "USD", "EUR"],
    ]
    daily = [*head, *([dt.datetime(d.year, d.month, d.day), p, p * 0.76] for d, p in ROWS)]
    path = write(book({"Notes": [["nothing here"]], "Daily": daily, "Weekly": [TABLE[0], *TABLE[1::5]]}), "prices.xlsx")
    raw = same(path, "USD")
    sheet = next(note for note in raw.notes if note.check == "sheet")
    assert "'Daily' of 3; others: Notes, Weekly" in sheet.found and "Weekly too" in sheet.decision
    assert len(read_any(str(path), FileSettings(sheet="Weekly")).frame) == len(TABLE[1::5])
    with pytest.raises(ParameterError, match="did you mean 'Weekly'"):
        read_any(str(path), FileSettings(sheet="Weekl"))


def test_the_pink_sheet_as_it_is_published(write):
    prices = [[f"{m.year}M{m.month:02d}", 70.1, float(v), float(v) / 60, "…"] for m, v in monthly_history().items()]
    head = [["World Bank Commodity Price Data"], ["monthly"], [], ["Updated on 2 June 2026"], [None, "Crude oil, average", "Gold", "Silver", "Platinum"],
            [None, "($/bbl)", "($/troy oz)", "($/troy oz)", "($/troy oz)"]]  # fmt: skip
    indices = [[None, "Energy", "Precious"], *([row[0], 70.1, row[2] / 18] for row in prices)]
    raw = read_any(
        str(
            write(
                book({"AFOSHEET": [["About"]], "Monthly Prices": head + prices, "Monthly Indices": indices}), "CMO.xlsx"
            )
        )
    )
    assert (raw.column, raw.unit, raw.card.start, len(raw.frame)) == ("Gold", "oz", "1975-01-01", len(prices))


@pytest.mark.parametrize("pack", ["gz", "zip"])
def test_packed_text(write, pack):
    text = FRAME.to_csv(index=False).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("prices.csv", text)
    raw = same(write(gzip.compress(text) if pack == "gz" else buffer.getvalue(), f"prices.csv.{pack}"))
    assert raw.notes[0].found.endswith(f"in {pack}")


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "an empty file"), (b" \n\t ", "an empty file"), (b"\x89PNG\r\n\x1a\n", "an image"), (b"%PDF-1.7", "a PDF"), (b"\xd0\xcf\x11\xe0abc", "old Excel"),
     (b"SQLite format 3\x00", "SQLite"), (b"\x80\x04\x95pickle", "a pickle, which is never opened"), (b"<!DOCTYPE html><html>", "HTML or XML"),
     (bytes(range(256)) * 20, "a binary file"), (b"PAR1 and then nothing", "a Parquet file that cannot be opened"), (b"PK\x03\x04 and then nothing", "a damaged Excel"),
     (b"hello", "text without columns"), (b"It rose, 12 pounds,\nand fell.", "no column of dates"), (b"BZh91AY", "bzip2"), (b"1\n-2\n0.5\n", "returns or changes")],
)  # fmt: skip
def test_what_is_no_price_file_is_named(write, content, says):
    with pytest.raises(DataContractError, match=says) as caught:
        read_any(str(write(content)))
    assert caught.value.expected and caught.value.origin and caught.value.remedy


def test_a_folder_and_nothing(tmp_path):
    with pytest.raises(DataContractError, match="a folder"):
        read_any(str(tmp_path))
    with pytest.raises(ParameterError, match="No such file"):
        read_any(str(tmp_path / "none.csv"))


def test_an_archive_that_grows_without_end(write, monkeypatch):
    monkeypatch.setattr("gramlib.sources.files.container.UNPACKED_LIMIT_BYTES", 10_000)
    with pytest.raises(DataContractError, match="unpacks to more than"):
        read_any(str(write(gzip.compress(b"0" * 20_000), "bomb.gz")))
