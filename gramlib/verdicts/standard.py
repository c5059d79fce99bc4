"""A standard: what a regime asks of such a token, as requirements that a run can be held against.

One file in params/profiles with `kind: standard`. A requirement names one of `measures.MEASURES` and a limit, or, where
nothing here can compute it, the `evidence` an assessor would look at. As with every limit, source, date and `verified`
stand beside it, and a number nobody checked never decides. Which standards bind the issuer is said by its profile (`binding`);
the others are comparators.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from gramlib.errors import ParameterError
from gramlib.params.fields import each_of, one_of, refusal
from gramlib.params.suggest import did_you_mean
from gramlib.verdicts.profile import FOLDER, Named, Profile, Statement, kind_of_file, read_named
from gramlib.verdicts.settings import MeasureSettings

ALL = "all"
MEASURE_NAMES = (
    "own_funds_ratio_today",
    "own_funds_ratio_worst",
    "own_funds_ratio_quantile",
    "liquid_1d_share_today",
    "liquid_1d_share_worst",
    "liquid_5d_share_today",
    "liquid_5d_share_worst",
    "cash_share_today",
    "liquidity_coverage",
    "coverage_worst",
    "coverage_quantile",
    "backing_today",
    "backing_worst",
    "discount_days",
    "worst_discount",
    "gold_fall",
    "var_exceptions",
    "oldest_request_worst",
    "horizon_days",
    "axes_searched",
    "reserve_eur",
    "largest_custodian_share",
    "largest_bank_share",
    "leased_share",
    "stated",
)
"""What a requirement may measure; `measures` computes them, and `stated` is what nothing here can compute."""


class Requirement(Statement):
    """One thing a regime asks for."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="short name, unique in its file")
    article: str = Field(min_length=2, description="where in the text")
    title: str = Field(min_length=10, description="what is asked for, for a reader who has not read the text")
    measure: Annotated[str, one_of(*MEASURE_NAMES)] = Field(description="what is computed")
    rule: Literal["at_least", "at_most"] = Field(default="at_least", description="which side of the limit is good")
    limit: float | None = Field(default=None, description="beyond it: fail [as the measure]")
    watch: float | None = Field(default=None, description="beyond it: watch [as the measure]")
    settings: MeasureSettings = Field(default=MeasureSettings(), description="what the measure needs to know")
    cadence: str = Field(default="", description="how often the regime wants it computed")
    evidence: str = Field(default="", description="where an assessor looks for what nothing here computes")

    @model_validator(mode="after")
    def _complete(self) -> Requirement:
        if (self.measure == "stated") != (self.limit is None):
            raise refusal("a limit for what is computed, and none for measure stated", f"limit {self.limit}")
        if self.measure == "stated" and not self.evidence:
            raise refusal("evidence: where an assessor looks", "nothing")
        if self.limit is not None and self.watch is not None:
            good = self.watch >= self.limit if self.rule == "at_least" else self.watch <= self.limit
            if not good:
                raise refusal("watch on the good side of limit", f"watch {self.watch:g}, limit {self.limit:g}")
        return self


class Standard(Named):
    """All requirements of one regime."""

    kind: Literal["standard"] = Field(description="what sort of profile this is")
    title: str = Field(min_length=5, description="title in the report")
    about: str = Field(min_length=20, description="whom the regime binds, in a sentence")
    pegs: Annotated[list[str], each_of("gold", "usd")] = Field(description="tokens it speaks of")
    requirements: tuple[Requirement, ...] = Field(min_length=1, strict=False, description="what it asks for")

    @model_validator(mode="after")
    def _each_once(self) -> Standard:
        ids = [requirement.id for requirement in self.requirements]
        twice = next((name for name in ids if ids.count(name) > 1), "")
        if twice:
            raise refusal("each requirement with an id of its own", f"{twice} twice")
        return self


def list_standards(root: Path) -> tuple[str, ...]:
    """Ids of every standard below the repository folder `root`, sorted."""
    return tuple(sorted(p.stem for p in (root / FOLDER).glob("*.yaml") if kind_of_file(p, root) == "standard"))


def load_standards(names: list[str], root: Path) -> tuple[Standard, ...]:
    """The standards called `names`, each once and in that order; the word all stands for every one there is.

    Raises ParameterError for an unknown name and, with file and line, for a requirement that is unknown or impossible.
    """
    known = list_standards(root)
    wanted: dict[str, None] = {}
    for name in names:
        if name != ALL and name not in known:
            raise ParameterError(
                f"unknown standard {name!r}{did_you_mean(name, known)}",
                expected=f"all, or one of {', '.join(known) or 'no file: the folder has none'}",
                origin=FOLDER.as_posix(),
                remedy=f"correct the name, or add {(FOLDER / name).as_posix()}.yaml with kind: standard",
            )
        wanted.update(dict.fromkeys(known if name == ALL else [name]))
    return tuple(read_named(Standard, name, root) for name in wanted)


def standards_of(names: list[str], profile: Profile, root: Path) -> tuple[Standard, ...]:
    """Those called `names` and those that bind by `profile`: what binds is judged, whether or not it was asked for."""
    return load_standards([*names, *profile.binding], root)
