"""Every series a run asks for, from files or from the network, and what was tried for each.

The gold price must be had: when no source of the chain gives it, the error says why for each. What else was asked
for (series to splice, to compare with, tokens, flows, covariates) may be missing from an online source: the run goes on without
it, and says so in the quality log. A file that cannot be read always ends the run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gramlib.errors import GramError, ParameterError
from gramlib.params.data_params import COVARIATE_PROVIDERS, FLOW_PROVIDERS, TOKEN_PROVIDERS, DataParams, named_files
from gramlib.prices.tokens import TokenSeries
from gramlib.readable import readable
from gramlib.sources import covariate_file, load, quantity_file
from gramlib.sources.raw import Decision, RawSeries

if TYPE_CHECKING:
    from gramlib.sources.online import OnlineSettings

OF_THE_MAIN_FILE = ("column", "unit", "date_order", "decimal", "delimiter", "sheet", "day_shift")
Progress = Callable[[int, int, str], None]


@readable
@dataclass(frozen=True)
class Attempt:
    """One source asked for a `role` (gold, splice, token paxg, flow usdc, covariate gvz): `outcome` is used or why not."""

    role: str
    name: str
    outcome: str
    reason: str


@readable
@dataclass(frozen=True)
class Gathered:
    """The series as they came, the preferred gold price first."""

    gold: RawSeries
    splice: tuple[RawSeries, ...]
    crosscheck: tuple[RawSeries, ...]
    tokens: tuple[TokenSeries, ...]
    flows: tuple[tuple[str, RawSeries], ...]
    covariates: tuple[tuple[str, RawSeries], ...]
    tried: tuple[Attempt, ...]

    @property
    def skipped(self) -> tuple[Decision, ...]:
        """Quality rows for what was asked for and could not be had."""
        return tuple(
            Decision(f"{each.role} {each.name}", "ok" if each.outcome == "not needed" else "warning",
                     f"{each.outcome}: {each.reason}", "an answer", "left out; the run goes on without it")
            for each in self.tried if each.outcome != "used" and each.role != "gold"
        )  # fmt: skip


def gather(
    params: DataParams, snapshots: Path, progress: Progress | None = None, settings: OnlineSettings | None = None
) -> Gathered:
    """Load everything `params` names; fetched answers are kept under `snapshots`.

    `settings` replaces those made from `params`, for mirrors and tests. Raises SourceUnreachable, DataContractError or
    ParameterError when the gold price cannot be had, or a file is not what it should be.
    """
    tell = progress or (lambda done, total, text: None)
    if params.source == "online":
        return _Online(params, settings or online_settings(params, snapshots), tell).gather()
    tell(0, 1, "reading files")
    unused = [name for name in ("tokens", "flows", "covariates") if getattr(params, name)]
    unused += [
        name
        for name in ("splice", "crosscheck")
        if len(named_files(getattr(params, name))) < len(getattr(params, name))
    ]
    tried = tuple(
        Attempt(f"data.{name}", "providers", "not asked", f"data.source is {params.source}") for name in unused
    )
    return Gathered(load(params), _files(params, params.splice), _files(params, params.crosscheck),
                    _token_files(params), _flow_files(params), _covariate_files(params), tried)  # fmt: skip


def online_settings(params: DataParams, snapshots: Path) -> OnlineSettings:
    """How the network may be used, as `params` say.

    For a day that is over, a snapshot that was young enough on that day still is: repeating its run asks nobody.
    """
    import datetime as dt

    from gramlib.sources.online import OnlineSettings

    now = dt.datetime.now(dt.UTC)
    since = 0.0
    if params.as_of and params.as_of < f"{now:%Y-%m-%d}":
        since = (now - dt.datetime.fromisoformat(params.as_of).replace(tzinfo=dt.UTC)).total_seconds() / 3600
    return OnlineSettings(
        snapshots=snapshots, accept_terms=tuple(params.accept_terms), max_age_hours=params.max_age_hours + since,
        total_timeout_s=params.total_timeout_s, offline=params.offline, now=now,
    )  # fmt: skip


def _files(params: DataParams, items: list[str]) -> tuple[RawSeries, ...]:
    return tuple(_price_file(params, name, path) for name, path in named_files(items).items())


def _price_file(params: DataParams, name: str, path: str) -> RawSeries:
    defaults = {field: DataParams.model_fields[field].default for field in OF_THE_MAIN_FILE}
    raw = load(params.model_copy(update={"source": "file", "path": path, **defaults}))
    return replace(raw, card=replace(raw.card, id=f"file:{name}"))


def _token_files(params: DataParams) -> tuple[TokenSeries, ...]:
    return tuple(
        TokenSeries(name, _price_file(params, name, path), stamps_known=False)
        for name, path in named_files(params.token_files).items()
    )


def _flow_files(params: DataParams) -> tuple[tuple[str, RawSeries], ...]:
    return _dated_files(params.flow_files, quantity_file.load)


def _covariate_files(params: DataParams) -> tuple[tuple[str, RawSeries], ...]:
    return _dated_files(params.covariate_files, covariate_file.load)


def _dated_files(items: list[str], read: Callable[[str, str], RawSeries]) -> tuple[tuple[str, RawSeries], ...]:
    loaded = ((name, read(name, path)) for name, path in named_files(items).items())
    return tuple((name, replace(raw, card=replace(raw.card, id=f"file:{name}"))) for name, raw in loaded)


class _Online:
    """The providers of one run, asked one after the other within one limit of time."""

    def __init__(self, params: DataParams, settings: OnlineSettings, tell: Progress) -> None:
        self._params, self._settings, self._tell = params, settings, tell
        self._deadline = time.monotonic() + settings.total_timeout_s
        self._tried: list[Attempt] = []
        self._had: dict[str, RawSeries] = {}
        self._done = 0
        listed = (params.splice, params.crosscheck, params.tokens, params.flows, params.covariates)
        self._total = 1 + sum(map(len, listed))

    def gather(self) -> Gathered:
        """Everything, the gold price first: without it nothing else is asked for."""
        params = self._params
        gold = self._chain("gold", params.chain)
        splice = self._each("splice", params.splice, {gold.card.id})
        inside = {gold.card.id, *(raw.card.id for raw in splice)}
        crosscheck = self._each("crosscheck", params.crosscheck, inside)
        tokens = [
            TokenSeries(token, raw, stamps_known=True)
            for token, raw in self._grouped("token", params.tokens, TOKEN_PROVIDERS)
        ]
        flows = self._grouped("flow", params.flows, FLOW_PROVIDERS)
        covariates = self._covariates()
        return Gathered(gold, splice, crosscheck, (*tokens, *_token_files(params)), (*flows, *_flow_files(params)),
                        covariates, tuple(self._tried))  # fmt: skip

    def _covariates(self) -> tuple[tuple[str, RawSeries], ...]:
        """From files first: a file takes the place of the provider of the same covariate."""
        files = _covariate_files(self._params)
        given = {name for name, _ in files}
        asked = [name for name in self._params.covariates if COVARIATE_PROVIDERS[name] not in given]
        self._tried += [
            Attempt(f"covariate {COVARIATE_PROVIDERS[name]}", name, "not needed", "a file gives it")
            for name in self._params.covariates
            if name not in asked
        ]
        return (*self._grouped("covariate", asked, COVARIATE_PROVIDERS), *files)

    def _chain(self, role: str, names: list[str]) -> RawSeries:
        """The first of `names` that answers; raises what fetch_chain raises."""
        from gramlib.sources.online import fetch_chain

        self._tell(self._done, self._total, f"{role}: {', '.join(names)}")
        self._done += 1
        left = self._deadline - time.monotonic()
        result = fetch_chain(names, replace(self._settings, total_timeout_s=max(left, 0.001)))
        self._tried += [Attempt(role, each.provider, each.outcome, each.reason) for each in result.tried]
        return result.series

    def _each(self, role: str, items: list[str], inside: set[str]) -> tuple[RawSeries, ...]:
        files = named_files(items)
        found: list[RawSeries] = []
        for item in items:
            name = item.partition("=")[0]
            if name in files:
                found.append(_price_file(self._params, name, files[name]))
            elif name in inside:
                self._tried.append(Attempt(role, name, "not needed", "it is a part of the price already"))
            elif (raw := self._optional(role, [name])) is not None:
                found.append(raw)
        return tuple(found)

    def _grouped(self, role: str, names: list[str], thing_of: dict[str, str]) -> list[tuple[str, RawSeries]]:
        found = []
        for thing in dict.fromkeys(thing_of[name] for name in names):
            raw = self._optional(f"{role} {thing}", [name for name in names if thing_of[name] == thing])
            if raw is not None:
                found.append((thing, raw))
        return found

    def _optional(self, role: str, names: list[str]) -> RawSeries | None:
        if len(names) == 1 and names[0] in self._had:
            return self._had[names[0]]
        if time.monotonic() >= self._deadline:
            self._tried += [Attempt(role, name, "not asked", "data.total_timeout_s was used up") for name in names]
            return None
        try:
            raw = self._chain(role, names)
        except GramError as error:
            outcome = "terms" if isinstance(error, ParameterError) else "failed"
            self._tried.append(Attempt(role, ", ".join(names), outcome, error.found))
            return None
        self._had[raw.card.id] = raw
        return raw
