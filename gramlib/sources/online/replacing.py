"""May a new answer take the place of a good one? Not when it holds less: part of an answer looks like a whole one."""

from __future__ import annotations

import pandas as pd

from gramlib.sources.online.provider import Provider
from gramlib.sources.raw import Decision

ROLLING_SHARE = 0.95
REVISED = 1e-6  # relative; below it two printings of one number differ


def refusal(provider: Provider, old: pd.DataFrame, new: pd.DataFrame) -> str:
    """Why `new` must not replace `old`, empty when it may.

    It must not end earlier; and unless the source gives the latest days only, it must neither start later nor have
    fewer rows. Where it does, 5% fewer rows are allowed.
    """
    if new["date"].iloc[-1] < old["date"].iloc[-1]:
        return f"it ends {new['date'].iloc[-1]:%Y-%m-%d}, before {old['date'].iloc[-1]:%Y-%m-%d} of the snapshot"
    if provider.rolling:
        if len(new) < ROLLING_SHARE * len(old):
            return f"it has {len(new):,} rows, the snapshot {len(old):,}"
        return ""
    if new["date"].iloc[0] > old["date"].iloc[0]:
        return f"it starts {new['date'].iloc[0]:%Y-%m-%d}, after {old['date'].iloc[0]:%Y-%m-%d} of the snapshot"
    if len(new) < len(old):
        return f"it has {len(new):,} rows, the snapshot {len(old):,}"
    return ""


def revisions(old: pd.DataFrame, new: pd.DataFrame) -> list[Decision]:
    """A note on values of the past that the source has changed since the snapshot, empty when there are none."""
    was, now = (frame.drop_duplicates("date").set_index("date")["value"] for frame in (old, new))
    both = pd.concat([was, now], axis=1, join="inner", keys=["was", "now"])
    change = (both["now"] - both["was"]).abs() / both["was"].abs().clip(lower=1e-12)
    revised = change[change > REVISED]
    if revised.empty:
        return []
    worst = revised.idxmax()
    return [Decision(
        "revisions", "warning" if revised.max() > 0.01 else "note",
        f"{len(revised):,} of {len(both):,} days changed since the snapshot before, most {worst:%Y-%m-%d} "
        f"from {both['was'][worst]:g} to {both['now'][worst]:g}",
        "a past that stays as it was", "the new values are used",
    )]  # fmt: skip
