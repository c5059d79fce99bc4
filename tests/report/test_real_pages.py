"""The pages of a real run, read as text: valid, self-contained, every link and name resolves; and the rules can fail."""

from __future__ import annotations

import html
import re

import pytest
from page_rules import offences

from gramlib.report.glossary import TERMS
from gramlib.report.page import LONGEST_REPORT_BYTES, document


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", ["report.html", *(f"0{n}_{stage}/notebook.html" for n, stage in enumerate(["data", "train", "predict", "analyse", "report"], 1))]
)  # fmt: skip
def test_pages_of_a_real_run_keep_to_the_rules(smoke_run, page):
    assert offences(smoke_run / page) == []


@pytest.mark.slow
def test_the_report_and_its_appendices_lead_to_each_other(smoke_run):
    report = (smoke_run / "report.html").read_text()
    for stage in ("01_data", "02_train", "03_predict", "04_analyse"):
        assert f'href="{stage}/notebook.html"' in report
        assert 'href="../report.html"' in (smoke_run / stage / "notebook.html").read_text()


@pytest.mark.slow
def test_the_glossary_has_only_terms_of_the_page(smoke_run):
    page = (smoke_run / "report.html").read_text()
    assert len(page.encode()) < LONGEST_REPORT_BYTES
    before, glossary = page.split('<dl class="glossary">')
    text = html.unescape(
        re.sub(r"<[^>]+>", " ", re.sub(r'(?:src|href)="data:[^"]*"', "", before + glossary.split("</dl>", 1)[1]))
    )
    words = " ".join(text.lower().split())
    assert [term for term in TERMS if term not in words] == []
    assert page.count('class="formula"') > 15 and page.count("<math") > 20


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<script>1</script>", "1 script(s)"),
        ('<img src="https://example.org/x.png" alt="A long enough description">', "img takes src from"),
        ('<img src="data:," alt="chart">', "picture described as 'chart'"),
        ('<p id="main">x</p>', "id main 2 times"),
        ('<a href="#nowhere">x</a>', "link #nowhere leads nowhere"),
        ('<a href="other.html">x</a>', "link other.html leads to no file"),
        ('<a href="#main"></a>', "says nothing"),
        ('<a href="data:text/csv,a b">x</a>', "a href: no URI"),
        ("<h4>x</h4>", "h1 before h4"),
        ("<table><tbody><tr><td>x</td></tr></tbody></table>", "headers without scope"),
        ('<p onclick="x()">x</p>', "p onclick"),
        ('<p aria-labelledby="who">x</p>', "aria-labelledby who leads nowhere"),
        ('<iframe src="data:,"></iframe>', "element iframe"),
        ("<style>p { background: url(x.png) }</style>", "a style sheet asks for more"),
    ],
)
def test_each_rule_can_be_broken(tmp_path, body, said):
    page = tmp_path / "page.html"
    page.write_text(document("A page", body))
    assert any(said in offence for offence in offences(page)), offences(page)


def test_a_plain_page_keeps_every_rule_and_its_own_script_is_allowed_only_where_asked(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(document("A page", "<p>Nothing.</p>"))
    assert offences(page) == []
    page.write_text(document("A page", "<p>Nothing.</p>", script="let a = 1;"))
    assert offences(page) == ["1 script(s)"] and offences(page, own_script=True) == []
