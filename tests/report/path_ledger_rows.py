"""Ledgers of chosen paths as stage predict keeps them, by the reference engine."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pandas as pd

from gramlib.params.issuer import Issuer
from gramlib.simulation import Events, ledger

ISSUER = Issuer()


@functools.cache
def path_ledgers(n_days: int = 30) -> pd.DataFrame:
    """A run that a lost tonne of gold and a confidence event set off ("worst"), and a quiet path ("median")."""
    given = Events.calm(n_days)
    lost, event = np.zeros(n_days + 1), np.zeros(n_days + 1)
    lost[6], event[6:10] = 4e5, (1.0, 0.6, 0.3, 0.1)
    prices = 130.0 * np.cumprod(np.r_[1.0, 1.0 + np.random.default_rng(3).normal(-0.001, 0.01, n_days)])
    worst = ledger(ISSUER, prices, replace(given, lost_g=lost, event=event), engine="reference")
    median = ledger(ISSUER, np.full(n_days + 1, 130.0), given, engine="reference")
    made = [worst.assign(choice="worst", path=87_385), median.assign(choice="median", path=12)]
    return pd.concat(made, ignore_index=True).assign(book="liquidity")
