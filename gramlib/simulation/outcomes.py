"""How a path ends: a status with its sentence and remedy, and one row of figures a path."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np
import pandas as pd

from gramlib.artefacts import entry

NEVER = -1
"""Day of a failure that did not happen."""


class Status(StrEnum):
    """How a path ended; the first that applies, worst first. `sentence` says it in words, `remedy` what would help."""

    INSOLVENT = "insolvent"
    UNDER_BACKED = "under_backed"
    UNDERCAPITALISED = "undercapitalised"
    CASH_EXHAUSTED = "cash_exhausted"
    REDEMPTION_LATE = "redemption_late"
    PEG_BROKEN = "peg_broken"
    NO_MARKET = "no_market"
    WOUND_DOWN = "wound_down"
    QUEUED = "queued"
    SOUND = "sound"

    @property
    def sentence(self) -> str:
        """What happened, in one sentence."""
        return _SENTENCES[self][0]

    @property
    def remedy(self) -> str:
        """What kind of measure answers it."""
        return _SENTENCES[self][1]


_SENTENCES: dict[Status, tuple[str, str]] = {
    Status.INSOLVENT: ("Assets fell below what is owed to holders (F2).",
                       "Own funds, insurance or a split of custody that outlasts the loss."),
    Status.UNDER_BACKED: ("Fewer grams were held than tokens promise, for longer than a sale takes to settle (F5).",
                          "Replace the missing grams from own funds; split custody."),
    Status.UNDERCAPITALISED: ("Own funds fell below what the profile requires, but stayed positive (F1).",
                              "More own funds, or lower fixed costs."),
    Status.CASH_EXHAUSTED: ("Cash and bills were used up while holders still waited (F7).",
                            "A larger cash and bill buffer, a credit line, or more capacity to sell gold."),
    Status.REDEMPTION_LATE: ("A holder waited more than five business days (F3).",
                             "A larger cash and bill buffer; a gate spreads the wait but does not shorten it."),
    Status.PEG_BROKEN: ("The token traded more than 1% below gold three days running, or 5% once (F4).",
                        "Faster settlement, deeper secondary market, a clear statement of the reserve."),
    Status.NO_MARKET: ("The gold price vanished and the path was ended there; nothing had failed before.",
                       "None: check the price path."),
    Status.WOUND_DOWN: ("All but a millionth of the tokens were redeemed and nothing failed: an orderly wind-down.",
                        "None for holders; the business has ended."),
    Status.QUEUED: ("A queue formed, and everybody was paid within five business days or still may be.",
                    "Watch the buffer: it was used up to within days of a failure."),
    Status.SOUND: ("Every redemption was paid on the day it was asked for, and nothing failed.", "None needed."),
}  # fmt: skip

_DECIDING = {"F2": Status.INSOLVENT, "F5": Status.UNDER_BACKED, "F1": Status.UNDERCAPITALISED,
             "F7": Status.CASH_EXHAUSTED, "F3": Status.REDEMPTION_LATE, "F4": Status.PEG_BROKEN}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Outcomes:
    """One value a path, each array (n_paths,), float64 (days int16), named as in the `outcomes` catalogue entry.

    Extremes and sums run over days 1 to n. `f1_day` ... `f7_day` give the first day of each failure, -1 for never;
    `f6_day` belongs to the USD-pegged variant and is always -1 here. `nonprice_loss_usd` is
    -(E_n - E_0 - sum of (G - N of the day before) dP): what own funds lost other than through the price.
    `status` holds the words of `Status`.
    """

    end_price_usd_per_g: np.ndarray
    min_coverage: np.ndarray
    min_backing: np.ndarray
    min_equity_usd: np.ndarray
    end_equity_usd: np.ndarray
    peak_queue_share: np.ndarray
    longest_wait_days: np.ndarray
    worst_discount: np.ndarray
    end_tokens_share: np.ndarray
    slippage_usd: np.ndarray
    event_loss_usd: np.ndarray
    nonprice_loss_usd: np.ndarray
    f1_day: np.ndarray
    f2_day: np.ndarray
    f3_day: np.ndarray
    f4_day: np.ndarray
    f5_day: np.ndarray
    f6_day: np.ndarray
    f7_day: np.ndarray
    status: np.ndarray

    def __len__(self) -> int:
        """Return the number of paths."""
        return len(self.status)

    def first_day(self, predicate: str) -> np.ndarray:
        """First day of failure `predicate` ("F1" ... "F7") by path, -1 for never."""
        return getattr(self, f"{predicate.lower()}_day")

    def to_table(self, book: str, first_path: int = 0) -> pd.DataFrame:
        """The `outcomes` table of catalogue: float32 on disk, paths numbered from `first_path`."""
        columns: dict[str, object] = {
            "book": pd.array([book], dtype="str").repeat(len(self)),
            "path": np.arange(first_path, first_path + len(self), dtype=np.int32),
        }
        for column in entry("outcomes").columns[2:]:
            values = getattr(self, column.name)
            columns[column.name] = (
                pd.array(values, dtype="str") if column.dtype == "str" else values.astype(column.dtype)
            )
        return pd.DataFrame(columns)


def join(parts: list[Outcomes]) -> Outcomes:
    """Outcomes of consecutive blocks of paths as one."""
    return Outcomes(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Outcomes)))


def statuses(
    first_days: dict[str, np.ndarray], *, queued: np.ndarray, wound_down: np.ndarray, no_market: np.ndarray
) -> np.ndarray:
    """Status words by path from the first days of failure and three flags; the order of `Status` decides."""
    conditions = [first_days[predicate] != NEVER for predicate in _DECIDING] + [no_market, wound_down, queued]
    words = [*_DECIDING.values(), Status.NO_MARKET, Status.WOUND_DOWN, Status.QUEUED]
    return np.select(conditions, [str(word) for word in words], default=str(Status.SOUND))
