"""POST /api/v1/replay: one path of prices through an issuer, day by day, as `gram replay` does it."""

from __future__ import annotations

import csv
import math
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field

from gramlib.artefacts import EVENT_COLUMNS
from gramlib.errors import DataContractError
from gramlib.params.issuer_file import load_issuer
from gramlib.service.catalogues import ISSUER_NAME, listed_issuer
from gramlib.service.problems import Refused
from gramlib.service.routes import JSON, Asked, Route, json_answer
from gramlib.service.what_if_issuer import asked_issuer
from gramlib.simulation.replay_csv import DAYS_COLUMNS, PRICE_COLUMN, replay_csv, write_days_csv

CSV = "text/csv"
LONGEST_DAYS = 2520
"""Ten years, a second of the reference engine."""

_EVENTS = tuple(column.name for column in EVENT_COLUMNS)


class ReplayRequest(BaseModel):
    """A path, an issuer of params/issuers with some values changed, and what happens beside prices."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    issuer: Annotated[str, Field(pattern=ISSUER_NAME)] = Field(description="A name, as GET /api/v1/issuers lists them")
    changes: dict[str, bool | int | float | str | list[float] | None] = Field(
        default={}, max_length=100, description="Dotted keys of the issuer file with other values"
    )
    gold_usd_per_oz: list[float] = Field(
        min_length=2, max_length=LONGEST_DAYS + 1, description="Prices; the first is day 0", examples=[[4000.0, 3600.0]]
    )
    dates: list[Annotated[str, Field(max_length=30)]] | None = Field(
        default=None, max_length=LONGEST_DAYS + 1, description="One a price, rising"
    )
    events: list[dict[str, int | float]] = Field(
        default=[],
        max_length=LONGEST_DAYS,
        description=f"One a day with events: day, and any of {', '.join(_EVENTS)}; what is left out is calm",
        examples=[[{"day": 1, "event": 1.0}]],
    )
    engine: Literal["reference", "kernel"] = "reference"


class ReplayAnswer(BaseModel):
    """The ledger; every day has every column. A figure that is not finite is null."""

    columns: list[str]
    days: list[dict[str, float | None]]


def _replay(asked: Asked) -> Response:
    wanted = request.accept_mimetypes.best_match([JSON, CSV]) if request.headers.get("Accept") else JSON
    if wanted is None:
        raise Refused(
            406, f"the ledger is not to be had as {request.headers['Accept'][:80]}", expected=f"{JSON} or {CSV}"
        )
    body: ReplayRequest = asked.body
    root = asked.service.settings.root
    issuer = asked_issuer(load_issuer(listed_issuer(body.issuer, root), root), body.changes)
    if body.dates is not None and len(body.dates) != len(body.gold_usd_per_oz):
        raise Refused(422, f"{len(body.dates)} dates and {len(body.gold_usd_per_oz)} prices", expected="a date a price")
    with tempfile.TemporaryDirectory(prefix="gram-replay-") as made:
        folder = Path(made)
        prices, events = _prices_file(folder, body), _events_file(folder, body)
        try:
            days = replay_csv(prices, issuer, events, body.engine)
        except DataContractError as error:
            # A reader has sent no file: what he is told of is the line that his list has become.
            facts = {name: getattr(error, name).replace(f"{folder}/", "") for name in ("expected", "origin", "remedy")}
            raise DataContractError(error.found.replace(f"{folder}/", ""), **facts) from error
        if wanted == CSV:
            out = folder / "days.csv"
            write_days_csv(days, out)
            return Response(out.read_bytes(), content_type=f"{CSV}; charset=utf-8")
    rows = [{name: _finite(value) for name, value in row.items()} for row in days.to_dict("records")]
    return json_answer(ReplayAnswer(columns=list(DAYS_COLUMNS), days=rows))


def _prices_file(folder: Path, body: ReplayRequest) -> Path:
    header = [PRICE_COLUMN] if body.dates is None else [PRICE_COLUMN, "date"]
    columns: list[list[Any]] = [[repr(float(price)) for price in body.gold_usd_per_oz]]
    if body.dates is not None:
        columns.append(body.dates)
    return _written(folder / "prices.csv", header, list(zip(*columns, strict=True)))


def _events_file(folder: Path, body: ReplayRequest) -> Path | None:
    if not body.events:
        return None
    named = [name for event in body.events for name in event]
    header = ["day", *dict.fromkeys(name for name in named if name != "day")]
    rows = [tuple(repr(event[name]) if name in event else "" for name in header) for event in body.events]
    return _written(folder / "events.csv", header, rows)


def _written(path: Path, header: list[str], rows: list[tuple[Any, ...]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path


def _finite(value: Any) -> float | None:
    return float(value) if math.isfinite(value) else None


ROUTES = (
    Route(
        "POST",
        "/api/v1/replay",
        _replay,
        "The daily ledger of one price path, as gram replay writes it",
        tag="replay",
        response=ReplayAnswer,
        request=ReplayRequest,
        produces=(JSON, CSV),
        errors=(404, 406),
    ),
)
