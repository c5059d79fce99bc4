"""Gradient-boosted quantiles (Friedman 2001): many small trees, each mending what those before it left of the pinball loss.

Grown by scikit-learn; kept as plain arrays of its trees' nodes, so that a record needs no pickle and a forecast no
scikit-learn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gramlib.models.protocol import FIT_ONCE
from gramlib.models.quantile_model import QuantileGrid, QuantileModel
from gramlib.readable import readable

TREES = 60
LEARNING_RATE = 0.05
MAX_LEAVES = 6
MIN_DAYS_A_LEAF = 60


@readable
@dataclass(frozen=True, eq=False)
class BoostedGrid:
    """For every level a first guess (levels,) and trees; node arrays (levels, trees, nodes), a leaf being its own child."""

    first: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray

    @classmethod
    def fit(cls, features: np.ndarray, target: np.ndarray, levels: Sequence[float]) -> BoostedGrid:
        """One boosted regression a level, by scikit-learn on one thread: on small samples threads only wait. Nothing is random."""
        from sklearn.ensemble import HistGradientBoostingRegressor
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        grids = []
        for level in levels:
            model = HistGradientBoostingRegressor(
                loss="quantile",
                quantile=level,
                max_iter=TREES,
                learning_rate=LEARNING_RATE,
                max_leaf_nodes=MAX_LEAVES,
                min_samples_leaf=MIN_DAYS_A_LEAF,
                early_stopping=False,
                random_state=0,
            )
            with threadpool_limits(1, user_api="openmp"):
                grids.append(_arrays(model.fit(features, target)))
        return cls(*(np.array(parts) for parts in zip(*grids, strict=True)))

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Quantiles (n, levels) at `features` (n, k)."""
        level, tree = np.ix_(*map(np.arange, self.feature.shape[:2]))
        predicted = np.empty((len(features), len(self.first)))
        for row, known in enumerate(features):
            node = np.zeros(self.feature.shape[:2], dtype=np.intp)
            for _ in range(MAX_LEAVES - 1):
                goes_left = known[self.feature[level, tree, node]] <= self.threshold[level, tree, node]
                node = np.where(goes_left, self.left[level, tree, node], self.right[level, tree, node])
            predicted[row] = self.first + self.value[level, tree, node].sum(axis=1)
        return predicted

    def record(self) -> dict[str, Any]:
        """JSON-able mapping."""
        return {name: array.tolist() for name, array in vars(self).items()}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> BoostedGrid:
        """The grid again, from its record."""
        return cls(**{name: np.array(array) for name, array in record.items()})


def _arrays(model: Any) -> tuple[np.ndarray, ...]:
    """First guess and node arrays (trees, nodes) of a fitted scikit-learn model, short trees padded with leaves."""
    shape = (TREES, 2 * MAX_LEAVES - 1)
    feature, threshold, value = np.zeros(shape, dtype=np.intp), np.zeros(shape), np.zeros(shape)
    left = np.broadcast_to(np.arange(shape[1]), shape).copy()
    right = left.copy()
    for row, (tree,) in enumerate(model._predictors):
        nodes, n = tree.nodes, len(tree.nodes)
        leaf = nodes["is_leaf"].astype(bool)
        value[row, :n] = nodes["value"]
        feature[row, :n] = np.where(leaf, 0, nodes["feature_idx"])
        threshold[row, :n] = np.where(leaf, 0.0, nodes["num_threshold"])
        left[row, :n] = np.where(leaf, np.arange(n), nodes["left"])
        right[row, :n] = np.where(leaf, np.arange(n), nodes["right"])
    return np.array(model._baseline_prediction.item()), feature, threshold, left, right, value


class BoostedQuantiles(QuantileModel):
    """Every quantile is a sum of small trees of the features, in units of the day's volatility."""

    name: ClassVar[str] = "boosted"
    refit_every_days: ClassVar[int | None] = FIT_ONCE
    grid_type: ClassVar[type[QuantileGrid]] = BoostedGrid

    @classmethod
    def load(cls) -> None:
        """Load the library that fits."""
        import sklearn.ensemble  # noqa: F401

    def card(self) -> dict[str, str]:
        """Model card in plain sentences."""
        return {
            "title": "Gradient-boosted quantiles",
            "what": (
                "Quantiles of the next days' log-return, each a sum of small decision trees on recent returns and volatilities, put in "
                "order where they cross; beyond the outermost a generalised Pareto tail. It forecasts and generates no paths."
            ),
            "parameters": (
                f"{self._fitted_on()}; {TREES} trees of at most {MAX_LEAVES} leaves a level, learning rate {LEARNING_RATE}; trees have no "
                "standard errors"
            ),
            "fails_when": (
                "The days ahead differ from its ten years: a tree says beyond its last cut what it says at it. Its in-sample exceedances are "
                "tamer than those to come, so its tails lean towards the thin side; forecasts jump where a feature crosses a cut. Without "
                "covariates it knows nothing that the returns do not say."
                " A covariate that ends is read at its mean from ten days later."
            ),
        }
