"""The methods appendix: every step of the engine, its formulas as MathML, from the one page where they stand."""

from __future__ import annotations

import re
from pathlib import Path

import html5lib
import pytest

from gramlib.errors import ArtefactError
from gramlib.report.glossary import TERMS, glossary_block
from gramlib.report.mathml import formula, markdown_html
from gramlib.report.methods import MODEL_PAGE, methods_block, steps
from gramlib.simulation import reference


def parsed(html: str):
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(html)


def test_the_steps_are_those_of_the_engine():
    found = steps(MODEL_PAGE.read_text())
    assert [step.id for step in found] == [f"E{n}" for n in range(1, 12)]
    told = set(re.findall(r"\bE\d+\b", Path(reference.__file__).read_text()))
    assert {step.id for step in found} <= told
    assert all(step.formulas and step.line.endswith(".") and len(step.line) < 150 for step in found)


def test_every_formula_becomes_mathml_and_none_is_left_in_latex():
    html = methods_block().html
    wanted = MODEL_PAGE.read_text()
    core = wanted.split("## 3. ")[1].split("## 4. ")[0]
    assert html.count('class="formula"') == core.count("```math") > 15
    assert "\\" not in html and "$" not in html.replace("$0", "") and "```" not in html
    root = parsed(html)
    assert all(math.get("display") in {"block", "inline"} for math in root.iter("math"))
    labels = [part.get("aria-label") for part in root.iter("div") if part.get("class") == "formula"]
    assert len(set(labels)) == len(labels)


def test_extensions_and_drivers_are_folded_and_the_whole_is_light():
    html = methods_block().html
    root = parsed(html)
    folded = [part for part in root.iter("details")]
    assert len(folded) == 3 and all(part.get("open") is None for part in folded)
    text = ["".join(part.itertext()) for part in folded]
    assert "Custodians k." in text[0] and "custody freeze at k" in text[1] and "Collateral K grams" in text[2]
    assert all(head.get("scope") == "col" for head in root.iter("th"))
    assert len(html.encode()) < 40_000


def test_a_page_without_steps_is_refused(tmp_path):
    page = tmp_path / "MODEL.md"
    page.write_text("# Nothing here\n")
    with pytest.raises(ArtefactError, match=r"no step of the issuer's day"):
        methods_block(page)
    page.write_text("E1. **Price.** It comes.\n")
    with pytest.raises(ArtefactError, match="symbols under heading 2"):
        methods_block(page)


def test_known_formulas():
    fraction = formula(r"\frac{a}{b}")
    assert "<mfrac>" in fraction and 'display="block"' in fraction and "tabindex" not in fraction
    assert 'role="region" tabindex="0" aria-label="E1 &lt;"' in formula("x", "E1 <")
    assert "<mtext>cov</mtext>" in formula(r"\text{cov}_t")


def test_markdown_keeps_prices_and_code_and_turns_formulas():
    html = markdown_html(
        "# Head\n\nFrom $4,000 to $5,000; `a $x$ b`; and $x_t$.\n\n```math\na < b\n```\n\n```\n$y$\n```\n"
    )
    assert "<h1>Head</h1>" in html
    assert "From $4,000 to $5,000" in html and "a $x$ b" in html and "$y$" in html
    assert html.count("<math") == 2 and '<div class="formula"><math' in html and "<p><div" not in html


def test_glossary_has_every_term_once_in_order_with_an_anchor():
    root = parsed(glossary_block().html)
    terms = [("".join(term.itertext()), term.get("id")) for term in root.iter("dt")]
    assert [text for text, _ in terms] == sorted(TERMS) and len({anchor for _, anchor in terms}) == len(terms)
    assert all(anchor.startswith("term-") for _, anchor in terms)
    assert "own funds: assets less liabilities" in glossary_block().text
