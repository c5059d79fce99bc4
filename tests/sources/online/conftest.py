"""A fake host, settings that point every source at it, and an environment without proxies."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from documented_answers import NOW
from fake_host import QUICK, FakeHost

from gramlib.sources.online import OnlineSettings


@pytest.fixture(autouse=True)
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of the machine's, and no connection to anywhere but 127.0.0.1."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[0] != "127.0.0.1":
            raise AssertionError(f"a test reached for {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def host() -> Iterator[FakeHost]:
    fake = FakeHost()
    yield fake
    fake.close()


@pytest.fixture
def settings(host: FakeHost, tmp_path: Path) -> Callable[..., OnlineSettings]:
    """Settings that reach the fake host alone, with any field changed by keyword."""

    def make(**changed: object) -> OnlineSettings:
        fields = {
            "snapshots": tmp_path / "snapshots",
            "accept_terms": ("yahoo_gcf", "lbma_pm"),
            "total_timeout_s": 8.0,
            "base_urls": host.base_urls,
            "now": NOW,
            "manners": QUICK,
        }
        return OnlineSettings(**{**fields, **changed})

    return make
