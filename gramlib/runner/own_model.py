"""A price model written in a notebook: tried, made a package, installed, so that runs find it by its name.

Runs happen in processes of their own, which never see a notebook's classes: what they can see is an installed package that
names the model among its entry points (gramlib.params.plugins).
"""

from __future__ import annotations

import linecache
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from gramlib.errors import GramError, ParameterError
from gramlib.report.html_table import Heading, Status, Table
from gramlib.runner import workbench

PYPROJECT = """\
[build-system]
requires = ["flit_core>=3.12,<4"]
build-backend = "flit_core.buildapi"

[project]
name = "{module}"
version = "0.1"
description = "{title}"

[project.entry-points."gramlib.models"]
{name} = "{module}:{model}"
"""


def checklist(model: type[Any]) -> Table:
    """What every price model must keep, checked on `model`: a row a check, with what was found where it fails."""
    from gramlib.models.checking import check_model

    found = check_model(model)
    rows = tuple(
        (row.check, Status("pass" if row.ok else "fail"), row.found, row.expected) for row in found.itertuples()
    )
    ok = int(found["ok"].sum())
    note = "" if ok == len(found) else "Correct the class and run its cell and this one again."
    headings = (Heading("Check"), Heading("Holds"), Heading("Found"), Heading("Expected"))
    return Table(f"{model.__name__}: {ok} of {len(found)} checks hold", headings, rows, note)


def write_package(model: type[Any], folder: Path | None = None) -> Path:
    """Write the cell in which `model` was defined as a package that adds it to the workbench; returns its folder.

    The folder is `my_models/<name>` beside the runs unless given; writing again replaces it. Raises ParameterError where the
    cell's text cannot be had, as for a class that no cell defined, and for a folder that holds something else.
    """
    source = _cell_of(model)
    module = f"gram_{model.name}"
    target = folder or workbench.reports() / "my_models" / model.name
    known = {"pyproject.toml", f"{module}.py"}
    if target.is_dir() and not {path.name for path in target.iterdir()} <= known | {"build", f"{module}.egg-info"}:
        raise ParameterError(
            f"{target} holds something else", expected="a folder that is not there yet", remedy="name another folder"
        )
    target.mkdir(parents=True, exist_ok=True)
    title = (model.__doc__ or model.__name__).strip().splitlines()[0].replace("\\", "").replace('"', "'")
    text = PYPROJECT.format(module=module, title=title, name=model.name, model=model.__name__)
    (target / "pyproject.toml").write_text(text, encoding="utf-8")
    (target / f"{module}.py").write_text(f'"""{title}"""\n\n{source}', encoding="utf-8")
    return target


def _cell_of(model: type[Any]) -> str:
    """The whole text of the cell that defined `model`, imports included."""
    for member in vars(model).values():
        code = getattr(getattr(member, "__func__", member), "__code__", None)
        lines = linecache.getlines(code.co_filename) if code else []
        if any(line.startswith(f"class {model.__name__}") for line in lines):
            return "".join(lines).rstrip("\n") + "\n"
    raise ParameterError(
        f"the text of {model.__name__} cannot be had",
        expected="a class that a cell of this notebook defines, with its imports in the same cell",
        origin=model.__module__,
        remedy="run the cell that defines it again",
    )


def install(package: Path) -> None:
    """Install the package in this environment, offline, in place of an earlier one; prints how to take it away again."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    command += ["--disable-pip-version-check", "--force-reinstall", "--upgrade", str(package)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    shutil.rmtree(package / "build", ignore_errors=True)
    if done.returncode:
        raise GramError(
            f"pip could not install the package: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'no word'}",
            expected="an environment that can be written to",
            origin=str(package),
            remedy=f"try it in a terminal: {' '.join(command)}",
        )
    module = next(path.stem for path in package.glob("gram_*.py"))
    print(f"installed as {module}; to take it away: {workbench.shown(Path(sys.executable))} -m pip uninstall {module}")
