"""What hosts do instead of answering: each case ends in the right error, soon, with the reason and the next step."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
import zlib
from email.utils import format_datetime

import pytest
from documented_answers import DOCUMENTED, as_json, as_text, lbma
from fake_host import QUICK, Reply

from gramlib.errors import DataContractError, ParameterError, SourceUnreachable
from gramlib.sources.online import Manners, fetch_series
from gramlib.sources.online.client import _retry_after_s

GOOD = lbma(type("Asked", (), {"path": "/json/gold_pm.json"})())
CLOUDFLARE = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"
PROOF_OF_WORK = '<html><script>fetch("/__verify",{method:"POST",body:sha256(nonce)})</script></html>'


def refused(host, settings, answer, kind, name="lbma_pm", **changed):
    host.gives(answer)
    with pytest.raises(kind) as caught:
        fetch_series(name, settings(**changed))
    assert caught.value.remedy and caught.value.origin
    return caught.value


@pytest.mark.parametrize(
    ("page", "match"),
    [
        (as_text(CLOUDFLARE, "text/html"), "Just a moment"),
        (as_text(PROOF_OF_WORK, "text/html"), "proof-of-work"),
        (as_text("Exceeded the daily hits limit", "text/plain"), "exceeded limit"),
        (as_json({"status": {"error_message": "You've exceeded the Rate Limit"}}), "exceeded limit"),
    ],
)
def test_pages_that_turn_programs_away_with_status_200(page, match, host, settings):
    error = refused(host, settings, page, SourceUnreachable)
    assert match in error.found and error.exit_code == 75 and len(host.asked) == 1


@pytest.mark.parametrize("name", sorted(set(DOCUMENTED) - {"worldbank_monthly"}))
def test_any_html_with_status_200_is_a_changed_form(name, host, settings):
    error = refused(host, settings, as_text("<html><body>Welcome</body></html>", "text/html"), DataContractError, name)
    assert "<html><body>Welcome" in error.found and error.exit_code == 3


@pytest.mark.parametrize("content_type", ["text/html", "image/png", "application/pdf"])
def test_the_right_bytes_under_a_wrong_content_type_are_refused(content_type, host, settings):
    error = refused(host, settings, Reply(GOOD.body, content_type), DataContractError)
    assert content_type in error.found


@pytest.mark.parametrize(
    "content_type", ["", "application/octet-stream", "application/json;charset=UTF-8", "application/hal+json"]
)
def test_content_types_that_do_not_contradict_are_accepted(content_type, host, settings):
    host.gives(Reply(b"\xef\xbb\xbf \r\n" + GOOD.body, content_type))
    assert len(fetch_series("lbma_pm", settings()).frame) == 4


@pytest.mark.parametrize(
    ("status", "words"), [(401, "key or a login"), (403, "refuses this client"), (451, "closed to this country")]
)
def test_refusals_are_not_asked_again(status, words, host, settings):
    error = refused(host, settings, Reply(b'{"message":"no"}', status=status), SourceUnreachable)
    assert words in error.found and '{"message":"no"}' in error.found and len(host.asked) == 1


def test_a_guard_is_told_from_the_host_and_not_got_past(host, settings):
    guarded = Reply(CLOUDFLARE.encode(), "text/html", 403, {"cf-mitigated": "challenge"})
    error = refused(host, settings, guarded, SourceUnreachable)
    assert "a guard before the host refuses" in error.found and "Just a moment" in error.found
    assert len(host.asked) == 1 and host.asked[0].headers["User-Agent"].startswith("gramlib/")


@pytest.mark.parametrize("status", [400, 404, 410, 204, 300])
def test_an_address_that_is_gone_is_a_changed_form(status, host, settings):
    error = refused(host, settings, Reply(b"" if status == 204 else b"gone", "text/plain", status), DataContractError)
    assert f"status {status}" in error.found and len(host.asked) == 1


def test_429_then_an_answer(host, settings):
    host.gives([Reply(b"slow down", "text/plain", 429, {"Retry-After": "1"}), GOOD])
    started = time.monotonic()
    assert len(fetch_series("lbma_pm", settings()).frame) == 4
    assert 1.0 <= time.monotonic() - started < 3.0 and len(host.asked) == 2


def test_429_for_ever_ends_after_the_attempts(host, settings):
    error = refused(host, settings, Reply(b"slow down", "text/plain", 429), SourceUnreachable)
    assert "429" in error.found and "slow down" in error.found and "3 attempts" in error.found and len(host.asked) == 3


def test_a_wait_longer_than_the_limit_is_not_begun(host, settings):
    started = time.monotonic()
    error = refused(host, settings, Reply(b"", "text/plain", 429, {"Retry-After": "3600"}), SourceUnreachable)
    assert "3,600 s is longer than" in error.found and time.monotonic() - started < 2.0 and len(host.asked) == 1


def test_waits_double(host, settings):
    manners = Manners(attempts=3, backoff_s=0.1, pause_s=0.0)
    started = time.monotonic()
    refused(host, settings, Reply(b"", status=503), SourceUnreachable, manners=manners)
    assert 0.3 <= time.monotonic() - started < 2.0


def test_retry_after_may_be_a_date_or_nonsense():
    import datetime as dt

    now = dt.datetime.now(dt.UTC)
    assert _retry_after_s("7") == 7.0
    assert 50 < _retry_after_s(format_datetime(now + dt.timedelta(seconds=60), usegmt=True)) <= 60
    assert _retry_after_s(format_datetime(now - dt.timedelta(days=1), usegmt=True)) == 0.0
    assert _retry_after_s("soon") is None and _retry_after_s("") is None and _retry_after_s("-5") is None


def test_half_an_answer_is_asked_for_again(host, settings):
    host.gives([Reply(GOOD.body, cut=50), GOOD])
    assert len(fetch_series("lbma_pm", settings()).frame) == 4 and len(host.asked) == 2


@pytest.mark.parametrize(
    "half",
    [
        Reply(GOOD.body, cut=50),
        Reply(GOOD.body[:-30], headers={"Content-Length": ""}),  # without a length only the last bytes tell
        Reply(gzip.compress(GOOD.body)[:-12], headers={"Content-Encoding": "gzip"}),
        Reply(b""),
        Reply(GOOD.body, cut=0),
    ],
    ids=["cut", "no length", "gzip without an end", "empty", "headers alone"],
)
def test_half_an_answer_for_ever_is_unreachable(half, host, settings):
    error = refused(host, settings, half, SourceUnreachable)
    assert "3 attempts" in error.found and len(host.asked) == 3


def test_half_a_workbook_is_half_an_answer(host, settings):
    whole = DOCUMENTED["gld_archive"]
    host.gives(
        lambda asked: Reply(whole.answer(asked).body[:-200], "application/octet-stream", headers={"Content-Length": ""})
    )
    with pytest.raises(SourceUnreachable, match="half an answer"):
        fetch_series("gld_archive", settings())


def test_gzip_is_unpacked(host, settings):
    host.gives(Reply(gzip.compress(GOOD.body), headers={"Content-Encoding": "gzip"}))
    assert len(fetch_series("lbma_pm", settings()).frame) == 4 and host.asked[0].headers["Accept-Encoding"] == "gzip"


def test_a_gzip_bomb_stops_at_the_size_limit(host, settings):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = packer.compress(b"[") + b"".join(packer.compress(b" " * 2**20) for _ in range(300)) + packer.flush()
    assert len(bomb) < 400_000  # 300 MB unpacked
    started = time.monotonic()
    error = refused(host, settings, Reply(bomb, headers={"Content-Encoding": "gzip"}), SourceUnreachable)
    assert "more than 2,000,000 bytes" in error.found and time.monotonic() - started < 2.0 and len(host.asked) == 1


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd"])
def test_packing_that_was_not_asked_for_is_refused(encoding, host, settings):
    body = gzip.compress(gzip.compress(GOOD.body))
    error = refused(host, settings, Reply(body, headers={"Content-Encoding": encoding}), SourceUnreachable)
    assert "not asked for" in error.found


def test_damaged_gzip_is_asked_for_again(host, settings):
    body = bytearray(gzip.compress(GOOD.body))
    body[20] ^= 0xFF
    host.gives([Reply(bytes(body), headers={"Content-Encoding": "gzip"}), GOOD])
    assert len(fetch_series("lbma_pm", settings()).frame) == 4


def test_an_answer_too_long_without_packing_is_refused(host, settings):
    error = refused(host, settings, Reply(b"[" + b" " * 3_000_000 + b"]"), SourceUnreachable)
    assert "more than 2,000,000 bytes" in error.found


@pytest.mark.parametrize(
    ("reply", "doing"),
    [(Reply(GOOD.body, drip_s=0.05), "reading an answer"), (Reply(drip_header=True, drip_s=0.05), "waiting")],
    ids=["body", "header"],
)
def test_a_drip_ends_at_the_total_limit(reply, doing, host, settings):
    started = time.monotonic()
    error = refused(host, settings, reply, SourceUnreachable, total_timeout_s=0.6)
    assert 0.5 < time.monotonic() - started < 2.0
    assert "total limit of 0.6 s" in error.found and doing in error.found


def test_a_host_that_never_answers_ends_at_the_total_limit(settings):
    silent = socket.create_server(("127.0.0.1", 0))  # connections wait in its queue for ever
    base_urls = {"https://prices.lbma.org.uk": f"http://127.0.0.1:{silent.getsockname()[1]}"}
    started = time.monotonic()
    try:
        with pytest.raises(SourceUnreachable, match="total limit"):
            fetch_series("lbma_pm", settings(base_urls=base_urls, total_timeout_s=0.6))
    finally:
        silent.close()
    assert time.monotonic() - started < 2.0


def test_the_limit_covers_all_pages_together(host, settings):
    def slow_page(asked):
        time.sleep(0.25)
        return DOCUMENTED["nbp"].answer(asked)

    error = refused(host, settings, slow_page, SourceUnreachable, "nbp", total_timeout_s=0.8)
    assert "total limit" in error.found and len(host.asked) < 6


def test_a_redirect_on_the_same_host_is_followed(host, settings):
    def moved(asked):
        if asked.path == "/json/gold_pm.json":
            return Reply(status=301, headers={"Location": "/prices.lbma.org.uk/json/v2/gold_pm.json"})
        return GOOD

    host.gives(moved)
    assert len(fetch_series("lbma_pm", settings()).frame) == 4


def test_a_redirect_loop_ends(host, settings):
    loop = Reply(status=302, headers={"Location": "/prices.lbma.org.uk/json/gold_pm.json"})
    error = refused(host, settings, loop, SourceUnreachable)
    assert "more than 4 redirects" in error.found and len(host.asked) == 5


@pytest.mark.parametrize(
    "location", ["http://127.0.0.2:1/login", "http://127.0.0.1:1/json", "https://example.invalid/", "http://[bad"]
)
def test_a_redirect_to_another_host_is_not_followed(location, host, settings):
    error = refused(host, settings, Reply(status=302, headers={"Location": location}), SourceUnreachable)
    assert "redirected to" in error.found and len(host.asked) == 1


def test_connection_refused(settings):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(SourceUnreachable, match=r"no connection.*3 attempts"):
        fetch_series("lbma_pm", settings(base_urls={"https://prices.lbma.org.uk": f"http://127.0.0.1:{port}"}))


def test_a_host_that_has_no_address(monkeypatch, settings):
    def unknown(*args, **kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(SourceUnreachable, match="Name or service not known") as caught:
        fetch_series("lbma_pm", settings(base_urls={}))
    assert "prices.lbma.org.uk" in caught.value.found and "data.source: file" in caught.value.remedy


def test_a_name_looked_up_for_minutes_ends_at_the_total_limit(monkeypatch, settings):
    released = threading.Event()

    def slow(*args, **kwargs):
        released.wait(10)
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    started = time.monotonic()
    try:
        with pytest.raises(SourceUnreachable, match="total limit"):
            fetch_series("lbma_pm", settings(base_urls={}, total_timeout_s=0.3))
    finally:
        released.set()
    assert time.monotonic() - started < 2.0


def test_a_proxy_of_the_environment_is_used(monkeypatch, host, settings):
    monkeypatch.setenv("HTTP_PROXY", host.base)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    host.gives(GOOD)
    series = fetch_series(
        "lbma_pm", settings(base_urls={"https://prices.lbma.org.uk": "http://prices.example.invalid"})
    )
    assert len(series.frame) == 4 and host.asked[0].headers["Host"] == "prices.example.invalid"


@pytest.mark.parametrize(
    ("variable", "value"),
    [("ALL_PROXY", "socks5://127.0.0.1:1"), ("HTTP_PROXY", "nonsense://x"), ("SSL_CERT_FILE", "/nowhere.pem")],
)
def test_an_environment_that_cannot_be_used_is_named(variable, value, monkeypatch, settings):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ParameterError, match="network settings of this environment"):
        fetch_series("lbma_pm", settings())


def test_refusals_show_their_first_bytes_even_when_they_drip_or_break(host, settings):
    error = refused(host, settings, Reply(b"x" * 500, "text/plain", 403, cut=10), SourceUnreachable)
    assert "refuses" in error.found or "closed before" in error.found
    assert json.dumps(error.found)  # plain text, whatever the bytes were


def test_quick_manners_are_the_shipped_ones_but_for_waits():
    assert (QUICK.attempts, QUICK.max_redirects) == (Manners().attempts, Manners().max_redirects)
