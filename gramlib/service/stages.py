"""/api/v1/runs/{run_id}/stages: how each stage stands, its manifest, and running it again."""

from __future__ import annotations

from typing import Literal

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from gramlib.runner.pipeline import NAMES, STAGES, Stage, stage_named
from gramlib.service.etags import conditional
from gramlib.service.problems import Refused
from gramlib.service.routes import Asked, Route, json_answer
from gramlib.service.runs import RunId, RunPath, RunView, StageName, run_view
from gramlib.store import RunFolder
from gramlib.store.manifest import first_missing


class StagePath(BaseModel):
    """The run and stage in an address."""

    run_id: RunId
    stage: StageName


class OutputView(BaseModel):
    """A file that a stage handed on, with its digest."""

    name: str
    sha256: str
    bytes: int
    rows: int | None
    version: int


class StageView(BaseModel):
    """One stage of a run. Times in seconds since 1970; those of the manifest are empty until the stage has succeeded."""

    run_id: str
    stage: StageName
    status: Literal["succeeded", "damaged", "running", "failed", "died", "interrupted", "terminated", "timed_out",
                    "out_of_memory", "not_run"]  # fmt: skip
    reason: str
    headline: str
    started: float | None
    finished: float | None
    wall_s: float | None
    warnings: list[str]
    outputs: list[OutputView]
    upstream: list[StageName] = Field(description="Stages it reads from")
    adopted_from: str = Field(description="The run whose work this is, where it was taken over")


class StageList(BaseModel):
    """Every stage of a run, in order."""

    stages: list[StageView]


class StageRequest(BaseModel):
    """How to run a stage."""

    model_config = ConfigDict(extra="forbid", strict=True)

    force: bool = Field(default=True, description="Run it also where nothing has changed")
    onwards: bool = Field(default=False, description="Run the stages after it too")


_KNOWN = ("running", "failed", "died", "interrupted", "terminated", "timed_out", "out_of_memory")


def _view(run_id: str, folder: RunFolder | None, stage: Stage) -> StageView:
    manifest = folder.manifest(stage.folder) if folder else None
    attempt = folder.last_attempt(stage.folder) if folder else None
    status, reason = "not_run", ""
    if folder is not None and manifest is not None:
        reason = first_missing(folder.stage_path(stage.folder), manifest)
        status = "damaged" if reason else "succeeded"
    if attempt is not None and (manifest is None or attempt.status == "running"):
        status = attempt.status if attempt.status in _KNOWN else "failed"
        reason = str(attempt.record.get("error", {}).get("message", ""))
    return StageView.model_validate(
        {
            "run_id": run_id,
            "stage": stage.name,
            "status": status,
            "reason": reason,
            "headline": manifest.headline if manifest else "",
            "started": manifest.started if manifest else None,
            "finished": manifest.finished if manifest else None,
            "wall_s": manifest.wall_s if manifest else None,
            "warnings": list(manifest.warnings) if manifest else [],
            "outputs": [
                {"name": o.name, "sha256": o.sha256, "bytes": o.bytes, "rows": o.rows, "version": o.version}
                for o in (manifest.outputs if manifest else ())
            ],
            "upstream": list(stage.upstream),
            "adopted_from": manifest.adopted_from if manifest else "",
        }
    )


def _list(asked: Asked) -> Response:
    known = asked.service.shelf.one(asked.path.run_id)
    return conditional(json_answer(StageList(stages=[_view(known.run_id, known.folder, stage) for stage in STAGES])))


def _get(asked: Asked) -> Response:
    known = asked.service.shelf.one(asked.path.run_id)
    return conditional(json_answer(_view(known.run_id, known.folder, stage_named(asked.path.stage))))


def _start(asked: Asked) -> Response:
    folder = asked.service.shelf.folder(asked.path.run_id)
    stage = stage_named(asked.path.stage)
    missing = [name for name in stage.upstream if folder.manifest(stage_named(name).folder) is None]
    if missing:
        raise Refused(
            409,
            f"stage {stage.name} reads from {', '.join(missing)}, which has not succeeded in run {folder.run_id}",
            expected="the stages before it done",
            remedy=f"POST /api/v1/runs/{folder.run_id}/stages/{missing[0]} first, with onwards",
        )
    record = folder.record()
    body: StageRequest = asked.body
    only = ["--from" if body.onwards and stage.name != NAMES[-1] else "--stage", stage.name]
    asked.service.jobs.add(
        folder.run_id, str(record.get("identity", "")), None, [*only, *(["--force"] if body.force else [])],
        str(record.get("title", "")), asked.caller.name,
    )  # fmt: skip
    view = run_view(asked, asked.service.shelf.one(folder.run_id))
    return json_answer(view, 202, {"Location": f"/api/v1/runs/{folder.run_id}/stages/{stage.name}"})


_ADDRESS = "/api/v1/runs/{run_id}/stages"
ROUTES = (
    Route("GET", _ADDRESS, _list, "Every stage of a run", tag="stages", path_model=RunPath, response=StageList, also=(304,)),
    Route(
        "GET", _ADDRESS + "/{stage}", _get, "One stage: how it stands, and its manifest", tag="stages",
        path_model=StagePath, response=StageView, also=(304,),
    ),
    Route(
        "POST", _ADDRESS + "/{stage}", _start, "Run one stage of a run again, alone or with those after it", role="run",
        tag="stages", path_model=StagePath, request=StageRequest, response=RunView, status=202, errors=(409,),
        safe_to_repeat=True,
    ),
)  # fmt: skip
