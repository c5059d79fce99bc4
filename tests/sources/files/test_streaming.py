"""Large files are streamed: the same days as in memory, in any format of stamps, refused at the line that is damaged."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pandas as pd
import pytest

from gramlib.errors import DataContractError
from gramlib.sources.files import read_any, stream
from gramlib.sources.monthly import monthly_history

MINUTES = 1440


@pytest.fixture(scope="module")
def minutes():
    """Stamps and closes of three months of business days, every fifth minute."""
    days = pd.bdate_range("2007-01-01", "2007-03-30")
    stamps = (days.to_numpy()[:, None] + np.arange(0, MINUTES, 5).astype("timedelta64[m]")).ravel()
    level = monthly_history()[days.to_period("M")].to_numpy()
    close = (level[:, None] * (1 + 0.004 * np.sin(np.arange(0, MINUTES, 5) / 97))).ravel()
    return pd.DatetimeIndex(stamps), close.round(2)


def bar(close):
    return f"{close - 0.1:.2f},{close + 0.3:.2f},{close - 0.4:.2f},{close:.2f}"


FORMATS = {
    "iso utc": ("timestamp,open,high,low,close", lambda t, c: f"{t:%Y-%m-%dT%H:%M:%S}Z,{bar(c)}"),
    "iso": ("timestamp,open,high,low,close", lambda t, c: f"{t:%Y-%m-%d %H:%M},{bar(c)}"),
    "compact": ("", lambda t, c: f"{t:%Y%m%d %H%M%S};{bar(c)}".replace(",", ";")),
    "dotted gmt": ("Gmt time,Open,High,Low,Close", lambda t, c: f"{t:%d.%m.%Y %H:%M:%S}.000 GMT+0000,{bar(c)}"),
    "two columns": (
        "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>",
        lambda t, c: f"{t:%Y.%m.%d}\t{t:%H:%M}\t{bar(c)}".replace(",", "\t"),
    ),
    "american": ("Date,Price", lambda t, c: f'{t.month}/{t.day}/{t.year} {t:%H:%M},"{c:,.2f}"'),
    "epoch": ("ts,close", lambda t, c: f"{int(t.value // 10**6)},{c:.2f}"),
    "comma": ("Datum;Schlusskurs", lambda t, c: f"{t:%d.%m.%Y %H:%M};" + f"{c:.2f}".replace(".", ",")),
}


def written(minutes, name):
    header, line = FORMATS[name]
    body = "".join(line(stamp, close) + "\n" for stamp, close in zip(*minutes, strict=True))
    return (header + "\n" if header else "") + body


@pytest.mark.parametrize("name", FORMATS)
def test_streamed_and_held_give_the_same_days(write, minutes, monkeypatch, name):
    path = write(written(minutes, name))
    held = read_any(str(path))
    monkeypatch.setattr(stream.container, "LARGE_BYTES", 2**16)
    monkeypatch.setattr(stream, "BLOCK_BYTES", 2**16)
    assert stream.is_large(path)
    streamed = read_any(str(path))
    pd.testing.assert_frame_equal(streamed.frame, held.frame)
    assert (streamed.unit, streamed.column, streamed.card.sha256) == (held.unit, held.column, held.card.sha256)
    assert "streamed" in streamed.notes[0].found
    assert next(n for n in streamed.notes if n.check == "intraday") == next(
        n for n in held.notes if n.check == "intraday"
    )


def test_packed_and_unsorted(write, minutes, monkeypatch):
    text = written(minutes, "iso")
    held = read_any(str(write(text)))
    head, *lines = text.splitlines()
    mixed = "\n".join([head, *lines[len(lines) // 2 :], *lines[: len(lines) // 2]])
    monkeypatch.setattr(stream.container, "LARGE_BYTES", 2**16)
    path = write(gzip.compress(mixed.encode(), 1), "minutes.csv.gz")
    assert stream.is_large(path)
    assert read_any(str(path)).frame.reset_index(drop=True).equals(held.frame.reset_index(drop=True))
    cut = write(gzip.compress(mixed.encode(), 1)[:-2000] + (2**25).to_bytes(4, "little"), "cut.csv.gz")
    with pytest.raises(DataContractError, match="damaged gzip"):
        read_any(str(cut))


@pytest.mark.parametrize(
    ("name", "damage"), [("iso", "2007-13-41 10:00"), ("two columns", "2007.99.99"), ("iso", "no date")]
)
def test_a_damaged_stamp_is_refused_with_its_line(write, minutes, monkeypatch, name, damage):
    lines = written(minutes, name).splitlines()
    sign = "\t" if "\t" in lines[0] else ","
    lines[15_000] = sign.join([damage, *lines[15_000].split(sign)[1:]])
    monkeypatch.setattr(stream.container, "LARGE_BYTES", 2**16)
    with pytest.raises(DataContractError, match="where a date was expected") as caught:
        read_any(str(write("\n".join(lines))))
    assert "prices.csv:15001" in caught.value.origin


@pytest.mark.parametrize("damage", ["12x4", "6,3,4"])
def test_a_damaged_price_is_refused(write, minutes, monkeypatch, damage):
    lines = written(minutes, "iso").splitlines()
    lines[15_000] = lines[15_000].rpartition(",")[0] + "," + damage
    monkeypatch.setattr(stream.container, "LARGE_BYTES", 2**16)
    with pytest.raises(DataContractError):
        read_any(str(write("\n".join(lines))))


def test_two_series_without_times_are_refused(write, monkeypatch):
    days = pd.bdate_range("1990-01-01", "2020-01-01")
    text = "date,price\n" + "".join(f"{day:%Y-%m-%d},{400 + n % 7}\n" for _ in range(2) for n, day in enumerate(days))
    monkeypatch.setattr(stream.container, "LARGE_BYTES", 2**16)
    with pytest.raises(DataContractError):
        read_any(str(write(text)))


def test_what_is_not_streamed(write, minutes, monkeypatch):
    monkeypatch.setattr(stream.container, "LARGE_BYTES", 2**16)
    stamps, closes = minutes
    pairs = json.dumps(
        [[int(stamp.value // 10**6), close] for stamp, close in zip(stamps, closes.tolist(), strict=True)]
    )
    assert not stream.is_large(write(pairs)) and not stream.is_large(write(gzip.compress(pairs.encode())))
    assert not stream.is_large(write(b"\x1f\x8b")) and not stream.is_large(write(b""))
    text = "time,metal,price\n" + "".join(
        f"{stamp},gold,{close}\n{stamp},silver,{close / 50}\n" for stamp, close in zip(stamps, closes, strict=True)
    )
    with pytest.raises(DataContractError, match="several series"):
        read_any(str(write(text)))


def test_wide_characters_are_streamed_too(write, minutes, monkeypatch):
    held = read_any(str(write(written(minutes, "iso"))))
    monkeypatch.setattr(stream.container, "LARGE_BYTES", 2**16)
    assert read_any(str(write(written(minutes, "iso").encode("utf-16")))).frame.equals(held.frame)
