"""The Flask application, made from the routes: every request is identified, limited, validated, answered and logged here."""

from __future__ import annotations

import sys
import time
import traceback
from typing import Any

from flask import Flask, Response, g, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from gramlib.errors import GramError, from_os_error
from gramlib.service import access, openapi
from gramlib.service.headers import secured
from gramlib.service.problems import (
    PROBLEM_TYPE,
    TITLES,
    Problem,
    Refused,
    answer,
    page,
    problem_of,
    problem_of_validation,
)
from gramlib.service.resources import routes
from gramlib.service.routes import JSON, Asked, Route, json_answer
from gramlib.service.service import Service
from gramlib.service.settings import Settings

HTML = "text/html"


def create_app(settings: Settings) -> Flask:
    """The application of `settings`; its Service is `app.extensions["gram"]`. Nothing is listened to and no run started."""
    service = Service(settings)
    app = Flask("gramlib.service", static_folder=None, template_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=settings.max_body_bytes, MAX_FORM_MEMORY_SIZE=settings.max_body_bytes)
    app.extensions["gram"] = service
    table = routes()
    service.openapi = openapi.document(table)
    for route in table:
        app.add_url_rule(
            route.rule, route.name, _view(service, route), methods=[route.method], provide_automatic_options=False
        )
    app.before_request(lambda: _begin(service))
    app.after_request(lambda response: _end(service, response))
    for kind in (Refused, ValidationError, GramError, HTTPException, OSError, Exception):
        app.register_error_handler(kind, _told)
    return app


def _begin(service: Service) -> None:
    g.began = time.monotonic()
    g.caller = None
    caller = service.caller(request)
    g.caller = caller
    service.limiter.take(caller.name if not caller.local and caller.role else caller.address)
    access.refuse_other_sites(request)


def _view(service: Service, route: Route) -> Any:
    def view(**parts: str) -> Response:
        caller = g.caller
        g.route = route.path
        service.require(caller, route.role)
        asked = Asked(
            service,
            caller,
            _validated(route.path_model, parts, "path"),
            _validated(route.query, _query(), "query"),
            _body(route),
            request.headers,
        )
        if route.safe_to_repeat:
            return service.answers.once(asked, request, lambda: _answered(route, asked))
        return _answered(route, asked)

    return view


def _answered(route: Route, asked: Asked) -> Response:
    given = route.handler(asked)
    return given if isinstance(given, Response) else json_answer(given, route.status)


def _query() -> dict[str, str]:
    for name, values in request.args.lists():
        if len(values) > 1:
            raise Refused(422, f"{name[:80]} is given {len(values)} times", expected="each name once")
    return request.args.to_dict()


def _validated(model: type[BaseModel] | None, values: dict[str, Any], where: str) -> BaseModel | None:
    if model is None:
        if where == "query" and values:
            raise Refused(422, f"{next(iter(values))[:80]} is no parameter of this address", expected="no parameters")
        return None
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise _Invalid(error, where) from error


class _Invalid(Refused):
    def __init__(self, error: ValidationError, where: str):
        problem = problem_of_validation(error, where)
        super().__init__(problem.status, problem.detail)
        self.problem = problem


def _body(route: Route) -> BaseModel | None:
    if route.request is None:
        return None
    if request.mimetype != route.consumes:
        raise Refused(415, f"the body is {request.mimetype or 'of no stated type'}", expected=route.consumes)
    try:
        if route.consumes == JSON:
            return route.request.model_validate_json(request.get_data(cache=True))
        return route.request.model_validate(request.form.to_dict())
    except ValidationError as error:
        if error.errors(include_url=False)[0]["type"] == "json_invalid":
            raise Refused(400, "the body is not JSON", expected="one JSON object in UTF-8") from error
        raise _Invalid(error, "body") from error


def _told(error: Exception) -> Response:
    problem, headers = _problem(error)
    by_browser = (
        not request.path.startswith("/api/") and request.accept_mimetypes.best_match([PROBLEM_TYPE, HTML]) == HTML
    )
    return page(problem, headers) if by_browser else answer(problem, headers)


def _problem(error: Exception) -> tuple[Problem, dict[str, str]]:
    if isinstance(error, Refused):
        return error.problem, error.headers
    if isinstance(error, GramError):
        return problem_of(error), {}
    if isinstance(error, HTTPException):
        status = error.code if error.code in TITLES else 400
        methods = error.valid_methods if isinstance(error, MethodNotAllowed) else None
        headers = {"Allow": ", ".join(sorted(methods))} if methods else {}
        return _plain(status, error.description or error.name), headers
    if isinstance(error, OSError):
        return problem_of(from_os_error(error)).model_copy(update={"status": 503, "title": TITLES[503]}), {}
    traceback.print_exception(error, file=sys.stderr)
    return _plain(500, f"a defect: {type(error).__name__}; the service's log has the traceback"), {}


def _plain(status: int, text: str) -> Problem:
    return Problem(title=TITLES[status], status=status, detail=text, found=text)


def _end(service: Service, response: Response) -> Response:
    secured(response)
    took_s = time.monotonic() - g.get("began", time.monotonic())
    caller = g.get("caller")
    service.told(
        request.method,
        g.get("route", "unmatched"),
        request.path,
        response.status_code,
        took_s,
        caller.name if caller else "",
        request.remote_addr or "",
    )
    return response
