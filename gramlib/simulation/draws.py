"""The only random numbers of the workbench, each at an address of its own.

    uniform, normal   one number at (seed, stream, path, index, replicate), index being the day unless a user says other:
                      what price paths and random drivers are made of. Nothing has to be drawn before it.
    generator         a NumPy generator at (seed, stream, block, replicate), for training, the bootstrap, and price models
                      outside the kernel

The same address gives the same number on any machine, in any order, in the reference engine and in the kernel, for any
number of paths, threads or shards. So a driver that is switched off moves no other draw, path 123,456 can be looked at
alone, and a policy re-run meets the same fate as the run before (common random numbers).

Both rest on Philox (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11), a cipher of the address: one
number is Philox4x32-10 of

    counter = (path, index // 4, stream, replicate)    key = (low, high half of the seed)    word = index % 4

and the uniform is (word + 1/2) 2**-32, inside (0, 1) and exact. Normals come by Box and Muller's formula from words 0
and 1, and from words 2 and 3, so that every index has one. `generator` is numpy's Philox4x64-10, whose key is derived from
the address by numpy's SeedSequence, so that neighbouring addresses share nothing.
"""

from __future__ import annotations

from typing import Any, overload

import numpy as np

from gramlib.errors import ParameterError
from gramlib.params.suggest import did_you_mean

STREAMS = {
    "price": 1,
    "confidence": 2,
    "squeeze": 3,
    # 4 was a stream of custody losses
    "training": 5,
    "bootstrap": 6,
    "price_state": 7,
    "price_jump": 8,
    "price_jump_size": 9,
    "confidence_days": 10,
    "operations": 11,
    "operations_days": 12,
    "cyber": 13,
    "cyber_size": 14,
    "lease": 15,
    "custody": 16,
    "custody_size": 20,
    "custody_days": 24,
    "custody_freeze": 28,
    "bank": 32,
    "bank_days": 36,
    "holders": 48,
}
"""Number of each stream in the address. A number once used is never given to another stream."""

MEMBERS = {
    "custody": 4,
    "custody_size": 4,
    "custody_days": 4,
    "custody_freeze": 4,
    "bank": 4,
    "bank_days": 4,
    "holders": 10,
}
"""Streams that stand for several (custodians, banks, holders): member k has the number of the stream plus k."""

_WORD = 0xFFFFFFFF
_MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
_KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
_ROUNDS = 10


def philox4x32(counter: tuple, key: tuple[int, int]) -> tuple:
    """The four words of Philox4x32-10; each word of `counter` an int below 2**32, or a uint64 array of such."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(_ROUNDS):
        first, second = _MULTIPLIERS[0] * c0, _MULTIPLIERS[1] * c2
        c0, c1, c2, c3 = (second >> 32) ^ c1 ^ k0, second & _WORD, (first >> 32) ^ c3 ^ k1, first & _WORD
        k0, k1 = (k0 + _KEY_STEPS[0]) & _WORD, (k1 + _KEY_STEPS[1]) & _WORD
    return c0, c1, c2, c3


def key_of(seed: int) -> tuple[int, int]:
    """Key of Philox4x32: the low and the high half of `seed`. Raises ParameterError unless 0 <= seed < 2**64."""
    if not 0 <= seed < 2**64:
        raise ParameterError(f"seed {seed}", expected="from 0 to 2**64 - 1", origin="gramlib/simulation/draws.py")
    return seed & _WORD, seed >> 32


def stream_number(stream: str, member: int = 0) -> int:
    """Number of `stream` in the address, or of its `member`. Raises ParameterError for one that there is not."""
    if stream not in STREAMS:
        raise ParameterError(f"unknown random stream {stream!r}{did_you_mean(stream, STREAMS)}",
                             expected=f"one of {', '.join(STREAMS)}", origin="gramlib/simulation/draws.py")  # fmt: skip
    if not 0 <= member < MEMBERS.get(stream, 1):
        raise ParameterError(f"member {member} of random stream {stream!r}",
                             expected=f"from 0 to {MEMBERS.get(stream, 1) - 1}", origin="gramlib/simulation/draws.py")  # fmt: skip
    return STREAMS[stream] + member


def words(seed: int, stream: str, path: int | np.ndarray, four: int, replicate: int = 0, member: int = 0) -> tuple:
    """The words of indices 4 `four` to 4 `four` + 3, each an int, or a uint64 array where `path` is an array."""
    if isinstance(path, np.ndarray):
        path = path.astype(np.uint64)
        lowest, highest = int(path.min(initial=0)), int(path.max(initial=0))
    else:
        lowest = highest = path = int(path)
    if min(lowest, four, replicate) < 0 or max(highest, four, replicate) > _WORD:
        raise ParameterError(f"path {lowest} to {highest}, index {4 * four}, replicate {replicate}",
                             expected="none negative, and each below 2**32", origin="gramlib/simulation/draws.py")  # fmt: skip
    return philox4x32((path, int(four), stream_number(stream, member), int(replicate)), key_of(int(seed)))


@overload
def uniform(seed: int, stream: str, path: int, index: int, replicate: int = 0, member: int = 0) -> float: ...
@overload
def uniform(
    seed: int, stream: str, path: np.ndarray, index: int, replicate: int = 0, member: int = 0
) -> np.ndarray: ...
def uniform(
    seed: int, stream: str, path: int | np.ndarray, index: int, replicate: int = 0, member: int = 0
) -> float | np.ndarray:
    """The uniform in (0, 1) at this address; an array where `path` is an array (n,) of path numbers.

    `seed` is the run's; `stream` one of `STREAMS`, with `member` counting custodians, banks or holders; `index` the day;
    `replicate` keeps apart sets that must not share draws, such as two books. Raises ParameterError for an unknown
    stream or member, a negative number or one too large for its place in the address.
    """
    return uniform_of(words(seed, stream, path, index // 4, replicate, member), index % 4)


@overload
def normal(seed: int, stream: str, path: int, index: int, replicate: int = 0, member: int = 0) -> float: ...
@overload
def normal(seed: int, stream: str, path: np.ndarray, index: int, replicate: int = 0, member: int = 0) -> np.ndarray: ...
def normal(
    seed: int, stream: str, path: int | np.ndarray, index: int, replicate: int = 0, member: int = 0
) -> float | np.ndarray:
    """The standard normal at this address, as `uniform`; it uses the two uniforms of its pair of indices."""
    return normal_of(words(seed, stream, path, index // 4, replicate, member), index % 4)


def uniform_of(four_words: tuple, k: int) -> Any:
    """Uniform of word `k`, 0 to 3, of `words`."""
    return (four_words[k] + 0.5) * 2.0**-32


def normal_of(four_words: tuple, k: int) -> Any:
    """Standard normal of word `k`, 0 to 3, of `words`."""
    pair = k // 2 * 2
    radius = np.sqrt(-2.0 * np.log(uniform_of(four_words, pair)))
    angle = 2.0 * np.pi * uniform_of(four_words, pair + 1)
    value = radius * (np.sin(angle) if k % 2 else np.cos(angle))
    return value if isinstance(value, np.ndarray) else float(value)


def generator(seed: int, stream: str, block: int = 0, replicate: int = 0) -> np.random.Generator:
    """The NumPy generator at this address: for draws whose number is not known beforehand.

    `seed` is the run's; `stream` one of `STREAMS`; `block` counts what is drawn apart; `replicate` keeps apart sets that
    must not share draws. Raises ParameterError for an unknown stream or a negative number.
    """
    number = stream_number(stream)
    if min(seed, block, replicate) < 0:
        raise ParameterError(f"seed {seed}, block {block}, replicate {replicate}", expected="none negative",
                             origin="gramlib.simulation.draws.generator")  # fmt: skip
    address = np.random.SeedSequence(seed, spawn_key=(number, block, replicate))
    return np.random.Generator(np.random.Philox(address))
