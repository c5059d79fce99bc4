"""The page of a sweep: sentences from numbers, worst and failed members with links, harmless whatever a member is called."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from gramlib.report import sweep_page_wording as wording
from gramlib.report.sweep_page import sweep_page
from gramlib.report.sweep_page_charts import cost_setting, unbeaten


def figure(name: str, value: float | None, unit: str = "probability") -> dict[str, Any]:
    ends = (None, None) if value is None else (0.9 * value, 1.1 * value)
    return {
        "id": name,
        "value": value,
        "unit": unit,
        "lower": ends[0],
        "upper": ends[1],
        "book": "liquidity",
        "high_is_bad": True,
    }


def member(index: int, fee: float, cash: float, chance: float, **more: Any) -> dict[str, Any]:
    figures = {"chance_any": figure("chance_any", chance), "end_equity_mean": figure("end_equity_mean", 4e7, "USD")}
    name = f"fee-{fee:g}_cash_usd-{cash:g}"
    return {
        "index": index, "id": name, "settings": {"issuer.terms.fee": fee, "issuer.cash_usd": cash}, "status": "succeeded",
        "reason": "", "figures": figures, "verdict": {"status": "fail", "failed": index, "of": 9},
        "links": {"predict": f"{name}/03_predict/notebook.html"}, **more,
    }  # fmt: skip


@pytest.fixture
def comparison() -> dict[str, Any]:
    members = [
        member(index, fee, cash, 0.4 / cash * 1e6 - fee)
        for index, (fee, cash) in enumerate(itertools.product([0.001, 0.01], [1e6, 2e6, 4e6]))
    ]
    failed = member(6, 0.02, 1e6, 0.0, status="failed", figures={}, verdict={}, reason="predict: <b>boom</b>\nmore",
                    links={"failed notebook": "x/03_predict.attempt-1/notebook.html"})  # fmt: skip
    return {
        "sweep_id": "mine-12345678", "title": "Mine & yours", "file": "params/sweeps/mine.yaml", "base": "run.yaml",
        "until": "analyse", "created": 1.8e9, "counts": {"succeeded": 6, "failed": 1, "not run": 0}, "members": [*members, failed],
    }  # fmt: skip


def test_the_page_says_what_moves_the_chance_and_who_is_worst(comparison: dict[str, Any]) -> None:
    page = sweep_page(comparison)
    assert "7 members of params/sweeps/mine.yaml, each as far as stage analyse: 6 succeeded and 1 failed." in page
    assert "The chance of any failure hangs most on cash: on average 9.4% at USD 4.0 m and 39.5% at USD 1.0 m" in page
    assert "highest in fee-0.001_cash_usd-1e+06 (39.9%" in page
    assert '<a href="fee-0.001_cash_usd-1e+06/03_predict/notebook.html">' in page
    assert "Members are missing" in page and "0 to 5 of 9" in page
    assert page.count("<h1") == 1 and "<script" not in page and 'href="http' not in page
    assert "Mine &amp; yours" in page


def test_a_setting_that_moves_nothing_is_not_spoken_of(comparison: dict[str, Any]) -> None:
    assert "; then on fee (" in sweep_page(comparison)
    for one in comparison["members"][:6]:
        one["figures"]["chance_any"]["value"] = 1e5 / one["settings"]["issuer.cash_usd"]
    assert "; then on" not in sweep_page(comparison)


def test_what_a_member_says_of_itself_is_harmless(comparison: dict[str, Any]) -> None:
    page = sweep_page(comparison)
    assert "predict: &lt;b&gt;boom&lt;/b&gt; more" in page
    comparison["members"][0]["links"] = {"predict": "javascript:alert(1)"}
    assert "javascript" not in sweep_page(comparison)


def test_a_sweep_in_which_nothing_succeeded_still_has_its_page(comparison: dict[str, Any]) -> None:
    comparison["members"] = comparison["members"][-1:]
    page = sweep_page(comparison)
    assert 'id="failed"' in page and 'id="worst"' not in page


def test_the_frontier_keeps_who_is_beaten_by_none(comparison: dict[str, Any]) -> None:
    members = comparison["members"][:6]
    assert cost_setting(["issuer.terms.fee", "issuer.cash_usd"]) == "issuer.cash_usd"
    assert cost_setting(["predict.n_paths"]) == ""
    assert [members[k]["id"] for k in unbeaten(members, "issuer.cash_usd")] == [
        "fee-0.01_cash_usd-1e+06", "fee-0.01_cash_usd-2e+06", "fee-0.01_cash_usd-4e+06",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("issuer.terms.fee", 0.0025, "0.25%"),
        ("issuer.terms.gate", None, "none"),
        ("issuer.terms.gate", 0.02, "2% a day"),
        ("issuer.cash_usd", 13e6, "USD 13.0 m"),
        ("issuer.market.lag_days", 3, "3 days"),
        ("issuer.weekends.on", True, "on"),
        ("scenarios", ["S1", "calm"], "S1, calm"),
    ],
)
def test_settings_are_told_with_their_unit(key: str, value: Any, said: str) -> None:
    assert wording.setting_text(key, value) == said


def test_figures_and_their_absence_are_told() -> None:
    assert wording.figure_text(figure("chance_any", 0.0)) == "none seen"
    assert wording.figure_text(figure("smallest_price_fall_queue", None)) == "none found"
    assert wording.figure_name("chance_F2") == "Insolvency (F2)"
    assert wording.setting_name("issuer.redemption.base_rate") == "redemption base rate"
    assert wording.setting_meaning("issuer.cash_usd") == "cash (C0)"
