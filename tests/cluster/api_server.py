"""An API server of recorded answers, on a real socket, for the real client.

A route is a word or two: `POST job NAME`, `GET job NAME`, `WATCH job NAME`, `LIST jobs`, `LIST pods JOB`, `LOG POD`,
`DELETE job NAME`, `POST configmap NAME`, `GET configmap NAME`, `DELETE configmap NAME`. Each has its answers in order; the
last one is given again and again. What is not foreseen is answered 404, as a server does.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Answer:
    """`body` is an object, a text, or the events of a watch; `cut` breaks the connection after it, `hold` keeps it open."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    hold: bool = False


def refusal(status: int, message: str, headers: dict[str, str] | None = None) -> Answer:
    """A Status object as servers send it."""
    body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "code": status}
    return Answer(status, body, headers or {})


def job(
    name: str,
    phase: str = "running",
    *,
    digest: str = "",
    version: str = "10",
    reason: str = "",
    message: str = "",
    failed: int = 0,
    deleting: bool = False,
) -> dict[str, Any]:
    """A Job as a server of 1.32 shows it; `phase` is waiting, running, suspended, Complete or Failed."""
    metadata: dict[str, Any] = {"name": name, "namespace": "gram", "resourceVersion": version, "uid": f"uid-{name}"}
    metadata["annotations"] = {"gram/spec-sha256": digest}
    if deleting:
        metadata["deletionTimestamp"] = "2026-01-02T03:04:05Z"
    conditions = []
    if phase == "Failed":
        conditions.append({"type": "FailureTarget", "status": "True", "reason": reason, "message": message})
    if phase in {"Complete", "Failed"}:
        conditions.append({"type": phase, "status": "True", "reason": reason, "message": message})
    status: dict[str, Any] = {"conditions": conditions, "failed": failed}
    if phase == "running":
        status |= {"active": 1, "ready": 1}
    template = {"metadata": {}, "spec": {"containers": [{"name": "gram", "image": "gram"}], "restartPolicy": "Never"}}
    spec = {"suspend": phase == "suspended", "template": template}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec, "status": status}


def pod(
    name: str,
    phase: str = "Succeeded",
    *,
    exit_code: int | None = 0,
    reason: str = "",
    message: str = "",
    disrupted: str = "",
    evicted: str = "",
    created: str = "2026-01-02T03:04:05Z",
    waiting: tuple[str, str] | None = None,
    unscheduled: str = "",
) -> dict[str, Any]:
    """A Pod as a server shows it after, before or while its container runs."""
    state: dict[str, Any] = {"running": {"startedAt": created}}
    if waiting:
        state = {"waiting": {"reason": waiting[0], "message": waiting[1]}}
    elif phase in {"Succeeded", "Failed"} and exit_code is not None:
        state = {"terminated": {"exitCode": exit_code, "reason": reason or "Error", "message": message}}
    conditions = []
    if disrupted:
        conditions.append({"type": "DisruptionTarget", "status": "True", "reason": disrupted, "message": "drained"})
    if unscheduled:
        conditions.append(
            {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": unscheduled}
        )
    started = not unscheduled and not (evicted and exit_code is None)
    container = {"name": "gram", "image": "gram", "imageID": "", "ready": False, "restartCount": 0, "state": state}
    status = {"phase": phase, "conditions": conditions, "containerStatuses": [container] if started else []}
    if evicted:
        status |= {"reason": "Evicted", "message": evicted}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "gram", "creationTimestamp": created},
        "spec": {"containers": [{"name": "gram", "image": "gram"}]},
        "status": status,
    }


def listed(kind: str, items: list[dict[str, Any]]) -> Answer:
    """A list object."""
    version = "batch/v1" if kind == "JobList" else "v1"
    return Answer(body={"apiVersion": version, "kind": kind, "metadata": {"resourceVersion": "10"}, "items": items})


def events(*objects: tuple[str, dict[str, Any]], cut: bool = False, hold: bool = False) -> Answer:
    """What a watch sends: (type, object) one a line."""
    return Answer(body=[{"type": kind, "object": item} for kind, item in objects], cut=cut, hold=hold)


class RecordedServer:
    """Context manager; `heard` lists the routes in the order they were asked, `bodies` what was sent with them."""

    def __init__(self) -> None:
        self.answers: dict[str, deque[Answer]] = defaultdict(deque)
        self.heard: list[str] = []
        self.bodies: list[tuple[str, Any]] = []
        self.holding = threading.Event()
        self._release = threading.Event()
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: Any) -> None:
                pass

            def _answer(self) -> None:
                server._serve(self)

            do_GET = do_POST = do_DELETE = _answer

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> RecordedServer:
        self._thread.start()
        return self

    def __exit__(self, *ending: object) -> None:
        self._release.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def on(self, route: str, *answers: Answer) -> RecordedServer:
        """The answers to `route`, in order."""
        self.answers[route].extend(answers)
        return self

    def times(self, route: str) -> int:
        """How often `route` was asked."""
        return self.heard.count(route)

    def sent(self, route: str) -> list[Any]:
        """The bodies sent to `route`."""
        return [body for asked, body in self.bodies if asked == route]

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        length = int(request.headers.get("Content-Length") or 0)
        body = json.loads(request.rfile.read(length)) if length else None
        route = _route(request.command, request.path, body)
        with self._lock:
            self.heard.append(route)
            self.bodies.append((route, body))
            waiting = self.answers[route]
            answer = waiting.popleft() if len(waiting) > 1 else (waiting[0] if waiting else refusal(404, "not found"))
        watch = isinstance(answer.body, list)
        text = "".join(json.dumps(item) + "\n" for item in answer.body) if watch else answer.body
        payload = text.encode() if isinstance(text, str) else json.dumps(text).encode()
        request.send_response(answer.status)
        for name, value in answer.headers.items():
            request.send_header(name, value)
        request.send_header("Content-Type", "text/plain" if route.startswith("LOG") else "application/json")
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        if payload:
            request.wfile.write(b"%x\r\n%s\r\n" % (len(payload), payload))
            request.wfile.flush()
        if answer.hold:
            self.holding.set()
            self._release.wait(60)
        if answer.cut:
            request.close_connection = True
            return
        request.wfile.write(b"0\r\n\r\n")


def _route(method: str, path: str, body: Any) -> str:
    parts = urlsplit(path)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    *_, kind = words = [word for word in parts.path.split("/") if word]
    if kind == "log":
        return f"LOG {words[-2]}"
    if asked.get("watch"):
        return f"WATCH job {asked['fieldSelector'].removeprefix('metadata.name=')}"
    if kind == "pods":
        return f"LIST pods {asked['labelSelector'].rpartition('=')[2]}"
    if kind == "jobs" and method == "GET":
        return "LIST jobs"
    if method == "POST":
        return f"POST {kind.removesuffix('s')} {body['metadata']['name']}"
    return f"{method} {words[-2].removesuffix('s')} {kind}"
