"""The issuer that somebody asks about: that of a run, with some values of an issuer file changed by dotted key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gramlib.params.issuer import Basis, Issuer
from gramlib.params.problems import Problem, raise_problems, validated
from gramlib.params.quoting import shown
from gramlib.params.suggest import did_you_mean
from gramlib.scenarios.changes import CHANGEABLE

ORIGIN = "changes"
_ASKED = "asked in a what-if"


def asked_issuer(issuer: Issuer, changes: Mapping[str, Any], origin: str = ORIGIN) -> Issuer:
    """`issuer` with every value of `changes` in place of its own; null switches off what may be (a gate).

    Changed values are assumed, whatever their basis was. Raises ParameterError, told with `origin`, for a key that there
    is not or that makes another issuer of it (name, peg), and where the outcome is no possible issuer.
    """
    raise_problems([_unknown(key, origin) for key in changes if key not in CHANGEABLE])
    record, basis = issuer.to_record(), dict(issuer.basis)
    for key, value in changes.items():
        *parents, name = key.split(".")
        section = record
        for parent in parents:
            section = section[parent]
        whole = isinstance(value, int) and not isinstance(value, bool)
        section[name] = float(value) if whole and isinstance(section[name], float) else value
        basis[key] = Basis(source=_ASKED)
    record["basis"] = {key: statement.model_dump() for key, statement in basis.items()}
    made, problems = validated(Issuer, record, "", lambda key: origin)
    raise_problems(problems)
    assert made is not None
    return made


def own_value(issuer: Issuer, key: str) -> Any:
    """The issuer's value of a dotted key."""
    value: Any = issuer
    for name in key.split("."):
        value = getattr(value, name)
    return value


def _unknown(key: str, origin: str) -> Problem:
    return Problem(
        f"unknown key {shown(key)} of an issuer{did_you_mean(key, CHANGEABLE)}",
        "a dotted key of an issuer file, as terms.fee; name and peg stay as they are",
        origin,
        "correct the key",
    )
