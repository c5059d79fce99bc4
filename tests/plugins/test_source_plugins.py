"""A gold price of another package goes through the same checks as a file, with its card; or is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from gramlib.errors import DataContractError, ParameterError
from gramlib.params.stages import DataParams
from gramlib.prices.acquire import acquire
from gramlib.runner.catalogue import rows
from gramlib.sources import load
from gramlib.sources.sample import load as load_sample

SOUND = (Path(__file__).parent / "example" / "src" / "gram_example" / "vault.py").read_text()


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The sample's last years in the vault's own form."""
    frame = load_sample(DataParams()).frame.iloc[-1500:]
    days = (frame["date"] - pd.Timestamp("1970-01-01")).dt.days
    cents = (frame["value"] * 100).round().astype(int)
    path = tmp_path / "book.txt"
    path.write_text("".join(f"{day} {value}\n" for day, value in zip(days, cents, strict=True)))
    return path


def params(book: Path) -> DataParams:
    return DataParams(source="vault", path=str(book))


def test_it_becomes_the_runs_price_with_its_card(example: Path, book: Path, tmp_path: Path) -> None:
    done = acquire(params(book), tmp_path / "snapshots")
    assert set(done.prices["source"]) == {"vault"} and len(done.prices) >= 1490
    card, monthly = done.document["cards"]
    assert (card["id"], card["redistribute"], card["licence"]) == ("vault", "no", "for the owner's own use")
    assert card["rows"] == 1500 and monthly["id"] != "vault"
    assert done.document["redistribute"] == "no"
    assert {"unit", "order"} & set(done.quality["check"]), "the checks of a file"
    assert done.document["grade"] in {"B", "C"}


def test_a_price_that_cannot_be_is_refused_as_in_a_file(example: Path, book: Path, tmp_path: Path) -> None:
    lines = book.read_text().splitlines()
    book.write_text("\n".join([*lines[:700], f"{lines[700].split()[0]} -5", *lines[701:]]))
    with pytest.raises(DataContractError, match=r"book\.txt"):
        acquire(params(book), tmp_path / "snapshots")


def test_an_error_of_the_workbenchs_kind_passes_as_it_is(example: Path, book: Path) -> None:
    book.write_text("nothing to be had")
    with pytest.raises(DataContractError, match=r"^no pairs of day and cents"):
        load(params(book))


BREAKS = {
    "cannot be imported (SyntaxError": ("import hashlib", "import hashlib ("),
    "its frame has": ('"value": [', '"price": ['),
    "its unit is 'stone'": ('frame, "oz"', 'frame, "stone"'),
    "its currency is 'EUR'": ("hour_utc=15.0", 'hour_utc=15.0, currency="EUR"'),
    "its card's id is 'safe'": ('id="vault"', 'id="safe"'),
    "its card tells of 1501 rows": ("rows=len(frame)", "rows=len(frame) + 1"),
    "its card has no licence": ("for the owner's own use", " "),
    "it failed with ValueError: redistribute is 'perhaps'": ('redistribute="no"', 'redistribute="perhaps"'),
    "it gave DataFrame": ("return RawSeries(", "return frame\n    return RawSeries("),
}


@pytest.mark.parametrize("said", BREAKS)
def test_one_that_cannot_be_used_says_whose_it_is_and_why(declare: Callable, book: Path, said: str) -> None:
    declare("safe", SOUND.replace(*BREAKS[said]), sources={"vault": "safe:load"})
    with pytest.raises((ParameterError, DataContractError)) as caught:
        load(params(book))
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("plug-in 'vault' of safe 1.0: ") and said in lines[0]
    assert "from: entry point vault = safe:load in gramlib.sources" in lines and len(lines) <= 4


def test_the_list_shows_it_or_why_not(declare: Callable, workbench_root: Path) -> None:
    declare("safe", SOUND, sources={"vault": "safe:load"})
    declare("ill", "1 / 0", sources={"ill": "ill:load", "sample": "ill:load"})
    found = dict(rows("sources", workbench_root, workbench_root / "reports"))
    assert found["vault"].endswith("days since 1970 and cents an ounce; plug-in of safe 1.0")
    assert found["ill"].startswith("cannot be used: it cannot be imported (ZeroDivisionError")
    assert found["sample (ill)"].startswith("cannot be used: the name 'sample' is the workbench's own")


def test_a_source_nobody_adds_is_refused(book: Path) -> None:
    with pytest.raises(ParameterError, match="no installed package adds it"):
        load(params_unchecked(book))


def params_unchecked(book: Path) -> DataParams:
    """As a run recorded while the package was installed would hold them."""
    return DataParams(path=str(book)).model_copy(update={"source": "vault"})
