"""YAML of manifests: documents as they stand in, documents a person can read out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from gramlib.errors import ParameterError


class _Readable(yaml.SafeDumper):
    """Long texts as blocks, nothing shared by anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Readable.add_representer(str, _text)


def read_documents(path: Path) -> list[dict[str, Any]]:
    """The documents of a manifest; raises ParameterError where it cannot be read."""
    try:
        return [found for found in yaml.safe_load_all(path.read_text(encoding="utf-8")) if found is not None]
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ParameterError(
            f"the manifest cannot be read ({' '.join(str(error).split())})",
            expected="YAML documents",
            origin=str(path),
            remedy="restore the file from the repository",
        ) from error


def documents_text(documents: Iterable[dict[str, Any]]) -> str:
    """The documents as YAML, keys in their order, which `kubectl apply -f -` takes."""
    return yaml.dump_all(documents, Dumper=_Readable, sort_keys=False, allow_unicode=True, width=120)
