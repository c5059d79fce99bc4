"""One online series: from a snapshot young enough, or fetched, checked, kept, and never replaced by less."""

from __future__ import annotations

import datetime as dt
import time

import pandas as pd

from gramlib.errors import DataContractError, ParameterError, SourceUnreachable
from gramlib.params.suggest import did_you_mean
from gramlib.sources.card import SourceCard
from gramlib.sources.online.client import Client
from gramlib.sources.online.deadline import Deadline, within
from gramlib.sources.online.provider import Parsed, Provider, RawFile
from gramlib.sources.online.reading import read_answers
from gramlib.sources.online.registry import PROVIDERS
from gramlib.sources.online.replacing import refusal, revisions
from gramlib.sources.online.settings import OnlineSettings
from gramlib.sources.online.snapshots import Snapshot, newest, save, sha256_of
from gramlib.sources.raw import Decision, RawSeries


def fetch_series(provider: str, settings: OnlineSettings) -> RawSeries:
    """The series called `provider`, with its card and what was decided on the way.

    Raises ParameterError for an unknown name or terms not accepted, SourceUnreachable when it cannot be had now
    (with what to try next), DataContractError with the first bytes when its form has changed.
    """
    source = provider_named(provider)
    if refused := terms_refused(source, settings):
        raise refused
    folder = settings.snapshots / source.snapshot_folder
    snapshot, passed_over = newest(folder)
    notes = [
        Decision("snapshot", "warning", sentence, "bytes as they were fetched", "not used") for sentence in passed_over
    ]
    if snapshot and (settings.offline or snapshot.age_hours(settings.now) <= settings.max_age_hours):
        return _from_snapshot(source, snapshot, settings, notes)
    if settings.offline:
        raise SourceUnreachable(
            f"no snapshot of {source.name}, and data.offline is true",
            expected=f"a snapshot under {folder}",
            origin="data.offline",
            remedy="run once with data.offline: false on a machine with network, or name another source",
        )
    try:
        files = _collect(source, settings)
    except SourceUnreachable as error:
        raise _with_snapshot_offered(error, snapshot, settings) from error
    return _fetched(source, snapshot, files, settings, notes)


def provider_named(name: str) -> Provider:
    """The provider called `name`; raises ParameterError with what was perhaps meant."""
    if name not in PROVIDERS:
        raise ParameterError(
            f"no online source is called {name!r}{did_you_mean(name, PROVIDERS)}",
            expected=f"one of {', '.join(PROVIDERS)}",
            origin="data",
            remedy="correct the name",
        )
    return PROVIDERS[name]


def terms_refused(provider: Provider, settings: OnlineSettings) -> ParameterError | None:
    """The error of a source whose terms the user has not accepted, None when there is nothing to accept."""
    if not provider.needs_terms or provider.name in settings.accept_terms:
        return None
    return ParameterError(
        f"{provider.name} is off until its terms are accepted: {provider.terms}",
        expected=f"{provider.name} in data.accept_terms",
        origin="data.accept_terms",
        remedy=f"read them at {provider.url}; if they allow your use, set data.accept_terms: [{provider.name}]",
    )


def _collect(provider: Provider, settings: OnlineSettings) -> tuple[RawFile, ...]:
    """Every answer the provider asks for, in order, within the total limit."""
    deadline = Deadline(settings.total_timeout_s, provider.name)

    def work() -> tuple[RawFile, ...]:
        files: list[RawFile] = []
        with Client(settings, deadline, provider.user_agent) as client:
            turning = provider.requests(settings.now)
            request = next(turning)
            while True:
                answer = client.get(request)
                if answer is not None:
                    files.append(answer)
                try:
                    request = turning.send(answer.content if answer else None)
                except StopIteration:
                    return tuple(files)
                except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
                    return _stumbled(provider, tuple(files), error)
                time.sleep(min(settings.manners.pause_s, deadline.remaining()))

    return within(deadline, work)


def _stumbled(provider: Provider, files: tuple[RawFile, ...], error: Exception) -> tuple[RawFile, ...]:
    """Pages cannot be turned: reading says why with the bytes seen, and where reading would not mind, this does."""
    read_answers(provider, files, dt.datetime.now(dt.UTC))
    raise DataContractError(
        f"the next page cannot be told from the answer ({type(error).__name__}: {error})",
        expected="the documented form",
        origin=files[-1].url,
        remedy="name another source, and report it",
    ) from error


def _fetched(
    provider: Provider,
    before: Snapshot | None,
    files: tuple[RawFile, ...],
    settings: OnlineSettings,
    notes: list[Decision],
) -> RawSeries:
    folder = settings.snapshots / provider.snapshot_folder
    if not files:
        raise DataContractError(
            f"{provider.name} answered every request with nothing",
            expected="at least one answer",
            origin=provider.url,
            remedy="name another source, and report it",
        )
    identity = {"id": provider.name, "url": files[-1].url}
    try:
        parsed = read_answers(provider, files, settings.now)
    except DataContractError as error:
        kept = save(folder, settings.now, files, identity, refused=error.found)
        raise DataContractError(
            error.found, expected=error.expected, origin=f"{error.origin}; kept in {kept}", remedy=error.remedy
        ) from error
    card = _card(provider, parsed.frame, files, settings.now)
    old = _readable(provider, before, notes)
    reason = refusal(provider, old, parsed.frame) if old is not None else ""
    if before is not None and reason:
        kept = save(folder, settings.now, files, card.to_record(), refused=reason)
        notes.append(Decision("snapshot", "warning", f"a new answer was refused: {reason}", "no less than before",
                              f"kept aside in {kept}; the {before.sentence(settings.now)}, is used"))  # fmt: skip
        return _from_snapshot(provider, before, settings, notes)
    save(folder, settings.now, files, card.to_record())
    if old is not None:
        notes += revisions(old, parsed.frame)
    notes.append(Decision("snapshot", "ok", f"fetched {settings.now:%Y-%m-%d %H:%M} UTC, {len(parsed.frame):,} rows",
                          f"a snapshot at most {settings.max_age_hours:g} hours old", "fetched and kept"))  # fmt: skip
    return _series(provider, parsed, card, notes)


def _readable(provider: Provider, before: Snapshot | None, notes: list[Decision]) -> pd.DataFrame | None:
    """The series of the snapshot before, None when there is none or it can no longer be read."""
    if before is None:
        return None
    try:
        return read_answers(provider, before.files, before.accessed).frame
    except DataContractError as error:
        notes.append(Decision("snapshot", "warning", f"{before.folder.name} can no longer be read: {error.found}",
                              "a readable snapshot", "replaced"))  # fmt: skip
        return None


def _from_snapshot(
    provider: Provider, snapshot: Snapshot, settings: OnlineSettings, notes: list[Decision]
) -> RawSeries:
    parsed = read_answers(provider, snapshot.files, snapshot.accessed)
    why = "data.offline is true" if settings.offline else f"at most {settings.max_age_hours:g} hours old"
    young = snapshot.age_hours(settings.now) <= settings.max_age_hours
    notes.append(Decision("snapshot", "ok" if young else "warning", snapshot.sentence(settings.now), why, "used"))
    card = _card(provider, parsed.frame, snapshot.files, snapshot.accessed)
    return _series(provider, parsed, card, notes)


def _series(provider: Provider, parsed: Parsed, card: SourceCard, notes: list[Decision]) -> RawSeries:
    return RawSeries(
        parsed.frame,
        provider.unit,
        provider.column,
        provider.name,
        card,
        (*notes, *parsed.notes),
        instrument=provider.instrument,
        hour_utc=provider.hour_utc,
        currency=provider.currency,
    )


def _card(provider: Provider, frame: pd.DataFrame, files: tuple[RawFile, ...], accessed: dt.datetime) -> SourceCard:
    return SourceCard(
        id=provider.name,
        title=provider.title,
        producer=provider.producer,
        url=files[-1].url,
        licence=provider.licence,
        redistribute=provider.redistribute,
        accessed=accessed.isoformat(),
        sha256=sha256_of(files),
        unit=provider.card_unit,
        instrument=provider.instrument,
        rows=len(frame),
        start=f"{frame['date'].iloc[0]:%Y-%m-%d}",
        end=f"{frame['date'].iloc[-1]:%Y-%m-%d}",
    )


def _with_snapshot_offered(
    error: SourceUnreachable, snapshot: Snapshot | None, settings: OnlineSettings
) -> SourceUnreachable:
    if snapshot is None:
        return error
    offer = f"set data.offline: true to use the {snapshot.sentence(settings.now)}; or {error.remedy}"
    return SourceUnreachable(error.found, expected=error.expected, origin=error.origin, remedy=offer)
