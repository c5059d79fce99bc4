"""Every measure there is, for one issuer at one gold price: what it moves, its range, its cost and its side effect.

A buffer can only be paid from own funds: the reserve holds a gram for each token, and a buffer bought with the reserve's
gold would break that promise. So `own_funds` and `buffer` are one lever, and what is bought is held in bills and cash.
"""

from __future__ import annotations

from gramlib.params.issuer import Issuer
from gramlib.recommend.levers_held import counterparties, positions
from gramlib.recommend.measure import Measure, changed
from gramlib.recommend.prices import Figures
from gramlib.units import BUSINESS_DAYS_PER_YEAR

LARGEST_BUFFER = 0.6
"""Of liabilities: the top of the plausible range of the model page's table of parameters."""

LARGEST_LINE = 0.25
LARGEST_FEE = 0.05
NO_GATE = 1.0

ONLY_GOLD = "a token that promises dollars has no grams to be short of"


def opening_own_funds_usd(issuer: Issuer, gold_usd_per_g: float) -> float:
    """Assets less liabilities today [USD]."""
    return (issuer.opening_gold_g - issuer.tokens_g) * gold_usd_per_g + issuer.cash_usd + issuer.bills_usd


def business_usd_year(issuer: Issuer, gold_usd_per_g: float) -> float:
    """Fee income of a calm year [USD]: redemptions, minting and holding."""
    owed_usd = issuer.tokens_g * gold_usd_per_g
    minted = issuer.minting.base_rate * issuer.minting.fee if issuer.minting.on else 0.0
    holding = issuer.holding_fee.rate_year if issuer.holding_fee.on else 0.0
    traded = issuer.redemption.base_rate * issuer.terms.fee + minted
    return owed_usd * (traded * BUSINESS_DAYS_PER_YEAR + holding)


def measures(issuer: Issuer, gold_usd_per_g: float, figures: Figures) -> dict[str, Measure]:
    """Every measure by name; ranges are for an issuer of this size, also those that it excludes."""
    owed_usd = issuer.tokens_g * gold_usd_per_g
    made = (
        *_treasury(issuer, owed_usd, gold_usd_per_g, figures),
        *_terms(issuer, gold_usd_per_g, figures),
        *counterparties(figures),
        *positions(issuer, gold_usd_per_g, figures),
    )
    return {measure.name: measure for measure in made}


def _treasury(issuer: Issuer, owed_usd: float, gold_usd_per_g: float, figures: Figures) -> tuple[Measure, ...]:
    own_funds_usd = opening_own_funds_usd(issuer, gold_usd_per_g)
    price = figures.price

    def held(issuer: Issuer) -> float:
        return issuer.cash_usd + issuer.bills_usd

    def capital(issuer: Issuer, more_usd: float, bill_share: float) -> float:
        return more_usd * (price.capital_cost_year - bill_share * issuer.treasury.bill_yield)

    def bill_share(issuer: Issuer) -> float:
        return issuer.bills_usd / held(issuer) if held(issuer) else 1.0

    def funded(issuer: Issuer, total_usd: float) -> Issuer:
        more = total_usd - opening_own_funds_usd(issuer, gold_usd_per_g)
        return changed(issuer, {"bills_usd": max(0.0, issuer.bills_usd + more)})

    def buffered(issuer: Issuer, total_usd: float) -> Issuer:
        share = bill_share(issuer)
        return changed(issuer, {"bills_usd": total_usd * share, "cash_usd": total_usd * (1.0 - share)})

    return (
        Measure(
            "own_funds", "Own funds", "USD", ("bills_usd",), "treasury", max(0.0, own_funds_usd - issuer.bills_usd),
            max(0.0, own_funds_usd) + LARGEST_BUFFER * owed_usd, "up",
            "cost of capital less the yield of the bills it is held in",
            "bills lose their haircut when sold, and a reserve partly in dollars falls behind its tokens when gold rises",
            lambda issuer: opening_own_funds_usd(issuer, gold_usd_per_g), funded,
            lambda issuer, number: capital(issuer, number - opening_own_funds_usd(issuer, gold_usd_per_g), 1.0),
        ),
        Measure(
            "buffer", "Cash and bill buffer", "USD", ("cash_usd", "bills_usd"), "treasury", 0.0, LARGEST_BUFFER * owed_usd,
            "up", "cost of capital less the yield of bills, in today's parts of cash and bills",
            "cash stands at banks that can fail; the yield of bills is below what own funds cost",
            held, buffered, lambda issuer, number: capital(issuer, number - held(issuer), bill_share(issuer)),
        ),
        Measure(
            "credit_line", "Committed credit line", "USD", ("treasury.credit_line_usd",), "credit", 0.0,
            LARGEST_LINE * owed_usd, "up", "commitment fee on the line; interest when drawn is in the re-run",
            "what is drawn is owed before holders are, and the lender may go when confidence does",
            lambda issuer: issuer.treasury.credit_line_usd,
            lambda issuer, number: changed(issuer, {"treasury.credit_line_usd": number}),
            lambda issuer, number: price.commitment_fee_year * (number - issuer.treasury.credit_line_usd),
        ),
    )  # fmt: skip


def _terms(issuer: Issuer, gold_usd_per_g: float, figures: Figures) -> tuple[Measure, ...]:
    price = figures.price

    def lost(issuer: Issuer, share: float) -> float:
        return share * business_usd_year(issuer, gold_usd_per_g)

    def gated(issuer: Issuer, number: float) -> Issuer:
        return changed(issuer, {"terms.gate": None if number >= NO_GATE else number})

    def swinging(issuer: Issuer, number: float) -> Issuer:
        return changed(issuer, {"swing_fee.on": number > 0.0, "swing_fee.factor": number})

    return (
        Measure(
            "gate", "Gate on redemptions", "share of tokens a day", ("terms.gate",), "gate", 0.002, NO_GATE, "down",
            "upkeep of the term, and the business lost to terms that allow a gate",
            "holders queue behind it, and a queue makes others ask: the run incentive rises",
            lambda issuer: issuer.terms.gate or NO_GATE, gated,
            lambda issuer, number: price.terms_usd_year + lost(issuer, price.lost_business_gate) if number < NO_GATE else 0.0,
        ),
        Measure(
            "redemption_fee", "Redemption fee", "share", ("terms.fee",), "fee", 0.0, LARGEST_FEE, "up",
            "business lost to a dearer exit; what the fee brings in is not counted",
            "the band in which the token may trade below gold widens by the fee",
            lambda issuer: issuer.terms.fee, lambda issuer, number: changed(issuer, {"terms.fee": number}),
            lambda issuer, number: lost(issuer, price.lost_business_per_fee * (number - issuer.terms.fee)),
        ),
        Measure(
            "swing_fee", "Swing fee: part of the selling cost charged", "1",
            ("swing_fee.on", "swing_fee.factor"), "fee", 0.0, 3.0, "up",
            "upkeep of the term; it is charged on days of large redemptions only",
            "the band widens on the very days on which holders want to leave",
            lambda issuer: issuer.swing_fee.factor if issuer.swing_fee.on else 0.0, swinging,
            lambda issuer, number: price.terms_usd_year if not issuer.swing_fee.on else 0.0,
        ),
        Measure(
            "minimum_size", "Smallest redemption", "oz", ("terms.minimum_oz",), "minimum", 0.001, 1000.0, "up",
            "upkeep of the term", "smaller holders can only sell in the market, at its discount",
            lambda issuer: issuer.terms.minimum_oz,
            lambda issuer, number: changed(issuer, {"terms.minimum_oz": number}),
            lambda issuer, number: price.terms_usd_year,
        ),
        Measure(
            "in_kind", "Redemption in bars", "share of requests", ("in_kind.on", "in_kind.share"), "in_kind", 0.0, 1.0, "up",
            "upkeep of the term; the vault's handling is paid by the fee on bars",
            "the vault hands over few bars a day, whole ones only, and the rest waits",
            lambda issuer: issuer.in_kind.share if issuer.in_kind.on else 0.0,
            lambda issuer, number: changed(issuer, {"in_kind.on": number > 0.0, "in_kind.share": number}),
            lambda issuer, number: price.terms_usd_year if not issuer.in_kind.on else 0.0,
            lambda issuer: ONLY_GOLD if issuer.peg == "usd" else "",
        ),
    )  # fmt: skip
