"""A resolved run as a record and as an identity."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gramlib.errors import ParameterError
from gramlib.params import RunParams

Resolve = Callable[..., RunParams]


def test_record_round_trip_through_json(resolve: Resolve) -> None:
    text = "title: Öunces\nscenarios: [calm]\nissuer:\n  banks: {on: true, shares: [1, 0.0]}\nrunner: {stage_timeout_s: 5}\n"
    with pytest.raises(ParameterError, match=r"issuer.banks.shares is a list with 0.0(.|\n)*params/run.yaml:4"):
        resolve(text)
    run = resolve(
        text.replace("[1, 0.0]", "[1]"), "issuer.terms.fee=1e-3", "issuer.custodians.shares=[0.5, 0.25, 0.25]"
    )
    assert (run.issuer.banks.shares, run.issuer.custodians.shares) == ([1.0], [0.5, 0.25, 0.25])
    assert run.issuer.basis_of("custodians.shares").source == "set for this run"
    assert set(run.issuer_overrides) == {"banks.on", "banks.shares", "terms.fee", "custodians.shares"}
    assert RunParams.from_record(json.loads(json.dumps(run.to_record()))) == run


@pytest.mark.parametrize(
    "spoil", [{"schema": 99}, {"stages": {}}, {"issuer": {"gold_g": -1}}, {"title": None, "stages": None}]
)
def test_records_that_do_not_fit_are_refused(resolve: Resolve, spoil: dict) -> None:
    with pytest.raises(ParameterError):
        RunParams.from_record(resolve("title: x\n").to_record() | spoil)


def test_identity_knows_every_number_and_no_machine(resolve: Resolve, bench: Path) -> None:
    (bench / "gold.csv").write_text("date,price\n" * 15_000)
    (bench / "copy.csv").write_text("date,price\n" * 15_000)
    text = "data: {source: file}\n"
    base = resolve(text, "data.path=gold.csv").identity_record()
    assert str(bench) not in json.dumps(base)
    assert resolve(text, "data.path=copy.csv").identity_record() == base
    assert resolve(text, "data.path=gold.csv", "runner.stage_timeout_s=9").identity_record() == base
    (bench / "mine.yaml").write_text((bench / "params" / "issuers" / "gram.yaml").read_text())
    assert resolve(text, "data.path=gold.csv", "issuer=mine.yaml").identity_record() == base


@pytest.mark.parametrize(
    "override",
    ["predict.n_paths=7", "train.seed=1", "issuer.terms.fee=0.1", "issuer.name=Other", "scenarios=calm", "data.unit=oz",
     "report.author=Ann", "predict.drivers=[]", "analyse.confidence=0.9", "issuer.drivers.custody.tail_xi=0.2",
     "issuer.weekends.on=true", "issuer.custodians.shares=[0.7, 0.3]", "issuer.collateral.bonus=0.04", "issuer=gram_usd"],
)  # fmt: skip
def test_identity_changes_with_every_value_that_counts(resolve: Resolve, override: str) -> None:
    assert resolve("title: x\n", override).identity_record() != resolve("title: x\n").identity_record()
