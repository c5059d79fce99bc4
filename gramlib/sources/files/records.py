"""JSON to a grid: a list of objects or of lists, columns by name, a map from date to price, or one object a line."""

from __future__ import annotations

import json
from typing import Any

from gramlib.sources.files.encoding import decoded
from gramlib.sources.files.grid import Grid, refusal

PREFERRED = (
    "prices",
    "price",
    "data",
    "rates",
    "records",
    "result",
    "results",
    "observations",
    "values",
    "rows",
    "items",
)
LBMA_CURRENCIES = ("USD", "GBP", "EUR")
MOST_DEPTH = 8


def read_json(content: bytes, origin: str) -> Grid:
    """The grid in the JSON bytes `content`; nested values become columns with dotted names.

    Raises DataContractError for broken JSON and for JSON that holds no table.
    """
    text, _ = decoded(content, origin)
    try:
        parsed, lines = _parsed(text)
    except (ValueError, RecursionError) as error:
        raise refusal(f"broken JSON ({error!s:.100})", origin, "fetch or write it again") from error
    try:
        header, rows = _table(parsed)
    except RecursionError as error:
        raise refusal("JSON nested without end", origin) from error
    if not rows:
        raise refusal(
            "JSON without a list of dated values", origin, 'give a list of objects, such as [{"date": …, "price": …}]'
        )
    kind = "JSON, one record a line" if lines else "JSON records"
    if header:
        return Grid(origin, [header, *rows], list(range(len(rows) + 1)), kind, named=True)
    return Grid(origin, rows, list(range(1, len(rows) + 1)), kind)


def _parsed(text: str) -> tuple[Any, bool]:
    try:
        return json.loads(text), False
    except ValueError:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or not lines[0].lstrip().startswith(("{", "[")):
            raise
        try:
            return [json.loads(line) for line in lines], True
        except ValueError:
            pass
        raise


def _table(node: Any) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the best table within `node`; the header is empty where nothing names the columns."""
    if isinstance(node, dict) and isinstance(node.get("columns"), list) and isinstance(node.get("data"), list):
        return _split(node)
    parallel = _parallel(node)
    records = _longest(node, 0)
    if parallel and len(next(iter(parallel.values()))) >= len(records):
        return list(parallel), [[_text(value) for value in row] for row in zip(*parallel.values(), strict=True)]
    if not records and isinstance(node, dict):
        records = _mapped(node)
    if records and all(isinstance(record, dict) for record in records):
        flat = [_flat(record) for record in records]
        names = list(dict.fromkeys(name for record in flat for name in record))
        return _lbma(names), [[_text(record.get(name)) for name in names] for record in flat]
    lists = [record for record in records if isinstance(record, list)]
    if not lists:
        return [], []
    width = max(map(len, lists))
    if (
        lists[0]
        and all(isinstance(cell, str) for cell in lists[0])
        and not any(c.isdigit() for cell in lists[0] for c in cell)
    ):
        return [_text(cell) for cell in lists[0]], [[_text(cell) for cell in row] for row in lists[1:]]
    return [], [[_text(cell) for cell in row] + [""] * (width - len(row)) for row in lists]


def _split(node: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    header = [_text(name) for name in node["columns"]]
    rows = [[_text(cell) for cell in row] for row in node["data"] if isinstance(row, list)]
    index = node.get("index")
    if isinstance(index, list) and len(index) == len(rows):
        header, rows = ["index", *header], [[_text(label), *row] for label, row in zip(index, rows, strict=True)]
    return header, rows


def _longest(node: Any, depth: int) -> list[Any]:
    """The longest list of records below `node`; at one place a preferred name goes before length."""
    if depth > MOST_DEPTH:
        return []
    if isinstance(node, list):
        kinds = {type(item) for item in node}
        if (kinds and kinds <= {dict}) or kinds == {list}:
            return node
        return []
    if not isinstance(node, dict):
        return []
    found = {key: _longest(value, depth + 1) for key, value in node.items()}
    for key in PREFERRED:
        if found.get(key):
            return found[key]
    return max(found.values(), key=len, default=[])


def _parallel(node: Any) -> dict[str, list[Any]]:
    """Lists of plain values of one length below `node`, by the last part of their name: columns, as Yahoo writes them."""
    found: list[tuple[str, list[Any]]] = []

    def walk(value: Any, name: str, depth: int) -> None:
        if depth > MOST_DEPTH:
            return
        if isinstance(value, dict):
            if (
                len(value) > 1
                and all(str(key).isdigit() for key in value)
                and not any(isinstance(v, dict | list) for v in value.values())
            ):
                found.append((name, list(value.values())))
                return
            for key, item in value.items():
                walk(item, str(key), depth + 1)
        elif isinstance(value, list) and value:
            if not any(isinstance(item, dict | list) for item in value):
                found.append((name, value))
            elif len(value) == 1:
                walk(value[0], name, depth + 1)

    if isinstance(node, dict):
        walk(node, "", 0)
    length = max((len(values) for _, values in found), default=0)
    columns = {name: values for name, values in found if len(values) == length}
    return columns if len(columns) > 1 and length > 1 else {}


def _mapped(node: dict[str, Any]) -> list[Any]:
    """Records of a map whose keys are the dates; the largest such map below `node`."""
    own = [{"date": key, **(value if isinstance(value, dict) else {"price": value})} for key, value in node.items()
           if any(c.isdigit() for c in key) and (isinstance(value, dict) or _plain(value))]  # fmt: skip
    below = [_mapped(value) for value in node.values() if isinstance(value, dict)]
    return max([own, *below], key=len)


def _flat(record: dict[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, dict) and depth < MOST_DEPTH:
            flat |= _flat(value, f"{prefix}{key}.", depth + 1)
        elif isinstance(value, list) and len(value) <= 16:
            flat |= {f"{prefix}{key}.{place}": item for place, item in enumerate(value) if _plain(item)}
        elif _plain(value):
            flat[f"{prefix}{key}"] = value
    return flat


def _lbma(names: list[str]) -> list[str]:
    # The London fix as its administrator publishes it: {"d": date, "v": [USD, GBP, EUR]}.
    if {"d", "v.0", "v.1"} <= set(names):
        return [
            LBMA_CURRENCIES[int(name[2:])] if name[:2] == "v." and int(name[2:]) < 3 else {"d": "date"}.get(name, name)
            for name in names
        ]
    return names


def _plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, float) else str(value).strip()
