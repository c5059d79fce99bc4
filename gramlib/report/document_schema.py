"""The form of report.json, schema 3: every field with its meaning. `json_schema()` gives it as JSON Schema.

Schema 3 adds to 2 the line of missed requirements, what each figure and finding turns on, scenarios, requirements,
limitations, horizons and the comparison with another run; nothing of schema 2 was taken away, so that its readers go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gramlib.errors import DataContractError

SCHEMA = 3

Number = Annotated[float, Field(allow_inf_nan=False)]
Ends = Annotated[list[Number], Field(min_length=2, max_length=2)]
Judged = Literal["pass", "watch", "fail", "not_applicable"]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


def _told(meaning: str) -> Any:
    return Field(description=meaning)


class Verdict(_Form):
    """The verdict in words."""

    status: Judged = _told("worst status of the requirements that decide")
    sentence: str = _told("what was found of solvency, liquidity and the smallest breaking shock; ends with the caveat")
    caveat: str = _told("what the grade of the data takes from it; empty for data that can carry evidence")
    missed: str = _told("how many deciding requirements are missed or on watch")
    reasons: list[str] = _told("the requirement furthest beyond its limit, the others, what breaks it, how likely")


class Turning(_Form):
    """A figure that runs can be compared by."""

    id: str = _told("stable name; the anchor of the page ends with it")
    value: Number | None = _told("the figure in `unit`; null where none was found")
    unit: str = _told('unit of value and bounds; "1" is a share')
    text: str = _told("the figure as the page prints it")
    lower: Number | None = _told("lower end of the interval of sampling error; null without one")
    upper: Number | None = _told("upper end of it")
    tolerance: Number | None = _told("how exact a searched figure is, in `unit`; null for what was not searched")


class Headline(Turning):
    """A key figure of the first screen."""

    label: str = _told("what the figure is")
    interval: str = _told("the interval in words")
    limit: Number | None = _told("the limit it is held to, of chances a year; null without one")
    limit_text: str = _told("the limit in words")
    status: Literal["", "pass", "watch", "fail", "not_applicable"] = _told("empty where no limit judges it")
    detail: str = _told("over which time, on which paths, how far it was searched")
    horizon_days: int | None = _told("business days that a chance is over")


class Finding(Turning):
    """A finding, and the figure it turns on."""

    title: str = _told("the finding as a sentence without a full stop")
    evidence: str = _told("the figures behind it")
    so_what: str = _told("what follows")
    section: str = _told("heading under which its evidence stands")
    anchor: str = _told("id of that heading on the page")
    basis: str = _told("what the figure is of, where that differs from run to run")


class ScenarioRow(_Form):
    """A listed scenario against its limit."""

    id: str = _told("name of its file in params/scenarios")
    title: str = _told("its title")
    kind: str = _told("historical, hypothetical, combined or model")
    severity: str = _told("calm, mild, moderate, severe or extreme")
    assumes: str = _told("what it puts the issuer through")
    status: Judged = _told("fail: beyond what its severity may show; watch: within; pass: nothing failed")
    failed: list[str] = _told("failures that happened, F1 to F7")
    tolerated: list[str] | None = _told(
        "failures that a scenario of its severity may show; null where no profile was given"
    )
    sentence: str = _told("the result in a sentence")
    min_equity_usd: Number | None = _told("lowest own funds [USD]")
    peak_queue_share: Number | None = _told("longest queue [share of initial tokens]")
    oldest_request_days: Number | None = _told("age of the oldest unpaid request [business days]")
    worst_discount: Number | None = _told("largest discount of the token to gold [share]")


class RequirementRow(_Form):
    """A requirement with its number and limit, as the verdicts table has it."""

    requirement: str = _told("failure, distance, listed scenario, or standard.requirement")
    subject: str = _told("book of paths, scenario, or what else it was judged on")
    status: Judged
    number: Number | None = _told("what was found [unit]")
    limit: Number | None = _told("its limit [unit]")
    unit: str
    margin: Number | None = _told("distance to the limit, negative beyond it [unit]")
    decides: bool = _told("whether it counts for the verdict")
    sentence: str = _told("the same in words")


class ChangeRow(_Form):
    """One figure in two runs; see gramlib.report.changes.Change."""

    id: str
    label: str
    unit: str
    before: Number | None
    after: Number | None
    before_text: str
    after_text: str
    before_interval: Ends | None
    after_interval: Ends | None
    before_status: str
    after_status: str
    difference: Number | None = _told("after less before")
    significant: bool | None = _told("the intervals have no value in common; null where that cannot be said")
    better: bool | None
    short: str
    sentence: str


class ScenarioChangeRow(_Form):
    """A listed scenario whose result differs; a status of "" says that the run does not have it."""

    id: str
    title: str
    before_status: str
    after_status: str
    before_failed: str
    after_failed: str
    sentence: str


class Compared(_Form):
    """What moved against the run that report.compare_with names."""

    run_id: str
    not_comparable: list[str] = _told("why the two do not answer the same question; empty when they do")
    verdict: str = _told("how the verdict moved")
    figures: list[ChangeRow]
    findings: list[ChangeRow]
    scenarios: list[ScenarioChangeRow]


class IssuerNamed(_Form):
    """Whom it is about."""

    name: str
    peg: str
    assumed: int = _told("values of the issuer that are assumed")
    values: int = _told("values that it has")


class DataGraded(_Form):
    """What it was fed."""

    grade: str
    grade_reason: str
    label: str = _told("what every page must carry; empty for real data")
    start: str
    end: str
    redistribute: str


class ReportDocument(_Form):
    """report.json."""

    schema_: Literal[3] = Field(alias="schema", description="version of this form")
    title: str
    author: str
    verdict: Verdict
    headlines: list[Headline] = _told("four to six key figures")
    findings: list[Finding]
    scenarios: list[ScenarioRow] = _told("failing ones first")
    requirements: list[RequirementRow]
    recommendations: list[dict[str, str | bool | int | Number | None]] = _told(
        "rows of the catalogue's recommendations"
    )
    limitations: list[str] = _told("what this run cannot say")
    worst_scenario: str = _told("listed scenario with the lowest own funds; empty without one")
    horizons_days: dict[str, int] = _told("business days of each book of paths")
    issuer: IssuerNamed
    data: DataGraded
    run: dict[str, Any] = _told("run_id, and whatever else names the run")
    compared: Compared | None = _told("null where no other run was named")


def checked(document: Mapping[str, Any]) -> dict[str, Any]:
    """`document` itself when it has this form; raises DataContractError with the first field that has not."""
    try:
        ReportDocument.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise DataContractError(
            f"report.json: {'.'.join(map(str, first['loc']))}: {first['msg']}",
            expected=f"the form of schema {SCHEMA}", origin="gramlib.report.document_schema",
        ) from error  # fmt: skip
    return dict(document)


def json_schema() -> dict[str, Any]:
    """The form as JSON Schema."""
    return ReportDocument.model_json_schema(by_alias=True)
