"""Events: what is refused, and the EVENTS.csv of `gram replay`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gramlib.errors import DataContractError
from gramlib.params.issuer import Banks, Custodians, Issuer
from gramlib.simulation import Events, simulate

HEADER = "day,event,lost_g,liquidity_multiplier\n"


def written(folder: Path, text: str) -> Path:
    """`text` as an events file."""
    path = folder / "events.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_listed_days_are_read_and_the_others_are_calm(tmp_path: Path) -> None:
    events = Events.from_csv(written(tmp_path, HEADER + "3,1,500.5,4\n1,0.5,,\n\n"), 4)
    assert events.event.tolist() == [0, 0.5, 0, 1, 0]
    assert events.lost_g.tolist() == [0, 0, 0, 500.5, 0]
    assert events.liquidity_multiplier.tolist() == [1, 1, 1, 4, 1]
    only_event = Events.from_csv(written(tmp_path, "event,day\n1,2\n"), 2)
    assert only_event.event.tolist() == [0, 0, 1] and only_event.liquidity_multiplier.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("text", "found", "line"),
    [
        (HEADER + "2,1,0,1\n2,0,0,1\n", "day 2 twice", 3),
        (HEADER + "1,1,0,1\n5,1,0,1\n", "day 5", 3),
        (HEADER + "0,1,0,1\n", "day 0", 2),
        (HEADER + "1.5,1,0,1\n", "day 1.5", 2),
        (HEADER + ",1,0,1\n", "day missing", 2),
        (HEADER + "1,yes,0,1\n", "event is 'yes'", 2),
        (HEADER + "1,1,nan,1\n", "lost_g is 'nan'", 2),
        (HEADER + "1,1,-5,1\n", "lost_g is '-5'", 2),
        (HEADER + "1,1,0,0.5\n", "liquidity_multiplier is '0.5'", 2),
        (HEADER + "1,1\n", "2 cell(s) missing", 2),
        (HEADER + "1,1,0,1,7\n", "1 cell(s) more", 2),
        ("day,evnt\n1,1\n", "did you mean 'event'", 1),
        ("event,lost_g\n1,1\n", "no header", 1),
        ("1,1,0,1\n", "unknown column", 1),
        ("", "no header", 1),
    ],
)
def test_a_bad_file_is_refused_with_its_line(tmp_path: Path, text: str, found: str, line: int) -> None:
    path = written(tmp_path, text)
    with pytest.raises(DataContractError) as refused:
        Events.from_csv(path, 4)
    assert found in str(refused.value)
    assert refused.value.origin == f"{path}:{line}"
    assert refused.value.exit_code == 3


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataContractError, match="cannot read"):
        Events.from_csv(tmp_path / "none.csv", 3)


@pytest.mark.parametrize("name", ["event", "liquidity_multiplier", "lost_g", "lost_share"])
@pytest.mark.parametrize("bad", [-0.1, np.nan, np.inf])
def test_values_out_of_bounds_are_refused(name: str, bad: float) -> None:
    arrays = {
        "event": np.zeros(4),
        "liquidity_multiplier": np.ones(4),
        "lost_g": np.zeros(4),
        "lost_share": np.zeros(4),
    }
    arrays[name] = arrays[name].copy()
    arrays[name][2] = bad
    with pytest.raises(DataContractError, match=name):
        Events(**arrays)


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(DataContractError, match="lost_g has shape"):
        Events(np.zeros(4), np.ones(4), np.zeros(5))
    with pytest.raises(DataContractError, match="event has shape"):
        simulate(Issuer(), np.full((2, 4), 128.0), Events.calm(5))
    with pytest.raises(DataContractError, match="event has shape"):
        simulate(Issuer(), np.full((2, 4), 128.0), Events(np.zeros((3, 4)), np.ones(4), np.zeros(4)))
    one_row_too_many = Events(np.zeros((2, 4)), np.ones(4), np.zeros(4), bank_failed=np.zeros((3, 4)))
    with pytest.raises(DataContractError, match="bank_failed has shape"):
        simulate(Issuer(), np.full((2, 4), 128.0), one_row_too_many)


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("custodian", 5.0),
        ("custodian", 1.5),
        ("frozen_days", 0.5),
        ("assay_share", 1.1),
        ("bank_failed", -1.0),
        ("operations_stop", 1.01),
        ("cyber_loss_usd", -1.0),
        ("lease_default", 0.5),
        ("futures_basis", -0.6),
        ("lag_days", 61.0),
        ("lag_days", 2.5),
        ("futures_basis", np.nan),
        ("redeem_share", 1.01),
        ("block_share", -0.01),
        ("discount_shock", 1.1),
        ("mint_stop", 0.5),
        ("bank_share", 1.5),
        ("spread_rise", -0.5),
        ("capacity_cut", 1.0),
    ],
)
def test_extension_events_out_of_bounds_are_refused(tmp_path: Path, name: str, bad: float) -> None:
    """By the record and by the file, where both name the column."""
    array = np.zeros(4)
    array[2] = bad
    with pytest.raises(DataContractError, match=name):
        Events(np.zeros(4), np.ones(4), np.zeros(4), **{name: array})
    with pytest.raises(DataContractError, match=name):
        Events.from_csv(written(tmp_path, f"day,{name}\n2,{bad}\n"), 3)


def test_extension_events_are_read_from_a_file(tmp_path: Path) -> None:
    text = "day,bank_failed,frozen_days,custodian,futures_basis,lag_days,operations_stop\n2,1,20,2,0.044,20,0.5\n"
    events = Events.from_csv(written(tmp_path, text), 3)
    assert events.bank_failed.tolist() == [0, 0, 1, 0]
    assert events.frozen_days[2] == 20 and events.custodian[2] == 2
    assert events.futures_basis[2] == 0.044 and events.lag_days[2] == 20 and events.operations_stop[2] == 0.5


def test_a_list_of_events_may_name_a_run_a_holder_and_a_market_apart_from_each_other(tmp_path: Path) -> None:
    text = "day,redeem_share,block_share,discount_shock,mint_stop,bank_share,spread_rise,capacity_cut\n"
    events = Events.from_csv(written(tmp_path, text + "1,0.054,0.25,-0.08,1,0.6,9,0.75\n2,0.04,,,,,,\n"), 3)
    assert events.redeem_share.tolist() == [0, 0.054, 0.04, 0]
    found = [getattr(events, name)[1] for name in text.strip().split(",")[2:]]
    assert found == [0.25, -0.08, 1, 0.6, 9, 0.75]
    with pytest.raises(DataContractError, match="capacity_cut is '1'"):
        Events.from_csv(written(tmp_path, "day,capacity_cut\n1,1\n"), 3)


@pytest.mark.parametrize("name", ["custodian", "bank_failed"])
@pytest.mark.parametrize("engine", ["reference", "kernel"])
def test_an_event_at_a_custodian_or_bank_that_is_not_there_is_refused(name: str, engine: str) -> None:
    """A loss at custodian 3 of two would lose nothing and pass for a shock survived."""
    events = Events(np.zeros(3), np.ones(3), np.zeros(3), **{name: np.array([0.0, 3.0, 0.0])})
    two = Issuer(custodians=Custodians(on=True), banks=Banks(on=True))
    for issuer in (two, Issuer()):
        with pytest.raises(DataContractError, match=f"{name} 3 on day 1"):
            simulate(issuer, np.full(3, 100.0), events, engine=engine)
