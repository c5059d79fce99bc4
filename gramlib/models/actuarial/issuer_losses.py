"""The loss lines of one issuer, from the parameters of its random drivers (gramlib/simulation/MODEL.md, section 8).

    line        events a year                        one loss, USD
    custody k   drivers.custody.rate_year            Pareto share of custodian k's gold, mean and shape of the driver, all of it at most
    bank b      drivers.bank.rate_year               (1 - recovery) of the cash at bank b; needs banks.on
    cyber       drivers.cyber.rate_year              Pareto, mean_usd and shape of the driver
    operations  drivers.operations.rate_year         lognormal, mean operating cost of half of max_days, cv 1
    lease       lease.calm_rate_year                 (1 - recovery) of the leased gold; needs lease.on

Custody freezes and confidence events cost time and liquidity, not own funds, so they are no line. The engine counts
a stop of operations as time alone; that it costs another day's operating cost per day is a judgement of this page.
Insurance is left out: it pays after half a year and within a cap, and ruin happens before.

An issuer with a record of its own (`own_record`) has the rates of custody, bank, cyber and operations that `credible_rates`
makes of it and of its industry; one without has those of its drivers, to the digit. The engine draws at the drivers' rates
whatever the record: its draws are one law for every issuer that is compared.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import pandas as pd

from gramlib.models.actuarial.aggregate import AggregateLoss, LossLine, aggregate_loss, grid_step
from gramlib.models.actuarial.credibility import credible_rate
from gramlib.models.actuarial.severity import FixedLoss, LognormalLoss, ParetoLoss
from gramlib.params.issuer import Issuer
from gramlib.params.model_figures import ModelFigure
from gramlib.units import BUSINESS_DAYS_PER_YEAR

LEVELS = (0.95, 0.99, 0.995, 0.999)
EVENTS = {
    "custody": "custody_losses",
    "bank": "bank_failures",
    "cyber": "cyber_losses",
    "operations": "operations_stops",
}
"""Drivers with a record, and what the issuer file calls their events."""

CREDIBILITY_COLUMNS = ["driver", "default_rate_year", "industry_rate_year", "industry_cv", "events", "exposure_years", "weight",
                       "credible_rate_year", "lower", "upper", "rate_year", "basis"]  # fmt: skip
UNKNOWN_CV = 1.0
"""Heterogeneity of firms where no industry figure says it: a true rate a half or double the industry's is nothing unusual."""


def loss_lines(issuer: Issuer, price_usd_per_g: float, credibility: pd.DataFrame | None = None) -> tuple[LossLine, ...]:
    """The lines of `issuer` with gold at `price_usd_per_g`, without those that cannot lose anything.

    `credibility` is the table of `credible_rates`; without it every rate is the driver's.
    """
    drivers, cash = issuer.drivers, max(0.0, issuer.cash_usd)
    rates = {driver: float(getattr(drivers, driver).rate_year) for driver in EVENTS}
    if credibility is not None:
        rates |= dict(zip(credibility["driver"], credibility["rate_year"].astype(float), strict=True))
    found = []
    for k, share in enumerate(issuer.custodians.shares if issuer.custodians.on else [1.0]):
        gold_usd = share * issuer.gold_g * price_usd_per_g
        if gold_usd > 0.0:
            law = ParetoLoss(drivers.custody.mean_severity * gold_usd, drivers.custody.tail_xi, gold_usd)
            found.append(LossLine(f"custody {k + 1}", rates["custody"], law))
    if issuer.banks.on:
        for b, share in enumerate(issuer.banks.shares):
            lost = (1.0 - issuer.banks.recovery) * share * cash
            if lost > 0.0:
                found.append(LossLine(f"bank {b + 1}", rates["bank"], FixedLoss(lost)))
    found.append(LossLine("cyber", rates["cyber"], ParetoLoss(drivers.cyber.mean_usd, drivers.cyber.tail_xi)))
    stop_usd = issuer.costs.opex_usd_year / BUSINESS_DAYS_PER_YEAR * drivers.operations.max_days / 2.0
    if stop_usd > 0.0:
        found.append(LossLine("operations", rates["operations"], LognormalLoss(stop_usd, 1.0)))
    leased_usd = (1.0 - issuer.lease.recovery) * issuer.lease.gold_g * price_usd_per_g
    if issuer.lease.on and leased_usd > 0.0:
        found.append(LossLine("lease", issuer.lease.calm_rate_year, FixedLoss(leased_usd)))
    return tuple(line for line in found if line.rate_year > 0.0)


def loss_table(lines: Sequence[LossLine], levels: Sequence[float] = LEVELS, n_points: int = 2**14) -> pd.DataFrame:
    """One row a line and level of `levels`, and those of all together ("all"): a year's mean, sd, VaR and ES with their grid bounds, USD.

    Columns line, level, rate_year, mean_usd, sd_usd, var_usd, var_lower_usd, var_upper_usd, es_usd, es_lower_usd, es_upper_usd,
    step_usd. The bounds hold the true figure whatever the discretisation hides; sd_usd is infinite for a tail without one.
    """
    rows = []
    groups = [(line.name, [line]) for line in lines] + ([("all", list(lines))] if len(lines) > 1 else [])
    for name, group in groups:
        year = aggregate_loss(group, grid_step(group, n_points), n_points)
        rows += [_row(name, group, year, level) for level in levels]
    return pd.DataFrame(rows)


def _row(name: str, group: Sequence[LossLine], year: AggregateLoss, level: float) -> dict[str, float | str]:
    var_lower, var_upper = year.var_bounds(level)
    es_lower, es_upper = year.es_bounds(level)
    return {
        "line": name, "level": level, "rate_year": sum(line.rate_year for line in group), "mean_usd": year.mean,
        "sd_usd": math.sqrt(year.variance), "var_usd": year.var(level), "var_lower_usd": var_lower, "var_upper_usd": var_upper,
        "es_usd": year.es(level), "es_lower_usd": es_lower, "es_upper_usd": es_upper, "step_usd": year.step,
    }  # fmt: skip


def credible_rates(issuer: Issuer, industry: Iterable[ModelFigure] = ()) -> pd.DataFrame:
    """The catalogue's `credibility`: the rate of each driver with own and industry record joined.

    Exposure is the years of `issuer.own_record`, times custodians or banks. `industry` holds figures of
    params/models/actuarial.yaml: group the driver, parameters rate_year and heterogeneity_cv; without them the driver's own rate
    stands for the industry, with cv 1. Column `rate_year` is what the loss table takes: the credible rate with a
    record, the driver's without. A driver with a rate of nought cannot happen and has no row.
    """
    known = {(figure.group, figure.parameter): figure for figure in industry}
    record, rows = issuer.own_record, []
    units = {"custody": len(issuer.custodians.shares) if issuer.custodians.on else 1,
             "bank": len(issuer.banks.shares) if issuer.banks.on else 1}  # fmt: skip
    for driver, counted in EVENTS.items():
        default = float(getattr(issuer.drivers, driver).rate_year)
        if not default > 0.0:
            continue
        figure, spread = known.get((driver, "rate_year")), known.get((driver, "heterogeneity_cv"))
        rate, cv = figure.estimate if figure else default, spread.estimate if spread else UNKNOWN_CV
        events, exposure = int(getattr(record, counted)), record.years * units.get(driver, 1)
        joined = credible_rate(events, exposure, rate, cv)
        rows.append({
            "driver": driver, "default_rate_year": default, "industry_rate_year": rate, "industry_cv": cv, "events": events,
            "exposure_years": exposure, "weight": joined.weight, "credible_rate_year": joined.rate_year, "lower": joined.lower,
            "upper": joined.upper, "rate_year": joined.rate_year if exposure > 0.0 else default,
            "basis": figure.series if figure else "judgement: the issuer's default, heterogeneity assumed",
        })  # fmt: skip
    return pd.DataFrame(rows, columns=CREDIBILITY_COLUMNS)
