"""Every chart: a sentence, a text alternative, the data behind it, the same bytes each time, no licensed rows."""

from __future__ import annotations

import io
import itertools
import re
import sys
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
from chart_words import WORDS
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.text import Text
from path_ledger_rows import ISSUER, path_ledgers

from gramlib.artefacts import empty_table
from gramlib.prices import premium_summary
from gramlib.report import figures, theme
from gramlib.report.figure import MOST_ROWS, Figure, finish
from gramlib.report.html_table import Heading, Table

CHARTS = {
    "price_history": lambda t: figures.price_history(t.prices, t.source_cards),
    "coverage_timeline": lambda t: figures.coverage_timeline(
        t.prices, t.token_prices, t.flows, t.covariates, t.source_cards
    ),
    "agreement": lambda t: figures.agreement(t.differences, t.source_cards),
    "token_premium": lambda t: figures.token_premium(t.token_prices, premium_summary(t.token_prices), t.source_cards),
    "redemptions": lambda t: figures.redemptions(t.flows, t.source_cards),
    "return_profile": lambda t: figures.return_profile(t.prices, t.facts),
    "volatility": lambda t: figures.volatility(t.prices, t.residuals, t.calibration),
    "league": lambda t: figures.league(t.league, t.calibration),
    "tail_fit": lambda t: figures.tail_fit(t.residuals, t.calibration),
    "threshold_stability": lambda t: figures.threshold_stability(t.tail_fit),
    "scenario_paths": lambda t: figures.scenario_paths(t.replays, t.scenarios_used),
    "replay": lambda t: figures.replay(t.replays, "S14", t.scenarios_used, t.replay_failures),
    "path": lambda t: figures.path(
        t.replays[t.replays["scenario"] == "S14"].assign(book="liquidity", choice="worst", path=7), "liquidity", "worst"
    ),
    "fan": lambda t: figures.fan(t.days, "liquidity", "equity_usd"),
    "failure_probabilities": lambda t: figures.failure_probabilities(t.metrics),
    "loss_distribution": lambda t: figures.loss_distribution(t.outcomes, t.metrics),
    "scenario_ranking": lambda t: figures.scenario_ranking(t.metrics, t.replay_failures, t.scenarios_used),
    "reverse_intervals": lambda t: figures.reverse_intervals(t.reverse),
    "failure_maps": lambda t: figures.failure_maps(t.frontiers, t.frontier_edges),
    "return_periods": lambda t: figures.return_periods(t.likely, t.causes),
    "coverage_backtest": lambda t: figures.coverage_backtest(t.backtests),
    "three_buffers": lambda t: figures.three_buffers(ISSUER, t.days, t.replays, t.outcomes, t.scenarios_used),
    "liquidity_waterfall": lambda t: figures.liquidity_waterfall(path_ledgers(), "liquidity", "worst", ISSUER),
    "redemption_run": lambda t: figures.redemption_run(path_ledgers(), "liquidity", "worst", ISSUER),
    "overview": lambda t: figures.overview(t.document, t.reverse, t.replays),
}


class _Balance(HTMLParser):
    """Counts that every tag that opens also closes, in order."""

    def __init__(self):
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in ("img", "br", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def drawings(run_tables):
    """Every chart with the canvas it was drawn on."""
    made = {}
    for name, draw in CHARTS.items():
        kept = []

        def spy(*args, kept=kept, **kwargs):
            kept.append(theme.canvas(*args, **kwargs))
            return kept[-1]

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(sys.modules[getattr(figures, name).__module__], "canvas", spy)
            chart = draw(run_tables)
        (drawing,) = kept
        made[name] = chart, drawing
    return made


@pytest.fixture(scope="module")
def drawn(drawings):
    return {name: chart for name, (chart, _) in drawings.items()}


TESTED_BESIDE = {
    "tornado": "test_sensitivity_page.py",
    "chain_backtest": "test_chain_page.py",
    **dict.fromkeys(
        ("convergence", "uncertainty_sources", "liquidity_ladder", "loss_attribution"), "test_uncertainty_figures.py"
    ),
    **dict.fromkeys(
        ("fee_against_band", "gate_against_run", "measure_effects", "own_funds_required"), "test_recommend_page.py"
    ),
    **dict.fromkeys(
        ("package_effects", "efficient_frontier", "early_warning", "recovery_options", "residual_shocks"),
        "test_package_figures.py",
    ),
}
"""Charts whose rows need a builder of their own."""


def test_every_public_chart_is_tested():
    assert set(figures.__all__) == set(CHARTS) | set(TESTED_BESIDE)
    for name, file in TESTED_BESIDE.items():
        assert re.search(rf"\.{name}\b", (Path(__file__).parent / file).read_text(encoding="utf-8")), (
            f"{name} is not drawn in {file}"
        )


@pytest.mark.parametrize("name", CHARTS)
def test_chart_speaks_to_eye_and_screen_reader(drawn, name):
    chart = drawn[name]
    html = chart._repr_html_()
    assert f'<figure id="{chart.id}" aria-labelledby="{chart.id}-caption" style="margin:0">' in html
    alt = re.search(r'<img [^>]*\balt="([^"]+)"', html)[1]
    assert len(alt) > 60 and re.search(r"\d", alt)
    assert chart.headline.endswith(".") and re.search(r"\d|None", chart.headline)
    for text in (chart.headline, alt, repr(chart.table)):
        assert not re.search(r"\b(nan|None|inf)\b", text.replace("None of", "").replace("None cause", ""))
    assert "<table>" in html and "<caption>" in html and 'scope="col"' in html and 'scope="row"' in html
    assert "<script" not in html and "http" not in re.sub(r'"data:[^"]+"', "", html)
    walker = _Balance()
    walker.feed(html)
    assert walker.open == []


@pytest.mark.parametrize("name", ["league", "replay", "reverse_intervals", "failure_probabilities"])
def test_svg_is_the_same_bytes_each_time(run_tables, drawn, name):
    again = CHARTS[name](run_tables)
    assert again.image == drawn[name].image
    assert again.media == "image/svg+xml" and b"<dc:date>" not in again.image and b"http-equiv" not in again.image


def test_png_is_the_same_bytes_each_time(run_tables, drawn):
    again = CHARTS["volatility"](run_tables)
    assert again.media == "image/png" and again.image == drawn["volatility"].image


def test_users_own_matplotlib_settings_change_nothing(run_tables, drawn):
    import matplotlib

    with matplotlib.rc_context({"font.size": 31, "svg.hashsalt": "other", "axes.grid": False}):
        assert CHARTS["league"](run_tables).image == drawn["league"].image


def test_ids_are_unique_over_all_charts(drawn):
    ids = [chart.id for chart in drawn.values()]
    assert len(set(ids)) == len(ids)


def test_rows_that_may_not_be_passed_on_are_not(run_tables):
    free = figures.price_history(run_tables.prices, run_tables.source_cards)
    for licence in ("no", "unknown", ""):
        closed = figures.price_history(run_tables.prices, {**run_tables.source_cards, "redistribute": licence})
        assert closed.csv == "" and "download=" not in closed._repr_html_()
        assert len(closed.table.rows) == run_tables.prices["date"].dt.year.nunique()
    frame = _download(free)
    assert list(frame) == ["date", "gold_usd_per_oz"] and len(frame) == len(free.csv.splitlines()) - 1


def _download(chart):
    payload = re.search(r'href="data:text/csv;charset=utf-8,([^"]+)"', chart._repr_html_())[1]
    return pd.read_csv(io.StringIO(unquote(unescape(payload))))


@pytest.mark.parametrize("days", [1, 700, 701, 3000, 6000])
def test_the_days_offered_draw_the_same_line_as_all_days(run_tables, days):
    prices = run_tables.prices.tail(days)
    frame = _download(figures.price_history(prices, run_tables.source_cards))
    kept = prices[prices["date"].isin(pd.to_datetime(frame["date"]))]
    assert np.allclose(kept["gold_usd_per_oz"], frame["gold_usd_per_oz"], atol=0.006)
    assert kept["date"].iloc[[0, -1]].tolist() == prices["date"].iloc[[0, -1]].tolist()
    assert (len(kept) == len(prices)) == (days <= 700) and len(kept) <= 1402
    period = "W" if days <= 3000 else "M"
    for extreme in ("min", "max"):
        either = [f.groupby(f["date"].dt.to_period(period))["gold_usd_per_oz"].agg(extreme) for f in (kept, prices)]
        assert either[0].equals(either[1])


def test_text_in_a_download_comes_back_as_it_was():
    hostile = 'a,b\n"<b>&amp;%41#\t\'é—",1\n'
    chart = Figure("x", "X.", "x", b"<svg/>", "image/svg+xml", 1, Table("t", (Heading("a"),), ()), hostile)
    payload = re.search(r'href="data:text/csv;charset=utf-8,([^"]+)"', chart._repr_html_())[1]
    assert unquote(unescape(payload)) == hostile and not re.search(r"[<>&\n]", payload)


def test_a_long_table_is_printed_once_and_downloaded_whole(run_tables):
    rows = tuple((str(n),) for n in range(200))
    table = Table("t", (Heading("a"),), rows, "A note.")
    drawing = theme.canvas(4, 4)
    drawing.subplots()
    with_download, alone = (finish(drawing, "x", "X.", "x", table, csv) for csv in ("a\n", ""))
    assert with_download.table.rows == rows[:MOST_ROWS] and alone.table.rows == rows
    assert with_download.table.note == f"A note. The first {MOST_ROWS} of 200 rows; the download holds all."


def test_a_crowded_ranking_shows_what_fails(run_tables, monkeypatch):
    from gramlib.report.figures import ranking

    whole = ranking.rank_scenarios(run_tables.metrics, run_tables.replay_failures)
    failing = int((whole["failed"] != "").sum())
    assert 0 < failing < len(whole) - 1
    monkeypatch.setattr(ranking, "MOST_ROWS", failing + 1)
    chart = CHARTS["scenario_ranking"](run_tables)
    told = chart.alt.split("worst first: ")[1].split("; ")
    assert f"{failing + 1} of {len(whole)}: " in chart.alt and len(told) == failing + 1
    assert sum("failures none" in line for line in told) == 1
    assert len(chart.csv.splitlines()) == len(whole) + 1 == len(chart.table.rows) + 1


def test_replay_keeps_its_days_to_itself_unless_told_otherwise(run_tables):
    closed = figures.replay(run_tables.replays, "H13a", "April 2013", run_tables.replay_failures)
    opened = figures.replay(run_tables.replays, "H13a", "April 2013", run_tables.replay_failures, redistribute="yes")
    assert closed.csv == "" and opened.csv.startswith("day,price_usd_per_g")
    assert "Peg loss (F4) on day 3" in closed.headline


def test_unknown_scenario_is_refused_with_those_there_are(run_tables):
    with pytest.raises(KeyError, match="H13a"):
        figures.replay(run_tables.replays, "H99", "nothing")


def test_saving_wants_the_right_suffix(drawn, tmp_path):
    drawn["overview"].save(tmp_path / "overview.svg")
    assert (tmp_path / "overview.svg").read_bytes() == drawn["overview"].image
    assert [p.name for p in tmp_path.iterdir()] == ["overview.svg"]
    with pytest.raises(ValueError, match=r"overview\.svg"):
        drawn["overview"].save(tmp_path / "overview.png")


@pytest.fixture(scope="module", params=CHARTS)
def lettered(request, drawings):
    """A chart's drawing, and every word on it that is drawn with its box: ticks outside the limits keep a place but are not."""
    _, drawing = drawings[request.param]
    sheet = FigureCanvasAgg(drawing)
    sheet.draw()
    renderer = sheet.get_renderer()
    ticks = {
        label: axis
        for axes in drawing.axes
        for axis in (axes.xaxis, axes.yaxis)
        for label in axis.get_ticklabels(which="both")
    }
    inside = {axis: set(map(id, _drawn_labels(axis))) for axis in ticks.values()}
    words = [
        (text, text.get_window_extent(renderer))
        for text in drawing.findobj(Text)
        if text.get_text().strip() and text.get_visible() and (text not in ticks or id(text) in inside[ticks[text]])
    ]
    return drawing, words


def _drawn_labels(axis):
    low, high = sorted(axis.get_view_interval())
    room = 1e-9 * (high - low)
    ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
    return [
        tick.label1
        for tick in ticks
        if axis.get_visible() and axis.axes.get_visible() and low - room <= tick.get_loc() <= high + room
    ]


def test_every_word_stays_inside_the_picture(lettered):
    drawing, words = lettered
    assert len(words) > 5
    for text, box in words:
        assert box.x0 >= -1 and box.x1 <= drawing.bbox.width + 1, text.get_text()
        assert box.y0 >= -1 and box.y1 <= drawing.bbox.height + 1, text.get_text()


def test_no_word_is_written_over_another(lettered):
    _, words = lettered
    for (one, here), (other, there) in itertools.combinations(words, 2):
        wide = min(here.x1, there.x1) - max(here.x0, there.x0)
        high = min(here.y1, there.y1) - max(here.y0, there.y0)
        assert wide <= 1.5 or high <= 1.5, f"{one.get_text()!r} over {other.get_text()!r}"


def test_every_word_stands_out_from_what_it_stands_on(lettered):
    _, words = lettered
    assert {to_hex(text.get_color()) for text, _ in words} <= set(WORDS)


def test_a_run_without_tokens_and_flows_says_so_in_a_sentence(run_tables):
    tokens, flows = empty_table("token_prices"), empty_table("flows")
    for words, shown in (
        ("no token prices", figures.token_premium(tokens, premium_summary(tokens), run_tables.source_cards)),
        ("no redemption history", figures.redemptions(flows, run_tables.source_cards)),
    ):
        assert words in repr(shown) and shown._repr_html_().startswith("<p>This run has")
    alone = {**run_tables.source_cards, "series": []}
    bare = figures.coverage_timeline(run_tables.prices, tokens, flows, empty_table("covariates"), alone)
    assert bare.headline.startswith("1 series covers 2000 to 2026")


def test_rows_of_series_that_may_not_be_passed_on_are_in_no_download(run_tables):
    closed = {**run_tables.source_cards, "redistribute": "no"}
    for name in ("agreement", "token_premium", "redemptions"):
        assert CHARTS[name](run_tables).csv
        assert not CHARTS[name](SimpleNamespace(**{**vars(run_tables), "source_cards": closed})).csv


def test_agreement_without_a_second_series_is_no_agreement(run_tables):
    alone = {**run_tables.source_cards, "agreement": [], "monthly": {"months": 0}}
    months = run_tables.differences[run_tables.differences["series"] == "monthly history"]
    assert "no second daily series was compared" in figures.agreement(months, alone).headline
    assert "0 months compared" in figures.agreement(months.iloc[:0], alone).headline


def test_a_gain_is_not_called_a_loss(run_tables):
    rich = run_tables.metrics.copy()
    tail = rich["metric"] == "es_nonprice_loss"
    rich.loc[tail, ["value", "lower", "upper"]] = [-2e6, -2.1e6, -1.9e6]
    headline = figures.loss_distribution(run_tables.outcomes, rich).headline
    assert "even the worst 2.5% of paths gain USD 2.0 m on average (USD 1.9 m to USD 2.1 m)" in headline
    assert "lose" not in headline
