"""Runs, stages and artefacts as a client meets them, without a socket."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gramlib.artefacts import CATALOGUE
from gramlib.cli import main
from gramlib.service import Settings
from gramlib.store import RunFolder, atomic
from gramlib.store.hashing import sha256_file
from gramlib.store.manifest import Manifest, Output

BODY = {"params": "smoke", "set": {"predict.n_paths": 1500}}


def made(settings: Settings, run_id: str, created: float = 1.0, redistribute: str = "yes") -> RunFolder:
    """A run with a data stage: source cards and a small table of prices."""
    folder = RunFolder(settings.reports / run_id)
    folder.create({"run_id": run_id, "identity": "i", "created": created, "title": f"Title of {run_id}", "params": {}})
    stage = folder.stage_path("01_data")
    stage.mkdir()
    atomic.write_json(
        stage / "source_cards.json",
        {"redistribute": redistribute, "cards": [{"id": "x", "redistribute": redistribute}]},
    )
    days = pd.DataFrame(
        {"date": pd.date_range("2020-01-01", periods=5), "gold_usd_per_g": [50.0, 51.5, float("nan"), 52.25, 1 / 3]}
    )
    days.to_parquet(stage / "prices.parquet", index=False)
    (stage / "notebook.html").write_text("<!DOCTYPE html><title>data</title>", encoding="utf-8")
    outputs = tuple(
        Output(name, file, sha256_file(stage / file), (stage / file).stat().st_size, CATALOGUE[name].version, rows)
        for name, file, rows in (("prices", "prices.parquet", 5), ("source_cards", "source_cards.json", None))
    )
    Manifest("data", run_id, {}, outputs, started=1.0, finished=3.5, headline="5 days").write(stage)
    return folder


def test_a_parameter_set_is_queued_under_the_id_the_command_line_gives_it(
    client: FlaskClient, workbench_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = client.post("/api/v1/runs", json=BODY)
    assert answer.status_code == 202
    view = answer.get_json()
    assert answer.headers["Location"] == f"/api/v1/runs/{view['run_id']}"
    assert (view["status"], view["job"]["ahead"]) == ("queued", 0)
    assert main(["why", str(workbench_root / "params" / "smoke.yaml"), "--set", "predict.n_paths=1500"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"run {view['run_id']}"
    assert client.get(answer.headers["Location"]).get_json() == view
    assert client.post("/api/v1/runs", json=BODY).get_json()["job"] == view["job"]


@pytest.mark.parametrize(
    "override", ["predict.n_paths=-1", "predict.n_pahts=5", "train.models=[fhs, nope]", "scenarios=[H13]", "issuer.terms.fee=2", "extends=x"]
)  # fmt: skip
def test_what_the_command_line_refuses_is_refused_in_the_same_words(
    client: FlaskClient, workbench_root: Path, capsys: pytest.CaptureFixture[str], override: str
) -> None:
    key, _, text = override.partition("=")
    answer = client.post("/api/v1/runs", json={"params": "smoke", "set": {key: yaml.safe_load(text)}})
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    problem = answer.get_json()
    assert main(["params", "check", str(workbench_root / "params" / "smoke.yaml")]) == 0
    capsys.readouterr()
    assert main(["why", str(workbench_root / "params" / "smoke.yaml"), "--set", override]) == problem["exit_code"] == 2
    told = capsys.readouterr().err.removeprefix("gram: ").strip()
    assert told.splitlines()[0] == problem["detail"].splitlines()[0]
    assert client.get("/api/v1/runs").get_json()["runs"] == []


@pytest.mark.parametrize(
    "values",
    [
        {"data.path": "/etc/passwd"}, {"data": {"path": "prices.csv"}}, {"data.token_files": ["x=/etc/passwd"]},
        {"data.splice": ["x=prices.csv"]}, {"data.accept_terms": ["lbma"]}, {"issuer": "/etc/passwd"}, {"issuer": "../issuers/gram.yaml"},
        {"issuer.file": "gram.yaml"}, {"issuer": {"file": "~/x"}}, {"report.compare_with": "../../etc"}, {"profile": "../x"},
        {"scenarios": ["../../x"]}, {"data.path=/etc/passwd #": 1}, {" data.path": "/etc/passwd"}, {"data .path": "x"},
        {"report": {"compare_with": "/etc"}}, {"data.sheet": "a\\b"},
    ],
)  # fmt: skip
def test_values_that_name_files_are_refused(client: FlaskClient, values: dict[str, object]) -> None:
    answer = client.post("/api/v1/runs", json={"params": "smoke", "set": values})
    assert answer.status_code == 422, answer.get_json()
    assert client.get("/metrics").get_data(as_text=True).count('gram_jobs{state="queued"} 0') == 1


@pytest.mark.parametrize(
    "name", ["../params/smoke", "smoke.yaml", "/etc/passwd", "assumptions", "issuers/gram", "smoke\0"]
)
def test_run_files_are_found_by_name_only(client: FlaskClient, name: str) -> None:
    assert client.post("/api/v1/runs", json={"params": name}).status_code == 422


def test_a_title_may_have_a_slash(client: FlaskClient) -> None:
    assert client.post("/api/v1/runs", json={"params": "smoke", "set": {"report.title": "A/B"}}).status_code == 202


def test_an_id_in_use_for_other_parameters_is_refused(client: FlaskClient, settings: Settings) -> None:
    made(settings, "mine")
    assert client.post("/api/v1/runs", json={**BODY, "run_id": "mine"}).status_code == 409
    assert client.post("/api/v1/runs", json={**BODY, "run_id": "new"}).status_code == 202
    assert client.post("/api/v1/runs", json={"params": "smoke", "run_id": "new"}).status_code == 409
    assert client.post("/api/v1/runs", json={**BODY, "run_id": "example"}).status_code == 422


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400), (b"\xff\xfe", "application/json", 400), (b"[]", "application/json", 422),
        (b'{"params": 5}', "application/json", 422), (b'{"params": "smoke", "extra": 1}', "application/json", 422),
        (b'{"params": "smoke", "force": "yes"}', "application/json", 422), (b"[" * 5000, "application/json", 400),
        (b'{"params": "smoke"}', "text/plain", 415), (b'{"params": "smoke"}', "", 415), (b"", "application/json", 400),
        (b'{"params": "smoke", "run_id": "../x"}', "application/json", 422),
    ],
)  # fmt: skip
def test_bodies_that_are_none(client: FlaskClient, content: bytes, kind: str, status: int) -> None:
    answer = client.post("/api/v1/runs", data=content, content_type=kind)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_pages_of_runs_hold_each_run_once(client: FlaskClient, settings: Settings) -> None:
    for number in range(7):
        made(settings, f"r{number}", created=float(number // 2))
    address, seen = "/api/v1/runs?limit=3", []
    for _ in range(3):
        answer = client.get(address)
        seen += [view["run_id"] for view in answer.get_json()["runs"]]
        if not answer.get_json()["next"]:
            assert "Link" not in answer.headers
            break
        address = answer.headers["Link"].partition(">")[0].removeprefix("<")
    assert seen == ["r6", "r5", "r4", "r3", "r2", "r1", "r0"]
    assert [v["run_id"] for v in client.get("/api/v1/runs?prefix=r3").get_json()["runs"]] == ["r3"]
    assert client.get("/api/v1/runs?status=succeeded").get_json()["runs"] == []
    assert len(client.get("/api/v1/runs?status=partial").get_json()["runs"]) == 7


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=x", "limit=1&limit=2", "cursor=%00", "cursor=Zm9v", "status=x", "nope=1"]
)
def test_queries_that_are_none(client: FlaskClient, query: str) -> None:
    assert client.get(f"/api/v1/runs?{query}").status_code == 422


def test_what_has_not_changed_is_not_sent_again(client: FlaskClient, settings: Settings) -> None:
    made(settings, "r")
    for path in ("/api/v1/runs", "/api/v1/runs/r", "/api/v1/runs/r/stages", "/api/v1/runs/r/stages/data", "/api/v1/runs/r/artefacts",
                 "/api/v1/runs/r/artefacts/prices"):  # fmt: skip
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (first.status_code, again.status_code, again.data) == (200, 304, b""), path
        assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_key_makes_a_repeated_post_one_run(client: FlaskClient) -> None:
    key = {"Idempotency-Key": "k1"}
    first = client.post("/api/v1/runs", json=BODY, headers=key)
    client.delete(first.headers["Location"])
    again = client.post("/api/v1/runs", json=BODY, headers=key)
    assert again.get_json() == first.get_json()
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (202, "true")
    assert again.headers["Location"] == first.headers["Location"]
    assert client.get(first.headers["Location"]).get_json()["status"] == "cancelled"
    other = client.post("/api/v1/runs", json={"params": "smoke"}, headers=key)
    assert other.status_code == 422
    refused = client.post("/api/v1/runs", json={"params": "nope"}, headers={"Idempotency-Key": "k2"})
    assert (
        refused.status_code
        == client.post("/api/v1/runs", json={"params": "nope"}, headers={"Idempotency-Key": "k2"}).status_code
    )
    assert client.post("/api/v1/runs", json=BODY, headers={"Idempotency-Key": "a b"}).status_code == 400


def test_stages_say_how_they_stand(client: FlaskClient, settings: Settings) -> None:
    made(settings, "r")
    stages = client.get("/api/v1/runs/r/stages").get_json()["stages"]
    assert [(s["stage"], s["status"]) for s in stages] == [
        ("data", "succeeded"), ("train", "not_run"), ("predict", "not_run"), ("analyse", "not_run"), ("report", "not_run"),
    ]  # fmt: skip
    data = client.get("/api/v1/runs/r/stages/data").get_json()
    assert (data["headline"], data["wall_s"], [o["name"] for o in data["outputs"]]) == (
        "5 days",
        2.5,
        ["prices", "source_cards"],
    )
    (settings.reports / "r" / "01_data" / "prices.parquet").unlink()
    assert client.get("/api/v1/runs/r/stages/data").get_json()["status"] == "damaged"
    assert client.get("/api/v1/runs/r/stages/nope").status_code == 404


def test_a_stage_is_queued_only_after_those_it_reads_from(client: FlaskClient, settings: Settings) -> None:
    made(settings, "r")
    refused = client.post("/api/v1/runs/r/stages/predict", json={})
    assert refused.status_code == 409
    assert "train" in refused.get_json()["found"]
    assert client.post("/api/v1/runs/r/stages/train", json={}).status_code == 202
    assert client.get("/api/v1/runs/r").get_json()["status"] == "queued"
    assert client.post("/api/v1/runs/r/stages/data", json={}).status_code == 409


@pytest.mark.parametrize(
    ("accept", "kind"),
    [("application/json", "application/json"), ("text/csv", "text/csv"), ("*/*", "application/json"),
     ("application/vnd.apache.parquet", "application/vnd.apache.parquet"),
     ("text/csv;q=0.5, application/vnd.apache.parquet", "application/vnd.apache.parquet")],
)  # fmt: skip
def test_a_table_in_the_form_asked_for(client: FlaskClient, settings: Settings, accept: str, kind: str) -> None:
    path = made(settings, "r").stage_path("01_data") / "prices.parquet"
    answer = client.get("/api/v1/runs/r/artefacts/prices", headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (200, kind)
    there = pd.read_parquet(path)
    if kind.endswith("parquet"):
        assert answer.data == path.read_bytes()
    elif kind == "text/csv":
        found = pd.read_csv(io.BytesIO(answer.data), parse_dates=["date"])
        pd.testing.assert_frame_equal(found, there, check_dtype=False)
    else:
        assert [row["gold_usd_per_g"] for row in json.loads(answer.data)] == [50.0, 51.5, None, 52.25, 1 / 3]
    answer.close()


def test_rows_of_a_table_page_by_page(client: FlaskClient, settings: Settings) -> None:
    made(settings, "r")
    whole = client.get("/api/v1/runs/r/artefacts/prices").get_json()
    address, found = "/api/v1/runs/r/artefacts/prices?limit=2", []
    for _ in range(3):
        answer = client.get(address)
        found += answer.get_json()
        address = answer.headers.get("Link", "").partition(">")[0].removeprefix("<")
    assert (found, address) == (whole, "")


def test_a_damaged_artefact_is_never_sent(client: FlaskClient, settings: Settings) -> None:
    path = made(settings, "r").stage_path("01_data") / "prices.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert client.get("/api/v1/runs/r/artefacts/prices").status_code == 409


def test_artefacts_that_are_not_there(client: FlaskClient, settings: Settings) -> None:
    made(settings, "r")
    assert client.get("/api/v1/runs/r/artefacts/nope").status_code == 404
    assert client.get("/api/v1/runs/r/artefacts/outcomes").status_code == 404
    assert client.get("/api/v1/runs/none/artefacts/prices").status_code == 404
    assert client.get("/api/v1/runs/r/artefacts/prices", headers={"Accept": "image/png"}).status_code == 406
    assert client.get("/api/v1/runs/r/artefacts/source_cards", headers={"Accept": "text/csv"}).status_code == 406


@pytest.mark.parametrize(("redistribute", "status"), [("yes", 200), ("no", 403), ("unknown", 403)])
def test_a_source_that_may_not_be_handed_on_is_not(
    app: Flask, settings: Settings, redistribute: str, status: int
) -> None:
    made(settings, "r", redistribute=redistribute)
    client = app.test_client()
    at_the_machine = client.get("/api/v1/runs/r/artefacts/prices")
    assert at_the_machine.status_code == 200
    auth = {"Authorization": f"Bearer {app.extensions['gram'].tokens.add('a', 'run')}"}
    assert client.get("/api/v1/runs/r/artefacts/prices", headers=auth).status_code == status
    page = client.get("/r/01_data/notebook.html", headers=auth)
    assert page.status_code == status
    page.close()
    assert client.get("/api/v1/runs/r/artefacts/source_cards", headers=auth).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/r/run.json", "/r/01_data/stage.json", "/r/01_data/prices.parquet", "/.service/service.sqlite", "/r/../r/run.json", "/%2e%2e/x",
     "/r/01_data/..%2f..%2frun.json", "/link/report.html", "/r/report.html/", "/r/01_data/stage.log", "/compare-..html", "/r%00/report.html"],
)  # fmt: skip
def test_only_pages_are_served(client: FlaskClient, settings: Settings, tmp_path: Path, path: str) -> None:
    made(settings, "r")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "report.html").write_text("secret", encoding="utf-8")
    os.symlink(outside, settings.reports / "link")
    answer = client.get(path)
    assert answer.status_code in (404, 308), path
    assert b"secret" not in answer.data


def test_the_index_is_served_with_the_policy_it_states(client: FlaskClient, settings: Settings) -> None:
    made(settings, "r")
    with client.get("/") as answer:
        assert answer.mimetype == "text/html"
        assert b"/01_data/notebook.html" in answer.data
        again = client.get("/", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
        again.close()
    with client.get("/r/01_data/notebook.html") as page:
        assert page.status_code == 200


NAMES = st.one_of(
    st.text(max_size=40), st.sampled_from(["..", ".", "r", "%2e%2e", "~", "\0", "r/../r", "con", "a" * 300, "🜚"])
)


@pytest.mark.slow
@given(first=NAMES, second=NAMES, third=NAMES)
@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_address_reaches_a_file_it_should_not(
    client: FlaskClient, settings: Settings, first: str, second: str, third: str
) -> None:
    if not (settings.reports / "r").exists():
        made(settings, "r")
    for path in (f"/{first}/{second}/{third}", f"/api/v1/runs/{first}", f"/api/v1/runs/r/artefacts/{second}",
                 f"/api/v1/runs/{first}/stages/{third}"):  # fmt: skip
        answer = client.get(quote(path, safe="/%"), base_url="http://localhost")
        assert answer.status_code < 500
        assert not answer.data.startswith((b"SQLite", b"PAR1"))
        answer.close()


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        "predict.n_paths",
        "issuer",
        "issuer.terms.fee",
        "data.path",
        "scenarios",
        "report.title",
        "train",
        "",
        "a.b.c",
        "predict",
    ]
) | st.text(max_size=15)


@pytest.mark.slow
@given(
    body=st.fixed_dictionaries({"params": st.just("smoke"), "set": st.dictionaries(KEYS, JSON_VALUES, max_size=3)})
    | JSON_VALUES
)
@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_body_is_a_defect(client: FlaskClient, body: object) -> None:
    answer = client.post("/api/v1/runs", data=json.dumps(body), content_type="application/json")
    assert answer.status_code in (200, 202, 400, 409, 422), answer.get_data(as_text=True)
    if answer.status_code >= 400:
        assert answer.get_json()["detail"]
