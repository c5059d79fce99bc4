"""The lines of the failure predicates F1 to F7 (MODEL.md, section 6), one home for both ways they are judged.

`summary` judges day by day over many paths; `failures` judges a finished ledger and names causes.
"""

OLDEST_REQUEST_DAYS = 5
"""F3: the oldest unpaid request is older than this many business days."""

DISCOUNT_LASTING, DISCOUNT_LASTING_DAYS = 0.01, 3
"""F4: the discount is above 1% on three days running ..."""

DISCOUNT_ONCE = 0.05
"""F4: ... or above 5% once."""

BACKING_ROUNDING = 1e-12
"""F5: backing counts as below one only beyond rounding; grams equal to tokens are the normal state."""


def under_backed_days(lag_days: int) -> int:
    """F5: number of days running on which backing below one is a failure ("more than lag + 1")."""
    return lag_days + 2
