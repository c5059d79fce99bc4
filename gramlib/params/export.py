"""A stage's parameters in the two forms a notebook takes: papermill's `-f stage.yaml`, and the `parameters` cell.

Papermill sees a parameter only when its line has one `=`, and an annotation of words, brackets and commas; what
follows `#` is its help. Both forms are derived from the stage's model, so that they cannot drift from it.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping

from gramlib.errors import ParameterError
from gramlib.params.fields import leaves, meaning_of, unit_of, yaml_text
from gramlib.params.issuer_file import issuer_yaml
from gramlib.params.run_params import RunParams
from gramlib.params.stages import STAGE_PARAMS
from gramlib.params.suggest import did_you_mean

__all__ = ["export_stage", "issuer_yaml", "parameters_cell"]


def export_stage(run: RunParams, stage: str, upstream: str = "", issuer_ref: str | None = None) -> str:
    """YAML for `papermill notebook.ipynb out.ipynb -f stage.yaml`, in model order, each line with its meaning.

    `upstream` is the run id or folder to read from. Where the run's issuer deviates from its file, `issuer_ref` must
    name a file that holds the deviating values (write it with `issuer_yaml`); without one ParameterError is raised,
    because the notebook would silently run on the issuer of the file.
    """
    params = run.stages[_known(stage)]
    if issuer_ref is None and run.issuer_overrides and "issuer" in type(params).model_fields:
        raise ParameterError(
            f"the issuer deviates from its file in {', '.join(run.issuer_overrides[:3])}",
            expected="an issuer file that holds these values", origin=run.path,
            remedy="export to a file (-o), so that the issuer can be written beside it",
        )  # fmt: skip
    filled = {"upstream": upstream} | ({} if issuer_ref is None else {"issuer": issuer_ref})
    lines = [f"# Stage {stage} of the run {yaml_text(run.title)}"]
    for name, value, field in leaves(params):
        lines.append(f"{name}: {yaml_text(filled.get(name, value))}  # {_comment(field)}")
    return "\n".join(lines) + "\n"


def parameters_cell(stage: str, values: Mapping[str, typing.Any] | None = None) -> str:
    """Source of the notebook's `parameters` cell: one line a field, `name: type = value  # meaning [unit]`.

    A name that `values` does not hold has its default; names in `values` that are no parameter of the stage are left out.
    """
    lines = []
    for name, field in STAGE_PARAMS[_known(stage)].model_fields.items():
        value = (values or {}).get(name, field.get_default(call_default_factory=True))
        lines.append(f"{name}: {_annotation(field.annotation)} = {_python(value)}  # {_comment(field)}")
    return "\n".join(lines)


def _known(stage: str) -> str:
    if stage not in STAGE_PARAMS:
        raise ParameterError(
            f"there is no stage {stage!r}{did_you_mean(stage, STAGE_PARAMS)}",
            expected=f"one of {', '.join(STAGE_PARAMS)}", remedy="correct the name",
        )  # fmt: skip
    return stage


def _comment(field: typing.Any) -> str:
    return f"{meaning_of(field)} [{unit_of(field)}]" if unit_of(field) else meaning_of(field)


def _annotation(annotation: typing.Any) -> str:
    if typing.get_origin(annotation) is list:
        return f"list[{typing.get_args(annotation)[0].__name__}]"
    return annotation.__name__


def _python(value: typing.Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_python, value))}]"
    if isinstance(value, int) and not isinstance(value, bool) and value >= 10_000 and value % 100 == 0:
        return f"{value:_}"
    return f'"{value}"' if isinstance(value, str) and '"' not in value and "\\" not in value else repr(value)
