"""An error of ours in a notebook is its message; the traceback is there for who asks, and in a stage that a run executes."""

from __future__ import annotations

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

MISSPELT = 'n_pats = 3\nimport gramlib\ngramlib.stage("predict").context(globals())'


def shown(*cells: str) -> list[nbformat.NotebookNode]:
    """Outputs of `cells` run in a kernel of their own, errors allowed."""
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=120, allow_errors=True, kernel_name="python3").execute()
    return [output for cell in notebook.cells for output in cell.outputs]


def test_an_error_is_one_to_four_lines_and_its_traceback_one_line_away() -> None:
    error, asked = shown(MISSPELT, "import traceback; traceback.print_last()")
    assert error.output_type == "error"
    assert error.ename == "ParameterError"
    assert 1 <= len(error.traceback) <= 4
    assert error.traceback[0] == "ParameterError: 'n_pats' is no parameter of stage predict; did you mean 'n_paths'?"
    assert "Traceback (most recent call last)" in asked.text
    assert "context.py" in asked.text


def test_an_error_of_python_keeps_its_traceback() -> None:
    (error,) = shown("def f():\n    return 1 / 0\nf()")
    assert len(error.traceback) > 1
    assert any("ZeroDivisionError" in line for line in error.traceback)


def test_a_stage_that_a_run_executes_keeps_the_traceback(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("GRAM_ATTEMPT", str(tmp_path))
    (error,) = shown('from gramlib.errors import ParameterError\nraise ParameterError("found", remedy="do")')
    assert error.traceback[0] == "Traceback (most recent call last):"
    assert error.traceback[-1] == "what to do: do"
