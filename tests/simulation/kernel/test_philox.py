"""The kernel's draws: Philox's published words, and at any address the numbers of `draws`."""

from __future__ import annotations

import numpy as np
import pytest

from gramlib.errors import ParameterError
from gramlib.simulation.draws import normal, stream_number, uniform
from gramlib.simulation.kernel.lanes import LANES, entry
from gramlib.simulation.kernel.philox import FOUR_DAYS, key_words, normals, philox4x32, uniforms


@entry
def _words(numbers: np.ndarray, out: np.ndarray) -> None:
    """Words of the counter and key in `numbers` (6,)."""
    out[0], out[1], out[2], out[3] = philox4x32(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5])


@entry
def _draw(uniform_out: np.ndarray, normal_out: np.ndarray, key: tuple, four: int, stream: int, replicate: int,
          first_path: int) -> None:  # fmt: skip
    uniforms(uniform_out[0], key, four, stream, replicate, first_path)
    normals(normal_out[0], key, four, stream, replicate, first_path)


@pytest.mark.parametrize(("numbers", "words"), [
    ((0,) * 6, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 6, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0),
     (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)),
])  # fmt: skip
def test_philox_gives_its_published_words(numbers: tuple, words: tuple) -> None:
    out = np.zeros(4, np.uint64)
    _words(np.array(numbers, np.uint64), out)
    assert tuple(out.tolist()) == words


def test_draws_at_random_addresses_are_those_of_the_reference() -> None:
    rng = np.random.default_rng(3)
    uniform_out, normal_out = np.zeros(1, FOUR_DAYS), np.zeros(1, FOUR_DAYS)
    for _ in range(50):
        seed, four, replicate = int(rng.integers(2**63)), int(rng.integers(2**20)), int(rng.integers(2**32))
        stream, member = ("price", 0) if rng.random() < 0.5 else ("holders", int(rng.integers(10)))
        first_path = int(rng.choice([0, 1, 123_456, 2**32 - LANES]))
        _draw(uniform_out, normal_out, key_words(seed), four, stream_number(stream, member), replicate, first_path)
        paths = first_path + np.arange(LANES)
        for k in range(4):
            address = (seed, stream, paths, 4 * four + k, replicate, member)
            assert (uniform_out["day"][0, k, :LANES] == uniform(*address)).all()
            np.testing.assert_allclose(normal_out["day"][0, k, :LANES], normal(*address), rtol=1e-14, atol=1e-14)


def test_a_seed_out_of_range_is_refused() -> None:
    assert key_words(2**64 - 1) == (0xFFFFFFFF, 0xFFFFFFFF)
    with pytest.raises(ParameterError):
        key_words(-1)
