from __future__ import annotations

import base64
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gramlib.errors import ParameterError
from gramlib.service import Settings, create_app
from gramlib.service.problems import Refused
from gramlib.service.rate import Limiter

REFUSED_PARAMS = {"params": "no_such_file"}
"""A body that a caller who may start runs sees refused for what it says (422), not for who asks."""


def test_whoever_sits_at_the_machine_may_read_and_start_without_a_token(client: FlaskClient) -> None:
    assert client.get("/api/v1/runs").status_code == 200
    assert client.post("/api/v1/runs", json=REFUSED_PARAMS).status_code == 422


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.nip.io:80", ""]
)
def test_a_name_made_to_point_here_is_refused(client: FlaskClient, host: str) -> None:
    assert client.get("/api/v1/runs", headers={"Host": host}).status_code == 403


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_names_of_loopback_are_welcome(client: FlaskClient, host: str) -> None:
    assert client.get("/api/v1/runs", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://localhost:9999"}, {"Sec-Fetch-Site": "cross-site"},
     {"Sec-Fetch-Site": "same-site"}],
)  # fmt: skip
def test_a_page_elsewhere_can_start_nothing(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post("/api/v1/runs", json=REFUSED_PARAMS, headers=headers).status_code == 403
    assert client.delete("/api/v1/runs/x", headers=headers).status_code == 403


def test_a_page_of_its_own_can(client: FlaskClient) -> None:
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/api/v1/runs", json=REFUSED_PARAMS, headers=own).status_code == 422


def test_another_address_needs_a_token_even_where_there_is_none(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/runs", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert answer.status_code == 401
    assert "Bearer" in answer.headers["WWW-Authenticate"]


def test_roles(app: Flask, client: FlaskClient) -> None:
    tokens = app.extensions["gram"].tokens
    read, run = tokens.add("auditor", "read"), tokens.add("desk", "run")

    def asks(token: str, method: str, scheme: str = "Bearer") -> int:
        given = base64.b64encode(f"anybody:{token}".encode()).decode() if scheme == "Basic" else token
        body = {"json": REFUSED_PARAMS} if method == "POST" else {}
        return client.open(
            "/api/v1/runs", method=method, headers={"Authorization": f"{scheme} {given}"}, **body
        ).status_code

    assert client.get("/api/v1/runs").status_code == 401
    assert client.get("/index.html").status_code == 401
    assert client.get("/healthz").status_code == 200
    assert client.get("/metrics").status_code == 401
    assert (asks(read, "GET"), asks(read, "POST")) == (200, 403)
    assert (asks(run, "GET"), asks(run, "POST")) == (200, 422)
    assert asks(read, "GET", "Basic") == 200
    assert asks(read + "x", "GET") == 401
    tokens.revoke("auditor")
    assert asks(read, "GET") == 401


def test_a_token_is_kept_only_as_a_hash(app: Flask, settings: Settings) -> None:
    token = app.extensions["gram"].tokens.add("auditor", "read")
    assert len(token) >= 43 + len("gram_")
    with sqlite3.connect(settings.state / "service.sqlite") as connection:
        assert token not in "\n".join(connection.iterdump())
    for file in settings.state.rglob("*"):
        assert token.encode() not in file.read_bytes()
    assert (settings.state / "service.sqlite").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "role"), [("", "read"), ("local", "read"), ("a b", "read"), ("x" * 61, "run"), ("ok", "admin"), ("ok", "")]
)
def test_a_token_of_no_name_or_role_is_refused(app: Flask, name: str, role: str) -> None:
    with pytest.raises(ParameterError):
        app.extensions["gram"].tokens.add(name, role)
    assert not app.extensions["gram"].tokens.any()


def test_names_of_tokens_are_taken_once_and_missed_by_name(app: Flask) -> None:
    tokens = app.extensions["gram"].tokens
    tokens.add("auditor", "read")
    with pytest.raises(ParameterError, match="already"):
        tokens.add("auditor", "run")
    with pytest.raises(ParameterError, match="did you mean 'auditor'"):
        tokens.revoke("auditr")
    assert [(held.name, held.role) for held in tokens.all()] == [("auditor", "read")]


@pytest.mark.parametrize("header", ["", "Bearer", "Basic !!!", "Basic /w==", "Negotiate abc", "Bearer \u00e4"])
def test_what_is_no_token_is_none(app: Flask, client: FlaskClient, header: str) -> None:
    app.extensions["gram"].tokens.add("auditor", "read")
    assert client.get("/api/v1/runs", headers={"Authorization": header}).status_code == 401


def test_the_limiter_lets_a_burst_through_and_refills_evenly() -> None:
    now = [0.0]
    limiter = Limiter(60, 3, clock=lambda: now[0])
    for _ in range(3):
        limiter.take("a")
    with pytest.raises(Refused) as refused:
        limiter.take("a")
    assert refused.value.problem.status == 429
    assert refused.value.headers["Retry-After"] == "1"
    limiter.take("b")
    now[0] = 0.9
    with pytest.raises(Refused):
        limiter.take("a")
    now[0] = 1.0
    limiter.take("a")


def test_too_many_requests_are_told_when_to_come_back(settings: Settings) -> None:
    app = create_app(replace(settings, burst=2, requests_per_minute=6))
    app.extensions["gram"].telemetry.quiet = True
    statuses = [app.test_client().get("/healthz").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    answer = app.test_client().get("/healthz")
    assert 1 <= int(answer.headers["Retry-After"]) <= 10
    assert answer.mimetype == "application/problem+json"


def test_a_body_too_long_is_refused_unread(settings: Settings) -> None:
    app = create_app(replace(settings, max_body_bytes=1000))
    app.extensions["gram"].telemetry.quiet = True
    answer = app.test_client().post("/api/v1/runs", data=b"{" + b" " * 1001, content_type="application/json")
    assert answer.status_code == 413


def test_every_answer_says_what_a_browser_may_not(client: FlaskClient) -> None:
    for path in ("/", "/api/v1/runs", "/healthz", "/nothing", "/api/v1/runs/nothing"):
        answer = client.get(path)
        headers = answer.headers
        answer.close()
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert headers["Cache-Control"] in ("no-store", "private, no-cache")
        assert "Access-Control-Allow-Origin" not in headers


def test_the_state_folder_is_its_owners_alone(settings: Settings, app: Flask) -> None:
    assert settings.state.stat().st_mode & 0o077 == 0
    assert Path(settings.state).name == ".service"
