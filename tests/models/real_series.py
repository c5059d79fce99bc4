"""Real tables that a calibration is fitted to, read the way stage data reads them; for machines that have the series."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from gramlib.params.stages import DataParams
from gramlib.prices import standardise
from gramlib.prices.covariates import covariate_table
from gramlib.prices.flows import flow_table
from gramlib.prices.quality import QualityLog
from gramlib.prices.tokens import TokenSeries, token_table
from gramlib.sources import covariate_file, load, quantity_file

FLOWS = {
    "gld": "gld_daily_holdings_spdr_2004_2025.csv",
    "usdc": "usdc_daily_cmc_supply.csv",
    "usdt": "usdt_daily_cmc_supply.csv",
}
COVARIATES = {"real_yield": "us_real_yield_10y_daily_fred.csv", "gvz": "gvz_daily_fred.csv"}
TOKENS = {"paxg": "paxg_daily_binance_usdt_2020_2026.csv", "xaut": "xaut_daily_coingecko_2020_2023.csv"}


def real_gold(folder: Path) -> pd.DataFrame:
    """Table `prices` of the spliced gold series."""
    raw = load(DataParams(source="file", path=str(folder / "gold_daily_spliced_1968_2026.csv")))
    return standardise(raw, DataParams())[0]


def real_flows(folder: Path) -> pd.DataFrame:
    """Table `flows` of the gold fund and the two stablecoins."""
    return flow_table(
        [(name, quantity_file.load(name, str(folder / file))) for name, file in FLOWS.items()], "", QualityLog()
    )


def real_tokens(folder: Path, gold: pd.DataFrame) -> pd.DataFrame:
    """Table `token_prices` of PAXG and XAUT."""
    series = [
        TokenSeries(name, load(DataParams(source="file", path=str(folder / file))), False)
        for name, file in TOKENS.items()
    ]
    return token_table(series, gold, QualityLog())


def real_covariates(folder: Path) -> pd.DataFrame:
    """Table `covariates` of the US real yield and gold's implied volatility."""
    return covariate_table(
        [(name, covariate_file.load(name, str(folder / file))) for name, file in COVARIATES.items()], "", QualityLog()
    )
