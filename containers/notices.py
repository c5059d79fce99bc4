"""Writes the third-party notices of an environment from what its packages say of themselves: python notices.py > FILE.

Each package is named with its version, licence and home page, followed by every licence and notice file it ships; the
libraries compiled into a wheel are named in these. Ends with 1 where a package names no licence at all.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions

HEAD = """\
This image holds the Gram workbench (MIT, /work/LICENSE) and the packages below, each under its own licence.
What belongs to the base system says so in /usr/share/doc/*/copyright.
"""
LICENCE_FILES = ("LICEN", "COPYING", "NOTICE", "COPYRIGHT")


def licence(package: Distribution) -> str:
    """The licence a package states, or an empty text."""
    said = package.metadata
    named = [line.split(" :: ")[-1] for line in said.get_all("Classifier", []) if line.startswith("License ::")]
    stated = said.get("License-Expression") or "; ".join(named)
    return stated or (said.get("License") or "").strip().split("\n")[0]


def texts(package: Distribution) -> Iterator[tuple[str, str]]:
    """Name and text of each licence file a package ships."""
    for file in package.files or []:
        if file.name.upper().startswith(LICENCE_FILES) and not file.name.endswith((".py", ".pyc")):
            path = package.locate_file(file)
            try:
                yield str(file), path.read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue  # trimmed together with the tests it stood among


def entry(package: Distribution) -> str:
    """One package's part of the notices."""
    said = package.metadata
    pages = [line.split(", ", 1)[-1] for line in said.get_all("Project-URL", [])]
    home = said.get("Home-page") or (pages[0] if pages else "")
    shipped = list(texts(package))
    stated = licence(package) or ("as in the text below" if shipped else "")
    lines = [f"{'=' * 100}\n{package.name} {package.version}\nLicence: {stated or 'NONE STATED'}\n{home}\n"]
    lines += [f"{'-' * 40} {name}\n\n{text.strip()}\n" for name, text in shipped]
    return "\n".join(lines)


def main() -> None:
    """Print the notices of the environment this runs in."""
    found = sorted(distributions(), key=lambda package: package.name.lower())
    entries = {package.name: entry(package) for package in found}
    sys.stdout.write("\n".join([HEAD, *entries.values()]))
    if unstated := [name for name, text in entries.items() if "Licence: NONE STATED" in text]:
        sys.exit(f"no licence is stated by {', '.join(unstated)}: look it up before shipping this image")


if __name__ == "__main__":
    main()
