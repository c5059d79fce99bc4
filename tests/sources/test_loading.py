"""`sources.load`: dispatch, laziness, columns, units, and what is refused."""

from __future__ import annotations

import gzip
import subprocess
import sys

import numpy as np
import pytest

from gramlib import sources
from gramlib.errors import DataContractError, ParameterError
from gramlib.params.stages import DataParams
from gramlib.sources.card import SourceCard
from gramlib.sources.files.column_names import currency_of, unit_named
from gramlib.sources.monthly import monthly_history
from gramlib.units import GRAMS_PER_TROY_OUNCE, GRAMS_PER_UNIT


def read(path, **settings):
    return sources.load(DataParams(source="file", path=str(path), **settings))


@pytest.fixture
def healthy(workbench_root):
    return (workbench_root / "tests" / "zoo" / "prices" / "healthy.csv").read_text()


@pytest.fixture
def write(tmp_path):
    def make(text, name="prices.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return make


def test_importing_sources_loads_no_pandas():
    code = "import sys, gramlib.sources; sys.exit(bool({'pandas', 'numpy', 'scipy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_sample_is_labelled_and_may_be_redistributed():
    raw = sources.load(DataParams())
    assert (raw.unit, raw.column, raw.card.redistribute, len(raw.frame)) == (
        "oz",
        "gold_usd_per_oz",
        "yes",
        raw.card.rows,
    )
    assert "demonstration only" in raw.card.title and raw.notes[0].status == "warning"
    assert str(raw.frame["date"].dtype) == "datetime64[us]"
    assert (raw.card.start, raw.card.end) == ("1975-01-02", "2026-07-31")


@pytest.mark.parametrize("wrong", [{"column": "price"}, {"unit": "g"}, {"path": "x.csv"}])
def test_the_sample_refuses_settings_of_a_file(wrong):
    with pytest.raises(ParameterError, match=next(iter(wrong))):
        sources.load(DataParams(**wrong))


def test_an_unknown_source_is_refused():
    with pytest.raises(ParameterError, match="'stooq', and no installed package adds it"):
        sources.load(DataParams().model_copy(update={"source": "stooq"}))


def test_online_sources_are_not_one_series():
    with pytest.raises(ParameterError, match="sample or file: one series"):
        sources.load(DataParams(source="online"))


def test_no_such_file(tmp_path):
    with pytest.raises(ParameterError, match="No such file"):
        read(tmp_path / "none.csv")


def test_rows_keep_the_files_order_and_lines(write):
    raw = read(write("date,price\n2012-03-02,1700\n\n2012-03-01,1690\n"))
    assert raw.frame["value"].tolist() == [1700, 1690] and raw.frame.index.tolist() == [2, 4]


def test_gzip_and_byte_order_mark(write, healthy):
    plain = read(write(healthy)).frame
    packed = read(write(gzip.compress(("\ufeff" + healthy).encode()), "prices.csv.gz")).frame
    assert packed.equals(plain)
    with pytest.raises(DataContractError, match="damaged gzip"):
        read(write(gzip.compress(healthy.encode())[:-9], "cut.csv.gz"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_are_told_by_evidence(write, healthy, delimiter):
    assert read(write(healthy.replace(",", delimiter))).frame["value"].iloc[0] == 1693.94


def test_missing_marks_are_empty_and_times_are_dropped(write):
    raw = read(
        write(
            "when,usd\n2012-03-01T15:00:00Z,1700\n2012-03-02 15:00,.\n2012-03-05,#N/A\n2012-03-06,\n2012-03-07,1690\n"
        )
    )
    assert raw.frame["value"].isna().tolist() == [False, True, True, True, False]
    assert (raw.frame["date"] == raw.frame["date"].dt.normalize()).all()


@pytest.mark.parametrize(
    ("header", "unit", "chosen"),
    [
        ("date,price,source,price_per_gram", "auto", "price"),
        ("date,price,source,price_per_gram", "g", "price_per_gram"),
        ("date,price_per_gram,open,close", "auto", "close"),
        ("date,open,usd_per_oz,close", "oz", "usd_per_oz"),
        ("date,USD (AM),USD (PM),GBP (PM)", "auto", "USD (PM)"),
        ("date,GBP (PM),bid,x", "auto", ""),
        ("date,Close,Volume,High", "auto", "Close"),
        ("date,price_per_gram,remark,source", "auto", "price_per_gram"),
    ],
)
def test_price_column_by_rule(write, header, unit, chosen):
    names = header.split(",")
    grams = {name: 1700 / GRAMS_PER_TROY_OUNCE for name in names if "gram" in name}
    texts = {"source": "x", "remark": "y"}
    cells = ",".join(str(texts.get(name) or grams.get(name, 1700)) for name in names[1:])
    path = write(f"{header}\n2012-03-01,{cells}\n2012-03-02,{cells}\n")
    if chosen:
        assert read(path, unit=unit).column == chosen
    else:
        with pytest.raises(DataContractError, match="no price column can be told: 2 could be it: bid, x"):
            read(path, unit=unit)


def test_a_column_that_is_not_there(write, healthy):
    with pytest.raises(ParameterError, match="did you mean 'price'"):
        read(write(healthy), column="prise")


def test_a_column_in_another_currency(write):
    with pytest.raises(DataContractError, match="is in GBP"):
        read(write("date,GBP (PM)\n2012-03-01,1060\n2012-03-02,1061\n"), column="GBP (PM)")


@pytest.mark.parametrize("unit", GRAMS_PER_UNIT)
def test_the_unit_is_found_by_size(write, healthy, unit):
    factor = GRAMS_PER_UNIT[unit] / GRAMS_PER_TROY_OUNCE
    rows = [line.split(",") for line in healthy.splitlines()[1:]]
    path = write("date,price\n" + "\n".join(f"{day},{float(price) * factor!r}" for day, price in rows))
    assert read(path).unit == unit == read(path, unit=unit).unit
    for other in GRAMS_PER_UNIT.keys() - {unit}:
        with pytest.raises(DataContractError, match=f"declared USD/{other}.*fit USD/{unit}.*ratio"):
            read(path, unit=other)


def test_a_hypothetical_path_passes_when_declared_and_is_doubted(write):
    days = monthly_history()["2012-01":"2012-12"].index
    text = "date,price\n" + "\n".join(f"{month}-{day:02d},1400.5" for month in days for day in range(1, 21))
    with pytest.raises(DataContractError, match="not a gold price"):
        read(write(text))
    raw = read(write(text), unit="oz")
    assert [note.status for note in raw.notes if note.check == "unit"] == ["warning"]


def test_months_beyond_the_history_are_told_from_the_nearest_one(write):
    raw = read(write("date,price\n2031-03-03,4500\n2031-03-04,4510\n"))
    assert raw.unit == "oz" and raw.notes[-1].status == "note" and "no month in common" in raw.notes[-1].decision


def test_euros_are_found_out_over_many_months(write):
    history = monthly_history()["2003-01":"2012-12"]
    rate = 0.75 + 0.13 * np.sin(np.arange(len(history)) / 9)
    rows = [
        f"{month}-{day:02d},{price * r:.2f}"
        for (month, price), r in zip(history.items(), rate, strict=True)
        for day in range(1, 22)
    ]
    with pytest.raises(DataContractError, match="other currencies"):
        read(write("date,price\n" + "\n".join(rows)))


@pytest.mark.parametrize(
    ("name", "unit", "currency"),
    [("gold_usd_per_oz", "oz", "USD"), ("price_per_gram", "g", "USD"), ("EURO (PM)", "", "EUR"), ("USD/kg", "kg", "USD"),
     ("gbpusd", "", "USD"), ("close", "", "USD"), ("chf_per_tola", "tola", "CHF")],
)  # fmt: skip
def test_what_a_name_says(name, unit, currency):
    assert (unit_named(name), currency_of(name)) == (unit, currency)


def test_a_card_states_one_of_three_rights():
    fields = dict.fromkeys(SourceCard.__dataclass_fields__, "")
    with pytest.raises(ValueError, match="redistribute"):
        SourceCard(**{**fields, "redistribute": "maybe", "rows": 0})


def test_the_recommended_real_series_just_works(reference_data):
    raw = read(reference_data / "gold_daily_spliced_1968_2026.csv")
    assert (raw.column, raw.unit, len(raw.frame), raw.card.redistribute) == ("price", "oz", 14_644, "unknown")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("gvz_daily_fred.csv", "ratio 0.011"), ("usdc_daily_cmc_supply.csv", "not a gold price"), ("return_statistics.csv", "no column of dates"),
     ("us_tbill_3m_dtb3_daily_fred.csv", "not a gold price"), ("stress_episodes.csv", "3 could be it: peak_px, trough_px, days"),
     ("gold_daily_spliced_1968_2026.md", "no column of dates")],
)  # fmt: skip
def test_real_files_of_other_things_are_refused(reference_data, name, sentence):
    with pytest.raises(DataContractError, match=sentence):
        read(reference_data / name)
