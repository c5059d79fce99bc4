"""/api/v1/runs: start, list, look at, cancel."""

from __future__ import annotations

import base64
import binascii
import contextlib
from typing import Annotated, Any, Literal, cast

from flask import Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from gramlib.runner.pipeline import STAGES, select
from gramlib.runner.resolve import ResolvedRun
from gramlib.service.asking import resolved
from gramlib.service.etags import conditional
from gramlib.service.jobs import Job, Overtaken, state_of
from gramlib.service.problems import Refused
from gramlib.service.routes import Asked, Route, json_answer
from gramlib.service.shelf import RUN_ID, Known

Status = Literal["queued", "running", "succeeded", "failed", "cancelled", "partial", "damaged", "died", "unknown"]
StageName = Literal["data", "train", "predict", "analyse", "report"]
RunId = Annotated[str, Field(pattern=RUN_ID, description="Name of a run, as GET /api/v1/runs lists them")]


class RunPath(BaseModel):
    """The run in an address."""

    run_id: RunId


class RunRequest(BaseModel):
    """A parameter set: a run file by its name, and what is to differ from it."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    params: str = Field(
        min_length=1, max_length=100, description="A run file of params/ by its name", examples=["smoke"]
    )
    set: dict[str, JsonValue] = Field(
        default={},
        max_length=200,
        description="Values on top, by dotted name, as gram run --set takes them",
        examples=[{"predict.n_paths": 5000, "issuer.terms.fee": 0.004}],
    )
    run_id: RunId | None = Field(default=None, description="Name of the run; by default made from all parameters")
    until: StageName | None = Field(default=None, description="The last stage to run")
    force: bool = Field(default=False, description="Run also what has not changed")


class JobView(BaseModel):
    """A run's last place in the queue."""

    state: Literal["queued", "running", "succeeded", "failed", "cancelled"]
    ahead: int = Field(description="Jobs that wait before it")
    asked_by: str
    created: float = Field(description="Seconds since 1970, as all times")
    started: float | None
    ended: float | None
    starts: int = Field(description="Processes begun for it")
    cancelling: bool
    exit_code: int | None
    reason: str


class RunView(BaseModel):
    """One run: how it stands, and what it found."""

    run_id: str
    title: str
    status: Status
    reason: str = Field(description="Why it has not succeeded; empty where it has")
    created: float
    verdict: str = Field(description="pass, watch, fail or not_applicable; empty until the report is made")
    verdict_sentence: str
    verdict_caveat: str
    headlines: list[Any]
    grade: str = Field(description="Grade of its data, A to D")
    data: str = Field(description="What the data are, in words")
    job: JobView | None
    links: dict[str, str]


class RunPage(BaseModel):
    """Some runs, newest first; `next` is the cursor of those that follow, empty at the end."""

    runs: list[RunView]
    next: str


class RunQuery(BaseModel):
    """Which runs to list."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=20, ge=1, le=200)
    cursor: str = Field(
        default="", max_length=300, pattern="^[A-Za-z0-9_-]*$", description="What the page before called next"
    )
    status: Status | None = None
    prefix: str = Field(default="", max_length=100, description="Begin of the run id, such as baseline-")


def job_view(job: Job, ahead: int) -> JobView:
    """A job as it is shown."""
    return JobView(
        state=cast(Any, job.state), ahead=ahead, asked_by=job.asked_by, created=job.created, started=job.started, ended=job.ended,
        starts=job.starts, cancelling=job.cancelled and job.live, exit_code=job.exit_code, reason=job.reason,
    )  # fmt: skip


def run_view(asked: Asked, known: Known) -> RunView:
    """A run as it is shown."""
    summary = known.summary()
    job = known.job
    ahead = asked.service.jobs.ahead_of(job) if job is not None and job.state == "queued" else 0
    address = f"/api/v1/runs/{known.run_id}"
    links = {"self": address, "events": f"{address}/events", "stages": f"{address}/stages"}
    if known.folder is not None:
        links["artefacts"] = f"{address}/artefacts"
    links |= {name.replace(" ", "_"): f"/{path}" for name, path in summary["links"].items()}
    return RunView(
        run_id=known.run_id, title=summary["title"], status=summary["status"], reason=summary["reason"],
        created=summary["created"], verdict=summary["verdict_status"], verdict_sentence=summary["verdict_sentence"],
        verdict_caveat=summary["verdict_caveat"], headlines=summary["headlines"], grade=summary["grade"],
        data=summary["label"], job=job_view(job, ahead) if job is not None else None, links=links,
    )  # fmt: skip


def _list(asked: Asked) -> Response:
    query: RunQuery = asked.query
    runs = [known for known in asked.service.shelf.all() if known.run_id.startswith(query.prefix)]
    if query.cursor:
        after = _cursor_read(query.cursor)
        runs = [known for known in runs if (known.created, known.run_id) < after]
    shown: list[RunView] = []
    following = ""
    for known in runs:
        if len(shown) == query.limit:
            following = _cursor(shown[-1])
            break
        view = run_view(asked, known)
        if query.status is None or view.status == query.status:
            shown.append(view)
    page = RunPage(runs=shown, next=following)
    headers = {}
    if following:
        status = f"&status={query.status}" if query.status else ""
        prefix = f"&prefix={query.prefix}" if query.prefix else ""
        address = f"/api/v1/runs?limit={query.limit}&cursor={following}{status}{prefix}"
        headers["Link"] = f'<{address}>; rel="next"'
    return conditional(json_answer(page, headers=headers))


def _cursor(view: RunView) -> str:
    return base64.urlsafe_b64encode(f"{view.created!r} {view.run_id}".encode()).decode().rstrip("=")


def _cursor_read(text: str) -> tuple[float, str]:
    try:
        created, _, run_id = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("utf-8").partition(" ")
        return float(created), run_id
    except (ValueError, binascii.Error):
        raise Refused(422, "cursor is none that was handed out", expected="what the page before called next") from None


def start(asked: Asked) -> Response:
    """Queue the run that `asked.body`, a RunRequest, describes, or tell of the one there is."""
    body: RunRequest = asked.body
    select(STAGES, last=body.until or "")
    run = resolved(body.params, body.set, body.run_id or "", asked.service.settings.root)
    while True:
        with contextlib.suppress(Overtaken):
            return _queued_or_there(asked, body, run)


def _queued_or_there(asked: Asked, body: RunRequest, run: ResolvedRun) -> Response:
    service, location = asked.service, {"Location": f"/api/v1/runs/{run.run_id}"}
    known = service.shelf.find(run.run_id)
    if known is not None and known.folder is not None:
        if known.folder.record().get("identity") != run.record["identity"]:
            raise Refused(
                409,
                f"run {run.run_id} exists with other parameters",
                expected="one set of parameters a run id",
                remedy="leave out run_id, or choose another one",
            )
        view = run_view(asked, known)
        if view.status == "succeeded" and not body.force:
            return json_answer(view, 200, location)
    service.jobs.add(
        run.run_id,
        run.record["identity"],
        run.record,
        [*(["--until", body.until] if body.until else []), *(["--force"] if body.force else [])],
        str(run.record["title"]),
        asked.caller.name,
        seen=state_of(known.job if known else None),
    )
    return json_answer(run_view(asked, service.shelf.one(run.run_id)), 202, location)


def _get(asked: Asked) -> Response:
    return conditional(json_answer(run_view(asked, asked.service.shelf.one(asked.path.run_id))))


def _cancel(asked: Asked) -> Response:
    known = asked.service.shelf.one(asked.path.run_id)
    asked.service.jobs.cancel(known.run_id)
    return json_answer(run_view(asked, asked.service.shelf.one(known.run_id)), 202)


ROUTES = (
    Route("GET", "/api/v1/runs", _list, "Runs, newest first", tag="runs", query=RunQuery, response=RunPage, also=(304,)),
    Route(
        "POST", "/api/v1/runs", start, "Start a run of a parameter set, or find the one there is", role="run", tag="runs",
        request=RunRequest, response=RunView, status=202, also=(200,), errors=(409,), safe_to_repeat=True,
    ),
    Route(
        "GET", "/api/v1/runs/{run_id}", _get, "One run", tag="runs", path_model=RunPath, response=RunView, also=(304,),
    ),
    Route(
        "DELETE", "/api/v1/runs/{run_id}", _cancel, "Cancel a run that is queued or running; what it has finished stays",
        role="run", tag="runs", path_model=RunPath, response=RunView, status=202, errors=(409,),
    ),
)  # fmt: skip
