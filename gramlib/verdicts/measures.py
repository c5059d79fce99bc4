"""What the requirements of standards are held against: one function a measure, from the tables of a run.

    measure                    what it is, in its unit
    own_funds_ratio_*          own funds over what the rule of `settings` asks for: today, at the worst day of the listed
                               scenarios looked at, at the quantile `level` of the lowest day of a book's paths [times]
    liquid_1d_share_*          cash and bills after haircut over what holders are owed, L1/W; liquid_5d adds what comes within
                               five days, L5/W [1]
    cash_share_today           cash over what holders are owed [1]
    liquidity_coverage         L1 today over the largest sum of 30 days' cash redemptions, less what is minted, in the scenarios [1]
    coverage_*, backing_*      assets over liabilities V/W; grams over tokens [1]
    discount_days              days a year on which the token is more than `beyond` off gold, on the median path [day]
    worst_discount             largest discount in the scenarios looked at [1]
    gold_fall                  fall of gold over `days` that a share `level` of price paths stays within [1]
    var_exceptions             losses beyond the champion's one-day value at risk at 99%, among the last `days` forecasts [count]
    oldest_request_worst       oldest unpaid request in the scenarios looked at [day]
    horizon_days               length of a book [day]
    axes_searched              shocks along which the reverse stress has looked [count]
    reserve_eur                the reserve today [EUR]
    largest_*_share, leased_share    concentration of gold, cash and lending [1]

"The scenarios looked at" are the listed ones up to `settings.worst_severity`. Figures of today and of a listed scenario are
exact; the others carry the Monte Carlo interval, where the tables hold enough to say one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from gramlib.errors import DataContractError
from gramlib.metrics import quantile_interval, value_at_risk
from gramlib.params.issuer import Issuer
from gramlib.readable import readable
from gramlib.scenarios import SEVERITIES
from gramlib.simulation.book import bank_shares, custodian_shares
from gramlib.verdicts.profile import Profile
from gramlib.verdicts.settings import MeasureSettings

TABLES = ("outcomes", "days", "replays", "path_ledgers", "forecasts", "reverse")
"""Tables that measures read."""

REDEMPTION_DAYS = 30
EXACT = "exact"


class Found(NamedTuple):
    """A figure, its interval (empty where exact or unknown), how sure it is, and what it was found on."""

    number: float
    lower: float = math.nan
    upper: float = math.nan
    confidence: str = EXACT
    subject: str = "today"


@readable
@dataclass(frozen=True)
class Evidence:
    """The tables of a run, by catalogue name, and the issuer at `start_usd_per_g`; `severities` by scenario id."""

    issuer: Issuer
    start_usd_per_g: float
    eur_usd: float
    confidence: float
    severities: dict[str, str]
    champion: str
    outcomes: pd.DataFrame
    days: pd.DataFrame
    replays: pd.DataFrame
    path_ledgers: pd.DataFrame
    forecasts: pd.DataFrame
    reverse: pd.DataFrame

    @classmethod
    def of_run(
        cls,
        issuer: Issuer,
        profile: Profile,
        confidence: float,
        scenarios_used: Mapping[str, Any],
        calibration: Mapping[str, Any],
        tables: Mapping[str, pd.DataFrame],
    ) -> Evidence:
        """From documents and tables by catalogue name; `tables` holds at least those of `TABLES`."""
        return cls(
            issuer,
            float(scenarios_used["start_usd_per_g"]),
            profile.own_funds_rule.eur_usd,
            confidence,
            {scenario["id"]: scenario["severity"] for scenario in scenarios_used["scenarios"]},
            str(calibration["champion"]),
            *(tables[name] for name in TABLES),
        )

    @property
    def owed_usd(self) -> float:
        """What holders are owed today, W."""
        return self.issuer.tokens_g * self.start_usd_per_g

    @property
    def reserve_usd(self) -> float:
        """Assets today, V."""
        issuer = self.issuer
        return issuer.opening_gold_g * self.start_usd_per_g + issuer.cash_usd + issuer.bills_usd

    @property
    def liquid_1d_usd(self) -> float:
        """L1 today."""
        return self.issuer.cash_usd + self.issuer.bills_usd * (1 - self.issuer.treasury.bill_haircut)

    @cached_property
    def owed_by_day(self) -> pd.Series:
        """W by row of `replays`."""
        return self.replays["tokens_g"] * self.replays["token_value_usd"]

    def looked_at(self, settings: MeasureSettings) -> pd.DataFrame:
        """Rows of `replays` in scenarios up to the severity asked for."""
        upto = SEVERITIES[: SEVERITIES.index(settings.worst_severity) + 1]
        return self.replays[self.replays["scenario"].map(self.severities).isin(upto)]

    def extreme(self, by_row: pd.Series, lowest: bool) -> Found:
        """Lowest or highest value of `by_row`, rows of `replays`, named by its scenario; empty where there are none."""
        known = by_row.dropna()
        if known.empty:
            return Found(math.nan, subject="no listed scenario")
        place = known.idxmin() if lowest else known.idxmax()
        scenario = self.replays.loc[place, "scenario"]
        return Found(float(known.loc[place]), confidence="exact for this scenario", subject=f"scenario {scenario}")

    def paths(self, book: str) -> pd.DataFrame:
        """Outcomes of a book; raises DataContractError when the run has none."""
        rows = self.outcomes[self.outcomes["book"] == book]
        if rows.empty:
            raise DataContractError(f"no outcomes of book {book!r}", expected="the book that a requirement names",
                                    origin="params/profiles", remedy="name another book, or re-run stage predict")  # fmt: skip
        return rows

    def lower_quantile(self, column: str, settings: MeasureSettings) -> Found:
        """The value that a share `level` of a book's paths stays above."""
        values = self.paths(settings.book)[column].to_numpy(dtype=float)
        share = 1 - settings.level
        interval = quantile_interval(values, share, self.confidence)
        words = f"order statistics {self.confidence:.0%}, {len(values):,} paths"
        return Found(value_at_risk(values, share), *interval, words, settings.book)


def _requirement_usd(e: Evidence, s: MeasureSettings, reserve_usd: pd.Series | float) -> pd.Series | float:
    fixed_usd = max(s.floor_eur * e.eur_usd, s.overheads_share * e.issuer.costs.opex_usd_year)
    return s.multiplier * np.maximum(s.reserve_share * reserve_usd, fixed_usd)


def _own_funds_today(e: Evidence, s: MeasureSettings) -> Found:
    return Found((e.reserve_usd - e.owed_usd) / float(_requirement_usd(e, s, e.reserve_usd)))


def _own_funds_worst(e: Evidence, s: MeasureSettings) -> Found:
    rows = e.looked_at(s)
    reserve_usd = rows["equity_usd"] + rows["credit_drawn_usd"] + e.owed_by_day.loc[rows.index]
    return e.extreme(rows["equity_usd"] / _requirement_usd(e, s, reserve_usd), lowest=True)


def _own_funds_quantile(e: Evidence, s: MeasureSettings) -> Found:
    found = e.lower_quantile("min_equity_usd", s)
    required_usd = float(_requirement_usd(e, s, e.reserve_usd))
    number, lower, upper = (value / required_usd for value in found[:3])
    return Found(number, lower, upper, f"{found.confidence}; against today's requirement", found.subject)


def _share_worst(column: str) -> Callable[[Evidence, MeasureSettings], Found]:
    def measure(e: Evidence, s: MeasureSettings) -> Found:
        rows = e.looked_at(s)
        return e.extreme(rows[column] / e.owed_by_day.loc[rows.index].where(lambda owed: owed > 0), lowest=True)

    return measure


def _liquid_5d_today(e: Evidence, s: MeasureSettings) -> Found:
    """Full capacity on each day that settles within five, at the price after half the spread and that day's impact."""
    market = e.issuer.market
    capacity_usd = market.capacity_share * market.adv_usd
    slip = market.spread / 2 + market.impact * market.daily_vol * math.sqrt(market.capacity_share)
    saleable_usd = capacity_usd * (1 - slip) * max(0, 5 - market.lag_days)
    return Found((e.liquid_1d_usd + saleable_usd) / e.owed_usd)


def _liquidity_coverage(e: Evidence, s: MeasureSettings) -> Found:
    rows = e.looked_at(s)
    asked_g = rows["requested_g"] + rows["weekend_requested_g"] - rows["minted_g"]
    flow_usd = asked_g * rows["token_value_usd"]
    summed = flow_usd.groupby(rows["scenario"], sort=False).transform(
        lambda days: days.rolling(REDEMPTION_DAYS, min_periods=1).sum()
    )
    largest = e.extreme(summed, lowest=False)
    if not largest.number > 0:
        return largest._replace(number=math.nan)
    return largest._replace(number=e.liquid_1d_usd / largest.number)


def _column_worst(column: str, lowest: bool) -> Callable[[Evidence, MeasureSettings], Found]:
    return lambda e, s: e.extreme(e.looked_at(s)[column], lowest)


def _discount_days(e: Evidence, s: MeasureSettings) -> Found:
    rows = e.path_ledgers[(e.path_ledgers["book"] == s.book) & (e.path_ledgers["choice"] == "median")]
    if rows.empty:
        return Found(math.nan, subject=s.book)
    days = float((rows["discount"].abs() > s.beyond).mean() * 252)
    return Found(days, confidence="one path, the median one by own funds: an indicator", subject=s.book)


def _gold_fall(e: Evidence, s: MeasureSettings) -> Found:
    share = round(1 - s.level, 6)
    rows = e.days[(e.days["book"] == "liquidity_price_only") & (e.days["variable"] == "price_usd_per_g")]
    rows = rows[(rows["day"] == s.days) & np.isclose(rows["quantile"], share)]
    if rows.empty:
        return Found(math.nan, subject=f"{s.days} days, level {s.level:.1%}: not among the days and quantiles kept")
    fall = 1 - float(rows["value"].iloc[0]) / e.start_usd_per_g
    return Found(fall, confidence="quantile over price paths", subject="liquidity_price_only")


def _var_exceptions(e: Evidence, s: MeasureSettings) -> Found:
    rows = e.forecasts[(e.forecasts["model"] == e.champion) & (e.forecasts["horizon_days"] == 1)].sort_values("date")
    rows = rows.tail(s.days)
    if len(rows) < s.days:
        return Found(math.nan, subject=f"{len(rows)} forecasts, {s.days} are needed")
    count = float((-rows["realised_log_return"] > rows["var_990"]).sum())
    return Found(count, confidence=f"exact: counted over {len(rows)} days", subject=f"model {e.champion}")


def _horizon(e: Evidence, s: MeasureSettings) -> Found:
    return Found(float(e.days.loc[e.days["book"] == s.book, "day"].max()), subject=s.book)


def _coverage_quantile(e: Evidence, s: MeasureSettings) -> Found:
    return e.lower_quantile("min_coverage", s)


def _leased(e: Evidence, s: MeasureSettings) -> Found:
    lease, transit = e.issuer.lease, e.issuer.transit
    away_g = (lease.gold_g if lease.on else 0.0) + (transit.gold_g if transit.on else 0.0)
    return Found(away_g / e.issuer.opening_gold_g if e.issuer.opening_gold_g > 0 else 0.0)


MEASURES: dict[str, tuple[str, Callable[[Evidence, MeasureSettings], Found]]] = {
    "own_funds_ratio_today": ("times", _own_funds_today),
    "own_funds_ratio_worst": ("times", _own_funds_worst),
    "own_funds_ratio_quantile": ("times", _own_funds_quantile),
    "liquid_1d_share_today": ("1", lambda e, s: Found(e.liquid_1d_usd / e.owed_usd)),
    "liquid_1d_share_worst": ("1", _share_worst("liquid_1d_usd")),
    "liquid_5d_share_today": ("1", _liquid_5d_today),
    "liquid_5d_share_worst": ("1", _share_worst("liquid_5d_usd")),
    "cash_share_today": ("1", lambda e, s: Found(e.issuer.cash_usd / e.owed_usd)),
    "liquidity_coverage": ("1", _liquidity_coverage),
    "coverage_worst": ("1", _column_worst("coverage", lowest=True)),
    "coverage_quantile": ("1", _coverage_quantile),
    "backing_today": ("1", lambda e, s: Found(e.issuer.opening_gold_g / e.issuer.tokens_g)),
    "backing_worst": ("1", _column_worst("backing", lowest=True)),
    "discount_days": ("day", _discount_days),
    "worst_discount": ("1", _column_worst("discount", lowest=False)),
    "gold_fall": ("1", _gold_fall),
    "var_exceptions": ("count", _var_exceptions),
    "oldest_request_worst": ("day", _column_worst("oldest_request_days", lowest=False)),
    "horizon_days": ("day", _horizon),
    "axes_searched": ("count", lambda e, s: Found(float(e.reverse["shock"].nunique()), subject="reverse stress")),
    "reserve_eur": ("EUR", lambda e, s: Found(e.reserve_usd / e.eur_usd)),
    "largest_custodian_share": ("1", lambda e, s: Found(max(custodian_shares(e.issuer)))),
    "largest_bank_share": ("1", lambda e, s: Found(max(bank_shares(e.issuer)))),
    "leased_share": ("1", _leased),
}
"""Unit and function of every measure that is computed."""
