"""/api/v1/runs/{run_id}/events: what a run says while it goes on, as server-sent events.

The ids are `<job>.<number>`: whoever was cut off sends the last one as Last-Event-ID and misses nothing, also after the
service was restarted. The last event is `state`; after it there is nothing to wait for, and 204 tells a browser so.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any

from flask import Response

from gramlib.service.child import events_in
from gramlib.service.routes import Asked, Route
from gramlib.service.runs import RunPath, run_view
from gramlib.service.service import Service

STREAM = "text/event-stream"
_LOOK_SECONDS = 0.25
_WORD_SECONDS = 3.0
"""Silence is broken this often: that a listener has left is noticed only when something is said."""
_LONGEST_SECONDS = 300.0
"""Then the stream ends, and the listener comes back with the last id: nobody holds a thread for ever."""
_OF_THIS_MACHINE = ("folder", "report")
"""Facts of an event that are paths on this machine; `state` has the links."""
_ID = re.compile(r"([0-9]{1,18})\.([0-9]{1,18}|end)")


def _events(asked: Asked) -> Response:
    known = asked.service.shelf.one(asked.path.run_id)
    job_id, number = _after(asked.headers.get("Last-Event-ID", ""))
    last = known.job
    if last is not None and job_id > last.id:
        job_id, number = 0, 0  # an id that nobody was given, or that of a queue since lost
    if number == -1 and (last is None or (job_id >= last.id and not last.live)):
        return Response(status=204)
    if last is None:
        return Response(
            [_message("0.end", "state", run_view(asked, known).model_dump(mode="json"))], content_type=STREAM
        )
    asked.service.streams.enter()
    response = Response(
        _stream(asked, known.run_id, job_id, number), content_type=STREAM, headers={"X-Accel-Buffering": "no"}
    )
    response.call_on_close(asked.service.streams.leave)
    return response


def _after(text: str) -> tuple[int, int]:
    """Job and number of the last event seen; -1 for the end of a job, (0, 0) where none was, or none of ours."""
    match = _ID.fullmatch(text.strip())
    if match is None:
        return 0, 0
    return int(match[1]), -1 if match[2] == "end" else int(match[2])


def _stream(asked: Asked, run_id: str, job_id: int, number: int) -> Iterator[str]:
    service: Service = asked.service
    until, word = time.monotonic() + _LONGEST_SECONDS, time.monotonic()
    yield "retry: 1000\n\n"
    while time.monotonic() < until:
        said = False
        jobs = service.jobs.of_run(run_id)  # before the files: what a job that has ended said is all there
        for job in jobs:
            if job.id < job_id or (job.id == job_id and number == -1):
                continue
            if job.id > job_id:
                job_id, number = job.id, 0
            for line, event in events_in(service.jobs.events_file(job.id), number):
                yield _message(f"{job.id}.{line}", str(event.get("event", "message")), event)
                number, said = line, True
            if not job.live and job is not jobs[-1]:
                number = -1
        if not jobs[-1].live and job_id == jobs[-1].id:
            view = run_view(asked, service.shelf.one(run_id))
            yield _message(f"{job_id}.end", "state", view.model_dump(mode="json"))
            return
        if said:
            word = time.monotonic()
        elif time.monotonic() - word > _WORD_SECONDS:
            word = time.monotonic()
            yield ": still here\n\n"
        time.sleep(_LOOK_SECONDS)


def _message(identity: str, name: str, data: dict[str, Any]) -> str:
    data = {key: value for key, value in data.items() if key not in _OF_THIS_MACHINE}
    safe = re.sub(r"[^a-z_]", "", name) or "message"
    return f"id: {identity}\nevent: {safe}\ndata: {json.dumps(data)}\n\n"


ROUTES = (
    Route(
        "GET", "/api/v1/runs/{run_id}/events", _events, "Progress of a run as server-sent events; Last-Event-ID goes on",
        tag="runs", path_model=RunPath, produces=(STREAM,), also=(204,),
    ),
)  # fmt: skip
