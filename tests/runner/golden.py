"""The headline figures of the smoke run, held so that none moves unexplained: read, compared, and written anew.

`make golden BECAUSE="name of the entry"` writes tests/golden/headlines.json after a change that was meant to move figures;
the entry stands under "Numbers that moved" in CHANGELOG.md, and a figure that moved needs a new one.

Tolerances: the same code on another type of processor rounds its last digits otherwise, so models fitted there differ a little.
By how much was measured on 2026-11-21: the smoke run once more without AVX2, AVX-512 and FMA in numpy, the C library, OpenBLAS
(Nehalem) and the compiled kernel (generic). Fitted parameters moved by up to 5e-6 of themselves, expected shortfalls by 1.2e-6, the
boundaries of the reverse stress and the day of failure of every one of 4,500 paths not at all. Each tolerance below is far wider than
that, because a path may lie nearer to an edge in another year's data, and narrower than a change of meaning.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "headlines.json"
PARAMS = "params/smoke.yaml"

CHANCES = (
    ("liquidity", "probability_any"),
    ("liquidity", "probability_F7"),
    ("liquidity", "probability_F3"),
    ("liquidity", "probability_F4"),
    ("solvency", "probability_F2"),
)
SHORTFALLS = (("liquidity", "es_nonprice_loss"), ("solvency", "es_nonprice_loss"))
BOOKS = {"chance-out-of-cash": "liquidity", "chance-late-redemption": "liquidity", "chance-insolvency": "solvency"}
"""The book that each headline chance is counted in."""
PATHS_THAT_MAY_FLIP = 2
"""Of each book; none did."""
SHORTFALL_SHARE = 0.002
"""Of the expected shortfall, for it and the ends of its interval; a thousand times what was measured."""
SEARCH_STEPS = 1
"""Boundaries of shares are bisected to analyse.reverse_tolerance: the next step on either side."""


def figures_of(run: Path) -> dict[str, Any]:
    """What is held of a finished run: status, ids of the findings, and each figure with interval and tolerance."""
    document = json.loads((run / "report.json").read_text())
    metrics = pd.read_parquet(run / "04_analyse" / "metrics.parquet").set_index(["subject", "metric"])
    step = float(pd.read_parquet(run / "04_analyse" / "reverse.parquet")["tolerance"].min())
    figures = {}
    for headline in document["headlines"]:
        tolerance = 0.0 if headline["unit"] == "count" else SEARCH_STEPS * step
        if headline["id"].startswith("chance-"):
            tolerance = PATHS_THAT_MAY_FLIP / int(metrics.loc[(BOOKS[headline["id"]], "probability_any"), "n"])
        figures[headline["id"]] = _figure(headline, tolerance) | {"status": headline["status"]}
    for subject, metric in CHANCES:
        row = metrics.loc[(subject, metric)]
        figures[f"{subject} {metric}"] = _figure(row, PATHS_THAT_MAY_FLIP / int(row["n"]))
    for subject, metric in SHORTFALLS:
        row = metrics.loc[(subject, metric)]
        figures[f"{subject} {metric}"] = _figure(row, SHORTFALL_SHARE * abs(float(row["value"])))
    return {
        "status": document["verdict"]["status"],
        "worst_scenario": document["worst_scenario"],
        "findings": [finding["id"] for finding in document["findings"]],
        "figures": figures,
    }


def _figure(row: Any, tolerance: float) -> dict[str, Any]:
    numbers = {end: None if pd.isna(row[end]) else float(f"{row[end]:.9g}") for end in ("value", "lower", "upper")}
    return {**numbers, "tolerance": float(f"{tolerance:.3g}")}


def moved(golden: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Which held figures moved and by how much, a line each; empty when none did. Tolerances are the golden ones."""
    lines = [
        f"{name}: {golden[name]} is now {found[name]}"
        for name in ("status", "worst_scenario", "findings")
        if golden[name] != found[name]
    ]
    for name in [*golden["figures"], *(name for name in found["figures"] if name not in golden["figures"])]:
        before, after = golden["figures"].get(name), found["figures"].get(name)
        if before is None or after is None:
            lines.append(f"{name}: {'new' if before is None else 'no longer there'}")
            continue
        for part in ("status", "value", "lower", "upper"):
            old, new = before.get(part), after.get(part)
            if isinstance(old, float) and isinstance(new, float):
                if abs(new - old) > before["tolerance"] * (1 + 1e-9):
                    lines.append(
                        f"{name}, {part}: {old:.6g} to {new:.6g}, moved by {new - old:+.3g}, tolerance {before['tolerance']:g}"
                    )
            elif old != new:
                lines.append(f"{name}, {part}: {old} is now {new}")
    return lines


def entries(changelog: str) -> list[str]:
    """Names of the entries under "Numbers that moved", newest first: the bold words that open each."""
    section = changelog.split("### Numbers that moved")[1].split("\n#")[0]
    return re.findall(r"^\* \*\*(.+?)\.?\*\*", section, re.MULTILINE)


def advice(lines: list[str], explained_by: str) -> str:
    """What to print when figures moved."""
    told = "\n  ".join(lines)
    return (
        f"headline figures of {PARAMS} moved since entry {explained_by!r}:\n  {told}\n"
        'Not meant? Then the change has an error. Meant? Add an entry "* **its name**: old value, new value, cause" under '
        '"Numbers that moved" in CHANGELOG.md, then: make golden BECAUSE="its name"'
    )


def refreshed(golden: dict[str, Any], found: dict[str, Any], because: str, changelog: str) -> dict[str, Any]:
    """The new golden record; raises ValueError where `because` names no entry, or an old one for figures that moved."""
    if because not in entries(changelog):
        raise ValueError(f"CHANGELOG.md has no entry {because!r} under Numbers that moved, only {entries(changelog)}")
    lines = moved(golden, found) if golden else []
    if lines and because == golden["explained_by"]:
        raise ValueError(advice(lines, because))
    return {"params": PARAMS, "explained_by": because, **found}


def main() -> None:
    """Run the smoke parameters and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("because", help="name of the entry under Numbers that moved in CHANGELOG.md")
    because = parser.parse_args().because
    golden = json.loads(GOLDEN.read_text()) if GOLDEN.is_file() else {}
    with tempfile.TemporaryDirectory() as reports:
        command = [sys.executable, "-m", "gramlib", "run", str(ROOT / PARAMS)]
        subprocess.run(command, check=True, env={**os.environ, "GRAM_REPORTS": reports})
        found = figures_of(next(Path(reports).glob("*/run.json")).parent)
    try:
        record = refreshed(golden, found, because, (ROOT / "CHANGELOG.md").read_text())
    except ValueError as error:
        sys.exit(str(error))
    GOLDEN.write_text(json.dumps(record, indent=1) + "\n")
    sys.stdout.write("\n".join([f"wrote {GOLDEN}", *(moved(golden, found) if golden else [])]) + "\n")


if __name__ == "__main__":
    main()
