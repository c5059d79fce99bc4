"""The committed example is what the report stage makes today, in structure: numbers and pixels may differ from machine to machine."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import html5lib
import nbformat
import pytest

from gramlib.errors import ParameterError
from gramlib.report.document_schema import SCHEMA
from gramlib.runner import example, workbench
from gramlib.store import RunFolder, atomic

EXAMPLE = workbench.root().joinpath(*example.HERE)
_ANCHOR = "\N{PILCROW SIGN}"
_OF_THE_RESULT = re.compile(r"^(fig-(?:replay|tornado))-.*")
"""Figures named after the scenario or failure that came out worst."""
_DIGITS = re.compile(r"\d+")
WEIGHT_BYTES = 2_500_000
"""What a clone may carry for it."""


def elements(page: Path) -> list[Any]:
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page.read_text(encoding="utf-8"))
    return list(tree.iter())


def words(element: Any) -> str:
    return " ".join(" ".join(element.itertext()).split()).removesuffix(_ANCHOR).strip()


def structure(page: Path) -> dict[str, Any]:
    """Headings of the first two levels, figures by their anchor, table captions with figures blanked out, regions."""
    found = elements(page)
    return {
        "headings": [words(e) for e in found if e.tag in ("h1", "h2")],
        "figures": [_OF_THE_RESULT.sub(r"\1", e.get("id")) for e in found if e.tag == "figure" and e.get("id")],
        "captions": [_DIGITS.sub("#", words(e)) for e in found if e.tag == "caption"],
        "regions": [(e.tag, e.get("role")) for e in found if e.tag in ("main", "nav", "header", "footer")],
    }


def keys(value: Any, path: str = "") -> set[str]:
    """Every path of keys in a JSON document; the members of a list count as one."""
    if isinstance(value, dict):
        return {path} | {found for name, held in value.items() for found in keys(held, f"{path}.{name}")}
    if isinstance(value, list):
        return {path} | {found for held in value for found in keys(held, f"{path}[]")}
    return {path}


@pytest.mark.slow
def test_the_example_is_current_in_structure(smoke_run: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "example"
    example.render(RunFolder(smoke_run), fresh)
    remedy = "make example renders it anew"
    assert structure(EXAMPLE / "report.html") == structure(fresh / "report.html"), remedy
    assert structure(EXAMPLE / "index.html") == structure(fresh / "index.html"), remedy
    assert keys(json.loads((EXAMPLE / "report.json").read_text())) == keys(
        json.loads((fresh / "report.json").read_text())
    ), remedy


def test_the_example_has_the_schema_and_the_sections_of_today() -> None:
    document = json.loads((EXAMPLE / "report.json").read_text(encoding="utf-8"))
    assert document["schema"] == SCHEMA and document["data"]["redistribute"] == "yes"
    notebook = nbformat.read(workbench.root() / "notebooks" / "05_stakeholder_report.ipynb", as_version=4)
    asked = [
        line[3:].strip()
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("## ")
    ]
    shown = structure(EXAMPLE / "report.html")["headings"]
    assert [heading for heading in asked if heading not in shown] == [], "make example renders it anew"
    said = document["verdict"]["sentence"].removesuffix(document["verdict"]["caveat"]).strip()
    assert said in words(elements(EXAMPLE / "report.html")[0])


def test_the_example_stands_alone_and_is_small() -> None:
    for name in ("report.html", "index.html"):
        links = [e.get("href") for e in elements(EXAMPLE / name) if e.tag == "a"]
        for link in links:
            assert link.startswith(("#", "data:")) or (EXAMPLE / link.partition("#")[0]).is_file(), link
    texts = "".join((EXAMPLE / name).read_text(encoding="utf-8") for name in example.PAGES)
    assert not re.search(r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//", texts)
    assert not re.search(r"/(?:home|root|tmp|work|Users)/", texts), "a path of the machine that rendered it"
    assert sum(path.stat().st_size for path in EXAMPLE.iterdir()) < WEIGHT_BYTES


def test_dead_links_become_text_and_living_ones_stay() -> None:
    page = '<a href="#x">in</a> <a class="y" href="report.html#z">there</a> <a href="01_data/notebook.html">gone <b>b</b></a> <a download="d" href="data:,1">d</a>'
    assert example.without_dead_links(page, ("report.html",)) == page.replace(
        '<a href="01_data/notebook.html">gone <b>b</b></a>', "gone <b>b</b>"
    )


@pytest.mark.slow
def test_what_may_not_be_handed_on_is_no_example(smoke_run: Path, tmp_path: Path) -> None:
    run = shutil.copytree(smoke_run, tmp_path / "reports" / smoke_run.name)
    cards = atomic.read_json(run / "01_data" / "source_cards.json")
    cards["redistribute"] = cards["cards"][0]["redistribute"] = "no"
    atomic.write_json(run / "01_data" / "source_cards.json", cards)
    with pytest.raises(ParameterError, match="not free to hand on"):
        example.render(RunFolder(run), tmp_path / "example")
    (run / "report.html").unlink()
    with pytest.raises(ParameterError, match="no published report"):
        example.render(RunFolder(run), tmp_path / "example")
    assert not (tmp_path / "example").exists()


@pytest.mark.slow
def test_the_picture_is_drawn_from_a_run(smoke_run: Path, tmp_path: Path) -> None:
    assert example.draw(RunFolder(smoke_run), tmp_path).read_text(encoding="utf-8").startswith("<svg")
    with pytest.raises(ParameterError, match="no succeeded report stage"):
        example.draw(RunFolder(tmp_path), tmp_path)


def test_the_command_says_what_it_takes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert example.main([]) == 2 and "params/smoke.yaml" in capsys.readouterr().err
    monkeypatch.setenv("GRAM_REPORTS", str(tmp_path))
    assert example.main([str(workbench.root() / "params" / "smoke.yaml")]) == 2
    assert "has no published report" in capsys.readouterr().err
