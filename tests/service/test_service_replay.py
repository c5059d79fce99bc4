"""POST /api/v1/replay: the ledger of `gram replay`, to the byte, and the same refusals."""

from __future__ import annotations

import csv
import io

import pytest

from gramlib.params.issuer_file import load_issuer
from gramlib.simulation.replay_csv import DAYS_COLUMNS, replay_csv

PRICES = [4000.0, 3600.0, 3550.25, 3700.0]
EVENTS = [{"day": 1, "event": 1.0}, {"day": 3, "lost_g": 1000.0, "liquidity_multiplier": 2.0}]


def asked(client, accept="application/json", **body):
    return client.post("/api/v1/replay", json={"issuer": "gram", **body}, headers={"Accept": accept})


@pytest.fixture
def written(tmp_path, workbench_root) -> str:
    prices, events, out = tmp_path / "p.csv", tmp_path / "e.csv", tmp_path / "days.csv"
    prices.write_text("gold_usd_per_oz\n" + "\n".join(map(repr, PRICES)) + "\n")
    events.write_text("day,event,lost_g,liquidity_multiplier\n1,1.0,,\n3,,1000.0,2.0\n")
    replay_csv(prices, load_issuer("gram", workbench_root), events, out_path=out)
    return out.read_text()


def test_csv_is_what_the_command_line_writes(client, written):
    answer = asked(client, "text/csv", gold_usd_per_oz=PRICES, events=EVENTS)
    assert answer.status_code == 200 and answer.mimetype == "text/csv"
    assert answer.get_data(as_text=True) == written


def test_json_has_the_same_columns_and_digits(client, written):
    answer = asked(client, gold_usd_per_oz=PRICES, events=EVENTS).get_json()
    assert tuple(answer["columns"]) == DAYS_COLUMNS and len(answer["days"]) == len(PRICES) - 1
    for told, row in zip(answer["days"], csv.DictReader(io.StringIO(written)), strict=True):
        assert {name: float(text) for name, text in row.items()} == told


def test_changes_and_engines_are_heard(client):
    dear = asked(client, gold_usd_per_oz=PRICES, changes={"terms.fee": 0.02}).get_json()["days"]
    own = asked(client, gold_usd_per_oz=PRICES).get_json()["days"]
    kernel = asked(client, gold_usd_per_oz=PRICES, engine="kernel").get_json()["days"]
    assert sum(day["fees_usd"] for day in dear) > 7 * sum(day["fees_usd"] for day in own)
    assert [day["cash_usd"] for day in kernel] == pytest.approx([day["cash_usd"] for day in own], rel=1e-9)


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({"gold_usd_per_oz": [4000.0, -1.0]}, 422, "prices.csv:3"),
        ({"gold_usd_per_oz": [4000.0]}, 422, "at least 2"),
        ({"gold_usd_per_oz": [4000.0, 3900.0], "dates": ["2024-01-03", "2024-01-02"]}, 422, "dates that rise"),
        ({"gold_usd_per_oz": [4000.0, 3900.0], "dates": ["2024-01-03"]}, 422, "a date a price"),
        ({"gold_usd_per_oz": [4000.0, 3900.0], "events": [{"day": 9}]}, 422, "from 1 to 1"),
        ({"gold_usd_per_oz": [4000.0, 3900.0], "events": [{"day": 1, "evnt": 1}]}, 422, "did you mean 'event'"),
        ({"gold_usd_per_oz": [4000.0, 3900.0], "events": [{"day": 1, "custodian": 3}]}, 422, "the issuer has 2"),
        ({"gold_usd_per_oz": [4000.0, 3900.0], "issuer": "gra"}, 404, "did you mean 'gram'"),
        ({"gold_usd_per_oz": [4000.0, 3900.0], "issuer": "../gram"}, 422, "pattern"),
        ({"gold_usd_per_oz": [4000.0, 3900.0], "changes": {"terms.fe": 1}}, 422, "did you mean 'terms.fee'"),
        ({"gold_usd_per_oz": [4000.0, 3900.0], "engine": "other"}, 422, "reference"),
    ],
)
def test_what_is_refused_says_why_and_names_no_file_of_ours(client, body, status, told):
    answer = asked(client, **body)
    assert answer.status_code == status and answer.mimetype == "application/problem+json"
    assert told in answer.get_json()["detail"] and "/gram-replay" not in answer.get_data(as_text=True)


def test_a_form_that_is_not_to_be_had_is_refused(client):
    assert asked(client, "image/png", gold_usd_per_oz=PRICES).status_code == 406
