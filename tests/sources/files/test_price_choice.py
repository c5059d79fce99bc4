"""Which column is the price, under which mark, in which language: by name, size and behaviour, and never by chance."""

from __future__ import annotations

import price_damage
import pytest

from gramlib.errors import DataContractError, ParameterError
from gramlib.sources.files import FileSettings, read_any
from gramlib.sources.files.column_names import currency_of, is_date_name, plain, price_rank, unit_named, why_no_price
from gramlib.units import GRAMS_PER_TROY_OUNCE

ROWS = price_damage.sample_rows("2012-03-01", "2012-04-30")


def table(header, row):
    """CSV with `header` and for each day the cells `row(day, price)`."""
    return header + "\n" + "".join(",".join([str(day), *row(price)]) + "\n" for day, price in ROWS)


def note(raw, check):
    return next(item for item in raw.notes if item.check == check)


@pytest.mark.parametrize(
    ("date", "price"),
    [("Date", "Close"), ("Fecha", "Último"), ("Fecha", "Cierre"), ("Datum", "Schlusskurs"), ("Datum", "Zuletzt"), ("Date", "Dernier"), ("Data", "Zamknięcie"),
     ("Data", "Ostatnio"), ("Дата", "Цена"), ("Дата", "Закрытие"), ("Data", "Ultimo"), ("Data", "Último"), ("DATE", "<CLOSE>"), ("time", "PX_LAST"), ("Tarih", "Şimdi")],
)  # fmt: skip
def test_headers_in_the_languages_people_have(date, price):
    assert is_date_name(date) and price_rank(price) is not None and not why_no_price(price)


@pytest.mark.parametrize("name", ["Change %", "% var.", "Изм. %", "Zmiana%", "+/- %", "Vol.", "Volumen", "Объём", "log_return", "Silver", "XAGUSD", "market_cap", "GVZCLS",
                                  "implied_supply", "premium_pct", "Open Interest", "Volatility"])  # fmt: skip
def test_names_of_what_is_no_gold_price(name):
    assert why_no_price(name)


@pytest.mark.parametrize(("name", "code"), [("EURO (PM)", "EUR"), ("GBP (AM)", "GBP"), ("xaueur", "EUR"), ("XAU/CHF", "CHF"), ("US dollar (USD)", "USD"), ("close", "USD"),
                                            ("Price £", "GBP"), ("cena zł", "PLN"), ("inr_per_10g", "INR"), ("country", "USD"), ("industry", "USD")])  # fmt: skip
def test_currency_of_a_name(name, code):
    assert currency_of(name) == code


def test_plain_names():
    assert [plain(name) for name in ("Último", "USD (PM)", "  Zamknięcie ", "Größe")] == [
        "ultimo",
        "usd pm",
        "zamkniecie",
        "grosse",
    ]
    assert [unit_named(name) for name in ("Preis je Feinunze", "USD/g", "price_per_kg", "per tola", "price")] == [
        "oz",
        "g",
        "kg",
        "tola",
        "",
    ]


def test_the_one_taken_and_the_others_are_said(write):
    text = table(
        "Date,GBP (PM),USD (AM),USD (PM),EURO (PM),Chg %",
        lambda p: [f"{p * 0.63:.2f}", f"{p - 1:.2f}", f"{p:.2f}", f"{p * 0.76:.2f}", "0.2"],
    )
    raw = read_any(str(write(text)))
    assert raw.column == "USD (PM)"
    assert note(raw, "column").found == (
        "price in 'USD (PM)'; other prices: USD (AM); no prices: GBP (PM) (in GBP), EURO (PM) (in EUR), Chg % (a return or change)"
    )


def test_size_decides_where_names_do_not(write):
    text = table("date,nav,lbma_pm_implied,other", lambda p: [f"{p / 10:.3f}", f"{p:.2f}", f"{p * 3:.2f}"])
    assert read_any(str(write(text))).column == "lbma_pm_implied"
    assert read_any(str(write(table("date,a,b", lambda p: [f"{p / 7:.3f}", f"{p:.2f}"])))).column == "b"
    with pytest.raises(DataContractError, match="2 could be it: a, b"):
        read_any(str(write(table("date,a,b", lambda p: [f"{p + 1:.2f}", f"{p:.2f}"]))))


@pytest.mark.parametrize("cells", ["€{:.2f}", "{:.2f} zł", "£{:.2f}"])
def test_a_sign_in_the_cells_tells_the_currency(write, cells):
    with pytest.raises(DataContractError, match=r"is no price in USD .in (EUR|PLN|GBP)"):
        read_any(str(write(table("date,price", lambda p: [cells.format(p * 0.76)]))))


def test_a_named_column_in_another_currency_is_refused_for_that(write):
    path = str(write(table("date,USD (PM),GBP (PM)", lambda p: [f"{p:.2f}", f"{p * 0.63:.2f}"])))
    with pytest.raises(DataContractError, match=r"column 'GBP .PM.' is in GBP"):
        read_any(path, FileSettings(column="GBP (PM)"))
    assert read_any(path, FileSettings(column="usd pm")).column == "USD (PM)"
    with pytest.raises(ParameterError, match=r"did you mean 'USD .PM.'"):
        read_any(path, FileSettings(column="USD (PN)"))


def test_a_unit_asked_for_that_no_column_has(write):
    path = str(write(table("date,price_per_gram", lambda p: [f"{p / GRAMS_PER_TROY_OUNCE:.4f}"])))
    with pytest.raises(DataContractError, match="'price_per_gram' is per g, not per kg"):
        read_any(path, FileSettings(unit="kg"))


@pytest.mark.parametrize(("cell", "unit"), [("{:,.0f}", "oz"), ("{:.3f}", "g")])
def test_where_both_marks_fit_the_size_of_gold_decides(write, cell, unit):
    """1,693 is 1693 an ounce; 54,463 is 54.463 a gram or 54463 a kilogram, which is the same price."""
    factor = 1 if unit == "oz" else 1 / GRAMS_PER_TROY_OUNCE
    text = "date;price\n" + "".join(f"{day};{cell.format(price * factor).replace('.', ',')}\n" for day, price in ROWS)
    raw = read_any(str(write(text)))
    in_ounces = raw.frame["value"] * {"oz": 1, "g": GRAMS_PER_TROY_OUNCE, "kg": GRAMS_PER_TROY_OUNCE / 1000}[raw.unit]
    assert in_ounces.tolist() == pytest.approx([price for _, price in ROWS], rel=4e-4)
    assert "every cell reads with a decimal point or a decimal comma" in note(raw, "decimal").found
    assert (
        read_any(str(write(text)), FileSettings(decimal="comma", unit="auto")).unit in ("oz", "g")
        if unit == "g"
        else True
    )


def test_the_unit_in_the_name_chooses_the_mark(write):
    text = "Datum;Preis je Gramm\n" + "".join(
        f"{day};{price / GRAMS_PER_TROY_OUNCE:.3f}\n".replace(".", ",") for day, price in ROWS
    )
    assert (read_any(str(write(text))).unit, read_any(str(write(text)), FileSettings(unit="g")).unit) == ("g", "g")


def test_a_funds_archive_gives_the_price_it_is_valued_at(write):
    text = "Date, GLD Close, NAV per GLD in Gold, NAV/share at 10.30 a.m. NYT, Premium\n" + "".join(
        f"{day:%d-%b-%Y}, {price * 0.0923:.2f}, 92.168450, {price * 0.09216845!r}, 0.1%\n"
        if n % 9
        else f"{day:%d-%b-%Y}, HOLIDAY, HOLIDAY, HOLIDAY, HOLIDAY\n"
        for n, (day, price) in enumerate(ROWS)
    )
    raw = read_any(str(write(text)))
    assert raw.column.startswith("implied gold price") and note(raw, "fund").status == "note"
    assert raw.frame["value"].dropna().tolist() == pytest.approx(
        [price for n, (_, price) in enumerate(ROWS) if n % 9], rel=1e-9
    )


def test_bars_without_names(write):
    opens = [ROWS[0][1], *(price for _, price in ROWS[:-1])]
    bars = [(day, o, max(o, p) + 2, min(o, p) - 2, p) for (day, p), o in zip(ROWS, opens, strict=True)]
    orders = {
        "open high low close": (1, 2, 3, 4, 4),
        "open close high low": (1, 4, 2, 3, 2),
        "low high open close": (3, 2, 1, 4, 4),
        "close high low open": (4, 2, 3, 1, 1),
    }
    for words, (*order, place) in orders.items():
        text = "".join(f"{bar[0]}," + ",".join(f"{bar[n]:.2f}" for n in order) + "\n" for bar in bars)
        assert read_any(str(write(text))).column == f"column {place + 1}", words


def test_the_delimiter_may_be_said(write):
    text = "date price note\n" + "".join(f"{day} {price:.2f} a;b\n" for day, price in ROWS)
    assert len(read_any(str(write(text)), FileSettings(delimiter="space")).frame) == len(ROWS)
    assert len(read_any(str(write("sep=|\n" + "".join(f"{day}|{price:.2f}\n" for day, price in ROWS)))).frame) == len(
        ROWS
    )


def test_rows_that_say_what_they_are(write):
    both = "".join(f"{day},gold,{price:.2f}\n{day},silver,{price / 50:.2f}\n" for day, price in ROWS)
    raw = read_any(str(write("date,metal,price\n" + both)))
    assert raw.frame["value"].tolist() == [price for _, price in ROWS]
    assert note(raw, "rows by metal").decision == "kept the 41 rows of gold"
    several = "".join(
        f"{day},{code},{price * rate:.2f}\n"
        for day, price in ROWS
        for code, rate in (("EUR", 0.76), ("USD", 1), ("GBP", 0.63))
    )
    assert len(read_any(str(write("date,currency,price\n" + several))).frame) == len(ROWS)
    with pytest.raises(DataContractError, match="every row is in EUR by column 'Currency'"):
        read_any(str(write("date,price,Currency\n" + "".join(f"{day},{price:.2f},EUR\n" for day, price in ROWS))))


def test_a_unit_on_every_row_is_held_against_the_size(write):
    rows = "".join(f"{day},{price / GRAMS_PER_TROY_OUNCE:.4f},USD,{{}}\n" for day, price in ROWS)
    assert read_any(str(write("date,price,currency,unit\n" + rows.format(*["gram"] * 41)))).unit == "g"
    with pytest.raises(DataContractError, match="the column's name says USD/oz"):
        read_any(str(write("date,price,currency,unit\n" + rows.format(*["troy oz"] * 41))))
