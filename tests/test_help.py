"""`help()` teaches: every public callable says what it is for, and of each number or array what it is, in which unit."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest

ROOMS = ("units", "errors", "params", "artefacts", "store", "sources", "prices", "models", "scenarios", "simulation", "metrics",
         "backtests", "verdicts", "reverse", "recommend", "selftest", "sensitivity", "report", "report.figures")  # fmt: skip

UNIT_IN_NAME = re.compile(r"_(usd|usd_per_g|usd_per_oz|usd_year|g|oz|days?|years?|seconds|s|share|bytes|px)$")
ADDRESSES = {"path"}
"""Numbers of paths in the addresses of draws: counts, whether one or an array."""


def public_callables() -> Iterator[Callable[..., object]]:
    for room in ROOMS:
        module = importlib.import_module(f"gramlib.{room}")
        names = getattr(module, "__all__", [name for name in vars(module) if not name.startswith("_")])
        for member in (getattr(module, name) for name in names):
            if callable(member) and str(getattr(member, "__module__", "")).startswith("gramlib"):
                yield member


def complaints(member: Callable[..., object]) -> Iterator[str]:
    """What its docstring leaves open: a purpose, a parameter without type, the meaning of a number or an array."""
    doc = inspect.getdoc(member) or ""
    if len(doc.split()) < 3 or not doc.partition("\n\n")[0].rstrip().endswith((".", "?", ":")):
        yield f"no purpose: {doc[:60]!r}"
    if not inspect.isfunction(member):
        return
    for parameter in inspect.signature(member).parameters.values():
        kind = str(parameter.annotation)
        if parameter.annotation is parameter.empty:
            yield f"{parameter.name} has no type"
        number = re.search(r"\bfloat\b|ndarray|ArrayLike", kind) and parameter.name not in ADDRESSES
        told = re.search(rf"\b{parameter.name.replace('_', '[ _]')}\b", doc, re.IGNORECASE)
        if number and not told and not UNIT_IN_NAME.search(parameter.name):
            yield f"{parameter.name} ({kind}) is not spoken of, and its name tells no unit"


@pytest.mark.slow
def test_every_public_callable_teaches() -> None:
    found = list(dict.fromkeys(public_callables()))
    assert len(found) > 200
    wrong = {f"{each.__module__}.{each.__name__}": said for each in found if (said := list(complaints(each)))}
    assert wrong == {}


def test_a_callable_that_does_not_teach_is_found_out() -> None:
    def silent(amount: float, rest) -> float:  # type: ignore[no-untyped-def]
        return amount

    def half(level: np.ndarray, start_usd: float) -> None:
        """What it is for, and nothing else."""

    assert list(complaints(silent)) == ["no purpose: ''", "amount (float) is not spoken of, and its name tells no unit",
                                        "rest has no type"]  # fmt: skip
    assert list(complaints(half)) == ["level (np.ndarray) is not spoken of, and its name tells no unit"]


def test_one_that_speaks_of_its_numbers_has_no_complaint() -> None:
    def quantile(sample: np.ndarray, level: float) -> None:
        """The `level` quantile (0.975) of `sample`, shape (n,)."""

    assert list(complaints(quantile)) == []
