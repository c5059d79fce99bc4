"""One limit over everything a fetch does: looking up the host, connecting, waiting, and answers that drip."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from gramlib.errors import SourceUnreachable

GRACE_S = 0.5
"""How much longer `within` waits than the deadline, so that the thread's own, more telling error comes first."""

Result = TypeVar("Result")


class Deadline:
    """A point in time `seconds` from now; `origin` names what is being fetched, for the message."""

    def __init__(self, seconds: float, origin: str):
        self.seconds = seconds
        self.origin = origin
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Seconds left, not below zero."""
        return max(0.0, self._end - time.monotonic())

    def passed(self, doing: str) -> SourceUnreachable:
        """The error that says the limit was reached while `doing`."""
        return SourceUnreachable(
            f"{self.origin}: the total limit of {round(self.seconds, 1):g} s passed while {doing}",
            expected="the whole series within data.total_timeout_s",
            origin=self.origin,
            remedy="try again later, raise data.total_timeout_s, or name another source",
        )

    def check(self, doing: str) -> None:
        """Raise SourceUnreachable once the limit is reached."""
        if self.remaining() <= 0.0:
            raise self.passed(doing)


def within(deadline: Deadline, work: Callable[[], Result]) -> Result:
    """The result of `work`, or SourceUnreachable soon after the deadline, whatever it hangs in.

    Read timeouts cannot bound a host name that is looked up for minutes, or a header sent a byte at a time; so the
    work runs in a thread that is left behind, and never keeps the process alive.
    """
    done: list[tuple[Result | None, BaseException | None]] = []

    def run() -> None:
        try:
            done.append((work(), None))
        except BaseException as error:  # handed to the caller, who raises it
            done.append((None, error))

    thread = threading.Thread(target=run, name=f"fetch {deadline.origin}", daemon=True)
    thread.start()
    thread.join(deadline.remaining() + GRACE_S)
    if not done:
        raise deadline.passed("waiting for the host")
    result, error = done[0]
    if error is not None:
        raise error
    return result  # type: ignore[return-value]
