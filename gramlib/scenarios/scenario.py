"""What a scenario file may say: a story, its precedent, a price path, and what happens beside the price.

The price comes from exactly one of

    knots          hypothetical: factors on today's price at given days, log-linear in between
    window         historical: two dates; the daily returns between them are replayed on today's price
    return_period  drawn: the fall or rise that the run's price model expects once in so many years
    price_of       the price of another scenario, whose window, knots or return period the catalogue takes over

A window carries its published facts (a few figures and the series they were measured on), never a daily
series: those are licensed, and the run's own data are used where they reach. `scale` multiplies every
log-return of the path. `events` hold for the days they list, counted from 1; `changes` hold for the issuer throughout;
`events_of` names other scenarios whose events and changes the catalogue puts before them.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from gramlib.params.fields import Section, refusal
from gramlib.scenarios.changes import Change
from gramlib.scenarios.spell import Spell

SEVERITIES = ("calm", "mild", "moderate", "severe", "extreme")
"""Severity labels, mildest first; profiles say which failures each may show."""

LARGEST_SCALE = 3.0
"""Most that the log-returns of a path may be multiplied by."""

Severity = Literal["calm", "mild", "moderate", "severe", "extreme"]
_WEEKEND = (5, 6)


def _real_weekday(text: str) -> str:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise refusal("a date that exists, written like 2013-04-15", repr(text)) from None
    if day.weekday() in _WEEKEND:
        raise refusal("a business day", f"{text}, a {day:%A}")
    return text


TradingDay = Annotated[str, AfterValidator(_real_weekday)]


def weekdays_between(first: str, last: str) -> int:
    """Weekdays after `first` up to and including `last`; bank holidays are not known here."""
    start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    weeks, rest = divmod((end - start).days, 7)
    return 5 * weeks + sum((start + dt.timedelta(days=i)).weekday() not in _WEEKEND for i in range(1, rest + 1))


class Precedent(Section):
    """What happened once, or whose rule gives the size."""

    text: str = Field(min_length=10, description="what happened, or whose rule gives the size")
    date: str = Field(min_length=4, description="when")
    source: str = Field(min_length=3, description="where that can be read")
    verified: bool = Field(default=True, description="false while nobody has checked it at its source")


class Window(Section):
    """The days whose returns are replayed; day 0 of the path is the last price up to `start`."""

    start: TradingDay
    end: TradingDay


class PublishedPoint(Section):
    """One published price."""

    date: TradingDay
    usd_per_oz: float = Field(gt=20.0, lt=50_000.0, description="price [USD/oz]")


class SharpestDay(Section):
    """The worst day inside the window; its best one where the story is a rise."""

    date: TradingDay
    simple_return: float = Field(gt=-0.5, lt=0.5, description="price over the price of the day before, less one [1]")
    series: str = Field(default="", description="where this figure was measured on another series than the rest: which")


class Published(Section):
    """Facts of a window, all measured on `series`."""

    series: str = Field(min_length=5, description="the series these figures were measured on")
    points: tuple[PublishedPoint, ...] = Field(default=(), strict=False, description="prices in date order")
    sharpest_day: SharpestDay
    max_drawdown: float = Field(ge=0.0, lt=1.0, description="deepest fall from a high inside the window [1]")
    annual_volatility: float = Field(gt=0.0, lt=2.0, description="of daily log-returns, times root 252 [1]")
    worst_5_days: float | None = Field(default=None, gt=-1.0, lt=1.0, description="worst return over five days [1]")
    worst_10_days: float | None = Field(default=None, gt=-1.0, lt=1.0, description="worst return over ten days [1]")


class Knot(Section):
    """A factor on the starting price at one day."""

    day: int = Field(ge=1, le=5000)
    factor: float = Field(gt=0.0, le=20.0)


class ReturnPeriod(Section):
    """A move of `days` business days that the price model expects once in `years` years; see generated.py."""

    years: float = Field(ge=1.0, le=200.0, description="return period [year]")
    days: int = Field(ge=1, le=60, description="length of the move [business day]")
    side: Literal["fall", "rise"]


class Scenario(Section):
    """One scenario, complete: everything `build_path` needs beside the run's prices and the issuer."""

    id: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*(\*[0-9.]+)?(\+[A-Za-z][A-Za-z0-9_]*)?$")
    title: str = Field(min_length=5, description="one line for stakeholders")
    kind: Literal["historical", "hypothetical", "combined", "model"]
    severity: Severity
    story: str = Field(min_length=40, description="two sentences: what happens, and why it matters")
    precedent: Precedent
    horizon_days: int = Field(ge=1, le=2520, description="length of the path; the price stays flat after its last move")
    scale: float = Field(default=1.0, gt=0.0, le=LARGEST_SCALE, description="factor on every log-return [1]")
    price_of: str = Field(default="", description="id of the scenario whose price is taken over")
    events_of: list[str] = Field(default=[], description="ids of scenarios that lend their events")
    window: Window | None = None
    published: Published | None = None
    knots: tuple[Knot, ...] = Field(default=(), strict=False)
    return_period: ReturnPeriod | None = None
    events: tuple[Spell, ...] = Field(default=(), strict=False)
    changes: tuple[Change, ...] = Field(default=(), strict=False)

    def to_record(self) -> dict[str, Any]:
        """Everything as JSON-able plain values; `Scenario.from_record` is its inverse."""
        spells = [spell.model_dump(mode="json", exclude_defaults=True) for spell in self.events]
        return self.model_dump(mode="json", exclude={"events"}) | {"events": spells}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Scenario:
        """The scenario that `to_record` wrote."""
        return cls.model_validate(record)

    def contradiction(self) -> tuple[str, str, str] | None:
        """The first statement at odds with another one: its dotted key, what was found, what was expected."""
        checks = (self._of_price, self._of_window, self._of_knots, self._of_events, self._of_changes)
        return next((found for check in checks if (found := check())), None)

    @property
    def price_only(self) -> bool:
        """Whether nothing but the price is stressed, so that a price model can say how rare it is."""
        return not self.events and not self.changes

    def _of_price(self) -> tuple[str, str, str] | None:
        ways = {"window": self.window, "knots": self.knots, "return_period": self.return_period}
        given = [name for name, value in ways.items() if value]
        if len(given) != 1:
            found = " beside ".join(given) or "no price path"
            return given[-1] if given else "id", found, f"exactly one of {', '.join(ways)} or price_of"
        if (self.window is None) != (self.published is None):
            return "published" if self.published else "window", "one of window and published", "both or neither"
        if self.return_period and self.return_period.days > self.horizon_days:
            found = f"{self.horizon_days} days for a move of {self.return_period.days}"
            return "horizon_days", found, f"at least {self.return_period.days}"
        return None

    def _of_window(self) -> tuple[str, str, str] | None:
        if self.window is None or self.published is None:
            return None
        first, last = self.window.start, self.window.end
        if last <= first:
            return "window.end", f"end {last} not after start {first}", "start before end"
        if weekdays_between(first, last) > self.horizon_days:
            days = weekdays_between(first, last)
            return "horizon_days", f"{self.horizon_days} days for a window of {days}", f"at least {days}"
        dates = [point.date for point in self.published.points]
        if len(dates) < 2:
            return "published", f"{len(dates)} published points", "at least two: start and end"
        if sorted(set(dates)) != dates:
            return "published.points", f"dates {', '.join(dates)}", "dates in order, each once"
        for key, date in [("points", dates[0]), ("points", dates[-1])]:
            if not first <= date <= last:
                return f"published.{key}", f"{date}, outside the window", f"dates from {first} to {last}"
        if not dates[0] < self.published.sharpest_day.date <= dates[-1]:
            found = self.published.sharpest_day.date
            return "published.sharpest_day.date", found, f"after {dates[0]} and up to {dates[-1]}"
        return None

    def _of_knots(self) -> tuple[str, str, str] | None:
        days = [knot.day for knot in self.knots]
        if sorted(set(days)) != days:
            return "knots", f"days {', '.join(map(str, days))}", "days in order, each once"
        if days and days[-1] > self.horizon_days:
            return f"knots.{len(days) - 1}", f"day {days[-1]} after horizon_days {self.horizon_days}", "days within it"
        return None

    def _of_events(self) -> tuple[str, str, str] | None:
        for index, spell in enumerate(self.events):
            wrong = spell.contradiction(self.horizon_days)
            if wrong:
                return f"events.{index}", *wrong
        lost = math.fsum(math.fsum(v) if isinstance(v, tuple) else v for v in (s.lost_share for s in self.events))
        if lost > 1.0:
            return "events", "more than all the gold lost", "lost_share adding up to at most 1"
        return None

    def _of_changes(self) -> tuple[str, str, str] | None:
        for index, change in enumerate(self.changes):
            wrong = change.contradiction()
            if wrong:
                return f"changes.{index}.{wrong[0]}", wrong[1], wrong[2]
        return None
