"""One route: what it takes, what it gives, who may. The application and the OpenAPI document are made from the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Response
from pydantic import BaseModel
from werkzeug.datastructures import Headers

if TYPE_CHECKING:
    from gramlib.service.access import Caller
    from gramlib.service.app import Service

JSON = "application/json"
ROLES = ("", "read", "run")
"""Who may, each including the one before: anybody, who may read, who may start and stop runs."""


@dataclass(frozen=True)
class Asked:
    """A request whose parts have been validated: `path`, `query` and `body` are of the route's models, None where it has none."""

    service: Service
    caller: Caller
    path: Any
    query: Any
    body: Any
    headers: Headers


@dataclass(frozen=True)
class Route:
    """One route; `path` is written as OpenAPI does: /api/v1/runs/{run_id}.

    `handler` gets an Asked and returns an instance of `response` (sent as JSON with `status`) or a Response of its own.
    `produces` names every content type of the answer, `consumes` that of the body, `errors` the statuses of the
    problems a caller may meet besides those of every route, `also` other statuses of a good answer. `safe_to_repeat` marks a POST that honours Idempotency-Key.
    `hidden` routes (pages for people) do not stand in the OpenAPI document.
    """

    method: str
    path: str
    handler: Callable[[Asked], BaseModel | Response]
    summary: str
    role: str = "read"
    tag: str = "service"
    response: type[BaseModel] | None = None
    status: int = 200
    path_model: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    request: type[BaseModel] | None = None
    produces: tuple[str, ...] = (JSON,)
    consumes: str = JSON
    also: tuple[int, ...] = ()
    errors: tuple[int, ...] = ()
    safe_to_repeat: bool = False
    hidden: bool = False

    @property
    def rule(self) -> str:
        """The path as Flask writes it; a `{name}` called file_path takes slashes too."""
        return re.sub(r"\{(\w+)\}", lambda m: f"<{'path:' if m[1] == 'file_path' else ''}{m[1]}>", self.path)

    @property
    def name(self) -> str:
        """What the route is called in logs and in the OpenAPI document."""
        words = re.sub(r"\W+", "_", self.path.removeprefix("/api/v1")).strip("_") or "root"
        return f"{self.method.lower()}_{words}"


def json_answer(model: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`model` as JSON."""
    text = json.dumps(model.model_dump(mode="json"), ensure_ascii=False, allow_nan=False)
    return Response(text, status=status, content_type=JSON, headers=dict(headers or {}))
