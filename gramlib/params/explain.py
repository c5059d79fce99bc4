"""Every value of a resolved run as a table: name, value, unit, meaning, where it came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gramlib.params.fields import leaves, meaning_of, unit_of, yaml_text
from gramlib.params.run_params import RunParams
from gramlib.readable import readable

_RUN_ROWS = (
    ("title", "title of the run"),
    ("scenarios", "listed scenarios to replay"),
    ("profile", "limits to judge by"),
)


@readable
@dataclass(frozen=True)
class Row:
    """One value; `origin` is file:line, --set or default, `basis`, `source` and `date` are those of issuer values."""

    name: str
    value: str
    unit: str
    meaning: str
    origin: str
    basis: str = ""
    source: str = ""
    date: str = ""


def explain(run: RunParams, stage: str = "") -> list[Row]:
    """One row a leaf, in the order of the models: run, stages, issuer, runner; only `stage` when one is named.

    What stages share (issuer, scenarios, profile) stands once; `upstream` is for notebooks run by hand and left out.
    """
    shared = {"title": run.title, "scenarios": list(run.scenarios), "profile": run.profile}
    rows = [_row(run, name, shared[name], "", meaning) for name, meaning in _RUN_ROWS]
    rows.append(_row(run, "issuer", run.stages["predict"].model_dump()["issuer"], "", "issuer under test"))
    for name, params in run.stages.items():
        own = ((key, value, field) for key, value, field in leaves(params, f"{name}.")
               if key.partition(".")[2] not in {"upstream", "issuer", "scenarios", "profile"})  # fmt: skip
        rows += [_row(run, key, value, unit_of(field), meaning_of(field)) for key, value, field in own]
    for key, value, field in leaves(run.issuer):
        basis = run.issuer.basis_of(key) if key != "name" else None
        statement = (basis.basis, basis.source, basis.date) if basis else ()
        rows.append(_row(run, f"issuer.{key}", value, unit_of(field), meaning_of(field), *statement))
    for key, value, field in leaves(run.runner, "runner."):
        rows.append(_row(run, key, value, unit_of(field), meaning_of(field)))
    return [row for row in rows if not stage or row.name.startswith(f"{stage}.")]


def as_text(rows: Iterable[Row]) -> str:
    """The rows as aligned text: name, value, unit, origin, then meaning and, where there is one, the basis."""
    cells = [("name", "value", "unit", "from", "meaning")]
    for row in rows:
        basis = f" ({row.basis}: {row.source})" if row.basis else ""
        cells.append((row.name, row.value, row.unit, row.origin, row.meaning + basis))
    widths = [max(len(line[column]) for line in cells) for column in range(4)]
    return "\n".join("  ".join([*(c.ljust(w) for c, w in zip(line, widths, strict=False)), line[4]]) for line in cells)


def _row(run: RunParams, key: str, value: Any, unit: str, meaning: str, *statement: str) -> Row:
    text = value if isinstance(value, str) and value else yaml_text(value)
    return Row(key, text, unit, meaning, run.provenance[key], *statement)
