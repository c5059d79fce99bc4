"""What to do: measures, the numbers they need, and the re-run that proves each number.

measure, levers            what can be moved, what it costs a year, what it does besides
prices                     costs and internal policy, from params/models/measures.yaml
recommendation             a row: number, before and after on the same draws, cost, what binds
closed_forms               section 9 and 10 of MODEL.md as formulas
"""

from gramlib.recommend.levers import measures
from gramlib.recommend.measure import Measure, changed
from gramlib.recommend.prices import Figures, Policy, Prices
from gramlib.recommend.recommendation import Figure, Proof, Recommendation

__all__ = ["Figure", "Figures", "Measure", "Policy", "Prices", "Proof", "Recommendation", "changed", "measures"]
