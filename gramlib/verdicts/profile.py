"""A profile: the limits a run is judged by, read from YAML. The only reader of params/profiles.

Every limit says where it comes from, of which date it is, and whether somebody checked it there: `verified: false`
keeps a limit in the report and out of the overall verdict.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import Field, model_validator

from gramlib.errors import ParameterError
from gramlib.params.fields import Section, each_of, one_of, refusal
from gramlib.params.problems import raise_problems, validated
from gramlib.params.suggest import did_you_mean
from gramlib.params.yaml_source import load_yaml, shown_path

FOLDER = Path("params") / "profiles"
"""Where appetites (kind: appetite) and standards (kind: standard) stand."""
KINDS = ("appetite", "standard")
_TOLERABLE = Annotated[list[str], each_of("F1", "F2", "F3", "F4", "F5", "F6", "F7", empty_ok=True)]


class Statement(Section):
    """Where a limit comes from."""

    source: str = Field(min_length=3, description="where the limit is stated")
    date: str = Field(min_length=4, description="date of that statement")
    verified: bool = Field(description="whether somebody checked it there; false never decides the verdict")


class Appetite(Statement):
    """How often a failure may happen."""

    book: Annotated[str, one_of("liquidity", "solvency")] = Field(description="book of paths it is judged on")
    max_one_year_probability: float = Field(ge=0.0, le=1.0, description="above it: fail [1/year]")
    watch_at: float = Field(ge=0.0, le=1.0, description="above it: watch [1/year]")

    @model_validator(mode="after")
    def _watch_first(self) -> Appetite:
        if self.watch_at > self.max_one_year_probability:
            raise refusal("watch_at at most max_one_year_probability", f"watch_at {self.watch_at:g}")
        return self


class Appetites(Section):
    """One appetite for each failure predicate."""

    F1: Appetite
    F2: Appetite
    F3: Appetite
    F4: Appetite
    F5: Appetite
    F6: Appetite
    F7: Appetite


class Tolerated(Statement):
    """Failures that a listed scenario of each severity may show."""

    calm: _TOLERABLE
    mild: _TOLERABLE
    moderate: _TOLERABLE
    severe: _TOLERABLE
    extreme: _TOLERABLE


class Distance(Statement):
    """How large a shock must be before something breaks."""

    smallest: float = Field(ge=0.0, description="a smaller breaking shock: fail [as the shock]")
    watch_below: float = Field(ge=0.0, description="a breaking shock below it: watch [as the shock]")

    @model_validator(mode="after")
    def _watch_first(self) -> Distance:
        if self.watch_below < self.smallest:
            raise refusal("watch_below at least smallest", f"watch_below {self.watch_below:g}")
        return self


class Distances(Section):
    """Distances to break on the axes of the reverse stress."""

    price_fall_to_queue: Distance
    price_fall_with_event_to_queue: Distance
    custody_loss_to_insolvency: Distance


class OwnFunds(Statement):
    """Own funds required: the largest of a share of the reserve, a floor in EUR and a share of yearly overheads."""

    reserve_share: float = Field(ge=0.0, le=1.0, description="share of the reserve [1]")
    floor_eur: float = Field(ge=0.0, description="floor [EUR]")
    eur_usd: float = Field(gt=0.2, lt=5.0, description="dollars for one euro [USD/EUR]")
    eur_usd_date: str = Field(min_length=4, description="date and source of that rate")
    overheads_share: float = Field(ge=0.0, le=10.0, description="share of a year's fixed costs [1]")


class Named(Section):
    """A file of params/profiles: it bears the id of its name, and can be written into a run's record and read back."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="name of the file without .yaml")

    def to_record(self) -> dict[str, Any]:
        """Everything as JSON-able plain values; `from_record` is its inverse."""
        return self.model_dump(mode="json")

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Self:
        """What `to_record` wrote."""
        return cls.model_validate(record)


N = TypeVar("N", bound=Named)


class Profile(Named):
    """All limits of one regime or appetite."""

    kind: Literal["appetite"] = Field(description="what sort of profile this is")
    title: str = Field(min_length=5, description="title in the report")
    binding: Annotated[list[str], each_of(empty_ok=True)] = Field(
        description="standards that bind this issuer: their verified requirements decide; the others are comparators"
    )
    own_funds_rule: OwnFunds
    appetite: Appetites
    listed_scenarios: Tolerated
    distance_to_break: Distances

    @property
    def own_funds(self) -> dict[str, float]:
        """The rule in USD, as gramlib.simulation.OwnFundsRule takes it."""
        rule = self.own_funds_rule
        return {
            "reserve_share": rule.reserve_share,
            "floor_usd": rule.floor_eur * rule.eur_usd,
            "overheads_share": rule.overheads_share,
        }


def list_profiles(root: Path) -> tuple[str, ...]:
    """Ids of every profile to judge by below the repository folder `root`, sorted; standards are not among them."""
    return tuple(sorted(p.stem for p in (root / FOLDER).glob("*.yaml") if kind_of_file(p, root) == "appetite"))


def kind_of_file(path: Path, root: Path) -> str:
    """The word that a file in params/profiles states as its kind: appetite or standard.

    Raises ParameterError, with the file, for one that states neither.
    """
    kind = load_yaml(path, shown_path(path, root)).values.get("kind")
    if kind not in KINDS:
        raise ParameterError(
            f"kind is {kind!r}",
            expected=f"one of {', '.join(KINDS)}",
            origin=shown_path(path, root),
            remedy="say at the top of the file what it is",
        )
    return str(kind)


def load_profile(name: str, root: Path) -> Profile:
    """The profile in `root`/params/profiles/`name`.yaml.

    Raises ParameterError for an unknown name and, with file and line, for a limit that is missing, unknown or
    impossible.
    """
    known = list_profiles(root)
    if name not in known:
        raise ParameterError(
            f"unknown profile {name!r}{did_you_mean(name, known)}",
            expected=f"one of {', '.join(known) or 'no profile: the folder is empty'}",
            origin=FOLDER.as_posix(),
            remedy=f"correct the name, or add {(FOLDER / name).as_posix()}.yaml",
        )
    return read_named(Profile, name, root)


def read_named(model: type[N], name: str, root: Path) -> N:
    """`root`/params/profiles/`name`.yaml as a `model`, whose id is the name of its file.

    Raises ParameterError with file and line.
    """
    path = root / FOLDER / f"{name}.yaml"
    located = load_yaml(path, shown_path(path, root))
    made, problems = validated(model, located.values, "", located.where)
    raise_problems(problems)
    if made is None or made.id != name:
        raise ParameterError(
            f"id is {located.values.get('id')!r} in {name}.yaml", expected=f"{name}, the name of the file",
            origin=located.where("id"), remedy="rename one of the two",
        )  # fmt: skip
    return made
