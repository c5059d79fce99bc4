"""How a path ends: a status with its sentence and remedy, and one row of figures a path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np
import pandas as pd

from gramlib.artefacts import entry
from gramlib.params.issuer import Issuer
from gramlib.simulation.causes import CAUSES, CODE
from gramlib.simulation.day import BRIDGE, PRICE_TERMS
from gramlib.simulation.stops import CLOSING_PRICE_USD_PER_G, CLOSING_TOKEN_SHARE

NEVER = -1
"""Day of a failure that did not happen."""


class Status(StrEnum):
    """How a path ended; the first that applies, worst first. `sentence` says it in words, `remedy` what would help."""

    INSOLVENT = "insolvent"
    UNDER_COLLATERALISED = "under_collateralised"
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
    Status.UNDER_COLLATERALISED: ("The gold was worth less than the dollars owed (F6).",
                                  "A higher collateral ratio, or liquidation that starts earlier."),
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

_DECIDING = {"F2": Status.INSOLVENT, "F6": Status.UNDER_COLLATERALISED, "F5": Status.UNDER_BACKED, "F1": Status.UNDERCAPITALISED,
             "F7": Status.CASH_EXHAUSTED, "F3": Status.REDEMPTION_LATE, "F4": Status.PEG_BROKEN}  # fmt: skip


LOSSES = (
    "fees_usd", "slippage_usd", "haircut_usd", "event_loss_usd", "lease_loss_usd", "bank_loss_usd", "cyber_loss_usd",
    "liquidation_loss_usd", "hedge_usd", "price_effect_usd",
)  # fmt: skip
"""Terms of the equity bridge that are summed over the days of every path."""


@dataclass(frozen=True, eq=False)
class Outcomes:
    """One value a path, each array (n_paths,), float64 unless said, named as in the `outcomes` catalogue entry.

    Extremes and sums run over days 1 to n. `f1_day` ... `f7_day` (int16) give the first day of each failure, -1 for
    never; `f1_cause` ... `f7_cause` (int8) its cause as a code of `causes.CAUSES`; F5 is judged for peg gold alone and F6
    for peg usd alone. `nonprice_loss_usd` is what own funds lost other than through the gold price (`day.PRICE_TERMS`).
    `worst_discount` includes weekends. `status_code` (int8) is the place of the path's end in `Status`.
    """

    end_price_usd_per_g: np.ndarray
    min_coverage: np.ndarray
    min_backing: np.ndarray
    min_equity_usd: np.ndarray
    end_equity_usd: np.ndarray
    peak_queue_share: np.ndarray
    end_queue_share: np.ndarray
    longest_wait_days: np.ndarray
    worst_discount: np.ndarray
    end_tokens_share: np.ndarray
    fees_usd: np.ndarray
    slippage_usd: np.ndarray
    haircut_usd: np.ndarray
    event_loss_usd: np.ndarray
    lease_loss_usd: np.ndarray
    bank_loss_usd: np.ndarray
    cyber_loss_usd: np.ndarray
    liquidation_loss_usd: np.ndarray
    hedge_usd: np.ndarray
    price_effect_usd: np.ndarray
    nonprice_loss_usd: np.ndarray
    f1_day: np.ndarray
    f2_day: np.ndarray
    f3_day: np.ndarray
    f4_day: np.ndarray
    f5_day: np.ndarray
    f6_day: np.ndarray
    f7_day: np.ndarray
    f1_cause: np.ndarray
    f2_cause: np.ndarray
    f3_cause: np.ndarray
    f4_cause: np.ndarray
    f5_cause: np.ndarray
    f6_cause: np.ndarray
    f7_cause: np.ndarray
    status_code: np.ndarray

    def __len__(self) -> int:
        """Return the number of paths."""
        return len(self.status_code)

    @property
    def status(self) -> np.ndarray:
        """Words of `Status` by path."""
        return _STATUS_WORDS[self.status_code]

    def first_day(self, predicate: str) -> np.ndarray:
        """First day of failure `predicate` ("F1" ... "F7") by path, -1 for never."""
        return getattr(self, f"{predicate.lower()}_day")

    def cause(self, predicate: str) -> np.ndarray:
        """Cause of the first failure `predicate` by path, in words; empty for never."""
        return _CAUSE_WORDS[getattr(self, f"{predicate.lower()}_cause")]

    def to_table(self, book: str, first_path: int = 0) -> pd.DataFrame:
        """The `outcomes` table of catalogue: float32 on disk, paths numbered from `first_path`."""
        columns: dict[str, object] = {
            "book": pd.array([book], dtype="str").repeat(len(self)),
            "path": np.arange(first_path, first_path + len(self), dtype=np.int32),
        }
        for column in entry("outcomes").columns[2:]:
            if column.name.endswith("_cause"):
                values = self.cause(column.name[:2].upper())
            else:
                values = getattr(self, column.name)
            columns[column.name] = (
                pd.array(values, dtype="str") if column.dtype == "str" else values.astype(column.dtype)
            )
        return pd.DataFrame(columns)


_STATUS_WORDS = np.array([str(status) for status in Status])
_CAUSE_WORDS = np.array(CAUSES)


def join(parts: list[Outcomes]) -> Outcomes:
    """Outcomes of consecutive blocks of paths as one."""
    return Outcomes(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Outcomes)))


def status_codes(
    first_days: Mapping[str, np.ndarray], *, queued: np.ndarray, wound_down: np.ndarray, no_market: np.ndarray
) -> np.ndarray:
    """Code of the status by path (int8) from the first days of failure and three flags; the order of `Status` decides."""
    conditions = [first_days[predicate] != NEVER for predicate in _DECIDING] + [no_market, wound_down, queued]
    statuses = list(Status)
    codes = [statuses.index(word) for word in (*_DECIDING.values(), Status.NO_MARKET, Status.WOUND_DOWN, Status.QUEUED)]
    return np.select(conditions, codes, default=statuses.index(Status.SOUND)).astype(np.int8)


def of_ledger(ledger: pd.DataFrame, failed: pd.DataFrame, issuer: Issuer) -> Outcomes:
    """Outcomes of one path from its daily ledger and what `failures` found in it.

    `ledger` has one row a day from day 1, as `engine.ledger` makes it. The kernel comes to the same figures day by day.
    """
    last = ledger.iloc[-1]
    figures = {
        "end_price_usd_per_g": last["price_usd_per_g"],
        "min_coverage": ledger["coverage"].min(),
        "min_backing": ledger["backing"].min(),
        "min_equity_usd": ledger["equity_usd"].min(),
        "end_equity_usd": last["equity_usd"],
        "peak_queue_share": ledger["queue_g"].max() / issuer.tokens_g,
        "end_queue_share": last["queue_g"] / issuer.tokens_g,
        "longest_wait_days": ledger["wait_days"].max(),
        "worst_discount": max(ledger["discount"].max(), ledger["weekend_discount"].max()),
        "end_tokens_share": last["tokens_g"] / issuer.tokens_g,
        **{name: ledger[name].sum() for name in LOSSES},
        "nonprice_loss_usd": -sum(
            sign * ledger[name].sum() for name, (sign, _) in BRIDGE.items() if name not in PRICE_TERMS
        ),
    }
    outcome = {name: np.array([value], dtype=np.float64) for name, value in figures.items()}
    first_days = {}
    for row in failed.itertuples():
        name = str(row.predicate)
        first_days[name] = outcome[f"{name.lower()}_day"] = np.array([row.first_day], dtype=np.int16)
        outcome[f"{name.lower()}_cause"] = np.array([CODE[str(row.cause)]], dtype=np.int8)
    ended = last["tokens_g"] <= CLOSING_TOKEN_SHARE * issuer.tokens_g
    no_market = (ledger["price_usd_per_g"] <= CLOSING_PRICE_USD_PER_G).any()
    queued = ledger["queue_g"].max() > 0.0
    flags = {"queued": queued, "wound_down": ended, "no_market": no_market}
    codes = status_codes(first_days, **{name: np.array([flag]) for name, flag in flags.items()})
    return Outcomes(**outcome, status_code=codes)
