"""Reverse stress: which shocks break the issuer, found by scanning first and refining second.

    search       failing intervals of any yes-or-no question on a line, or along rows
    days         the paths that shocks make, nothing drawn
    shocks       the axes: what a shock of a given size does
    table        the catalogue's `reverse`
    frontiers    two shocks at once: `frontiers`, `frontier_edges`

Not found within the range scanned is what it says; it is never "safe".
"""

from gramlib.reverse.frontiers import frontier_tables
from gramlib.reverse.search import FailingInterval, Line, failing_intervals
from gramlib.reverse.table import NOT_APPLICABLE, reverse_table

__all__ = ["NOT_APPLICABLE", "FailingInterval", "Line", "failing_intervals", "frontier_tables", "reverse_table"]
