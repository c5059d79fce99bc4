"""Good price files in many kinds, and the damage done to them: for the mutation tests."""

from __future__ import annotations

import gzip
import io
import json
import random
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from gramlib.params.stages import DataParams
from gramlib.sources import load
from gramlib.units import GRAMS_PER_TROY_OUNCE

Row = tuple[date, float]


def sample_rows(start: str, end: str) -> list[Row]:
    """Days and prices of the shipped sample, USD per ounce with cents."""
    frame = load(DataParams()).frame
    inside = frame[(frame["date"] >= start) & (frame["date"] <= end)]
    return [(day.date(), price) for day, price in zip(inside["date"], inside["value"].tolist(), strict=True)]


def german(price: float) -> str:
    """1234.5 as 1.234,50."""
    return f"{price:,.2f}".translate(str.maketrans(",.", ".,"))


def iso(rows: list[Row]) -> bytes:
    return ("date,price\n" + "".join(f"{day},{price:.2f}\n" for day, price in rows)).encode()


def newest_first(rows: list[Row]) -> bytes:
    return iso(rows[::-1])


def day_first(rows: list[Row]) -> bytes:
    return (
        "Datum;Eröffn.;Schlusskurs\n" + "".join(f"{d:%d.%m.%Y};{german(p - 1)};{german(p)}\n" for d, p in rows)
    ).encode()


def month_first(rows: list[Row]) -> bytes:
    body = "".join(
        f'"{d:%m/%d/%Y}","{p:,.2f}","{p - 1:,.2f}","{p + 4:,.2f}","{p - 5:,.2f}","1.2K","0.1%"\n' for d, p in rows[::-1]
    )
    return ('\ufeff"Date","Price","Open","High","Low","Vol.","Change %"\n' + body).encode()


def no_header(rows: list[Row]) -> bytes:
    opens = [rows[0][1], *(p for _, p in rows[:-1])]
    return "".join(
        f"{d},{o:.2f},{max(o, p) + 1:.2f},{min(o, p) - 1:.2f},{p:.2f}\r\n"
        for (d, p), o in zip(rows, opens, strict=True)
    ).encode()


def words(rows: list[Row]) -> bytes:
    body = "".join(
        f"{d:%d-%b-%Y}, {p:.2f}, 5992000\n" if n % 40 else f"{d:%d-%b-%Y}, HOLIDAY, HOLIDAY\n"
        for n, (d, p) in enumerate(rows, 1)
    )
    return ("Date, USD (PM), Volume\n" + body).encode()


def utf16(rows: list[Row]) -> bytes:
    return iso(rows).decode().replace(",", "\t").encode("utf-16")


def packed(rows: list[Row]) -> bytes:
    return gzip.compress(iso(rows), mtime=0)


def records(rows: list[Row]) -> bytes:
    return json.dumps([{"date": str(d), "price": p, "note": "x"} for d, p in rows], indent=0).encode()


def pairs(rows: list[Row]) -> bytes:
    return json.dumps({"prices": [[(d - date(1970, 1, 1)).days * 86_400_000, p] for d, p in rows]}).encode()


def workbook(rows: list[Row]) -> bytes:
    buffer = io.BytesIO()
    pd.DataFrame(rows, columns=["Date", "Price"]).to_excel(buffer, index=False)
    return buffer.getvalue()


def parquet(rows: list[Row]) -> bytes:
    buffer = io.BytesIO()
    pd.DataFrame(rows, columns=["Date", "Price"]).to_parquet(buffer)
    return buffer.getvalue()


TEXTS = {make.__name__: make for make in (iso, newest_first, day_first, month_first, no_header, words)}
BYTES = {make.__name__: make for make in (utf16, packed, records, pairs, workbook, parquet)}
GOOD = {**TEXTS, **BYTES}


@dataclass(frozen=True)
class Damaged:
    """`content` after the damage `what`; at most `rows` of the good rows may be other than they were."""

    content: bytes
    what: str
    rows: int


def damage_bytes(content: bytes, rng: random.Random) -> Damaged:
    """One to three bytes deleted, changed, inserted or doubled, or the file cut, as disks and transfers do it."""
    what = rng.choice(("delete", "change", "insert", "double", "cut", "delete a stretch"))
    spots = 1 if what in ("cut", "delete a stretch") else rng.randint(1, 3)
    made = bytearray(content)
    for _ in range(spots):
        place = rng.randrange(len(made))
        if what == "delete":
            del made[place]
        elif what == "change":
            made[place] = rng.choice((rng.randrange(256), ord(rng.choice("0123456789.,;-/\"'\n eE"))))
        elif what == "insert":
            made.insert(place, ord(rng.choice("0123456789.,;-/\"'\n x")))
        elif what == "double":
            made.insert(place, made[place])
        elif what == "cut":
            del made[max(place, 1) :]
        else:
            del made[place : place + rng.randint(2, 200)]
    return Damaged(bytes(made), f"{what} {spots}", spots * 2 + (8 if what == "delete a stretch" else 0))


def damage_rows(rows: list[Row], make: object, rng: random.Random) -> Damaged:
    """Rows damaged before they are written by `make`: prices scaled, signs, dates moved, rows doubled, mixed up, dropped."""
    rows = list(rows)
    what = rng.choice(
        (
            "scale a row",
            "scale a run",
            "scale half",
            "scale all",
            "sign",
            "double rows",
            "mix rows",
            "drop rows",
            "move a date",
            "conflict",
            "digit",
        )
    )
    factor = rng.choice(
        (10, 0.1, 100, 0.01, 1000, 0.001, GRAMS_PER_TROY_OUNCE, 1 / GRAMS_PER_TROY_OUNCE, 32.15, 0.375, 1 / 0.375)
    )
    spot, touched = rng.randrange(len(rows)), 1
    if what.startswith("scale"):
        length = {
            "scale a row": 1,
            "scale a run": rng.randint(2, 12),
            "scale half": len(rows) // 2,
            "scale all": len(rows),
        }[what]
        first = 0 if what == "scale all" else min(spot, len(rows) - length)
        for place in range(first, first + length):
            rows[place] = (rows[place][0], rows[place][1] * factor)
        what, touched = f"{what} x {factor:g}", 0 if length > 3 else length
    elif what == "sign":
        rows[spot] = (rows[spot][0], -rows[spot][1])
    elif what == "double rows":
        for _ in range(rng.randint(1, 9)):
            place = rng.randrange(len(rows))
            rows.insert(place, rows[place])
        touched = 0
    elif what == "mix rows":
        rng.shuffle(rows)
        touched = 0
    elif what == "drop rows":
        del rows[spot : spot + rng.randint(1, 30)]
        touched = 0
    elif what == "move a date":
        moved = rows[spot][0] + timedelta(days=rng.choice((-366, -31, -7, -1, 1, 3, 7, 30, 365, 3653)))
        rows[spot] = (moved, rows[spot][1])
        touched = 2
    elif what == "conflict":
        rows.insert(spot, (rows[spot][0], rows[spot][1] * rng.choice((1.004, 1.2, 10, 1 / GRAMS_PER_TROY_OUNCE))))
    else:
        digits = f"{rows[spot][1]:.2f}"
        place = rng.randrange(len(digits) - 3)
        rows[spot] = (rows[spot][0], float(digits[:place] + rng.choice("0123456789") + digits[place + 1 :]))
    return Damaged(make(rows), what, touched)  # type: ignore[operator]


def damage_form(content: bytes, rng: random.Random) -> Damaged:
    """The whole text rewritten as other programs would: separators, line ends, encodings, columns swapped, blank lines."""
    what = rng.choice(
        (
            "line ends",
            "encoding",
            "blank lines",
            "columns swapped",
            "trailing separators",
            "one separator",
            "header twice",
            "quotes",
        )
    )
    text = content.decode("utf-8-sig")
    sign = next(sign for sign in ";,\t" if sign in text.splitlines()[0])
    lines = text.splitlines()
    touched = 0
    if what == "line ends":
        return Damaged(rng.choice(("\r\n", "\r", "\n\n")).join(lines).encode(), what, 0)
    if what == "encoding":
        codec = rng.choice(("utf-16", "utf-16-le", "utf-8-sig", "cp1252"))
        return Damaged(text.encode(codec), f"{what} {codec}", 0)
    if what == "blank lines":
        for _ in range(5):
            lines.insert(rng.randrange(len(lines)), rng.choice(("", sign, "   ")))
    elif what == "columns swapped" and '"' not in text:
        lines = [sign.join(reversed(line.split(sign))) for line in lines]
    elif what == "trailing separators":
        lines = [line + sign for line in lines]
    elif what == "one separator":
        place = rng.randrange(1, len(lines))
        lines[place] = lines[place].replace(sign, rng.choice(",;|\t "), 1)
        touched = 1
    elif what == "header twice":
        lines.insert(rng.randrange(len(lines)), lines[0])
        touched = 1
    elif what == "quotes" and '"' not in text:
        lines = [sign.join(f'"{cell}"' for cell in line.split(sign)) for line in lines]
    return Damaged("\n".join(lines).encode(), what, touched)
