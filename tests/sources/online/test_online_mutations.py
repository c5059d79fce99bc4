"""Random damage to good answers: each gives a checked series or one of our errors, never anything else."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from documented_answers import DOCUMENTED, NOW
from fake_host import Asked
from hypothesis import given, settings
from hypothesis import strategies as st

from gramlib.errors import DataContractError, SourceUnreachable
from gramlib.sources.online import PROVIDERS
from gramlib.sources.online.body import CutShort, check_body
from gramlib.sources.online.provider import RawFile
from gramlib.sources.online.reading import read_answers

SHORT_NOW = dt.datetime(2020, 9, 20, 12, 0, tzinfo=dt.UTC)


def good_files(name: str) -> list[RawFile]:
    """The documented answers to every request of `name`, gathered without a network."""
    now = SHORT_NOW if name == "binance_paxg" else NOW
    turning, files, sent = PROVIDERS[name].requests(now), [], None
    while True:
        try:
            request = turning.send(sent)
        except StopIteration:
            return files
        host, _, rest = request.url.removeprefix("https://").partition("/")
        path, _, query = f"/{rest}".partition("?")
        fields = dict(part.split("=", 1) for part in query.split("&")) if query else {}
        reply = DOCUMENTED[name].answer(Asked(host, path.replace("%3D", "="), fields, {}, path))
        sent = reply.body if reply.status == 200 else None
        if sent is not None:
            check_body(sent, reply.content_type, request.form, request.url)
            files.append(RawFile(request.filename, sent, request.url, reply.content_type))


GOOD = {name: good_files(name) for name in DOCUMENTED}


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    body = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(0, len(body) - 1)))
        match draw(st.sampled_from(["flip", "cut", "drop", "double", "digit", "word"])):
            case "flip":
                body[place : place + 1] = bytes([draw(st.integers(0, 255))])
            case "cut":
                del body[place:]
            case "drop":
                del body[place : place + draw(st.integers(1, 40))]
            case "double":
                body[place:place] = body[place : place + draw(st.integers(1, 40))]
            case "digit":
                body[place : place + 1] = draw(st.sampled_from([b"9", b"-", b"e", b".", b",", b"null"]))
            case _:
                body[place : place + 4] = draw(
                    st.sampled_from([b"null", b"true", b"NaN", b"[]", b"{}", b'""', b"1e999", b"<html>"])
                )
    return bytes(body)


@pytest.mark.parametrize("name", DOCUMENTED)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_damage_gives_a_checked_series_or_one_of_our_errors(name, data):
    files = list(GOOD[name])
    place = data.draw(st.integers(0, len(files) - 1))
    files[place] = files[place]._replace(content=data.draw(damaged(files[place].content)))
    try:
        frame = read_answers(PROVIDERS[name], files, NOW).frame
    except (DataContractError, SourceUnreachable) as error:
        assert error.found and error.origin and "\n" not in error.found
        return
    values = frame["value"].to_numpy()
    assert len(frame) and np.isfinite(values).all() and frame["date"].is_monotonic_increasing
    assert str(frame["date"].dtype) == "datetime64[us]" and (frame["date"] == frame["date"].dt.normalize()).all()
    assert PROVIDERS[name].kind == "covariate" or (values >= 0).all()


@settings(max_examples=200, deadline=None)
@given(body=st.binary(max_size=200), content_type=st.text(max_size=30), name=st.sampled_from(sorted(DOCUMENTED)))
def test_any_bytes_are_accepted_as_a_form_or_refused(body, content_type, name):
    form = next(PROVIDERS[name].requests(NOW)).form
    try:
        check_body(body, content_type, form, "https://example.invalid/")
    except (DataContractError, SourceUnreachable, CutShort):
        return
    assert body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(form.starts)
