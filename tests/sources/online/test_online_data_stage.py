"""The data stage on hosts that answer, answer in part, or not at all: what is joined, what is left out and said."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from documented_answers import GLD_HEADER, NOW, as_json, as_text, as_workbook, utc_ms
from fake_host import Asked, FakeHost, Reply

from gramlib.artefacts import check_table
from gramlib.errors import SourceUnreachable
from gramlib.params.stages import DataParams
from gramlib.prices import acquire
from gramlib.prices.gather import online_settings
from gramlib.runner import snapshots
from gramlib.sources.london_calendar import business_days
from gramlib.sources.monthly import monthly_history

PARAMS = DataParams(
    source="online", start="2009-01-02", as_of="2026-11-20", chain=["yahoo_gcf", "gld_archive"], splice=["boe_xudlgpd"],
    crosscheck=["nbp", "gld_archive", "worldbank_monthly"], tokens=["binance_paxg", "coinbase_paxg", "bitfinex_xaut"],
    flows=["gld_ounces", "defillama_usdc"],
)  # fmt: skip


def _gold() -> pd.Series:
    """A daily gold price that follows the shipped averages, and stays there after their end."""
    days = pd.DatetimeIndex(business_days(dt.date(2009, 1, 2), dt.date(2026, 11, 19)))
    history = monthly_history()
    level = history.reindex(pd.PeriodIndex(days, freq="M")).ffill().to_numpy()
    walk = pd.Series(np.exp(np.cumsum(0.008 * np.random.default_rng(8).standard_normal(len(days)))), index=days)
    return walk / walk.groupby(pd.PeriodIndex(days, freq="M")).transform("mean") * level


GOLD = _gold()
FUND = GOLD["2016-01-04":]


def _fund(asked: Asked) -> Reply:
    rows = [
        [
            f"{day:%d-%b-%Y}",
            price / 10,
            "100.000000",
            f"{price / 10:.10f}",
            1,
            1,
            "0.1%",
            1,
            f"{3e7 - 1000 * n:.2f}",
            1,
            1,
        ]
        for n, (day, price) in enumerate(FUND.items())
    ]
    return as_workbook({"US GLD Historical Archive": [GLD_HEADER, *rows]})


def _bank(asked: Asked) -> Reply:
    lines = [f"{day:%d %b %Y},{price:.10f}" for day, price in GOLD[:"2017-05-26"].items()]
    return as_text("\r\n".join(["DATE,XUDLGPD", *lines, ""]), "application/csv")


def _poland(asked: Asked) -> Reply:
    *_, start, end, _ = asked.path.split("/")
    days = GOLD[start:end].index
    if not len(days):
        return Reply(b"404 NotFound - Not Found - Brak danych", "text/plain", 404)
    if "cenyzlota" not in asked.path:
        return as_json({"code": "USD", "rates": [{"effectiveDate": f"{day:%Y-%m-%d}", "mid": 4.0} for day in days]})
    stated = GOLD.shift(1).bfill()  # published on a day for the business day before
    noise = np.exp(0.001 * np.random.default_rng(len(days)).standard_normal(len(days)))
    values = stated[days] * noise * 4.0 / 31.1034768
    return as_json([{"data": f"{day:%Y-%m-%d}", "cena": value} for day, value in values.items()])


def _coinbase(asked: Asked) -> Reply:
    start, end = (pd.Timestamp(asked.query[key][:10]) for key in ("start", "end"))
    days = pd.date_range(max(start, pd.Timestamp("2026-01-01")), min(end, pd.Timestamp("2026-11-19")))
    gold = GOLD.reindex(days, method="ffill") * 1.001
    return as_json([[utc_ms(f"{day:%Y-%m-%d}") // 1000, p - 1, p + 1, p, p, 1.0] for day, p in gold.items()][::-1])


def _fred(asked: Asked) -> Reply:
    code = asked.query["id"]
    if code == "DFII10":
        return Reply(status=503)
    level = 100.0 + np.arange(len(FUND)) % 20
    lines = [f"{day:%Y-%m-%d},{value}" for day, value in zip(FUND.index, level, strict=True)]
    return as_text("\n".join([f"observation_date,{code}", *lines, ""]), "application/csv")


ANSWERS: dict[str, Callable[[Asked], Reply]] = {
    "api.spdrgoldshares.com": _fund,
    "www.bankofengland.co.uk": _bank,
    "api.nbp.pl": _poland,
    "api.binance.com": lambda asked: Reply(
        b'{"code":0,"msg":"Service unavailable from a restricted location"}', status=451
    ),
    "api.exchange.coinbase.com": _coinbase,
    "api-pub.bitfinex.com": lambda asked: as_text("<html>Just a moment...</html>", "text/html"),
    "fred.stlouisfed.org": _fred,
    "stablecoins.llama.fi": lambda asked: as_json({"chainBalances": []}),
    "www.worldbank.org": lambda asked: Reply(status=503),
}


@pytest.fixture
def market(host: FakeHost) -> FakeHost:
    host.gives(lambda asked: ANSWERS[asked.host](asked))
    return host


def quality_of(data) -> pd.DataFrame:
    return data.quality.set_index("check")


def test_what_answers_is_joined_and_compared_and_what_does_not_is_named(market, settings, tmp_path: Path) -> None:
    data = acquire(PARAMS, tmp_path, settings=settings(accept_terms=(), total_timeout_s=60.0))
    for name in ("prices", "token_prices", "flows", "quality"):
        check_table(name, getattr(data, name), "a test")
    document = data.document
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["grade"] == "A" and "nbp against the price" in document["grade_reason"]
    assert document["redistribute"] == "no"

    assert list(dict.fromkeys(data.prices["source"])) == ["boe_xudlgpd", "gld_archive"]
    (join,) = document["joins"]
    assert (join["day"], join["bridged"], join["overlap"]["basis"]) == ("2016-01-04", True, "day")
    assert data.prices.loc[data.prices["joined"], "log_return"].notna().all()

    quality = quality_of(data)
    assert "off until its terms are accepted" in quality.loc["chain", "found"]
    outcomes = {(each["role"], each["name"]): each["outcome"] for each in document["tried"]}
    assert outcomes[("gold", "yahoo_gcf")] == "terms" and outcomes[("gold", "gld_archive")] == "used"
    assert outcomes[("crosscheck", "gld_archive")] == "not needed"
    assert (
        outcomes[("token paxg", "binance_paxg")] == "unreachable"
        and outcomes[("token paxg", "coinbase_paxg")] == "used"
    )
    assert outcomes[("flow usdc", "defillama_usdc")] == outcomes[("token xaut", "bitfinex_xaut")] == "failed"
    assert quality.loc["crosscheck gld_archive", "status"] == "ok"
    for missing in ("token xaut bitfinex_xaut", "flow usdc defillama_usdc", "crosscheck worldbank_monthly"):
        assert quality.loc[missing, "status"] == "warning" and "goes on without it" in quality.loc[missing, "decision"]

    assert set(data.token_prices["token"]) == {"paxg"} and data.token_prices["date"].max() == pd.Timestamp("2026-11-19")
    assert data.token_prices.loc[data.token_prices["gold_age_days"] == 0, "premium"].median() == pytest.approx(
        0.001, abs=1e-4
    )
    assert list(data.flows["product"].unique()) == ["gld"] and data.flows["change"].dropna().eq(-1000).all()


def test_the_same_day_again_asks_nobody_and_gives_the_same(market, settings, tmp_path: Path) -> None:
    params = PARAMS.model_copy(update={"tokens": [], "crosscheck": [], "flows": ["gld_ounces"]})
    first = acquire(params, tmp_path, settings=settings(accept_terms=(), total_timeout_s=60.0))
    market.gives(Reply(status=500))
    again = acquire(params, tmp_path, settings=settings(accept_terms=(), offline=True))
    assert market.asked == []
    pd.testing.assert_frame_equal(first.prices, again.prices)
    pd.testing.assert_frame_equal(first.flows, again.flows)
    earlier = acquire(
        params.model_copy(update={"as_of": "2026-03-31"}), tmp_path, settings=settings(accept_terms=(), offline=True)
    )
    assert earlier.prices["date"].max() == earlier.flows["date"].max() == pd.Timestamp("2026-03-31")

    kept = settings().snapshots
    used = snapshots.used(first.document, kept)
    assert sorted(name.partition("/")[0] for name in used) == ["boe_xudlgpd", "gld_archive"]
    assert snapshots.now(used, kept) == used
    name = next(name for name in used if name.startswith("boe"))
    answer = next(path for path in (kept / name).iterdir() if path.name != "card.json")
    answer.write_bytes(answer.read_bytes() + b" ")
    assert snapshots.now(used, kept)[name] != used[name]
    for path in (kept / name).iterdir():
        path.unlink()
    assert snapshots.now(used, kept) == used  # a result stands though its snapshot is gone


def test_covariates_are_fetched_a_file_comes_first_and_a_silent_one_is_named(market, settings, tmp_path: Path) -> None:
    own = tmp_path / "vol.csv"
    own.write_text("date,value\n2026-11-16,18.0\n2026-11-18,19.0\n2026-11-20,20.0\n")
    wanted = {"covariates": ["fred_dfii10", "fred_gvzcls", "fred_dtwexbgs"], "covariate_files": [f"gvz={own}"]}
    params = PARAMS.model_copy(update={"tokens": [], "crosscheck": [], "flows": [], **wanted})
    data = acquire(params, tmp_path, settings=settings(accept_terms=(), total_timeout_s=60.0))
    assert data.covariates.groupby("name")["source"].unique().map(list).to_dict() == {
        "dollar": ["fred_dtwexbgs"],
        "gvz": ["file:gvz"],
    }
    assert data.covariates.loc[data.covariates["name"] == "gvz", "value"].tolist() == [0.18, 0.19]
    assert data.covariates["known_on"].max() <= pd.Timestamp("2026-11-20")
    outcomes = {(each["role"], each["name"]): each["outcome"] for each in data.document["tried"]}
    assert outcomes[("covariate gvz", "fred_gvzcls")] == "not needed"
    assert outcomes[("covariate dollar", "fred_dtwexbgs")] == "used"
    assert quality_of(data).loc["covariate real_yield fred_dfii10", "status"] == "warning"
    assert not any(asked.query.get("id") == "GVZCLS" for asked in market.asked)


def test_without_gold_there_is_no_run_and_no_sample_in_its_place(host, settings, tmp_path: Path) -> None:
    host.gives(Reply(status=503))
    with pytest.raises(SourceUnreachable) as refused:
        acquire(PARAMS, tmp_path, settings=settings(accept_terms=()))
    assert refused.value.exit_code == 75
    for reason in ("yahoo_gcf: terms", "gld_archive: unreachable", "data.offline"):
        assert reason in str(refused.value)


def test_when_time_is_up_nothing_more_is_asked(market, settings, tmp_path: Path) -> None:
    slow = {**ANSWERS, "www.bankofengland.co.uk": lambda asked: Reply(b"DATE" * 100, "text/csv", drip_s=0.2)}
    market.gives(lambda asked: slow[asked.host](asked))
    data = acquire(PARAMS, tmp_path, settings=settings(accept_terms=(), total_timeout_s=3.0))
    outcomes = {each["role"]: each for each in data.document["tried"]}
    assert (
        outcomes["splice"]["outcome"] == "failed"
        and outcomes["token paxg"]["reason"] == "data.total_timeout_s was used up"
    )
    assert data.document["grade"] == "B" and set(data.prices["source"]) == {"gld_archive"}


def test_a_day_that_is_over_takes_the_snapshot_it_had() -> None:
    today = online_settings(DataParams(source="online"), Path("s"))
    assert today.max_age_hours == DataParams().max_age_hours
    past = online_settings(DataParams(source="online", as_of=f"{NOW - dt.timedelta(days=400):%Y-%m-%d}"), Path("s"))
    assert past.max_age_hours > 24 * 300
