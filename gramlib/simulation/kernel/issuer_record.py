"""The issuer as the kernel reads it: the sections of `params.issuer` as one record of numbers, names unchanged.

`issuer.redemption.a0` means the same in Python and in the kernel. Numbers become float64, whole numbers int64,
switches bool; a list of shares becomes MAX_SHARES numbers, padded with 0, and `n_shares` beside it. A number that is not
set (no gate) is infinite. Words are left out, but for `usd_peg` and `terms.principal`, which say what they choose.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gramlib.params.fields import Section
from gramlib.params.issuer import Issuer

MAX_SHARES = 4
"""Most custodians, and most banks."""


def record_dtype(section: Section) -> np.dtype:
    """The record of a section, sections within it nested; made from its values, the types of which are its fields'."""
    fields: list[tuple[Any, ...]] = []
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, Section):
            fields.append((name, record_dtype(value)))
        elif isinstance(value, list):
            fields += [(name, "f8", (MAX_SHARES,)), (f"n_{name}", "i8")]
        elif isinstance(value, bool):
            fields.append((name, "?"))
        elif isinstance(value, int):
            fields.append((name, "i8"))
        elif isinstance(value, float) or value is None:
            fields.append((name, "f8"))
        elif name == "peg":
            fields.append(("usd_peg", "?"))
        elif name == "mode":
            fields.append(("principal", "?"))
    return np.dtype(fields, align=True)


ISSUER = record_dtype(Issuer())
"""The record of an issuer; the kernel takes an array of one."""


def issuer_record(issuer: Issuer) -> np.ndarray:
    """`issuer` as an array (1,) of `ISSUER`."""
    record = np.zeros(1, ISSUER)
    _fill(record[0], issuer)
    return record


def _fill(record: Any, section: Section) -> None:
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, Section):
            _fill(record[name], value)
        elif isinstance(value, list):
            record[name][: len(value)] = value
            record[f"n_{name}"] = len(value)
        elif isinstance(value, (bool, int, float)):
            record[name] = value
        elif value is None:
            record[name] = np.inf
        elif name == "peg":
            record["usd_peg"] = value == "usd"
        elif name == "mode":
            record["principal"] = value == "principal"
