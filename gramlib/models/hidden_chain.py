"""Hidden Markov chains: filtered probabilities of the states (Hamilton 1989) and smoothed ones (Baum et al. 1970).

Both are products of small matrices in order of time. Such products may be taken in pieces, so the days are cut into
blocks that are worked through side by side: a few milliseconds for fifty years, in NumPy alone. Blocks are of fixed length,
so that what is filtered on a day does not depend, not even in its last bit, on how many days follow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gramlib.readable import readable

BLOCK_DAYS = 32


@readable
@dataclass(frozen=True, eq=False)
class Smoothed:
    """Log-likelihood, state probabilities (n, k) given all days, and expected transitions (k, k) from each state to each."""

    log_likelihood: float
    probability: np.ndarray
    transitions: np.ndarray


def filter_states(log_density: np.ndarray, transition: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, float]:
    """Probabilities of the states (n, k) given the days up to each, and the log-likelihood.

    `log_density` (n, k) of each day's value in each state; rows of `transition` (k, k) sum to one; `start` (k,) holds the
    probabilities of the states on the first day, before it is seen.
    """
    density, offset = _scaled(log_density)
    filtered, scale = _forward(_steps(density, transition), start)
    return filtered, float(np.log(scale).sum() + offset)


def smooth_states(log_density: np.ndarray, transition: np.ndarray, start: np.ndarray) -> Smoothed:
    """What the expectation step of an EM algorithm, or the gradient of the likelihood, is made of; as `filter_states`."""
    density, offset = _scaled(log_density)
    steps = _steps(density, transition)
    filtered, scale = _forward(steps, start)
    n, k = density.shape
    after = np.ones((n, k))
    if n > 1:
        # The backward recursion is the forward one of transposed steps in reversed order.
        reversed_steps = steps[:0:-1].transpose(0, 2, 1)
        after[-2::-1] = _forward(reversed_steps, np.ones(k))[0]
    probability = filtered * after
    probability /= probability.sum(axis=1, keepdims=True)
    ahead = density * after
    pairs = filtered[:-1].T @ (ahead[1:] / np.einsum("ti,ij,tj->t", filtered[:-1], transition, ahead[1:])[:, None])
    return Smoothed(float(np.log(scale).sum() + offset), probability, transition * pairs)


def stationary(transition: np.ndarray) -> np.ndarray:
    """Shares of days (k,) that the chain spends in each state in the long run."""
    k = len(transition)
    balance = np.vstack([transition.T - np.eye(k), np.ones(k)])
    return np.linalg.lstsq(balance, np.append(np.zeros(k), 1.0), rcond=None)[0]


def _scaled(log_density: np.ndarray) -> tuple[np.ndarray, float]:
    """Densities over each day's largest, and the sum of the logarithms of those."""
    largest = log_density.max(axis=1, keepdims=True)
    return np.exp(log_density - largest), float(largest.sum())


def _steps(density: np.ndarray, transition: np.ndarray) -> np.ndarray:
    """Matrices (n, k, k) that carry a row of joint probabilities over each day; the first day has no transition."""
    steps = transition * density[:, None, :]
    steps[0] = np.diag(density[0])
    return steps


def _forward(steps: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows (n, k) start @ steps[0] @ ... @ steps[t], each normalised, and the factors (n,) by which they were.

    Within a block nothing is normalised on the way, which halves the cost: every day some state has a scaled density of 1, and
    no transition of a fit is rarer than some 1e-7, so that 32 days stay far above the smallest double.
    """
    n, k, _ = steps.shape
    blocks = -(-n // BLOCK_DAYS)
    padded = np.concatenate([steps, np.broadcast_to(np.eye(k), (blocks * BLOCK_DAYS - n, k, k))])
    # By place in the block, so that each turn of a loop reads what lies together.
    by_place = np.ascontiguousarray(padded.reshape(blocks, BLOCK_DAYS, k, k).transpose(1, 0, 2, 3))
    products = by_place[0]
    for step in by_place[1:]:
        products = products @ step
    rows = np.empty((blocks, 1, k))
    row = start / start.sum()
    for block, product in enumerate(products):
        rows[block, 0] = row
        row = row @ product
        row = row / row.sum()
    found = np.empty((BLOCK_DAYS, blocks, 1, k))
    for place, step in enumerate(by_place):
        rows = np.matmul(rows, step, out=found[place])
    mass = found.sum(axis=(2, 3))
    filtered = found[:, :, 0] / mass[:, :, None]
    scale = mass / np.concatenate([np.ones((1, blocks)), mass[:-1]])
    return filtered.transpose(1, 0, 2).reshape(-1, k)[:n], scale.T.reshape(-1)[:n]
