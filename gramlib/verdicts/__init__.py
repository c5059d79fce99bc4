"""Pass, watch or fail: figures against the limits of a profile.

    profile     limits from params/profiles/<id>.yaml, each with source, date and whether it was checked
    judgement   the rules, as truth tables, and the overall verdict
    wording     each finding as a sentence made from its numbers

Reading a profile needs neither numpy nor pandas; judging loads them when used.
"""

from __future__ import annotations

from typing import Any

from gramlib.verdicts.profile import Profile, list_profiles, load_profile

__all__ = ["Profile", "list_profiles", "load_profile", "overall", "verdicts_table"]


def __getattr__(name: str) -> Any:
    if name in ("overall", "verdicts_table"):
        from gramlib.verdicts import judgement

        return getattr(judgement, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
