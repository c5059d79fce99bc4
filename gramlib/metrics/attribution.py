"""Which module the loss beside the gold price comes from: over all paths, and over the tail behind expected shortfall.

Modules are the sums that `outcomes` keeps; what is left of the non-price loss is the running business: operating, custody and credit
cost less holding, minting and delivery fees, lease income, insurance and bill yield, and the policy haircut on gold that is
frozen at the horizon. They add up to the total, and over the tail the
total is the expected shortfall: the quantile's own path counts there with its fraction (`tail_risk`).

A tail mean m of module X has the influence  x_q + [loss > q] (x - x_q) / (1 - level),  x_q the mean of X about the quantile; for
the loss itself that is expected shortfall's. Its spread over paths makes the interval.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from gramlib.artefacts.analyse_metrics import LOSS_ATTRIBUTION
from gramlib.metrics.intervals import normal_quantile
from gramlib.metrics.tail_risk import tail_rank
from gramlib.metrics.typed import typed
from gramlib.params.stages import AnalyseParams

MODULES = {
    "custody_loss": ("event_loss_usd", 1.0),
    "lessee_default": ("lease_loss_usd", 1.0),
    "bank_failure": ("bank_loss_usd", 1.0),
    "cyber_loss": ("cyber_loss_usd", 1.0),
    "market_slippage": ("slippage_usd", 1.0),
    "bill_haircut": ("haircut_usd", 1.0),
    "liquidation_bonus": ("liquidation_loss_usd", 1.0),
    "redemption_fees": ("fees_usd", -1.0),
}
"""Module -> (column of outcomes, its sign in the loss)."""

RUNNING, TOTAL = "running_business", "total"
ALL, TAIL = "all", "tail"


def loss_attribution(outcomes: pd.DataFrame, params: AnalyseParams) -> pd.DataFrame:
    """The catalogue's `loss_attribution`: mean of each module by book, over all paths and over the tail at `params.level`.

    Modules that are nought on every path of a book are left out.
    """
    rows: list[tuple] = []
    for book in dict.fromkeys(outcomes["book"]):
        losses = module_losses(outcomes[outcomes["book"] == book])
        rows += [(book, *row) for row in _means(losses, params)]
    return typed(LOSS_ATTRIBUTION, rows)


def module_losses(paths: pd.DataFrame) -> dict[str, np.ndarray]:
    """Loss in USD of each module by path, (n,), and last the total; those that are nought on every path are left out."""
    total = paths["nonprice_loss_usd"].to_numpy(dtype=float)
    found = {name: sign * paths[column].to_numpy(dtype=float) for name, (column, sign) in MODULES.items()}
    found = {name: loss for name, loss in found.items() if loss.any()}
    left = total - sum(found.values()) if found else total
    return {**found, RUNNING: left, TOTAL: total}


def tail_weights(losses: np.ndarray, level: float) -> np.ndarray:
    """Weight (n,) of each path in the expected shortfall at `level`; they sum to 1."""
    n = len(losses)
    rank, weight = tail_rank(n, level)
    order = np.argsort(losses, kind="stable")
    weights = np.zeros(n)
    weights[order[rank:]] = 1.0
    weights[order[rank - 1]] = weight if rank < n else 1.0
    return weights / weights.sum()


def _means(losses: dict[str, np.ndarray], params: AnalyseParams) -> Iterator[tuple]:
    total = losses[TOTAL]
    n, z = len(total), normal_quantile(params.confidence)
    weights = tail_weights(total, params.level)
    near = _about_the_quantile(total, weights)
    for over, told in (
        (ALL, f"mean over paths, normal interval {params.confidence:.0%}"),
        (
            TAIL,
            f"mean over the worst {1 - params.level:.1%} of paths, normal interval {params.confidence:.0%} by influence",
        ),
    ):
        whole = float(total.mean() if over == ALL else weights @ total)
        for module, loss in losses.items():
            mean = float(loss.mean() if over == ALL else weights @ loss)
            spread = (
                loss.std() if over == ALL else _influence(loss, weights, float(loss[near].mean()), params.level).std()
            )
            half = z * float(spread) / math.sqrt(n)
            share = mean / whole if whole else math.nan
            counted = n if over == ALL else int((weights > 0.0).sum())
            yield over, module, mean, mean - half, mean + half, share, counted, told


def _influence(loss: np.ndarray, weights: np.ndarray, at_quantile: float, level: float) -> np.ndarray:
    return at_quantile + (weights > 0.0) * (loss - at_quantile) / (1.0 - level)


def _about_the_quantile(total: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Places of the least bad tenth of the tail and of as many paths below it."""
    n_tail = int((weights > 0.0).sum())
    reach = max(1, n_tail // 10)
    order = np.argsort(total, kind="stable")
    first = len(total) - n_tail
    return order[max(0, first - reach) : first + reach]
