"""Requests made up from the service's own OpenAPI document, sent to a service on a socket; every answer is held against it."""

from __future__ import annotations

from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from served import Served, quick

EXAMPLES = 12
STREAMS = ("/api/v1/runs/{run_id}/events",)
"""Read by test_service_events instead: an answer that goes on is none to be validated."""

LEFT_OUT = [positive_data_acceptance]
"""A body of the right form may still name a run file, an issuer or a value that is refused (422)."""


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_answer_is_one_that_the_document_names(tmp_path: Path, mode: GenerationMode) -> None:
    with Served(tmp_path / "reports", quick(0)) as served:
        served.ended(served.post(1).json()["run_id"])
        schema = schemathesis.openapi.from_url(f"{served.address}/api/v1/openapi.json")
        tried = []
        for found in schema.get_all_operations():
            operation = found.ok()
            if operation.path in STREAMS:
                continue
            if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query):
                continue  # nothing there can be wrong but the name, which is 404 either way

            @hypothesis_settings(
                max_examples=EXAMPLES,
                deadline=None,
                derandomize=True,
                database=None,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def hold(case: schemathesis.Case) -> None:
                case.call_and_validate(timeout=60, excluded_checks=LEFT_OUT)

            hold()
            tried.append(operation.label)
        assert len(tried) > (15 if mode is GenerationMode.POSITIVE else 5)
        assert "dispatcher_error" not in {line["event"] for line in served.log}
