"""The register: complete, about things that exist, and refused with file and line when it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from gramlib.errors import ParameterError
from gramlib.params import load_assumptions, load_issuer, resolve_params
from gramlib.params.fields import leaves
from gramlib.params.sensitivity import load_ranges

_SHOCKS = {"price_fall", "price_fall_with_event", "custody_loss", "liquidity_multiplier", "event_days"}
_BOOKS = {"liquidity_price_only", "liquidity", "solvency"}


def test_register_covers_every_issuer_value_and_names_what_exists(workbench_root: Path) -> None:
    entries = load_assumptions(workbench_root)
    run = resolve_params(workbench_root / "params" / "baseline.yaml", [], workbench_root)
    named = [key for entry in entries for key in entry.keys]
    assert len(named) == len(set(named))
    assert set(named) <= set(run.provenance)
    values = {f"issuer.{key}" for key, _, _ in leaves(load_issuer("gram", workbench_root))}
    assert values - set(named) == {"issuer.name", "issuer.peg"}
    scenarios = {path.stem for path in (workbench_root / "params" / "scenarios").glob("*.yaml")}
    inputs = {entry.name for entry in load_ranges(workbench_root)}
    known = {"scenario": scenarios, "reverse": _SHOCKS, "book": _BOOKS, "tornado": inputs, "nothing": {"yet"}}
    for entry in entries:
        for probe in entry.probed_by:
            kind, _, name = probe.partition(" ")
            assert name in known[kind], f"{entry.id}: {probe}"


_ENTRY = "  - {id: A1, statement: s, strength: weak, keys: [], effect_if_wrong: e, probed_by: [nothing yet]}\n"


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("assumptions:\n" + _ENTRY + _ENTRY, "A1 stands twice", 3),
        ("assumptions:\n" + _ENTRY.replace("weak", "poor"), "strength is 'poor'", 2),
        ("assumptions:\n" + _ENTRY.replace("statement", "statment"), "statment", 2),
        ("assumptions: []\n", "assumptions", 1),
    ],
)
def test_refused(bench: Path, text: str, words: str, line: int) -> None:
    (bench / "params" / "assumptions.yaml").write_text(text)
    with pytest.raises(ParameterError) as caught:
        load_assumptions(bench)
    assert words in str(caught.value)
    assert f"params/assumptions.yaml:{line}" in str(caught.value)
