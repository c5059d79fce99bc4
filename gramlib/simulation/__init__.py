"""The issuer's day, E1 to E11 of MODEL.md (in this folder): engines, draws, random drivers, books of paths, replays.

day, book, reference, reference_extensions    one day, the state between two, and the engine in plain Python
kernel                         its jitted twin over many paths, prices and events drawn inside
stops, limits, own_funds       where a path ends; the lines of F1 to F7; what a profile asks for
draws                          addressed random numbers, the same in both engines
price_driver, price_models, student_t    what prices are drawn from; the laws in plain arrays
events, drivers                what is given beside prices; what is drawn
market_access                  what the gold market takes in a day, at which price
engine                         `simulate` and `ledger`, the door of both engines
outcomes, failures, causes     one row a path; predicates and causes of one ledger
books, fan, fan_bins           model-generated books; quantiles by day
odds                           listed scenarios with random drivers on
rerun                          books and scenarios again, for a changed issuer
replays, replay_csv            listed scenarios; `gram replay`
"""

from gramlib.readable import readable
from gramlib.simulation.book import Book, Claims
from gramlib.simulation.books import Books, Market, path_ledger, run_books, start_price_usd_per_g
from gramlib.simulation.causes import CAUSES
from gramlib.simulation.day import Day
from gramlib.simulation.draws import STREAMS, generator, normal, uniform
from gramlib.simulation.drivers import DRIVERS, Drawn, PathDrivers
from gramlib.simulation.engine import ENGINES, ledger, simulate
from gramlib.simulation.events import Events
from gramlib.simulation.failures import failures
from gramlib.simulation.odds import scenario_odds
from gramlib.simulation.outcomes import Outcomes, Status
from gramlib.simulation.own_funds import OwnFundsRule
from gramlib.simulation.price_driver import PriceDriver
from gramlib.simulation.reference_extensions import Happening
from gramlib.simulation.replay_csv import replay_csv
from gramlib.simulation.replays import Listed, listed_of, run_replays, worst_scenario
from gramlib.simulation.rerun import Rerun

__all__ = [
    "CAUSES",
    "DRIVERS",
    "ENGINES",
    "STREAMS",
    "Books",
    "Events",
    "Listed",
    "Market",
    "Outcomes",
    "OwnFundsRule",
    "PathDrivers",
    "PriceDriver",
    "Rerun",
    "Status",
    "failures",
    "generator",
    "ledger",
    "listed_of",
    "normal",
    "path_ledger",
    "replay_csv",
    "run_books",
    "run_replays",
    "scenario_odds",
    "simulate",
    "start_price_usd_per_g",
    "uniform",
    "worst_scenario",
]

# Here and not where they stand: the kernel is compiled anew whenever a module that it imports changes.
for _known in (Book, Claims, Day, Drawn, Events, Happening, Outcomes, OwnFundsRule, PriceDriver):
    readable(_known)
