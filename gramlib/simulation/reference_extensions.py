"""The extensions of MODEL.md section 8, one function each, called from within the steps of `reference`.

Each does nothing while its switch is off, so that the core day is the plain reading of `reference`. In the order of
the day: what happens, E2 arrivals, E3 carry, E4 events, E6 requests and orders, E8 delivery, E9 recall, E11 positions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, floor
from typing import TYPE_CHECKING

from gramlib.params.issuer import Issuer
from gramlib.simulation.book import Book, bank_shares, custodian_shares
from gramlib.simulation.day import Day
from gramlib.simulation.market_access import capacity_usd, execution_share
from gramlib.simulation.stops import CLOSING_TOKEN_SHARE
from gramlib.units import BUSINESS_DAYS_PER_YEAR, GRAMS_PER_TROY_OUNCE

if TYPE_CHECKING:
    from gramlib.simulation.drivers import PathDrivers

WEEK = 5
LARGEST_MINT_EXPONENT = 50.0
"""Orders beyond the onboarding cap are turned away anyway; this keeps exp finite when gold has risen a thousandfold."""


@dataclass(slots=True)
class Happening:
    """What happens on one day, given and drawn together; index k counts custodians, b banks."""

    lost_g: float
    lost_share: float
    assay_share: float
    custodian: int
    drawn_lost_share: list[float]
    freeze_days: list[int]
    bank_fails: list[bool]
    cyber_loss_usd: float
    lease_default: bool
    redeem_share: float
    block_share: float
    bank_share: float


def is_monday(t: int, issuer: Issuer) -> bool:
    """Whether a weekend lies before day t."""
    return t >= issuer.weekends.first_monday and (t - issuer.weekends.first_monday) % WEEK == 0


def what_happens(
    day: Day, issuer: Issuer, events: Mapping[str, Sequence[float]], drivers: PathDrivers | None
) -> Happening:
    """Given events of the day, joined by what is drawn: the higher level, the longer lag, every loss."""
    t = day.day
    custodians, banks = len(custodian_shares(issuer)), len(bank_shares(issuer))
    custodian, bank_failed = int(events["custodian"][t]), int(events["bank_failed"][t])
    frozen_days = int(events["frozen_days"][t])
    happening = Happening(
        lost_g=events["lost_g"][t],
        lost_share=events["lost_share"][t],
        assay_share=events["assay_share"][t],
        custodian=custodian,
        drawn_lost_share=[0.0] * custodians,
        freeze_days=[frozen_days if issuer.custodians.on and custodian in (0, k + 1) else 0 for k in range(custodians)],
        bank_fails=[issuer.banks.on and bank_failed == b + 1 for b in range(banks)],
        cyber_loss_usd=events["cyber_loss_usd"][t],
        lease_default=events["lease_default"][t] > 0.0,
        redeem_share=events["redeem_share"][t],
        block_share=events["block_share"][t],
        bank_share=events["bank_share"][t] if issuer.banks.on else 0.0,
    )
    day.discount_shock, day.mint_stop = events["discount_shock"][t], events["mint_stop"][t]
    day.spread_rise, day.capacity_cut = events["spread_rise"][t], events["capacity_cut"][t]
    day.lag_days = max(issuer.market.lag_days, int(events["lag_days"][t]))
    day.futures_basis = events["futures_basis"][t]
    day.operations_stop = events["operations_stop"][t]
    if drivers is not None:
        drawn = drivers.today(t, day.five_day_return, day.event, day.liquidity_multiplier)
        day.event, day.liquidity_multiplier = drawn.event, drawn.liquidity_multiplier
        day.lag_days = max(day.lag_days, drawn.lag_days)
        day.futures_basis = max(day.futures_basis, drawn.futures_basis) if drawn.futures_basis else day.futures_basis
        day.operations_stop = max(day.operations_stop, drawn.operations_stop)
        happening.drawn_lost_share = drawn.lost_share
        happening.freeze_days = [max(pair) for pair in zip(happening.freeze_days, drawn.freeze_days, strict=True)]
        happening.bank_fails = [a or b for a, b in zip(happening.bank_fails, drawn.bank_fails, strict=True)]
        happening.cyber_loss_usd += drawn.cyber_loss_usd
        happening.lease_default = happening.lease_default or drawn.lease_default
    return happening


# E2 --------------------------------------------------------------------------------------------------------


def recover(day: Day, book: Book) -> None:
    """Cash that a failed bank pays out, expected since its failure; insurance, which counts only once it is paid."""
    book.cash_usd += book.bank_frozen_usd.pop(day.day, 0.0)
    day.insurance_usd = book.insurance_usd.pop(day.day, 0.0)
    book.cash_usd += day.insurance_usd


def arrive(day: Day, book: Book, issuer: Issuer) -> None:
    """Gold in transit reaches the custodians."""
    arriving_g = book.transit_g.pop(day.day, 0.0)
    if arriving_g > 0.0:
        book.add_gold(arriving_g, issuer)


def issue_tokens(day: Day, book: Book, issuer: Issuer) -> None:
    """Tokens ordered `lag` days ago are issued: their gold has settled, bought with the buyer's segregated money.

    During a stop of minting the order is called off instead, and the buyer has the money back.
    """
    ordered_g = book.mint_orders_g.pop(day.day, 0.0)
    day.minted_g = 0.0 if day.mint_stop else ordered_g
    if day.minted_g > 0.0:
        book.tokens_g += day.minted_g
        book.add_gold(day.minted_g, issuer)
        day.mint_fees_usd = issuer.minting.fee * day.minted_g * day.price_usd_per_g
        book.cash_usd += day.mint_fees_usd


# E3 --------------------------------------------------------------------------------------------------------


def carry(day: Day, book: Book, issuer: Issuer) -> None:
    """Lease income, interest on credit, holding fee and margin of the short futures; then credit is repaid."""
    day.lease_income_usd = issuer.lease.income_year / BUSINESS_DAYS_PER_YEAR * book.leased_g * day.price_usd_per_g
    day.credit_interest_usd = issuer.treasury.credit_rate_year / BUSINESS_DAYS_PER_YEAR * book.credit_drawn_usd
    if issuer.holding_fee.on:
        fee_g = issuer.holding_fee.rate_year / BUSINESS_DAYS_PER_YEAR * (book.tokens_g - book.waiting_g)
        book.tokens_g -= fee_g
        day.holding_fee_usd = fee_g * day.token_value_usd
    if issuer.hedge.on:
        futures_usd_per_g = day.price_usd_per_g * (1.0 + day.futures_basis)
        day.hedge_usd = -issuer.hedge.short_g * (futures_usd_per_g - book.futures_usd_per_g)
        book.futures_usd_per_g = futures_usd_per_g
    book.cash_usd += day.lease_income_usd - day.credit_interest_usd + day.hedge_usd
    if book.credit_drawn_usd > 0.0 and book.queue_g == 0.0:
        repaid_usd = min(book.credit_drawn_usd, max(0.0, book.cash_usd - issuer.treasury.cash_floor_usd))
        book.credit_drawn_usd -= repaid_usd
        book.cash_usd -= repaid_usd


# E4 --------------------------------------------------------------------------------------------------------


def lose_gold(day: Day, book: Book, issuer: Issuer, happening: Happening) -> None:
    """Gold lost at one custodian or pro rata at all, gold that an assay rejects, and the insurance of the loss."""
    gold = book.gold_by_custodian_g
    concerned = [k for k in range(len(gold)) if happening.custodian in (0, k + 1)]
    held_g = sum(gold[k] for k in concerned)
    lost_g = min(happening.lost_g + happening.lost_share * held_g, held_g)
    for k in concerned:
        gold[k] -= gold[k] if lost_g >= held_g else lost_g * (gold[k] / held_g)
    for k, share in enumerate(happening.drawn_lost_share):
        lost_g += share * gold[k]
        gold[k] -= share * gold[k]
    day.lost_g = lost_g
    if happening.assay_share > 0.0:
        rejected_g = sum(happening.assay_share * gold[k] for k in concerned)
        for k in concerned:
            gold[k] -= happening.assay_share * gold[k]
        _add(book.transit_g, day.day + issuer.custodians.remelt_days, rejected_g)
    if issuer.custodians.on and lost_g > 0.0:
        insured_usd = issuer.custodians.insured_share * lost_g * day.price_usd_per_g
        paid_usd = min(issuer.custodians.insurance_cap_usd, insured_usd)
        _add(book.insurance_usd, day.day + issuer.custodians.insurance_lag_days, paid_usd)


def freeze_gold(day: Day, book: Book, issuer: Issuer, happening: Happening) -> None:
    """Gold at a frozen custodian still counts, less a policy haircut, but cannot be sold or delivered."""
    for k, days in enumerate(happening.freeze_days):
        if days > 0:
            book.frozen_until[k] = max(book.frozen_until[k], day.day + days - 1)
    haircut_usd = issuer.custodians.frozen_haircut * day.price_usd_per_g * book.frozen_g(day.day)
    day.freeze_effect_usd = book.freeze_haircut_usd - haircut_usd
    book.freeze_haircut_usd = haircut_usd


def lose_leased_gold(day: Day, book: Book, issuer: Issuer, happening: Happening) -> None:
    """The lessee fails: part of the gold comes back after the time of a recall, the rest is lost."""
    if happening.lease_default and book.leased_g > 0.0:
        recovered_g = issuer.lease.recovery * book.leased_g
        day.lease_loss_usd = (book.leased_g - recovered_g) * day.price_usd_per_g
        _add(book.transit_g, day.day + issuer.lease.recall_days, recovered_g)
        book.leased_g = 0.0


def fail_banks(day: Day, book: Book, issuer: Issuer, happening: Happening) -> None:
    """A failed bank's share of the cash is frozen; what will not be recovered is lost at once.

    A bank of a given share comes last: it holds no more than the others have left.
    """
    cash_usd = max(0.0, book.cash_usd)
    for share, fails in zip(bank_shares(issuer), happening.bank_fails, strict=True):
        if fails:
            held_usd = share * cash_usd
            recovered_usd = issuer.banks.recovery * held_usd
            book.cash_usd -= held_usd
            _add(book.bank_frozen_usd, day.day + issuer.banks.freeze_days, recovered_usd)
            day.bank_loss_usd += held_usd - recovered_usd
    if happening.bank_share > 0.0:
        held_usd = min(happening.bank_share * cash_usd, max(0.0, book.cash_usd))
        recovered_usd = issuer.banks.recovery * held_usd
        book.cash_usd -= held_usd
        _add(book.bank_frozen_usd, day.day + issuer.banks.freeze_days, recovered_usd)
        day.bank_loss_usd += held_usd - recovered_usd


def lose_cash(day: Day, book: Book, happening: Happening) -> None:
    """An attack on chain or contract is made good from cash."""
    day.cyber_loss_usd = happening.cyber_loss_usd
    book.cash_usd -= day.cyber_loss_usd


def liquidate(day: Day, book: Book, issuer: Issuer) -> None:
    """Peg usd: below the liquidation ratio, liquidators retire debt against collateral and a bonus.

    The debt that brings the ratio back to its target is delta = (CR* D - K P)/(CR* - (1 + bonus)), no more than there
    is outside the queue and than movable collateral pays for. The last millionth of the tokens stays: the books close
    on it next day (`stops`), and until then every figure per token has something to divide by.
    """
    if issuer.peg != "usd":
        return
    terms, price = issuer.collateral, day.price_usd_per_g
    collateral_usd, debt_usd = price * book.all_gold_g, book.token_value_usd * book.tokens_g
    if collateral_usd >= terms.liquidation_ratio * debt_usd:
        return
    wanted_usd = (terms.target_ratio * debt_usd - collateral_usd) / (terms.target_ratio - (1.0 + terms.bonus))
    kept_g = book.waiting_g + CLOSING_TOKEN_SHARE * issuer.tokens_g
    outside_queue_usd = book.token_value_usd * max(0.0, book.tokens_g - kept_g)
    movable_g = book.gold_g - book.frozen_g(day.day)
    retired_usd = min(wanted_usd, outside_queue_usd, price * movable_g / (1.0 + terms.bonus))
    day.liquidated_g = min(movable_g, retired_usd * (1.0 + terms.bonus) / price)
    day.liquidation_loss_usd = day.liquidated_g * price - retired_usd
    book.tokens_g -= retired_usd / book.token_value_usd
    book.take_gold(day.liquidated_g, day.day)


# E6 --------------------------------------------------------------------------------------------------------


def ask_at_once(day: Day, book: Book, happening: Happening) -> float:
    """One given holder asks for its share of all tokens, before anybody else; it is one of the large ones, where there are."""
    if happening.block_share == 0.0:
        return 0.0
    block_g = left_g = min(happening.block_share * book.tokens_g, max(0.0, book.tokens_g - book.waiting_g))
    for j, held_g in enumerate(book.blocks_g):
        taken_g = min(held_g, left_g)
        book.blocks_g[j] = held_g - taken_g
        left_g -= taken_g
    day.block_requested_g = block_g
    return block_g


def ask_with_blocks(
    day: Day, book: Book, issuer: Issuer, happening: Happening, drivers: PathDrivers | None, free_g: float
) -> float:
    """Requests of small holders, a share of theirs, and of large ones, who ask for everything or for nothing.

    Without draws (a replay) each large holder asks for what it would ask on average. In a given run small and large ask
    with the same share at least, so that together they ask for it, with draws on average.
    """
    rate, given = day.redemption_rate, happening.redeem_share
    probability = max(min(1.0, rate * (1.0 + issuer.holders.load)), given)
    small_g = max(0.0, free_g - sum(book.blocks_g))
    asked_g = max(rate, given) * small_g
    day.run_requested_g = max(0.0, given - rate) * small_g
    for j, block_g in enumerate(book.blocks_g):
        if drivers is None:
            leaving_g = probability * block_g
        else:
            leaving_g = block_g if block_g > 0.0 and drivers.holder_redeems(j, day.day, probability) else 0.0
        book.blocks_g[j] = block_g - leaving_g
        leaving_g = min(leaving_g, max(0.0, free_g - asked_g))
        day.block_requested_g += leaving_g
        asked_g += leaving_g
    return asked_g


def ask_in_kind(book: Book, issuer: Issuer, asked_g: float, block_g: float = 0.0) -> float:
    """The part of today's requests that wants bars, and all of a given block; it joins a queue of its own."""
    if not issuer.in_kind.on:
        return 0.0
    kind_g = issuer.in_kind.share * asked_g + block_g
    book.kind_queue_g += kind_g
    return kind_g


def order_tokens(day: Day, book: Book, issuer: Issuer) -> None:
    """New holders order; what onboarding turns away is bought on the secondary market and lifts the token's price.

    A stop of minting keeps them from buying there too: it says that something is wrong, and must not help the token.
    """
    minting = issuer.minting
    if not minting.on or day.mint_stop:
        return
    growth = exp(min(minting.return_sensitivity * day.twenty_day_return, LARGEST_MINT_EXPONENT))
    premium = 1.0 + minting.premium_sensitivity * max(0.0, -book.discount)
    wanted_g = minting.base_rate * book.tokens_g * growth * premium
    desk_open = day.operations_stop < 1.0
    day.ordered_g = min(wanted_g, minting.max_rate * book.tokens_g) if desk_open else 0.0
    # Nobody can buy more tokens than there are. Without this bound a long stop, in which a premium draws orders that
    # lift the premium, would run to infinity.
    day.unmet_mint_g = min(wanted_g - day.ordered_g, book.tokens_g)
    if day.ordered_g > 0.0:
        _add(book.mint_orders_g, day.day + int(day.lag_days), day.ordered_g)


def swung_fee(day: Day, book: Book, issuer: Issuer, asked_g: float) -> float:
    """Redemption fee of the day: on a day of large requests it swings up by the slippage that they cause."""
    fee, swing, stress = issuer.terms.fee, issuer.swing_fee, day.liquidity_multiplier
    if not (swing.on and asked_g > swing.threshold * day.tokens_before_g):
        return fee
    sale_usd = min(capacity_usd(issuer, stress, day.capacity_cut), book.queue_g * day.token_value_usd)
    slippage = 1.0 - execution_share(issuer, sale_usd, stress, day.spread_rise)
    return max(fee, min(swing.max_fee, fee + swing.factor * slippage))


# E8 --------------------------------------------------------------------------------------------------------


def bar_g(issuer: Issuer) -> float:
    """Weight of the smallest delivery."""
    return issuer.terms.minimum_oz * GRAMS_PER_TROY_OUNCE


def deliver_bars(day: Day, book: Book, issuer: Issuer) -> None:
    """Whole bars go out, as many as are asked for, can be handled and can move; the fraction stays queued."""
    if not issuer.in_kind.on:
        return
    bar = bar_g(issuer)
    handled = floor(issuer.in_kind.bars_per_day * (1.0 - day.operations_stop))
    movable_g = book.gold_g - book.frozen_g(day.day)
    bars = min(floor(book.kind_queue_g / bar), handled, floor(movable_g / bar))
    day.delivered_g = max(0, bars) * bar
    book.kind_queue_g = max(0.0, book.kind_queue_g - day.delivered_g)
    book.tokens_g -= day.delivered_g
    book.take_gold(day.delivered_g, day.day)
    book.kind_claims.met_until_g += day.delivered_g
    day.kind_fees_usd = issuer.in_kind.fee * day.delivered_g * day.price_usd_per_g
    book.cash_usd += day.kind_fees_usd


# E9 --------------------------------------------------------------------------------------------------------


def recall_leased_gold(day: Day, book: Book, issuer: Issuer) -> None:
    """While anybody waits for cash, leased gold is called back."""
    if book.leased_g > 0.0 and book.queue_g > 0.0:
        _add(book.transit_g, day.day + issuer.lease.recall_days, book.leased_g)
        book.leased_g = 0.0


# E11 -------------------------------------------------------------------------------------------------------


def book_positions(day: Day, book: Book, issuer: Issuer) -> None:
    """Positions of the extensions in the ledger."""
    day.frozen_g = book.frozen_g(day.day)
    day.transit_g, day.leased_g = sum(book.transit_g.values()), book.leased_g
    day.bank_frozen_usd = sum(book.bank_frozen_usd.values())
    day.kind_queue_g, day.queue_fixed_usd = book.kind_queue_g, book.queue_fixed_usd
    day.credit_drawn_usd = book.credit_drawn_usd
    if issuer.peg == "usd":
        collateral_usd = day.price_usd_per_g * book.all_gold_g
        proceeds_usd = collateral_usd * execution_share(
            issuer, collateral_usd, day.liquidity_multiplier, day.spread_rise
        )
        day.shortfall_usd = max(0.0, day.token_value_usd * book.tokens_g - proceeds_usd)


def _add(due: dict[int, float], day: int, amount: float) -> None:
    due[day] = due.get(day, 0.0) + amount
