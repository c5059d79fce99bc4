"""What a scenario changes about the issuer: costs that rise, fees that fall, gold spread over two vaults."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from pydantic import Field

from gramlib.errors import ParameterError
from gramlib.params.fields import Section, leaves
from gramlib.params.issuer import Basis, Issuer
from gramlib.params.problems import Problem, raise_problems, validated
from gramlib.params.quoting import shown
from gramlib.params.suggest import did_you_mean

_LEAVES = {key: value for key, value, _ in leaves(Issuer())}
_OWN = ("name", "peg")
"""Which issuer it is stays as it is."""

CHANGEABLE = tuple(key for key in _LEAVES if key not in _OWN)
"""Dotted keys of an issuer file that a scenario may change."""


class Change(Section):
    """One value of the issuer, changed from the first day on: times `factor`, plus `add`, or set to `value`."""

    key: str = Field(description="dotted key of an issuer file, as costs.opex_usd_year")
    factor: float | None = Field(default=None, ge=0.0, le=1000.0, description="factor on the issuer's own value [1]")
    add: float | None = Field(default=None, description="added to the issuer's own value [its unit]")
    value: float | int | bool | str | list[float] | None = Field(default=None, description="in place of its own value")
    peg: Literal["any", "gold", "usd"] = Field(default="any", description="issuers that it holds for, by their peg")
    why: str = Field(min_length=10, description="reason for this size")

    def contradiction(self) -> tuple[str, str, str] | None:
        """What is wrong with it whoever the issuer: the name it stands at, what was found, what was expected."""
        if self.key not in CHANGEABLE:
            near = did_you_mean(self.key, CHANGEABLE)
            return "key", f"unknown key {shown(self.key)} of an issuer{near}", "a dotted key, as costs.opex_usd_year"
        given = [name for name in ("factor", "add", "value") if getattr(self, name) is not None]
        if len(given) != 1:
            return "key", " and ".join(given) or "no change", "exactly one of factor, add and value"
        if self.value is None and not _is_number(_LEAVES[self.key]):
            return given[0], f"{given[0]} on {self.key}, which is no number", "value"
        return None

    def applied(self, own: Any) -> Any:
        """The changed value of an issuer that has `own`; whole numbers stay whole where they can."""
        if self.value is not None:
            whole = isinstance(self.value, int) and not isinstance(self.value, bool)
            return float(str(self.value)) if isinstance(own, float) and whole else self.value
        if not _is_number(own):
            return own
        changed = own * self.factor if self.factor is not None else own + (self.add or 0.0)
        return int(changed) if isinstance(own, int) and float(changed).is_integer() else changed


def changed_issuer(issuer: Issuer, changes: Iterable[Change], origin: str = "") -> Issuer:
    """`issuer` with `changes` applied in order, each to what the one before left; those for another peg are left out.

    A factor or an addition leaves a value alone that the issuer has switched off by null. Every changed value is
    assumed, whatever its basis was. Raises ParameterError, told with `origin`, where the outcome is no issuer.
    """
    due = [change for change in changes if change.peg in ("any", issuer.peg)]
    if not due:
        return issuer
    record, basis = issuer.to_record(), dict(issuer.basis)
    for change in due:
        *parents, name = change.key.split(".")
        section = record
        for parent in parents:
            section = section[parent]
        section[name] = change.applied(section[name])
        basis[change.key] = Basis(source=f"changed by the scenario: {change.why}")
    record["basis"] = {key: statement.model_dump() for key, statement in basis.items()}
    made, problems = validated(Issuer, record, "", lambda key: origin)
    raise_problems(problems)
    assert made is not None
    return made


def changes_of(records: Sequence[dict[str, Any]], origin: str = "") -> tuple[Change, ...]:
    """The changes that a document holds as plain values; raises ParameterError for one that is none."""
    made = []
    for record in records:
        change, problems = validated(Change, record, "changes", lambda key: origin)
        raise_problems(problems)
        assert change is not None
        wrong = change.contradiction()
        if wrong:
            raise ParameterError(wrong[1], expected=wrong[2], origin=origin)
        made.append(change)
    return tuple(made)


def problems_of(change: Change, where: str) -> list[Problem]:
    """What the shape of an issuer refuses about a change to a given value; `where` is the line it stands on."""
    if change.value is None:
        return []
    *parents, name = change.key.split(".")
    record: dict[str, Any] = {name: change.applied(_LEAVES[change.key])}
    for parent in reversed(parents):
        record = {parent: record}
    found = validated(Issuer, record, "", lambda key: where)[1]
    return [problem for problem in found if problem.found.startswith(change.key)]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
