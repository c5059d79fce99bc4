"""Issuers: the model page's defaults, the basis of each value, refusals with their reason, round trips."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gramlib.errors import ParameterError
from gramlib.params import Issuer, issuer_yaml, load_issuer
from gramlib.params.fields import leaves
from gramlib.params.issuer import Basis, Custodians, Redemption, Terms
from gramlib.params.yaml_source import load_yaml
from gramlib.units import GRAMS_PER_TROY_OUNCE

MODEL_PAGE = {
    "tokens_g": 10_000_000, "gold_g": 10_000_000, "cash_usd": 13e6, "bills_usd": 26e6,
    "redemption.base_rate": 0.002, "redemption.max_rate": 0.10, "redemption.a0": -5, "redemption.a_return": 20,
    "redemption.a_discount": 30, "redemption.a_queue": 8, "redemption.a_shortfall": 80, "redemption.a_event": 3,
    "terms.fee": 0.0025, "terms.gate": None, "terms.minimum_oz": 430, "terms.mode": "agency", "market.lag_days": 2,
    "market.capacity_share": 0.10, "market.adv_usd": 0.5e9, "market.spread": 0.0005, "market.impact": 0.7,
    "market.daily_vol": 0.012, "peg_model.depth_usd": 5e6, "peg_model.persistence": 0.5,
    "peg_model.secondary_share": 0.5, "peg_model.arbitrage_cost": 0.001, "peg_model.risk_price": 1.0,
    "treasury.bill_haircut": 0.002, "treasury.bill_yield": 0.04, "treasury.cash_floor_usd": 0,
    "treasury.credit_line_usd": 0, "costs.opex_usd_year": 3e6, "costs.custody_rate_year": 0.001,
    "drivers.confidence.rate_year": 0.035, "drivers.confidence.return_sensitivity": 20,
    "drivers.confidence.mean_days": 3, "drivers.confidence.level": 1, "drivers.confidence.decay": 0.5,
    "drivers.liquidity.cap": 10, "drivers.liquidity.squeeze_rate_year": 0.02, "drivers.liquidity.squeeze_days": 20,
    "drivers.liquidity.squeeze_multiplier": 4, "drivers.custody.rate_year": 0.001,
    "drivers.custody.mean_severity": 0.05, "drivers.custody.tail_xi": 0.5, "peg": "gold",
    "treasury.credit_rate_year": 0.07, "drivers.liquidity.squeeze_lag_days": 20,
    "minting.on": False, "minting.base_rate": 0.002, "minting.return_sensitivity": 2, "minting.premium_sensitivity": 20,
    "minting.max_rate": 0.02, "minting.fee": 0.0025,
    "custodians.on": False, "custodians.shares": [0.6, 0.4], "custodians.frozen_haircut": 0.2,
    "custodians.remelt_days": 8, "custodians.insured_share": 0, "custodians.insurance_cap_usd": 0,
    "custodians.insurance_lag_days": 180,
    "banks.on": False, "banks.shares": [0.5, 0.5], "banks.freeze_days": 5, "banks.recovery": 0.9,
    "transit.on": False, "transit.gold_g": 0, "transit.days": 2,
    "lease.on": False, "lease.gold_g": 0, "lease.calm_rate_year": 0.005, "lease.stressed_rate_year": 0.10,
    "lease.stressed_multiplier": 2, "lease.recovery": 0.3, "lease.recall_days": 5, "lease.income_year": 0,
    "in_kind.on": False, "in_kind.share": 0.1, "in_kind.bars_per_day": 20, "in_kind.fee": 0.0025,
    "weekends.on": False, "weekends.first_monday": 1, "weekends.price_share": 1,
    "holders.on": False, "holders.top_share": 0.4, "holders.count": 10, "holders.pareto_alpha": 1.2, "holders.load": 0.5,
    "swing_fee.on": False, "swing_fee.threshold": 0.01, "swing_fee.factor": 1, "swing_fee.max_fee": 0.02,
    "hedge.on": False, "hedge.short_g": 0, "hedge.basis_shock": 0.044,
    "holding_fee.on": False, "holding_fee.rate_year": 0.0025,
    "collateral.liquidation_ratio": 4 / 3, "collateral.target_ratio": 1.4, "collateral.bonus": 0.05,
    "drivers.custody_freeze.rate_year": 0.005, "drivers.custody_freeze.days": 20, "drivers.bank.rate_year": 0.005,
    "drivers.operations.rate_year": 1, "drivers.operations.max_days": 2, "drivers.cyber.rate_year": 0.05,
    "drivers.cyber.mean_usd": 2e6, "drivers.cyber.tail_xi": 0.5,
    "own_record.years": 0, "own_record.custody_losses": 0, "own_record.bank_failures": 0, "own_record.operations_stops": 0,
    "own_record.cyber_losses": 0,
}  # fmt: skip
"""Sections 4 and 8 of the issuer model page, typed in by hand."""


def _flat(issuer: Issuer) -> dict:
    return {key: value for key, value, _ in leaves(issuer) if key != "name"}


REALISTIC = {
    "gold_g": 9_850_000, "transit.gold_g": 50_000, "lease.gold_g": 100_000, "hedge.short_g": 100_000,
    "minting.on": True, "custodians.on": True, "banks.on": True, "transit.on": True, "lease.on": True, "hedge.on": True,
    "holding_fee.on": True,
}  # fmt: skip
"""What gram.yaml has beside the model page's defaults (section 8, and half a percent of the reserve on its way)."""

IN_DOLLARS = {"peg": "usd", "gold_g": 15_000_000, "custodians.on": True, "banks.on": True}
"""The same for gram_usd.yaml: a collateral ratio of 1.5, and what makes no sense for dollars left off."""


@pytest.mark.parametrize(
    ("name", "deviations"),
    [("worked_vector", {}), ("template", {}), ("gram", REALISTIC), ("gram_usd", IN_DOLLARS)],
)
def test_shipped_issuers_and_defaults_are_the_model_page(name: str, deviations: dict, workbench_root: Path) -> None:
    assert _flat(load_issuer(name, workbench_root)) == MODEL_PAGE | deviations
    assert _flat(Issuer()) == MODEL_PAGE


def test_gram_is_whole_and_the_dollar_token_has_the_collateral_ratio_of_the_model_page(workbench_root: Path) -> None:
    usd = load_issuer("gram_usd", workbench_root)
    assert usd.gold_g / usd.tokens_g == 1.5
    gram = load_issuer("gram", workbench_root)
    switched = (gram.transit, gram.lease)
    assert gram.gold_g + sum(part.gold_g for part in switched if part.on) == gram.tokens_g


def test_built_in_check_of_the_model_page() -> None:
    """Section 4: at 4,000 USD/oz own funds are 39,000,000 USD, 3.03% of liabilities."""
    issuer = Issuer()
    price = 4000 / GRAMS_PER_TROY_OUNCE
    equity = issuer.gold_g * price + issuer.cash_usd + issuer.bills_usd - issuer.tokens_g * price
    assert equity == pytest.approx(39e6)
    assert equity / (issuer.tokens_g * price) == pytest.approx(0.0303, abs=5e-5)


def test_gram_states_a_basis_for_every_value_and_the_oracle_stands_on_its_own(workbench_root: Path) -> None:
    for name in ("gram", "gram_usd"):
        issuer = load_issuer(name, workbench_root)
        for key in _flat(issuer):
            statement = issuer.basis_of(key)
            assert statement.basis == "assumed", key
            assert statement.source not in ("", "not stated", Basis().source), key
            assert statement.date, key
    vector = load_yaml(workbench_root / "params" / "issuers" / "worked_vector.yaml").lines
    switches = {key for key in MODEL_PAGE if key.endswith(".on")}
    extensions = {key.partition(".")[0] for key in switches} | {"collateral", "drivers", "own_record"}
    core = {key for key in MODEL_PAGE if key.partition(".")[0] not in extensions}
    assert core | switches <= set(vector)


def _write(bench: Path, text: str) -> str:
    (bench / "mine.yaml").write_text(text)
    return str(bench / "mine.yaml")


def test_basis_stated_not_stated_and_left_out(bench: Path) -> None:
    issuer = load_issuer(
        _write(
            bench, 'terms:\n  fee: {value: 1e-3, basis: disclosed, source: "Terms, 6", date: 2026-06-30}\ncash_usd: 5\n'
        ),
        bench,
    )
    assert issuer.terms.fee == 0.001
    assert issuer.basis_of("terms.fee") == Basis(basis="disclosed", source="Terms, 6", date="2026-06-30")
    assert issuer.basis_of("cash_usd") == Basis(basis="assumed", source="not stated")
    assert issuer.basis_of("gold_g") == Basis(basis="assumed", source="default of the model page")


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("name: x\ngold_g: -5\n", "gold_g is -5", 2),
        ("name: x\ngold_gr: 5\n", "did you mean 'gold_g'", 2),
        ("terms:\n  fe: 0.1\n", "did you mean 'fee'", 2),
        ("drivers:\n  custody:\n    tail: 0.2\n", "unknown name drivers.custody.tail", 3),
        ("name: x\nown_record:\n  cyber_losses: 2\n", "years above 0 where losses are counted", 2),
        ("name: x\npeg: silver\n", "peg is 'silver'", 2),
        ("terms:\n  mode: dealer\n", "terms.mode is 'dealer'", 2),
        ("treasury:\n  credit_line_usd: -1\n", "treasury.credit_line_usd is -1", 2),
        ("name: x\nminting:\n  mu0: 0.002\n", "unknown name minting.mu0", 3),
        ("lease: {share: 0.1}\n", "unknown name lease.share", 1),
        ("hedge:\n  short_g: -1\n", "hedge.short_g is -1", 2),
        ("hedge:\n  on: yes\n", "hedge.on is 'yes'", 2),
        ("minting:\n  on: true\n  base_rate: 0.03\n", "base_rate 0.03, max_rate 0.02", 1),
        ("custodians: {shares: [0.6, 0.3]}\n", "custodians.shares is a list that adds up to 0.9", 1),
        ("custodians: {shares: [0.2, 0.2, 0.2, 0.2, 0.2]}\n", "1 to 4 shares above 0 that add up to 1", 1),
        ("custodians: {shares: [1.2, -0.2]}\n", "a list with -0.2", 1),
        ("custodians: {shares: [0.6, half]}\n", "a list of numbers", 1),
        ("banks:\n  shares: []\n", "banks.shares is a list of 0", 2),
        ("banks:\n  shares: 1\n", "banks.shares is 1", 2),
        ("weekends: {first_monday: 6}\n", "weekends.first_monday is 6", 1),
        ("holders: {count: 11}\n", "holders.count is 11", 1),
        ("collateral:\n  target_ratio: 1.3\n", "target_ratio 1.3, liquidation_ratio 1.33333", 1),
        ("collateral:\n  bonus: 0.4\n", "target_ratio 1.4, bonus 0.4", 1),
        ("peg: usd\nminting:\n  on: true\n", "minting is on: that has no meaning for a token that promises dollars", 2),
        ("in_kind: {on: true}\npeg: usd\n", "in_kind is on: that has no meaning", 1),
        ("peg: usd\nterms:\n  mode: principal\n", "terms is mode principal: that has no meaning", 2),
        ("terms:\n  minimum_oz: 0\nin_kind: {on: true}\n", "in_kind is on while terms.minimum_oz is 0", 3),
        ("drivers:\n  operations: {max_days: 2.5}\n", "drivers.operations.max_days is 2.5", 2),
        ("redemption:\n  base_rate: 0.2\n", "base_rate 0.2, max_rate 0.1", 1),
        ("terms:\n  fee: {value: 0.1, bases: assumed}\n", "did you mean 'basis'", 2),
        ("terms:\n  fee: {value: 0.1, basis: guessed}\n", "terms.fee.basis is 'guessed'", 2),
        ("terms:\n  fee: {value: 0.1, basis: disclosed}\n", "without saying where and when", 2),
        ("terms:\n  fee: {basis: assumed}\n", "terms.fee is a mapping in which the value is missing", 2),
        ("terms:\n  fee: {valeu: 0.1, basis: assumed}\n", "did you mean 'value'", 2),
        ("terms: {basis: assumed}\n", "unknown name terms.basis", 1),
        ("terms: 3\n", "terms is 3", 1),
        ("market:\n  lag_days: 2.5\n", "market.lag_days is 2.5", 2),
        ("basis: {}\n", "basis at the top", 1),
    ],
)
def test_refused_with_reason_and_line(bench: Path, text: str, words: str, line: int) -> None:
    with pytest.raises(ParameterError) as caught:
        load_issuer(_write(bench, text), bench)
    assert words in str(caught.value)
    assert f"mine.yaml:{line}" in str(caught.value)
    assert len(str(caught.value).splitlines()) <= 4


def test_unknown_issuer_names_the_known_ones(bench: Path) -> None:
    with pytest.raises(ParameterError, match=r"did you mean 'gram'\?(.|\n)*worked_vector"):
        load_issuer("gran", bench)
    with pytest.raises(ParameterError, match="no issuer file"):
        load_issuer("nowhere/x.yaml", bench)


_SHARE = st.floats(0.0, 0.4)
_MONEY = st.floats(0.0, 1e12)
_STATEMENT = st.builds(
    Basis, basis=st.sampled_from(["disclosed", "assumed"]), source=st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    date=st.sampled_from(["2026-06-30", "2013-04-15"]),
)  # fmt: skip


@settings(deadline=None, max_examples=50)
@given(
    name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    gold=_MONEY.map(lambda g: g / 100), cash=_MONEY, rate=_SHARE, fee=_SHARE, gate=st.none() | st.floats(1e-9, 1.0),
    parts=st.lists(st.integers(1, 1000), min_size=1, max_size=4), on=st.booleans(), statement=_STATEMENT,
)  # fmt: skip
def test_written_issuer_reads_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, name: str, gold: float, cash: float, rate: float, fee: float,
    gate: float | None, parts: list[int], on: bool, statement: Basis,
) -> None:  # fmt: skip
    base = Issuer(
        name=name,
        gold_g=gold,
        cash_usd=cash,
        redemption=Redemption(base_rate=rate / 5),
        terms=Terms(fee=fee, gate=gate),
        custodians=Custodians(on=on, shares=[part / sum(parts) for part in parts]),
    )
    issuer = base.model_copy(update={"basis": {key: statement for key in _flat(base)}})
    path = tmp_path_factory.getbasetemp() / "issuer.yaml"
    path.write_text(issuer_yaml(issuer), encoding="utf-8")
    assert load_issuer(str(path), path.parent) == issuer
    assert Issuer.from_record(json.loads(json.dumps(issuer.to_record()))) == issuer
