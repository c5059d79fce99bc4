"""Numbers as a reader sees them: rounded for the eye, with a unit, and never "nan".

Shares and probabilities come in as fractions and are shown as percentages. A bound that is quoted as
"at most" is rounded up, so that the printed figure is never below the computed one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from gramlib.units import BUSINESS_DAYS_PER_YEAR, GRAMS_PER_KILOGRAM

if TYPE_CHECKING:
    from typing_extensions import TypeIs

MISSING = "not available"
_MINUS = "\N{MINUS SIGN}"


def is_missing(value: object) -> TypeIs[None]:
    """Whether `value` is None or not a finite number; a type checker may then take what is left for a number."""
    return value is None or not hasattr(value, "__float__") or not math.isfinite(float(value))


def plain(value: float | None, decimals: int = 2) -> str:
    """`value` with thousands separators, a true minus sign and `decimals` places."""
    if is_missing(value):
        return MISSING
    text = f"{float(value):,.{decimals}f}"
    if text.startswith("-"):
        text = text[1:] if not text.strip("-0.,") else _MINUS + text[1:]
    return text


def significant(value: float | None, digits: int = 3) -> str:
    """`value` with so many significant digits, whole from there on: a small rate never prints as nought."""
    if is_missing(value) or value == 0:
        return plain(value, 0)
    return plain(value, min(12, max(0, digits - 1 - math.floor(math.log10(abs(float(value)))))))


def _decimals(magnitude: float) -> int:
    """Decimal places that leave about three significant digits, two below one."""
    if magnitude >= 100:
        return 0
    if magnitude >= 1:
        return 1
    if magnitude == 0:
        return 0
    return min(12, 1 - math.floor(math.log10(magnitude)))


def percent(fraction: float | None) -> str:
    """A fraction as a percentage: one decimal from 1% on, two significant digits below."""
    if is_missing(fraction):
        return MISSING
    value = 100.0 * float(fraction)
    # 0.9996 prints as 1.0, not as 1.000
    return f"{plain(value, 1 if abs(value) >= 0.995 else _decimals(abs(value)))}%"


def exact_percent(fraction: float | None) -> str:
    """A fraction that somebody set, such as a limit or a level, as a percentage with the digits it has: 90%, 2.5%."""
    return MISSING if is_missing(fraction) else f"{100.0 * float(fraction):.10g}%".replace("-", _MINUS)


def percent_at_most(fraction: float | None) -> str:
    """An upper bound as a percentage, rounded up to two significant digits."""
    if is_missing(fraction):
        return MISSING
    value = 100.0 * float(fraction)
    if value <= 0:
        return "0%"
    places = max(0, 1 - math.floor(math.log10(value)))
    scaled = math.ceil(value * 10**places * (1 - 1e-12)) / 10**places
    return f"{min(scaled, 100.0):,.{places}f}%"


def basis_points(fraction: float | None) -> str:
    """A fraction in basis points (hundredths of a percent)."""
    return MISSING if is_missing(fraction) else f"{plain(10_000 * float(fraction), 0)} bp"


def usd(amount: float | None) -> str:
    """US dollars in the largest unit that leaves a digit before the point: USD 38.8 m."""
    if is_missing(amount):
        return MISSING
    magnitude = abs(float(amount))
    for divisor, suffix in ((1e9, " bn"), (1e6, " m"), (1e3, " k")):
        # 999,950 would print as "1,000.0 k": it belongs to the next unit up
        if magnitude >= divisor * 0.99995:
            return f"USD {plain(float(amount) / divisor, 1)}{suffix}"
    return f"USD {plain(amount, 0)}"


def mass(grams: float | None) -> str:
    """A mass of gold in tonnes, kilograms or grams."""
    if is_missing(grams):
        return MISSING
    magnitude = abs(float(grams))
    if magnitude >= 1000 * GRAMS_PER_KILOGRAM:
        return f"{plain(float(grams) / GRAMS_PER_KILOGRAM / 1000, 2)} t"
    if magnitude >= GRAMS_PER_KILOGRAM:
        return f"{plain(float(grams) / GRAMS_PER_KILOGRAM, 1)} kg"
    return f"{plain(grams, 0)} g"


def count(number: float | None, singular: str, plural: str = "") -> str:
    """`number` with its noun in the right form: 1 path, 2 paths, 0 paths."""
    if is_missing(number):
        return MISSING
    value = float(number)
    text = plain(value, 0 if value == round(value) else 1)
    # the noun follows the printed figure: 0.96 prints as 1.0 and reads "1.0 days"
    return f"{text} {singular if text == '1' else plural or singular + 's'}"


def days(number: float | None) -> str:
    """A number of business days."""
    return count(number, "day")


def horizon(business_days: float) -> str:
    """A horizon in words: whole years as such, "1 year", anything else as "40 business days"."""
    years, rest = divmod(int(business_days), BUSINESS_DAYS_PER_YEAR)
    if years and not rest:
        return "1 year" if years == 1 else f"{years} years"
    return f"{int(business_days):,} business day{'' if business_days == 1 else 's'}"


_FORMATS = {
    "usd": usd,
    "g": mass,
    "grams": mass,
    "bp": lambda value: MISSING if is_missing(value) else f"{plain(value, 0)} bp",
    "%": lambda value: MISSING if is_missing(value) else percent(float(value) / 100),
    "failures": lambda value: count(value, "failure"),
    "day": days,
    "days": days,
    "usd/oz": lambda value: MISSING if is_missing(value) else f"USD {plain(value, 0)}/oz",
    "usd/g": lambda value: MISSING if is_missing(value) else f"USD {plain(value, 2)}/g",
    "times": lambda value: MISSING if is_missing(value) else f"{significant(value)} times",
    "share": percent,
    "fraction": percent,
    "probability": percent,
    "1/day": lambda value: MISSING if is_missing(value) else f"{percent(value)} a day",
    "1/year": lambda value: MISSING if is_missing(value) else f"{percent(value)} a year",
}


def setting_with_unit(value: float | None, unit: str) -> str:
    """A value that somebody set (a limit, an end of a scan): as `with_unit`, its percentage with the digits it has."""
    suffix = {"share": "", "1/year": " a year"}.get(unit)
    return with_unit(value, unit) if suffix is None or is_missing(value) else exact_percent(value) + suffix


def with_unit(value: float | None, unit: str) -> str:
    """`value` formatted after its catalogue unit.

    Unit "1" holds both shares and multiples: it is printed as a plain ratio. Units the table does not
    know are appended as they stand.
    """
    if is_missing(value):
        return MISSING
    known = _FORMATS.get(unit.strip().lower())
    if known is not None:
        return known(value)
    number = float(value)
    text = plain(number, 0 if number == round(number) and abs(number) >= 1 else max(2, _decimals(abs(number))))
    return text if unit in ("", "1") else f"{text} {unit}"


def joined(items: Iterable[str], last: str = "and") -> str:
    """Items as prose: "a", "a and b", "a, b and c"."""
    words = list(items)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def sentence(text: str) -> str:
    """`text` with a capital first letter and a full stop."""
    trimmed = text.strip()
    if not trimmed:
        return ""
    return trimmed[0].upper() + trimmed[1:] + ("" if trimmed[-1] in ".!?" else ".")
