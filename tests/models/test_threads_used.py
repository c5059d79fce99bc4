"""Threads follow the processors, and the number that the runner takes from a container's quota."""

from __future__ import annotations

import os

import pytest

from gramlib.models import threads


@pytest.fixture
def twenty_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRAM_THREADS", raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(20)), raising=False)


@pytest.mark.parametrize(
    ("said", "workers"), [("", 8), ("3", 3), (" 1 ", 1), ("0", 1), ("12", 8), ("many", 8), ("-2", 8), ("1.5", 8)]
)
def test_the_runners_number_lowers_that_of_the_processors(
    twenty_processors: None, monkeypatch: pytest.MonkeyPatch, said: str, workers: int
) -> None:
    monkeypatch.setenv("GRAM_THREADS", said)
    assert threads.usual_workers() == workers


def test_without_it_the_processors_count_and_it_never_raises_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRAM_THREADS", raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 3}, raising=False)
    assert threads.usual_workers() == 2
    monkeypatch.setenv("GRAM_THREADS", "6")
    assert threads.usual_workers() == 2
