"""Reverse stress: which shocks break the issuer, found by scanning first and refining second, and which ways are likeliest.

    search          failing intervals of any yes-or-no question on a line, or along rows
    days            the paths that shocks make, nothing drawn
    shocks          the axes: what a shock of a given size does
    table           the catalogue's `reverse`
    frontiers       two shocks at once: `frontiers`, `frontier_edges`
    factors         how likely a scenario is under the fitted laws
    design_point    the likeliest scenario that fails
    ways            how the paths of a book failed, looked at day by day
    likely          the two together: `likely_failures`
    causes          `failure_causes`

Not found within the range scanned is what it says; it is never "safe".
"""

from gramlib.reverse.causes import failure_causes
from gramlib.reverse.frontiers import frontier_tables
from gramlib.reverse.likely import likely_failures
from gramlib.reverse.search import FailingInterval, Line, failing_intervals
from gramlib.reverse.table import NOT_APPLICABLE, reverse_table, search_for

__all__ = [
    "NOT_APPLICABLE",
    "FailingInterval",
    "Line",
    "failing_intervals",
    "failure_causes",
    "frontier_tables",
    "likely_failures",
    "reverse_table",
    "search_for",
]
