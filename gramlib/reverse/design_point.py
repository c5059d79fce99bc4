"""The likeliest scenario that fails: classes of the four factors, walked from the likeliest on until each predicate fails.

Nothing is assumed about the shape of the failing set, so nothing is bisected: the classes are tried in the order of their
likelihood, and the first that fails is the likeliest that does. A scenario's path: gold moves evenly over its days, on the
last of which the event and the mishap begin; the market stands at m for a window. No draws.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gramlib.metrics.intervals import Interval, wilson_interval
from gramlib.params.issuer import Issuer
from gramlib.readable import readable
from gramlib.reverse.days import ShockDays
from gramlib.reverse.factors import (
    EVENT_DAYS,
    MOVE_DAYS,
    MULTIPLIERS,
    SIGNS,
    WINDOW_DAYS,
    Mishap,
    Windows,
    event_days_beyond,
    event_days_chances,
)
from gramlib.reverse.table import failing
from gramlib.units import BUSINESS_DAYS_PER_YEAR

MOST_CLASSES = 40_000
"""Classes tried, the likeliest first."""

AT_ONCE = 4_096


@readable
@dataclass(frozen=True)
class Scenario:
    """One class at its mild corner; `log_likelihood` relative to the calm class. `move` 0 and `multiplier` 1 are calm."""

    sign: int
    move: float
    move_days: int
    event_days: int
    multiplier: float
    mishap: Mishap
    log_likelihood: float

    @property
    def on_paths(self) -> bool:
        """Whether its rate hangs on the price paths; else it is exact under the laws of the mishaps."""
        return bool(self.sign) or self.multiplier > 1.0 or (self.event_days > 0 and not self.mishap.brings_event)

    @property
    def way(self) -> str:
        """What is not calm in it, joined by " + "."""
        words = [
            "fall of gold" if self.sign < 0 else "rise of gold" if self.sign > 0 else "",
            "confidence event" if self.event_days else "",
            "thin market" if self.multiplier > 1.0 else "",
            self.mishap.name,
        ]
        return " + ".join(word for word in words if word)


@readable
@dataclass(frozen=True)
class Rate:
    """How often windows at least as severe come: `per_year` with interval, from `n_paths` paths."""

    per_year: float
    lower: float
    upper: float
    n_paths: int


def likeliest_failures(
    issuer: Issuer,
    start_usd_per_g: float,
    own_funds: Any,
    windows: Windows,
    mishaps: tuple[Mishap, ...],
    move_step: float,
    after_days: int,
    simulate: Callable[..., Any],
) -> tuple[dict[str, Scenario], float]:
    """The likeliest failing scenario by predicate, and the log-likelihood of the least likely one that was tried.

    `move_step` is the width of the price classes, `after_days` how long paths run from the end of the move on. A predicate
    that no class tried fails is left out: that is a statement about these classes, not that it cannot fail.
    """
    scenarios = _classes(issuer, windows, mishaps, move_step)
    paths = ShockDays(issuer, start_usd_per_g, max(MOVE_DAYS) + after_days)
    found: dict[str, Scenario] = {}
    wanted: set[str] | None = None
    for first in range(0, len(scenarios), AT_ONCE):
        block = scenarios[first : first + AT_ONCE]
        prices, events = _paths(paths, block)
        for predicate, failed in failing(simulate(issuer, prices, events, own_funds=own_funds), issuer).items():
            if predicate not in found and failed.any():
                found[predicate] = block[int(np.argmax(failed))]
            wanted = (wanted or set()) | {predicate}
        if wanted is not None and wanted <= set(found):
            break
    return found, scenarios[min(first + AT_ONCE, len(scenarios)) - 1].log_likelihood


def _classes(issuer: Issuer, windows: Windows, mishaps: tuple[Mishap, ...], move_step: float) -> list[Scenario]:
    """The likeliest classes in order, ties by severity so that the order is the same on every machine."""
    given_event = event_days_chances(issuer)
    market = np.digitize(windows.multiplier, MULTIPLIERS) - 1
    kept: list[np.ndarray] = []
    for shape, (sign, days) in enumerate((sign, days) for days in MOVE_DAYS for sign in SIGNS):
        move = np.floor(windows.moves[sign, days] / move_step + 1e-9).astype(int)
        # The calm class of a price factor holds half of the windows, so that no fall is told where none is needed.
        calm_until = int(np.floor(np.median(move))) + 1
        move = np.where(move < calm_until, 0, move)
        size = (int(move.max()) + 1, len(MULTIPLIERS))
        place = np.ravel_multi_index((move, market), size).ravel()
        weight = windows.event_chance.ravel()
        n = weight.size
        with_event = np.bincount(place, weight, size[0] * size[1]).reshape(size) / n
        all_windows = np.bincount(place, minlength=size[0] * size[1]).reshape(size) / n
        own_event = np.concatenate([(all_windows - with_event)[..., None], with_event[..., None] * given_event], axis=2)
        brought = np.concatenate([np.zeros((*size, 1)), all_windows[..., None] * given_event], axis=2)
        chance = np.stack([(brought if m.brings_event else own_event) * m.chance for m in mishaps], axis=3)
        calm = chance.max()
        positive = np.argwhere(chance > 0.0)
        if shape % 2 or days > 1:
            # Without a move, all price factors make the same path: it is tried once.
            positive = positive[positive[:, 0] > 0]
        log_likelihood = np.log(chance[tuple(positive.T)] / calm)
        kept.append(np.column_stack([log_likelihood, np.full((len(positive), 2), (sign, days)), positive]))
    table = np.concatenate(kept)
    order = np.lexsort((*table.T[:0:-1], -table[:, 0]))[:MOST_CLASSES]
    return [
        Scenario(int(sign) * bool(move), move * move_step, int(days), EVENT_DAYS[int(event)], MULTIPLIERS[int(m)],
                 mishaps[int(mishap)], float(value))
        for value, sign, days, move, m, event, mishap in table[order].tolist()
    ]  # fmt: skip


def _paths(paths: ShockDays, scenarios: list[Scenario]) -> tuple[np.ndarray, Any]:
    columns = sorted({name for each in scenarios for name in each.mishap.on_the_day})
    mishap = {name: np.array([each.mishap.on_the_day.get(name, 0.0) for each in scenarios]) for name in columns}
    return paths.days(
        len(scenarios),
        fall=np.array([-each.sign * each.move for each in scenarios]),
        fall_days=np.array([float(each.move_days) for each in scenarios]),
        from_day=np.array([float(each.move_days) if each.sign else 1.0 for each in scenarios]),
        event_days=np.array([float(each.event_days) for each in scenarios]),
        multiplier=np.array([max(each.multiplier, each.mishap.multiplier) for each in scenarios]),
        multiplier_days=float(WINDOW_DAYS),
        **mishap,
    )


def rate_of(scenario: Scenario, windows: Windows, issuer: Issuer, confidence: float) -> Rate:
    """Windows a year at least as severe as `scenario` in every factor that is not calm.

    Each path gives the mean chance over its windows. The interval is Wilson's on the effective number of paths, (sum of
    chances)^2 over the sum of their squares: for chances of nought and one it is Wilson's own. A scenario that does not hang
    on the paths has an exact rate.
    """
    chance = np.ones(windows.event_chance.shape)
    if scenario.sign:
        chance = np.where(windows.moves[scenario.sign, scenario.move_days] >= scenario.move - 1e-12, chance, 0.0)
    if scenario.multiplier > 1.0:
        chance = np.where(windows.multiplier >= scenario.multiplier, chance, 0.0)
    if scenario.event_days:
        starts = 1.0 if scenario.mishap.brings_event else windows.event_chance
        chance = chance * starts * event_days_beyond(issuer, scenario.event_days)
    by_path = (chance * scenario.mishap.chance_beyond).mean(axis=1)
    per_window = float(by_path.mean())
    ends = effective_interval(by_path, confidence) if scenario.on_paths else Interval(per_window, per_window)
    in_a_year = BUSINESS_DAYS_PER_YEAR / WINDOW_DAYS
    return Rate(in_a_year * per_window, in_a_year * ends.lower, in_a_year * ends.upper, windows.n_paths)


def effective_interval(chances: np.ndarray, confidence: float) -> Interval:
    """Wilson's interval of the mean of independent `chances`, on their effective number."""
    total = float(chances.sum())
    if total == 0.0:
        return wilson_interval(0, len(chances), confidence)
    typical = float((chances**2).sum()) / total
    return wilson_interval(
        round(total / typical), max(round(len(chances) / typical), round(total / typical)), confidence
    )
