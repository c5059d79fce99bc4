"""YAML: what is read, what is refused, and on which line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gramlib.errors import ParameterError
from gramlib.params.fields import yaml_text
from gramlib.params.yaml_source import load_yaml, parse_scalar, parse_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("-2.5E+3", -2500.0),
        (".5", 0.5),
        ("3.", 3.0),
        ("100_000", 100_000),
        ("2013-04-15", "2013-04-15"),
        ("010", "010"),
        ("1:30", "1:30"),
        ("on", "on"),
        ("no", "no"),
        ("true", True),
        ("null", None),
        ("", None),
        ("[fhs, 1, 2.0]", ["fhs", 1, 2.0]),
        ("'1e-3'", "1e-3"),
        ("e5", "e5"),
    ],
)
def test_plain_values(text: str, value: object) -> None:
    """The YAML 1.2 core schema, which has no octal-by-zero, sexagesimals, dates or yes/no."""
    read = parse_scalar(text, "here")
    assert read == value
    assert type(read) is type(value)


def test_every_key_and_item_has_its_line() -> None:
    located = parse_yaml("a: 1\n\nb:\n  c: 2   # why\n  d:\n    - x\n    - y\n", "run.yaml")
    assert located.lines == {"a": 1, "b": 3, "b.c": 4, "b.d": 5, "b.d.0": 6, "b.d.1": 7}
    assert located.where("b.d.1") == "run.yaml:7"
    assert located.where("b.d.1.missing") == "run.yaml:7"
    assert located.where("nowhere") == "run.yaml"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "a stands twice, first on line 1"),
        ("p:\n  x: 1\n  x: 2\n", 3, "p.x stands twice, first on line 2"),
        ("a:\n\tb: 1\n", 2, "a tab"),
        ("- 1\n- 2\n", 1, "a list at the top"),
        ("just words\n", 1, "a single value at the top"),
        ("a: [1, 2\n", 2, "not valid YAML"),
        ("a: &x 1\nb: *x\n", 2, "an alias"),
        ("a: !!python/object:os.system x\n", 1, "the tag"),
        ("a: 1\np: !!python/object:os.system {n: 5}\n", 2, "the tag !!python/object:os.system"),
        ("p:\n  l: !!set [1, 2]\n", 2, "the tag !!set"),
        ("!!python/object:os.system\na: 1\n", 1, "the tag"),
        ("a: !!int abc\n", 1, "cannot be read"),
        ("a: !!bool abc\n", 1, "cannot be read as true or false"),
        ("a: !!float ''\n", 1, "cannot be read as a number"),
        ("a: 1\npredict.n_paths: 5\n", 2, "nest it"),
        ("a:\n  predict.n_paths: 5\n", 2, "--set a.predict.n_paths=..."),
        ("1: 2\n", 1, "not a word"),
        ("a: b: c\n", 1, "not valid YAML"),
        ("ok: 1\n---\nmore: 2\n", 2, "not valid YAML"),
    ],
)
def test_refused_with_file_and_line(text: str, line: int, words: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parse_yaml(text, "params/sick.yaml")
    assert f"params/sick.yaml:{line}" in str(caught.value)
    assert words in str(caught.value)
    assert len(str(caught.value).splitlines()) <= 4


def test_empty_missing_and_binary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.yaml").write_text("# nothing\n")
    (tmp_path / "latin.yaml").write_bytes(b"title: caf\xe9\n")
    (tmp_path / "baseline.yaml").write_text("title: x\n")
    for name, words in (("empty.yaml", "is empty"), ("latin.yaml", "cannot be read"),
                        ("baselin.yaml", "did you mean 'baseline.yaml'"), (".", "cannot be read")):  # fmt: skip
        with pytest.raises(ParameterError, match=words):
            load_yaml(name)


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"a: 1\nb: caf\xe9\n", 2), ("a: 1\n".encode("utf-16"), 1), ("a: 1\n".encode("utf-16-le"), 1)],
    ids=["latin-1", "utf-16 with mark", "utf-16 without mark"],
)
def test_another_encoding_is_told_from_a_wrong_path(tmp_path: Path, content: bytes, line: int) -> None:
    file = tmp_path / "sick.yaml"
    file.write_bytes(content)
    with pytest.raises(ParameterError) as caught:
        load_yaml(file, "sick.yaml")
    assert caught.value.origin == f"sick.yaml:{line}"
    assert caught.value.remedy == "save it as UTF-8"


@pytest.mark.parametrize("number", ["1" * 5000, "-" + "1" * 4000, "!!int 0x" + "1" * 5000], ids=["5000", "4000", "hex"])
def test_a_number_of_thousands_of_digits_is_not_echoed(number: str) -> None:
    assert parse_yaml(f"a: {2**63}", "long.yaml").values == {"a": 2**63}
    with pytest.raises(ParameterError, match="cannot be read as a whole number") as caught:
        parse_yaml(f"a: {number}", "long.yaml")
    assert len(str(caught.value)) < 300


def test_endless_nesting_is_refused_not_a_crash() -> None:
    with pytest.raises(ParameterError):
        parse_yaml("a: " + "[" * 100_000, "deep.yaml")


def test_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    file = tmp_path / "bom.yaml"
    file.write_bytes(b"\xef\xbb\xbftitle: x\n")
    assert load_yaml(file).values == {"title": "x"}


_LEAF = (
    st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | st.none()
    | st.text(st.characters(exclude_categories=["Cs"]))
)  # fmt: skip


@settings(deadline=None, max_examples=100)
@given(_LEAF | st.lists(_LEAF, max_size=4))
def test_written_leaves_read_back_in_every_loader(value: object) -> None:
    """Ours, and the YAML 1.1 of the loader papermill uses (where 1e-08 without a point would be text)."""
    text = yaml_text(value)
    assert "\n" not in text
    for read in (parse_scalar(text, "here"), yaml.safe_load(text)):
        assert json.dumps(read) == json.dumps(value)
