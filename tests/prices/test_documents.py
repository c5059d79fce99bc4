"""Grades, cards and stylised facts."""

from __future__ import annotations

import json

import pandas as pd

from gramlib import prices, sources
from gramlib.params.stages import DataParams


def test_the_sample_is_grade_d_with_its_label_and_may_be_published():
    raw = sources.load(DataParams())
    table, quality = prices.standardise(raw, DataParams())
    document = prices.source_document(raw, table, quality)
    assert (document["schema"], document["grade"], document["redistribute"]) == (1, "D", "yes")
    assert document["label"] == "daily path reconstructed from monthly averages: demonstration only"
    assert document["last_gold_usd_per_oz"] == table["gold_usd_per_oz"].iloc[-1]
    assert [card["id"] for card in document["cards"]] == ["sample", "world_bank_monthly"]
    assert any("World Bank" in card["producer"] for card in document["cards"])
    assert json.loads(json.dumps(document)) == document


def test_a_file_that_follows_the_history_is_grade_c_without_label(zoo):
    table, _, document = prices.read_price_file(zoo / "healthy.csv")
    assert (document["grade"], document["label"], document["redistribute"]) == ("C", "", "unknown")
    assert (document["start"], document["end"], document["rows"]) == ("2012-03-01", "2012-04-30", len(table))
    assert (document["unit_in"], document["column"], document["currency"]) == ("oz", "price", "USD")


def test_a_file_that_does_not_is_grade_d_and_says_so(tmp_path):
    path = tmp_path / "hypothetical.csv"
    rows = [f"2012-{month:02d}-{day:02d},1300.5{day % 7}" for month in range(1, 13) for day in range(1, 29)]
    path.write_text("date,price\n" + "\n".join(rows))
    _, _, document = prices.read_price_file(path, unit="oz")
    assert (
        document["grade"] == "D"
        and "not confirmed" in document["label"]
        and "does not follow" in document["grade_reason"]
    )


def test_the_same_file_gives_the_same_document(zoo, tmp_path):
    copy = tmp_path / "healthy.csv"
    copy.write_bytes((zoo / "healthy.csv").read_bytes())
    assert prices.read_price_file(copy)[2] == prices.read_price_file(zoo / "healthy.csv")[2]


def test_facts_of_the_sample_lie_in_their_ranges_in_both_windows():
    raw = sources.load(DataParams())
    facts = prices.stylised_facts(prices.standardise(raw, DataParams())[0])
    assert len(facts) == 38 and facts["value"].between(facts["expected_low"], facts["expected_high"]).all()


def test_a_short_series_is_described_as_far_as_it_goes(zoo):
    raw = sources.load(DataParams())
    table, _ = prices.standardise(raw, DataParams(start="2021-01-04", end="2023-12-29"))
    facts = prices.stylised_facts(table)
    assert 10 < len(facts) < 19 and facts["statistic"].str.endswith("all rows").all() and facts["value"].notna().all()
    few = prices.stylised_facts(prices.read_price_file(zoo / "healthy.csv")[0])
    assert few.empty and isinstance(few, pd.DataFrame)
