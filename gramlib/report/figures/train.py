"""Charts of the training stage: how wild gold is, which model forecasts it best, how heavy its tail is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter, PercentFormatter

from gramlib.report import numbers, tables, vocabulary
from gramlib.report.figure import Figure, csv_of, finish
from gramlib.report.html_table import Heading, Table
from gramlib.report.theme import BLUE, INK, MUTED, VERMILLION, canvas, date_axis, themed
from gramlib.units import BUSINESS_DAYS_PER_YEAR

_YEAR = np.sqrt(BUSINESS_DAYS_PER_YEAR)
_TWO_SIDED_95 = 1.96


@themed
def volatility(prices: pd.DataFrame, residuals: pd.DataFrame, calibration: dict[str, Any]) -> Figure:
    """Conditional volatility over the training window, on top of the daily returns it describes."""
    dates = residuals["date"].to_numpy()
    sigma = residuals["sigma"].to_numpy()
    returns = prices.set_index("date")["log_return"].reindex(residuals["date"]).to_numpy()
    sample = float(calibration["sigma_sample"])

    drawing = canvas(8.4, 4.2)
    axes = drawing.subplots()
    axes.vlines(dates, 0, np.abs(returns), color="#9fb0c0", linewidth=0.5)
    axes.plot(dates, sigma, color=BLUE, linewidth=1.3)
    axes.axhline(sample, color=VERMILLION, linewidth=1.2, linestyle="--")
    axes.set_ylim(0, max(np.nanquantile(np.abs(returns), 0.9995), sigma.max()) * 1.08)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=1))
    axes.set_title("Per day: size of the return (grey), volatility (blue), average of the window (dashed)")
    date_axis(axes)

    now, calm, wild = sigma[-1] * _YEAR, sigma.min() * _YEAR, sigma.max() * _YEAR
    headline = (
        f"Gold's volatility stands at {numbers.percent(now)} a year on {_month(dates[-1])}, against {numbers.percent(sample * _YEAR)} "
        f"over the whole window; it ranged from {numbers.percent(calm)} to {numbers.percent(wild)} ({_month(dates[int(sigma.argmax())])})."
    )
    alt = (
        f"Line chart of {len(sigma):,} daily volatilities over grey bars of daily returns; calm stretches near {numbers.percent(calm)} "
        f"a year alternate with bursts up to {numbers.percent(wild)}."
    )
    groups = residuals.groupby(residuals["date"].dt.year)["sigma"]
    rows = tuple(
        (str(year), *(numbers.percent(float(figure) * _YEAR) for figure in (group.min(), group.mean(), group.max())))
        for year, group in groups
    )
    headings = (Heading("Year"), *(Heading(text, "a year", numeric=True) for text in ("Lowest", "Mean", "Highest")))
    return finish(
        drawing, "volatility", headline, alt, Table("Conditional volatility by year", headings, rows), dense=True
    )


@themed
def league(league: pd.DataFrame, calibration: dict[str, Any]) -> Figure:
    """Out-of-sample scores relative to the best model, with two standard errors."""
    grade = str(calibration.get("grade", ""))
    best = league.groupby(["horizon_days", "score"])["value"].transform("min")
    relative = league.assign(ratio=league["value"] / best - 1.0, error=_TWO_SIDED_95 * league["standard_error"] / best)
    models = list(dict.fromkeys(league["model"]))
    shown = _scores_shown(league, len(models))
    contests = list(relative[relative["score"].isin(shown)].groupby(["horizon_days", "score"], sort=True))

    order = relative[relative["score"].isin(shown)].groupby("model")["ratio"].mean().sort_values().index
    across = min(len(contests), _PANELS_ACROSS)
    down = -(-len(contests) // across)
    drawing = canvas(8.4, 1.1 + down * (0.7 + 0.25 * len(models)))
    grid = drawing.subplots(down, across, sharey=True, squeeze=False).ravel()
    champion = str(calibration.get("champion", ""))
    for axes, ((horizon, score), group) in zip(grid, contests, strict=False):
        axes.axvline(0, color=INK, linewidth=0.9)
        for row in group.itertuples(index=False):
            place, colour = -order.get_loc(row.model), VERMILLION if row.model == champion else BLUE
            error = 0.0 if numbers.is_missing(row.error) else row.error
            axes.plot([row.ratio - error, row.ratio + error], [place, place], color=colour, linewidth=1.5)
            axes.plot(row.ratio, place, "D" if row.model == champion else "o", color=colour, markersize=5)
        axes.set_title(f"{numbers.days(horizon)}\n{vocabulary.score_name(score)}", fontsize=9.5, linespacing=1.3)
        axes.xaxis.set_major_formatter(
            FuncFormatter(lambda value, _: f"{100 * value:g}%".replace("-", "\N{MINUS SIGN}"))
        )
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.grid(visible=True, axis="x")
    for axes in grid[len(contests) :]:
        axes.set_visible(False)
    grid[0].set_yticks([-place for place in range(len(order))], [vocabulary.model_name(model) for model in order])
    grid[0].set_ylim(-len(order) + 0.4, 0.6)
    if champion in models:
        grid[0].plot([], [], "D-", color=VERMILLION, label="the model that generates the paths")
        grid[0].plot([], [], "o-", color=BLUE, label="the others")
        drawing.legend(loc="outside upper center", ncols=2)
    drawing.supxlabel(
        "score above the best model's, with 95% interval; further left is better", fontsize=9.5, color=MUTED
    )

    headline = _league_sentence(league, calibration, grade)
    alt = f"Dot chart of {len(models)} models in {len(contests)} comparisons. " + _league_sentence(
        league, calibration, ""
    )
    return finish(drawing, "league", headline, alt, tables.league(league, grade), csv_of(league))


_PANELS_ACROSS = 4
_MOST_LINES = 60
_SCORES_IN_ORDER = ("crps", "pinball_025", "pinball_010")


def _scores_shown(league: pd.DataFrame, n_models: int) -> list[str]:
    """Scores the chart has room for; not the log score, whose ratio to another means nothing. The download holds all of them."""
    scores = [score for score in league["score"].unique() if score != "log_score"]
    room = max(_MOST_LINES // (league["horizon_days"].nunique() * (n_models + 1)), 1)
    if len(scores) <= room:
        return scores
    return ([score for score in _SCORES_IN_ORDER if score in scores] or scores)[:room]


def _league_sentence(league: pd.DataFrame, calibration: dict[str, Any], grade: str) -> str:
    wins = league[league["rank"] == 1]["model"].value_counts()
    total = league.groupby(["horizon_days", "score"]).ngroups
    leader = wins.index[0]
    text = f"{vocabulary.model_name(leader)} scores best in {wins.iloc[0]} of {total} comparisons"
    champion = str(calibration.get("champion", ""))
    if champion:
        text += (
            f"; {vocabulary.model_name(champion)} generates the paths"
            if champion != leader
            else " and generates the paths"
        )
    return (f"{tables.NO_EVIDENCE} " if grade == "D" else "") + numbers.sentence(text)


@themed
def tail_fit(residuals: pd.DataFrame, calibration: dict[str, Any]) -> Figure:
    """Both tails of the residuals against the fitted generalised Pareto laws, on logarithmic axes."""
    tails = calibration["models"]["fhs"]["tails"]
    share = float(calibration["models"]["fhs"]["tail_share"])
    drawing = canvas(8.4, 3.9)
    panels = drawing.subplots(1, 2, sharey=True)
    rows = []
    for axes, side, sign, title in ((panels[0], "lower", -1.0, "Falls"), (panels[1], "upper", 1.0, "Rises")):
        tail = tails[side]
        sizes = np.sort(sign * residuals["residual"].to_numpy())[::-1]
        beyond = sizes[sizes > tail["threshold"]]
        chance = (np.arange(len(beyond)) + 0.5) / len(sizes)
        axes.plot(beyond, chance, "o", color=BLUE, markersize=3, label="residuals")
        grid = np.geomspace(tail["threshold"], max(beyond.max() * 1.35, tail["threshold"] + 6 * tail["beta"]), 120)
        axes.plot(
            grid,
            share * _survival(grid - tail["threshold"], tail["xi"], tail["beta"]),
            color=VERMILLION,
            label="fitted tail",
        )
        axes.set(xscale="log", yscale="log", title=title, xlabel="size in standard deviations of its day")
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.set_xticks([tick for tick in (1, 2, 3, 4, 6, 8, 12, 16, 24) if grid[0] * 0.8 <= tick <= grid[-1]])
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))
        rows += _tail_rows(title, sizes, tail, share)
    panels[0].set_ylim(0.2 / len(residuals), share * 1.5)
    panels[0].set_ylabel("share of days beyond")
    panels[0].legend(loc="lower left")
    lower, upper = tails["lower"], tails["upper"]
    headline = (
        f"Tails are heavier than a normal law's: shape {lower['xi']:.2f} (standard error {lower['xi_standard_error']:.2f}) for falls, "
        f"{upper['xi']:.2f} ({upper['xi_standard_error']:.2f}) for rises."
        if min(lower["xi"], upper["xi"]) > 0
        else f"Tail shapes: {lower['xi']:.2f} for falls, {upper['xi']:.2f} for rises; a shape of zero is an exponential tail."
    )
    alt = (
        f"Two log-log charts of the largest standardised residuals with their fitted generalised Pareto tails; the worst fall was "
        f"{-residuals['residual'].min():.1f}, the best rise {residuals['residual'].max():.1f} standard deviations."
    )
    table = Table(
        "How often a day is at least so large, counted and fitted",
        (
            Heading("Tail"),
            Heading("Size", "standard deviations", numeric=True),
            Heading("Counted", "", numeric=True),
            Heading("Fitted", "", numeric=True),
        ),
        tuple(rows),
        f"Thresholds at the outer {numbers.percent(share)} of the window; shapes from {lower['n']:,} residuals of the long history.",
    )
    return finish(drawing, "tail-fit", headline, alt, table)


def _survival(excess: np.ndarray, xi: float, beta: float) -> np.ndarray:
    """Share of exceedances larger than `excess` under the generalised Pareto law."""
    if abs(xi) < 1e-9:
        return np.exp(-excess / beta)
    return np.maximum(1.0 + xi * excess / beta, 0.0) ** (-1.0 / xi)


def _tail_rows(title: str, sizes: np.ndarray, tail: dict[str, Any], share: float) -> list[tuple[str, ...]]:
    return [
        (
            title, f"{size:g}", f"{int((sizes >= size).sum()):,} of {len(sizes):,}",
            numbers.percent(float(share * _survival(np.array([size - tail["threshold"]]), tail["xi"], tail["beta"])[0])),
        )
        for size in (2.0, 3.0, 4.0, 6.0, 8.0)
        if size > tail["threshold"]
    ]  # fmt: skip


def _month(value: Any) -> str:
    stamp = pd.Timestamp(value)
    return f"{stamp.day} {stamp:%B %Y}"
