"""Governance: the shipped file is sound, and a wrong line is told where it stands."""

import pytest

from gramlib.errors import ParameterError
from gramlib.params.governance import Governance, load_governance


def test_the_shipped_file_names_an_approved_champion_and_who_signs(workbench_root):
    found = load_governance(workbench_root)
    assert found.approved_champion.model == "fhs"
    assert len(found.sign_off) == 3
    assert Governance(**found.model_dump(mode="json")) == found


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("since: 2026-11-20", "since: last autumn", "approved_champion.since"),
        ("  model: fhs", "  modell: fhs", "did you mean 'model'"),
        ('role: "Prepared by"', 'role: ""', "sign_off.0.role"),
    ],
)
def test_a_wrong_line_is_told(right, wrong, told, workbench_root, tmp_path):
    text = (workbench_root / "params" / "governance.yaml").read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "governance.yaml").write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ParameterError) as error:
        load_governance(tmp_path)
    assert told in str(error.value) and "params/governance.yaml" in str(error.value)
