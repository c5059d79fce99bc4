"""Scenarios, issuers and models: listed by pages, one each, with ETags."""

from __future__ import annotations

import pytest

from gramlib.models.registry import BASELINES, FORECASTERS, PATH_MODELS
from gramlib.params.issuer import Issuer
from gramlib.params.issuer_file import issuer_names, load_issuer
from gramlib.scenarios import Scenario, load_scenarios


def expected(what: str, root) -> list[str]:
    return {
        "scenarios": lambda: [scenario.id for scenario in load_scenarios(["all"], root)],
        "issuers": lambda: issuer_names(root),
        "models": lambda: [*PATH_MODELS, *FORECASTERS, *(model.name for model in BASELINES)],
    }[what]()


@pytest.mark.parametrize("what", ["scenarios", "issuers", "models"])
def test_pages_follow_one_another_and_hold_everything_once(client, workbench_root, what):
    address, seen = f"/api/v1/{what}?limit=3", []
    while address:
        answer = client.get(address)
        page = answer.get_json()
        assert len(page["entries"]) <= 3
        seen += [entry["name"] for entry in page["entries"]]
        link = answer.headers.get("Link", "")
        assert bool(page["next"]) == bool(link)
        address = link.partition(">")[0].lstrip("<")
    assert seen == expected(what, workbench_root)


@pytest.mark.parametrize("what", ["scenarios", "issuers", "models"])
def test_every_link_leads_to_its_one_and_a_known_one_is_not_sent_again(client, what):
    for entry in client.get(f"/api/v1/{what}?limit=5").get_json()["entries"]:
        one = client.get(entry["link"])
        assert {name: one.get_json()[name] for name in entry} == entry
        again = client.get(entry["link"], headers={"If-None-Match": one.headers["ETag"]})
        assert again.status_code == 304 and not again.get_data()


def test_records_read_back_as_what_they_are(client, workbench_root):
    issuer = client.get("/api/v1/issuers/gram").get_json()["record"]
    assert Issuer.from_record(issuer) == load_issuer("gram", workbench_root)
    scenario = load_scenarios(["all"], workbench_root)[0]
    assert Scenario.from_record(client.get(f"/api/v1/scenarios/{scenario.id}").get_json()["record"]) == scenario


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("/api/v1/issuers/gra", 404, "did you mean 'gram'"),
        ("/api/v1/models/fsh", 404, "did you mean 'fhs'"),
        ("/api/v1/scenarios/..%2f..%2fbaseline", 404, ""),
        ("/api/v1/scenarios?limit=0", 422, "limit"),
        ("/api/v1/scenarios?cursor=nobody", 422, "cursor"),
        ("/api/v1/scenarios?page=2", 422, "page"),
    ],
)
def test_what_there_is_not_is_told(client, address, status, told):
    answer = client.get(address)
    assert answer.status_code == status and told in answer.get_json()["detail"]
