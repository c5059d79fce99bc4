"""Reverse stress: which shocks break the issuer, found by scanning first and refining second.

    search   failing intervals of any yes-or-no question on a line
    shocks   the axes: what a shock of a given size does to price, confidence, liquidity and custody
    table    the catalogue's `reverse` table

Not found within the range scanned is what it says; it is never "safe".
"""

from gramlib.reverse.search import FailingInterval, Line, failing_intervals
from gramlib.reverse.table import reverse_table

__all__ = ["FailingInterval", "Line", "failing_intervals", "reverse_table"]
