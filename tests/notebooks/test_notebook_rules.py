"""The rules committed notebooks keep. A notebook reads like a memo: it tells, calls gramlib and shows.

Each rule is a function from a notebook to its complaints. It is applied to every notebook in notebooks/ and,
so that it is known to bite, to a sound notebook made sick in one way.

Code lines are lines that are neither blank nor only a comment, the parameters cell apart. "More prose than
code" compares words: whitespace-separated words of the markdown cells against those of the code cells, the
parameters cell and comments apart. Words, because a line of prose is a paragraph and a line of code is not.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from gramlib.params.stages import STAGE_PARAMS
from gramlib.runner.pipeline import STAGES

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
STAGES_AND_START = sorted(path.name for path in FOLDER.glob("*.ipynb"))
NOTEBOOKS = [*STAGES_AND_START, *sorted(f"explore/{path.name}" for path in (FOLDER / "explore").glob("*.ipynb"))]
STAGE_OF = {stage.notebook: stage.name for stage in STAGES}
START = "00_start.ipynb"
MOST_LINES_A_CELL = 15
MOST_LINES_A_NOTEBOOK = 60
OF_MANY_ROOMS = {"04_analysis.ipynb": 170, "05_stakeholder_report.ipynb": 75}
"""Notebooks that take from so many rooms that their calls alone are more."""
TEACHES_A_CLASS = "explore/own_model.ipynb"
"""It shows how a price model is written, and a model is a class of some forty lines that uses NumPy: what it teaches cannot
stand in gramlib. Its one cell with the class may be that long, define that class and import what it needs."""
MOST_LINES_OF_THE_CLASS = 45

Rule = Callable[[NotebookNode, str], list[str]]


def tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def parameter_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if "parameters" in tags(cell)]


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code" and "parameters" not in tags(cell)]


def is_the_class(cell: NotebookNode, name: str) -> bool:
    """Whether `cell` is the one that shows a class, in the one notebook that may."""
    return name == TEACHES_A_CLASS and any(isinstance(node, ast.ClassDef) for node in ast.parse(cell.source).body)


def code_lines(cell: NotebookNode) -> list[str]:
    lines = (line.strip() for line in cell.source.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def words(lines: list[str]) -> int:
    return len(" ".join(lines).split())


def format_is_4_5_with_ids(notebook: NotebookNode, name: str) -> list[str]:
    complaints = [] if (notebook.nbformat, notebook.nbformat_minor) == (4, 5) else ["format is not 4.5"]
    ids = [cell.get("id", "") for cell in notebook.cells]
    return complaints + (["cell ids missing or repeated"] if "" in ids or len(set(ids)) < len(ids) else [])


def kernel_is_python3(notebook: NotebookNode, name: str) -> list[str]:
    kernel = notebook.metadata.get("kernelspec", {}).get("name")
    return [] if kernel == "python3" else [f"kernel is {kernel!r}, expected 'python3'"]


def nothing_of_a_run_is_left(notebook: NotebookNode, name: str) -> list[str]:
    left = set(notebook.metadata) - {"kernelspec", "language_info", "title"}
    complaints = [f"metadata of a run or an editor: {', '.join(sorted(left))}"] if left else []
    for number, cell in enumerate(notebook.cells):
        if cell.get("outputs") or cell.get("execution_count") is not None:
            complaints.append(f"cell {number} has outputs or a count: clear them before committing")
        if "injected-parameters" in tags(cell):
            complaints.append(f"cell {number} was injected by a run")
    return complaints


def opens_with_its_title(notebook: NotebookNode, name: str) -> list[str]:
    first = notebook.cells[0]
    return [] if first.cell_type == "markdown" and first.source.startswith("# ") else ["first cell is not a `# ` title"]


def cells_are_short(notebook: NotebookNode, name: str) -> list[str]:
    counts = [len(code_lines(cell)) for cell in code_cells(notebook) if not is_the_class(cell, name)]
    complaints = [f"a cell of {n} code lines, at most {MOST_LINES_A_CELL}" for n in counts if n > MOST_LINES_A_CELL]
    taught = [len(code_lines(cell)) for cell in code_cells(notebook) if is_the_class(cell, name)]
    complaints += [f"a class of {n} code lines" for n in taught if n > MOST_LINES_OF_THE_CLASS]
    complaints += [f"{len(taught)} cells with a class, at most one"] if len(taught) > 1 else []
    most = OF_MANY_ROOMS.get(name, MOST_LINES_A_NOTEBOOK)
    if sum(counts) > most:
        complaints.append(f"{sum(counts)} code lines in all, at most {most}")
    return complaints


def more_prose_than_code(notebook: NotebookNode, name: str) -> list[str]:
    prose = words([cell.source for cell in notebook.cells if cell.cell_type == "markdown"])
    code = sum(words(code_lines(cell)) for cell in code_cells(notebook))
    return [] if prose > code else [f"{prose} words of prose, {code} of code"]


_LOGIC = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)


def defines_and_loops_over_nothing(notebook: NotebookNode, name: str) -> list[str]:
    cells = (cell for cell in code_cells(notebook) if not is_the_class(cell, name))
    nodes = (node for cell in cells for node in ast.walk(ast.parse(cell.source)))
    return [f"{type(node).__name__}: logic belongs in gramlib" for node in nodes if isinstance(node, _LOGIC)]


def imports_only_gramlib(notebook: NotebookNode, name: str) -> list[str]:
    imported = []
    for cell in code_cells(notebook):
        if is_the_class(cell, name):
            continue
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Import):
                imported += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                imported.append(node.module or ".")
    return [f"imports {module}" for module in imported if module.partition(".")[0] != "gramlib"]


def cell_parameters(source: str) -> Iterator[tuple[str, str, object, str]]:
    """Name, annotation, default and trailing comment of each assignment of a parameters cell."""
    comments = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    for node in ast.parse(source).body:
        if not isinstance(node, ast.AnnAssign) or node.value is None:
            raise AssertionError(f"line {node.lineno} is not `name: type = default  # meaning [unit]`")
        default = ast.literal_eval(node.value)
        yield ast.unparse(node.target), ast.unparse(node.annotation), default, comments.get(node.lineno, "")


def parameters_cell_equals_model(notebook: NotebookNode, name: str) -> list[str]:
    cells = parameter_cells(notebook)
    if name.startswith("explore/"):
        return _explained(cells)
    if name not in STAGE_OF:
        return ["a parameters cell, but no stage"] if cells else []
    if len(cells) != 1:
        return [f"{len(cells)} cells tagged `parameters`, expected 1"]
    try:
        found = list(cell_parameters(cells[0].source))
    except AssertionError as complaint:
        return [str(complaint)]
    fields = STAGE_PARAMS[STAGE_OF[name]].model_fields
    expected = [
        (
            key,
            field.annotation.__name__ if isinstance(field.annotation, type) else str(field.annotation),
            field.get_default(call_default_factory=True),
            field.description,
        )
        for key, field in fields.items()
    ]
    # repr, so that 1 and 1.0 and True differ
    return [f"found {f!r}, model says {e!r}" for f, e in zip(found, expected, strict=False) if repr(f) != repr(e)] + (
        [] if len(found) == len(expected) else [f"{len(found)} parameters, the model has {len(expected)}"]
    )


def _explained(cells: list[NotebookNode]) -> list[str]:
    """An explore notebook may have parameters of its own: at most one cell, each line with its meaning."""
    if len(cells) > 1:
        return [f"{len(cells)} cells tagged `parameters`, at most 1"]
    try:
        found = [row for cell in cells for row in cell_parameters(cell.source)]
    except AssertionError as complaint:
        return [str(complaint)]
    return [f"{name} is not explained" for name, *_, meaning in found if not meaning]


def comments_survive_papermill(notebook: NotebookNode, name: str) -> list[str]:
    comments = [text for cell in parameter_cells(notebook) for *_, text in cell_parameters(cell.source)]
    return [f"`=` in {text!r} breaks `papermill --help-notebook`" for text in comments if "=" in text]


RULES: tuple[Rule, ...] = (
    format_is_4_5_with_ids,
    kernel_is_python3,
    nothing_of_a_run_is_left,
    opens_with_its_title,
    cells_are_short,
    more_prose_than_code,
    defines_and_loops_over_nothing,
    imports_only_gramlib,
    parameters_cell_equals_model,
    comments_survive_papermill,
)


def test_there_is_a_notebook_for_every_stage_and_a_start_page() -> None:
    assert sorted([START, *STAGE_OF]) == STAGES_AND_START


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_notebook_keeps_the_rules(name: str, rule: Rule) -> None:
    notebook = nbformat.read(FOLDER / name, as_version=nbformat.NO_CONVERT)
    assert rule(notebook, name) == []


REPORT = "05_stakeholder_report.ipynb"


def sound_notebook() -> NotebookNode:
    fields = STAGE_PARAMS["report"].model_fields.items()
    cell = "\n".join(f"{key}: str = {field.default!r}  # {field.description}" for key, field in fields)
    notebook = new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        cells=[
            new_markdown_cell(
                "# Does it hold\n\nA sentence or two of prose that says what is asked and why it matters."
            ),
            new_code_cell(cell, metadata={"tags": ["parameters"]}),
            new_code_cell('import gramlib\n\nctx = gramlib.stage("report").context(globals())'),
        ],
    )
    notebook.nbformat_minor = 5
    return notebook


def test_a_sound_notebook_has_no_complaint() -> None:
    notebook = sound_notebook()
    assert {rule.__name__: rule(notebook, REPORT) for rule in RULES if rule(notebook, REPORT)} == {}


def _replace(notebook: NotebookNode, cell: int, old: str, new: str) -> None:
    assert old in notebook.cells[cell].source
    notebook.cells[cell].source = notebook.cells[cell].source.replace(old, new)


SICKNESSES: dict[str, tuple[Rule, Callable[[NotebookNode], object]]] = {
    "old format": (format_is_4_5_with_ids, lambda nb: nb.update(nbformat_minor=4)),
    "a cell id twice": (format_is_4_5_with_ids, lambda nb: nb.cells[0].update(id=nb.cells[1].id)),
    "a foreign kernel": (kernel_is_python3, lambda nb: nb.metadata.kernelspec.update(name="gram-venv")),
    "a count": (nothing_of_a_run_is_left, lambda nb: nb.cells[2].update(execution_count=1)),
    "papermill's record": (nothing_of_a_run_is_left, lambda nb: nb.metadata.update(papermill={})),
    "an injected cell": (
        nothing_of_a_run_is_left,
        lambda nb: nb.cells.append(new_code_cell(metadata={"tags": ["injected-parameters"]})),
    ),
    "no title": (opens_with_its_title, lambda nb: nb.cells.pop(0)),
    "a long cell": (cells_are_short, lambda nb: nb.cells.append(new_code_cell("ctx\n" * (MOST_LINES_A_CELL + 1)))),
    "a long notebook": (
        cells_are_short,
        lambda nb: nb.cells.extend(
            new_code_cell("ctx\n" * MOST_LINES_A_CELL)
            for _ in range(max(OF_MANY_ROOMS.values()) // MOST_LINES_A_CELL + 1)
        ),
    ),
    "too little prose": (more_prose_than_code, lambda nb: nb.cells[0].update(source="# Hm")),
    "a function": (
        defines_and_loops_over_nothing,
        lambda nb: nb.cells.append(new_code_cell("def f(x):\n    return x")),
    ),
    "a hidden loop": (defines_and_loops_over_nothing, lambda nb: nb.cells.append(new_code_cell("[x for x in ctx]"))),
    "a library": (imports_only_gramlib, lambda nb: nb.cells.append(new_code_cell("from pandas import DataFrame"))),
    "no parameters tag": (parameters_cell_equals_model, lambda nb: nb.cells[1].metadata.update(tags=[])),
    "a renamed parameter": (parameters_cell_equals_model, lambda nb: _replace(nb, 1, "author", "writer")),
    "another default": (parameters_cell_equals_model, lambda nb: _replace(nb, 1, "'Gram stress test'", "'Gram'")),
    "a missing parameter": (
        parameters_cell_equals_model,
        lambda nb: nb.cells[1].update(source=nb.cells[1].source.rpartition("\n")[0]),
    ),
    "a bare assignment": (parameters_cell_equals_model, lambda nb: _replace(nb, 1, "author: str", "author")),
    "an equals sign": (comments_survive_papermill, lambda nb: _replace(nb, 1, "# title", "# title = heading,")),
}


@pytest.mark.parametrize("sickness", SICKNESSES)
def test_a_sick_notebook_is_found_out(sickness: str) -> None:
    rule, spoil = SICKNESSES[sickness]
    notebook = sound_notebook()
    spoil(notebook)
    assert rule(notebook, REPORT) != []
