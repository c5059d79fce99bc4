"""How far inputs may plausibly lie from their values: params/sensitivity.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from gramlib.errors import ParameterError
from gramlib.params.fields import Section, each_of, leaves, refusal
from gramlib.params.issuer import Issuer
from gramlib.params.problems import raise_problems, validated
from gramlib.params.yaml_source import load_yaml, shown_path

KEYS = tuple(
    key for key, value, _ in leaves(Issuer()) if isinstance(value, int | float) and not isinstance(value, bool)
)
"""Dotted keys of an issuer that hold a number."""


class Range(Section):
    """One input: `keys` of the issuer that move together (none: the volatility of the price model), from `low` to `high`."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="short name")
    title: str = Field(min_length=3, description="what it is, for a reader")
    unit: str = Field(description="unit of the value, or times for a factor without one")
    keys: Annotated[list[str], each_of(*KEYS, empty_ok=True)] = Field(description="issuer values moved together")
    how: Literal["value", "factor"] = Field(
        alias="as", description="whether low and high replace the value or multiply it"
    )
    low: float | int = Field(description="lower end")
    high: float | int = Field(description="upper end")
    screen: bool = Field(description="whether it is among those that are moved all at once")
    why: str = Field(min_length=5, description="why this far")

    @model_validator(mode="after")
    def _in_order(self) -> Range:
        if not self.low < self.high:
            raise refusal("low below high", f"{self.low:g} and {self.high:g}")
        if self.how == "factor" and self.low < 0:
            raise refusal("a factor of 0 or more", f"{self.low:g}")
        if not self.keys and self.how != "factor":
            raise refusal("as: factor where the price model moves", self.how)
        return self


class _Ranges(Section):
    ranges: tuple[Range, ...] = Field(min_length=1, strict=False, description="the inputs")


def load_ranges(root: Path) -> tuple[Range, ...]:
    """The entries of `root`/params/sensitivity.yaml; raises ParameterError with file and line."""
    path = Path(root) / "params" / "sensitivity.yaml"
    located = load_yaml(path, shown_path(path, Path(root)))
    found, problems = validated(_Ranges, located.values, "", located.where)
    raise_problems(problems)
    assert found is not None
    seen: set[str] = set()
    for index, entry in enumerate(found.ranges):
        if entry.name in seen:
            raise ParameterError(f"{entry.name} stands twice", expected="each name once",
                                 origin=located.where(f"ranges.{index}.name"), remedy="give it a name of its own")  # fmt: skip
        seen.add(entry.name)
    return found.ranges
