"""Addressed random numbers: same address, same numbers; neighbouring addresses, unrelated ones."""

from __future__ import annotations

import numpy as np
import pytest

from gramlib.errors import ParameterError
from gramlib.simulation.draws import MEMBERS, STREAMS, generator, normal, philox4x32, stream_number, uniform

PHILOX_VECTORS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
"""Counter, key and words as published with Random123 (kat_vectors, philox4x32, 10 rounds)."""


@pytest.mark.parametrize(("counter", "key", "words"), PHILOX_VECTORS)
def test_philox_gives_its_published_words(counter: tuple, key: tuple, words: tuple) -> None:
    assert philox4x32(counter, key) == words
    lanes = philox4x32(tuple(np.full(3, word, dtype=np.uint64) for word in counter), key)
    assert all((lane == word).all() for lane, word in zip(lanes, words, strict=True))


def test_a_uniform_is_the_word_of_its_index_at_the_middle_of_its_cell() -> None:
    words = philox4x32((5, 2, STREAMS["price"], 3), (7, 1))
    assert [uniform(7 + 2**32, "price", 5, index, 3) for index in (8, 9, 10, 11)] == [
        (word + 0.5) / 2**32 for word in words
    ]


def test_a_number_is_the_same_alone_and_among_any_number_of_paths() -> None:
    paths = np.arange(1000)
    for draw in (uniform, normal):
        for index in (0, 1, 2, 3, 253):
            together = draw(7, "custody", paths, index, 1, member=2)
            assert [draw(7, "custody", int(k), index, 1, member=2) for k in paths[::97]] == together[::97].tolist()
            assert (draw(7, "custody", paths[400:], index, 1, member=2) == together[400:]).all()


def test_every_part_of_the_address_matters() -> None:
    addresses = [(7, "price", 0, 1), (8, "price", 0, 1), (7 + 2**32, "price", 0, 1), (7, "custody", 0, 1),
                 (7, "price", 1, 1), (7, "price", 0, 2), (7, "price", 0, 5), (7, "price", 0, 1, 1),
                 (7, "custody", 0, 1, 0, 1)]  # fmt: skip
    assert len({uniform(*address) for address in addresses}) == len(addresses)
    assert len({normal(*address) for address in addresses}) == len(addresses)
    first = {generator(*address).random()
             for address in [(7, "price", 0, 0), (8, "price", 0, 0), (7, "custody", 0, 0), (7, "price", 1, 0),
                             (7, "price", 0, 1)]}  # fmt: skip
    assert len(first) == 5


def test_streams_days_and_neighbouring_paths_are_uncorrelated() -> None:
    """Largest of all pairwise correlations of 10,000 normals within 4.5 standard errors (0.045) of zero."""
    paths = np.arange(10_000)
    samples = [normal(2, stream, paths + shift, index, replicate)
               for stream in STREAMS for shift, index, replicate in
               ((0, 0, 0), (0, 1, 0), (0, 2, 0), (0, 4, 0), (0, 0, 1), (1, 0, 0))]  # fmt: skip
    correlations = np.corrcoef(samples) - np.eye(len(samples))
    assert np.abs(correlations).max() < 0.045


def test_normals_and_uniforms_have_their_moments() -> None:
    """Mean, variance and fourth moment of a million each, within 4.5 standard errors."""
    paths = np.arange(250_000)
    normals = np.concatenate([normal(2, "price", paths, index) for index in range(4)])
    uniforms = np.concatenate([uniform(2, "price_state", paths, index) for index in range(4)])
    assert abs(normals.mean()) < 4.5e-3 and abs((normals**2).mean() - 1.0) < 4.5 * 2**0.5 * 1e-3
    assert abs((normals**4).mean() - 3.0) < 4.5 * 96**0.5 * 1e-3
    assert abs(uniforms.mean() - 0.5) < 4.5 * 12**-0.5 * 1e-3
    assert uniforms.min() > 0.0 and uniforms.max() < 1.0


def test_a_generator_gives_the_same_numbers_whatever_else_was_drawn() -> None:
    alone = generator(7, "bootstrap", block=5).standard_normal(8)
    generator(7, "bootstrap", block=4).standard_normal(1000)
    assert (generator(7, "bootstrap", block=5).standard_normal(8) == alone).all()


def test_numbers_are_pinned() -> None:
    """Seeds promise the same tables on every machine: a change of these digits is a change of every result."""
    rng = generator(20261120, "price")
    assert isinstance(rng.bit_generator, np.random.Philox)
    assert rng.bit_generator.random_raw(2).tolist() == [4163686801451545934, 13799812482199491231]
    assert uniform(20261120, "price", 123_456, 252) == 0.507451860117726


def test_unknown_streams_members_and_numbers_out_of_range_are_refused() -> None:
    for draw in (generator, lambda seed, stream: uniform(seed, stream, 0, 1)):
        with pytest.raises(ParameterError, match="did you mean 'price'"):
            draw(1, "prices")
    with pytest.raises(ParameterError, match="member 4"):
        uniform(1, "custody", 0, 1, member=4)
    with pytest.raises(ParameterError, match="member 1"):
        uniform(1, "price", 0, 1, member=1)
    with pytest.raises(ParameterError, match="seed"):
        uniform(2**64, "price", 0, 1)
    with pytest.raises(ParameterError, match="none negative"):
        generator(1, "price", block=-1)
    for path, index in ((-1, 1), (2**32, 1), (0, -1), (np.array([0, -1]), 1), (np.array([2**32]), 1)):
        with pytest.raises(ParameterError, match="none negative"):
            uniform(1, "price", path, index)


def test_no_two_streams_share_a_number() -> None:
    numbers = [stream_number(stream, k) for stream in STREAMS for k in range(MEMBERS.get(stream, 1))]
    assert len(set(numbers)) == len(numbers)
    assert 4 not in numbers
