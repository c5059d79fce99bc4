"""Random damage to good files: the undamaged rows keep their prices or the file is refused; nothing else ever happens."""

from __future__ import annotations

import math
import random
import tempfile
from collections import Counter
from pathlib import Path

import price_damage
import pytest

from gramlib.errors import GramError
from gramlib.prices.ingest import ingest

CENTS = 6e-4
FAR = math.log(1.5)
"""A damaged row that is kept may be off, but by no unit, decimal place or lost digit."""

QUICK, LONG = 200, 2000


@pytest.fixture(scope="module")
def good():
    """Every kind of file, short and of three years: content, rows, and how it is written."""
    spans = (price_damage.sample_rows("2012-03-01", "2012-06-29"), price_damage.sample_rows("2009-01-01", "2011-12-30"))
    return {(name, len(rows)): (make(rows), rows, make) for name, make in price_damage.GOOD.items() for rows in spans}


def damaged(good, key, rng):
    content, rows, make = good[key]
    families = (
        ("bytes", "rows", "form") if key[0] in price_damage.TEXTS and key[0] != "no_header" else ("bytes", "rows")
    )
    family = rng.choice(families)
    if family == "bytes":
        return price_damage.damage_bytes(content, rng)
    return price_damage.damage_rows(rows, make, rng) if family == "rows" else price_damage.damage_form(content, rng)


def complaint(content: bytes, rows, allowed: int, folder: Path) -> tuple[str, str]:
    """How the reader took `content`, and what is wrong with that ("" when nothing is)."""
    path = folder / "damaged.dat"
    path.write_bytes(content)
    try:
        quotes = ingest(str(path), today="2026-11-20").quotes()
    except GramError as error:
        long = len(str(error).splitlines()) > 4
        return "refused", f"a message of more than four lines: {error}" if long else ""
    truth = dict(rows)
    found = zip(quotes["date"].dt.date, quotes["gold_usd_per_oz"], strict=True)
    wrong = [
        (day, price, truth.get(day)) for day, price in found if day not in truth or abs(price / truth[day] - 1) > CENTS
    ]
    far = [item for item in wrong if item[2] and abs(math.log(item[1] / item[2])) > FAR]
    if len(wrong) > allowed or far:
        return "wrong", f"{len(wrong)} wrong price(s), first {(far or wrong)[0]}"
    return "a damaged row kept" if wrong else "same", ""


def campaign(good, cases: int, seed: int) -> Counter:
    rng = random.Random(seed)
    outcomes: Counter = Counter()
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(cases):
            key = rng.choice(list(good))
            damage = damaged(good, key, rng)
            outcome, trouble = complaint(damage.content, good[key][1], damage.rows, Path(folder))
            outcomes[outcome] += 1
            if trouble:
                failures.append(f"case {number} of seed {seed}, {key}, {damage.what}: {trouble}")
    assert not failures, "\n".join(failures[:10])
    return outcomes


def test_the_undamaged_files_are_read_exactly(good, tmp_path):
    for key, (content, rows, _) in good.items():
        assert complaint(content, rows, 0, tmp_path) == ("same", ""), key


def test_a_wrong_price_would_be_noticed(good, tmp_path):
    content, rows, make = good["iso", 82]
    assert complaint(make([(day, price * 1.01) for day, price in rows]), rows, 5, tmp_path)[0] == "wrong"
    assert complaint(content.replace(b"2012-05-02", b"2012-05-01"), rows, 0, tmp_path)[0] == "same"


def test_random_damage(good):
    outcomes = campaign(good, QUICK, seed=20261120)
    assert outcomes["same"] > 0.2 * QUICK and outcomes["refused"] > 0.2 * QUICK


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_thousands_of_random_damages(good, seed):
    outcomes = campaign(good, LONG, seed)
    assert sum(outcomes.values()) == LONG and outcomes["same"] > 0.2 * LONG
