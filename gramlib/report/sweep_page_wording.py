"""What a sweep's page says in words: names of settings and figures, and its sentences from the numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from gramlib.params.fields import leaves, meaning_of, unit_of
from gramlib.params.issuer import Issuer
from gramlib.params.stages import STAGE_PARAMS
from gramlib.report import numbers, vocabulary
from gramlib.sensitivity.main_effects import Effect

LEADING = "chance_any"
"""The figure by which members are ranked."""

_LABELS = {
    "es_nonprice_loss": "Expected shortfall of the non-price loss",
    "end_equity_q05": "Own funds at the end, one in twenty",
    "end_equity_mean": "Own funds at the end, mean",
    "fees_mean": "Redemption fees taken, mean",
    "smallest_price_fall_queue": "Smallest one-day fall that forms a queue",
    "smallest_price_fall_F4": "Smallest one-day fall that loses the peg",
    "smallest_custody_loss_F2": "Smallest custody loss that is insolvency",
}


LEAST_SHARE = 0.005
"""Share of the differences below which a setting is not spoken of."""


@cache
def _fields() -> dict[str, tuple[str, str]]:
    """Unit and meaning of every parameter, by dotted key."""
    found = {f"issuer.{key}": (unit_of(field), meaning_of(field)) for key, _, field in leaves(Issuer())}
    for stage, model in STAGE_PARAMS.items():
        found |= {f"{stage}.{name}": (unit_of(field), meaning_of(field)) for name, field in model.model_fields.items()}
    return found


def setting_name(key: str) -> str:
    """A setting as a reader meets it: `issuer.terms.fee` is "fee"."""
    words = key.removeprefix("issuer.").removeprefix("terms.").replace(".", " ").replace("_usd", "").replace("_", " ")
    return words or "issuer"


def setting_meaning(key: str) -> str:
    """What a parameter means; empty for what has no field of its own."""
    return _fields().get(key, ("", {"issuer": "issuer file", "scenarios": "listed scenarios"}.get(key, "")))[1]


def setting_text(key: str, value: Any) -> str:
    """The value of a setting with its unit."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if not isinstance(value, int | float):
        return str(value)
    unit = _fields().get(key, ("", ""))[0]
    if unit == "1" and abs(value) < 1:
        return numbers.exact_percent(value)
    if unit == "1/day":
        return f"{numbers.exact_percent(value)} a day"
    return numbers.with_unit(value, {"business days": "days"}.get(unit, unit))


def figure_name(name: str) -> str:
    """A figure as the page calls it."""
    if name.startswith("chance_"):
        failure = name.removeprefix("chance_")
        return "Any failure" if failure == "any" else vocabulary.failure_name(failure)
    return _LABELS.get(name, vocabulary.spaced(name))


def figure_text(figure: Mapping[str, Any] | None) -> str:
    """A figure's value with its unit."""
    if figure is None:
        return numbers.MISSING
    if figure["value"] is None:
        return "none found" if figure["id"].startswith("smallest_") else numbers.MISSING
    return (
        "none seen"
        if figure["unit"] == "probability" and figure["value"] == 0
        else numbers.with_unit(figure["value"], figure["unit"])
    )


def interval_text(figure: Mapping[str, Any] | None) -> str:
    """Its interval, empty where it has none."""
    if figure is None or figure["lower"] is None or figure["upper"] is None:
        return ""
    return (
        f"{numbers.with_unit(figure['lower'], figure['unit'])} to {numbers.with_unit(figure['upper'], figure['unit'])}"
    )


def opening(comparison: Mapping[str, Any]) -> str:
    """What ran, and how much of it ended well."""
    counts = comparison["counts"]
    total = sum(counts.values())
    parts = [
        f"{counts[status]} {status if status != 'not run' else 'not run yet'}"
        for status in ("succeeded", "failed", "not run")
        if counts[status]
    ]
    return f"{numbers.count(total, 'member')} of {comparison['file']}, each as far as stage {comparison['until']}: {numbers.joined(parts)}."


def effects_sentence(effects: Sequence[Effect], unexplained: float, figure: str) -> str:
    """Which settings move the leading figure, and how much of it is interaction."""
    if not effects:
        return f"{figure} is the same in every member, or too few have it: nothing can be said about what moves it."
    first = effects[0]
    low, high = min(first.levels, key=lambda level: level[1]), max(first.levels, key=lambda level: level[1])
    told = (
        f"{figure} hangs most on {setting_name(first.key)}: on average {numbers.percent(low[1])} at "
        f"{setting_text(first.key, low[0])} and {numbers.percent(high[1])} at {setting_text(first.key, high[0])}"
    )
    if len(effects) > 1 and effects[1].share >= LEAST_SHARE:
        second = effects[1]
        told += f"; then on {setting_name(second.key)} ({numbers.percent(second.share)} of the differences, against {numbers.percent(first.share)})"
    if unexplained >= 0.25:
        return f"{told}. Taken one at a time the settings leave {numbers.percent(unexplained)} unexplained: look at their combinations below."
    return f"{told}."


def best_and_worst(succeeded: Sequence[Mapping[str, Any]]) -> str:
    """The members at both ends of the leading figure."""
    known = [member for member in succeeded if (member["figures"].get(LEADING) or {}).get("value") is not None]
    if len(known) < 2:
        return ""
    known.sort(key=lambda member: member["figures"][LEADING]["value"])
    best, worst = known[0], known[-1]
    return (
        f"The chance of any failure is lowest in {best['id']} ({figure_text(best['figures'][LEADING])}, "
        f"{interval_text(best['figures'][LEADING])}) and highest in {worst['id']} ({figure_text(worst['figures'][LEADING])}, "
        f"{interval_text(worst['figures'][LEADING])})."
    )
