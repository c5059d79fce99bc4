"""Where a path ends early: the books close when there is nothing left to simulate.

Nearly every figure divides by price or by tokens, so a run that redeems almost everything, or a price
that vanishes, would send coverage to minus a million although nothing more happens. From the first day
whose opening tokens or price are at or below these limits, both engines repeat the closing figures with no
flows, and failures are no longer judged. A path that closes for want of tokens was wound down.
"""

from __future__ import annotations

from gramlib.params.issuer import Issuer

CLOSING_TOKEN_SHARE = 1e-6
"""Share of the first day's tokens at which an issuer counts as wound down (10 g of 10 t)."""

CLOSING_PRICE_USD_PER_G = 1e-4
"""Gold price at which there is no gold market; gold has stood between 3 and 180 USD/g since 1975."""


def books_close(tokens_before_g: float, price_usd_per_g: float, issuer: Issuer) -> bool:
    """Whether a day that opens with these tokens and has this price is not simulated any more."""
    return price_usd_per_g <= CLOSING_PRICE_USD_PER_G or tokens_before_g <= CLOSING_TOKEN_SHARE * issuer.tokens_g
