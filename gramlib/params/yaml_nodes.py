"""YAML nodes under our rules: the plain scalars of YAML 1.2's core schema, and no surprises.

What is refused is refused here, with the line it stands on: deep nesting, aliases, tags, a key twice, a key that
is not a word, a key with a dot in it.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from gramlib.errors import ParameterError
from gramlib.params.quoting import shortened

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Base):
    """Safe loader with the short list of plain scalars above."""

    yaml_implicit_resolvers: dict = {}  # noqa: RUF012 - the name and type PyYAML looks for


_TAG = "tag:yaml.org,2002:"
_KINDS = {"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false", "null": "null"}
_PLAIN_TAGS = {f"{_TAG}{name}" for name in (*_KINDS, "map", "seq")}
_DEEPEST = 40
_MOST_BITS = 1024
"""No float is larger, and Python itself neither reads nor writes whole numbers of more than 4,300 digits."""
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
    _StrictLoader.add_implicit_resolver(f"{_TAG}{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first))


def compose(text: str, shown: str) -> tuple[yaml.Node | None, Any]:
    """The one document in `text` and the loader that read it; `shown` is the source in messages."""
    try:
        _refuse_deep_nesting(text, shown)
        loader = _StrictLoader(text)
        return loader.get_single_node(), loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or " ".join(str(error).split())
        at_tab = mark is not None and "\t" in [*text.splitlines(), ""][mark.line]
        raise ParameterError(
            f"{shown}{line}: {'a tab where YAML wants spaces' if at_tab else f'not valid YAML: {shortened(problem, 120)}'}",
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


def build(node: yaml.Node, key: str, lines: dict[str, int], shown: str, loader: Any, seen: set[int]) -> Any:
    """The value of `node`, which stands at the dotted `key`; the lines of all keys below it go into `lines`."""
    where = f"{shown}:{line_of(node)}"
    if id(node) in seen:
        raise ParameterError(
            f"{shown}:{lines.get(key, line_of(node))}: an alias (*name)",
            expected="plain values",
            remedy="write the value out",
        )
    seen.add(id(node))
    if node.tag not in _PLAIN_TAGS:
        raise ParameterError(
            f"{where}: the tag {shortened(node.tag.replace(_TAG, '!!'))}",
            expected="plain values",
            remedy="remove the tag",
        )
    if isinstance(node, yaml.MappingNode):
        made: dict[str, Any] = {}
        for key_node, value_node in node.value:
            name = _key(key_node, key, shown)
            dotted = f"{key}.{name}" if key else name
            if name in made:
                raise ParameterError(
                    f"{shown}:{line_of(key_node)}: {shortened(dotted)} stands twice, first on line {lines[dotted]}",
                    expected="each name once",
                    origin=f"{shown}:{line_of(key_node)}",
                    remedy="remove one of the two",
                )
            lines[dotted] = line_of(key_node)
            made[name] = build(value_node, dotted, lines, shown, loader, seen)
        return made
    if isinstance(node, yaml.SequenceNode):
        items = []
        for index, item in enumerate(node.value):
            lines[f"{key}.{index}"] = line_of(item)
            items.append(build(item, f"{key}.{index}", lines, shown, loader, seen))
        return items
    try:
        made = loader.construct_object(node)
        if isinstance(made, int) and made.bit_length() > _MOST_BITS:
            raise ValueError(made.bit_length())
        return made
    except (yaml.YAMLError, ValueError, LookupError):
        kind = _KINDS[node.tag.removeprefix(_TAG)]
        raise ParameterError(
            f"{where}: {shortened(repr(node.value))} cannot be read as {kind}",
            expected=kind, origin=where, remedy="correct the value",
        ) from None  # fmt: skip


def _key(node: yaml.Node, parent: str, shown: str) -> str:
    if not isinstance(node, yaml.ScalarNode) or node.tag != f"{_TAG}str":
        raise ParameterError(
            f"{shown}:{line_of(node)}: a name that is not a word ({node.value!r:.40})",
            expected="a name in letters",
            origin=f"{shown}:{line_of(node)}",
        )
    if "." in node.value:
        dotted = shortened(f"{parent}.{node.value}" if parent else node.value)
        raise ParameterError(
            f"{shown}:{line_of(node)}: the name {shortened(node.value)} has a dot in it", expected="one name a line",
            origin=f"{shown}:{line_of(node)}",
            remedy=f"nest it (each name on a line of its own, indented below the one before); dotted names are for --set {dotted}=...",
        )  # fmt: skip
    return node.value


def line_of(node: yaml.Node) -> int:
    """The line `node` starts on, from 1."""
    return node.start_mark.line + 1
