"""The vocabulary of price files: dates, prices, currencies, weights and missing values in the languages people have them."""

from __future__ import annotations

import re


def _listed(text: str) -> frozenset[str]:
    return frozenset(item.strip() for item in text.split(",") if item.strip())


DATE_NAMES = _listed("""
    date, datum, fecha, data, дата, day, dia, tag, jour, dzien, день, giorno, tarih, dato, paiva, paivamaara, 日期, 日付, ημερομηνια,
    time, timestamp, datetime, date time, when, ts, dt, period, time period, observation date, open time, trade date, value date,
    pricing date, as of, month, monat, mes, mois, miesiac, месяц, mese
""")
TIME_NAMES = _listed("time, zeit, uhrzeit, hora, heure, czas, godzina, время, ora, hour")
MISSING = {""} | _listed("""
    ., .., ..., …, -, --, —, –, *, na, n/a, n.a., #n/a, #n/a n/a, nan, null, none, nil, nd, n.d., s/d, \\n, nat, <na>, unch,
    #value!, #ref!, #div/0!, #num!, #name?, k.a., k. a., b.d., brak, brak danych, нет, нет данных, no data, missing, pending, tba, tbd,
    not available, no value available, unavailable, awaited, holiday, us holiday, uk holiday, ukhol, bank holiday, feiertag, festivo,
    ferie, swieto, closed, market closed, nyse closed
""")

CURRENCY_CODES = _listed("""
    gbp, eur, euro, euros, chf, jpy, yen, cny, cnh, rmb, yuan, inr, rub, pln, zl, zloty, aud, cad, try, zar, brl, mxn, sek, nok, dkk,
    czk, huf, hkd, sgd, krw, thb, idr, aed, kwd, sar, vnd, sterling, pounds, rupees, dem, nzd, twd, php, myr, egp
""")
SPOKEN_CURRENCIES = {
    "EURO": "EUR", "EUROS": "EUR", "YEN": "JPY", "STERLING": "GBP", "POUNDS": "GBP", "RMB": "CNY", "YUAN": "CNY", "ZL": "PLN",
    "ZLOTY": "PLN", "RUPEES": "INR",
}  # fmt: skip
CURRENCY = re.compile(
    rf"(?:^|[^a-z])(?:xau|gold)?[ /_-]?({'|'.join(sorted(CURRENCY_CODES, key=len, reverse=True))})(?:[^a-z]|$)"
)
CURRENCY_SIGNS = {
    "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "zł": "PLN", "₺": "TRY", "₩": "KRW", "A$": "AUD", "C$": "CAD",
    "HK$": "HKD", "R$": "BRL",
}  # fmt: skip
WEIGHT_WORDS = {
    "oz": re.compile(r"\b(?:oz|ozt|toz|ounces?|onza|once|unze|feinunze|uncja|uncji|oncia|унци[яию])\b"),
    "g": re.compile(r"\b(?:g|gr|gm|grams?|grammes?|gramm|gramo|gram[ay]?|грамм[а]?)\b"),
    "kg": re.compile(r"\b(?:kg|kilos?|kilograms?|kilogramm|кг)\b"),
    "tola": re.compile(r"\btolas?\b"),
}

PRICE_RANKS: tuple[tuple[str, ...], ...] = (
    ("gold usd per oz", "usd per oz", "usd oz", "usd toz", "gold price usd per oz"),
    ("usd pm", "lbma pm", "lbma gold pm", "gold pm", "pm fix", "pm fixing", "pm", "gold price pm", "lbma pm implied", "london pm"),
    ("gold usd per g", "usd per g", "usd per gram", "usd g"),
    ("gold usd", "xau usd", "xauusd", "usd"),
    ("gold", "xau", "gold price", "oro", "zloto", "золото", "or", "gold fixing"),
    ("price", "precio", "preis", "prix", "cena", "цена", "prezzo", "preco", "prijs", "fiyat", "priceusd", "kurs", "курс", "cours", "kurz", "hinta", "pris", "价格"),
    ("close", "cierre", "schluss", "schlusskurs", "fermeture", "cloture", "zamkniecie", "закрытие", "chiusura", "fechamento", "slotkoers", "kapanis", "closing", "закр", "收盘"),
    ("last", "ultimo", "zuletzt", "dernier", "ostatnio", "ostatni", "последняя", "последн", "letzter", "simdi", "laatste", "px last", "last price"),
    ("adj close", "adjusted close", "adjclose"),
    ("settle", "settlement", "settlement price", "fixing", "fix", "mid", "mid price"),
    ("usd am", "lbma am", "gold am", "am fix", "am"),
    ("value", "wert", "valor", "valeur", "wartosc", "значение", "valore", "obs value", "rate", "mean", "average", "avg", "price usd", "gold value", "sale price"),
)  # fmt: skip
"""Plain names of a price column, the most telling rank first; within a rank all are alike."""

NOT_A_PRICE = (
    ("another metal or market", re.compile(r"\b(?:silver|xag\w*|slv|plat\w*|xpt\w*|pallad\w*|xpd\w*|copper|crude|brent|wti|oil|bitcoin|btc\w*|eth\w*|plata|silber|argent|srebro|серебро|sp500|spx|dxy)\b")),
    ("a return or change", re.compile(r"\b(?:log ?returns?|returns?|ret|rets|chg|change|changes|var|variation|variacion|veranderung|zmiana|изм|diff|delta|pnl|rendite|rendimiento|pct\w*|percent\w*|premium|discount)\b")),
    ("a volume or quantity", re.compile(r"\b(?:vol|volume|volumen|volumes|wol|wolumen|umsatz|объем|tick ?vol\w*|trades|count|shares|tonnes|supply|implied supply|market ?caps?|open interest|turnover|quantity|qty|oz per|total ounces|nav total|asset volume|total net asset)\b")),
    ("a volatility, yield or index", re.compile(r"\b(?:gvz\w*|vix\w*|volatil\w*|yield\w*|dfii\d*|dgs\d*|dtb\d*|sigma|index|sd|std|spread)\b")),
    ("a number of rows, not of dollars", re.compile(r"\b(?:id|row|nr|no|year|jahr|weekday|week|unnamed\w*)\b")),
)  # fmt: skip
"""What a column is when its name says it is no gold price."""
BAR_EDGES = re.compile(
    r"^(?:open|high|low|apertura|maximo|minimo|eroffn\w*|hoch|tief|ouv\w*|plus haut|plus bas|haut|bas|otwarcie|najwyzszy|najnizszy|max|min|откр|макс|мин|abertura|"
    r"maxima|minima|massimo|1st|vwap|day s high|day s low)\b"
)
"""Sides of a daily bar that are not its last price."""
