"""Every error of the service as problem+json (RFC 9457): status, title, detail, and the four facts of a GramError."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from flask import Response
from pydantic import BaseModel, Field, ValidationError

from gramlib.errors import (
    ArtefactError,
    DataContractError,
    FolderBusy,
    GramError,
    ParameterError,
    SourceUnreachable,
    TemporaryError,
    UpstreamNotReady,
)
from gramlib.report.page import document

PROBLEM_TYPE = "application/problem+json"

TITLES = {
    400: "The request cannot be read",
    401: "Who asks is not known",
    403: "Not allowed",
    404: "Not found",
    405: "Not for this method",
    406: "Not to be had in that form",
    409: "Not in this state",
    413: "Too long",
    415: "Of another form than expected",
    422: "Refused",
    429: "Too many requests",
    500: "A defect",
    503: "Try again later",
}

_STATUS_OF: tuple[tuple[type[GramError], int], ...] = (
    (ParameterError, 422),
    (ArtefactError, 409),
    (DataContractError, 422),
    (UpstreamNotReady, 409),
    (FolderBusy, 409),
    (SourceUnreachable, 503),
    (TemporaryError, 503),
    (GramError, 500),
)


class Fault(BaseModel):
    """One thing wrong with what was sent."""

    at: str = Field(description="Where, as a dotted name, such as body.set")
    message: str


class Problem(BaseModel):
    """What went wrong, as RFC 9457 has it, with what was found, expected, where it came from and what to do."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    found: str = ""
    expected: str = ""
    origin: str = ""
    remedy: str = ""
    error: str = Field(default="", description="Name of the workbench's error")
    exit_code: int | None = Field(default=None, description="What the command line would have ended with")
    problems: list[Fault] = []


class Refused(Exception):
    """Raised by a handler to end a request with a problem of this status."""

    def __init__(
        self,
        status: int,
        found: str,
        *,
        expected: str = "",
        origin: str = "",
        remedy: str = "",
        headers: Mapping[str, str] | None = None,
    ):
        super().__init__(found)
        facts = GramError(found, expected=expected, origin=origin, remedy=remedy)
        self.problem = Problem(
            title=TITLES[status],
            status=status,
            detail=facts.message(),
            found=found,
            expected=expected,
            origin=origin,
            remedy=remedy,
        )
        self.headers = dict(headers or {})


def problem_of(error: GramError) -> Problem:
    """The problem that tells of one of the workbench's errors."""
    status = next(status for kind, status in _STATUS_OF if isinstance(error, kind))
    return Problem(
        title=TITLES[status],
        status=status,
        detail=error.message(),
        found=error.found,
        expected=error.expected,
        origin=error.origin,
        remedy=error.remedy,
        error=type(error).__name__,
        exit_code=error.exit_code,
    )


def problem_of_validation(error: ValidationError, where: str) -> Problem:
    """What pydantic refused in `where` (body, query, path): 404 for a path, else 422."""
    status = 404 if where == "path" else 422
    faults = [
        Fault(at=".".join([where, *map(str, fault["loc"])]), message=fault["msg"])
        for fault in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    detail = "; ".join(f"{fault.at}: {fault.message}" for fault in faults)
    return Problem(title=TITLES[status], status=status, detail=detail, found=detail, problems=faults)


def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as a response; one that is worth trying again says when."""
    given: dict[str, Any] = dict(headers or {})
    if problem.status in (429, 503):
        given.setdefault("Retry-After", "5")
    text = json.dumps(problem.model_dump(exclude_none=True), ensure_ascii=False)
    return Response(text, status=problem.status, content_type=PROBLEM_TYPE, headers=given)


def page(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as a page, for whoever came by browser."""
    facts = [problem.found, *(f"{word} {text}" for word, text in _facts(problem) if text)]
    body = f"<h1>{escape(problem.title)}</h1>\n" + "\n".join(f"<p>{escape(fact)}</p>" for fact in facts)
    html = document(problem.title, f'<main id="main">{body}\n<p><a href="/">All runs</a></p></main>')
    response = answer(problem, headers)
    response.set_data(html)
    response.content_type = "text/html; charset=utf-8"
    return response


def _facts(problem: Problem) -> tuple[tuple[str, str], ...]:
    return ("Expected:", problem.expected), ("From:", problem.origin), ("What to do:", problem.remedy)
