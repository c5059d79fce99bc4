"""Every entry by name."""

from __future__ import annotations

from gramlib.artefacts import (
    analyse,
    analyse_backtests,
    analyse_metrics,
    analyse_packages,
    analyse_recommend,
    analyse_reverse,
    analyse_sensitivity,
    data,
    predict,
    report,
    train,
)
from gramlib.artefacts.columns import Artefact
from gramlib.errors import ArtefactError

_ANALYSE = (analyse, analyse_reverse, analyse_metrics, analyse_sensitivity, analyse_backtests, analyse_recommend,
            analyse_packages)  # fmt: skip

CATALOGUE: dict[str, Artefact] = {
    entry.name: entry for room in (data, train, predict, *_ANALYSE, report) for entry in room.ARTEFACTS
}


def of_stage(stage: str) -> tuple[Artefact, ...]:
    """Every artefact `stage` writes, in catalogue order."""
    return tuple(entry for entry in CATALOGUE.values() if entry.stage == stage)


def entry(name: str) -> Artefact:
    """Catalogue entry `name`; raises ArtefactError with the names there are."""
    if name not in CATALOGUE:
        raise ArtefactError(
            f"there is no artefact {name!r}", expected=f"one of {', '.join(CATALOGUE)}", origin="gramlib/artefacts"
        )
    return CATALOGUE[name]
