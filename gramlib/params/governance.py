"""Who answers for what: owner and validation of the models, the approved champion, who signs. params/governance.yaml."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from gramlib.params.data_params import Date
from gramlib.params.fields import Section
from gramlib.params.problems import raise_problems, validated
from gramlib.params.yaml_source import load_yaml, shown_path


class Approval(Section):
    """A price model that was approved as champion."""

    model: str = Field(min_length=1, description="price model")
    since: Date = Field(description="day of the approval, ISO")
    reason: str = Field(min_length=5, description="why this one")
    by: str = Field(default="", description="who approved it; empty: nobody yet")


class Signature(Section):
    """One line of the sign-off block."""

    role: str = Field(min_length=3, description="in which capacity")
    name: str = Field(default="", description="who; empty: to be signed by hand")
    date: str = Field(default="", description="when")


class Governance(Section):
    """All of the file; `to_record` goes into a run's record."""

    owner: str = Field(default="", description="who answers for the models")
    validated_by: str = Field(default="", description="who validated them independently")
    validated_on: str = Field(default="", description="when")
    approved_champion: Approval
    past_champions: tuple[Approval, ...] = Field(default=(), strict=False, description="newest first")
    sign_off: tuple[Signature, ...] = Field(min_length=1, strict=False, description="who signs a report")


def load_governance(root: Path) -> Governance:
    """`root`/params/governance.yaml; raises ParameterError with file and line."""
    path = Path(root) / "params" / "governance.yaml"
    located = load_yaml(path, shown_path(path, Path(root)))
    values, problems = validated(Governance, located.values, "", located.where)
    raise_problems(problems)
    assert values is not None
    return values
