"""The one-line summaries of the stages say what their tables say."""

from __future__ import annotations

from gramlib.report import stage_lines


def test_sources_that_were_not_used_are_named_with_the_reason() -> None:
    tried = [
        {"role": "gold", "name": "gld_archive", "outcome": "unreachable", "reason": "no connection"},
        {"role": "gold", "name": "yahoo_gcf", "outcome": "terms", "reason": "off until accepted"},
        {"role": "gold", "name": "boe_xudlgpd", "outcome": "used", "reason": ""},
        {"role": "token paxg", "name": "kraken_paxg", "outcome": "not needed", "reason": "binance answered"},
    ]
    assert stage_lines.skipped_sources({"tried": tried}) == [
        "gold: gld_archive unreachable: no connection",
        "gold: yahoo_gcf terms: off until accepted",
    ]
    assert stage_lines.skipped_sources({}) == []
