"""The only random numbers of the workbench, each stream with an address.

A generator is addressed by (seed, stream, block, replicate): the same address gives the same numbers on any
machine, in any order, whatever else was drawn. So a driver that is switched off moves no other draw, block 7 can be
computed without blocks 0 to 6, and a policy re-run meets the same fate as the run before (common random numbers).

The generator is numpy's Philox4x64-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11): a
counter-based cipher whose streams do not overlap, because the address is its key, not a jump ahead in one sequence.
The key is derived from the address by numpy's SeedSequence, so that neighbouring addresses share nothing.
"""

from __future__ import annotations

import numpy as np

from gramlib.errors import ParameterError
from gramlib.params.suggest import did_you_mean

STREAMS = {
    "price": 1,
    "confidence": 2,
    "squeeze": 3,
    "custody": 4,
    "training": 5,
    "bootstrap": 6,
}
"""Number of each stream in the address. A number once used is never given to another stream."""


def generator(seed: int, stream: str, block: int = 0, replicate: int = 0) -> np.random.Generator:
    """The generator at this address.

    `seed` is the run's; `stream` one of `STREAMS`; `block` counts blocks of paths (or custodians within one, as the
    user documents); `replicate` keeps apart sets that must not share draws, such as two books.
    Raises ParameterError for an unknown stream or a negative number.
    """
    if stream not in STREAMS:
        raise ParameterError(f"unknown random stream {stream!r}{did_you_mean(stream, STREAMS)}",
                             expected=f"one of {', '.join(STREAMS)}", origin="gramlib/simulation/draws.py")  # fmt: skip
    if min(seed, block, replicate) < 0:
        raise ParameterError(f"seed {seed}, block {block}, replicate {replicate}", expected="none negative",
                             origin="gramlib.simulation.draws.generator")  # fmt: skip
    address = np.random.SeedSequence(seed, spawn_key=(STREAMS[stream], block, replicate))
    return np.random.Generator(np.random.Philox(address))
