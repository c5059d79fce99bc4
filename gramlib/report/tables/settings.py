"""Tables of what was put in and what came out: issuer, assumptions, parameters, artefacts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gramlib.params.issuer import Issuer
from gramlib.report import numbers
from gramlib.report.html_table import Heading, Table
from gramlib.report.tables.plain import columns


def issuer(issuer: Issuer) -> Table:
    """Every value of the issuer, and whether it was disclosed or assumed."""
    rows = tuple(
        (key, "none" if value is None else f"{value:,.12g}" if isinstance(value, (int, float)) else str(value),
         basis.basis, basis.source, basis.date)
        for key, value in leaves(issuer.to_record()) if not key.startswith("basis")
        for basis in (issuer.basis_of(key),)
    )  # fmt: skip
    return Table(
        f"The issuer: {issuer.name}",
        columns("Value", "Setting", "Basis", "Source", "Date", numeric=("Setting",)),
        rows,
        "Money in USD, mass in grams; fees, shares and rates are fractions, a day unless the name says otherwise.",
        folded=True,
    )


def leaves(record: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Nested mappings as (dotted key, value) in order."""
    found: list[tuple[str, Any]] = []
    for key, value in record.items():
        found += leaves(value, f"{prefix}{key}.") if isinstance(value, Mapping) else [(f"{prefix}{key}", value)]
    return found


def assumptions(entries: Iterable[Mapping[str, Any]]) -> Table:
    """The register of assumptions: statement, strength, effect if wrong, what probes it."""
    rows = tuple(
        tuple(_words(entry.get(key, "")) for key in ("id", "statement", "strength", "effect", "probed_by"))
        for entry in map(_with_effect, entries)
    )
    return Table(
        "Assumptions", columns("Id", "Assumption", "Strength", "If it is wrong", "Probed by"), rows,
        "Strength is that of the evidence: a weak assumption rests on judgement alone.",
    )  # fmt: skip


def _with_effect(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {**entry, "effect": entry.get("effect") or entry.get("effect_if_wrong", "")}


def _words(value: Any) -> str:
    return numbers.joined(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def parameters(rows: Iterable[Mapping[str, Any]]) -> Table:
    """Parameters with value, unit or meaning, and where each value came from."""
    return Table(
        "Parameters of this run",
        columns("Parameter", "Value", "Meaning", "Set by"),
        tuple(
            (str(r.get("key", "")), _words(r.get("value", "")), str(r.get("meaning", "")), str(r.get("origin", "")))
            for r in rows
        ),
    )


def provenance(manifests: Sequence[Mapping[str, Any]]) -> Table:
    """One row an artefact: who wrote it, how long the stage took, how its hash begins."""
    rows = []
    for manifest in sorted(manifests, key=lambda m: m.get("started") or 0.0):
        seconds = _seconds(manifest)
        for output in manifest.get("outputs", []):
            rows.append((
                str(manifest.get("stage", "")), str(output.get("name", "")), "" if output.get("rows") is None else f"{int(output['rows']):,}",
                str(output.get("sha256", ""))[:16], seconds,
            ))  # fmt: skip
    headings = (
        Heading("Stage"),
        Heading("Artefact"),
        Heading("Rows", "", numeric=True),
        Heading("SHA-256 begins"),
        Heading("Stage took", "s", numeric=True),
    )
    return Table("What each stage wrote", headings, tuple(rows))


def _seconds(manifest: Mapping[str, Any]) -> str:
    started, finished = manifest.get("started"), manifest.get("finished")
    return (
        f"{finished - started:.1f}" if isinstance(started, (int, float)) and isinstance(finished, (int, float)) else ""
    )
