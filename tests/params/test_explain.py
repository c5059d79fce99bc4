"""The table behind `gram params explain`."""

from __future__ import annotations

from collections.abc import Callable

from gramlib.params import STAGE_PARAMS, Issuer, RunParams, as_text, explain
from gramlib.params.fields import leaves

Resolve = Callable[..., RunParams]


def test_one_row_a_leaf_with_origin_and_basis(resolve: Resolve) -> None:
    run = resolve("title: x\npredict:\n  n_paths: 50\n", "issuer.terms.fee=1e-3")
    rows = {row.name: row for row in explain(run)}
    shared = {"upstream", "issuer", "scenarios", "profile"}
    expected = {f"{s}.{f}" for s, m in STAGE_PARAMS.items() for f in m.model_fields if f not in shared}
    expected |= {f"issuer.{key}" for key, _, _ in leaves(Issuer())}
    assert expected <= set(rows)
    assert len(rows) == len(explain(run))
    paths = rows["predict.n_paths"]
    assert (paths.value, paths.unit, paths.origin) == ("50", "paths", "params/run.yaml:3")
    assert (rows["issuer.terms.fee"].value, rows["issuer.terms.fee"].origin) == ("0.001", "--set")
    gold = rows["issuer.gold_g"]
    assert (gold.unit, gold.basis, gold.date) == ("g", "assumed", "2026-11-20")
    assert gold.source == "promise of 1:1: the tokens, less gold in transit and on lease"
    shares = rows["issuer.custodians.shares"]
    assert (shares.value, shares.unit, shares.basis) == ("[0.6, 0.4]", "1", "assumed")
    assert rows["train.seed"].origin == "default"
    assert all(row.meaning for row in rows.values())


def test_one_stage_and_text(resolve: Resolve) -> None:
    run = resolve("title: x\n")
    rows = explain(run, "train")
    assert [row.name for row in rows] == [f"train.{f}" for f in STAGE_PARAMS["train"].model_fields if f != "upstream"]
    lines = as_text(rows).splitlines()
    assert len(lines) == len(rows) + 1
    assert lines[0].split() == ["name", "value", "unit", "from", "meaning"]
