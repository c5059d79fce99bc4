"""Every online source by name."""

from __future__ import annotations

from gramlib.sources.online.provider import Provider
from gramlib.sources.online.providers import (
    binance_paxg,
    bitfinex_xaut,
    boe_xudlgpd,
    coinbase_paxg,
    coingecko,
    defillama,
    fred,
    gld_archive,
    kraken_paxg,
    lbma_pm,
    nbp,
    worldbank_monthly,
    yahoo_gcf,
)

PROVIDERS: dict[str, Provider] = {
    provider.name: provider
    for provider in (
        gld_archive.FIX,
        yahoo_gcf.PROVIDER,
        lbma_pm.PROVIDER,
        boe_xudlgpd.PROVIDER,
        nbp.PROVIDER,
        worldbank_monthly.PROVIDER,
        binance_paxg.PROVIDER,
        kraken_paxg.PROVIDER,
        coinbase_paxg.PROVIDER,
        coingecko.PAXG,
        bitfinex_xaut.PROVIDER,
        coingecko.XAUT,
        gld_archive.OUNCES_HELD,
        defillama.USDT,
        defillama.USDC,
        coingecko.PAXG_SUPPLY,
        coingecko.XAUT_SUPPLY,
        fred.DFII10,
        fred.GVZCLS,
        fred.DTWEXBGS,
        fred.DTB3,
    )
}
"""In the order gold, cross-checks, tokens, supplies, covariates."""
