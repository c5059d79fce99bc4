"""A sweep file: many runs told as one base run file and what varies.

    base: ../baseline.yaml          every member is this run file, with
    set: {predict: {n_paths: 20000}}    what all members change, and one of each of these:
    grid:                           every combination of the values of its axes
      - {key: issuer.terms.fee, values: [0.0025, 0.005]}
    latin:                          a Latin hypercube: `members` points, each key's range cut into as many slices
      {members: 40, seed: 1, keys: [{key: issuer.redemption.base_rate, low: 0.0005, high: 0.004, scale: log}]}
    list:                           members by name, each with what it changes
      - {name: cautious, set: {issuer: {terms: {gate: 0.02}}}}

Keys are those of `--set`: any parameter, `issuer` and `issuer.…`, `scenarios`, `profile`. This module reads and checks; the
random numbers of a Latin hypercube belong to simulation.draws, so the members are drawn in runner.sweep_members.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from gramlib.errors import ParameterError
from gramlib.params.fields import NOT_BLANK, Section, param, refusal
from gramlib.params.origins import Layered
from gramlib.params.problems import raise_problems, validated
from gramlib.params.run_file import assign, merged
from gramlib.params.suggest import did_you_mean
from gramlib.params.yaml_source import Located, load_yaml, shown_path
from gramlib.readable import readable

MOST_MEMBERS = 10_000
_KEY = r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*$"


class Axis(Section):
    """One axis of a grid."""

    key: str = Field(pattern=_KEY, description="dotted name of what varies, as for --set")
    values: list[Any] = Field(min_length=1, description="the values it takes")


class Dimension(Section):
    """One dimension of a Latin hypercube."""

    key: str = Field(pattern=_KEY, description="dotted name of what varies, as for --set")
    low: float | int = Field(description="lower end")
    high: float | int = Field(description="upper end")
    scale: Literal["linear", "log"] = Field("linear", description="whether slices are equal in value or in ratio")
    whole: bool = param(False, "whether it takes whole numbers only")

    @model_validator(mode="after")
    def _in_order(self) -> Dimension:
        if not self.low < self.high:
            raise refusal("low below high", f"{self.low:g} to {self.high:g}")
        if self.scale == "log" and self.low <= 0:
            raise refusal("a range above 0 where the scale is log", f"{self.low:g} to {self.high:g}")
        return self

    def at(self, position: float) -> float | int:
        """The value at `position` in [0, 1) of the range, to six significant digits."""
        low, high = float(self.low), float(self.high)
        value = low + position * (high - low) if self.scale == "linear" else low * (high / low) ** position
        return round(value) if self.whole else float(f"{value:.6g}")


class Latin(Section):
    """A Latin hypercube."""

    members: int = Field(ge=2, le=MOST_MEMBERS, description="number of points")
    seed: int = param(20261120, "address of the draws; same seed, same members", ge=0, le=2**63 - 1)
    keys: list[Dimension] = Field(min_length=1, description="the dimensions")


class Entry(Section):
    """One member given by hand."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$", description="short name")
    changes: dict[str, Any] = Field(alias="set", description="what this member changes, nested as in a run file")


class SweepParams(Section):
    """Everything a sweep file may hold."""

    title: Annotated[str, NOT_BLANK] = param("Sweep", "title of the comparison")
    base: Annotated[str, NOT_BLANK] = Field(description="the run file that every member changes, relative to this file")
    until: Literal["predict", "analyse", "report"] = Field("analyse", description="last stage of every member")
    pictures: bool = param(False, "whether members' notebooks hold their charts; report draws them always")
    changes: dict[str, Any] = Field({}, alias="set", description="what every member changes, nested as in a run file")
    grid: list[Axis] = Field([], description="axes whose values are combined")
    latin: Latin | None = Field(None, description="a Latin hypercube")
    entries: list[Entry] = Field([], alias="list", description="members by name")

    @property
    def draws(self) -> bool:
        """Whether members' notebooks hold their charts: a report is nothing without."""
        return self.pictures or self.until == "report"

    @model_validator(mode="after")
    def _something_varies(self) -> SweepParams:
        if not self.grid and not self.entries and self.latin is None:
            raise refusal("at least one of grid, latin, list", "a sweep in which nothing varies")
        count = math.prod(len(axis.values) for axis in self.grid) * max(1, len(self.entries))
        count *= self.latin.members if self.latin else 1
        if count > MOST_MEMBERS:
            raise refusal(f"at most {MOST_MEMBERS:,} members", f"a sweep of {count:,}")
        return self


@readable
@dataclass(frozen=True)
class Assignment:
    """One value of one member: dotted `key`, and the file and line that gave it."""

    key: str
    value: Any
    where: str


@readable
@dataclass(frozen=True)
class SweepFile:
    """A sweep file, read and checked in itself; `shown` names it in messages, `base` is the run file below it."""

    path: Path
    shown: str
    params: SweepParams
    located: Located
    base: Path
    root: Path

    @property
    def stem(self) -> str:
        """Name of the file without its ending."""
        return self.path.stem

    def common(self) -> list[Assignment]:
        """What all members change."""
        return [Assignment("", self.params.changes, "set")] if self.params.changes else []

    def layered(self, assignments: list[Assignment]) -> Layered:
        """The base file with `assignments` laid on top, in their order; not yet validated."""
        layered = merged(self.base, [], self.root)
        for given in [*self.common(), *assignments]:
            if given.key:
                assign(given.key, given.value, layered, given.where, self.path.parent)
            else:
                self._lay(given, layered)
        return layered

    def _lay(self, given: Assignment, layered: Layered) -> None:
        """Lay a nested mapping on top, each of its leaves with a line of its own."""

        def line(key: str) -> str:
            return self.located.where(f"{given.where}.{key}")

        for name, value in given.value.items():
            assign(name, value, layered, line(name), self.path.parent, line)


def load_sweep(path: str | Path, root: str | Path) -> SweepFile:
    """Read the sweep file `path`; raises ParameterError with file and line for whatever is wrong in it."""
    path, root = Path(path), Path(root)
    located = load_yaml(path, shown_path(path, root))
    params, problems = validated(SweepParams, located.values, "", located.where)
    raise_problems(problems)
    assert params is not None
    base = path.parent / params.base
    if not base.is_file():
        near = (
            did_you_mean(base.name, [file.name for file in base.parent.glob("*.yaml")]) if base.parent.is_dir() else ""
        )
        raise ParameterError(f"base names {params.base}, which is no file{near}", expected="a run file relative to this one",
                             origin=located.where("base"), remedy="correct the path")  # fmt: skip
    _once(params, located)
    return SweepFile(path, located.shown, params, located, base, root)


def _once(params: SweepParams, located: Located) -> None:
    seen: dict[str, str] = {}
    keys = [(axis.key, f"grid.{index}.key") for index, axis in enumerate(params.grid)]
    keys += [
        (one.key, f"latin.keys.{index}.key") for index, one in enumerate(params.latin.keys if params.latin else [])
    ]
    keys += [(entry.name, f"list.{index}.name") for index, entry in enumerate(params.entries)]
    for name, place in keys:
        if name in seen:
            raise ParameterError(f"{name} stands twice, first at {seen[name]}", expected="each key and each name once",
                                 origin=located.where(place), remedy="remove one of the two")  # fmt: skip
        seen[name] = located.where(place)
    for index, axis in enumerate(params.grid):
        for number, value in enumerate(axis.values):
            if value in axis.values[:number] and type(value) is type(axis.values[axis.values.index(value)]):
                raise ParameterError(f"{axis.key} takes {value!r} twice", expected="each value once",
                                     origin=located.where(f"grid.{index}.values.{number}"), remedy="remove one")  # fmt: skip
