"""A chain uses the first source that answers and says why each before it did not; it never falls through in silence."""

from __future__ import annotations

import time

import pytest
from documented_answers import as_json, as_text, boe, gld, lbma
from fake_host import Reply

from gramlib.errors import DataContractError, ParameterError, SourceUnreachable
from gramlib.sources.online import fetch_chain

DOWN = Reply(b"down", "text/plain", 503)
CHANGED = as_json({"moved": True})


def by_host(**replies):
    names = {
        "gld": "api.spdrgoldshares.com",
        "yahoo": "query1.finance.yahoo.com",
        "lbma": "prices.lbma.org.uk",
        "boe": "www.bankofengland.co.uk",
    }
    answers = {names[short]: reply for short, reply in replies.items()}

    def answer(asked):
        reply = answers[asked.host]
        return reply if isinstance(reply, Reply) else reply(asked)

    return answer


def test_the_first_that_answers_is_used_and_the_rest_are_not_asked(host, settings):
    host.gives(by_host(gld=gld))
    result = fetch_chain(["gld_archive", "boe_xudlgpd"], settings())
    assert result.series.card.id == "gld_archive" and {asked.host for asked in host.asked} == {"api.spdrgoldshares.com"}
    assert [(tried.provider, tried.outcome) for tried in result.tried] == [
        ("gld_archive", "used"),
        ("boe_xudlgpd", "not needed"),
    ]
    assert result.tried[0].reason == "4 rows, 2004-11-18 to 2018-12-05"


def test_each_one_skipped_is_told_returned_and_noted(host, settings):
    host.gives(by_host(gld=DOWN, lbma=CHANGED, boe=boe))
    told: list[str] = []
    result = fetch_chain(
        ["gld_archive", "yahoo_gcf", "lbma_pm", "boe_xudlgpd"], settings(accept_terms=("lbma_pm",)), tell=told.append
    )
    outcomes = [(tried.provider, tried.outcome) for tried in result.tried]
    assert outcomes == [
        ("gld_archive", "unreachable"),
        ("yahoo_gcf", "terms"),
        ("lbma_pm", "changed"),
        ("boe_xudlgpd", "used"),
    ]
    assert len(told) == 3 and all(line.startswith("skipped ") for line in told)
    assert "503" in told[0] and "forbid automated collection" in told[1] and "documented form" in told[2]
    noted = [note for note in result.series.notes if note.check == "chain"]
    assert [note.status for note in noted] == ["warning"] * 3 and all(
        "boe_xudlgpd is used" in note.decision for note in noted
    )


@pytest.mark.parametrize(
    ("replies", "kind", "code"),
    [
        ({"gld": DOWN, "boe": DOWN}, SourceUnreachable, 75),
        ({"gld": DOWN, "boe": as_text("<html>no</html>", "text/html")}, SourceUnreachable, 75),
        ({"gld": CHANGED, "boe": as_text("<html>no</html>", "text/html")}, DataContractError, 3),
    ],
    ids=["all down", "one down, one changed", "all changed"],
)
def test_when_none_answers_every_reason_is_given(replies, kind, code, host, settings):
    host.gives(by_host(**replies))
    with pytest.raises(kind) as caught:
        fetch_chain(["gld_archive", "boe_xudlgpd"], settings())
    assert caught.value.exit_code == code
    assert "gld_archive: " in caught.value.found and "boe_xudlgpd: " in caught.value.found
    assert "data.source: file" in caught.value.remedy and "data.offline" in caught.value.remedy


def test_a_drip_leaves_time_for_the_next_and_the_whole_chain_keeps_to_the_limit(host, settings):
    drip = Reply(b"PK" + b" " * 1000, drip_s=0.05)
    host.gives(drip)
    started = time.monotonic()
    with pytest.raises(SourceUnreachable, match=r"gld_archive: .*boe_xudlgpd: "):
        fetch_chain(["gld_archive", "boe_xudlgpd"], settings(total_timeout_s=0.4))
    assert time.monotonic() - started < 2.0
    host.gives(by_host(gld=drip, boe=boe))
    started = time.monotonic()
    result = fetch_chain(["yahoo_gcf", "gld_archive", "boe_xudlgpd"], settings(total_timeout_s=0.6, accept_terms=()))
    assert [tried.outcome for tried in result.tried] == ["terms", "unreachable", "used"]
    assert "total limit of 0.3 s" in result.tried[1].reason and time.monotonic() - started < 1.5


def test_terms_alone_are_a_matter_of_parameters(host, settings):
    host.gives(lbma)
    with pytest.raises(ParameterError, match=r"yahoo_gcf: terms.*lbma_pm: terms"):
        fetch_chain(["yahoo_gcf", "lbma_pm"], settings(accept_terms=()))
    assert host.asked == []


def test_a_misspelt_name_stops_the_chain_before_anything_is_asked(host, settings):
    host.gives(by_host(gld=gld))
    with pytest.raises(ParameterError, match="did you mean 'boe_xudlgpd'"):
        fetch_chain(["gld_archive", "boe_xudlgbp"], settings())
    assert host.asked == []


def test_an_environment_that_cannot_be_used_is_not_passed_over(monkeypatch, settings):
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere.pem")
    with pytest.raises(ParameterError, match="network settings"):
        fetch_chain(["gld_archive", "boe_xudlgpd"], settings())


def test_an_empty_chain_is_refused(settings):
    with pytest.raises(ParameterError, match="empty chain"):
        fetch_chain([], settings())
