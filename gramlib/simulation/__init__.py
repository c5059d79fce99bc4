"""The issuer's day, E1 to E11 of MODEL.md (in this folder): engines, random drivers, books of paths, replays.

day, reference, vectorised    one day; the plain-Python engine; its NumPy twin over paths
stops, limits, own_funds      where a path ends; the lines of F1 to F7; what a profile asks for
events, draws, drivers        inputs beside prices; addressed random numbers; what is drawn with them
engine                        `simulate` and `ledger`, the door of both engines
summary, outcomes, failures   one row a path; its status; predicates and causes of one ledger
books, fan                    model-generated books; quantiles by day
replays, replay_csv           listed scenarios; `gram replay`
"""

from gramlib.simulation.books import run_books, start_price_usd_per_g
from gramlib.simulation.draws import STREAMS, generator
from gramlib.simulation.drivers import DRIVERS, draw_events
from gramlib.simulation.engine import ENGINES, ledger, simulate
from gramlib.simulation.events import Events
from gramlib.simulation.failures import failures
from gramlib.simulation.outcomes import Outcomes, Status
from gramlib.simulation.own_funds import OwnFundsRule
from gramlib.simulation.replay_csv import replay_csv
from gramlib.simulation.replays import run_replays, worst_scenario

__all__ = [
    "DRIVERS",
    "ENGINES",
    "STREAMS",
    "Events",
    "Outcomes",
    "OwnFundsRule",
    "Status",
    "draw_events",
    "failures",
    "generator",
    "ledger",
    "replay_csv",
    "run_books",
    "run_replays",
    "simulate",
    "start_price_usd_per_g",
    "worst_scenario",
]
