"""How the network may be used: where snapshots lie, what was accepted, how old is too old, how long to wait."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Manners:
    """How one host is asked: attempts, waits in seconds, limits on the size and number of answers.

    The wait before attempt n+1 is `backoff_s` times 2^(n-1), or what the host asks for in Retry-After when that is
    longer; `pause_s` lies between two pages of one series.
    """

    attempts: int = 3
    backoff_s: float = 1.0
    pause_s: float = 0.2
    connect_timeout_s: float = 10.0
    read_timeout_s: float = 20.0
    max_redirects: int = 4
    max_bytes: int = 64 * 2**20


@dataclass(frozen=True)
class OnlineSettings:
    """Settings of every online source.

    `total_timeout_s` bounds one series or one chain, all pages, waits and retries together. A snapshot younger than
    `max_age_hours` is used as it is; with `offline` any snapshot is, and nothing is asked. `accept_terms` names the
    providers whose terms the user accepts. `now` is the hour of this run in UTC. `base_urls` replaces
    "https://<host>" by another address, for mirrors and tests.
    """

    snapshots: Path
    accept_terms: tuple[str, ...] = ()
    max_age_hours: float = 20.0
    total_timeout_s: float = 120.0
    offline: bool = False
    base_urls: Mapping[str, str] = field(default_factory=dict)
    now: dt.datetime = field(default_factory=_utc_now)
    manners: Manners = field(default_factory=Manners)

    def address(self, url: str) -> str:
        """`url` with its host replaced where `base_urls` has another address for it."""
        for base, replacement in self.base_urls.items():
            if url.startswith(f"{base}/"):
                return replacement + url.removeprefix(base)
        return url
