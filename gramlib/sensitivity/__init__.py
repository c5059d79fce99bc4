"""How much the answer hangs on each input: one at a time, all at once, and where the decision turns.

ranges     how far each input may plausibly lie from its value (params/sensitivity.yaml)
response   the headline figures of an issuer on the run's own draws, and their status
tornado    every input at both ends of its range, the others as they are
flips      the value of an input at which a status changes
screen     Morris or Sobol: ten inputs moved together (SALib)
"""

from gramlib.params.sensitivity import Range, load_ranges
from gramlib.sensitivity.flips import decision_flips
from gramlib.sensitivity.response import Headlines
from gramlib.sensitivity.screen import screen_table
from gramlib.sensitivity.tornado import tornado_table

__all__ = ["Headlines", "Range", "decision_flips", "load_ranges", "screen_table", "tornado_table"]
