"""Each source's documented answer, over a real connection, gives the documented series; every trap is stepped over."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from documented_answers import (
    DOCUMENTED,
    GLD_HEADER,
    GLD_ROWS,
    NOW,
    as_json,
    as_text,
    as_workbook,
    binance_price,
    coingecko,
    gld,
    kraken,
    utc_ms,
    utc_s,
    world_bank,
    yahoo,
)
from fake_host import Reply

from gramlib.errors import DataContractError, ParameterError, SourceUnreachable
from gramlib.params.data_params import (
    COVARIATE_PROVIDERS,
    CROSSCHECK_PROVIDERS,
    FLOW_PROVIDERS,
    GOLD_PROVIDERS,
    RATE_PROVIDERS,
    TOKEN_PROVIDERS,
)
from gramlib.params.data_params import PROVIDERS as NAMES_IN_PARAMS
from gramlib.sources.online import PROVIDERS, fetch_series
from gramlib.sources.online.provider import KINDS


def found(series) -> dict[str, float]:
    return dict(zip(series.frame["date"].dt.strftime("%Y-%m-%d"), series.frame["value"], strict=True))


@pytest.mark.parametrize("name", DOCUMENTED)
def test_the_documented_answer_gives_the_documented_series(name, host, settings):
    documented = DOCUMENTED[name]
    host.gives(documented.answer)
    series = fetch_series(name, settings())
    assert found(series) == pytest.approx(documented.expected, rel=1e-9)
    assert series.frame["date"].is_monotonic_increasing and str(series.frame["date"].dtype) == "datetime64[us]"
    assert all(asked.headers["User-Agent"].startswith(documented.user_agent) for asked in host.asked)
    card = series.card
    assert (card.id, card.rows, card.accessed) == (name, len(documented.expected), NOW.isoformat())
    assert (card.start, card.end) == (min(documented.expected), max(documented.expected))
    assert card.licence and card.producer and len(card.sha256) == 64 and card.url.startswith("https://")


def test_every_source_is_tested_and_known_to_the_parameters():
    assert set(PROVIDERS) == set(DOCUMENTED) == set(NAMES_IN_PARAMS)
    by_kind = {kind: {p.name for p in PROVIDERS.values() if p.kind == kind} for kind in KINDS}
    assert by_kind["gold"] == set(GOLD_PROVIDERS)
    assert by_kind["crosscheck"] == set(CROSSCHECK_PROVIDERS) - set(GOLD_PROVIDERS)
    assert (by_kind["token"], by_kind["supply"]) == (set(TOKEN_PROVIDERS), set(FLOW_PROVIDERS))
    assert by_kind["covariate"] == {*COVARIATE_PROVIDERS, *RATE_PROVIDERS}


def test_what_may_be_passed_on_is_what_the_licences_say():
    assert {name for name, p in PROVIDERS.items() if p.redistribute == "yes"} == {
        "worldbank_monthly",
        "fred_dfii10",
        "fred_dtb3",
        "fred_dtwexbgs",
    }
    assert {name for name, p in PROVIDERS.items() if p.needs_terms} == {"yahoo_gcf", "lbma_pm"}


@pytest.mark.parametrize("name", ["yahoo_gcf", "lbma_pm"])
def test_terms_not_accepted_means_not_asked(name, host, settings):
    with pytest.raises(ParameterError, match="off until its terms are accepted") as refused:
        fetch_series(name, settings(accept_terms=()))
    assert host.asked == [] and PROVIDERS[name].terms in refused.value.found
    assert f"data.accept_terms: [{name}]" in refused.value.remedy


def test_an_unknown_name_is_helped_along(settings):
    with pytest.raises(ParameterError, match="did you mean 'gld_archive'"):
        fetch_series("gld_archiv", settings())


def test_gld_holidays_are_counted_and_one_answer_serves_both_series(host, settings):
    host.gives(gld)
    fix, ounces = (fetch_series(name, settings()) for name in ("gld_archive", "gld_ounces"))
    assert len(host.asked) == 1 and fix.card.sha256 == ounces.card.sha256
    assert any(note.check == "holidays" and note.found.startswith("4 row(s)") for note in fix.notes)
    assert (fix.unit, fix.currency, ounces.currency, ounces.instrument) == ("oz", "USD", "", "supply")


def test_gld_ounces_stated_per_share_are_not_divided_again(host, settings):
    rows = [
        [
            row[0],
            row[1],
            row[2] if isinstance(row[2], str) and not row[2][0].isdigit() else float(row[2]) / 1000,
            *row[3:],
        ]
        for row in GLD_ROWS
    ]
    host.gives(as_workbook({"US GLD Historical Archive": [GLD_HEADER, *rows]}))
    assert found(fetch_series("gld_archive", settings()))["2004-11-18"] == pytest.approx(442.0)


@pytest.mark.parametrize(
    ("sheets", "match"),
    [
        ({"Sheet1": [GLD_HEADER, *GLD_ROWS]}, "0 sheets match"),
        ({"US GLD Historical Archive": [["Date", "Close"], ["18-Nov-2004", 44.0]]}, "0 columns match"),
        ({"US GLD Historical Archive": [["Day", "Close"], ["18-Nov-2004", 44.0]]}, "no header that starts with Date"),
        ({"US GLD Historical Archive": [GLD_HEADER, [row if i != 2 else "7.5" for i, row in enumerate(GLD_ROWS[0])]]}, "ounces a share"),
    ],
)  # fmt: skip
def test_gld_columns_that_moved_are_refused_with_what_was_seen(sheets, match, host, settings):
    host.gives(as_workbook(sheets))
    with pytest.raises(DataContractError, match=match) as refused:
        fetch_series("gld_archive", settings())
    assert "PK" in refused.value.origin and refused.value.remedy


def test_yahoo_leaves_todays_bar_and_nulls_out_and_says_so(host, settings):
    host.gives(yahoo)
    series = fetch_series("yahoo_gcf", settings())
    said = {note.check: note.found for note in series.notes}
    assert "1 value(s) of 2026-11-20" in said["partial day"] and "2026-11-18" in said["missing"]
    assert series.instrument == "future"


def test_yahoo_today_is_new_yorks_today(host, settings):
    """At 02:00 UTC on the 20th it is still the 19th in New York: that bar is unfinished too."""
    host.gives(yahoo)
    now = NOW.replace(hour=2, minute=0)
    host.gives(
        lambda asked: yahoo(
            asked.__class__(
                asked.host, asked.path, {**asked.query, "period2": str(int(NOW.timestamp()))}, {}, asked.raw
            )
        )
    )
    with pytest.raises(DataContractError, match="after the day it was fetched"):
        fetch_series("yahoo_gcf", settings(now=now - dt.timedelta(days=2)))
    assert set(found(fetch_series("yahoo_gcf", settings(now=now)))) == {"2026-11-17"}


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"error": {"code": "Not Found", "description": "No data found"}}, "No data found"),
        ({"result": None}, "TypeError"),
        ({"result": [{"meta": {"currency": "EUR", "exchangeTimezoneName": "America/New_York"}}]}, "currency 'EUR'"),
    ],
)
def test_yahoo_errors_inside_a_good_status_are_errors(change, match, host, settings):
    host.gives(as_json({"chart": {"result": [], "error": None, **change}}))
    with pytest.raises(DataContractError, match=match):
        fetch_series("yahoo_gcf", settings())


def test_boe_html_instead_of_csv_is_refused(host, settings):
    host.gives(as_text("<html><body>Invalid series</body></html>", "text/html"))
    with pytest.raises(DataContractError, match=r"not CSV starting with DATE.*<html><body>Invalid"):
        fetch_series("boe_xudlgpd", settings())


def test_boe_sterling_is_not_taken_for_dollars(host, settings):
    host.gives(as_text("DATE,XUDLGPS\n02 Jan 1979,111.2\n"))
    with pytest.raises(DataContractError, match="XUDLGPS"):
        fetch_series("boe_xudlgpd", settings())


def test_nbp_asks_in_blocks_of_ninety_days_and_lives_with_empty_ones(host, settings):
    host.gives(DOCUMENTED["nbp"].answer)
    fetch_series("nbp", settings())
    assert len(host.asked) == 2 * 21 and PROVIDERS["nbp"].unit == "g"
    assert host.asked[0].path.startswith("/api/cenyzlota/2021-11-01/2022-01-29/")


def test_nbp_with_nothing_at_all_is_an_error(host, settings):
    host.gives(Reply(b"404 NotFound", "text/plain", 404))
    with pytest.raises(DataContractError, match="answered every request with nothing"):
        fetch_series("nbp", settings())


def test_world_bank_wrong_months_are_named(host, settings):
    host.gives(world_bank)
    series = fetch_series("worldbank_monthly", settings())
    assert any("1980-12 538 for 594.92" in note.found for note in series.notes)
    assert series.card.redistribute == "yes" and series.card.url.endswith("CMO-Historical-Data-Monthly.xlsx")


@pytest.mark.parametrize(
    ("href", "match"),
    [
        ("https://evil.example/CMO-Historical-Data-Monthly.xlsx", "evil.example"),
        ("https://thedocs.worldbank.org@evil.example/CMO-Historical-Data-Monthly.xlsx", "evil.example"),
        ("http://thedocs.worldbank.org/CMO-Historical-Data-Monthly.xlsx", "http://"),
        ("/CMO-Historical-Data-Annual.xlsx", "no link"),
    ],
)
def test_world_bank_link_must_lead_to_the_world_bank(href, match, host, settings):
    host.gives(as_text(f'<html><a href="{href}">x</a></html>', "text/html"))
    with pytest.raises(DataContractError, match=match):
        fetch_series("worldbank_monthly", settings())
    assert len(host.asked) == 1


def test_binance_turns_three_pages_across_the_change_to_microseconds(host, settings):
    host.gives(DOCUMENTED["binance_paxg"].answer)
    series = fetch_series("binance_paxg", settings())
    assert len(host.asked) == 3 and series.currency == "USDT"
    assert found(series)["2025-01-01"] == binance_price(dt.date(2025, 1, 1))


def test_bitfinex_columns_in_the_usual_order_are_found_out(host, settings):
    rows = [
        [utc_ms("2026-11-19"), 4290.0, 4310.0, 4280.0, 4296.0, 0.5],
        [utc_ms("2026-11-18"), 4290.0, 4310.0, 4280.0, 4296.0, 0.5],
    ]
    host.gives(as_json(rows))
    with pytest.raises(DataContractError, match="between low and high in 0%"):
        fetch_series("bitfinex_xaut", settings())


@pytest.mark.parametrize(
    ("said", "kind"),
    [("EService:Unavailable", SourceUnreachable), ("EQuery:Unknown asset pair", DataContractError)],
)
def test_kraken_errors_come_with_status_200(said, kind, host, settings):
    host.gives(as_json({"error": [said]}))
    with pytest.raises(kind, match=said):
        fetch_series("kraken_paxg", settings())


def test_krakens_own_name_of_the_pair_does_not_matter(host, settings):
    host.gives(lambda asked: Reply(kraken(asked).body.replace(b'"PAXGUSD"', b'"XPAXGZUSD"')))
    assert found(fetch_series("kraken_paxg", settings())) == DOCUMENTED["kraken_paxg"].expected


def test_coinbase_pages_hold_300_days_and_end_before_the_listing(host, settings):
    host.gives(DOCUMENTED["coinbase_paxg"].answer)
    series = fetch_series("coinbase_paxg", settings())
    assert len(host.asked) == 3 and "2026-11-15" not in found(series)


def test_coingecko_beyond_365_days_is_told_in_its_own_words(host, settings):
    host.gives(lambda asked: coingecko(asked.__class__(asked.host, asked.path, {**asked.query, "days": "366"}, {}, "")))
    with pytest.raises(SourceUnreachable, match=r"401.*error_code.*10012"):
        fetch_series("coingecko_paxg", settings())


def test_coingecko_asked_at_midnight_repeats_the_last_date_once(host, settings):
    stamps = [utc_ms("2026-11-19"), utc_ms("2026-11-20"), utc_ms("2026-11-20")]
    host.gives(
        as_json({"prices": [[s, 4300.0 + n] for n, s in enumerate(stamps)], "market_caps": [], "total_volumes": []})
    )
    assert found(fetch_series("coingecko_paxg", settings())) == {"2026-11-18": 4300.0, "2026-11-19": 4301.0}


def test_a_chain_that_did_not_report_does_not_look_like_a_run(host, settings):
    host.gives(DOCUMENTED["defillama_usdc"].answer)
    series = fetch_series("defillama_usdc", settings())
    assert found(series)["2023-03-10"] == 44e9 and any(
        "3 missing day" in note.found for note in series.notes if note.check == "chains"
    )


@pytest.mark.parametrize("name", ["gld_archive", "yahoo_gcf", "lbma_pm", "boe_xudlgpd", "bitfinex_xaut"])
def test_an_answer_that_starts_late_is_marked(name, host, settings):
    late = {
        "gld_archive": as_workbook({"US GLD Historical Archive": [GLD_HEADER, ["02-Jan-2026", *GLD_ROWS[0][1:]]]}),
        "lbma_pm": as_json([{"d": "2026-11-19", "v": [4300.0, 1, 1]}]),
        "boe_xudlgpd": as_text("DATE,XUDLGPD\n02 Jan 2017,1150.0\n"),
        "bitfinex_xaut": as_json([[utc_ms("2026-11-19"), 1, 4300.0, 4300.0, 4300.0, 1]]),
    }
    host.gives(late.get(name, yahoo))
    notes = fetch_series(name, settings()).notes
    assert any(note.check == "coverage" and note.status == "warning" for note in notes)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("lbma_pm", []),
        ("lbma_pm", [{"d": "2026-11-19", "v": [None, 1.0, 1.0]}]),
        ("lbma_pm", [{"d": "2026-11-19", "v": [-4300.0]}]),
        ("lbma_pm", [{"d": "2026-13-19", "v": [4300.0]}]),
        ("lbma_pm", [{"d": "2027-11-19", "v": [4300.0]}]),
        ("lbma_pm", [{"d": "2026-11-19", "v": [True]}]),
        ("lbma_pm", {"message": "moved"}),
        ("bitfinex_xaut", []),
        ("bitfinex_xaut", ["error", 10020, "symbol: invalid"]),
        ("bitfinex_xaut", [[utc_ms("2026-11-19"), None, None, None, None, None]]),
        ("binance_paxg", []),
        ("binance_paxg", {"code": -1121, "msg": "Invalid symbol."}),
        ("kraken_paxg", {"error": [], "result": {"last": 1}}),
        ("kraken_paxg", {"error": [], "result": {"PAXGUSD": [], "last": 1}}),
        ("kraken_paxg", {"status": "maintenance"}),
        ("coinbase_paxg", []),
        ("coinbase_paxg", {"message": "NotFound"}),
        ("coingecko_paxg", {"prices": [], "market_caps": [], "total_volumes": []}),
        ("coingecko_paxg_supply", {"prices": [[utc_ms("2026-11-19"), 4300.0]], "market_caps": []}),
        ("coingecko_paxg_supply", {"prices": [[utc_ms("2026-11-19"), 0]], "market_caps": [[utc_ms("2026-11-19"), 2e9]]}),
        ("bitfinex_xaut", [[1000 * utc_ms("2026-11-19"), 1, 4300.0, 4300.0, 4300.0, 1]]),
        ("defillama_usdt", {"chainBalances": {}}),
        ("defillama_usdt", {"chainBalances": {"Tron": {"tokens": [{"date": utc_s("2026-11-19"), "circulating": {"peggedUSD": -1}}]}}}),
        ("nbp", []),
        ("yahoo_gcf", {"chart": {"result": [], "error": None}}),
    ],
)  # fmt: skip
def test_empty_null_and_foreign_json_is_refused_with_its_first_bytes(name, body, host, settings):
    host.gives(as_json(body))
    with pytest.raises(DataContractError) as refused:
        fetch_series(name, settings())
    message = str(refused.value)
    assert json.dumps(body)[:20] in message.replace("\\'", "'") and refused.value.exit_code == 3
    assert refused.value.remedy


@pytest.mark.parametrize(
    "body",
    [
        "observation_date,DGS10\n2025-10-15,1.7\n",
        "observation_date,DFII10\n2025-10-15,one\n",
        "observation_date,DFII10\n,1.7\n",
        "observation_date,DFII10\n",
    ],
)
def test_fred_foreign_csv_is_refused(body, host, settings):
    host.gives(as_text(body))
    with pytest.raises(DataContractError, match="observation_date"):
        fetch_series("fred_dfii10", settings())
