"""The draws of `simulation.draws` for a block of lanes: the same addresses, the same numbers.

A call makes the numbers of four days (indices 4 `four` to 4 `four` + 3) of one stream for LANES paths in a row, into
the fields of a record of dtype `FOUR_DAYS`:

    uniforms(out, key, four, stream, replicate, first_path)   out.day[k, i]: uniform of path first_path + i, index 4 four + k
    normals(out, key, four, stream, replicate, first_path)    the same addresses as standard normals

Uniforms equal those of `draws` to the bit, normals to rounding. The words of the cipher are 32 bits wide and held in 64:
that is the width of the product of two of them and of all other columns, so a loop keeps to one width of vector.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gramlib.simulation.draws import key_of
from gramlib.simulation.kernel.lanes import LANES, inlined, jitted, rows
from gramlib.simulation.kernel.maths import normal_pair, uniform_of

FOUR_DAYS = np.dtype(rows(4, "day"))
"""Draws of one stream on four days, row k for index 4 four + k."""

Key = tuple[np.uint64, np.uint64]

_WORD = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_KEY_STEP_0 = np.uint64(0x9E3779B9)
_KEY_STEP_1 = np.uint64(0xBB67AE85)


def key_words(seed: int) -> Key:
    """Key of the run's seed, as the functions below take it. Raises ParameterError for a seed out of range."""
    low, high = key_of(seed)
    return np.uint64(low), np.uint64(high)


@inlined
def philox4x32(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:
    """Philox4x32-10 of one counter: four words, each a u64 below 2**32."""
    for _ in range(10):
        # The products are of the low halves; the mask costs nothing, since the vector instruction reads those alone.
        first = (c0 & _WORD) * _MULTIPLIER_0
        second = (c2 & _WORD) * _MULTIPLIER_1
        c0, c1 = (second >> _HALF) ^ c1 ^ k0, second
        c2, c3 = (first >> _HALF) ^ c3 ^ k1, first
        c1, c3 = c1 & _WORD, c3 & _WORD
        k0, k1 = (k0 + _KEY_STEP_0) & _WORD, (k1 + _KEY_STEP_1) & _WORD
    return c0, c1, c2, c3


@jitted
def uniforms(out: Any, key: Key, four: int, stream: int, replicate: int, first_path: int) -> None:
    """Uniforms of four days of LANES paths (see top)."""
    c0, c1, c2, c3 = np.uint64(first_path), np.uint64(four), np.uint64(stream), np.uint64(replicate)
    k0, k1 = key
    for i in range(LANES):
        w0, w1, w2, w3 = philox4x32(c0 + np.uint64(i), c1, c2, c3, k0, k1)
        out.day[0, i] = uniform_of(w0)
        out.day[1, i] = uniform_of(w1)
        out.day[2, i] = uniform_of(w2)
        out.day[3, i] = uniform_of(w3)


@jitted
def normals(out: Any, key: Key, four: int, stream: int, replicate: int, first_path: int) -> None:
    """Standard normals of four days of LANES paths (see top)."""
    c0, c1, c2, c3 = np.uint64(first_path), np.uint64(four), np.uint64(stream), np.uint64(replicate)
    k0, k1 = key
    for i in range(LANES):
        w0, w1, w2, w3 = philox4x32(c0 + np.uint64(i), c1, c2, c3, k0, k1)
        z0, z1 = normal_pair(uniform_of(w0), uniform_of(w1))
        z2, z3 = normal_pair(uniform_of(w2), uniform_of(w3))
        out.day[0, i] = z0
        out.day[1, i] = z1
        out.day[2, i] = z2
        out.day[3, i] = z3
