"""The page ends with what it cannot say, commands that make the same run again, and its own data."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from urllib.parse import unquote

import pytest

from gramlib.params.issuer import Issuer
from gramlib.report.closing import commands_of, limitations_block, reproduce_block
from gramlib.report.limitations import limitations
from gramlib.runner.resolve import resolve_run

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "overrides",
    [
        [],
        ["predict.seed=7", "train.models=[fhs,garch_t]"],
        ["issuer=gram_usd", "scenarios=[H13a*1.5]", "issuer.terms.fee=0.002"],
        ['report.title=It\'s a "title" of mine', "analyse.screen=sobol"],
    ],
)
def test_the_command_makes_the_same_run(overrides):
    run = resolve_run(ROOT / "params" / "smoke.yaml", overrides, ROOT)
    (repeat, _), (anew, _) = commands_of(run.record)
    assert repeat == f"gram run reports/{run.run_id}/run.json"
    _, _, path, *given = shlex.split(anew)
    assert given[::2] == ["--set"] * len(overrides)
    assert resolve_run(ROOT / path, given[1::2], ROOT).run_id == run.run_id


def test_the_download_is_the_document(run_tables):
    block = reproduce_block(run_tables.document, {"run_id": "a-run"})
    uri = re.search(r'href="data:application/json;charset=utf-8,([^"]*)"', block.html)[1]
    assert json.loads(unquote(uri)) == run_tables.document
    assert 'download="a-run-report.json"' in block.html and "<script" not in block.html


def _told(run_tables, **more):
    return limitations(**{
        "issuer": Issuer(), "source_document": run_tables.source_cards, "verdicts": run_tables.verdicts,
        "metrics": run_tables.metrics, "reverse": run_tables.reverse, **more,
    })  # fmt: skip


def test_limitations_are_those_of_the_run(run_tables):
    told = " ".join(_told(run_tables))
    assert "grade D: the daily path is reconstructed" in told and "no record" not in told
    total = run_tables.document["issuer"]["values"]
    assert f"All {total} values of the issuer are assumed" in told
    assert "backtest" not in told and "What measures cost" not in told


def test_a_doubt_that_the_run_does_not_raise_is_left_out(run_tables):
    sound = run_tables.backtests.assign(power=0.9)
    assert "backtest" not in " ".join(_told(run_tables, backtests=sound))
    blunt = sound.assign(power=[0.2, *[0.9] * (len(sound) - 1)])
    assert f"1 of {len(sound)} backtests of the price models would miss" in " ".join(_told(run_tables, backtests=blunt))
    good = {"grade": "B", "grade_reason": "two sources agree", "end": "2026-07-31"}
    assert (
        _told(run_tables, source_document=good)[0]
        == "The data have grade B: two sources agree. Nothing after 2026-07-31 is in the prices."
    )


def test_limitations_are_listed_and_escaped(run_tables):
    block = limitations_block({"limitations": ["a <b>"]})
    assert "<li>a &lt;b&gt;</li>" in block.html and repr(block) == "- a <b>"
