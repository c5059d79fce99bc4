"""What can be done: a measure moves parameters of an issuer to a number, costs something a year and has side effects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gramlib.errors import ParameterError
from gramlib.params.issuer import Issuer
from gramlib.readable import readable


def _always(issuer: Issuer) -> str:
    return ""


@readable
@dataclass(frozen=True)
class Measure:
    """One lever. A number is always what holds after the measure (a gate of 5%), never what is added to it.

    `parameters` are the dotted keys it moves. Measures of the same `lever` move the same thing and are not combined.
    `lower` to `upper` is where a search looks; `stronger` says at which end the measure bites harder: up or down.
    `now(issuer)` is the number an issuer stands at. `change` and `cost` do the work of `apply` and `cost_usd_year`;
    `excluded(issuer)` says why the measure has no meaning for an issuer, in words, empty where it has.
    """

    name: str
    title: str
    unit: str
    parameters: tuple[str, ...]
    lever: str
    lower: float
    upper: float
    stronger: str
    cost_basis: str
    side_effect: str
    now: Callable[[Issuer], float]
    change: Callable[[Issuer, float], Issuer]
    cost: Callable[[Issuer, float], float]
    excluded: Callable[[Issuer], str] = _always

    def apply(self, issuer: Issuer, number: float) -> Issuer:
        """`issuer` with the measure at `number`; itself where it stands there already.

        Raises ParameterError where the measure has no meaning for the issuer, or where the number leaves no issuer.
        """
        why = self.excluded(issuer)
        if why:
            raise ParameterError(f"{self.title}: {why}", expected="a measure that applies", origin="Measure.apply")
        return issuer if number == self.now(issuer) else self.change(issuer, number)

    def cost_usd_year(self, issuer: Issuer, number: float) -> float:
        """Cost a year [USD] of going from where `issuer` stands to `number`; negative where it saves money."""
        return 0.0 if number == self.now(issuer) else self.cost(issuer, number) + 0.0


def changed(issuer: Issuer, values: Mapping[str, Any]) -> Issuer:
    """`issuer` with the dotted keys of `values` set, held against its bounds; raises ParameterError for an impossible one."""
    sections: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        section, _, name = key.rpartition(".")
        sections.setdefault(section, {})[name] = value
    own = sections.pop("", {})
    updated = {name: getattr(issuer, name).model_copy(update=update) for name, update in sections.items()}
    try:
        return Issuer.model_validate(issuer.model_copy(update=own | updated).model_dump())
    except ValueError as error:
        raise ParameterError(f"issuer with {dict(values)}", expected="values within the bounds of an issuer",
                             origin="Measure.apply", remedy=str(error).splitlines()[-1]) from error  # fmt: skip
