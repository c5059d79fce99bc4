"""Sizes at which a search for packages looks at each measure: a few, from weak to strong, beyond where the issuer stands."""

from __future__ import annotations

from gramlib.params.issuer import Issuer
from gramlib.recommend.measure import Measure

ADDED_TO_NOW = {"own_funds": (0.03, 0.06, 0.10, 0.15), "buffer": (0.03, 0.06, 0.10, 0.15)}
"""Shares of liabilities on top of what there is."""

OF_LIABILITIES = {"credit_line": (0.04, 0.10, 0.20)}
"""Shares of liabilities."""

TIMES_NOW = {"market_depth": (2.0, 5.0, 10.0)}
"""Multiples of what there is."""

AT = {
    "gate": (0.05, 0.02, 0.01),
    "redemption_fee": (0.005, 0.01, 0.02),
    "swing_fee": (1.0, 2.0, 3.0),
    "minimum_size": (1000.0,),
    "in_kind": (0.25, 0.5, 1.0),
    "largest_custodian": (0.5, 1.0 / 3.0, 0.25),
    "largest_bank": (1.0 / 3.0, 0.25),
    "market_access": (0.15, 0.25, 0.5),
    "leased_share": (0.0,),
    "hedge": (0.0,),
    "collateral_ratio": (1.6, 1.75, 2.0),
}
"""In the measure's own unit."""

BOTH_WAYS = frozenset({"hedge"})
"""Measures of which less can be the remedy."""


def sizes(measure: Measure, issuer: Issuer, owed_usd: float) -> tuple[float, ...]:
    """Numbers from weak to strong, all beyond where `issuer` stands and within the range; none for one that is excluded."""
    if measure.excluded(issuer):
        return ()
    name, now = measure.name, measure.now(issuer)
    if name in ADDED_TO_NOW:
        numbers = tuple(now + share * owed_usd for share in ADDED_TO_NOW[name])
    elif name in OF_LIABILITIES:
        numbers = tuple(share * owed_usd for share in OF_LIABILITIES[name])
    elif name in TIMES_NOW:
        numbers = tuple(times * now for times in TIMES_NOW[name])
    else:
        numbers = AT.get(name, ())
    sign = 1.0 if measure.stronger == "up" else -1.0
    return tuple(
        number
        for number in numbers
        if measure.lower <= number <= measure.upper and number != now
        and (name in BOTH_WAYS or sign * (number - now) > 0.0)
    )  # fmt: skip
