from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

from gramlib.service.resources import routes


def test_every_route_that_is_not_a_page_stands_in_the_document(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    listed = {(method.upper(), path) for path, ways in document["paths"].items() for method in ways}
    assert listed == {(route.method, route.path) for route in routes() if not route.hidden}


def test_every_reference_in_the_document_leads_somewhere(client: FlaskClient) -> None:
    text = client.get("/api/v1/openapi.json").get_data(as_text=True)
    schemas = client.get("/api/v1/openapi.json").get_json()["components"]["schemas"]
    assert set(re.findall(r'"#/components/schemas/([^"]+)"', text)) <= set(schemas)


def test_names_and_addresses_of_routes_are_unique(app: Flask) -> None:
    table = routes()
    assert len({route.name for route in table}) == len({(route.method, route.path) for route in table}) == len(table)


def test_what_changes_something_needs_the_role_for_it() -> None:
    computing = {"/api/v1/replay", "/api/v1/what-if"}  # they answer a question and leave nothing behind
    changing = [route for route in routes() if route.method != "GET" and route.path not in computing]
    assert changing
    assert {route.role for route in changing} == {"run"}


def test_problems_of_an_unknown_address_and_method_are_problems(client: FlaskClient) -> None:
    for answer, status in ((client.get("/api/v1/nothing"), 404), (client.put("/api/v1/runs"), 405)):
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
        assert answer.get_json()["status"] == status


def test_metrics_count_requests_by_route_and_jobs_by_state(client: FlaskClient) -> None:
    for _ in range(3):
        client.get("/api/v1/runs/none-such")
    text = client.get("/metrics").get_data(as_text=True)
    assert 'gram_requests_total{method="GET",route="/api/v1/runs/{run_id}",status="404"} 3' in text
    assert 'gram_jobs{state="queued"} 0' in text
    assert 'gram_request_seconds_bucket{le="+Inf"} 3' in text
    assert "none-such" not in text


def test_a_browser_is_told_on_a_page_and_a_program_as_a_problem(client: FlaskClient) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    page = client.get("/no-such-run/report.html", headers=browser)
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "there is no such page" in page.get_data(as_text=True)
    assert client.get("/no-such-run/report.html").mimetype == "application/problem+json"
    assert client.get("/api/v1/runs/none", headers=browser).mimetype == "application/problem+json"
    assert "<script>" not in client.get("/<script>alert(1)</script>", headers=browser).get_data(as_text=True)
