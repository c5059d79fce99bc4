"""Days of many paths folded into one row a path, without keeping the days."""

from __future__ import annotations

import numpy as np

from gramlib.artefacts import PREDICATES
from gramlib.params.issuer import Issuer
from gramlib.simulation import limits
from gramlib.simulation.day import Day
from gramlib.simulation.outcomes import LOSSES, NEVER, Outcomes, status_codes
from gramlib.simulation.stops import CLOSING_PRICE_USD_PER_G, CLOSING_TOKEN_SHARE


class Summary:
    """Running extremes, sums and first failure days of a set of paths; feed every day to `add`, in order."""

    def __init__(self, issuer: Issuer, opening: Day):
        """Start from day 0, which gives the opening own funds and is not judged itself."""
        n_paths = len(opening.price_usd_per_g)
        self.issuer = issuer
        self.opening_equity_usd = opening.equity_usd
        self.last = opening
        self.min_coverage = np.full(n_paths, np.inf)
        self.min_backing = np.full(n_paths, np.inf)
        self.min_equity_usd = np.full(n_paths, np.inf)
        self.peak_queue_g = np.zeros(n_paths)
        self.longest_wait_days = np.zeros(n_paths)
        self.worst_discount = np.full(n_paths, -np.inf)
        self.sums_usd = {name: np.zeros(n_paths) for name in LOSSES}
        self.first_day = {predicate: np.full(n_paths, NEVER, dtype=np.int16) for predicate in PREDICATES}
        self._no_market = np.zeros(n_paths, dtype=bool)
        self._discount_run = np.zeros(n_paths, dtype=np.int16)
        self._short_run = np.zeros(n_paths, dtype=np.int16)

    def add(self, day: Day) -> None:
        """Fold in one day."""
        np.minimum(self.min_coverage, day.coverage, out=self.min_coverage)
        np.minimum(self.min_backing, day.backing, out=self.min_backing)
        np.minimum(self.min_equity_usd, day.equity_usd, out=self.min_equity_usd)
        np.maximum(self.peak_queue_g, day.queue_g, out=self.peak_queue_g)
        np.maximum(self.longest_wait_days, day.wait_days, out=self.longest_wait_days)
        np.maximum(self.worst_discount, day.discount, out=self.worst_discount)
        for name, total_usd in self.sums_usd.items():
            total_usd += getattr(day, name)
        if day.books_open is not True:
            self._no_market |= np.logical_not(day.books_open) & (day.price_usd_per_g <= CLOSING_PRICE_USD_PER_G)
        self._judge(day)
        self.last = day

    def _judge(self, day: Day) -> None:
        treasury = self.issuer.treasury
        discount_over = day.discount > limits.DISCOUNT_LASTING
        self._discount_run = (self._discount_run + np.int16(1)) * discount_over
        short = day.backing < 1.0 - limits.BACKING_ROUNDING
        self._short_run = (self._short_run + np.int16(1)) * short
        spendable_usd = np.maximum(0.0, day.cash_usd - treasury.cash_floor_usd) + day.bills_usd * (
            1.0 - treasury.bill_haircut
        )
        failing = {
            "F1": day.equity_usd < day.own_funds_requirement_usd,
            "F2": day.equity_usd < 0.0,
            "F3": day.oldest_request_days > limits.OLDEST_REQUEST_DAYS,
            "F4": (self._discount_run >= limits.DISCOUNT_LASTING_DAYS) | (day.discount > limits.DISCOUNT_ONCE),
            "F5": self._short_run >= limits.under_backed_days(self.issuer.market.lag_days),
            "F7": (spendable_usd <= 0.0) & (day.queue_g > 0.0),
        }
        for predicate, fails in failing.items():
            if np.any(fails):
                first = self.first_day[predicate]
                first[fails & day.books_open & (first == NEVER)] = day.day

    def outcomes(self) -> Outcomes:
        """The result after the last day."""
        last, issuer = self.last, self.issuer
        wound_down = last.tokens_g <= CLOSING_TOKEN_SHARE * issuer.tokens_g
        return Outcomes(
            end_price_usd_per_g=last.price_usd_per_g.copy(),
            min_coverage=self.min_coverage,
            min_backing=self.min_backing,
            min_equity_usd=self.min_equity_usd,
            end_equity_usd=last.equity_usd.copy(),
            peak_queue_share=self.peak_queue_g / issuer.tokens_g,
            end_queue_share=last.queue_g / issuer.tokens_g,
            longest_wait_days=self.longest_wait_days,
            worst_discount=self.worst_discount,
            end_tokens_share=last.tokens_g / issuer.tokens_g,
            **self.sums_usd,
            nonprice_loss_usd=-(last.equity_usd - self.opening_equity_usd - self.sums_usd["price_effect_usd"]),
            **{f"{predicate.lower()}_day": days for predicate, days in self.first_day.items()},
            **{f"{predicate.lower()}_cause": np.zeros(len(wound_down), dtype=np.int8) for predicate in PREDICATES},
            status_code=status_codes(
                self.first_day, queued=self.peak_queue_g > 0.0, wound_down=wound_down, no_market=self._no_market
            ),
        )
