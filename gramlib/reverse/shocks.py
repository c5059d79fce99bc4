"""The axes of the reverse stress: what a shock of a given size does, day by day.

    shock                          size                   on day 1                                        afterwards
    price_fall                     share of price         gold falls by it                                flat
    price_fall_5d, _20d, _60d      share of price         gold begins to fall by it, evenly over so many days; then flat
    price_fall_with_event          share of price         gold falls by it, confidence event of level 1   flat
    price_rise                     share of price         gold rises by it                                flat
    price_rise_with_lease_default  share of price         gold rises by it and the lessee fails           flat
    price_rise_with_hedge          share of price         gold rises by it, futures by the basis shock more   both stay
    one_day_run                    share of free tokens   so many are asked for                           flat
    event_days                     days                   confidence event of level 1                     lasts so many days
    liquidity_multiplier           m                      confidence event of level 1, market at m        market stays at m
    custody_loss                   share of grams         that share of all gold is lost                  flat
    custody_loss_1 ...             share of its grams     the same at one custodian                       flat
    bank_freeze                    share of cash          the bank that holds it fails                    back as the terms say
    bank_freeze_with_event         share of cash          the same, with a confidence event of level 1    the same

A rise is an axis because a reserve that is partly dollars, leased gold or short futures falls behind its tokens when
gold rises; `price_rise` takes the issuer as it is, its hedge included. An axis that does not concern an issuer says why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gramlib.params.issuer import Issuer
from gramlib.params.stages import AnalyseParams
from gramlib.readable import readable
from gramlib.reverse.days import Days, ShockDays, Sizes
from gramlib.reverse.search import Line

LARGEST_RISE = 2.0
LARGEST_MULTIPLIER = 21.0
"""Twenty above calm: about twice the cap of the liquidity driver, and steps are round numbers."""

SLOW_FALL_DAYS = (5, 20, 60)


@readable
@dataclass(frozen=True)
class Shock:
    """One axis: where to look, in which unit, over how many days, and `days(sizes)`, the paths that shocks make.

    `why_not` says why the axis does not apply to the issuer; it is then not to be walked.
    """

    name: str
    unit: str
    line: Line
    n_days: int
    days: Callable[[np.ndarray], Days]
    why_not: str = ""


def shocks(issuer: Issuer, start_usd_per_g: float, params: AnalyseParams) -> tuple[Shock, ...]:
    """Every axis for this issuer and starting price; steps of other units are in proportion to `reverse_step`.

    Paths run for `params.reverse_horizon_days` from the end of the fall or event on.
    """
    share = share_line(params)
    whole = Line(0.0, 1.0, params.reverse_step, params.reverse_tolerance)
    rise = Line(0.0, LARGEST_RISE, LARGEST_RISE * params.reverse_step, params.reverse_tolerance)
    days = Line(0.0, float(params.reverse_horizon_days), 1.0, 1.0)
    no_lease = "" if issuer.lease.on and issuer.lease.gold_g > 0.0 else "the issuer leases no gold out"
    no_hedge = "" if issuer.hedge.on and issuer.hedge.short_g > 0.0 else "the issuer has sold no futures"
    no_bank = "" if issuer.banks.on else "section banks is off: the cash is taken to be where no bank fails"
    one_vault = "" if issuer.custodians.on else "section custodians is off: one vault holds all gold"
    custodians = range(1, len(issuer.custodians.shares) + 1 if issuer.custodians.on else 2)

    def axis(name: str, line: Line, size: str, why_not: str = "", sign: float = 1.0, **fixed: float) -> Shock:
        """One whose `size` is the keyword of `ShockDays.days` that grows, in the direction `sign`; the others are `fixed`."""
        lasting_days = line.end if size == "event_days" else fixed.get("fall_days", 1)
        paths = ShockDays(issuer, start_usd_per_g, params.reverse_horizon_days + int(lasting_days) - 1)

        def made(sizes: np.ndarray) -> Days:
            moved: dict[str, Sizes] = {size: sign * sizes, **fixed}
            return paths.days(len(sizes), **moved)

        return Shock(name, "day" if size == "event_days" else "1", line, paths.n_days, made, why_not)

    return (
        axis("price_fall", share, "fall"),
        *(axis(f"price_fall_{fall_days}d", share, "fall", fall_days=fall_days) for fall_days in SLOW_FALL_DAYS),
        axis("price_fall_with_event", share, "fall", event_days=1),
        axis("price_rise", rise, "fall", sign=-1.0),
        axis("price_rise_with_lease_default", rise, "fall", no_lease, sign=-1.0, lease_default=1),
        axis("price_rise_with_hedge", rise, "fall", no_hedge, sign=-1.0, futures_basis=issuer.hedge.basis_shock),
        axis("one_day_run", whole, "redeem_share"),
        axis("event_days", days, "event_days"),
        axis("liquidity_multiplier", multiplier_line(params), "multiplier", event_days=1),
        axis("custody_loss", share, "lost_of_all"),
        *(axis(f"custody_loss_{k}", whole, "lost_share", one_vault, custodian=k * (not one_vault)) for k in custodians),
        axis("bank_freeze", whole, "bank_share", no_bank),
        axis("bank_freeze_with_event", whole, "bank_share", no_bank, event_days=1),
    )


def share_line(params: AnalyseParams) -> Line:
    """Where falls and losses are looked for."""
    return Line(0.0, params.reverse_max_fall, params.reverse_step, params.reverse_tolerance)


def multiplier_line(params: AnalyseParams) -> Line:
    """Where the market's multiplier is looked for."""
    width = LARGEST_MULTIPLIER - 1.0
    return Line(1.0, LARGEST_MULTIPLIER, width * params.reverse_step, width * params.reverse_tolerance)
