"""Sources in order of preference: the first that answers is used, and why each before it was not is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from gramlib.errors import DataContractError, GramError, ParameterError, SourceUnreachable
from gramlib.sources.online.deadline import Deadline
from gramlib.sources.online.fetch import fetch_series, provider_named, terms_refused
from gramlib.sources.online.settings import OnlineSettings
from gramlib.sources.raw import Decision, RawSeries

TERMS, UNREACHABLE, CHANGED = "terms", "unreachable", "changed"


@dataclass(frozen=True)
class Attempted:
    """One source of a chain: `outcome` is used, terms, unreachable, changed or not needed; `reason` says why."""

    provider: str
    outcome: str
    reason: str

    def sentence(self) -> str:
        """The attempt in one line."""
        return f"{self.provider}: {self.outcome}, {self.reason}"


@dataclass(frozen=True)
class ChainResult:
    """The series that is used, and every source tried before it or left untried behind it."""

    series: RawSeries
    tried: tuple[Attempted, ...]


def fetch_chain(
    providers: Sequence[str], settings: OnlineSettings, tell: Callable[[str], None] | None = None
) -> ChainResult:
    """The first of `providers` that gives its series; each skipped one is told (`tell`) and noted in the series.

    The chain as a whole keeps to `total_timeout_s`: each source has an equal share of what is left, so that one that
    drips cannot use up the time of those behind it.
    When none does: SourceUnreachable if any may answer later, else DataContractError if any has changed its form,
    else ParameterError (terms not accepted), each with every reason.
    """
    refused = [terms_refused(provider_named(name), settings) for name in providers]
    deadline = Deadline(settings.total_timeout_s, "chain")
    tried: list[Attempted] = []
    for place, name in enumerate(providers):
        share_s = deadline.remaining() / max(1, refused[place:].count(None))
        got = refused[place] or _series_or_error(name, replace(settings, total_timeout_s=share_s))
        if isinstance(got, GramError):
            tried.append(Attempted(name, _outcome(got), got.found))
            if tell:
                tell(f"skipped {tried[-1].sentence()}")
            continue
        skipped = tuple(
            Decision(
                "chain", "warning", attempt.sentence(), "the first source of the chain", f"skipped; {name} is used"
            )
            for attempt in tried
        )
        tried.append(Attempted(name, "used", f"{len(got.frame):,} rows, {got.card.start} to {got.card.end}"))
        tried += [Attempted(later, "not needed", f"{name} answered") for later in providers[place + 1 :]]
        return ChainResult(replace(got, notes=(*skipped, *got.notes)), tuple(tried))
    raise _none_answered(tried)


def _series_or_error(name: str, settings: OnlineSettings) -> RawSeries | SourceUnreachable | DataContractError:
    try:
        return fetch_series(name, settings)
    except (SourceUnreachable, DataContractError) as error:
        return error


def _outcome(error: GramError) -> str:
    if isinstance(error, SourceUnreachable):
        return UNREACHABLE
    return CHANGED if isinstance(error, DataContractError) else TERMS


def _none_answered(tried: list[Attempted]) -> GramError:
    outcomes = {attempt.outcome for attempt in tried}
    kind: type[GramError] = ParameterError
    if outcomes & {UNREACHABLE, CHANGED}:
        kind = SourceUnreachable if UNREACHABLE in outcomes else DataContractError
    return kind(
        "; ".join(attempt.sentence() for attempt in tried) or "an empty chain of sources",
        expected="one source that answers",
        origin="data.chain",
        remedy="try again later, set data.offline: true to use snapshots, accept terms in data.accept_terms, "
        "or give a file (data.source: file, data.path)",
    )
