"""Standards: files are refused with their line, measures agree with hand computation, the truth table holds."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from gramlib.artefacts import check_table, empty_table
from gramlib.errors import ParameterError
from gramlib.params.issuer import Issuer
from gramlib.simulation import OwnFundsRule, ledger
from gramlib.simulation.events import Events
from gramlib.verdicts import (
    Evidence,
    Standard,
    list_profiles,
    list_standards,
    load_profile,
    load_standards,
    overall,
    requirements_table,
    standards_of,
    with_standards,
)
from gramlib.verdicts.measures import MEASURES, Found
from gramlib.verdicts.requirements import judge
from gramlib.verdicts.settings import MeasureSettings
from gramlib.verdicts.standard import MEASURE_NAMES, Requirement

PRICE = 4000 / 31.1034768
ISSUER = Issuer()
CITED = {"source": "test", "date": "2026", "verified": True}
N_DAYS = 40


def replay(fall: float, lost_share: float) -> pd.DataFrame:
    prices = np.full(N_DAYS + 1, PRICE)
    prices[1:] *= 1 - fall
    lost = np.zeros(N_DAYS + 1)
    lost[2] = lost_share * ISSUER.gold_g
    event = np.zeros(N_DAYS + 1)
    event[2:5] = 1.0
    events = Events(event, np.ones(N_DAYS + 1), lost)
    rule = OwnFundsRule(reserve_share=0.02, floor_usd=350_000 * 1.1, overheads_share=0.25)
    return ledger(ISSUER, prices, events, rule)


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    fall, loss = replay(0.1, 0.0), replay(0.0, 0.02)
    replays = pd.concat([fall.assign(scenario="fall"), loss.assign(scenario="loss")], ignore_index=True)
    paths = np.linspace(-1e7, 6e7, 1001)
    one = pd.DataFrame({"min_equity_usd": paths, "min_coverage": 1 + paths / 1e9})
    outcomes = pd.concat([one.assign(book="solvency"), one.assign(book="liquidity")])
    days = pd.DataFrame(
        [
            ("solvency", "equity_usd", 756, 0.5, 0.0),
            ("liquidity_price_only", "price_usd_per_g", 10, 0.01, 0.91 * PRICE),
        ],
        columns=["book", "variable", "day", "quantile", "value"],
    )
    median = fall.assign(book="liquidity", choice="median", discount=np.where(np.arange(N_DAYS) < 10, -0.0015, 0.0))
    forecasts = pd.DataFrame({
        "model": "fhs", "horizon_days": 1, "date": pd.date_range("2020-01-01", periods=300),
        "realised_log_return": np.where(np.arange(300) % 50 == 49, -0.03, 0.0), "var_990": 0.02,
    })  # fmt: skip
    reverse = pd.DataFrame({"shock": ["price_fall", "price_fall", "custody_loss"]})
    return Evidence(
        ISSUER, PRICE, 1.1, 0.95, {"fall": "moderate", "loss": "extreme"}, "fhs", outcomes, days, replays, median,
        forecasts, reverse,
    )  # fmt: skip


def found(evidence: Evidence, measure: str, **settings) -> Found:
    return MEASURES[measure][1](evidence, MeasureSettings(**settings))


def test_every_measure_but_what_is_stated_is_computed() -> None:
    assert {*MEASURES, "stated"} == set(MEASURE_NAMES)


def test_own_funds_against_the_page_s_opening_book(evidence: Evidence) -> None:
    """Section 4: 39m USD of own funds at 4,000 USD/oz; 2% of the reserve is the largest of the three."""
    reserve = 10_000_000 * PRICE + 39e6
    assert found(evidence, "own_funds_ratio_today").number == pytest.approx(39e6 / (0.02 * reserve))
    dearer = found(evidence, "own_funds_ratio_today", multiplier=1.2)
    assert dearer.number == pytest.approx(39e6 / (0.02 * reserve) / 1.2)
    floor = found(evidence, "own_funds_ratio_today", reserve_share=0.0, floor_eur=1e6, overheads_share=0.0)
    assert floor.number == pytest.approx(39 / 1.1)


def test_worst_own_funds_are_those_the_engine_asks_for(evidence: Evidence) -> None:
    rows = evidence.replays[evidence.replays["scenario"] == "loss"]
    ratio = (rows["equity_usd"] / rows["own_funds_requirement_usd"]).min()
    worst = found(evidence, "own_funds_ratio_worst", worst_severity="extreme")
    assert (worst.number, worst.subject) == (pytest.approx(ratio), "scenario loss")
    milder = found(evidence, "own_funds_ratio_worst", worst_severity="severe")
    assert milder.subject == "scenario fall" and milder.number > worst.number
    assert math.isnan(found(evidence, "own_funds_ratio_worst", worst_severity="calm").number)


def test_shares_and_ladder(evidence: Evidence) -> None:
    owed = 10_000_000 * PRICE
    liquid = 13e6 + 26e6 * 0.998
    assert found(evidence, "liquid_1d_share_today").number == pytest.approx(liquid / owed)
    assert found(evidence, "cash_share_today").number == pytest.approx(13e6 / owed)
    slip = 0.0005 / 2 + 0.7 * 0.012 * math.sqrt(0.1)
    assert found(evidence, "liquid_5d_share_today").number == pytest.approx((liquid + 3 * 5e7 * (1 - slip)) / owed)
    assert found(evidence, "backing_today").number == 1.0
    assert found(evidence, "reserve_eur").number == pytest.approx((owed + 39e6) / 1.1)
    assert found(evidence, "largest_custodian_share").number == 1.0
    worst = found(evidence, "liquid_1d_share_worst", worst_severity="extreme")
    rows = evidence.replays
    by_hand = (rows["liquid_1d_usd"] / (rows["tokens_g"] * rows["price_usd_per_g"])).min()
    assert worst.number == pytest.approx(by_hand)


def test_liquidity_coverage_is_over_the_largest_thirty_days(evidence: Evidence) -> None:
    rows = evidence.replays[evidence.replays["scenario"] == "fall"]
    flow = (rows["requested_g"] * rows["price_usd_per_g"]).to_numpy()
    largest = max(flow[max(0, t - 29) : t + 1].sum() for t in range(N_DAYS))
    covered = found(evidence, "liquidity_coverage", worst_severity="severe")
    assert covered.number == pytest.approx((13e6 + 26e6 * 0.998) / largest)


def test_quantiles_carry_their_interval_and_counts_are_exact(evidence: Evidence) -> None:
    ratio = found(evidence, "own_funds_ratio_quantile", book="solvency", level=0.9)
    assert ratio.lower < ratio.number < ratio.upper and "1,001 paths" in ratio.confidence
    assert ratio.number == pytest.approx((-1e7 + 0.1 * 7e7) / (0.02 * evidence.reserve_usd), rel=0.02)
    assert found(evidence, "coverage_quantile", book="solvency", level=0.99).number == pytest.approx(0.9907, abs=1e-4)
    assert found(evidence, "discount_days", beyond=0.001).number == pytest.approx(10 / N_DAYS * 252)
    assert found(evidence, "discount_days", beyond=0.002).number == 0.0
    assert found(evidence, "gold_fall", days=10, level=0.99).number == pytest.approx(0.09)
    assert math.isnan(found(evidence, "gold_fall", days=11, level=0.99).number)
    assert found(evidence, "var_exceptions", days=250).number == 5.0
    assert math.isnan(found(evidence, "var_exceptions", days=301).number)
    assert found(evidence, "axes_searched").number == 2.0
    assert found(evidence, "horizon_days", book="solvency").number == 756


@pytest.mark.parametrize("rule", ["at_least", "at_most"])
def test_truth_table(rule: str) -> None:
    sign = 1 if rule == "at_least" else -1
    asked = Requirement(
        id="x", article="Art. 1", title="a requirement", measure="cash_share_today", rule=rule, limit=sign * 1.0,
        watch=sign * 2.0, **CITED,
    )  # fmt: skip
    for number, unsure in itertools.product((0.5, 1.0, 1.5, 2.0), (0.0, 1.0, math.nan)):
        end = "lower" if rule == "at_least" else "upper"
        status = judge(Found(sign * number)._replace(**{end: sign * unsure}), asked)
        expected = "fail" if number < 1 else "watch" if unsure < 1 or number < 2 else "pass"
        assert status == expected, (number, unsure)
    assert judge(Found(math.nan), asked) == "not_applicable"


@pytest.fixture(scope="module")
def shipped(workbench_root) -> tuple[Standard, ...]:
    return load_standards(["all"], workbench_root)


def test_shipped_standards_are_judged_and_only_verified_binding_ones_decide(
    shipped: tuple[Standard, ...], evidence: Evidence, workbench_root
) -> None:
    profile = load_profile("internal", workbench_root)
    table = check_table("requirements", requirements_table(shipped, profile, evidence), "test")
    assert len(table) == sum(len(standard.requirements) for standard in shipped)
    assert set(table.loc[table["decides"], "standard"]) <= set(profile.binding)
    assert table.loc[table["decides"], "verified"].all()
    assert not table.loc[table["status"] == "not_applicable", "decides"].any()
    judged = check_table("verdicts", with_standards(empty_table("verdicts"), table), "test")
    assert len(judged) == table["decides"].sum() > 0
    assert overall(judged) in ("pass", "watch", "fail")
    for row in table.itertuples():
        assert row.sentence.endswith(".") and " nan" not in row.sentence


def test_a_standard_of_another_peg_does_not_speak(
    shipped: tuple[Standard, ...], evidence: Evidence, workbench_root
) -> None:
    table = requirements_table(shipped, load_profile("internal", workbench_root), evidence)
    british = table[table["standard"] == "uk_comparators"]
    assert (british["status"] == "not_applicable").all()
    assert british["sentence"].str.contains("does not speak of this token").all()


def test_what_binds_is_judged_though_nobody_asked(workbench_root) -> None:
    profile = load_profile("internal", workbench_root)
    chosen = [standard.id for standard in standards_of(["vara"], profile, workbench_root)]
    assert chosen == ["vara", *profile.binding]


def test_round_trip_and_listing(shipped: tuple[Standard, ...], workbench_root) -> None:
    assert [Standard.from_record(standard.to_record()) for standard in shipped] == list(shipped)
    assert not set(list_standards(workbench_root)) & set(list_profiles(workbench_root))


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("measure: largest_bank_share", "measure: largest_bank_shar", "did you mean 'largest_bank_share'"),
        ("    limit: 0.60\n    watch: 0.50", "    limit: 0.60\n    watch: 0.70", "watch on the good side"),
        ("id: custodian", "id: bank", "bank twice"),
        ("measure: leased_share", "measure: stated", "a limit for what is computed"),
        ("verified: true", "verfied: true", "did you mean 'verified'"),
        ("kind: standard", "kind: standards", "one of appetite, standard"),
    ],
)
def test_a_wrong_standard_is_told_with_its_file(right, wrong, told, workbench_root, tmp_path) -> None:
    text = (workbench_root / "params" / "profiles" / "policy.yaml").read_text(encoding="utf-8")
    assert right in text
    folder = tmp_path / "params" / "profiles"
    folder.mkdir(parents=True)
    (folder / "policy.yaml").write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ParameterError) as error:
        load_standards(["policy"], tmp_path)
    assert told in str(error.value) and "params/profiles/policy.yaml" in str(error.value)


def test_an_unknown_standard_is_refused(workbench_root) -> None:
    with pytest.raises(ParameterError, match="did you mean 'mica'"):
        load_standards(["micca"], workbench_root)
