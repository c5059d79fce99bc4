"""Answers in the form each source documents, written by us, with the series that must come out of them."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Callable
from dataclasses import dataclass

import openpyxl
from fake_host import Asked, Reply

NOW = dt.datetime(2026, 11, 20, 15, 30, tzinfo=dt.UTC)
TODAY = NOW.date()
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Expected = dict[str, float]


@dataclass(frozen=True)
class Documented:
    """What a host answers, the series to come out of it (all of it, or the days listed), and the User-Agent it wants."""

    answer: Callable[[Asked], Reply]
    expected: Expected
    whole: bool = True
    user_agent: str = "gramlib/"


def as_json(value: object, content_type: str = "application/json; charset=utf-8") -> Reply:
    return Reply(json.dumps(value).encode(), content_type)


def as_text(text: str, content_type: str = "text/csv") -> Reply:
    return Reply(text.encode(), content_type)


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def as_workbook(sheets: dict[str, list[list[object]]]) -> Reply:
    return Reply(workbook(sheets), XLSX_TYPE)


def utc_s(day: str, hour: int = 0, minute: int = 0) -> int:
    return int(dt.datetime.fromisoformat(f"{day}T{hour:02d}:{minute:02d}:00+00:00").timestamp())


def utc_ms(day: str, hour: int = 0, minute: int = 0) -> int:
    return 1000 * utc_s(day, hour, minute)


GLD_HEADER = [
    "Date", "GLD Close", "NAV per GLD in Gold", "NAV/share at 10.30 a.m. NYT",
    "Indicative Price of GLD at 4.15 p.m. NYT", "Mid point of bid/ask spread at 4.15 p.m. NYT#",
    "Premium/Discount of GLD mid point v Indicative Value of GLD at 4.15 p.m. NYT", "Daily Share Volume",
    "Total Net Asset Value Ounces in the Trust as at 4.15 p.m. NYT",
    "Total Net Asset Value Tonnes in the Trust as at 4.15 p.m. NYT", "Total Net Asset Value in the Trust",
]  # fmt: skip
GLD_ROWS: list[list[object]] = [
    ["18-Nov-2004", "44.38", "100.000000", "44.2", "44.305", "$44.37", "0.146%", "5992000", "260000.00", "8.09", "114920000.00"],
    ["19-Nov-2004", "44.78", "99.998900", "44.55951167", "44.694", "$44.78", "0.192%", "11655000", "1,859,994.06", "57.85", "828806907.20"],
    ["25-Nov-2004", *["HOLIDAY"] * 10],
    ["26-Nov-2004", *["NYSE Closed"] * 10],
    [dt.datetime(2004, 11, 29), 45.12, 99.9879, 45.11958173, 45.1, 45.12, 0.001, 3502500, 3329909.96, 103.57, 150246373.52],
    ["30-Oct-2012", "NYSE Closed", "NYSE Closed", "165.7083787", *["NYSE Closed"] * 7],
    ["05-Dec-2018", "AWAITED", "94.560980", "117.28398160", "116.986", "AWAITED", "AWAITED", "7184886", "24377328.74", "758.21", "30224082057.72"],
    ["30-Nov-2004", *["AWAITED"] * 10],
]  # fmt: skip


def gld(asked: Asked) -> Reply:
    assert asked.path == "/api/v1/historical-archive"
    assert asked.query == {"product": "gld", "exchange": "NYSE", "lang": "en"}
    return as_workbook({"Disclaimer": [["words"]], "US GLD Historical Archive": [GLD_HEADER, *GLD_ROWS]})


# NAV per share over ounces per share by hand: 44.2/0.1, 44.55951167/0.0999989, 45.11958173/0.0999879.
GLD_FIX = {"2004-11-18": 442.0, "2004-11-19": 445.6000183, "2004-11-29": 451.2504186, "2018-12-05": 1240.29997997}
GLD_OUNCES = {"2004-11-18": 260000.0, "2004-11-19": 1859994.06, "2004-11-29": 3329909.96, "2018-12-05": 24377328.74}


def yahoo(asked: Asked) -> Reply:
    assert asked.path == "/v8/finance/chart/GC=F" and "GC%3DF" in asked.raw
    assert asked.query == {"period1": "0", "period2": str(int(NOW.timestamp())), "interval": "1d"}
    stamps = [utc_s("2026-11-17", 5), utc_s("2026-11-18", 5), utc_s("2026-11-19", 5), utc_s("2026-11-20", 15, 29)]
    close = [4310.5, None, 4295.25, 4288.0]
    quote = {"open": close, "high": close, "low": close, "close": close, "volume": [1, None, 2, 3]}
    meta = {"currency": "USD", "symbol": "GC=F", "exchangeTimezoneName": "America/New_York", "instrumentType": "FUTURE"}
    result = {"meta": meta, "timestamp": stamps, "indicators": {"quote": [quote], "adjclose": [{"adjclose": close}]}}
    return as_json({"chart": {"result": [result], "error": None}})


def lbma(asked: Asked) -> Reply:
    assert asked.path == "/json/gold_pm.json"
    return as_json([
        {"is_cms_locked": 0, "d": "1968-04-01", "v": [37.7, 15.69, 0]},
        {"is_cms_locked": 0, "d": "1968-04-02", "v": [37.3, 15.52, 0]},
        {"is_cms_locked": 0, "d": "2026-11-19", "v": [4305.15, 3290.2, 3701.5]},
        {"is_cms_locked": 1, "d": "2026-11-20", "v": [4290.4, 3279.0, 3690.1]},
    ])  # fmt: skip


def boe(asked: Asked) -> Reply:
    assert asked.path == "/boeapps/iadb/fromshowcolumns.asp"
    assert asked.query == {
        "csv.x": "yes", "Datefrom": "01/Jan/1979", "Dateto": "31/Dec/2026", "SeriesCodes": "XUDLGPD", "CSVF": "TN",
        "UsingCodes": "Y", "VPD": "Y", "VFD": "N",
    }  # fmt: skip
    return as_text(
        "DATE,XUDLGPD\r\n02 Jan 1979,227.15\r\n03 Jan 1979,225.50\r\n26 May 2017,1265\r\n", "application/csv"
    )


def nbp(asked: Asked) -> Reply:
    *_, start, end, last = asked.path.split("/")
    assert last == "" and asked.query == {"format": "json"}
    days = (dt.date.fromisoformat(end) - dt.date.fromisoformat(start)).days + 1
    if days > 93:
        return Reply(b"400 BadRequest - Przekroczony limit 93 dni", "text/plain", 400)
    gold = {"2026-11-12": 499.0, "2026-11-13": 500.0, "2026-11-16": 510.0, "2026-11-17": 505.0}
    usd = {"2026-11-12": 3.6, "2026-11-13": 3.65, "2026-11-16": 3.7, "2026-11-17": 3.64}
    table = gold if "cenyzlota" in asked.path else usd
    inside = {day: value for day, value in table.items() if start <= day <= end}
    if not inside:
        return Reply(b"404 NotFound - Not Found - Brak danych", "text/plain", 404)
    if table is gold:
        return as_json([{"data": day, "cena": value} for day, value in inside.items()])
    rates = [
        {"no": f"{n}/A/NBP/2026", "effectiveDate": day, "mid": value} for n, (day, value) in enumerate(inside.items())
    ]
    return as_json({"table": "A", "currency": "dolar amerykański", "code": "USD", "rates": rates})


WORLD_BANK_LINK = "https://thedocs.worldbank.org/en/doc/0050012026/related/CMO-Historical-Data-Monthly.xlsx"


def world_bank_book() -> bytes:
    monthly: list[list[object]] = [
        ["World Bank Commodity Price Data (The Pink Sheet)"], ["monthly prices in nominal US dollars, 1960 to present"], [],
        ["Updated on November 03, 2026"], [None, "Crude oil, average", "Gold", "Platinum"],
        [None, "($/bbl)", "($/troy oz)", "($/troy oz)"], ["1960M01", 1.63, 35.27, "…"], ["1980M12", 40.0, 538, 700],
        ["1986M01", 25.0, "..", 400], ["2026M10", 60.0, 4319, 1500],
    ]  # fmt: skip
    return workbook({"AFOSHEET": [["x"]], "Monthly Prices": monthly, "Monthly Indices": [[None, "Gold"]]})


def world_bank(asked: Asked) -> Reply:
    if asked.host == "www.worldbank.org":
        assert asked.path == "/en/research/commodity-markets"
        page = f'<!DOCTYPE html><html><body><a href="/old.xlsx">old</a><a class="x" href="{WORLD_BANK_LINK}">Monthly</a></body></html>'
        return as_text(page, "text/html; charset=utf-8")
    assert (asked.host, asked.path) == (
        "thedocs.worldbank.org",
        "/en/doc/0050012026/related/CMO-Historical-Data-Monthly.xlsx",
    )
    return Reply(world_bank_book(), XLSX_TYPE)


def binance_price(day: dt.date) -> float:
    return 2000.0 + (day - dt.date(2020, 8, 28)).days


def binance(asked: Asked) -> Reply:
    assert asked.path == "/api/v3/klines"
    assert {asked.query[key] for key in ("symbol", "interval", "limit")} == {"PAXGUSDT", "1d", "1000"}
    day = dt.datetime.fromtimestamp(int(asked.query["startTime"]) / 1000, dt.UTC).date()
    rows = []
    while len(rows) < 1000 and day <= TODAY:
        price, opened = binance_price(day), utc_ms(day.isoformat())
        if day.year >= 2025:
            opened *= 1000  # microseconds, as the bulk files have since 2025
        rows.append([opened, f"{price - 1}", f"{price + 9}", f"{price - 9}", f"{price}", "100.5", opened + 86_399_999, "1", 7, "1", "1", "0"])  # fmt: skip
        day += dt.timedelta(days=1)
    return as_json(rows)


def kraken(asked: Asked) -> Reply:
    assert (asked.path, asked.query["pair"], asked.query["interval"]) == ("/0/public/OHLC", "PAXGUSD", "1440")
    days = {"2026-11-18": "4301.1", "2026-11-19": "4295.2", "2026-11-20": "4288.0"}
    rows = [[utc_s(day), "4300", "4400", "4200", close, "4300", "12.5", 300] for day, close in days.items()]
    return as_json({"error": [], "result": {"PAXGUSD": rows, "last": utc_s("2026-11-19")}})


COINBASE_LISTED = dt.date(2025, 5, 1)


def coinbase(asked: Asked) -> Reply:
    assert (asked.path, asked.query["granularity"]) == ("/products/PAXG-USD/candles", "86400")
    start, end = (dt.datetime.fromisoformat(asked.query[key].replace("Z", "+00:00")).date() for key in ("start", "end"))
    if (end - start).days + 1 > 300:
        return Reply(
            b'{"message":"granularity too small for the requested time range. Count of aggregations requested exceeds 300"}',
            status=400,
        )
    rows, day = [], min(end, TODAY)
    while day >= max(start, COINBASE_LISTED):
        price = binance_price(day)
        if day.isoformat() != "2026-11-15":  # a day without a trade
            rows.append([utc_s(day.isoformat()), price - 9, price + 9, price - 1, price, 1.25])
        day -= dt.timedelta(days=1)
    return as_json(rows)


def bitfinex(asked: Asked) -> Reply:
    assert asked.path == "/v2/candles/trade:1D:tXAUT:USD/hist" and asked.query == {"limit": "10000", "sort": "-1"}
    days = {"2026-11-20": 4290.0, "2026-11-19": 4296.5, "2026-11-17": 4312.0, "2020-01-24": 1570.0}
    return as_json([[utc_ms(day), close - 5, close, close + 10, close - 10, 0.5] for day, close in days.items()])


def coingecko(asked: Asked) -> Reply:
    assert asked.path in ("/api/v3/coins/pax-gold/market_chart", "/api/v3/coins/tether-gold/market_chart")
    assert asked.query["vs_currency"] == "usd" and asked.query["interval"] == "daily"
    if int(asked.query["days"]) > 365:
        message = "Your request exceeds the allowed time range. Public API users are limited to the past 365 days"
        return Reply(
            json.dumps({"error": {"status": {"error_code": 10012, "error_message": message}}}).encode(), status=401
        )
    stamps = [utc_ms("2026-11-18"), utc_ms("2026-11-19"), utc_ms("2026-11-20"), utc_ms("2026-11-20", 15, 29)]
    prices, supply = [4301.0, 4310.0, 4296.0, 4289.0], [500_000.0, 499_000.0, 501_000.0, 501_500.0]
    return as_json({
        "prices": [list(point) for point in zip(stamps, prices, strict=True)],
        "market_caps": [[stamp, price * coins] for stamp, price, coins in zip(stamps, prices, supply, strict=True)],
        "total_volumes": [[stamp, 1e6] for stamp in stamps],
    })  # fmt: skip


def defillama(asked: Asked) -> Reply:
    assert asked.path in ("/stablecoin/1", "/stablecoin/2")

    def chain(days: dict[str, float]) -> dict[str, object]:
        return {
            "tokens": [
                {"date": utc_s(day), "circulating": {"peggedUSD": coins}, "minted": {"peggedUSD": 0}}
                for day, coins in days.items()
            ]
        }

    balances = {
        "Ethereum": chain({"2023-03-09": 40e9, "2023-03-10": 39e9, "2023-03-11": 37e9, "2026-11-20": 30e9}),
        "Solana": chain({"2023-03-10": 4e9, "2023-03-11": 4.5e9}),
        "Tron": chain({"2023-03-09": 1e9, "2023-03-11": 0.9e9}),  # did not report on the 10th
    }
    return as_json({"id": asked.path[-1], "symbol": "USDC", "pegType": "peggedUSD", "chainBalances": balances})


def fred(asked: Asked) -> Reply:
    code = asked.query["id"]
    assert asked.path == "/graph/fredgraph.csv"
    if code == "DTB3":  # as it was until 2025
        return as_text("DATE,DTB3\n1954-01-04,1.33\n1954-01-05,.\n1954-01-06,-0.05\n", "application/csv")
    return as_text(f"observation_date,{code}\n2025-10-15,1.70\n2025-10-16,\n2025-10-17,1.68\n", "application/csv")


_ALL_DAYS = [dt.date(2020, 8, 28) + dt.timedelta(days=n) for n in range((TODAY - dt.date(2020, 8, 28)).days)]
_FRED_NEW = {"2025-10-15": 1.70, "2025-10-17": 1.68}
_USD_COINS = {"2023-03-09": 41e9, "2023-03-10": 44e9, "2023-03-11": 42.4e9}

DOCUMENTED: dict[str, Documented] = {
    "gld_archive": Documented(gld, GLD_FIX, user_agent="Mozilla/5.0"),
    "gld_ounces": Documented(gld, GLD_OUNCES, user_agent="Mozilla/5.0"),
    "yahoo_gcf": Documented(yahoo, {"2026-11-17": 4310.5, "2026-11-19": 4295.25}, user_agent="Mozilla/5.0"),
    "lbma_pm": Documented(lbma, {"1968-04-01": 37.7, "1968-04-02": 37.3, "2026-11-19": 4305.15, "2026-11-20": 4290.4}),
    "boe_xudlgpd": Documented(boe, {"1979-01-02": 227.15, "1979-01-03": 225.5, "2017-05-26": 1265.0}, user_agent="Mozilla/5.0"),
    # Published on the 13th, 16th and 17th for the 12th, 13th and 16th, at the rates of those days.
    "nbp": Documented(nbp, {"2026-11-12": 500 / 3.6, "2026-11-13": 510 / 3.65, "2026-11-16": 505 / 3.7}),
    "worldbank_monthly": Documented(world_bank, {"1960-01-01": 35.27, "1980-12-01": 538.0, "2026-10-01": 4319.0}),
    "binance_paxg": Documented(binance, {day.isoformat(): binance_price(day) for day in _ALL_DAYS}),
    "kraken_paxg": Documented(kraken, {"2026-11-18": 4301.1, "2026-11-19": 4295.2}),
    "coinbase_paxg": Documented(
        coinbase,
        {day.isoformat(): binance_price(day) for day in _ALL_DAYS if day >= COINBASE_LISTED and day != dt.date(2026, 11, 15)},
    ),
    "bitfinex_xaut": Documented(bitfinex, {"2020-01-24": 1570.0, "2026-11-17": 4312.0, "2026-11-19": 4296.5}),
    "coingecko_paxg": Documented(coingecko, {"2026-11-17": 4301.0, "2026-11-18": 4310.0, "2026-11-19": 4296.0}),
    "coingecko_xaut": Documented(coingecko, {"2026-11-17": 4301.0, "2026-11-18": 4310.0, "2026-11-19": 4296.0}),
    "coingecko_paxg_supply": Documented(coingecko, {"2026-11-17": 500_000.0, "2026-11-18": 499_000.0, "2026-11-19": 501_000.0}),
    "coingecko_xaut_supply": Documented(coingecko, {"2026-11-17": 500_000.0, "2026-11-18": 499_000.0, "2026-11-19": 501_000.0}),
    "defillama_usdt": Documented(defillama, _USD_COINS),
    "defillama_usdc": Documented(defillama, _USD_COINS),
    "fred_dfii10": Documented(fred, _FRED_NEW, user_agent="python-httpx/"),
    "fred_dtb3": Documented(fred, {"1954-01-04": 1.33, "1954-01-06": -0.05}, user_agent="python-httpx/"),
    "fred_gvzcls": Documented(fred, _FRED_NEW, user_agent="python-httpx/"),
    "fred_dtwexbgs": Documented(fred, _FRED_NEW, user_agent="python-httpx/"),
}  # fmt: skip
