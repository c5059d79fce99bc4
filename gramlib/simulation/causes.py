"""What a failure is put down to: every name, with the code that per-path results carry.

`failures` (on a ledger) and the kernel's judge name the same causes; the code of a cause is its place in `CAUSES`, and
new causes are added at the end. A redemption or a secondary sale also carries the module that drove it: the largest
term of the intensity x (E6).
"""

from __future__ import annotations

from gramlib.simulation.day import BRIDGE

NO_CAUSE = ""
OPENING = "opening position"

MODULES = (
    "base rate", "confidence event", "discount", "queue", "shortfall of coverage", "fall of gold", "large holders",
)  # fmt: skip
"""What drives redemptions."""

GIVEN_RUN = "given run"
"""The same, where a run is given from outside; its causes stand at the end, as whatever was added later."""

REDEMPTIONS = tuple(f"redemptions: {module}" for module in MODULES)
SECONDARY_SALES = tuple(f"secondary sales: {module}" for module in MODULES)

CAUSES: tuple[str, ...] = (
    NO_CAUSE,
    OPENING,
    *(cause for _, cause in BRIDGE.values()),
    "gold sold for the queue",
    "price of the queue",
    "futures margin",
    "discount of the day before",
    *REDEMPTIONS,
    *SECONDARY_SALES,
    "weekend sales",
    "bank failure: cash frozen",
    f"redemptions: {GIVEN_RUN}",
    f"secondary sales: {GIVEN_RUN}",
    "discount shock",
)
"""Every cause by its code."""

CODE = {cause: code for code, cause in enumerate(CAUSES)}
"""Code of each cause."""
