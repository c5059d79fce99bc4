"""The OpenAPI 3.1 document, made from the routes and the pydantic models that validate what they take and give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from gramlib import __version__
from gramlib.service.problems import PROBLEM_TYPE, TITLES, Problem
from gramlib.service.routes import JSON, Route

REF = "#/components/schemas/{model}"
_EVERY_ROUTE = (400, 429, 503)


def document(routes: Sequence[Route]) -> dict[str, Any]:
    """The document of all routes that are not hidden."""
    shown = [route for route in routes if not route.hidden]
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Problem, "serialization"): None}
    for route in shown:
        if route.request is not None:
            wanted[route.request, "validation"] = None
        if route.response is not None:
            wanted[route.response, "serialization"] = None
    references, schemas = models_json_schema(list(wanted), ref_template=REF)
    paths: dict[str, dict[str, Any]] = {}
    for route in shown:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, references)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Gram stress-testing workbench",
            "version": __version__,
            "description": "Runs, stages, artefacts, replays and what-ifs of a gold-backed stablecoin's stress test.",
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas.get("$defs", {}),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "gram serve token add NAME --role read|run",
                }
            },
        },
        "security": [{"token": []}, {}],
    }


def _operation(route: Route, references: dict[Any, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": [*_parameters(route.path_model, "path"), *_parameters(route.query, "query")],
        "responses": _responses(route, references),
    }
    if route.role:
        operation["description"] = f"Role: {route.role}."
    else:
        operation["security"] = [{}]
    if route.safe_to_repeat:
        operation["parameters"].append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "The same key with the same body gives the same answer; with another body 422.",
                "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
            }
        )
    if route.request is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {route.consumes: {"schema": references[route.request, "validation"]}},
        }
    return operation


def _parameters(model: type[BaseModel] | None, where: str) -> list[dict[str, Any]]:
    if model is None:
        return []
    schema = model.model_json_schema()
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "in": where,
            "required": where == "path" or name in required,
            "description": part.pop("description", ""),
            "schema": part,
        }
        for name, part in schema["properties"].items()
    ]


def _responses(route: Route, references: dict[Any, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for kind in route.produces:
        json_model = kind == JSON and route.response is not None
        content[kind] = {"schema": references[route.response, "serialization"]} if json_model else {}
    answers: dict[str, Any] = {str(route.status): {"description": route.summary, "content": content}}
    for status in route.also:
        answers[str(status)] = (
            {"description": "Not changed since the ETag that was sent"} if status == 304 else answers[str(route.status)]
        )
    extra: set[int] = set(_EVERY_ROUTE)
    if route.role:
        extra |= {401, 403}
    if route.path_model is not None:
        extra.add(404)
    if route.request is not None:
        extra |= {413, 415, 422}
    if route.query is not None:
        extra.add(422)
    problem = {PROBLEM_TYPE: {"schema": references[Problem, "serialization"]}}
    for status in sorted(extra | set(route.errors)):
        answers[str(status)] = {"description": TITLES[status], "content": problem}
    return answers
