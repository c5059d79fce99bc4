"""What stage data hands on."""

from __future__ import annotations

from gramlib.artefacts.columns import Artefact, Column

_OZ_LOWER, _OZ_UPPER = 20.0, 50_000.0
_G_LOWER, _G_UPPER = 0.6, 1_700.0

ARTEFACTS: tuple[Artefact, ...] = (
    Artefact(
        "prices",
        "data",
        "Daily gold price, one row a London business day",
        version=2,
        key=("date",),
        columns=(
            Column("date", "date", "", "London business day"),
            Column("gold_usd_per_oz", "float64", "USD/oz", "gold price", lower=_OZ_LOWER, upper=_OZ_UPPER),
            Column("gold_usd_per_g", "float64", "USD/g", "gold price", lower=_G_LOWER, upper=_G_UPPER),
            Column(
                "log_return",
                "float64",
                "1",
                "log of the price over the row before; empty where it would bridge a gap or a join",
                nullable=True,
                lower=-0.5,
                upper=0.5,
            ),
            Column("filled", "bool", "", "no quote that day: the last price is carried, its return is empty"),
            Column("stale", "bool", "", "price unchanged for so long that it is not a quote"),
            Column("outlier", "bool", "", "a suspicious price that was kept; see quality"),
            Column("joined", "bool", "", "first row after a splice: the row before is another series"),
            Column("source", "str", "", "card id of the series the row comes from"),
        ),
    ),
    Artefact(
        "token_prices",
        "data",
        "Daily price of gold tokens against gold; no rows in a run without tokens",
        key=("date", "token"),
        columns=(
            Column("date", "date", "", "calendar day at whose end (UTC) the token price stood; seven days a week"),
            Column("token", "str", "", "name of the token, such as paxg"),
            Column(
                "token_usd_per_oz",
                "float64",
                "USD/oz",
                "token price for one troy ounce of gold",
                lower=1.0,
                upper=50_000.0,
            ),
            Column(
                "gold_usd_per_g",
                "float64",
                "USD/g",
                "gold price of the day, or the last one before it",
                lower=_G_LOWER,
                upper=_G_UPPER,
            ),
            Column("gold_age_days", "int64", "day", "age of that gold price; 0 means aligned", lower=0, upper=14),
            Column(
                "premium",
                "float64",
                "1",
                "token over gold, less one; a price gap in time as well unless aligned",
                lower=-1.0,
                upper=10.0,
            ),
            Column(
                "log_return",
                "float64",
                "1",
                "log of the token price over that of the aligned day before; empty unless aligned",
                nullable=True,
                lower=-1.0,
                upper=1.0,
            ),
            Column("weekend", "bool", "", "no London business day: for liquidity alone, not for returns"),
            Column("stale", "bool", "", "price unchanged for so long that it is not a quote"),
            Column("source", "str", "", "card id of the token's series"),
        ),
    ),
    Artefact(
        "flows",
        "data",
        "Ounces or tokens outstanding and their change from row to row; no rows in a run without flows",
        key=("date", "product"),
        columns=(
            Column("date", "date", "", "day the quantity was stated for"),
            Column("product", "str", "", "fund or token, such as gld or usdc"),
            Column("quantity", "float64", "as unit", "outstanding", lower=0.0),
            Column("unit", "str", "", "what is counted", isin=("ounces", "tokens")),
            Column(
                "change",
                "float64",
                "as unit",
                "since the row before; negative is redeemed; empty on a product's first row",
                nullable=True,
            ),
            Column(
                "change_share",
                "float64",
                "1",
                "change over the quantity of the row before",
                nullable=True,
                lower=-1.0,
            ),
            Column("days", "int64", "day", "calendar days since the row before; 0 on the first", lower=0),
            Column(
                "flag",
                "str",
                "",
                "empty, or why the change is no holder's flow",
                isin=("", "first", "split", "step", "reverted", "gap"),
            ),
            Column("source", "str", "", "card id of the series"),
        ),
    ),
    Artefact(
        "covariates",
        "data",
        "What moves with gold and when it was known; no rows in a run without covariates",
        key=("date", "name"),
        columns=(
            Column("date", "date", "", "day the value was stated for"),
            Column("name", "str", "", "covariate", isin=("real_yield", "gvz", "dollar")),
            Column(
                "value",
                "float64",
                "as unit",
                "US 10-year real yield, implied volatility of gold, or index of the dollar",
                lower=-1.0,
                upper=1000.0,
            ),
            Column("unit", "str", "", "unit of the value", isin=("1/year", "1/sqrt(year)", "index")),
            Column(
                "known_on", "date", "", "London business day at whose end the value may be used; later than its date"
            ),
            Column("source", "str", "", "card id of the series"),
        ),
    ),
    Artefact(
        "quality",
        "data",
        "What was found in the raw data and what was decided",
        key=("check",),
        columns=(
            Column("check", "str", "", "short name of the check"),
            Column("status", "str", "", "outcome", isin=("ok", "note", "warning")),
            Column("found", "str", "", "what was found, with numbers"),
            Column("expected", "str", "", "what was expected, and why"),
            Column("decision", "str", "", "what was done about it"),
        ),
    ),
    Artefact("source_cards", "data", "Where the data came from, under which licence, and their grade", kind="document"),
)
