"""From raw answers to a checked series: parsed, unfinished day dropped, blanks and impossible values told apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from gramlib.errors import DataContractError, GramError
from gramlib.sources.online.body import first_bytes, one_line
from gramlib.sources.online.provider import Parsed, Provider, RawFile
from gramlib.sources.raw import Decision

LATE_START_DAYS = 10


def read_answers(provider: Provider, files: Sequence[RawFile], accessed: dt.datetime) -> Parsed:
    """The series of `provider` in the answers fetched at `accessed`, oldest day first.

    Raises DataContractError with the first bytes when they no longer have the documented form, hold no value, or
    hold impossible ones.
    """
    try:
        frame, notes = provider.parse(files)
        frame = frame.sort_values("date", kind="stable")
    except GramError as error:
        if error.origin:
            raise
        raise type(error)(
            one_line(error.found), expected=error.expected, origin=_origin(files), remedy=_REMEDY
        ) from error
    except Exception as error:  # whatever a parser stumbles over, the answer has not the documented form
        raise _changed(f"{type(error).__name__}: {error}", files) from error
    kept = [
        *notes,
        *(Decision("source", "note", caveat, "a plain daily record", "kept in mind") for caveat in provider.caveats),
    ]
    frame = _without_unfinished(provider, frame, accessed, files, kept)
    frame = _without_blanks(frame, files, kept)
    _refuse_impossible(provider, frame, files)
    _note_start(provider, frame, kept)
    return Parsed(frame, tuple(kept))


_REMEDY = "the source has changed its form; name another source, and report it with these bytes"


def _origin(files: Sequence[RawFile]) -> str:
    last = files[-1]
    return f"{last.url}, which starts {first_bytes(last.content)}"


def _changed(found: str, files: Sequence[RawFile]) -> DataContractError:
    return DataContractError(
        f"the answer has not the documented form ({one_line(found)})",
        expected="the form in which this source has answered so far",
        origin=_origin(files),
        remedy=_REMEDY,
    )


def _without_unfinished(
    provider: Provider, frame: pd.DataFrame, accessed: dt.datetime, files: Sequence[RawFile], notes: list[Decision]
) -> pd.DataFrame:
    today = pd.Timestamp(accessed.astimezone(ZoneInfo(provider.timezone)).date())
    if len(frame) and frame["date"].iloc[-1] > today + pd.Timedelta(days=1):
        raise _changed(f"a value dated {frame['date'].iloc[-1]:%Y-%m-%d}, after the day it was fetched", files)
    if not provider.bars:
        return frame
    finished = frame[frame["date"] < today]
    left = len(frame) - len(finished)
    if left:
        notes.append(Decision("partial day", "note", f"{left} value(s) of {today:%Y-%m-%d}, fetched at {accessed:%H:%M} UTC",
                              f"days that are over in {provider.timezone}", "left out: the day was not over"))  # fmt: skip
    return finished


def _without_blanks(frame: pd.DataFrame, files: Sequence[RawFile], notes: list[Decision]) -> pd.DataFrame:
    known = frame[frame["value"].notna()]
    if known.empty:
        raise _changed(f"no value in {len(frame)} row(s)", files)
    blanks = len(frame) - len(known)
    if blanks:
        days = ", ".join(f"{day:%Y-%m-%d}" for day in frame.loc[frame["value"].isna(), "date"].iloc[-3:])
        notes.append(Decision("missing", "note", f"{blanks:,} row(s) without a value, latest {days}",
                              "a value in each row", "left out"))  # fmt: skip
    return known


def _refuse_impossible(provider: Provider, frame: pd.DataFrame, files: Sequence[RawFile]) -> None:
    infinite = int(np.isinf(frame["value"]).sum())
    if infinite:
        raise _changed(f"{infinite} value(s) without bound: something was divided by zero", files)
    if provider.kind == "covariate":
        return
    wrong = frame[frame["value"] < 0] if provider.kind == "supply" else frame[frame["value"] <= 0]
    if len(wrong):
        first = wrong.iloc[0]
        raise _changed(
            f"{len(wrong)} value(s) not above zero, first {first['value']} on {first['date']:%Y-%m-%d}", files
        )


def _note_start(provider: Provider, frame: pd.DataFrame, notes: list[Decision]) -> None:
    if not provider.known_start:
        return
    late = (frame["date"].iloc[0] - pd.Timestamp(provider.known_start)).days
    if late > LATE_START_DAYS:
        notes.append(Decision("coverage", "warning", f"the answer starts {frame['date'].iloc[0]:%Y-%m-%d}",
                              f"{provider.known_start}, the source's first day", "used; it may be a part of an answer"))  # fmt: skip
