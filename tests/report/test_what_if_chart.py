"""The chart of one path for two issuers: what it says is what the two ledgers hold."""

from __future__ import annotations

import pytest

from gramlib.params.issuer_file import load_issuer
from gramlib.report import numbers
from gramlib.report.what_if_chart import before_and_after
from gramlib.service.what_if_issuer import asked_issuer
from gramlib.service.what_if_levers import StatedPath
from gramlib.simulation import OwnFundsRule


@pytest.fixture
def ledgers(workbench_root):
    issuer, path = load_issuer("gram", workbench_root), StatedPath(0.12, 0.08)
    changed = asked_issuer(issuer, {"cash_usd": 60e6})
    return issuer, *(path.ledger(each, 130.0, OwnFundsRule()) for each in (issuer, changed))


def test_its_sentence_holds_the_peaks_of_both(ledgers):
    issuer, before, after = ledgers
    figure = before_and_after(before, after, issuer.tokens_g, "gold falls")
    own, changed = (numbers.percent(days["queue_g"].max() / issuer.tokens_g) for days in (before, after))
    assert own != changed and f"the queue peaks at {changed} ({own} before) of tokens" in figure.headline
    assert figure.headline.startswith("Gold falls: ") and figure.csv.count("\n") == 1 + len(before) + len(after)
    assert figure.media == "image/svg+xml" and "with the changes" in figure.image.decode()


def test_the_same_issuer_twice_is_told_once(ledgers):
    issuer, before, _ = ledgers
    figure = before_and_after(before, before, issuer.tokens_g, "gold falls")
    assert "before)" not in figure.headline
    assert before_and_after(before, before, issuer.tokens_g, "gold falls").image == figure.image
