"""Shipped figures: read with file and line, written and read back the same, each with its origin."""

from __future__ import annotations

from pathlib import Path

import pytest

from gramlib.errors import ParameterError
from gramlib.params.model_figures import ModelFigure, figure_of, figures_text, load_figures

_FIGURE = ModelFigure(group="calm", parameter="slope", estimate=1.5e-05, standard_error=None, unit="1/day", n=3, series="gld: \"x\"",
                      start="2020-01-01", end="2020-02-01", method="by hand", note="a 'note'")  # fmt: skip


def write(root: Path, text: str) -> Path:
    folder = root / "params" / "models"
    folder.mkdir(parents=True)
    (folder / "some.yaml").write_text(text)
    return root


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    others = (_FIGURE, _FIGURE.model_copy(update={"parameter": "level", "standard_error": 0.25}))
    assert load_figures(write(tmp_path, figures_text("t", "2026-11-20", others)), "some") == others


@pytest.mark.parametrize("name", ["redemption", "premium", "actuarial"])
def test_shipped_files_load_and_each_figure_has_series_and_dates(workbench_root: Path, name: str) -> None:
    for figure in load_figures(workbench_root, name):
        assert figure.series and figure.method and figure.end > "2000"
        assert figure.start < figure.end
        assert figure.standard_error is None or figure.standard_error > 0.0


@pytest.mark.parametrize(
    ("change", "words"),
    [(("estimate: 1.5e-05", "estimate: much"), "some.yaml:6"), (("n: 3", "count: 3"), "count"), (("n: 3", "n: 0"), "at least 1")],
)  # fmt: skip
def test_refused_with_file_and_line(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    text = figures_text("t", "2026-11-20", (_FIGURE,))
    assert change[0] in text
    with pytest.raises(ParameterError, match=words):
        load_figures(write(tmp_path, text.replace(*change)), "some")


def test_a_figure_stands_once_and_is_found_by_name(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="slope of calm stands twice"):
        load_figures(write(tmp_path, figures_text("t", "2026-11-20", (_FIGURE, _FIGURE))), "some")
    assert figure_of((_FIGURE,), "calm", "slope") is _FIGURE
    with pytest.raises(ParameterError, match="one of calm slope"):
        figure_of((_FIGURE,), "run", "slope")
