"""report.json has a written form: what does not fit is refused by name, and every field says what it is."""

from __future__ import annotations

import copy

import pytest

from gramlib.errors import DataContractError
from gramlib.report.document_schema import SCHEMA, checked, json_schema


def test_a_document_that_fits_passes_unchanged(run_tables):
    assert run_tables.document["schema"] == SCHEMA == 3
    assert checked(run_tables.document) == run_tables.document


@pytest.mark.parametrize(
    ("path", "value"),
    [(("schema",), 2), (("verdict", "status"), "good"), (("headlines", 0, "value"), "much"), (("unknown",), 1)],
)
def test_what_does_not_fit_is_named(run_tables, path, value):
    document = copy.deepcopy(run_tables.document)
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(DataContractError, match=rf"report\.json: {path[0]}"):
        checked(document)


def test_the_form_is_json_schema_with_meanings():
    form = json_schema()
    assert form["properties"]["schema"]["const"] == SCHEMA
    for name in ("Verdict", "Headline", "Finding", "ScenarioRow", "Compared"):
        assert form["$defs"][name]["description"]
    fields = [
        field
        for name in ("Verdict", "Headline", "Finding", "ScenarioRow")
        for field in form["$defs"][name]["properties"].values()
    ]
    assert all(field.get("description") for field in fields)
