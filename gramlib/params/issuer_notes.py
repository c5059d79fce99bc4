"""What is odd about an issuer that may yet be meant: notes for a reader, never refusals."""

from __future__ import annotations

from gramlib.params.issuer import Issuer

_FAR = 0.001
"""Grams and tokens further apart than this share of the tokens are worth a note: rounding of attestations is far less."""


def issuer_notes(issuer: Issuer) -> list[str]:
    """Sentences about a valid `issuer` that somebody who wrote it should see, in the order of its sections.

    Grams that do not match tokens (a collateral ratio that does not stand for a dollar token), and amounts of a
    section that is switched off and therefore counts for nothing.
    """
    return [*_backing(issuer), *_unused(issuer)]


def _backing(issuer: Issuer) -> list[str]:
    parts = {"gold_g": issuer.gold_g}
    parts |= {
        f"{name}.gold_g": part.gold_g
        for name, part in (("transit", issuer.transit), ("lease", issuer.lease))
        if part.on
    }
    grams = sum(parts.values())
    words = (
        f"{' + '.join(parts)} {'is' if len(parts) == 1 else 'are'} {grams:,.0f} g, tokens_g is {issuer.tokens_g:,.0f} g"
    )
    ratio = grams / issuer.tokens_g
    if issuer.peg == "usd":
        limit = issuer.collateral.liquidation_ratio
        below = ratio < limit
        return [f"{words}: a collateral ratio of {ratio:.3g}, liquidated from the first day on"] if below else []
    if abs(ratio - 1.0) <= _FAR:
        return []
    return [f"{words}: {ratio:.1%} backed by gold from the start"]


def _unused(issuer: Issuer) -> list[str]:
    amounts = (
        ("transit", "gold_g", issuer.transit.on, issuer.transit.gold_g),
        ("lease", "gold_g", issuer.lease.on, issuer.lease.gold_g),
        ("hedge", "short_g", issuer.hedge.on, issuer.hedge.short_g),
    )
    return [
        f"{section}.{name} is {grams:,.0f} g, but {section}.on is false: it is not counted"
        for section, name, on, grams in amounts
        if grams > 0.0 and not on
    ]
