"""Values merged from layers, each with the place it came from."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from gramlib.readable import readable


@readable
@dataclass
class Layered:
    """A tree of values under construction; later layers win, leaf by leaf.

    `origins` maps dotted keys to "file:line" or "--set key=value". `latest` does so for sections, with the value
    below them that was written last: the one to blame when a section contradicts itself.
    """

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    latest: dict[str, str] = field(default_factory=dict)

    def merge(self, values: dict[str, Any], where: Callable[[str], str], prefix: str = "") -> None:
        """Lay `values` on top: mappings merge, everything else replaces.

        A list replaces, and so does a mapping with a `value`: it is one value with its basis, and the basis of
        another number must not stick to it.
        """
        for name, value in values.items():
            key = f"{prefix}.{name}" if prefix else name
            if isinstance(value, dict) and "value" not in value:
                if not isinstance(self.get(key), dict):
                    self.put(key, {}, where(key))
                self.merge(value, where, key)
            else:
                self.put(key, value, where(key))
                items = range(len(value)) if isinstance(value, list) else ()
                self.origins.update({f"{key}.{index}": where(f"{key}.{index}") for index in items})

    def put(self, key: str, value: Any, origin: str) -> None:
        """Replace whatever stands at the dotted `key`; sections above it are made where they are missing."""
        self.drop(key)
        *parents, name = key.split(".")
        node, path = self.values, ""
        for step in parents:
            path = f"{path}.{step}" if path else step
            if not isinstance(node.get(step), dict):
                self.drop(path)
                node[step] = {}
                self.origins[path] = origin
            node = node[step]
            self.latest[path] = origin
        node[name] = deepcopy(value)
        self.origins[key] = origin

    def get(self, key: str) -> Any:
        """Value at the dotted `key`, None when there is none."""
        node: Any = self.values
        for step in key.split("."):
            if not isinstance(node, dict) or step not in node:
                return None
            node = node[step]
        return node

    def drop(self, key: str) -> Any:
        """Remove the dotted `key` with everything below it and give it back."""
        *parents, name = key.split(".")
        node: Any = self.get(".".join(parents)) if parents else self.values
        for book in (self.origins, self.latest):
            for known in [k for k in book if k == key or k.startswith(key + ".")]:
                del book[known]
        return node.pop(name, None) if isinstance(node, dict) else None

    def where(self, key: str) -> str:
        """Where `key`, or its nearest parent, came from; "default" when nobody wrote it.

        A section is blamed on the layer that touched it last, on its own line when that is one file.
        """
        while key and key not in self.origins:
            key = key.rpartition(".")[0]
        own = self.origins.get(key, "default")
        latest = self.latest.get(key, own)
        return own if latest.rpartition(":")[0] == own.rpartition(":")[0] else latest
