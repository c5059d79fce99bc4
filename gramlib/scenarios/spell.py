"""What happens beside the price: spells of days on which an event holds, and the daily columns they add up to.

A value holds on every day of its spell; a list gives one value a day, as the redemptions of a run that dies down:

    - {from_day: 1, to_day: 3, redeem_share: [0.054, 0.04, 0.03], why: "..."}

Where spells overlap, losses add up and of everything else the value further from calm holds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pydantic import Field, ValidationInfo, field_validator

from gramlib.artefacts import EVENT_COLUMNS, EventColumn
from gramlib.params.fields import Section, refusal
from gramlib.params.quoting import shown

if TYPE_CHECKING:
    import numpy as np

_BY_NAME = {column.name: column for column in EVENT_COLUMNS}


Daily = float | tuple[float, ...]
"""One value for every day of a spell, or one a day."""


class Spell(Section):
    """Days `from_day` to `to_day`, both included, on which something beside the price holds; see EVENT_COLUMNS."""

    from_day: int = Field(ge=1, le=5000)
    to_day: int = Field(ge=1, le=5000)
    event: Daily = 0.0
    liquidity_multiplier: Daily = 1.0
    lost_g: Daily = 0.0
    lost_share: Daily = 0.0
    custodian: Daily = 0.0
    frozen_days: Daily = 0.0
    assay_share: Daily = 0.0
    bank_failed: Daily = 0.0
    operations_stop: Daily = 0.0
    cyber_loss_usd: Daily = 0.0
    lease_default: Daily = 0.0
    futures_basis: Daily = 0.0
    lag_days: Daily = 0.0
    redeem_share: Daily = 0.0
    block_share: Daily = 0.0
    discount_shock: Daily = 0.0
    mint_stop: Daily = 0.0
    bank_share: Daily = 0.0
    spread_rise: Daily = 0.0
    capacity_cut: Daily = 0.0
    why: str = Field(min_length=10, description="reason for this size")

    @field_validator(*_BY_NAME, mode="before")
    @classmethod
    def _within_bounds(cls, value: Any, info: ValidationInfo) -> Daily:
        return _in_bounds(_BY_NAME[str(info.field_name)], value)

    def given(self) -> dict[str, Daily]:
        """The event columns that the spell sets, with their values; calm ones are left out."""
        return {c.name: value for c in EVENT_COLUMNS if (value := getattr(self, c.name)) != c.calm}

    def contradiction(self, horizon_days: int) -> tuple[str, str] | None:
        """What was found and what was expected, where its days and its values are at odds."""
        if not self.from_day <= self.to_day <= horizon_days:
            return f"days {self.from_day} to {self.to_day}", f"from_day <= to_day <= horizon_days {horizon_days}"
        length = self.to_day - self.from_day + 1
        for name, value in self.given().items():
            if isinstance(value, tuple) and len(value) != length:
                return (
                    f"{name} with {len(value)} values for {length} days",
                    f"{length} values, one a day, or a single one",
                )
            if _BY_NAME[name].adds and length > 1 and not isinstance(value, tuple):
                return (
                    f"{name}: a loss on several days",
                    "one day, from_day equal to to_day, or a list with one loss a day",
                )
        return None


def _in_bounds(column: EventColumn, value: Any) -> Daily:
    values = value if isinstance(value, list | tuple) else [value]
    if not values:
        raise refusal(_expected(column), "an empty list")
    for each in values:
        number = isinstance(each, int | float) and not isinstance(each, bool) and math.isfinite(each)
        if not number or not column.lower <= each <= column.upper or (column.whole and each != math.floor(each)):
            raise refusal(_expected(column), shown(each))
    return tuple(float(each) for each in values) if isinstance(value, list | tuple) else float(value)


def _expected(column: EventColumn) -> str:
    kind = "a whole number" if column.whole else "a number"
    bounds = f"from {column.lower:g} up" if math.isinf(column.upper) else f"from {column.lower:g} to {column.upper:g}"
    return f"{kind} {bounds} [{column.unit}], or a list with one a day: {column.meaning}"


def daily(spells: Iterable[Spell], horizon_days: int) -> dict[str, np.ndarray]:
    """Every event column as daily numbers, shape (horizon_days + 1,) each; index 0 is today and calm."""
    import numpy as np

    columns = {c.name: np.full(horizon_days + 1, c.calm) for c in EVENT_COLUMNS}
    for spell in spells:
        days = slice(spell.from_day, spell.to_day + 1)
        for name, value in spell.given().items():
            column, own = _BY_NAME[name], columns[name][days]
            further = np.abs(np.asarray(value) - column.calm) > np.abs(own - column.calm)
            columns[name][days] = own + value if column.adds else np.where(further, value, own)
    return columns
