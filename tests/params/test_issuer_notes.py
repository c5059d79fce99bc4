"""Notes: what is odd is said once, what is whole is not mentioned, nothing is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from gramlib.params import Issuer, issuer_notes, load_issuer
from gramlib.params.issuer import Hedge, Lease, Transit


@pytest.mark.parametrize("name", ["gram", "worked_vector", "template", "gram_usd"])
def test_shipped_issuers_are_whole(name: str, workbench_root: Path) -> None:
    assert issuer_notes(load_issuer(name, workbench_root)) == []


@pytest.mark.parametrize(
    ("issuer", "notes"),
    [
        (Issuer(gold_g=9_995_000.0), []),
        (Issuer(gold_g=9e6), ["gold_g is 9,000,000 g, tokens_g is 10,000,000 g: 90.0% backed by gold from the start"]),
        (Issuer(gold_g=9.8e6, transit=Transit(on=True, gold_g=1e5), lease=Lease(on=True, gold_g=1e5)), []),
        (
            Issuer(gold_g=9.8e6, lease=Lease(on=True, gold_g=5e5)),
            ["gold_g + lease.gold_g are 10,300,000 g, tokens_g is 10,000,000 g: 103.0% backed by gold from the start"],
        ),
        (
            Issuer(lease=Lease(gold_g=5e5), hedge=Hedge(short_g=7.0)),
            [
                "lease.gold_g is 500,000 g, but lease.on is false: it is not counted",
                "hedge.short_g is 7 g, but hedge.on is false: it is not counted",
            ],
        ),
        (
            Issuer(peg="usd", gold_g=13e6),
            [
                "gold_g is 13,000,000 g, tokens_g is 10,000,000 g: a collateral ratio of 1.3, liquidated from the first day on"
            ],
        ),
        (Issuer(peg="usd", gold_g=14e6), []),
    ],
)
def test_what_is_odd_is_noted(issuer: Issuer, notes: list[str]) -> None:
    assert issuer_notes(issuer) == notes


def test_params_check_prints_the_notes_and_accepts_the_run(
    workbench_root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from gramlib.cli import main

    monkeypatch.chdir(workbench_root)
    run = ["params", "check", "params/smoke.yaml", "--set", "issuer=worked_vector"]
    assert main(run) == 0
    assert "note" not in capsys.readouterr().out
    assert main([*run, "--set", "issuer.lease.gold_g=5"]) == 0
    assert "note: lease.gold_g is 5 g, but lease.on is false" in capsys.readouterr().out
