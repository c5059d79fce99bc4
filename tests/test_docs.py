"""What the README names exists, and what exists is named: commands, options, stages, parameters, files, exit codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from gramlib.cli import gram
from gramlib.errors import GramError
from gramlib.params.stages import STAGE_PARAMS
from gramlib.runner.pipeline import STAGES
from gramlib.scenarios import list_scenarios

# Files the README speaks of that only a run, or the reader, makes.
MADE_LATER = {"report.html", "report.json", "run.json", "prices.csv", "PARAMS.yaml", "RUN.yaml", "PRICES.csv"}
MADE_LATER |= {"SWEEP.yaml", "sweep.html", "reports/index.html", "RUN/run.json", "params/issuers/mine.yaml"}


@pytest.fixture(scope="module")
def readme(workbench_root: Path) -> str:
    return (workbench_root / "README.md").read_text()


def code(text: str) -> list[str]:
    """Code spans and indented code lines."""
    return re.findall(r"`([^`]+)`", text) + re.findall(r"^ {4}(\S.*)$", text, re.MULTILINE)


def commands(group: click.Group = gram, prefix: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            if command.invoke_without_command:
                yield f"{prefix}{name}", command
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def command_of(words: str) -> str:
    """The command that a line such as `gram params export RUN.yaml` calls, by its longest known name."""
    known = [name for name, _ in commands() if words == name or words.startswith(f"{name} ")]
    return max(known, key=len, default=words)


def named_commands(text: str) -> set[str]:
    return {command_of(match[1]) for line in code(text) if (match := re.match(r"(?:\.venv/bin/)?gram ([a-z].*)", line))}


def options(command: click.Command) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts if option.startswith("--")}


def test_the_readme_names_every_command_and_no_other(readme: str) -> None:
    assert named_commands(readme) == {name for name, _ in commands()}


def test_other_pages_name_no_command_that_is_not_there(workbench_root: Path) -> None:
    known = {name for name, _ in commands()}
    pages = [workbench_root / "CONTRIBUTING.md", workbench_root / "params" / "README.md"]
    assert {page.name: sorted(bad) for page in pages if (bad := named_commands(page.read_text()) - known)} == {}


def test_options_named_beside_a_command_are_its_options(readme: str) -> None:
    known = dict(commands())
    lines = [line for line in readme.splitlines() if re.search(r"`gram \w|bin/gram \w", line)]
    missing = []
    for line in lines:
        called = re.search(r"gram ([a-z][^`|]*)", line)
        assert called is not None
        command = known[command_of(called[1].strip())]
        missing += [
            (command.name, option) for option in re.findall(r"--[a-z-]+", line) if option not in options(command)
        ]
    assert len(lines) > 10
    assert missing == []


def test_every_stage_stands_in_the_table_with_its_notebook(readme: str) -> None:
    rows = re.findall(r"^\| `(\w+)` \| `notebooks/(\S+)` \|", readme, re.MULTILINE)
    assert rows == [(stage.name, stage.notebook) for stage in STAGES]


def test_parameters_named_exist(readme: str) -> None:
    named = {
        (stage, field)
        for span in code(readme)
        for stage, field in re.findall(r"\b(data|train|predict|analyse|report)\.([a-z_]+)", span)
        if f"{stage}.{field}" not in MADE_LATER
    }
    assert ("data", "path") in named
    assert {(stage, field) for stage, field in named if field not in STAGE_PARAMS[stage].model_fields} == set()


def test_scenarios_named_exist(readme: str, workbench_root: Path) -> None:
    named = {name for names in re.findall(r"scenarios=\[(.*?)\]", readme) for name in names.split(",")}
    assert named
    assert named - set(list_scenarios(workbench_root)) == set()


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_files_named_exist(workbench_root: Path, page: str) -> None:
    text = (workbench_root / page).read_text()
    spans = [word for span in [*code(text), *re.findall(r"!?\[[^\]]*\]\(([^)]+)\)", text)] for word in span.split()]
    paths = {
        word for word in spans if re.fullmatch(r"[\w./-]+\.(?:ya?ml|ipynb|md|svg|png|json|html|csv|py|toml|lock)", word)
    }
    paths |= {word for word in spans if re.fullmatch(r"[\w.-]+/[\w./-]*", word) and not word.startswith(".venv")}
    assert len(paths) > 3
    assert sorted(path for path in paths - MADE_LATER if not (workbench_root / path).exists()) == []


def test_every_run_file_is_named(readme: str, workbench_root: Path) -> None:
    files = {path.name for path in (workbench_root / "params").glob("*.yaml")}
    assert {name for name in files if f"params/{name}" not in readme} == set()


def test_make_targets_named_exist_and_are_all_named(readme: str, workbench_root: Path) -> None:
    makefile = (workbench_root / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)) - {"help"}
    named = {match[1] for line in code(readme) if (match := re.match(r"make ([a-z-]+)", line))}
    assert named == targets


def test_contributing_names_only_targets_that_exist(workbench_root: Path) -> None:
    makefile = (workbench_root / "Makefile").read_text()
    named = {
        match[1]
        for line in code((workbench_root / "CONTRIBUTING.md").read_text())
        if (match := re.match(r"make ([a-z-]+)", line))
    }
    assert named
    assert {target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)} == set()


def exit_codes(error: type[GramError] = GramError) -> set[int]:
    return {error.exit_code}.union(*(exit_codes(child) for child in error.__subclasses__()))


def test_the_exit_codes_are_those_of_the_error_tree(readme: str) -> None:
    table = readme[readme.index("## Exit codes") :]
    assert {int(number) for number in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == exit_codes() | {0}


def test_the_first_screen_has_sentence_picture_commands_and_what_appears_where(readme: str) -> None:
    screen = "\n".join(readme.splitlines()[:24])
    parts = [screen.index(text) for text in ("# Gram", "![", "make run", "make test", "| What appears")]
    assert parts == sorted(parts)
