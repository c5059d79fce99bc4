"""What the names of columns mean: dates, prices, currencies and weights, in the languages people's files come in."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

DATE_NAMES = frozenset(
    "date datum fecha data дата day dia tag jour dzien день giorno tarih dato paiva paivamaara time timestamp datetime "
    "giorno when ts dt period month monat mes mois miesiac месяц mese 日期 日付 ημερομηνια".split()
) | {"observation date", "time period", "open time", "trade date", "value date", "pricing date", "as of", "date time"}
TIME_NAMES = frozenset("time zeit uhrzeit hora heure czas godzina время ora hour".split())
MISSING = frozenset(
    ("", ".", "..", "...", "…", "-", "--", "—", "–", "*", "na", "n/a", "n.a.", "#n/a", "#n/a n/a", "nan", "null", "none", "nil", "nd", "n.d.", "s/d", "\\n")
    + ("k.a.", "k. a.", "b.d.", "brak", "brak danych", "нет", "нет данных", "no data", "missing", "holiday", "us holiday", "uk holiday", "bank holiday", "feiertag")
    + ("festivo", "ferie", "ferie", "swieto", "nyse closed", "closed", "market closed", "awaited", "not available", "no value available", "#value!", "#ref!")
    + ("#div/0!", "#num!", "#name?", "nat", "<na>", "pending", "tba", "tbd", "unavailable", "unch", "ukhol")
)  # fmt: skip

CURRENCY_CODES = (
    "gbp eur euro euros chf jpy yen cny cnh rmb yuan inr rub pln zl zloty aud cad try zar brl mxn sek nok dkk czk huf hkd sgd krw thb idr aed "
    "kwd sar vnd sterling pounds rupees dem nzd twd php myr egp"
).split()
_SPOKEN = {"EURO": "EUR", "EUROS": "EUR", "YEN": "JPY", "STERLING": "GBP", "POUNDS": "GBP", "RMB": "CNY", "YUAN": "CNY", "ZL": "PLN", "ZLOTY": "PLN", "RUPEES": "INR"}
CURRENCY = re.compile(rf"(?:^|[^a-z])(?:xau|gold)?[ /_-]?({'|'.join(CURRENCY_CODES)})(?:[^a-z]|$)")
CURRENCY_SIGNS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "zł": "PLN", "₺": "TRY", "₩": "KRW", "A$": "AUD", "C$": "CAD", "HK$": "HKD", "R$": "BRL"}
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
    ("another metal or market", re.compile(r"\b(?:silver|xag|slv|plat\w*|xpt|pallad\w*|xpd|copper|crude|brent|wti|oil|bitcoin|btc\w*|eth\w*|plata|silber|argent|srebro|серебро|sp500|spx|dxy)\b")),
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


def plain(name: str) -> str:
    """`name` without accents, case and punctuation: "Último" is "ultimo", "USD (PM)" is "usd pm"."""
    folded = unicodedata.normalize("NFKD", name.casefold().replace("ł", "l").replace("ß", "ss"))
    letters = "".join(c if c.isalnum() else " " for c in folded if not unicodedata.combining(c))
    return " ".join(letters.split())


def is_date_name(name: str) -> bool:
    """Whether a column of that name holds dates."""
    folded = plain(name)
    return folded in DATE_NAMES or folded.split(" ")[0:1] == ["date"]


def is_time_name(name: str) -> bool:
    """Whether a column of that name holds times of day."""
    return plain(name) in TIME_NAMES


def price_rank(name: str) -> int | None:
    """Rank of `name` in PRICE_RANKS: exactly, else beginning so; None when it says nothing of a price."""
    folded = plain(name)
    if "update" in folded:
        return None
    for exact in (True, False):
        for rank, names in enumerate(PRICE_RANKS):
            if any(folded == known or (not exact and folded.startswith(known + " ")) for known in names):
                return rank if exact else rank + len(PRICE_RANKS)
    return None


def why_no_price(name: str) -> str:
    """What a column called `name` holds instead of a gold price; empty when the name does not say so."""
    folded = plain(name)
    if "%" in name:
        return "a return or change"
    return next((what for what, pattern in NOT_A_PRICE if pattern.search(folded)), "")


def unit_named(name: str) -> str:
    """The unit a column's name speaks of (oz, g, kg, tola), empty when it speaks of none or of two."""
    folded = plain(name)
    spoken = [unit for unit, pattern in WEIGHT_WORDS.items() if pattern.search(folded)]
    return spoken[0] if len(spoken) == 1 else ""


def currency_of(name: str) -> str:
    """The currency a column's name speaks of: a code in capitals, USD when it says none other."""
    lower = name.lower()
    if "usd" in lower or "us$" in lower or "dollar" in lower:
        return "USD"
    for sign, code in CURRENCY_SIGNS.items():
        if sign.lower() in lower:
            return code
    other = CURRENCY.search(lower)
    return "USD" if other is None else _SPOKEN.get(other[1].upper(), other[1].upper())


@lru_cache
def _vocabulary() -> frozenset[str]:
    words = DATE_NAMES | {name for rank in PRICE_RANKS for name in rank}
    return frozenset(words) | frozenset("apertura maximo minimo otwarcie najwyzszy najnizszy откр макс мин открытие объем eroffn zmiana".split())


def known_words(text: str) -> int:
    """How many cells of `text` are names this workbench knows."""
    return sum(plain(cell) in _vocabulary() for line in text.splitlines() for cell in re.split(r"[,;\t|]", line))
