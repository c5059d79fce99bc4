"""Made-up rows of `likely_failures` and `failure_causes`, and small maps of a real issuer, true to the catalogue."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gramlib.params.issuer import Issuer
from gramlib.params.stages import AnalyseParams
from gramlib.reverse import frontier_tables
from gramlib.reverse.likely import COLUMNS
from gramlib.simulation import OwnFundsRule, simulate
from gramlib.units import GRAMS_PER_TROY_OUNCE

START_USD_PER_G = 4000 / GRAMS_PER_TROY_OUNCE


def maps() -> tuple[pd.DataFrame, pd.DataFrame]:
    """`frontiers` and `frontier_edges` of the model page's issuer."""
    return frontier_tables(Issuer(), START_USD_PER_G, OwnFundsRule(), AnalyseParams(map_step=0.1), simulate)


def _row(predicate: str, basis: str, rank: int, **values: Any) -> dict[str, Any]:
    blank = {name: "" if kind == "str" else np.nan for name, kind in COLUMNS.items()}
    none_seen = {
        "n": 100_000,
        "walked": 0,
        "probability_year": 0.0,
        "lower": 0.0,
        "upper": 4e-5,
        "return_lower_years": 26_000.0,
    }
    return blank | {"predicate": predicate, "basis": basis, "rank": rank} | none_seen | values


def likely() -> pd.DataFrame:
    """F4 seen, with a way and a scenario; F6 never seen."""
    seen = {"return_period_years": 7.57, "return_lower_years": 7.42, "return_upper_years": 7.69, "walked": 200, "way_share": 0.435,
            "way_lower": 0.368, "way_upper": 0.504, "way": "fall of gold + thin market", "price_move": -0.11, "price_days": 11.0,
            "event_days": 0.0, "liquidity_multiplier": 3.1, "lost_share": 0.0}  # fmt: skip
    scenario = seen | {"walked": 0, "way_share": np.nan, "models_lower_years": 5.0, "log_likelihood": -6.6}
    rows = [
        _row("F4", "book", 0, **seen, necessary="confidence, liquidity", sufficient="price"),
        _row("F4", "book", 1, **seen), _row("F4", "scenario", 0, **scenario), _row("F6", "book", 0),
        _row("F6", "scenario", 0, probability_year=np.nan, lower=np.nan, upper=np.nan, return_lower_years=np.nan),
    ]  # fmt: skip
    return pd.DataFrame(rows).astype(COLUMNS)


def causes() -> pd.DataFrame:
    """What moved F4."""
    return pd.DataFrame([{"predicate": "F4", "cause": "secondary sales", "module": "fall of gold", "failed": 40, "n": 100,
                          "share": 0.4, "lower": 0.31, "upper": 0.5}])  # fmt: skip
