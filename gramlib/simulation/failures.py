"""Failure predicates F1 to F7 of MODEL.md section 6, read off a finished ledger, with the cause of each.

This is the readable judge; `summary` and the kernel judge the same lines day by day over many paths, and the tests
hold them equal. The cause is the largest term that worked towards the failure on its day, named by module:

    F1, F2, F6   equity bridge of the day
    F5           loss or sale of grams on the day on which they first fell short
    F3, F7       change of liquidity after the queue: new requests, costs, margin, dearer queue
    F4           persistence of yesterday's discount against secondary sales and a given shock, or the weekend's sales

Requests and secondary sales carry the module that drove them, the largest term of the intensity x (E6), as in
"redemptions: confidence event". A failure that was there before day 1 is put down to the "opening position".
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from gramlib.artefacts import PREDICATES
from gramlib.params.issuer import Issuer
from gramlib.simulation import limits
from gramlib.simulation.causes import GIVEN_RUN, OPENING
from gramlib.simulation.day import BRIDGE
from gramlib.simulation.outcomes import NEVER
from gramlib.simulation.stops import books_close


def failures(ledger: pd.DataFrame, issuer: Issuer) -> pd.DataFrame:
    """First day and cause of each failure of one path.

    `ledger` is what `simulation.ledger` returns for `issuer`. The result has one row a predicate, F1 to F7, with
    columns predicate, first_day (int32, -1 never) and cause (empty when it never failed). F5 is judged for peg gold alone,
    F6 for peg usd alone. Days after the books closed are not judged.
    """
    rows = [(predicate, *_first(predicate, ledger, issuer)) for predicate in PREDICATES]
    frame = pd.DataFrame(rows, columns=["predicate", "first_day", "cause"])
    return frame.astype({"predicate": "str", "first_day": "int32", "cause": "str"})


def _first(predicate: str, ledger: pd.DataFrame, issuer: Issuer) -> tuple[int, str]:
    holds = _holds(predicate, ledger, issuer) & _open(ledger, issuer)
    if not holds.any():
        return NEVER, ""
    row = int(np.argmax(holds))
    day = int(ledger["day"].iloc[row])
    if predicate in ("F1", "F2", "F6"):
        return day, _equity_cause(predicate, ledger, row)
    if predicate == "F5":
        return day, _backing_cause(ledger, issuer, row - limits.under_backed_days(issuer.market.lag_days) + 1)
    if predicate == "F4":
        return day, _discount_cause(ledger, issuer, row)
    return day, _liquidity_cause(ledger, issuer, row)


def _holds(predicate: str, ledger: pd.DataFrame, issuer: Issuer) -> np.ndarray:
    """Whether `predicate` holds, by day."""
    column = {name: ledger[name].to_numpy() for name in ledger}
    if predicate == "F1":
        return column["equity_usd"] < column["own_funds_requirement_usd"]
    if predicate == "F2":
        return column["equity_usd"] < 0.0
    if predicate == "F3":
        return column["oldest_request_days"] > limits.OLDEST_REQUEST_DAYS
    if predicate == "F4":
        lasting = _run_lengths(column["discount"] > limits.DISCOUNT_LASTING) >= limits.DISCOUNT_LASTING_DAYS
        once = np.maximum(column["discount"], column["weekend_discount"]) > limits.DISCOUNT_ONCE
        return lasting | once
    if predicate == "F5" and issuer.peg == "gold":
        short = column["backing"] < 1.0 - limits.BACKING_ROUNDING
        return _run_lengths(short) >= limits.under_backed_days(issuer.market.lag_days)
    if predicate == "F6" and issuer.peg == "usd":
        return column["backing"] < 1.0 - limits.BACKING_ROUNDING
    if predicate == "F7":
        cash_usd = np.maximum(0.0, column["cash_usd"] - issuer.treasury.cash_floor_usd)
        spendable_usd = cash_usd + column["bills_usd"] * (1.0 - issuer.treasury.bill_haircut)
        return (spendable_usd <= 0.0) & (column["queue_g"] > 0.0)
    return np.zeros(len(ledger), dtype=bool)


def _run_lengths(holds: np.ndarray) -> np.ndarray:
    """Number of days running, today included, on which `holds` is true."""
    days = np.arange(1, len(holds) + 1)
    return days - np.maximum.accumulate(np.where(holds, 0, days))


def _open(ledger: pd.DataFrame, issuer: Issuer) -> np.ndarray:
    before_g = _day_before(ledger["tokens_g"], issuer.tokens_g)
    closing = [
        books_close(tokens_g, price, issuer)
        for tokens_g, price in zip(before_g, ledger["price_usd_per_g"], strict=True)
    ]
    return ~np.maximum.accumulate(np.array(closing, dtype=bool))


def _day_before(values: pd.Series, opening: float) -> np.ndarray:
    return np.concatenate([[opening], values.to_numpy()[:-1]])


def _largest(terms: dict[str, float]) -> str:
    """Name of the largest term that is above zero; empty when none is."""
    name = max(terms, key=lambda key: terms[key])
    return name if terms[name] > 0.0 else ""


def _equity_cause(predicate: str, ledger: pd.DataFrame, row: int) -> str:
    day = ledger.iloc[row]
    terms = {cause: -sign * day[name] for name, (sign, cause) in BRIDGE.items()}
    if row == 0:
        change_usd = sum(sign * day[name] for name, (sign, _) in BRIDGE.items())
        if predicate == "F6":
            return _largest(terms) or OPENING
        limit_usd = day["own_funds_requirement_usd"] if predicate == "F1" else 0.0
        if day["equity_usd"] - change_usd < limit_usd:
            return OPENING
    return _largest(terms) or OPENING


def _backing_cause(ledger: pd.DataFrame, issuer: Issuer, first_row: int) -> str:
    """Grams fall short through a loss, or through sales for the queue; costs in dollars take no gram."""
    if first_row == 0 and issuer.opening_gold_g < issuer.tokens_g * (1.0 - limits.BACKING_ROUNDING):
        return OPENING
    day = ledger.iloc[first_row]
    terms = {
        "custody loss": day["lost_g"],
        "lessee default": day["lease_loss_usd"] / day["price_usd_per_g"],
        "gold sold for the queue": day["sold_g"],
    }
    return _largest(terms) or OPENING


def _liquidity_cause(ledger: pd.DataFrame, issuer: Issuer, row: int) -> str:
    """Largest drain of L1 less what the queue is owed."""
    day = ledger.iloc[row]
    queue_before_g = _day_before(ledger["queue_g"], 0.0)[row]
    frozen_before_usd = _day_before(ledger["bank_frozen_usd"], 0.0)[row]
    price_before = ledger["price_usd_per_g"].iloc[row - 1] if row else day["price_usd_per_g"]
    paid_share = 1.0 - day["fee"]
    asked_usd = (day["requested_g"] + day["weekend_requested_g"]) * day["token_value_usd"]
    owed_in_grams = issuer.peg == "gold" and issuer.terms.mode == "agency"
    terms = {
        f"redemptions: {_driver(ledger, issuer, row)}": asked_usd * paid_share,
        "price of the queue": queue_before_g * (day["price_usd_per_g"] - price_before) * paid_share * owed_in_grams,
        "operating cost": day["opex_usd"],
        "custody cost": day["custody_cost_usd"],
        "negative bill yield": -day["yield_usd"],
        "credit interest": day["credit_interest_usd"],
        "futures margin": -day["hedge_usd"],
        "bank failure: cash frozen": max(0.0, day["bank_frozen_usd"] - frozen_before_usd) + day["bank_loss_usd"],
        "cyber loss": day["cyber_loss_usd"],
    }
    return _largest(terms) or OPENING


def _discount_cause(ledger: pd.DataFrame, issuer: Issuer, row: int) -> str:
    day, peg = ledger.iloc[row], issuer.peg_model
    if day["weekend_discount"] > limits.DISCOUNT_ONCE:
        return "weekend sales"
    tokens_before_g = day["tokens_g"] + day["paid_g"] + day["delivered_g"]
    asked_g = day["requested_g"] + day["kind_requested_g"]
    excess_g = max(0.0, asked_g - issuer.redemption.base_rate * tokens_before_g)
    terms = {
        "discount of the day before": peg.persistence * _discount_before(ledger, row),
        f"secondary sales: {_driver(ledger, issuer, row)}":
            0.01 * peg.secondary_share * excess_g * day["token_value_usd"] / peg.depth_usd,
        "discount shock": day["discount_shock"],
    }  # fmt: skip
    return _largest(terms) or OPENING


def _discount_before(ledger: pd.DataFrame, row: int) -> float:
    """The discount that today's holders saw: yesterday's, or the weekend's."""
    weekend = float(ledger["weekend_discount"].iloc[row])
    return weekend if weekend != 0.0 else float(_day_before(ledger["discount"], 0.0)[row])


def _driver(ledger: pd.DataFrame, issuer: Issuer, row: int) -> str:
    """Module behind the largest term of the intensity x; the five-day return is what the other terms leave."""
    day, holders = ledger.iloc[row], issuer.redemption
    asked_g = day["requested_g"] + day["kind_requested_g"]
    if 2.0 * day["run_requested_g"] > asked_g:
        return GIVEN_RUN
    if 2.0 * day["block_requested_g"] > asked_g:
        return "large holders"
    if day["redemption_rate"] <= holders.base_rate:
        return "base rate"
    paid_g = day["paid_g"] + day["delivered_g"]
    waiting_g = day["queue_g"] + day["kind_queue_g"] + paid_g - asked_g
    drivers = {
        "confidence event": holders.a_event * day["event"],
        "discount": holders.a_discount * max(0.0, _discount_before(ledger, row)),
        "queue": holders.a_queue * waiting_g / (day["tokens_g"] + paid_g),
        "shortfall of coverage": holders.a_shortfall * max(0.0, 1.0 - day["coverage"]),
    }
    # Rounding of the sum must not pass for a fall of the price.
    left = day["intensity"] - holders.a0 - sum(drivers.values())
    drivers["fall of gold"] = left if left > 1e-9 * (1.0 + abs(day["intensity"])) else 0.0
    return _largest(drivers) or "base rate"
