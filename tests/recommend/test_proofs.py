"""Intervals of a difference on the same draws."""

from __future__ import annotations

import numpy as np
import pytest

from gramlib.metrics import expected_shortfall
from gramlib.recommend import proofs

N = 4000


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_a_share_counts_paths_and_their_pairs() -> None:
    before = np.arange(100) < 20
    after = np.arange(100) < 5
    proof = proofs.share("m", "s", before, after, 0.95)
    assert (proof.before.value, proof.after.value, proof.difference.value, proof.n) == (0.2, 0.05, -0.15, 100)
    assert proof.difference.interval.upper < 0.0


def test_the_same_losses_twice_differ_by_nothing(rng: np.random.Generator) -> None:
    losses = rng.exponential(size=N)
    for proof in (
        proofs.tail_mean("m", "USD", "s", losses, losses, 0.975, 0.95, rng, 50),
        proofs.average("m", "USD", "s", losses, losses, 0.95),
        proofs.spread("m", "USD", "s", losses, losses, 0.95),
    ):
        assert proof.difference.value == 0.0
        assert tuple(proof.difference.interval) == (0.0, 0.0)


@pytest.mark.parametrize("kind", ["tail_mean", "average", "spread"])
def test_intervals_of_a_difference_are_as_wide_as_the_difference_varies(kind: str, rng: np.random.Generator) -> None:
    """Over repeated samples the 95% interval holds the truth, from a large sample, nearly 95 times in 100."""

    def sample(n: int) -> tuple[np.ndarray, np.ndarray]:
        first = rng.exponential(size=n)
        return first, 0.8 * first + 0.1 * rng.exponential(size=n)

    def proof(pair: tuple[np.ndarray, np.ndarray]) -> proofs.Proof:
        if kind == "tail_mean":
            return proofs.tail_mean("m", "USD", "s", *pair, 0.9, 0.95, rng, 2)
        return getattr(proofs, kind)("m", "USD", "s", *pair, 0.95)

    truth = proof(sample(400_000)).difference.value
    hits = [p.interval.lower <= truth <= p.interval.upper for p in (proof(sample(N)).difference for _ in range(200))]
    assert 0.89 <= np.mean(hits) <= 0.99


def test_a_tail_mean_is_the_expected_shortfall(rng: np.random.Generator) -> None:
    first, second = rng.exponential(size=N), rng.exponential(size=N)
    proof = proofs.tail_mean("m", "USD", "s", first, second, 0.975, 0.95, rng, 100)
    assert proof.before.value == expected_shortfall(first, 0.975)
    assert proof.difference.value == pytest.approx(proof.after.value - proof.before.value)
    assert proof.before.interval.lower < proof.before.value < proof.before.interval.upper


def test_one_given_path_is_exact() -> None:
    proof = proofs.exact("m", "USD", "s", 3.0, 1.0)
    assert (proof.difference.value, proof.n) == (-2.0, 1)
    assert np.isnan(proof.difference.interval).all()
