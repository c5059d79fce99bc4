"""The assumptions register: what is judgement, how strong it is, what happens if it is wrong, what probes it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from gramlib.errors import ParameterError
from gramlib.params.fields import Section, each_of
from gramlib.params.problems import raise_problems, validated
from gramlib.params.yaml_source import load_yaml, shown_path


class Assumption(Section):
    """One entry; `keys` are the parameters that carry it, `probed_by` reads "scenario H13a", "reverse price_fall" or "tornado fee"."""

    id: str = Field(description="short name", min_length=1)
    statement: str = Field(description="what is assumed", min_length=1)
    strength: Literal["weak", "medium", "strong"] = Field(description="how good the evidence is")
    keys: Annotated[list[str], each_of(empty_ok=True)] = Field(description="parameters that carry it")
    effect_if_wrong: str = Field(description="what follows if it does not hold", min_length=1)
    probed_by: Annotated[list[str], each_of()] = Field(description="what shows its worth")


class _Register(Section):
    assumptions: list[Assumption] = Field(description="the entries", min_length=1)


def load_assumptions(root: Path) -> tuple[Assumption, ...]:
    """The entries of `root`/params/assumptions.yaml, in its order.

    Raises ParameterError with file and line for an entry that is incomplete, unknown or there twice.
    """
    path = Path(root) / "params" / "assumptions.yaml"
    located = load_yaml(path, shown_path(path, Path(root)))
    register, problems = validated(_Register, located.values, "", located.where)
    raise_problems(problems)
    assert register is not None
    seen: dict[str, str] = {}
    for index, entry in enumerate(register.assumptions):
        where = located.where(f"assumptions.{index}.id")
        if entry.id in seen:
            raise ParameterError(
                f"assumption {entry.id} stands twice, first at {seen[entry.id]}", expected="each id once",
                origin=where, remedy="give the second one its own id",
            )  # fmt: skip
        seen[entry.id] = where
    return tuple(register.assumptions)
