"""Export for plain papermill, held against papermill's own reading of files and cells."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from gramlib.errors import ParameterError
from gramlib.params import STAGE_PARAMS, RunParams, export_stage, issuer_yaml, load_issuer, parameters_cell
from gramlib.params.fields import meaning_of, unit_of

Resolve = Callable[..., RunParams]


@pytest.mark.parametrize("stage", STAGE_PARAMS)
def test_papermill_sees_every_line_of_the_parameters_cell(stage: str) -> None:
    from papermill.translators import PythonTranslator

    source = parameters_cell(stage)
    seen = PythonTranslator.inspect(nbformat.v4.new_code_cell(source))
    fields = STAGE_PARAMS[stage].model_fields
    assert [p.name for p in seen] == list(fields)
    for parameter, field in zip(seen, fields.values(), strict=True):
        default = ast.literal_eval(parameter.default)
        assert default == field.default
        assert type(default) is type(field.default)
        kind = str(field.annotation) if "list" in str(field.annotation) else field.annotation.__name__
        assert parameter.inferred_type_name == kind
        assert parameter.help.startswith(meaning_of(field))
        assert unit_of(field) in parameter.help
    namespace: dict = {}
    exec(source, namespace)
    assert all(namespace[name] == field.default for name, field in fields.items())
    assert max(map(len, source.splitlines())) <= 120


@pytest.mark.parametrize("stage", STAGE_PARAMS)
def test_papermill_reads_back_what_was_exported(stage: str, resolve: Resolve, bench: Path) -> None:
    from papermill.iorw import read_yaml_file

    sets = ("analyse.reverse_tolerance=1e-7", "report.title='Gold: \"a\" # ''b'' 2026'", "train.start=2001-01-01")
    run = resolve("title: x\n", *sets)
    (bench / "stage.yaml").write_text(export_stage(run, stage, "run-1"))
    read = read_yaml_file(str(bench / "stage.yaml"))
    expected = run.stages[stage].model_dump()
    if "upstream" in expected:
        expected["upstream"] = "run-1"
    assert list(read) == list(expected)
    assert STAGE_PARAMS[stage].model_validate(read) == STAGE_PARAMS[stage].model_validate(expected)


def test_deviating_issuer_needs_a_file_of_its_own(resolve: Resolve, bench: Path) -> None:
    from papermill.iorw import read_yaml_file

    run = resolve("title: x\n", "issuer.terms.fee=0.004", "issuer.banks.shares=[0.2, 0.3, 0.5]", "issuer.banks.on=true")
    with pytest.raises(ParameterError, match=r"deviates from its file in terms\.fee"):
        export_stage(run, "predict")
    assert "issuer" not in export_stage(run, "train")
    (bench / "issuer.yaml").write_text(issuer_yaml(run.issuer))
    (bench / "stage.yaml").write_text(export_stage(run, "predict", issuer_ref=str(bench / "issuer.yaml")))
    assert load_issuer(read_yaml_file(str(bench / "stage.yaml"))["issuer"], bench) == run.issuer


def test_unknown_stage(resolve: Resolve) -> None:
    with pytest.raises(ParameterError, match="did you mean 'predict'"):
        export_stage(resolve("title: x\n"), "predit")
