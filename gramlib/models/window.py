"""What one fit may see: the history up to its last day, and what the models of a window share: its GARCH filter, their fits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from gramlib.models.garch import filter_variance
from gramlib.models.returns import Returns
from gramlib.readable import readable

if TYPE_CHECKING:
    from gramlib.models.arch_fit import GarchFit
    from gramlib.models.protocol import Forecaster

F = TypeVar("F", bound="Forecaster")


class Once:
    """Values by key, each made once by whichever thread asks first; the others wait for it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[Any, threading.Lock] = {}
        self._values: dict[Any, Any] = {}

    def get(self, key: Any, make: Callable[[], Any]) -> Any:
        """The value of `key`, from `make()` the first time."""
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._values:
                self._values[key] = make()
            return self._values[key]


@readable
@dataclass(frozen=True)
class TrainingWindow:
    """History up to the last day a fit may know.

    `returns` is the long history (it feeds the tails and warms the filter up), `first` the index in it at which the
    training window begins; parameters are estimated on the window only. `windows` are the others of the same training.
    """

    returns: Returns
    first: int
    persistence_cap: float
    tail_share: float
    windows: Windows | None = field(default=None, repr=False, compare=False)
    _made: Once = field(default_factory=Once, init=False, repr=False, compare=False)

    @property
    def log_return(self) -> np.ndarray:
        """Returns of the training window (n,)."""
        return self.returns.log_return[self.first :]

    @property
    def garch(self) -> GarchFit:
        """GARCH(1,1)-t fit of the window, made once however many models ask."""
        # arch takes seconds to import, and simulating from a calibration does without it.
        from gramlib.models.arch_fit import fit_garch_t

        fit: GarchFit = self._made.get("garch", lambda: fit_garch_t(self.log_return, self.persistence_cap))
        return fit

    @property
    def variance(self) -> np.ndarray:
        """Conditional variances of the whole history (n + 1,); the last is the next day's."""
        parameters = self.garch.parameters
        variance: np.ndarray = self._made.get("variance", lambda: filter_variance(parameters, self.returns.log_return))
        return variance

    @property
    def long_residuals(self) -> np.ndarray:
        """Standardised residuals of the whole history."""
        return (self.returns.log_return - self.garch.parameters.mean) / np.sqrt(self.variance[:-1])

    @property
    def residuals(self) -> np.ndarray:
        """Standardised residuals of the training window."""
        return self.long_residuals[self.first :]

    def fitted(self, model: type[F]) -> F:
        """`model` fitted on this window, once however often it is asked for: an ensemble's members are models of their own too."""
        found: F = self._made.get(model, lambda: model.fit(self))
        return found

    def until(self, stop: int) -> TrainingWindow:
        """The window of the first `stop` returns, the one that others fit on where there is one."""
        if self.windows is not None:
            return self.windows.until(stop)
        return TrainingWindow(self.returns.until(stop), self.first, self.persistence_cap, self.tail_share)


class Windows:
    """The windows of one training: they begin together and end on days of their own, each being made once."""

    def __init__(self, returns: Returns, first: int, persistence_cap: float, tail_share: float) -> None:
        self._returns, self._rest = returns, (first, persistence_cap, tail_share)
        self._made = Once()

    def until(self, stop: int) -> TrainingWindow:
        """The window of the first `stop` returns."""
        window: TrainingWindow = self._made.get(
            stop, lambda: TrainingWindow(self._returns.until(stop), *self._rest, windows=self)
        )
        return window
