"""Addressed random numbers: same address, same numbers; neighbouring addresses, unrelated ones."""

from __future__ import annotations

import numpy as np
import pytest

from gramlib.errors import ParameterError
from gramlib.simulation import STREAMS, generator


def test_an_address_gives_the_same_numbers_whatever_else_was_drawn() -> None:
    alone = generator(7, "price", block=5).standard_normal(8)
    generator(7, "price", block=4).standard_normal(1000)
    again = generator(7, "price", block=5)
    assert (again.standard_normal(8) == alone).all()


def test_every_part_of_the_address_matters() -> None:
    addresses = [(7, "price", 0, 0), (8, "price", 0, 0), (7, "custody", 0, 0), (7, "price", 1, 0), (7, "price", 0, 1)]
    first = {generator(*address).random() for address in addresses}
    assert len(first) == len(addresses)


def test_streams_and_blocks_are_uncorrelated() -> None:
    """Largest of all pairwise correlations of 10,000 normals within 4.5 standard errors (0.045) of zero."""
    samples = [generator(1, stream, block, replicate).standard_normal(10_000)
               for stream in STREAMS for block in range(3) for replicate in range(2)]  # fmt: skip
    correlations = np.corrcoef(samples) - np.eye(len(samples))
    assert np.abs(correlations).max() < 0.045


def test_the_generator_is_philox_and_its_numbers_are_pinned() -> None:
    """Seeds promise the same tables on every machine: a change of these digits is a change of every result."""
    rng = generator(20261120, "price")
    assert isinstance(rng.bit_generator, np.random.Philox)
    assert rng.bit_generator.random_raw(2).tolist() == [4163686801451545934, 13799812482199491231]


def test_unknown_streams_and_negative_numbers_are_refused() -> None:
    with pytest.raises(ParameterError, match="did you mean 'price'"):
        generator(1, "prices")
    with pytest.raises(ParameterError, match="none negative"):
        generator(1, "price", block=-1)
    assert len(set(STREAMS.values())) == len(STREAMS)
