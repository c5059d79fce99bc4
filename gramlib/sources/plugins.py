"""Gold prices of other packages: entry points of the group gramlib.sources, each a function of DataParams.

    def load(params: DataParams) -> RawSeries: ...      its first line says what it is; `gram list sources` shows it

The series is a daily gold price in USD as it came, in the order it came, with its card. `params.path` is the user's file, where
the source reads one: its hash is then part of the run's key. What a source fetches itself is no part of the key, so that such
a run is repeated with --force. The series goes through the checks that a file of one's own goes through.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gramlib.errors import DataContractError, GramError, ParameterError
from gramlib.params.plugins import SOURCES, PlugIn, usable
from gramlib.units import GRAMS_PER_UNIT

if TYPE_CHECKING:
    from gramlib.params.stages import DataParams
    from gramlib.sources.raw import RawSeries

_CARD_TEXTS = ("title", "producer", "licence")


def load_series(params: DataParams) -> RawSeries:
    """The raw series of the plug-in that `params.source` names.

    Raises ParameterError for a name that no usable plug-in has, and for one that cannot be imported or fails; DataContractError
    for what is no raw series with its card. A GramError that the plug-in raises itself passes as it is.
    """
    found = usable(SOURCES).get(params.source)
    if found is None:
        raise ParameterError(
            f"data.source is {params.source!r}, and no installed package adds it",
            expected="sample, file, online or a plug-in that gram list sources shows",
            origin="data.source",
            remedy="correct the name, or install the package beside the workbench",
        )
    load = imported(found)
    try:
        series = load(params)
    except GramError:
        raise
    except Exception as error:
        raise found.error(f"it failed with {type(error).__name__}: {error}", "a RawSeries") from error
    _check(series, found)
    return series


def imported(found: PlugIn) -> Any:
    """The function behind the entry point; raises ParameterError where it cannot be imported or is no function."""
    module, _, attribute = found.target.partition(":")
    try:
        load = import_module(module)
        for name in attribute.split("."):
            load = getattr(load, name)
    except Exception as error:  # another package's code: whatever it raises, the others go on
        raise found.error(f"it cannot be imported ({type(error).__name__}: {error})") from error
    if not callable(load):
        raise found.error(f"{attribute} is {type(load).__name__}", "a function of DataParams that gives a RawSeries")
    return load


def _check(series: Any, found: PlugIn) -> None:
    from gramlib.sources.raw import RawSeries

    def require(holds: bool, said: str, expected: str) -> None:
        if not holds:
            wrong = found.error(said, expected)
            raise DataContractError(
                wrong.found, expected=wrong.expected, origin=wrong.origin, remedy=f"correct or update {found.package}"
            )

    require(isinstance(series, RawSeries), f"it gave {type(series).__name__}", "a gramlib.sources.raw.RawSeries")
    frame, card = series.frame, series.card
    kinds = {name: frame[name].dtype.kind for name in ("date", "value") if name in getattr(frame, "columns", ())}
    require(
        kinds == {"date": "M", "value": "f"}, f"its frame has {kinds}", "columns date (datetime64) and value (float)"
    )
    require(series.unit in GRAMS_PER_UNIT, f"its unit is {series.unit!r}", f"one of {', '.join(GRAMS_PER_UNIT)}")
    require(series.currency == "USD", f"its currency is {series.currency!r}", "USD")
    require(card.id == found.name, f"its card's id is {card.id!r}", f"{found.name!r}, the name of the entry point")
    require(
        card.rows == len(frame), f"its card tells of {card.rows} rows, the frame has {len(frame)}", "the same number"
    )
    for name in _CARD_TEXTS:
        require(bool(str(getattr(card, name)).strip()), f"its card has no {name}", f"{name} in words")
