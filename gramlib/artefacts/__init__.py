"""The catalogue: every table or document that one stage hands to another.

One entry an artefact: who writes it, in which file, its key, and for each column the type, unit, meaning
and bounds. The bounds are magnitude checks as well (gold per ounce is 31 times gold per gram and passes
every type check). `check_table` holds a frame against its entry; it is called at both doors of a stage.

Losses are positive numbers, shares and rates are fractions, `-1` in a `*_day` column means "never".

    columns                                 what an entry is made of
    ledger, events                          columns of a daily ledger; of what happens beside prices
    data, train, predict, analyse, report   the entries, by the stage that writes them
    catalogue                               all of them by name
    checking                                a frame against its entry; loads pandera when called
"""

from gramlib.artefacts.catalogue import CATALOGUE, entry, of_stage
from gramlib.artefacts.checking import check_table, empty_table
from gramlib.artefacts.columns import PREDICATES, STATUSES, Artefact, Column, predicates_of
from gramlib.artefacts.events import EVENT_COLUMNS, EventColumn
from gramlib.artefacts.ledger import LEDGER_COLUMNS, LEDGER_EXTENSIONS, LEDGER_EXTRA

__all__ = [
    "CATALOGUE",
    "EVENT_COLUMNS",
    "LEDGER_COLUMNS",
    "LEDGER_EXTENSIONS",
    "LEDGER_EXTRA",
    "PREDICATES",
    "STATUSES",
    "Artefact",
    "Column",
    "EventColumn",
    "check_table",
    "empty_table",
    "entry",
    "of_stage",
    "predicates_of",
]
