"""POST /api/v1/what-if: what a run's figures would be for another issuer, on the run's own draws, in under a second."""

from __future__ import annotations

import math
import time
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from gramlib.report.vocabulary import failure_name
from gramlib.service.problems import Refused
from gramlib.service.routes import Asked, Route
from gramlib.service.shelf import RUN_ID
from gramlib.service.what_if_issuer import asked_issuer, own_value
from gramlib.service.what_if_kept import PREPARED
from gramlib.service.what_if_run import Estimate, Found, PreparedRun
from gramlib.store import RunFolder
from gramlib.verdicts.judgement import overall

Status = Literal["pass", "watch", "fail", "not_applicable"]
IssuerValue = bool | int | float | str | None | list[float]
_AXES = ("price_fall_to_queue", "price_fall_with_event_to_queue", "custody_loss_to_insolvency")


class WhatIfRequest(BaseModel):
    """A run, and what is to be changed about its issuer."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    run: Annotated[str, Field(pattern=RUN_ID)] = Field(
        description="A run whose stages train and predict have succeeded"
    )
    changes: dict[str, IssuerValue] = Field(
        default={},
        max_length=100,
        description="Dotted keys of an issuer file with their values; null switches off what may be",
        examples=[{"terms.fee": 0.004, "terms.gate": 0.05, "cash_usd": 30000000}],
    )


class Figure(BaseModel):
    """A figure with the ends of its interval; null where there is none."""

    value: float | None
    lower: float | None = None
    upper: float | None = None


class Failure(BaseModel):
    """One failure predicate: its chance a year, as the run's issuer and as the changed one, on the same paths."""

    predicate: str
    meaning: str
    book: str
    n_paths: int
    before: Figure
    after: Figure
    difference: Figure = Field(description="After less before, with the interval of paired paths")
    run: Figure = Field(description="The run's own figure, on all its paths; null where it was not analysed")
    limit: float
    status_before: Status
    status_after: Status
    decides: bool = Field(description="Whether this limit decides the verdict")
    sentence: str


class Loss(BaseModel):
    """Expected shortfall of the loss beside the price effect [USD]."""

    level: float
    n_paths: int
    before: Figure
    after: Figure
    difference: Figure


class Breaking(BaseModel):
    """The smallest shock that breaks the issuer, of those that the profile limits; null where none was found."""

    name: str
    before: float | None
    after: float | None
    limit: float
    status_before: Status
    status_after: Status
    sentence: str


class ScenarioMoved(BaseModel):
    """A listed scenario that is judged otherwise, or fails otherwise."""

    scenario: str
    title: str
    severity: str
    status_before: Status
    status_after: Status
    failed_before: list[str]
    failed_after: list[str]


class Scenarios(BaseModel):
    """Listed scenarios: how many of each status, and those that moved."""

    before: dict[Status, int]
    after: dict[Status, int]
    moved: list[ScenarioMoved]


class Changed(BaseModel):
    """One value of the issuer, before and after."""

    key: str
    before: IssuerValue
    after: IssuerValue


class WhatIfAnswer(BaseModel):
    """What the changes do. `verdict_run` is the run's verdict on all paths and standards, null where not analysed."""

    run: str
    changes: list[Changed]
    n_paths: dict[str, int] = Field(description="Paths behind the answer, by book: the first ones of the run's own")
    confidence: float
    data_grade: str
    verdict_before: Status
    verdict_after: Status
    verdict_run: Status | None
    failures: list[Failure]
    loss: Loss
    breaking: list[Breaking]
    scenarios: Scenarios
    notes: list[str]
    answer_s: float = Field(description="Seconds that the answer took")
    prepare_s: float = Field(description="Seconds that the run once took to be prepared")


def what_if(run: RunFolder, changes: dict[str, Any]) -> WhatIfAnswer:
    """The answer for `run` with `changes` to its issuer.

    Raises ParameterError for changes that leave no issuer, UpstreamNotReady for a run that has not predicted,
    DataContractError where a listed event cannot hit the changed issuer.
    """
    prepared = PREPARED.get(run)
    began = time.perf_counter()
    issuer = asked_issuer(prepared.issuer, changes)
    with PREPARED.turns:
        found = prepared.of(issuer)
    return answer_of(prepared, found, _changed(prepared, changes), time.perf_counter() - began)


def answer_of(prepared: PreparedRun, found: Found, changed: list[Changed], answer_s: float) -> WhatIfAnswer:
    """What was found, beside what the run's own issuer did."""
    judged = prepared.run_verdicts
    return WhatIfAnswer(
        run=prepared.run_id,
        changes=changed,
        n_paths=dict(prepared.n_paths),
        confidence=prepared.params.confidence,
        data_grade=prepared.grade,
        verdict_before=cast(Status, prepared.own.overall),
        verdict_after=cast(Status, found.overall),
        verdict_run=None if judged is None else cast(Status, overall(judged)),
        failures=[_failure(prepared, found, predicate) for predicate in found.failed],
        loss=Loss(
            level=prepared.params.level,
            n_paths=len(found.losses_usd),
            before=_figure(prepared.shortfall(prepared.own)),
            after=_figure(prepared.shortfall(found)),
            difference=_figure(prepared.shortfall_moved(found)),
        ),
        breaking=[_breaking(prepared, found, name) for name in _AXES],
        scenarios=_scenarios(prepared, found),
        notes=_notes(prepared),
        answer_s=round(answer_s, 4),
        prepare_s=round(prepared.prepare_s, 3),
    )


def _failure(prepared: PreparedRun, found: Found, predicate: str) -> Failure:
    before, after = _row(prepared.own, predicate), _row(found, predicate)
    book = prepared.book_of(predicate)
    return Failure(
        predicate=predicate,
        meaning=failure_name(predicate),
        book=book,
        n_paths=prepared.n_paths[book],
        before=_figure(prepared.probability(prepared.own, predicate)),
        after=_figure(prepared.probability(found, predicate)),
        difference=_figure(prepared.probability_moved(found, predicate)),
        run=_of_run(prepared, predicate),
        limit=float(after["limit"]),
        status_before=before["status"],
        status_after=after["status"],
        decides=bool(after["decides"]),
        sentence=after["sentence"],
    )


def _breaking(prepared: PreparedRun, found: Found, name: str) -> Breaking:
    before, after = _row(prepared.own, name), _row(found, name)
    return Breaking(
        name=name, before=_number(before["number"]), after=_number(after["number"]), limit=float(after["limit"]),
        status_before=before["status"], status_after=after["status"], sentence=after["sentence"],
    )  # fmt: skip


def _scenarios(prepared: PreparedRun, found: Found) -> Scenarios:
    before, after = _statuses(prepared.own), _statuses(found)
    failed_before, failed_after = _failing(prepared.own), _failing(found)
    moved = [
        ScenarioMoved(
            scenario=record["id"], title=record["title"], severity=record["severity"], status_before=before[record["id"]],
            status_after=after[record["id"]], failed_before=failed_before.get(record["id"], []),
            failed_after=failed_after.get(record["id"], []),
        )
        for record in prepared.scenarios_used["scenarios"]
        if (before[record["id"]], failed_before.get(record["id"])) != (after[record["id"]], failed_after.get(record["id"]))
    ]  # fmt: skip
    return Scenarios(before=_counts(before), after=_counts(after), moved=moved)


def _notes(prepared: PreparedRun) -> list[str]:
    books = " and ".join(f"the first {n:,} paths of the {book} book" for book, n in prepared.n_paths.items())
    return [
        f"Before and after are {books}, with the same draws: for an unchanged issuer they are the run's own, path by path.",
        "Fewer paths than the run's give wider intervals, and a limit may be watched that the run passes.",
        "Verdicts are by the profile's own limits; standards, sensitivities and measures are not computed again.",
        "Nothing else moves with a change: cash that is added is new money of the owners.",
    ]


def _row(found: Found, requirement: str) -> dict[str, Any]:
    rows = found.verdicts[found.verdicts["requirement"] == requirement]
    return {str(name): value for name, value in rows.iloc[0].items()}


def _of_run(prepared: PreparedRun, predicate: str) -> Figure:
    judged = prepared.run_verdicts
    rows = None if judged is None else judged[judged["requirement"] == predicate]
    return Figure(value=None if rows is None or rows.empty else _number(rows["number"].iloc[0]))


def _statuses(found: Found) -> dict[str, Status]:
    rows = found.verdicts[found.verdicts["requirement"] == "listed scenario"]
    return dict(zip(rows["subject"], rows["status"], strict=True))


def _failing(found: Found) -> dict[str, list[str]]:
    rows = found.scenario_failures[found.scenario_failures["first_day"] >= 0]
    return {str(name): sorted(group) for name, group in rows.groupby("scenario", sort=False)["predicate"]}


def _counts(statuses: dict[str, Status]) -> dict[Status, int]:
    held = list(statuses.values())
    names: tuple[Status, ...] = ("pass", "watch", "fail")
    return {name: held.count(name) for name in names}


def _changed(prepared: PreparedRun, changes: dict[str, Any]) -> list[Changed]:
    return [Changed(key=key, before=own_value(prepared.issuer, key), after=value) for key, value in changes.items()]


def _figure(estimate: Estimate) -> Figure:
    return Figure(value=_number(estimate.value), lower=_number(estimate.lower), upper=_number(estimate.upper))


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _ask(asked: Asked) -> WhatIfAnswer:
    body: WhatIfRequest = asked.body
    known = asked.service.shelf.one(body.run)
    if known.folder is None:
        raise Refused(409, f"run {body.run} has not started", expected="a run whose stages train and predict succeeded",
                      remedy="wait until it has, or choose another run")  # fmt: skip
    return what_if(known.folder, dict(body.changes))


ROUTES = (
    Route(
        "POST",
        "/api/v1/what-if",
        _ask,
        "Headline figures of a run for a changed issuer, on the run's own draws",
        tag="what-if",
        response=WhatIfAnswer,
        request=WhatIfRequest,
        errors=(404, 409),
    ),
)
