"""YAML read safely, strictly, and with the line every value stands on.

Three habits of YAML 1.1 are switched off, because each turns a slip into a number nobody meant:
`on`/`off`/`yes`/`no` stay words, `010` and `1:30` stay text, dates stay text. `1e-3` is a number.
Duplicate keys, tabs, custom tags and aliases are refused with file and line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from gramlib.errors import ParameterError
from gramlib.params.suggest import did_you_mean

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Base):
    """Safe loader with the short list of plain scalars above."""

    yaml_implicit_resolvers: dict = {}  # noqa: RUF012 - the name and type PyYAML looks for


_PLAIN_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null")}
_DEEPEST = 40
_DIGITS = r"[0-9][0-9_]*"
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(0|[1-9][0-9_]*)", "-+0123456789"),
    (
        "float",
        rf"[-+]?({_DIGITS}\.[0-9_]*|\.{_DIGITS}|{_DIGITS}(?=[eE]))([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+.0123456789",
    ),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
):
    _StrictLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first))


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
    a tab, a key twice, a key that is not a word, an alias or a tag.
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
    except (OSError, UnicodeDecodeError) as error:
        raise ParameterError(
            f"{shown}: cannot be read ({_plain(error)})", expected="a YAML file in UTF-8", remedy="check the path"
        ) from error
    return parse_yaml(text, shown, path)


def parse_yaml(text: str, shown: str, path: Path | None = None) -> Located:
    """Same as `load_yaml` for text already in hand."""
    lines: dict[str, int] = {}
    node, loader = _compose(text, shown)
    if node is None:
        raise ParameterError(f"{shown}: the file is empty", expected="a mapping of names to values", origin=shown)
    if not isinstance(node, yaml.MappingNode):
        kind = "a list" if isinstance(node, yaml.SequenceNode) else "a single value"
        raise ParameterError(f"{shown}:{_line(node)}: {kind} at the top", expected="a mapping of names to values")
    values = _build(node, "", lines, shown, loader, set())
    return Located(values, lines, shown, path or Path(shown))


def parse_scalar(text: str, shown: str) -> Any:
    """A value as it would stand after `key:` in a file; `shown` names its origin in messages."""
    node, loader = _compose(text, shown)
    return None if node is None else _build(node, "", {}, shown, loader, set())


def shown_path(path: Path, base: Path) -> str:
    """`path` as messages and records name it: relative to `base` where it lies below it."""
    path, base = path.absolute(), base.absolute()
    return path.relative_to(base).as_posix() if path.is_relative_to(base) else str(path)


def _compose(text: str, shown: str) -> tuple[yaml.Node | None, Any]:
    try:
        _refuse_deep_nesting(text, shown)
        loader = _StrictLoader(text)
        return loader.get_single_node(), loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or _plain(error)
        at_tab = mark is not None and "\t" in [*text.splitlines(), ""][mark.line]
        raise ParameterError(
            f"{shown}{line}: {'a tab where YAML wants spaces' if at_tab else f'not valid YAML: {problem}'}",
            expected="YAML: names, a colon, a space, a value; blocks indented by spaces",
            origin=f"{shown}{line}",
            remedy="replace the tab by spaces" if at_tab else "mend this line or the one before it",
        ) from None


def _refuse_deep_nesting(text: str, shown: str) -> None:
    # libyaml's composer recurses without a guard and takes the interpreter down with it; its event parser does not.
    depth = 0
    for event in yaml.parse(text, Loader=_StrictLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            line = event.start_mark.line + 1
            raise ParameterError(f"{shown}:{line}: nested more than {_DEEPEST} deep", expected="a few levels")


def _build(node: yaml.Node, key: str, lines: dict[str, int], shown: str, loader: Any, seen: set[int]) -> Any:
    where = f"{shown}:{_line(node)}"
    if id(node) in seen:
        raise ParameterError(
            f"{shown}:{lines.get(key, _line(node))}: an alias (*name)",
            expected="plain values",
            remedy="write the value out",
        )
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        made: dict[str, Any] = {}
        for key_node, value_node in node.value:
            name = _key(key_node, shown)
            dotted = f"{key}.{name}" if key else name
            if name in made:
                raise ParameterError(
                    f"{shown}:{_line(key_node)}: {dotted} stands twice, first on line {lines[dotted]}",
                    expected="each name once",
                    origin=f"{shown}:{_line(key_node)}",
                    remedy="remove one of the two",
                )
            lines[dotted] = _line(key_node)
            made[name] = _build(value_node, dotted, lines, shown, loader, seen)
        return made
    if isinstance(node, yaml.SequenceNode):
        items = []
        for index, item in enumerate(node.value):
            lines[f"{key}.{index}"] = _line(item)
            items.append(_build(item, f"{key}.{index}", lines, shown, loader, seen))
        return items
    if node.tag not in _PLAIN_TAGS:
        raise ParameterError(f"{where}: the tag {node.tag}", expected="plain values", remedy="remove the tag")
    try:
        return loader.construct_object(node)
    except (yaml.YAMLError, ValueError) as error:
        raise ParameterError(f"{where}: {node.value!r} cannot be read ({_plain(error)})", expected="a value") from None


def _key(node: yaml.Node, shown: str) -> str:
    if not isinstance(node, yaml.ScalarNode) or node.tag != "tag:yaml.org,2002:str":
        raise ParameterError(
            f"{shown}:{_line(node)}: a name that is not a word ({node.value!r:.40})",
            expected="a name in letters",
            origin=f"{shown}:{_line(node)}",
        )
    return node.value


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1


def _plain(error: Exception) -> str:
    return " ".join(str(error).split())
