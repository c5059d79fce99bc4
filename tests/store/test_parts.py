from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gramlib.store.parts import Parts, parts_folder, remove_parts

KEY = {"model": "fhs", "day": 1250, "returns": "ab12"}
ARRAYS = {
    "date": np.array(["2026-07-31"], dtype="datetime64[us]"),
    "crps": np.array([0.1, 1 / 3, np.nan]),
    "model": np.array(["fhs", "hs"]),
}


@pytest.fixture
def parts(tmp_path) -> tuple[Parts, list[str]]:
    told: list[str] = []
    return Parts(tmp_path / "02_train.parts", told.append), told


def only_file(parts: Parts) -> Path:
    (path,) = parts.folder.iterdir()
    return path


def test_what_was_kept_comes_back_bit_for_bit(parts):
    kept, told = parts
    assert kept.read(KEY) is None
    kept.write(KEY, ARRAYS)
    found = kept.read(dict(reversed(KEY.items())))
    assert found is not None and list(found) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert found[name].dtype == array.dtype
        assert found[name].tobytes() == array.tobytes()
    assert told == []


def test_another_key_finds_nothing(parts):
    kept, told = parts
    kept.write(KEY, ARRAYS)
    for other in ({**KEY, "day": 1500}, {**KEY, "returns": "ab13"}, {**KEY, "more": 1}):
        assert kept.read(other) is None
    assert told == []


@pytest.mark.parametrize("damage", ["cut", "changed", "emptied"])
def test_a_damaged_part_is_refused_removed_and_said(parts, damage):
    kept, told = parts
    kept.write(KEY, ARRAYS)
    path = only_file(kept)
    content = bytearray(path.read_bytes())
    if damage == "changed":
        content[len(content) // 2] ^= 1
    path.write_bytes({"cut": content[:-40], "changed": content, "emptied": b""}[damage])
    assert kept.read(KEY) is None
    assert not path.exists()
    assert len(told) == 1 and "damaged" in told[0] and "again" in told[0]
    kept.write(KEY, ARRAYS)
    assert kept.read(KEY) is not None


def test_a_part_under_anothers_name_is_refused(parts):
    """Whole, but what it holds is not what its name says."""
    kept, told = parts
    other = {**KEY, "day": 1500}
    kept.write(other, ARRAYS)
    foreign = only_file(kept)
    kept.write(KEY, ARRAYS)
    (own,) = [path for path in kept.folder.iterdir() if path != foreign]
    foreign.rename(own.with_name(own.name.split(".")[0] + "." + foreign.name.split(".")[1] + ".npz"))
    own.unlink()
    assert kept.read(KEY) is None
    assert "of something else" in told[0]


def test_objects_are_not_kept(parts):
    kept, _ = parts
    with pytest.raises(ValueError, match="allow_pickle"):
        kept.write(KEY, {"model": np.array([{}, []], dtype=object)})
    assert not kept.folder.exists()


def test_parts_of_one_stage_are_removed(tmp_path):
    for stage in ("02_train", "03_predict"):
        Parts(parts_folder(tmp_path, stage), print).write(KEY, ARRAYS)
    remove_parts(tmp_path, "02_train")
    remove_parts(tmp_path, "01_data")
    assert [path.name for path in tmp_path.iterdir()] == ["03_predict.parts"]
