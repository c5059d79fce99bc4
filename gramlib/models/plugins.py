"""Price models of other packages: entry points of the group gramlib.models, each a class as `protocol` describes it.

Loading one looks at its shape alone; `require_protocol` runs the checklist of `checking`, which takes a fit or two, and is what
stage train asks for before it judges the model. What later stages do with it rests on a train stage with the same files.
"""

from __future__ import annotations

import threading
from importlib import import_module
from typing import Any

from gramlib.models.checking import check_model, missing_parts
from gramlib.models.protocol import Forecaster
from gramlib.params.plugins import MODELS, PlugIn, usable

_PASSED: set[tuple[PlugIn, str, type]] = set()
_GUARD = threading.Lock()


def plugged_in(name: str) -> type[Forecaster] | None:
    """The model class that an installed package adds as `name`, None where there is none.

    Raises ParameterError, naming package and entry point, for one that cannot be imported or is no model.
    """
    found = usable(MODELS).get(name)
    return imported(found) if found else None


def imported(found: PlugIn) -> type[Forecaster]:
    """The class behind an entry point; raises ParameterError where it cannot be imported or lacks a part of the protocol."""
    module, _, attribute = found.target.partition(":")
    try:
        model: Any = import_module(module)
        for part in attribute.split("."):
            model = getattr(model, part)
    except Exception as error:  # another package's code: whatever it raises, the others go on
        raise found.error(f"it cannot be imported ({type(error).__name__}: {error})") from error
    lacking = missing_parts(model)
    if lacking:
        raise found.error(f"it has no {', no '.join(lacking)}", "a class as gramlib.models.protocol describes it")
    if model.name != found.name:
        raise found.error(f"the model calls itself {model.name!r}", f"name = {found.name!r}, as the entry point says")
    kind: type[Forecaster] = model
    return kind


def require_protocol(name: str) -> None:
    """Run the checklist on the plug-in `name`, once a process and version of its files; a built-in model needs none.

    Raises ParameterError with the first check that it breaks.
    """
    found = usable(MODELS).get(name)
    if found is None:
        return
    key = (found, found.files_sha256(), imported(found))
    with _GUARD:
        if key in _PASSED:
            return
        table = check_model(key[2])
        broken = table[~table["ok"]]
        if len(broken):
            first = broken.iloc[0]
            more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
            said = f"it breaks the protocol, {first['check']}: {first['found']}{more}"
            raise found.error(said, str(first["expected"]))
        _PASSED.add(key)
