"""YAML read safely, strictly, and with the line every value stands on.

Three habits of YAML 1.1 are switched off, because each turns a slip into a number nobody meant:
`on`/`off`/`yes`/`no` stay words, `010` and `1:30` stay text, dates stay text. `1e-3` is a number.
Duplicate keys, dotted keys, tabs, custom tags and aliases are refused with file and line (yaml_nodes.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from gramlib.errors import ParameterError
from gramlib.params.suggest import did_you_mean
from gramlib.params.yaml_nodes import build, compose, line_of
from gramlib.readable import readable


@readable
@dataclass(frozen=True)
class Located:
    """A YAML file as plain dicts and lists, with the line of every key.

    `lines` maps dotted keys (list items as `key.0`) to line numbers from 1; `shown` is the file's name
    in messages.
    """

    values: dict[str, Any]
    lines: dict[str, int]
    shown: str
    path: Path = field(default_factory=Path)

    def where(self, key: str = "") -> str:
        """`file:line` of the dotted `key`, or of its nearest parent that stands in the file."""
        while key and key not in self.lines:
            key = key.rpartition(".")[0]
        return f"{self.shown}:{self.lines[key]}" if key else self.shown


def load_yaml(path: str | Path, shown: str = "") -> Located:
    """Read the YAML mapping in `path`; `shown` is its name in messages (default: relative to the current folder).

    Raises ParameterError (with file:line) when the file is missing, empty, not UTF-8, not a mapping, or holds
    a tab, a key twice, a key that is not a word or has a dot, an alias or a tag.
    """
    path = Path(path)
    shown = shown or shown_path(path, Path.cwd())
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        near = did_you_mean(path.name, [p.name for p in path.parent.glob("*.y*ml")]) if path.parent.is_dir() else ""
        raise ParameterError(
            f"{shown}: there is no such file{near}", expected="a YAML file", remedy="check the path"
        ) from None
    except OSError as error:
        raise ParameterError(
            f"{shown}: cannot be read ({' '.join(str(error).split())})", expected="a YAML file", remedy="check the path"
        ) from error
    except UnicodeDecodeError as error:
        raise _not_utf8(shown, error.object, error.start) from None
    if "\0" in text:  # UTF-16 without its mark
        raise _not_utf8(shown, text.encode(), text.encode().index(0))
    return parse_yaml(text, shown, path)


def parse_yaml(text: str, shown: str, path: Path | None = None) -> Located:
    """Same as `load_yaml` for text already in hand."""
    lines: dict[str, int] = {}
    node, loader = compose(text, shown)
    if node is None:
        raise ParameterError(f"{shown}: the file is empty", expected="a mapping of names to values", origin=shown)
    if not isinstance(node, yaml.MappingNode):
        kind = "a list" if isinstance(node, yaml.SequenceNode) else "a single value"
        raise ParameterError(f"{shown}:{line_of(node)}: {kind} at the top", expected="a mapping of names to values")
    values = build(node, "", lines, shown, loader, set())
    return Located(values, lines, shown, path or Path(shown))


def parse_scalar(text: str, shown: str) -> Any:
    """A value as it would stand after `key:` in a file; `shown` names its origin in messages."""
    node, loader = compose(text, shown)
    return None if node is None else build(node, "", {}, shown, loader, set())


def shown_path(path: Path, base: Path) -> str:
    """`path` as messages and records name it: relative to `base` where it lies below it."""
    path, base = path.absolute(), base.absolute()
    return path.relative_to(base).as_posix() if path.is_relative_to(base) else str(path)


def _not_utf8(shown: str, content: bytes, at: int) -> ParameterError:
    where = f"{shown}:{content.count(10, 0, at) + 1}"
    return ParameterError(
        f"{where}: cannot be read (byte 0x{content[at]:02x} is no part of a text in UTF-8)",
        expected="a YAML file in UTF-8", origin=where, remedy="save it as UTF-8",
    )  # fmt: skip
