"""Fitted figures that ship in params/models: what was estimated, how surely, from which series, until when.

The series themselves belong to others and may not ship; what a fit made of them may. A run without flow or token data uses
these figures, a run with them fits its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from gramlib.errors import ParameterError
from gramlib.params.fields import Section, leaves, param, yaml_text
from gramlib.params.problems import raise_problems, validated
from gramlib.params.yaml_source import load_yaml, shown_path


class ModelFigure(Section):
    """One estimate: `parameter` of `group` (a regime, a token, a loss line), with its standard error and its origin.

    `standard_error` is null where a figure is counted, not estimated. `start` and `end` are ISO dates of the series.
    """

    group: str = param("", "regime, token or loss line the figure belongs to", min_length=1)
    parameter: str = param("", "what was estimated", min_length=1)
    estimate: float = param(0.0, "the figure")
    standard_error: float | None = param(None, "standard error of the figure", ge=0.0)
    unit: str = param("1", "unit of figure and error", min_length=1)
    n: int = param(1, "observations", ge=1)
    series: str = param("", "what it was fitted to", min_length=1)
    start: str = param("", "first day of the series")
    end: str = param("", "last day of the series")
    method: str = param("", "how it was fitted", min_length=1)
    note: str = param("", "what to know before using it")


class _FigureFile(Section):
    title: str = param("", "what the file is about", min_length=1)
    fitted_on: str = param("", "day of the fit, ISO", min_length=1)
    figures: list[ModelFigure] = param([], "the figures", min_length=1)


def load_figures(root: Path, name: str) -> tuple[ModelFigure, ...]:
    """The figures of `root`/params/models/`name`.yaml, in its order.

    Raises ParameterError with file and line for a figure that is incomplete, unknown or there twice.
    """
    path = Path(root) / "params" / "models" / f"{name}.yaml"
    located = load_yaml(path, shown_path(path, Path(root)))
    file, problems = validated(_FigureFile, located.values, "", located.where)
    raise_problems(problems)
    assert file is not None
    seen: dict[tuple[str, str], str] = {}
    for index, figure in enumerate(file.figures):
        where, key = located.where(f"figures.{index}.parameter"), (figure.group, figure.parameter)
        if key in seen:
            raise ParameterError(f"{figure.parameter} of {figure.group} stands twice, first at {seen[key]}",
                                 expected="each figure once", origin=where, remedy="remove one of them")  # fmt: skip
        seen[key] = where
    return tuple(file.figures)


def load_all_figures(root: Path) -> dict[str, list[dict[str, object]]]:
    """Every file of `root`/params/models by name, as plain records: what a run was given."""
    names = sorted(path.stem for path in (Path(root) / "params" / "models").glob("*.yaml"))
    return {name: [figure.model_dump(mode="json") for figure in load_figures(root, name)] for name in names}


def figure_of(figures: Iterable[ModelFigure], group: str, parameter: str) -> ModelFigure:
    """The figure `parameter` of `group`; raises ParameterError naming what there is."""
    known = tuple(figures)
    for figure in known:
        if (figure.group, figure.parameter) == (group, parameter):
            return figure
    raise ParameterError(f"no figure {parameter!r} of {group!r}",
                         expected=f"one of {', '.join(f'{f.group} {f.parameter}' for f in known)}",
                         origin="params/models", remedy="correct the name, or add the figure")  # fmt: skip


def figures_text(title: str, fitted_on: str, figures: Iterable[ModelFigure]) -> str:
    """The figures as text that `load_figures` reads back to the same values."""
    lines = [f"title: {yaml_text(title)}", f"fitted_on: {yaml_text(fitted_on)}", "figures:"]
    for figure in figures:
        written = [f"{key}: {yaml_text(value)}" for key, value, _ in leaves(figure)]
        lines += [f"  - {written[0]}", *(f"    {line}" for line in written[1:])]
    return "\n".join(lines) + "\n"
