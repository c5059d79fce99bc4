"""Snapshots: whole, dated, verified, used while young or offline, and never replaced by less."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import pytest
from documented_answers import DOCUMENTED, NOW, as_json, as_text, gld, kraken, lbma, utc_ms, yahoo
from fake_host import Reply

from gramlib.errors import DataContractError, SourceUnreachable
from gramlib.sources.card import SourceCard
from gramlib.sources.online import fetch_series
from gramlib.sources.online.provider import RawFile
from gramlib.sources.online.snapshots import newest, save

ROWS = [{"is_cms_locked": 0, "d": f"2026-11-{day:02d}", "v": [4300.0 + day, 1.0, 1.0]} for day in range(9, 19)]


def later(**passed: float) -> dt.datetime:
    return NOW + dt.timedelta(**passed)


def note(series, check: str) -> str:
    return " | ".join(f"{note.status}: {note.found} -> {note.decision}" for note in series.notes if note.check == check)


def cards(folder) -> list[dict]:
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*/card.json"))]


def test_a_snapshot_holds_the_raw_bytes_and_a_card(host, settings, tmp_path):
    host.gives(lbma)
    fetch_series("lbma_pm", settings())
    folder = tmp_path / "snapshots" / "lbma_pm" / "20261120T153000Z"
    assert sorted(path.name for path in folder.iterdir()) == ["card.json", "gold_pm.json"]
    raw, card = (folder / "gold_pm.json").read_bytes(), json.loads((folder / "card.json").read_text())
    assert raw == lbma(host.asked[0]).body and card["sha256"] == hashlib.sha256(raw).hexdigest()
    assert set(SourceCard.__dataclass_fields__) <= set(card)
    assert (card["unit"], card["instrument"], card["redistribute"], card["rows"]) == ("USD/oz", "fix", "no", 4)
    assert (card["start"], card["end"], card["accessed"]) == ("1968-04-01", "2026-11-20", "2026-11-20T15:30:00+00:00")
    assert card["url"] == card["files"][0]["url"] == "https://prices.lbma.org.uk/json/gold_pm.json"


def test_a_young_snapshot_is_used_and_an_old_one_fetched_again(host, settings):
    host.gives(lbma)
    first = fetch_series("lbma_pm", settings())
    again = fetch_series("lbma_pm", settings(now=later(hours=19)))
    assert len(host.asked) == 1 and again.frame.equals(first.frame) and again.card == first.card
    assert "19.0 hours old -> used" in note(again, "snapshot")
    fetch_series("lbma_pm", settings(now=later(hours=21)))
    assert len(host.asked) == 2
    fetch_series("lbma_pm", settings(now=later(hours=22), max_age_hours=0.5))
    assert len(host.asked) == 3


def test_offline_uses_the_newest_and_says_its_age(host, settings):
    host.gives(lbma)
    fetch_series("lbma_pm", settings())
    series = fetch_series("lbma_pm", settings(now=later(days=90), offline=True))
    assert len(host.asked) == 1 and "warning: snapshot of 2026-11-20 15:30 UTC, 90.0 days old" in note(
        series, "snapshot"
    )


def test_offline_without_a_snapshot_says_what_to_do(host, settings):
    host.gives(lbma)
    with pytest.raises(SourceUnreachable, match="no snapshot of lbma_pm") as caught:
        fetch_series("lbma_pm", settings(offline=True))
    assert "data.offline: false" in caught.value.remedy and host.asked == []


def test_an_unfinished_day_stays_unfinished_in_an_old_snapshot(host, settings):
    """What was partial when it was fetched does not become whole by being read tomorrow."""
    host.gives(kraken)
    fetch_series("kraken_paxg", settings())
    series = fetch_series("kraken_paxg", settings(now=later(days=3), offline=True))
    assert f"{series.frame['date'].iloc[-1]:%Y-%m-%d}" == "2026-11-19"


def test_an_unreachable_host_is_not_silently_replaced_by_an_old_snapshot(host, settings):
    host.gives(lbma)
    fetch_series("lbma_pm", settings())
    host.gives(Reply(b"", status=503))
    with pytest.raises(SourceUnreachable, match="503") as caught:
        fetch_series("lbma_pm", settings(now=later(hours=30)))
    assert "data.offline: true to use the snapshot of 2026-11-20 15:30 UTC, 30.0 hours old" in caught.value.remedy


@pytest.mark.parametrize(
    ("less", "reason"),
    [
        (ROWS[:-1], "it ends 2026-11-17, before 2026-11-18 of the snapshot"),
        (ROWS[1:], "it starts 2026-11-10, after 2026-11-09 of the snapshot"),
        (ROWS[:3] + ROWS[4:], "it has 9 rows, the snapshot 10"),
    ],
)
def test_less_than_before_is_kept_aside_and_refused(less, reason, host, settings, tmp_path):
    host.gives(as_json(ROWS))
    before = fetch_series("lbma_pm", settings())
    host.gives(as_json(less))
    series = fetch_series("lbma_pm", settings(now=later(hours=30)))
    assert series.frame.equals(before.frame) and series.card == before.card
    assert reason in note(series, "snapshot") and "30.0 hours old, is used" in note(series, "snapshot")
    folder = tmp_path / "snapshots" / "lbma_pm"
    assert len(cards(folder)) == 1
    (aside,) = cards(folder / "refused")
    assert aside["refused"] == reason and aside["rows"] == len(less)
    offline = fetch_series("lbma_pm", settings(now=later(hours=31), offline=True))
    assert offline.frame.equals(before.frame)


def test_an_answer_of_a_foreign_form_is_kept_aside_for_whoever_mends_it(host, settings, tmp_path):
    host.gives(as_json({"moved": "to the members' portal"}))
    with pytest.raises(DataContractError, match="kept in") as caught:
        fetch_series("lbma_pm", settings())
    (folder,) = (tmp_path / "snapshots" / "lbma_pm" / "refused").iterdir()
    assert str(folder) in caught.value.origin and b"members" in (folder / "gold_pm.json").read_bytes()
    assert newest(tmp_path / "snapshots" / "lbma_pm") == (None, [])


def test_more_than_before_replaces_it_and_revisions_are_told(host, settings, tmp_path):
    host.gives(as_json(ROWS))
    fetch_series("lbma_pm", settings())
    revised = [*ROWS[:2], {**ROWS[2], "v": [4500.0]}, *ROWS[3:], {"d": "2026-11-19", "v": [4310.0]}]
    host.gives(as_json(revised))
    series = fetch_series("lbma_pm", settings(now=later(hours=30)))
    assert len(series.frame) == 11 and len(cards(tmp_path / "snapshots" / "lbma_pm")) == 2
    assert "warning: 1 of 10 days changed since the snapshot before, most 2026-11-11 from 4311 to 4500" in note(
        series, "revisions"
    )


def rolling(first_day: int, days: int) -> Reply:
    start = dt.datetime(2026, 11, 19, tzinfo=dt.UTC) - dt.timedelta(days=first_day)
    stamps = [int((start + dt.timedelta(days=n)).timestamp()) for n in range(days)]
    return as_json(
        {"error": [], "result": {"PAXGUSD": [[s, "1", "9", "1", "4", "1", "1", 1] for s in stamps], "last": 1}}
    )


def test_a_window_that_moves_on_is_no_loss_but_a_torn_one_is(host, settings):
    host.gives(rolling(100, 100))
    fetch_series("kraken_paxg", settings())
    host.gives(rolling(98, 99))
    moved = fetch_series("kraken_paxg", settings(now=later(days=2)))
    assert f"{moved.frame['date'].iloc[0]:%Y-%m-%d}" == "2026-08-13" and "refused" not in note(moved, "snapshot")
    host.gives(rolling(40, 43))
    torn = fetch_series("kraken_paxg", settings(now=later(days=4)))
    assert torn.frame.equals(moved.frame) and "it has 43 rows, the snapshot 99" in note(torn, "snapshot")


@pytest.mark.parametrize("damage", ["bytes", "file", "card", "version"])
def test_a_damaged_snapshot_is_passed_over_for_the_one_before(damage, host, settings, tmp_path):
    host.gives(as_json(ROWS))
    fetch_series("lbma_pm", settings())
    host.gives(as_json([*ROWS, {"d": "2026-11-19", "v": [4310.0]}]))
    fetch_series("lbma_pm", settings(now=later(hours=30)))
    last = tmp_path / "snapshots" / "lbma_pm" / "20261121T213000Z"
    if damage == "bytes":
        (last / "gold_pm.json").write_bytes((last / "gold_pm.json").read_bytes().replace(b"4310", b"4301"))
    elif damage == "file":
        (last / "gold_pm.json").unlink()
    else:
        (last / "card.json").write_text('{"schema": 99}' if damage == "version" else '{"schema": 1')
    series = fetch_series("lbma_pm", settings(now=later(hours=31), offline=True))
    assert len(series.frame) == 10 and "20261121T213000Z is damaged" in note(series, "snapshot")


def test_nothing_is_overwritten_and_nothing_half_written_is_left(tmp_path):
    folder, files = tmp_path / "source", [RawFile("a.json", b"[]", "https://x", "application/json")]
    stamps = [save(folder, NOW, files, {"id": "x"}).name for _ in range(3)]
    assert stamps == ["20261120T153000Z", "20261120T153000Z-002", "20261120T153000Z-003"]
    assert sorted(path.name for path in folder.iterdir()) == stamps
    snapshot, passed_over = newest(folder)
    assert snapshot.folder.name == stamps[-1] and passed_over == []
    with pytest.raises(ValueError):
        save(folder, NOW, files, {"not json": float("nan")})
    assert sorted(path.name for path in folder.iterdir()) == stamps


def test_a_card_that_names_a_file_outside_its_folder_reads_nothing_there(tmp_path):
    secret = tmp_path / "secret.json"
    secret.write_bytes(b"[]")
    folder = save(tmp_path / "source", NOW, [RawFile("a.json", b"[]", "https://x", "")], {"id": "x"})
    card = json.loads((folder / "card.json").read_text())
    card["files"][0]["name"] = "../../secret.json"
    (folder / "card.json").write_text(json.dumps(card))
    found, (reason,) = newest(tmp_path / "source")
    assert found is None and "FileNotFoundError" in reason


def test_the_second_series_of_one_answer_is_compared_with_its_own(host, settings):
    host.gives(gld)
    fetch_series("gld_archive", settings())
    series = fetch_series("gld_ounces", settings(now=later(hours=30)))
    assert len(host.asked) == 2 and series.card.id == "gld_ounces" and "refused" not in note(series, "snapshot")


def test_terms_hold_for_snapshots_too(host, settings):
    host.gives(yahoo)
    fetch_series("yahoo_gcf", settings())
    with pytest.raises(Exception, match="off until its terms are accepted"):
        fetch_series("yahoo_gcf", settings(offline=True, accept_terms=()))


def test_pages_are_kept_apart(host, settings, tmp_path):
    host.gives(DOCUMENTED["coinbase_paxg"].answer)
    online = fetch_series("coinbase_paxg", settings())
    (card,) = cards(tmp_path / "snapshots" / "coinbase_paxg")
    assert [file["name"] for file in card["files"]] == [
        "candles_2026-01-25.json",
        "candles_2025-03-31.json",
        "candles_2024-06-04.json",
    ]
    assert fetch_series("coinbase_paxg", settings(offline=True)).frame.equals(online.frame)


def test_texts_of_a_host_stay_texts(host, settings):
    host.gives(as_text("<script>alert(1)</script>\x00\x1b[31m", "text/plain"))
    with pytest.raises(DataContractError) as caught:
        fetch_series("lbma_pm", settings())
    assert "\x1b" not in str(caught.value) and "\x00" not in str(caught.value)


def test_bars_of_one_day_given_twice_are_handed_on_for_prices_to_judge(host, settings):
    bars = [[utc_ms("2026-11-19"), 1, 4300.0, 4301.0, 4299.0, 1], [utc_ms("2026-11-19"), 1, 4300.5, 4301.0, 4299.0, 1]]
    host.gives(as_json(bars))
    assert len(fetch_series("bitfinex_xaut", settings()).frame) == 2
