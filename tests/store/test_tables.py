"""Tables by catalogue name, checked at both doors."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gramlib.artefacts import CATALOGUE, check_table, entry, of_stage
from gramlib.errors import ArtefactError
from gramlib.store import Manifest
from gramlib.store.tables import read_artefact, write_artefact


def prices(n: int = 5) -> pd.DataFrame:
    oz = 2000.0 + np.arange(n)
    return pd.DataFrame(
        {
            "date": pd.bdate_range("2024-01-02", periods=n).astype("datetime64[us]"),
            "gold_usd_per_oz": oz,
            "gold_usd_per_g": oz / 31.1034768,
            "log_return": np.r_[np.nan, np.diff(np.log(oz))],
            "filled": False,
            "stale": False,
            "outlier": False,
            "joined": False,
            "source": "test",
        }
    )


def written(folder: Path, frame: pd.DataFrame) -> Manifest:
    return Manifest("data", "run-1", {}, (write_artefact(folder, "prices", frame),))


def test_a_table_round_trips_in_key_order_whatever_the_order_written(tmp_path: Path) -> None:
    manifest = written(tmp_path, prices())
    shuffled = write_artefact(tmp_path, "prices", prices().sample(frac=1, random_state=1))
    assert shuffled.sha256 == manifest.output("prices").sha256
    pd.testing.assert_frame_equal(read_artefact(tmp_path, manifest, "prices"), prices())


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda f: f.assign(gold_usd_per_g=f.gold_usd_per_oz), "gold_usd_per_g"),
        (lambda f: f.assign(log_return=[0.0, np.inf, 0, 0, 0]), "log_return"),
        (lambda f: f.drop(columns="stale"), "stale"),
        (lambda f: f.assign(extra=1), "extra"),
        (lambda f: pd.concat([f, f.tail(1)]), "date"),
        (lambda f: f.assign(gold_usd_per_oz=f.gold_usd_per_oz.astype("float32")), "gold_usd_per_oz"),
    ],
)
def test_a_table_that_breaks_its_contract_is_refused_by_name(tmp_path: Path, spoil, message: str) -> None:
    with pytest.raises(ArtefactError, match=message) as refused:
        write_artefact(tmp_path, "prices", spoil(prices()))
    assert refused.value.exit_code == 3
    assert not (tmp_path / "prices.parquet").exists()


def test_damage_and_version_are_seen_when_reading(tmp_path: Path) -> None:
    manifest = written(tmp_path, prices())
    path = tmp_path / "prices.parquet"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"x")
    with pytest.raises(ArtefactError, match="damaged") as refused:
        read_artefact(tmp_path, manifest, "prices")
    assert "--stage data" in str(refused.value)
    path.write_bytes(content)
    old = Manifest(
        "data", "run-1", {}, (manifest.outputs[0].__class__(**{**manifest.outputs[0].__dict__, "version": 0}),)
    )
    with pytest.raises(ArtefactError, match="version 0"):
        read_artefact(tmp_path, old, "prices")


def test_documents_must_be_finite_json(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match="plain JSON"):
        write_artefact(tmp_path, "calibration", {"sigma": float("nan")})
    with pytest.raises(ArtefactError, match="a pandas DataFrame"):
        write_artefact(tmp_path, "prices", {"a": 1})


def test_the_catalogue_is_sound() -> None:
    for name, artefact in CATALOGUE.items():
        columns = [column.name for column in artefact.columns]
        assert len(set(columns)) == len(columns), name
        assert set(artefact.key) <= set(columns), name
        assert (artefact.kind == "table") == bool(columns), name
    assert [artefact.name for artefact in of_stage("data")] == [
        "prices",
        "token_prices",
        "flows",
        "covariates",
        "quality",
        "source_cards",
    ]
    with pytest.raises(ArtefactError, match="there is no artefact"):
        entry("price")


def test_check_table_names_the_first_offender() -> None:
    with pytest.raises(ArtefactError, match=r"gold_usd_per_oz.*2\.0.*row 2") as refused:
        check_table("prices", prices().assign(gold_usd_per_oz=[2000, 2001, 2.0, 2003, 2004.0]), "a test")
    assert "20.0 to 50000.0" in str(refused.value)
