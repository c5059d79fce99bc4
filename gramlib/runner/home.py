"""A process without a home: a random user id that no passwd file knows, or a home folder that cannot be written.

Clusters start containers so. Jupyter, IPython, matplotlib, numba and Keras each keep something in the home folder and each
fails in its own way without one; getpass finds no name. So whatever of these is not set is put below the temporary folder.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

IN_PLACE_OF_HOME = {
    "XDG_CACHE_HOME": "cache",
    "MPLCONFIGDIR": "matplotlib",
    "IPYTHONDIR": "ipython",
    "JUPYTER_CONFIG_DIR": "jupyter/config",
    "JUPYTER_DATA_DIR": "jupyter/data",
    "JUPYTER_RUNTIME_DIR": "jupyter/runtime",
    "KERAS_HOME": "keras",
}


def home_environment(given: Mapping[str, str], folder: Path | None = None) -> dict[str, str]:
    """What `given` (an environment) lacks for want of a home; empty where the home folder can be written and the user has a name.

    `folder` is where it goes, by default one of this user in the temporary folder. Raises nothing: what cannot be made
    is left to the library that misses it.
    """
    found: dict[str, str] = {}
    if not any(given.get(name) for name in ("LOGNAME", "USER", "LNAME", "USERNAME")) and not _has_name():
        found["USER"] = str(os.getuid())
    home = Path(given.get("HOME") or os.path.expanduser("~"))
    if home.is_absolute() and home.is_dir() and os.access(home, os.W_OK | os.X_OK):
        return found
    top = folder or _own_folder()
    if not home.is_dir():  # one that is there may hold settings to be read
        found["HOME"] = str(top)
    found |= {name: str(top / inside) for name, inside in IN_PLACE_OF_HOME.items() if not given.get(name)}
    for name, place in found.items():
        if name != "USER":
            Path(place).mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def _own_folder() -> Path:
    """The same folder each time, unless somebody else has taken its name."""
    folder = Path(tempfile.gettempdir()) / f"gram-home-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder if folder.stat().st_uid == os.getuid() else Path(tempfile.mkdtemp(prefix="gram-home-"))


def _has_name() -> bool:
    import pwd

    try:
        pwd.getpwuid(os.getuid())
    except KeyError:
        return False
    return True
