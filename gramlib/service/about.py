"""The service itself: its document, whether it is well, its counts."""

from __future__ import annotations

import json
from typing import Literal

from flask import Response
from pydantic import BaseModel

from gramlib import __version__
from gramlib.service.routes import JSON, Asked, Route

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Health(BaseModel):
    """The service answers, and its queue can be read and written."""

    status: Literal["ok"]
    version: str


def _health(asked: Asked) -> Health:
    asked.service.jobs.counts()
    return Health(status="ok", version=__version__)


def _metrics(asked: Asked) -> Response:
    service = asked.service
    jobs = {f'{{state="{state}"}}': float(n) for state, n in service.jobs.counts().items()}
    text = service.telemetry.text(
        {
            "gram_jobs": ("Jobs of the queue by state.", jobs),
            "gram_workers": ("Runs that may be at work at once.", {"": float(service.settings.workers)}),
            "gram_streams_open": ("Event streams open.", {"": float(service.streams.open)}),
        }
    )
    return Response(text, content_type=METRICS_TYPE)


def _openapi(asked: Asked) -> Response:
    return Response(json.dumps(asked.service.openapi), content_type=JSON)


ROUTES = (
    Route("GET", "/healthz", _health, "Whether the service answers", role="", response=Health, errors=(503,)),
    Route("GET", "/metrics", _metrics, "Counts for Prometheus", produces=("text/plain",)),
    Route("GET", "/api/v1/openapi.json", _openapi, "This document", role=""),
)
