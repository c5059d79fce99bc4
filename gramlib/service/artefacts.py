"""/api/v1/runs/{run_id}/artefacts: tables and documents by catalogue name, as parquet, CSV or JSON.

Each is verified by its hash before it is sent. Rows of a source that does not say `redistribute: yes` go to whoever sits
at this machine, who has the files anyway, and to nobody with a token: that would be handing them on.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from flask import Response, request, send_file
from pydantic import BaseModel, ConfigDict, Field

from gramlib.artefacts import CATALOGUE, Artefact
from gramlib.errors import ArtefactError
from gramlib.runner.pipeline import STAGES, stage_named
from gramlib.service.etags import conditional
from gramlib.service.problems import Refused
from gramlib.service.routes import JSON, Asked, Route, json_answer
from gramlib.service.runs import RunId, RunPath
from gramlib.service.shelf import cards_of
from gramlib.store import RunFolder
from gramlib.store.hashing import sha256_file
from gramlib.store.manifest import Output

PARQUET = "application/vnd.apache.parquet"
CSV = "text/csv"
_CHUNK_ROWS = 20_000
_SOURCE_ROWS = frozenset({"prices", "token_prices", "flows", "covariates", "residuals", "forecasts", "replays"})
"""Tables whose rows are a source's figures, or give them back: residuals and historical replays repeat its returns."""

ArtefactName = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,59}$", description="Name in the catalogue")]


class ArtefactPath(BaseModel):
    """The run and artefact in an address."""

    run_id: RunId
    name: ArtefactName


class Rows(BaseModel):
    """Which rows, for JSON and CSV of a table; parquet is always whole."""

    model_config = ConfigDict(extra="forbid")

    offset: int = Field(default=0, ge=0, le=1_000_000_000)
    limit: int = Field(default=100_000, ge=1, le=1_000_000)


class ColumnView(BaseModel):
    """A column's unit and meaning."""

    name: str
    dtype: str
    unit: str
    meaning: str


class ArtefactView(BaseModel):
    """One artefact of a run."""

    name: str
    stage: str
    title: str
    kind: Literal["table", "document"]
    rows: int | None
    bytes: int
    sha256: str
    redistribute: bool = Field(description="Whether it may be handed on; where not, a token does not get it")
    columns: list[ColumnView]
    link: str


class ArtefactList(BaseModel):
    """What a run has made so far."""

    artefacts: list[ArtefactView]


def free_to_hand_on(folder: RunFolder) -> bool:
    """Whether every source of the run says redistribute: yes."""
    cards = cards_of(folder)
    entries = cards.get("cards", [])
    return bool(entries) and cards.get("redistribute") == "yes" and all(c.get("redistribute") == "yes" for c in entries)


def _list(asked: Asked) -> Response:
    folder = asked.service.shelf.folder(asked.path.run_id)
    free = free_to_hand_on(folder)
    shown = []
    for stage in STAGES:
        manifest = folder.manifest(stage.folder)
        for output in manifest.outputs if manifest else ():
            entry = CATALOGUE.get(output.name)
            if entry is not None:
                shown.append(_view(folder.run_id, entry, output, free))
    return conditional(json_answer(ArtefactList(artefacts=shown)))


def _view(run_id: str, entry: Artefact, output: Output, free: bool) -> ArtefactView:
    return ArtefactView.model_validate(
        {
            "name": entry.name, "stage": entry.stage, "title": entry.title, "kind": entry.kind, "rows": output.rows,
            "bytes": output.bytes, "sha256": output.sha256, "redistribute": free or entry.name not in _SOURCE_ROWS,
            "columns": [
                {"name": c.name, "dtype": c.dtype, "unit": c.unit, "meaning": c.meaning} for c in entry.columns
            ],
            "link": f"/api/v1/runs/{run_id}/artefacts/{entry.name}",
        }
    )  # fmt: skip


def _get(asked: Asked) -> Response:
    folder = asked.service.shelf.folder(asked.path.run_id)
    entry = CATALOGUE.get(asked.path.name)
    if entry is None:
        raise Refused(404, f"there is no artefact {asked.path.name}", expected="a name of the catalogue")
    form = _form(entry)
    if not asked.caller.local and entry.name in _SOURCE_ROWS and not free_to_hand_on(folder):
        raise Refused(
            403,
            f"{entry.name} of run {folder.run_id} holds rows of a source that may not be handed on",
            expected="sources whose cards say redistribute: yes",
            origin=f"{folder.run_id}: source_cards",
            remedy="ask for figures made from it, such as metrics, or read it on the machine itself",
        )
    output, path = _verified(folder, entry)
    rows: Rows = asked.query
    tag = f"{output.sha256[:32]}-{form.rpartition('/')[2][:3]}-{rows.offset}-{rows.limit}"
    if request.if_none_match.contains(tag):
        return conditional(Response(), tag)
    if form == PARQUET:
        return conditional(send_file(path, mimetype=PARQUET, download_name=path.name, etag=False), tag)
    if entry.kind == "document":
        return conditional(Response(path.read_bytes(), content_type=JSON), tag)
    lines = _csv_lines(path, rows) if form == CSV else _json_lines(path, rows)
    response = Response(lines, content_type=f"{CSV}; charset=utf-8; header=present" if form == CSV else JSON)
    total = output.rows or 0
    if rows.offset + rows.limit < total:
        following = (
            f"/api/v1/runs/{folder.run_id}/artefacts/{entry.name}?offset={rows.offset + rows.limit}&limit={rows.limit}"
        )
        response.headers["Link"] = f'<{following}>; rel="next"'
    response.set_etag(tag)
    return response


def _form(entry: Artefact) -> str:
    """The content type asked for, JSON where anything will do."""
    offered = [JSON, CSV, PARQUET] if entry.kind == "table" else [JSON]
    chosen = request.accept_mimetypes.best_match(offered) if request.accept_mimetypes else JSON
    if chosen is None:
        raise Refused(406, f"{entry.name} is not to be had in that form", expected=f"Accept: {' or '.join(offered)}")
    return chosen


def _verified(folder: RunFolder, entry: Artefact) -> tuple[Output, Path]:
    manifest = folder.manifest(stage_named(entry.stage).folder)
    output = next((o for o in manifest.outputs if o.name == entry.name), None) if manifest else None
    if output is None:
        raise Refused(
            404, f"run {folder.run_id} has no {entry.name} yet", expected=f"stage {entry.stage} succeeded",
            remedy=f"GET /api/v1/runs/{folder.run_id}/stages/{entry.stage} says how it stands",
        )  # fmt: skip
    path = folder.stage_path(stage_named(entry.stage).folder) / entry.filename
    if not path.is_file() or sha256_file(path) != output.sha256:
        raise ArtefactError(
            f"{entry.name} of run {folder.run_id} is missing or damaged: its bytes differ from the manifest",
            expected=f"sha256 {output.sha256[:12]}…",
            remedy=f"run it again: POST /api/v1/runs/{folder.run_id}/stages/{entry.stage}",
        )
    return output, path


def _frames(path: Path, rows: Rows) -> Iterator[Any]:
    import pyarrow.parquet as parquet

    passed, left = 0, rows.limit
    for batch in parquet.ParquetFile(path).iter_batches(_CHUNK_ROWS):
        start = max(0, rows.offset - passed)
        passed += batch.num_rows
        part = batch.slice(start, left) if start < batch.num_rows else None
        if part is not None and part.num_rows:
            left -= part.num_rows
            yield part.to_pandas()
        if left <= 0:
            return


def _csv_lines(path: Path, rows: Rows) -> Iterator[str]:
    import pyarrow.parquet as parquet

    yield ",".join(parquet.read_schema(path).names) + "\n"
    for frame in _frames(path, rows):
        yield frame.to_csv(index=False, header=False, lineterminator="\n")


def _json_lines(path: Path, rows: Rows) -> Iterator[str]:
    yield "["
    first = True
    for frame in _frames(path, rows):
        for row in frame.to_dict(orient="records"):
            yield ("\n" if first else ",\n") + json.dumps({k: _plain(v) for k, v in row.items()}, ensure_ascii=False)
            first = False
    yield "\n]\n"


def _plain(value: Any) -> Any:
    """A cell as JSON has it: what is missing or not finite is null, a date is text."""
    if hasattr(value, "item"):
        value = value.item()
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value if isinstance(value, bool | int | float | str) else None if value != value else str(value)


_ADDRESS = "/api/v1/runs/{run_id}/artefacts"
ROUTES = (
    Route(
        "GET", _ADDRESS, _list, "What a run has made", tag="artefacts", path_model=RunPath, response=ArtefactList,
        also=(304,), errors=(409,),
    ),
    Route(
        "GET", _ADDRESS + "/{name}", _get, "A table or document of a run, as JSON, CSV or parquet by Accept",
        tag="artefacts", path_model=ArtefactPath, query=Rows, produces=(JSON, CSV, PARQUET), also=(304,),
        errors=(406, 409),
    ),
)  # fmt: skip
