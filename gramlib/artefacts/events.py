"""Columns of what happens beside prices, one value a day: what a scenario file may list and stage predict hands on."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gramlib.artefacts.columns import Column
from gramlib.readable import readable


@readable
@dataclass(frozen=True)
class EventColumn:
    """One kind of event: bounds (`upper` may be infinite), what stands for a calm day, and how spells overlap.

    `whole` numbers count or name something; where spells overlap, values that `adds` are added and of others the one
    further from calm holds.
    """

    name: str
    unit: str
    meaning: str
    upper: float
    lower: float = 0.0
    calm: float = 0.0
    whole: bool = False
    adds: bool = False

    @property
    def column(self) -> Column:
        """Its entry in a table."""
        upper = None if math.isinf(self.upper) else self.upper
        return Column(self.name, "float64", self.unit, self.meaning, lower=self.lower, upper=upper)


EVENT_COLUMNS: tuple[EventColumn, ...] = (
    EventColumn("event", "1", "confidence event level: 0 none, 1 full", math.inf),
    EventColumn("liquidity_multiplier", "1", "market liquidity stress m", math.inf, lower=1.0, calm=1.0),
    EventColumn("lost_g", "g", "grams lost in custody that day", math.inf, adds=True),
    EventColumn("lost_share", "1", "share of the custodian's grams lost that day", 1.0, adds=True),
    EventColumn("custodian", "1", "whom loss, freeze and assay concern: 1 to 4, 0 all pro rata", 4.0, whole=True),
    EventColumn("frozen_days", "day", "length of a freeze that begins that day", 10_000.0, whole=True),
    EventColumn("assay_share", "1", "share of the custodian's grams rejected and melted again", 1.0),
    EventColumn("bank_failed", "1", "number of the bank that fails that day", 4.0, whole=True),
    EventColumn("operations_stop", "1", "share of the day on which payments stand still", 1.0),
    EventColumn("cyber_loss_usd", "USD", "cash lost to an attack that day", math.inf, adds=True),
    EventColumn("lease_default", "1", "1 on the day the lessee fails", 1.0, whole=True),
    EventColumn("futures_basis", "1", "futures over spot, less one", 1.0, lower=-0.5),
    EventColumn("lag_days", "day", "settlement lag of gold sold or bought; 0 the issuer's own", 60.0, whole=True),
    EventColumn("redeem_share", "1", "share of the free tokens asked for at least that day", 1.0),
    EventColumn("block_share", "1", "share of all tokens that one holder asks for at once", 1.0),
    EventColumn("discount_shock", "1", "added to the token's discount; below 0 a premium", 1.0, lower=-1.0),
    EventColumn("mint_stop", "1", "1 while no tokens are ordered or issued", 1.0, whole=True),
    EventColumn("bank_share", "1", "share of the cash at a bank that fails that day", 1.0),
    EventColumn("spread_rise", "1", "rise of the spread as a multiple of itself: 9 makes it ten times as wide", 1000.0),
    EventColumn("capacity_cut", "1", "share of the capacity to sell gold that is gone", 0.999),
)
"""In the order of `simulation.Events`."""
