"""The service's own pages without a browser: the what-if page, the form of a run, and how far it is."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import html5lib
import pytest

from gramlib.service import create_app
from gramlib.service.what_if_levers import LEVERS

RUN_FORM = {"params": "smoke", "issuer": "", "n_paths": "1000"}


def text_of(answer) -> str:
    html = answer.get_data(as_text=True)
    html5lib.HTMLParser(strict=True).parse(html)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html.partition("<body>")[2]))


@pytest.fixture
def over_a_run(settings, smoke_run: Path):
    app = create_app(replace(settings, reports=smoke_run.parent))
    app.extensions["gram"].telemetry.quiet = True
    return app.test_client()


def test_without_a_run_the_page_leads_to_one(client):
    answer = client.get("/what-if")
    assert answer.status_code == 200 and "no" in text_of(answer).lower()
    assert "href='/start'" in answer.get_data(as_text=True)


def test_the_form_of_a_run_names_every_run_file_and_issuer(client, workbench_root):
    html = client.get("/start").get_data(as_text=True)
    for name in ("smoke", "baseline", "live"):
        assert f'<option value="{name}"' in html
    for path in (workbench_root / "params" / "issuers").glob("*.yaml"):
        assert f'<option value="{path.stem}"' in html
    assert 'value="assumptions"' not in html and "<script" not in html


def test_a_run_asked_for_is_queued_and_its_page_looks_again(client):
    answer = client.post("/start", data=RUN_FORM)
    assert answer.status_code == 303
    progress = client.get(answer.headers["Location"])
    assert "queued 0 of 5 stages done" in text_of(progress) and progress.headers["Refresh"] == "3"
    run_id = answer.headers["Location"].rpartition("/")[2]
    assert client.get(f"/api/v1/runs/{run_id}").get_json()["job"]["state"] == "queued"
    again = client.post("/start", data=RUN_FORM)
    assert again.headers["Location"] == answer.headers["Location"]
    client.delete(f"/api/v1/runs/{run_id}")
    stopped = client.get(f"/progress/{run_id}")
    assert "cancelled" in text_of(stopped) and "Refresh" not in stopped.headers


@pytest.mark.parametrize("wrong", [{"params": "smoek"}, {"issuer": "gra"}, {"n_paths": "0"}])
def test_what_is_refused_stands_above_the_form(client, wrong):
    answer = client.post("/start", data=RUN_FORM | wrong)
    assert answer.status_code == 422 and 'role="alert"' in answer.get_data(as_text=True)
    assert client.get("/api/v1/runs").get_json()["runs"] == []


def test_a_form_of_another_site_starts_nothing(client):
    answer = client.post("/start", data=RUN_FORM, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert client.get("/api/v1/runs").get_json()["runs"] == []


def test_a_browser_may_say_where_the_form_came_from_to_ourselves_alone(client):
    answer = client.get("/start")
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert '<meta name="referrer" content="same-origin">' in answer.get_data(as_text=True)


def test_the_index_that_is_served_leads_to_forms_and_the_one_on_disk_does_not(client, settings):
    answer = client.get("/")
    assert 'href="/start"' in answer.get_data(as_text=True) and 'href="/what-if"' in answer.get_data(as_text=True)
    assert "/start" not in (settings.reports / "index.html").read_text()
    assert client.get("/", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_a_page_of_a_run_there_is_not_is_not_found(client):
    assert client.get("/progress/nobody").status_code == 404


@pytest.mark.slow
def test_the_page_shows_the_run_and_then_what_changes(over_a_run):
    own = over_a_run.get("/what-if")
    html = own.get_data(as_text=True)
    assert own.status_code == 200 and "Nothing is changed" in text_of(own)
    sent = {lever.name: re.search(rf'name="{lever.name}"[^>]* value="([^"]+)"', html)[1] for lever in LEVERS}  # type: ignore[index]
    assert "Nothing is changed" in text_of(over_a_run.get("/what-if", query_string=sent))
    dear = text_of(over_a_run.get("/what-if", query_string=sent | {"fee": "1.25", "cash": "60", "fall": "20"}))
    assert "redemption fee 0.25% to 1.25%" in dear and "Nothing is changed" not in dear
    assert "Gold falls by 20% in a day" in dear and "better" in dear
    assert 'terms.fee": 0.0125' in dear.replace("&#34;", '"').replace("&quot;", '"')


@pytest.mark.slow
def test_a_page_with_a_script_allows_that_one_alone(over_a_run):
    policy = over_a_run.get("/what-if").headers["Content-Security-Policy"]
    assert (
        policy.count("script-src 'sha256-") == 1 and "default-src 'none'" in policy and "form-action 'self'" in policy
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "status", "told"),
    [({"fee": "x"}, 422, "fee is &#x27;x&#x27;"), ({"fee": "<b>"}, 422, "&lt;b&gt;"), ({"fee": "99"}, 422, "terms.fee is 0.99"),
     ({"fall": "99"}, 422, "fall is &#x27;99&#x27;"), ({"run": "nobody"}, 404, "nobody"), ({"page": "2"}, 422, "page")],
)  # fmt: skip
def test_what_is_no_answer_is_told_on_the_page(over_a_run, query, status, told):
    answer = over_a_run.get("/what-if", query_string=query)
    assert answer.status_code == status and told in answer.get_data(as_text=True)


@pytest.mark.slow
def test_the_interface_answers_as_the_page_does(over_a_run, smoke_run):
    asked = {"run": smoke_run.name, "changes": {"terms.fee": 0.0125, "terms.gate": None}}
    answer = over_a_run.post("/api/v1/what-if", json=asked)
    told = answer.get_json()
    assert answer.status_code == 200 and told["run"] == smoke_run.name
    assert told["changes"][0] == {"key": "terms.fee", "before": 0.0025, "after": 0.0125}
    assert over_a_run.post("/api/v1/what-if", json={"run": "nobody"}).status_code == 404
    assert over_a_run.post("/api/v1/what-if", json=asked | {"more": 1}).status_code == 422
    assert over_a_run.post("/api/v1/what-if", json=asked | {"changes": {"terms.fee": 2}}).status_code == 422
