"""Scenarios put together in the list of a run, with no file of their own.

    H13a*1.5        H13a with every log-return times 1.5; its events and changes stay as they are
    H13a+H20a       the price of H13a, with the events and the changes of the issuer of H20a in place of its own
    H13a*1.5+S10    both

Day 1 is the first day of each. The horizon is the longer one of the two, the severity the worse one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from gramlib.errors import ParameterError
from gramlib.scenarios.scenario import LARGEST_SCALE, SEVERITIES, Precedent, Scenario

_ORIGIN = "predict.scenarios"
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


def is_composed(name: str) -> bool:
    """Whether `name` puts scenarios together, rather than being the id of one."""
    return "*" in name or "+" in name


def compose(name: str, load: Callable[[str], Scenario]) -> Scenario:
    """The scenario that `name` describes; `load` gives one by its id, and refuses an unknown one.

    Raises ParameterError for a name that is not built as above, and for a price scaled by more than three in all.
    """
    price, *lenders = name.split("+")
    if len(lenders) > 1:
        _refuse(name, f"{len(lenders) + 1} scenarios", "at most two: the price of one, the events of the other")
    price_id, times, factor = price.partition("*")
    for lender in lenders:
        if "*" in lender:
            _refuse(name, f"a factor on {lender.partition('*')[0]}", "a factor on the first alone: it is the price's")
    made = load(price_id)
    if times:
        made = _scaled(made, factor, name)
    for lender in lenders:
        made = _lent(made, load(lender))
    return made.model_copy(update={"id": name, "kind": "combined"})


def _scaled(scenario: Scenario, factor: str, name: str) -> Scenario:
    if not _NUMBER.fullmatch(factor) or float(factor) == 0.0:
        _refuse(name, f"the factor {factor!r}", "a number above 0 after the star, as in H13a*1.5")
    scale = scenario.scale * float(factor)
    if scale > LARGEST_SCALE or not math.isfinite(scale):
        _refuse(name, f"log-returns times {scale:g}", f"at most {LARGEST_SCALE:g} in all")
    return scenario.model_copy(update={"scale": scale, "title": f"{scenario.title}, moves times {float(factor):g}"})


def _lent(price: Scenario, events: Scenario) -> Scenario:
    precedent = Precedent(
        text=f"{price.precedent.text}; {events.precedent.text}",
        date=price.precedent.date,
        source=f"{price.precedent.source}; {events.precedent.source}",
        verified=price.precedent.verified and events.precedent.verified,
    )
    return price.model_copy(update={
        "title": f"Price of: {price.title}. Events of: {events.title}",
        "severity": max(price.severity, events.severity, key=SEVERITIES.index),
        "story": f"The price of {price.id} with what {events.id} lists beside its own. {price.story.strip()} {events.story.strip()}",
        "precedent": precedent,
        "horizon_days": max(price.horizon_days, events.horizon_days),
        "events": events.events,
        "changes": events.changes,
        "events_of": [events.id],
    })  # fmt: skip


def _refuse(name: str, found: str, expected: str) -> None:
    raise ParameterError(
        f"scenario {name!r}: {found}", expected=expected, origin=_ORIGIN, remedy="correct the entry, or write a file"
    )
