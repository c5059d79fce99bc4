"""Pages: no script, no request, one h1, headings in order, unique ids, readable failures, enough contrast."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import nbformat.v4 as nbf
import pytest
from pytest import fixture, mark

from gramlib.report import figures, findings_block, kpi_block, provenance_block, reasons_block, tables, verdict_block
from gramlib.report.findings import SECTIONS
from gramlib.report.page import CONTENT_POLICY, document, style_sheet
from gramlib.report.render import render_notebook

LABEL = "daily path reconstructed from monthly averages: demonstration only"


class Page(HTMLParser):
    """What the tests ask of a page."""

    def __init__(self, html: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.feed(html)
        assert self.open == [], "every tag closes"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("img", "br", "meta", "hr", "link", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]

    @property
    def headings(self):
        return [int(name[1]) for name, _ in self.tags if re.fullmatch(r"h[1-6]", name)]


def _shown(block):
    return nbf.new_code_cell(
        "show(it)",
        outputs=[nbf.new_output("execute_result", data={"text/html": block._repr_html_(), "text/plain": repr(block)})],
    )


def _notebook(run_tables, *more):
    manifests = [
        {
            "stage": "data",
            "started": 0.0,
            "finished": 1.25,
            "outputs": [{"name": "prices", "sha256": "ab" * 32, "rows": 6935}],
        }
    ]
    chart = figures.reverse_intervals(run_tables.reverse)
    return nbf.new_notebook(
        cells=[
            nbf.new_markdown_cell("# Does such an issuer survive?\n\nRead **this** first."),
            nbf.new_code_cell("n = 3  # number [1]", metadata={"tags": ["parameters"]}),
            _shown(verdict_block(run_tables.document)), _shown(kpi_block(run_tables.document)), _shown(findings_block(run_tables.document)), _shown(reasons_block(run_tables.document)),
            *(nbf.new_markdown_cell(f"## {each}") for each in dict.fromkeys(SECTIONS.values()) if each != "What breaks it"),
            nbf.new_markdown_cell("## What breaks it\n\n#### A heading that skips a level"),
            _shown(chart), _shown(chart), _shown(tables.sources(run_tables.source_cards)), _shown(tables.quality(run_tables.quality)),
            nbf.new_markdown_cell("## Provenance"), _shown(provenance_block({"run_id": "baseline-1 <b>"}, manifests)),
            nbf.new_markdown_cell("## Last\n\n# A second title"),
            *more,
        ],
        metadata={"gram": {"banner": LABEL}},
    )  # fmt: skip


@fixture
def rendered(run_tables, tmp_path):
    def render(*more, **options):
        target = tmp_path / "page.html"
        render_notebook(_notebook(run_tables, *more), target, **{"title": "Gram stress test", **options})
        assert [path.name for path in tmp_path.iterdir()] == ["page.html"], "no temporary file is left"
        return target.read_text(encoding="utf-8")

    return render


@mark.parametrize("kind", ["report", "appendix"])
def test_page_is_one_offline_accessible_file(rendered, kind):
    html = rendered(
        kind=kind, run_links={"Data": "01_data/notebook.html", "Bad": "javascript:alert(1)", "Far": "//example.org/x"}
    )
    page = Page(html)
    assert not page.all("script") and not page.all("iframe") and not page.all("link")
    sources = [attrs[key] for _, attrs in page.tags for key in ("src", "srcset", "data", "action") if key in attrs]
    assert sources and all(source.startswith("data:image/") for source in sources)
    targets = [attrs["href"] for attrs in page.all("a")]
    assert all(target.startswith(("#", "data:text/csv", "01_data/")) for target in targets)
    anchors = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(set(anchors)) == len(anchors)
    assert {target[1:] for target in targets if target.startswith("#")} <= set(anchors)
    named = [name for _, attrs in page.tags for name in attrs.get("aria-labelledby", "").split()]
    assert named and set(named) <= set(anchors)
    assert page.headings.count(1) == 1 and page.headings[0] == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    assert page.all("html")[0]["lang"] == "en" and len(page.all("main")) == 1 and page.all("a")[0]["href"] == "#main"
    policy = next(
        attrs["content"] for attrs in page.all("meta") if attrs.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy == CONTENT_POLICY == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert all(attrs.get("alt") for attrs in page.all("img"))
    assert f'<div class="banner" role="note">{LABEL}</div>' in html
    assert ("show(it)" in re.sub(r"<[^>]+>", "", html)) == (kind == "appendix")
    assert len(html) < 2_000_000


def test_contents_stand_before_the_first_section_and_end_with_the_stages(rendered):
    html = rendered(kind="report", run_links={"data": "01_data/notebook.html"})
    contents = html.split('<nav class="toc"')[1].split("</nav>")[0]
    named = re.findall(r'<a href="#([^"]+)">([^<]+)</a>', contents)
    assert [text for _, text in named][-3:] == ["Last", "A second title", "How it was found, stage by stage"]
    assert html.index('id="verdict"') < html.index('<nav class="toc"') < html.index("<h2")
    assert html.index('<nav id="stages"') < html.index("</main>")
    appendix = rendered(kind="appendix", run_links={"data": "01_data/notebook.html"})
    assert 'id="stages"' not in appendix and appendix.index("Other stages") < appendix.index('<main id="main">')


def test_formulas_of_a_cell_are_mathml(rendered):
    html = rendered(nbf.new_markdown_cell("With $x_t$ at $4,000.\n\n```math\n\\frac{a}{b}\n```"))
    assert html.count("<math") == 2 and "<mfrac>" in html and "at $4,000." in html


def test_code_of_an_appendix_is_folded_away(rendered):
    html = rendered(kind="appendix")
    assert "<details><summary>Code: default parameters</summary>" in html
    assert "<details open><summary>Code" not in html


def test_a_banner_given_by_the_caller_wins_and_none_leaves_no_strip(run_tables, tmp_path, rendered):
    assert '<div class="banner" role="note">Real &lt;data&gt;</div>' in rendered(banner="Real <data>")
    plain = _notebook(run_tables)
    plain.metadata = {}
    render_notebook(plain, tmp_path / "page.html", title="x")
    assert 'class="banner"' not in (tmp_path / "page.html").read_text()


def test_without_a_title_the_notebooks_own_heading_is_the_title(rendered):
    html = rendered(title="")
    assert html.count("<h1>") == 1 and "<h1>Does such an issuer survive?</h1>" in html
    assert "<title>Does such an issuer survive?</title>" in html


def test_failed_notebook_is_readable_and_leads_to_the_cell(rendered):
    broken = nbf.new_code_cell("1 / 0", outputs=[nbf.new_output(
        "error", ename="ZeroDivisionError", evalue="division by <zero>", traceback=["\x1b[31mTraceback\x1b[0m", "\x1b[1;32mline <1>\x1b[0m"],
    )])  # fmt: skip
    html = rendered(broken)
    page = Page(html)
    assert any(attrs.get("id") == "failed-cell" for attrs in page.all("div"))
    assert any(attrs["href"] == "#failed-cell" for attrs in page.all("a"))
    assert "ZeroDivisionError: division by &lt;zero&gt;" in html and "line &lt;1&gt;" in html
    assert "\x1b" not in html and "[31m" not in html


def test_hostile_outputs_are_disarmed(rendered):
    outputs = [
        nbf.new_output("stream", name="stdout", text="<img src=x onerror=alert(1)>\x1b[31m"),
        nbf.new_output("display_data", data={"text/html": "<p>kept</p><script>alert(1)</script><SCRIPT src='http://x'></SCRIPT><img src='data:image/png;base64,AA=='>"}),
        nbf.new_output("display_data", data={"application/javascript": "alert(1)", "text/plain": "plain <b>"}),
        nbf.new_output("display_data", data={"image/png": "iVBORw0KGgo=\n"}, metadata={"image/png": {"alt": 'A "dot"'}}),
        nbf.new_output("display_data", data={"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg'/>"}),
    ]  # fmt: skip
    html = rendered(nbf.new_code_cell("x", outputs=outputs))
    assert "<script" not in html.lower() and "alert(1)" not in re.sub(r"&lt;.*?&gt;", "", html)
    assert "<p>kept</p>" in html and "plain &lt;b&gt;" in html and 'alt="A &#34;dot&#34;"' in html
    assert all(attrs.get("alt") for attrs in Page(html).all("img"))


def test_notebook_is_read_from_a_path_and_left_as_it_was(run_tables, tmp_path):
    import nbformat

    source = tmp_path / "notebook.ipynb"
    nbformat.write(_notebook(run_tables), source)
    before = source.read_bytes()
    render_notebook(source, tmp_path / "page.html", title="x")
    assert source.read_bytes() == before and (tmp_path / "page.html").stat().st_size > 10_000


def test_unwritable_target_leaves_the_old_page(run_tables, tmp_path, monkeypatch):
    target = tmp_path / "page.html"
    target.write_text("old")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        render_notebook(_notebook(run_tables), target, title="x")
    assert target.read_text() == "old" and [path.name for path in tmp_path.iterdir()] == ["page.html"]


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _schemes() -> dict[str, dict[str, str]]:
    css = style_sheet()
    light, dark, printed = (
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    )
    return {"light": light, "dark": {**light, **dark}, "print": {**light, **printed}}


PAIRS = [
    *((text, ground) for text in ("ink", "muted", "link", "banner") for ground in ("page", "card")),
    *((tone, f"{tone}-bg") for tone in ("pass", "watch", "fail", "none", "banner")),
    *((text, "code") for text in ("ink", "keyword", "string", "comment", "number")),
]


@mark.parametrize("scheme", ["light", "dark", "print"])
@mark.parametrize(("text", "ground"), PAIRS)
def test_colours_meet_aa(scheme, text, ground):
    colours = _schemes()[scheme]
    assert _contrast(colours[text], colours[ground]) >= 4.5


def test_contrast_formula_against_known_ratios():
    # WCAG 2.2: black on white is 21:1; #767676 on white is the well-known lightest grey of AA, 4.54:1
    assert _contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert _contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_style_sheet_asks_nothing_from_outside():
    css = style_sheet()
    assert len(css) < 16_000 and "url(" not in css and "@import" not in css
    for feature in (
        "prefers-color-scheme: dark",
        "@page",
        "size: A4",
        "@media print",
        "prefers-reduced-motion",
        ":focus-visible",
    ):
        assert feature in css


def test_document_escapes_what_it_is_given():
    html = document("A <title>", "<p>body</p>", banner="<i>", eyebrow="&")
    assert "<h1>A &lt;title&gt;</h1>" in html and "&lt;i&gt;" in html and '<p class="eyebrow">&amp;</p>' in html
