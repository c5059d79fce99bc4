"""Parameters of stage `data`: which gold price, tokens, flows and covariates, from where, over which dates.

Providers stand here by name alone, because parameters are validated before anything heavy is imported; a test
holds the names equal to those of gramlib.sources.online.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from pydantic import AfterValidator

from gramlib.params.built_in import SOURCE_NAMES
from gramlib.params.fields import Section, each_of, one_of, param, refusal
from gramlib.params.plugins import SOURCES
from gramlib.params.quoting import shown
from gramlib.params.suggest import did_you_mean

GOLD_PROVIDERS = ("gld_archive", "yahoo_gcf", "lbma_pm", "boe_xudlgpd")
CROSSCHECK_PROVIDERS = (*GOLD_PROVIDERS, "nbp", "worldbank_monthly")
TOKEN_PROVIDERS = {
    "binance_paxg": "paxg", "kraken_paxg": "paxg", "coinbase_paxg": "paxg", "coingecko_paxg": "paxg",
    "bitfinex_xaut": "xaut", "coingecko_xaut": "xaut",
}  # fmt: skip
"""Provider and the token it prices."""
FLOW_PROVIDERS = {
    "gld_ounces": "gld", "defillama_usdt": "usdt", "defillama_usdc": "usdc",
    "coingecko_paxg_supply": "paxg", "coingecko_xaut_supply": "xaut",
}  # fmt: skip
"""Provider and the product whose quantity outstanding it gives."""
COVARIATE_PROVIDERS = {"fred_dfii10": "real_yield", "fred_gvzcls": "gvz", "fred_dtwexbgs": "dollar"}
"""Provider and the covariate it gives."""
RATE_PROVIDERS = ("fred_dtb3",)
"""Series that can be fetched by name and that no stage asks for."""
PROVIDERS = (*CROSSCHECK_PROVIDERS, *TOKEN_PROVIDERS, *FLOW_PROVIDERS, *COVARIATE_PROVIDERS, *RATE_PROVIDERS)
FILE_LISTS = ("splice", "crosscheck", "token_files", "flow_files", "covariate_files")
"""Fields whose items may be files, written as a name and a path joined by an equals sign."""

_NAMED_FILE = re.compile(r"[a-z][a-z0-9_]*=.+")


def _iso_date(text: str) -> str:
    """A calendar date written YYYY-MM-DD, or nothing where the field allows it."""
    try:
        real = text == "" or dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        real = False
    if not real:
        raise refusal("a date that exists, written like 2013-04-15")
    return text


Date = Annotated[str, AfterValidator(_iso_date)]


def _each_source(*known: str) -> AfterValidator:
    """A list of distinct names, each a provider of `known` or a named file; two files do not share a name."""

    def check(items: list[str]) -> list[str]:
        names = [item.partition("=")[0] for item in items]
        for item, name in zip(items, names, strict=True):
            if names.count(name) > 1:
                raise refusal("each name once", f"{shown(name)} twice")
            if _NAMED_FILE.fullmatch(item) or item in known:
                continue
            words = (
                f"one of {', '.join(known)}, or a file as name=path{did_you_mean(item, known)}"
                if known
                else "name=path"
            )
            raise refusal(words, shown(item))
        return items

    return AfterValidator(check)


def _each_covariate(items: list[str]) -> list[str]:
    """Named files, each named as a covariate that the models know."""
    known = tuple(COVARIATE_PROVIDERS.values())
    for name in named_files(items):
        if name not in known:
            raise refusal(f"{' or '.join(known)} before the equals sign{did_you_mean(name, known)}", shown(name))
    return items


def named_files(items: list[str]) -> dict[str, str]:
    """Path by name of the items that are files; the others name providers."""
    return {name: path for name, equals, path in (item.partition("=") for item in items) if equals}


class DataParams(Section):
    """Stage `data`: which gold price, tokens, flows and covariates, over which dates."""

    source: Annotated[str, one_of(*SOURCE_NAMES, plug_ins=SOURCES)] = param(
        "sample", "sample (shipped, demonstration), file, or online"
    )
    path: str = param("", "price file, when source is file")
    column: str = param("", "price column of that file; empty means chosen by rule and reported")
    unit: Annotated[str, one_of("auto", "oz", "g", "kg", "tola")] = param(
        "auto", "weight the file's price is quoted for: auto, oz, g, kg or tola"
    )
    start: Date = param("1975-01-02", "first day kept", "ISO date")
    end: Date = param("", "last day kept; empty means the last one there is", "ISO date")
    max_fill_days: int = param(3, "longest gap filled with the last price", "business days", ge=0, le=20)
    date_order: Annotated[str, one_of("auto", "ymd", "dmy", "mdy")] = param(
        "auto", "order of day and month in the file's dates: auto, ymd, dmy or mdy"
    )
    decimal: Annotated[str, one_of("auto", "point", "comma")] = param(
        "auto", "decimal mark of the file: auto, point or comma"
    )
    delimiter: Annotated[str, one_of("auto", "comma", "semicolon", "tab", "pipe", "space")] = param(
        "auto", "separator of the file: auto, comma, semicolon, tab, pipe or space"
    )
    sheet: str = param("", "sheet of a workbook; empty means chosen by rule and reported")
    day_shift: int = param(
        0, "days added to every date of the file, for stamps of the day after", "calendar days", ge=-2, le=2
    )
    chain: Annotated[list[str], each_of(*GOLD_PROVIDERS)] = param(
        ["gld_archive", "yahoo_gcf", "lbma_pm"], "online gold sources, tried in this order until one answers"
    )
    splice: Annotated[list[str], _each_source(*GOLD_PROVIDERS)] = param(
        [], "series laid before and after the first one, best first: providers or named files"
    )
    crosscheck: Annotated[list[str], _each_source(*CROSSCHECK_PROVIDERS)] = param(
        [], "series the gold price is held against: providers or named files"
    )
    tokens: Annotated[list[str], each_of(*TOKEN_PROVIDERS, empty_ok=True)] = param(
        [], "online token prices; sources of one token are tried in this order"
    )
    flows: Annotated[list[str], each_of(*FLOW_PROVIDERS, empty_ok=True)] = param(
        [], "online ounces or supplies outstanding"
    )
    covariates: Annotated[list[str], each_of(*COVARIATE_PROVIDERS, empty_ok=True)] = param(
        [], "online real yield, gold volatility index and dollar, for the quantile models"
    )
    token_files: Annotated[list[str], _each_source()] = param([], "token price files, each as name, equals sign, path")
    flow_files: Annotated[list[str], _each_source()] = param(
        [], "files of ounces or tokens outstanding, each as name, equals sign, path"
    )
    covariate_files: Annotated[list[str], _each_source(), AfterValidator(_each_covariate)] = param(
        [], "files of covariates, each as real_yield, gvz or dollar, equals sign, path"
    )
    accept_terms: Annotated[list[str], each_of(*PROVIDERS, empty_ok=True)] = param(
        [], "providers whose terms you have read and accept"
    )
    max_age_hours: float = param(
        20.0, "age up to which a snapshot is used instead of a new request", "h", ge=0.0, le=87_600.0
    )
    total_timeout_s: float = param(300.0, "longest time all requests together may take", "s", gt=0.0, le=3600.0)
    offline: bool = param(False, "use snapshots alone, whatever their age")
    as_of: Date = param("", "day of an online run, after which nothing is used; empty means today in UTC", "ISO date")
