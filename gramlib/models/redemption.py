"""Redemption calibrated to what happened, beside the issuer's own parameters: table `redemption_fit`.

Two regimes, two drivers (gramlib/simulation/MODEL.md, section 5): gold falls and holders of a sound claim leave slowly
(`redemption_calm`), or holders lose confidence and run (`redemption_run`). A run that holds flow data fits its own figures;
one without uses those that ship in params/models/redemption.yaml. Where this run's data do not bear a fit, the shipped
figure stands in its place and the note says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from gramlib.errors import DataContractError
from gramlib.models.figure_table import figure_table
from gramlib.models.redemption_calm import CalmFit, calm_sample, fit_calm
from gramlib.models.redemption_curve import RedemptionCurve
from gramlib.models.redemption_run import KNOWN_RUNS, RunFit, find_run, fit_runs
from gramlib.params.issuer import ConfidenceDriver, Issuer
from gramlib.params.model_figures import ModelFigure

CALM, RUN = "calm", "run"
FALL = 0.136
"""The five-day fall whose effect is compared: gold in April 2013, on which the default a1 was set."""

HELD = RedemptionCurve()
"""rhomax and a0 that the shipped figures of the curve were fitted with; rho0 0.2% lies under the shipped a_event."""
SHAPED = ("a_return", "a_return_quasi_likelihood", "a_return_later_half", "a_event")
"""Figures that mean something only together with the rhomax and a0 they were fitted with."""


def redemption_fit(
    flows: pd.DataFrame,
    prices: pd.DataFrame,
    issuer: Issuer,
    shipped: Iterable[ModelFigure],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Table `redemption_fit`: one row a figure of either regime, beside the issuer's value.

    `flows` and `prices` are the catalogue tables (flows may have no rows), `shipped` the figures of
    params/models/redemption.yaml. Columns are those of `figure_table`, with `regime` first.
    """
    curve = RedemptionCurve.of(issuer.redemption)
    shipped = tuple(shipped)
    figures = [
        *_fitted_or_shipped(CALM, lambda: calm_figures(flows, prices, curve, rng), shipped, curve, len(flows) > 0),
        *_fitted_or_shipped(RUN, lambda: run_figures(flows, curve, rng), shipped, curve, len(flows) > 0),
    ]
    return figure_table(figures, issuer_values(issuer), "regime")


def issuer_values(issuer: Issuer) -> dict[tuple[str, str], float]:
    """What the issuer's parameters say for each figure; rates and shares of one event without feedback of discount and queue."""
    redemption, confidence = issuer.redemption, issuer.drivers.confidence
    curve = RedemptionCurve.of(redemption)
    return {
        (CALM, "base_rate"): redemption.base_rate,
        (CALM, "a_return"): redemption.a_return,
        (CALM, "rate_after_fall"): float(curve.rate(redemption.a_return * FALL)),
        (RUN, "a_event"): redemption.a_event,
        (RUN, "event_rate"): float(curve.rate(redemption.a_event * confidence.level)),
        (RUN, "max_rate"): redemption.max_rate,
        (RUN, "mean_days"): confidence.mean_days,
        (RUN, "total_share"): event_share(curve, redemption.a_event, confidence),
    }


def event_share(curve: RedemptionCurve, a_event: float, confidence: ConfidenceDriver) -> float:
    """Share of tokens that one event of mean length takes, its fading days (down to 1% of the level) included."""
    left = (1.0 - float(curve.rate(a_event * confidence.level))) ** confidence.mean_days
    level = confidence.level * confidence.decay
    while level >= 0.01 * confidence.level:
        left *= 1.0 - float(curve.rate(a_event * level))
        level *= confidence.decay
    return 1.0 - left


def calm_figures(
    flows: pd.DataFrame, prices: pd.DataFrame, curve: RedemptionCurve, rng: np.random.Generator
) -> tuple[ModelFigure, ...]:
    """Figures of the calm regime from the longest series of ounces in `flows`; DataContractError where there is none."""
    ounces = flows[flows["unit"] == "ounces"]
    if ounces.empty:
        raise DataContractError("no fund or token counted in ounces", expected="one, such as gld", origin="table flows",
                                remedy="name one in data.flow_files, or leave the shipped figures")  # fmt: skip
    fit = fit_calm(calm_sample(flows, prices, str(ounces["product"].value_counts().idxmax())), curve, rng)
    return _calm_rows(fit)


def run_figures(flows: pd.DataFrame, curve: RedemptionCurve, rng: np.random.Generator) -> tuple[ModelFigure, ...]:
    """Figures of the run regime from the known runs that `flows` covers; DataContractError where it covers none."""
    held = set(flows["product"])
    events = [event for event in KNOWN_RUNS if event.product in held]
    return _run_rows(fit_runs(tuple(find_run(flows, event, rng) for event in events)), curve)


def _fitted_or_shipped(
    regime: str,
    fit: Callable[[], tuple[ModelFigure, ...]],
    shipped: tuple[ModelFigure, ...],
    curve: RedemptionCurve,
    has_flows: bool,
) -> list[tuple[ModelFigure, bool]]:
    """Each figure, and whether it may be compared with an issuer of this `curve`."""
    why = "this run has no flows"
    if has_flows:
        try:
            return [(figure, True) for figure in fit()]
        except DataContractError as error:
            why = error.found
    same_shape = (curve.max_rate, curve.a0) == (HELD.max_rate, HELD.a0)
    told = f"shipped figure: {why}"
    other = f"{told}; fitted with max_rate {HELD.max_rate:g} and a0 {HELD.a0:g}, which this issuer does not have"
    out = []
    for figure in shipped:
        if figure.group == regime:
            comparable = same_shape or figure.parameter not in SHAPED
            note = "; ".join(part for part in (told if comparable else other, figure.note) if part)
            out.append((figure.model_copy(update={"note": note}), comparable))
    return out


def _calm_rows(fit: CalmFit) -> tuple[ModelFigure, ...]:
    held = f"max_rate {fit.curve.max_rate:g} and a0 {fit.curve.a0:g} held"
    method = (
        f"least squares of net outflow on the five-day fall, {held}; errors by stationary bootstrap, blocks of 60 days"
    )
    quasi = f"Poisson quasi-likelihood, {held}"
    net = "net outflows understate gross redemption"
    sample = fit.sample
    seen = f"largest fall seen {sample.fall.max():.1%}, {int((sample.fall > 0.07).sum())} days beyond 7%"
    rows = (
        ("base_rate", fit.base_rate, fit.base_rate_error, "1/day", method, f"{net}; Newey-West error {fit.hac_errors[0]:.2g}"),
        ("a_return", fit.a_return, fit.a_return_error, "1", method, f"Newey-West error {fit.hac_errors[1]:.2g}; {seen}"),
        ("rate_after_fall", fit.rate_at(FALL), fit.rate_error(FALL), "1/day", method,
         f"after a five-day fall of {FALL:.1%}, beyond the data; with the quasi-likelihood {_quasi_rate(fit):.2%}; {seen}"),
        ("base_rate_quasi_likelihood", fit.quasi_likelihood[0], None, "1/day", quasi, net),
        ("a_return_quasi_likelihood", fit.quasi_likelihood[1], None, "1", quasi,
         "weighs small falls more: apart from the least squares slope because the logistic curve is too convex"),
        ("a_return_later_half", fit.later_a_return, None, "1", f"{method}; the later half of the days alone", "whether the slope is one number"),
        ("netting", fit.netting, None, "1", "daily outflows over outflows of five-day changes",
         "what cancels between days of one week; what cancels within a day cannot be seen"),
    )  # fmt: skip
    first, last = str(sample.date[0]), str(sample.date[-1])
    return tuple(
        ModelFigure(group=CALM, parameter=name, estimate=value, standard_error=error, unit=unit, n=len(sample),
                    series=f"{sample.product} ounces", start=first, end=last, method=how, note=note)
        for name, value, error, unit, how, note in rows
    )  # fmt: skip


def _quasi_rate(fit: CalmFit) -> float:
    base_rate, a_return = fit.quasi_likelihood
    return float(RedemptionCurve(base_rate, fit.curve.max_rate, fit.curve.a0).rate(a_return * FALL))


def _run_rows(fit: RunFit, curve: RedemptionCurve) -> tuple[ModelFigure, ...]:
    told = "; ".join(
        f"{run.product} {run.first} to {run.last}: {run.rate:.2%} a day over {len(run.outflow)} days, peak {run.peak:.2%}"
        f" ({run.peak_calendar_day:.2%} over one calendar day), {run.total_share:.1%} gone"
        for run in fit.runs
    )
    joined = "mean over runs; errors within runs (block bootstrap of days) and between them joined"
    between = "standard error from the range between runs"
    rows = [
        ("event_rate", fit.event_rate, fit.event_rate_error, "1/day", joined, told),
        ("max_rate", fit.peak_rate, fit.peak_rate_error, "1/day", f"largest business day of any run; {between}",
         "a lower bound: nobody has seen the cap; a Monday holds its weekend"),
        ("mean_days", fit.mean_days, fit.mean_days_error, "day", "mean length, error of a geometric mean",
         "from the first business day of 1% to the first two in a row below"),
        ("total_share", fit.total_share, fit.total_share_error, "1", f"mean over runs; {between}",
         "the issuer's value is one event of mean length, without the feedback of discount and queue"),
    ]  # fmt: skip
    if curve.base_rate <= fit.event_rate < curve.max_rate:
        push = curve.push_of(fit.event_rate)
        slope = (curve.max_rate - curve.base_rate) * float(curve.share_slope(push))
        rows.insert(0, (
            "a_event", push, fit.event_rate_error / slope, "1",
            f"the curve turned round at event_rate, base_rate {curve.base_rate:g}, max_rate {curve.max_rate:g} and a0 {curve.a0:g} held",
            "a reduced form: discount and queue of the coin are in it, and the model adds its own",
        ))  # fmt: skip
    n = sum(len(run.outflow) for run in fit.runs)
    return tuple(
        ModelFigure(group=RUN, parameter=name, estimate=value, standard_error=error or None, unit=unit,
                    n=len(fit.runs) if name in ("max_rate", "mean_days", "total_share") else n,
                    series=" and ".join(f"{run.product} supply" for run in fit.runs),
                    start=min(run.first for run in fit.runs), end=max(run.last for run in fit.runs), method=how, note=note)
        for name, value, error, unit, how, note in rows
    )  # fmt: skip
