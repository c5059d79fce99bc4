"""Every measure: it moves what it says to where it says, and costs nothing where it moves nothing."""

from __future__ import annotations

from dataclasses import fields

import pytest
from small_run import GOLD_USD_PER_G

from gramlib.errors import ParameterError
from gramlib.params.fields import leaves
from gramlib.params.issuer import Issuer
from gramlib.recommend import Figures, Measure, changed, measures
from gramlib.recommend.levers import opening_own_funds_usd
from gramlib.recommend.levers_held import split

NAMES = (
    "own_funds", "buffer", "credit_line", "gate", "redemption_fee", "swing_fee", "minimum_size", "in_kind", "largest_custodian",
    "largest_bank", "market_access", "leased_share", "hedge", "collateral_ratio",
)  # fmt: skip


def applicable(issuer: Issuer, figures: Figures) -> list[Measure]:
    return [m for m in measures(issuer, GOLD_USD_PER_G, figures).values() if not m.excluded(issuer)]


def test_names_are_their_own(gram: Issuer, figures: Figures) -> None:
    known = measures(gram, GOLD_USD_PER_G, figures)
    assert tuple(known) == NAMES
    assert all(name == measure.name for name, measure in known.items())


@pytest.mark.parametrize("who", ["gram", "gram_usd", "core"])
def test_a_measure_moves_its_parameters_alone_and_to_its_number(
    who: str, figures: Figures, request: pytest.FixtureRequest
) -> None:
    issuer = Issuer() if who == "core" else request.getfixturevalue(who)
    before = {key: value for key, value, _ in leaves(issuer)}
    for measure in applicable(issuer, figures):
        for number in (
            measure.lower + 0.3 * (measure.upper - measure.lower),
            measure.upper if measure.stronger == "up" else measure.lower,
        ):
            after = measure.apply(issuer, number)
            assert measure.now(after) == pytest.approx(number, rel=1e-9, abs=1e-9), measure.name
            moved = {key for key, value, _ in leaves(after) if value != before[key]}
            assert moved <= set(measure.parameters), measure.name
            assert moved, measure.name


@pytest.mark.parametrize("who", ["gram", "gram_usd"])
def test_staying_costs_nothing_and_is_the_same_issuer(
    who: str, figures: Figures, request: pytest.FixtureRequest
) -> None:
    issuer = request.getfixturevalue(who)
    for measure in applicable(issuer, figures):
        now = measure.now(issuer)
        assert measure.apply(issuer, now) is issuer
        assert measure.cost_usd_year(issuer, now) == 0.0
        if measure.lower <= now <= measure.upper and measure.name not in ("minimum_size", "leased_share"):
            strong = measure.upper if measure.stronger == "up" else measure.lower
            assert measure.cost_usd_year(issuer, strong) > 0.0, measure.name


def test_own_funds_and_buffer_put_their_dollars_into_the_treasury(gram: Issuer, figures: Figures) -> None:
    known = measures(gram, GOLD_USD_PER_G, figures)
    for name in ("own_funds", "buffer"):
        measure = known[name]
        after = measure.apply(gram, measure.now(gram) + 10e6)
        gained = opening_own_funds_usd(after, GOLD_USD_PER_G) - opening_own_funds_usd(gram, GOLD_USD_PER_G)
        assert gained == pytest.approx(10e6)
        assert measure.lever == "treasury"
    bills = known["own_funds"].cost_usd_year(gram, known["own_funds"].now(gram) + 1e6)
    assert bills == pytest.approx(1e6 * (figures.price.capital_cost_year - gram.treasury.bill_yield))
    assert known["buffer"].apply(gram, 78e6).cash_usd == pytest.approx(26e6)


def test_leasing_less_moves_gold_to_the_vault(gram: Issuer, figures: Figures) -> None:
    after = measures(gram, GOLD_USD_PER_G, figures)["leased_share"].apply(gram, 0.0)
    assert after.opening_gold_g == pytest.approx(gram.opening_gold_g)
    assert not after.lease.on


def test_a_measure_without_meaning_is_refused(gram: Issuer, gram_usd: Issuer, figures: Figures) -> None:
    with pytest.raises(ParameterError, match="promises grams"):
        measures(gram, GOLD_USD_PER_G, figures)["collateral_ratio"].apply(gram, 1.5)
    with pytest.raises(ParameterError, match="promises dollars"):
        measures(gram_usd, GOLD_USD_PER_G, figures)["in_kind"].apply(gram_usd, 0.5)


def test_an_impossible_number_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"terms\.fee"):
        changed(Issuer(), {"terms.fee": 0.7})
    assert changed(Issuer(), {"terms.fee": 0.01, "cash_usd": 1.0}).terms.fee == 0.01


@pytest.mark.parametrize("largest", [1.0, 0.6, 0.5, 0.4, 1 / 3, 0.25])
def test_a_split_adds_up_and_has_its_largest_first(largest: float) -> None:
    shares = split(largest, 4)
    assert sum(shares) == pytest.approx(1.0)
    assert shares[0] == largest == pytest.approx(max(shares))


def test_every_price_and_policy_is_in_the_file(figures: Figures) -> None:
    for group in (figures.price, figures.policy):
        assert all(getattr(group, spec.name) > 0.0 for spec in fields(group))
    with pytest.raises(ParameterError, match="capital_cost_year"):
        Figures.of(())
