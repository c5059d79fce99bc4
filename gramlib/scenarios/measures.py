"""Figures measured on a finished scenario: how large it is, how it compares with what was published, how rare it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gramlib.scenarios.generated import Frequency, ModelMoves, Size
from gramlib.scenarios.reconstruction import annual_volatility
from gramlib.scenarios.scenario import Published, Scenario


def shocks_of(moves: np.ndarray, scenario: Scenario, events: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Figures of a path: `moves` are its daily log-returns, `events` its daily event columns; sizes are simple returns."""
    levels = np.exp(np.concatenate([[0.0], np.cumsum(moves)]))
    simple = np.expm1(moves)
    return {
        "total_return": float(levels[-1] - 1),
        "worst_day_return": float(simple.min()),
        "best_day_return": float(simple.max()),
        "worst_5_days_return": _worst_over(levels, 5),
        "worst_10_days_return": _worst_over(levels, 10),
        "max_drawdown": float(1 - (levels / np.maximum.accumulate(levels)).min()),
        "annual_volatility": annual_volatility(moves),
        "price_days": len(moves),
        "horizon_days": scenario.horizon_days,
        "event_days": int((events["event"] > 0).sum()),
        "max_event": float(events["event"].max()),
        "max_liquidity_multiplier": float(events["liquidity_multiplier"].max()),
        "lost_share": float(events["lost_share"].sum()),
    }


def _worst_over(levels: np.ndarray, days: int) -> float:
    """Worst return over `days` days inside the path, over all of it where it is shorter."""
    span = min(days, len(levels) - 1)
    return float((levels[span:] / levels[:-span]).min() - 1.0)


def facts_of(published: Published, shocks: Mapping[str, float]) -> tuple[dict[str, Any], ...]:
    """Each published figure of a window beside the same figure `here`, and the series it was published on."""
    sharp = published.sharpest_day
    rows = [
        ("worst_day_return" if sharp.simple_return < 0 else "best_day_return", sharp.simple_return, sharp.series),
        ("max_drawdown", published.max_drawdown, ""),
        ("annual_volatility", published.annual_volatility, ""),
        ("worst_5_days_return", published.worst_5_days, ""),
        ("worst_10_days_return", published.worst_10_days, ""),
    ]
    return tuple(
        {"figure": name, "published": value, "here": shocks[name], "series": series or published.series}
        for name, value, series in rows
        if value is not None
    )


def size_shocks(size: Size, years: float) -> dict[str, float]:
    """A model scenario's size with its interval and its range over models, as entries of the shocks."""
    return {
        "return_period_years": years,
        "size": size.size, "size_low": size.low, "size_high": size.high,
        "size_models_low": size.models_low, "size_models_high": size.models_high,
    }  # fmt: skip


def size_note(size: Size, scenario: Scenario, model: str) -> str:
    """The same in words."""
    wanted = scenario.return_period
    assert wanted is not None
    return (
        f"{model} expects a {wanted.days}-day {wanted.side} of {abs(size.size):.1%} once in {wanted.years:g} years "
        f"(95% of Monte Carlo error: {_span(size.low, size.high)}; all models of the run: "
        f"{_span(size.models_low, size.models_high)}); windows do not overlap, 252/{wanted.days} a year"
    )


def _span(one: float, other: float) -> str:
    least, most = sorted((abs(one), abs(other)))
    return f"{least:.1%} to {most:.1%}"


def sharpest_move(moves: np.ndarray) -> tuple[float, int]:
    """The largest log-move of a path and the days it took: the deepest fall from a high, or the rise from a low if larger."""
    growth = np.concatenate([[0.0], np.cumsum(moves)])
    falls, rises = growth - np.maximum.accumulate(growth), growth - np.minimum.accumulate(growth)
    end = int(np.argmin(falls)) if -falls.min() >= rises.max() else int(np.argmax(rises))
    start = int(np.argmax(growth[: end + 1])) if -falls.min() >= rises.max() else int(np.argmin(growth[: end + 1]))
    return float(growth[end] - growth[start]), end - start


def frequency_of(moves: np.ndarray, model_moves: ModelMoves) -> tuple[dict[str, float], str]:
    """How rare the price models call the sharpest move of the path: entries of the shocks, and words.

    Nothing where the price does not move, or takes longer than a year to get there.
    """
    log_move, days = sharpest_move(moves)
    found = model_moves.frequency(log_move, days)
    if found is None:
        return {}, ""
    named = {
        "return_period_years": found.years,
        "return_period_low_years": found.low,
        "return_period_high_years": found.high,
        "return_period_models_low_years": found.models_low,
        "return_period_models_high_years": found.models_high,
    }
    shocks = {"return_period_days": float(days)} | {name: value for name, value in named.items() if value is not None}
    move = float(np.expm1(log_move))
    text = f"a {days}-day {'fall' if move < 0 else 'rise'} of {abs(move):.1%}: {_rarity(found, model_moves)}"
    return shocks, text


def _rarity(found: Frequency, model_moves: ModelMoves) -> str:
    if found.years is None or found.high is None:
        own = f"not once in {model_moves.years:,} years by {model_moves.model}, so rarer than 1 in {found.low:,.0f}"
    else:
        own = f"1 in {_years(found.years)} years by {model_moves.model} ({_years(found.low)} to {_years(found.high)})"
    if found.models_low is None:
        return own
    most = "never" if found.models_high is None else _years(found.models_high)
    return f"{own}; over all models {_years(found.models_low)} to {most}"


def _years(value: float) -> str:
    return f"{value:.2g}" if value < 10 else f"{value:,.0f}"
