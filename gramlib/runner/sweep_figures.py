"""The figures by which members of a sweep are compared, taken from a member's own tables and kept beside them.

From stage predict: the chance of each failure in the book that decides it, the expected shortfall, own funds. From stage
analyse, where a sweep goes that far: the verdict and the smallest shocks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gramlib.runner.pipeline import stage_named
from gramlib.store import Manifest, RunFolder, atomic

FILE = "figures.json"
SCHEMA = 1
READ_FROM = ("predict", "analyse")
SOLVENCY = ("F1", "F2", "F6")
"""Failures of own funds are judged over three years, the others over one."""

SHOCKS = (("price_fall", "queue"), ("price_fall", "F4"), ("custody_loss", "F2"))


def read_figures(folder: Path) -> dict[str, Any] | None:
    """The figures kept in the run `folder`, None where there are none or its tables have changed since."""
    record = atomic.read_json(folder / FILE)
    if record is None or record.get("schema") != SCHEMA or record["made_from"] != _made_from(folder):
        return None
    return record


def write_figures(folder: Path) -> dict[str, Any]:
    """Take the figures of the run `folder` and keep them there; unchanged ones are left alone."""
    kept = read_figures(folder)
    if kept is not None:
        return kept
    record = {"schema": SCHEMA, "made_from": _made_from(folder), **_figures(RunFolder(folder))}
    atomic.write_json(folder / FILE, record)
    return record


def _made_from(folder: Path) -> dict[str, str]:
    manifests = _manifests(RunFolder(folder))
    return {name: manifest.outputs_digest for name, manifest in manifests.items()}


def _manifests(folder: RunFolder) -> dict[str, Manifest]:
    found = {name: folder.manifest(stage_named(name).folder) for name in READ_FROM}
    return {name: manifest for name, manifest in found.items() if manifest is not None}


def _figures(folder: RunFolder) -> dict[str, Any]:
    from gramlib.store.tables import read_artefact

    manifests = _manifests(folder)

    def read(stage: str, name: str) -> Any:
        return read_artefact(folder.stage_path(stage_named(stage).folder), manifests[stage], name)

    params = folder.record()["params"]
    figures = _of_paths(read("predict", "outcomes"), params) if "predict" in manifests else []
    verdict = {}
    if "analyse" in manifests:
        verdicts = read("analyse", "verdicts")
        deciding = verdicts[verdicts["decides"]]
        verdict = {
            "status": _worst(deciding["status"]),
            "failed": int((deciding["status"] == "fail").sum()),
            "of": len(deciding),
        }
        figures += _shocks(read("analyse", "reverse"))
    return {"figures": {figure["id"]: figure for figure in figures}, "verdict": verdict}


def _worst(statuses: Any) -> str:
    from gramlib.report.vocabulary import SEVERITY

    return str(max(statuses, key=lambda word: SEVERITY.get(word, 0), default=""))


def _of_paths(outcomes: Any, params: dict[str, Any]) -> list[dict[str, Any]]:
    import numpy as np

    from gramlib.artefacts import predicates_of
    from gramlib.metrics import expected_shortfall
    from gramlib.metrics.intervals import quantile_interval, wilson_interval
    from gramlib.params.issuer import Issuer

    books = {name: rows for name, rows in outcomes.groupby("book")}
    level, confidence = params["stages"]["analyse"]["level"], params["stages"]["analyse"]["confidence"]
    failures = predicates_of(Issuer.from_record(params["issuer"]).peg)
    made = []
    failed_in = {
        name: np.column_stack([rows[f"{f.lower()}_day"] >= 0 for f in failures]) for name, rows in books.items()
    }
    chances = [("any", "liquidity", np.asarray(failed_in["liquidity"].any(axis=1)))]
    for position, failure in enumerate(failures):
        book = "solvency" if failure in SOLVENCY else "liquidity"
        chances.append((failure, book, failed_in[book][:, position]))
    for failure, book, hit in chances:
        bounds = wilson_interval(int(hit.sum()), len(hit), confidence)
        made.append(
            _figure(f"chance_{failure}", float(hit.mean()), "probability", *bounds, book=book, high_is_bad=True)
        )
    losses = books["liquidity"]["nonprice_loss_usd"].to_numpy(dtype=float)
    made.append(
        _figure("es_nonprice_loss", expected_shortfall(losses, level), "USD", book="liquidity", high_is_bad=True)
    )
    equity = books["solvency"]["end_equity_usd"].to_numpy(dtype=float)
    bounds = quantile_interval(equity, 0.05, confidence)
    made.append(_figure("end_equity_q05", float(np.quantile(equity, 0.05)), "USD", *bounds, book="solvency"))
    made.append(_figure("end_equity_mean", float(equity.mean()), "USD", book="solvency"))
    fees = books["liquidity"]["fees_usd"].to_numpy(dtype=float)
    made.append(_figure("fees_mean", float(fees.mean()), "USD", book="liquidity"))
    return made


def _shocks(reverse: Any) -> list[dict[str, Any]]:
    made = []
    for shock, predicate in SHOCKS:
        rows = reverse[(reverse["shock"] == shock) & (reverse["predicate"] == predicate)]
        if rows.empty:
            continue
        first = rows.sort_values("interval").iloc[0]
        value = float(first["lower"]) if bool(first["found"]) else None
        made.append(_figure(f"smallest_{shock}_{predicate}", value, "share"))
    return made


def _figure(
    name: str, value: float | None, unit: str, lower: float | None = None, upper: float | None = None, *,
    book: str = "", high_is_bad: bool = False,
) -> dict[str, Any]:  # fmt: skip
    known = [None if end is None or end != end else float(end) for end in (lower, upper)]
    return {"id": name, "value": value, "unit": unit, "lower": known[0], "upper": known[1], "book": book,
            "high_is_bad": high_is_bad}  # fmt: skip
