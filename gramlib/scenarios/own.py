"""A scenario written as text in a notebook, put where every run finds it: params/scenarios/<id>.yaml."""

from __future__ import annotations

import re
from pathlib import Path

from gramlib.errors import ParameterError
from gramlib.scenarios.catalogue import load_scenarios
from gramlib.scenarios.scenario import Scenario
from gramlib.store import atomic

MARK = "# Written by hand in a notebook; gram list scenarios shows it, removing the file removes it.\n"
_ID = re.compile(r"^id:\s*([A-Za-z][A-Za-z0-9_]{0,40})\s*$", re.MULTILINE)


def write_scenario(text: str, root: Path) -> Scenario:
    """Write the YAML `text` of one scenario into `root`/params/scenarios and read it back; returns the scenario.

    Writing it again replaces it; a scenario that was not written here is never touched. Raises ParameterError, with the line,
    for text that is no scenario: nothing is then left behind.
    """
    named = _ID.search(text)
    if named is None:
        raise ParameterError(
            "the scenario has no line such as `id: my_squeeze`",
            expected="letters, digits and underscores, beginning with a letter",
            origin="the scenario's text",
        )
    path = root / "params" / "scenarios" / f"{named[1]}.yaml"
    before = path.read_text(encoding="utf-8") if path.exists() else None
    if before is not None and not before.startswith(MARK):
        raise ParameterError(
            f"there is a scenario {named[1]} that was not written here",
            expected="an id of its own",
            origin=str(path),
            remedy="choose another id",
        )
    atomic.write_text(path, MARK + text.lstrip())
    try:
        return load_scenarios([named[1]], root)[0]
    except ParameterError:
        if before is None:
            path.unlink()
        else:
            atomic.write_text(path, before)
        raise
