"""Names that the workbench itself gives to models and sources: no other package may take them.

They stand here by name alone, because parameters are validated before anything heavy is imported; tests hold them equal to
the registries of gramlib.models and gramlib.sources.
"""

from __future__ import annotations

MODEL_NAMES = (
    "fhs",
    "garch_t",
    "gjr_t",
    "garch_skewt",
    "gjr_skewt",
    "egarch_t",
    "egarch_skewt",
    "bootstrap",
    "regime",
    "regime3",
    "jump",
    "network",
    "ensemble",
)
FORECASTER_NAMES = ("quantreg", "boosted")
"""Scored beside the others; they generate no paths."""

BASELINE_NAMES = ("hs", "hs_age")
"""Scored in every comparison, whatever the run file names."""

SOURCE_NAMES = ("sample", "file", "online")
