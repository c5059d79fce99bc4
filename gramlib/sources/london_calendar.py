"""London business days: Monday to Friday less the bank holidays of England and Wales.

The London gold price is set on these days. Rules in force since 1968 (Banking and Financial Dealings
Act 1971 and the royal proclamations under it); the days moved or added once are listed by date.
There is no afternoon auction on 24 and 31 December, yet both are business days and stay in the calendar:
a series of afternoon prices has a one-day gap there.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

FIRST_YEAR = 1968
"""First year the rules are meant for; exact from 1972, two substitute days off before."""

ADDED_ONCE = (
    date(1977, 6, 7),  # Silver Jubilee
    date(1981, 7, 29),  # wedding of the Prince of Wales
    date(1999, 12, 31),  # millennium
    date(2002, 6, 3),  # Golden Jubilee
    date(2011, 4, 29),  # wedding of Prince William
    date(2012, 6, 5),  # Diamond Jubilee
    date(2022, 6, 3),  # Platinum Jubilee
    date(2022, 9, 19),  # funeral of Queen Elizabeth II
    date(2023, 5, 8),  # coronation of King Charles III
)
EARLY_MAY_MOVED = {1995: date(1995, 5, 8), 2020: date(2020, 5, 8)}
SPRING_MOVED = {
    1968: date(1968, 6, 3),
    1977: date(1977, 6, 6),
    2002: date(2002, 6, 4),
    2012: date(2012, 6, 4),
    2022: date(2022, 6, 2),
}


def easter_sunday(year: int) -> date:
    """Easter Sunday of the Gregorian `year` (anonymous algorithm: Meeus, Astronomical Algorithms, ch. 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    el = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * el) // 451
    month, day = divmod(h + el - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _first_monday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta((7 - first.weekday()) % 7)


def _last_monday(year: int, month: int) -> date:
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(1)
    return last - timedelta(last.weekday())


def _summer(year: int) -> date:
    # Until 1970 the holiday was the Monday after the last Saturday of August, sometimes in September.
    if year <= 1970:
        last = date(year, 8, 31)
        return last - timedelta((last.weekday() - 5) % 7) + timedelta(2)
    return _last_monday(year, 8)


def _christmas(year: int) -> set[date]:
    days = {date(year, 12, 25), date(year, 12, 26)}
    substitute = date(year, 12, 27)
    for holiday in sorted(days):
        if holiday.weekday() >= 5:
            while substitute.weekday() >= 5 or substitute in days:
                substitute += timedelta(1)
            days.add(substitute)
    return days


@lru_cache
def bank_holidays(year: int) -> frozenset[date]:
    """Bank holidays of England and Wales in `year`, weekends and their substitute days both included."""
    easter = easter_sunday(year)
    days = {easter - timedelta(2), easter + timedelta(1), _summer(year)} | _christmas(year)
    days.add(SPRING_MOVED.get(year, _last_monday(year, 5)))
    # A bank holiday by law, with a substitute day, only from 1974; the gold market kept the day itself before.
    new_year = date(year, 1, 1)
    days.add(new_year)
    if year >= 1974:
        days.add(new_year + timedelta({5: 2, 6: 1}.get(new_year.weekday(), 0)))
    if year >= 1978:
        days.add(EARLY_MAY_MOVED.get(year, _first_monday(year, 5)))
    return frozenset(days | {day for day in ADDED_ONCE if day.year == year})


def is_business_day(day: date) -> bool:
    """Whether London works on `day`."""
    return day.weekday() < 5 and day not in bank_holidays(day.year)


def business_days(first: date, last: date) -> list[date]:
    """Every London business day from `first` to `last`, both included, in order."""
    days = (first + timedelta(n) for n in range((last - first).days + 1))
    return [day for day in days if is_business_day(day)]
