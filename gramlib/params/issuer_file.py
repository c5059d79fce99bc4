"""Issuer files: found by name or path, each value plain or with its basis, written back without loss.

    terms:
      fee: 0.0025
      minimum_oz: {value: 430, basis: disclosed, source: "XAUT terms of service", date: 2026-11-20}

A plain value is assumed, source "not stated"; a value left out is the model page's default, assumed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gramlib.errors import ParameterError
from gramlib.params.fields import leaves, meaning_of, unit_of, yaml_text
from gramlib.params.issuer import Basis, Issuer
from gramlib.params.origins import Layered
from gramlib.params.problems import Problem, raise_problems, validated
from gramlib.params.quoting import shortened
from gramlib.params.suggest import did_you_mean
from gramlib.params.yaml_source import Located, load_yaml, shown_path
from gramlib.readable import readable

NOT_STATED = "not stated"
SET_FOR_RUN = "set for this run"
_STATEMENT = tuple(("value", *Basis.model_fields))
_VALUES = {key for key, _, _ in leaves(Issuer())}


@readable
@dataclass(frozen=True)
class IssuerValues:
    """An issuer before validation: values, their basis, and where each came from."""

    layered: Layered
    basis: dict[str, dict[str, Any]]

    def issuer(self, prefix: str = "") -> Issuer:
        """The validated issuer; raises ParameterError naming the first few problems."""
        made, problems = self.check(prefix)
        raise_problems(problems)
        assert made is not None
        return made

    def check(self, prefix: str = "issuer") -> tuple[Issuer | None, list[Problem]]:
        """The validated issuer, or what is wrong with it; `prefix` goes before each key in messages."""
        cut = len(prefix) + 1 if prefix else 0
        values = dict(self.layered.values)
        if "basis" in values:
            problem = Problem(
                f"{prefix + '.' if cut else ''}basis at the top of an issuer", "basis beside each value",
                self.layered.where("basis"), "write {value: ..., basis: ..., source: ..., date: ...}",
            )  # fmt: skip
            return None, [problem]
        made, problems = validated(Issuer, values, prefix, lambda key: self.layered.where(key[cut:]))
        if made is None:
            return None, problems
        basis = {key: Basis(**self.basis.get(key, {})) for key, _, _ in leaves(made) if key != "name"}
        return made.model_copy(update={"basis": basis}), []

    def overlay(
        self, values: dict[str, Any], where: Callable[[str], str], source: str, shown_below: str = ""
    ) -> list[str]:
        """Lay further values on top and give back their keys; those without a statement are assumed, with `source`.

        `shown_below` is the name messages put before each key ("issuer" within a run).
        """
        plain, basis = _split(values, where, source, shown_below)
        for key in basis:
            self.basis.pop(key, None)
        self.layered.merge(plain, where)
        self.basis.update(basis)
        return list(basis)


def load_issuer(name_or_path: str, root: Path) -> Issuer:
    """The issuer of `root`/params/issuers/<name>.yaml, or of a path to a YAML file.

    Raises ParameterError with file and line for anything unknown or impossible.
    """
    return read_issuer(name_or_path, root).issuer()


def read_issuer(name_or_path: str, root: Path, origin: str = "", shown_below: str = "") -> IssuerValues:
    """The unvalidated values of an issuer file; `origin` says who asked for it, `shown_below` as in `overlay`."""
    located = _load(name_or_path, Path(root), origin)
    made = IssuerValues(Layered(), {})
    made.overlay(located.values, located.where, NOT_STATED, shown_below)
    return made


def issuer_names(root: Path) -> list[str]:
    """Names of the issuers shipped in `root`/params/issuers."""
    return sorted(path.stem for path in (Path(root) / "params" / "issuers").glob("*.yaml"))


def is_path(name_or_path: str) -> bool:
    """Whether an issuer is given as a path rather than by its name."""
    return "/" in name_or_path or name_or_path.endswith((".yaml", ".yml"))


def issuer_yaml(issuer: Issuer) -> str:
    """An issuer file that reads back as exactly this `issuer`, basis included."""
    lines, section = ["# An issuer with the basis of each value, written by gram params export."], ""
    for key, value, field in leaves(issuer):
        *parents, name = key.split(".")
        for depth, parent in enumerate(parents):
            path = ".".join(parents[: depth + 1])
            if not f"{section}.".startswith(f"{path}."):
                lines.append(f"{'  ' * depth}{parent}:")
        section = ".".join(parents)
        text = yaml_text(value)
        if key != "name":
            statement = issuer.basis_of(key)
            text = (
                f"{{value: {text}, basis: {statement.basis}, source: {yaml_text(statement.source)},"
                f" date: {yaml_text(statement.date)}}}"
            )
        unit = f" [{unit_of(field)}]" if unit_of(field) else ""
        lines.append(f"{'  ' * len(parents)}{name}: {text}  # {meaning_of(field)}{unit}")
    return "\n".join(lines) + "\n"


def _load(name_or_path: str, root: Path, origin: str) -> Located:
    path = Path(name_or_path) if is_path(name_or_path) else root / "params" / "issuers" / f"{name_or_path}.yaml"
    if not is_path(name_or_path) and not os.path.isfile(path):  # Path.is_file raises where a name is too long
        known = issuer_names(root)
        raise ParameterError(
            f"there is no issuer {shortened(repr(name_or_path))}{did_you_mean(name_or_path, known)}",
            expected=f"one of {', '.join(known)}, or the path of a YAML file",
            origin=origin or str(path.parent),
            remedy="correct the name, or copy params/issuers/template.yaml and give its path",
        )
    if not os.path.isfile(path):
        raise ParameterError(
            f"there is no issuer file {shortened(name_or_path, 200)}", expected="the path of a YAML file", origin=origin,
            remedy="correct the path; in a params file it is relative to that file",
        )  # fmt: skip
    return load_yaml(path, shown_path(path, root))


def _split(
    values: dict[str, Any], where: Callable[[str], str], source: str, shown_below: str, prefix: str = ""
) -> tuple[dict, dict]:
    plain: dict[str, Any] = {}
    basis: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        key = f"{prefix}.{name}" if prefix else name
        if isinstance(value, dict) and "value" in value:
            plain[name] = value["value"]
            basis[key] = _statement(value, f"{shown_below}.{key}" if shown_below else key, where(key))
        elif isinstance(value, dict) and key in _VALUES:
            raise _no_value(value, f"{shown_below}.{key}" if shown_below else key, where(key))
        elif isinstance(value, dict):
            plain[name], inner = _split(value, where, source, shown_below, key)
            basis.update(inner)
        else:
            plain[name] = value
            basis[key] = {"source": source}
    return plain, basis


def _no_value(given: dict[str, Any], key: str, where: str) -> ParameterError:
    near = next((near for name in given if name not in _STATEMENT and (near := did_you_mean(name, ["value"]))), "")
    return ParameterError(
        f"{key} is a mapping in which the value is missing{near}",
        expected=f"a plain value, or {{value: ..., {', '.join(f'{name}: ...' for name in Basis.model_fields)}}}",
        origin=where, remedy="write the value beside it, as value: ...",
    )  # fmt: skip


def _statement(given: dict[str, Any], key: str, where: str) -> dict[str, str]:
    for name in given:
        if name not in _STATEMENT:
            raise ParameterError(
                f"unknown name {shortened(f'{key}.{name}')}{did_you_mean(name, _STATEMENT)}",
                expected=f"one of {', '.join(_STATEMENT)}", origin=where, remedy="correct the name",
            )  # fmt: skip
    made = {"source": NOT_STATED, **{name: given[name] for name in given if name != "value"}}
    checked, problems = validated(Basis, made, key, lambda _: where)
    raise_problems(problems)
    assert checked is not None
    if checked.basis == "disclosed" and (checked.source in ("", NOT_STATED) or not checked.date):
        raise ParameterError(
            f"{key} is called disclosed without saying where and when",
            expected="source and date beside basis: disclosed", origin=where,
            remedy="name the attestation or terms and their date, or call it assumed",
        )  # fmt: skip
    return made
