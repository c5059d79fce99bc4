"""What to do: measures, the numbers they need, and the re-run that proves each number.

    measure, levers...         what can be moved, what it costs a year, what it does besides
    prices, targets            costs and policy of params/models/measures.yaml; limits of the run's profile and standards
    recommendation, proofs     a row: number, before and after on the same draws, cost, what binds
    closed_forms               sections 9 and 10 of MODEL.md as formulas
    bench, stresses, search    books, scenarios and paths of our own; the weakest number that holds
    rows_...                   section 10 row by row
    conflicts, advice          what a measure takes on another figure; the call for single measures
    packages, frontier...      measures together: the cheapest that meets every appetite, and what less money buys
    early_warning, recovery    which limit warns in time; what is left to do when it has begun
    residual, outlook          what still fails after the package; the calls for all of these

A number without the re-run that proves it is not handed on.
"""

from gramlib.recommend.advice import Advice, advise
from gramlib.recommend.levers import measures
from gramlib.recommend.measure import Measure, changed
from gramlib.recommend.outlook import Outlook, PackageAdvice, outlook, recommended_package, residual_risk
from gramlib.recommend.prices import Figures, Policy, Prices
from gramlib.recommend.recommendation import Figure, Proof, Recommendation

__all__ = [
    "Advice",
    "Figure",
    "Figures",
    "Measure",
    "Outlook",
    "PackageAdvice",
    "Policy",
    "Prices",
    "Proof",
    "Recommendation",
    "advise",
    "changed",
    "measures",
    "outlook",
    "recommended_package",
    "residual_risk",
]
