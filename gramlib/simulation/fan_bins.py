"""Bins in which the kernel counts values for fan charts.

A value x is put in bin 0 where it is exactly nought, and else, by its sign, in bin +-(1 + k): k counts the 128 equal parts into
which every doubling of f = 1 + |x| / scale is cut. So bins are scale / 128 wide at the centre and grow with
the distance from it, to 1 / 128 of |x| + scale. k is read off the bits of f. Counts are whole numbers: added in any
order they give the same sum, so that threads and shards leave the quantiles as they are.
"""

HALF = 1024
BINS = 2 * HALF
"""Bins of a variable and day: place b in the array is bin b - HALF, the outermost hold what lies beyond."""

PARTS = 128

SCALES = (0.1, 0.02, 0.01, 0.005, 0.01)
"""Scale by variable, of: price / P0 - 1, coverage - 1, queue / N0, discount, (own funds - E0) / W0."""

EVERY_DAYS = 4
"""Days between two counts; day 0 and the last day are always counted."""
