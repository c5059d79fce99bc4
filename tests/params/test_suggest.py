"""Misspelt names find their neighbour; strangers find nothing."""

import pytest

from gramlib.params.suggest import did_you_mean


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("epoch", ["epochs", "seed"], "; did you mean 'epochs'?"),
        ("N_Paths", ["n_paths"], "; did you mean 'n_paths'?"),
        ("n-paths", ["n_paths"], "; did you mean 'n_paths'?"),
        ("h13A", ["H13a", "H20a"], "; did you mean 'H13a'?"),
        ("zzz", ["epochs", "seed"], ""),
        ("x", [], ""),
    ],
)
def test_closest_name(name: str, known: list[str], expected: str) -> None:
    assert did_you_mean(name, known) == expected
