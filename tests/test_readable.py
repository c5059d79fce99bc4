"""Every public dataclass and parameter section says in a line what it is, with units in a notebook, and dumps nothing."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import gramlib
from gramlib.params.fields import Section
from gramlib.params.issuer import Issuer
from gramlib.readable import brief, readable
from gramlib.scenarios import Scenario, load_scenarios
from gramlib.simulation import Events, simulate
from gramlib.verdicts import Profile, load_profile

ROOMS = ("params", "artefacts", "sources", "prices", "models", "scenarios", "simulation", "metrics", "backtests", "verdicts",
         "reverse", "recommend", "selftest", "sensitivity")  # fmt: skip
"""What researchers meet: from parameters to advice. Pages, stage folders and Jobs are handled by the workbench itself."""

INSIDE = ("gramlib.sources.files.", "gramlib.sources.online.")
"""How files and answers are read: nothing of it is handed on."""


def public_dataclasses() -> Iterator[type]:
    for room in ROOMS:
        package = importlib.import_module(f"gramlib.{room}")
        for found in pkgutil.walk_packages(package.__path__, f"gramlib.{room}."):
            if found.name.startswith(INSIDE) or found.name.endswith("__main__"):
                continue
            for name, member in vars(importlib.import_module(found.name)).items():
                own = inspect.isclass(member) and member.__module__ == found.name
                if own and dataclasses.is_dataclass(member) and not name.startswith("_"):
                    yield member


def complaints(cls: type) -> Iterator[str]:
    """What is wrong with how `cls` shows itself when every field holds a long array."""
    filled, specs = object.__new__(cls), [spec for spec in dataclasses.fields(cls) if spec.repr]
    for number, spec in enumerate(dataclasses.fields(cls)):
        object.__setattr__(filled, spec.name, np.arange(10_000.0) + number)
    text = repr(filled)
    if not text.startswith(f"{cls.__name__}(") or len(text) > 900 or "array" in text:
        yield f"text of {len(text)} characters: {text[:80]}"
    if not hasattr(filled, "_repr_html_"):
        yield "no table"
    elif filled._repr_html_().count("<tr>") != 1 + len(specs) or len(filled._repr_html_()) > 600 + 300 * len(specs):
        yield f"a table of {len(filled._repr_html_())} characters for {len(specs)} fields"
    purpose = (inspect.getdoc(cls) or "").split()
    if len(purpose) < 3 or purpose[0].startswith(f"{cls.__name__}("):
        yield "no purpose"


@pytest.mark.slow
def test_every_public_dataclass_is_readable_whatever_it_holds() -> None:
    found = list(public_dataclasses())
    assert len(found) > 120 and {cls.__module__.split(".")[1] for cls in found} >= {"models", "simulation", "recommend"}
    wrong = {f"{cls.__module__}.{cls.__qualname__}": said for cls in found if (said := list(complaints(cls)))}
    assert wrong == {}


def test_a_plain_dataclass_is_found_out() -> None:
    @dataclass
    class Plain:
        x: Any

    assert list(complaints(Plain)) == [f"text of {len(repr(Plain(np.arange(1e4))))} characters: {repr(Plain(np.arange(1e4)))[:80]}",
                                       "no table", "no purpose"]  # fmt: skip


@pytest.fixture(scope="module")
def met(workbench_root: Path) -> dict[str, Any]:
    paths = np.linspace(120.0, 130.0, 11) * np.ones((50, 1))
    return {
        "issuer": Issuer(),
        "profile": load_profile("internal", workbench_root),
        "scenario": load_scenarios(["H13a"], workbench_root)[0],
        "outcomes": simulate(Issuer(), paths),
        "events": Events.calm(10),
    }


@pytest.mark.parametrize("name", ["issuer", "profile", "scenario", "outcomes", "events"])
def test_real_ones_are_short_and_sound(met: dict[str, Any], name: str) -> None:
    text, html = repr(met[name]), met[name]._repr_html_()
    assert len(text) < 700 and "\n" not in text and len(html) < 60_000
    for tag in ("table", "tr", "td", "th", "details"):
        assert len(re.findall(rf"<{tag}[ >]", html)) == html.count(f"</{tag}>")


def test_an_issuer_is_told_with_units_and_meanings(met: dict[str, Any]) -> None:
    assert repr(met["issuer"]).startswith(
        "Issuer(name=Gram; peg=gold; tokens_g=10,000,000; gold_g=10,000,000; cash_usd=13,000,000;"
    )
    html = met["issuer"]._repr_html_()
    cash = re.search(r"<tr><th scope='row'[^>]*>cash_usd</th>(.*?)</tr>", html)[1]
    assert re.findall(r">([^<>]+)<", cash) == ["13,000,000", "USD", "cash (C0)"]
    assert "<summary style='white-space:nowrap'>Terms</summary>" in html


def test_outcomes_are_told_by_number_range_and_unit(met: dict[str, Any]) -> None:
    html = met["outcomes"]._repr_html_()
    price = re.search(r"<tr><th scope='row'[^>]*>end_price_usd_per_g</th>(.*?)</tr>", html)[1]
    assert re.findall(r">([^<>]+)<", price) == ["50 values, all 130", "USD/g"]


def test_every_section_of_parameters_is_readable() -> None:
    for model in (Issuer, Scenario, Profile):
        assert issubclass(model, Section) and model.__repr__ is Section.__repr__


class Colour(Enum):
    RED = "red"


BRIEF = {
    "nothing": (None, "none"),
    "a switch": (True, "true"),
    "a count": (12_345, "12,345"),
    "a rate": (0.00123456789, "0.00123457"),
    "an amount": (12_345_678.9, "12,345,679"),
    "not a number": (float("nan"), "nan"),
    "a word": ("gold", "gold"),
    "no word": ("", "(empty)"),
    "a long text": ("a " * 60, f"{'a ' * 29}a…"),
    "a status": (Colour.RED, "red"),
    "a few items": ((1, 2.5, "x"), "[1; 2.5; x]"),
    "many items": (list(range(9)), "9 items"),
    "one odd item": ([{}], "1 item"),
    "a dictionary": ({"a": 1}, "1 entry"),
    "an array": (np.arange(6.0).reshape(2, 3), "2 × 3 values, 0 to 5"),
    "one value": (np.array([2.5]), "2.5"),
    "an empty array": (np.zeros(0), "no values"),
    "an array of words": (np.array(["a", "b"]), "2 values"),
    "a table": (pd.DataFrame({"a": [1, 2]}), "table of 2 rows, 1 columns"),
    "a path": (Path("a/b"), "a/b"),
    "a function": (brief, "function"),
}


@pytest.mark.parametrize("case", BRIEF)
def test_a_value_in_brief(case: str) -> None:
    value, expected = BRIEF[case]
    assert brief(value) == expected


@readable
@dataclass
class Small:
    """A thing with <angles>."""

    horizon_days: int
    fee: float
    word: str = "<b>"
    hidden: int = field(default=0, repr=False)


def test_a_dataclass_is_escaped_and_hides_what_it_is_told_to_hide() -> None:
    assert repr(Small(5, 0.25)) == str(Small(5, 0.25)) == "Small(horizon_days=5; fee=0.25; word=<b>)"
    html = Small(5, 0.25)._repr_html_()
    assert "<b>Small</b> A thing with &lt;angles&gt;." in html and "&lt;b&gt;" in html and "hidden" not in html
    assert html.count(">days<") == 1


def test_a_table_of_its_own_is_kept() -> None:
    @readable
    @dataclass
    class Own:
        """It draws itself."""

        x: int

        def _repr_html_(self) -> str:
            return "mine"

    assert Own(1)._repr_html_() == "mine" and repr(Own(1)) == "Own(x=1)"


def test_importing_it_costs_nothing_heavy() -> None:
    assert gramlib.__all__ and not {"numpy", "pandas"} & set(vars(importlib.import_module("gramlib.readable")))
