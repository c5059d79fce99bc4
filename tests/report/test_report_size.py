"""A report stays below its limit: every chart there is and its data fit into one page, and a longer page is told."""

from __future__ import annotations

import nbformat.v4 as nbf
import pytest
from test_figures import CHARTS

from gramlib.report import tables
from gramlib.report.page import LONGEST_REPORT_BYTES, length_warning
from gramlib.report.render import notebook_html


@pytest.fixture(scope="module")
def charts(run_tables):
    return {name: draw(run_tables) for name, draw in CHARTS.items()}


def shown(*blocks):
    output = [nbf.new_output("display_data", data={"text/html": block._repr_html_()}) for block in blocks]
    return notebook_html(nbf.new_notebook(cells=[nbf.new_code_cell("", outputs=output)]), "report", "Report", "", {})


def test_every_chart_there_is_fits_into_one_report(charts):
    page = shown(*charts.values())
    assert len(page.encode()) < 0.9 * LONGEST_REPORT_BYTES
    for name, chart in charts.items():
        assert f'id="{chart.id}"' in page and (chart.csv == "") == (f'download="{chart.id[4:]}.csv"' not in page), name


def test_no_chart_takes_an_eighth_of_a_report(charts):
    sizes = {name: len(shown(chart)) for name, chart in charts.items()}
    assert max(sizes.values()) < LONGEST_REPORT_BYTES / 8, sizes


def test_cells_of_a_page_take_their_look_from_its_sheet(run_tables):
    table = tables.league(run_tables.league, "A")
    page = shown(table)
    assert "text-align:right" in table._repr_html_()  # where there is no sheet of ours
    cells = page.split("<tbody>")[1].split("</tbody>")[0]
    assert "style=" not in cells and 'class="num"' in cells
    for rule in (".num { text-align: right;", ".short { white-space: nowrap; }", "th, td { padding: .42rem .6rem;"):
        assert rule in page


@pytest.mark.parametrize(("size", "said"), [(LONGEST_REPORT_BYTES, False), (LONGEST_REPORT_BYTES + 10_000, True)])
def test_a_report_over_the_limit_is_told(tmp_path, size, said):
    page = tmp_path / "report.html"
    page.write_bytes(b" " * size)
    warning = length_warning(page)
    assert bool(warning) == said
    assert not said or "report.html has 2.01 MB, more than the 2 MB" in warning
