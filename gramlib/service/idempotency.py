"""Idempotency-Key: a POST that is sent again, because its answer was lost, is answered again and done once.

The same key with another body, or to another address, is refused (422); one whose first request is still being answered
is told to wait (409). Answers are kept for a day, each caller's apart. Answers of 500 and above are not kept.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import time
from collections.abc import Callable

from flask import Request, Response

from gramlib.service.database import Database
from gramlib.service.problems import Refused, answer
from gramlib.service.routes import Asked

KEPT_SECONDS = 86_400.0
_STALE_SECONDS = 60.0
"""A request that has not been answered by then died with its server; the key is free again."""
_KEY = re.compile(r"[!-~]{1,200}")


class Answers:
    """Answers given to POSTs with a key."""

    def __init__(self, database: Database):
        self._database = database

    def once(self, asked: Asked, request: Request, answered: Callable[[], Response]) -> Response:
        """What `answered` gives, or what it gave when this key was first used."""
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return answered()
        if not _KEY.fullmatch(key):
            raise Refused(400, "Idempotency-Key is no key", expected="1 to 200 printable ASCII characters, no spaces")
        caller = asked.caller.name
        digest = hashlib.sha256(
            b"\0".join(
                [request.method.encode(), request.full_path.encode("utf-8", "surrogatepass"), request.get_data()]
            )
        ).hexdigest()
        kept = self._claim(caller, key, digest)
        if kept is not None:
            response = Response(kept["body"], status=kept["status"], headers=json.loads(kept["headers"]))
            response.headers["Idempotency-Replayed"] = "true"
            return response
        try:
            response = answered()
        except Refused as refusal:
            response = answer(refusal.problem, refusal.headers)
        except BaseException:
            self._forget(caller, key)
            raise
        if response.status_code >= 500 or response.is_streamed:
            self._forget(caller, key)
        else:
            self._keep(caller, key, response)
        return response

    def _claim(self, caller: str, key: str, digest: str) -> sqlite3.Row | None:
        now = time.time()
        with self._database.writing() as connection:
            connection.execute(
                "DELETE FROM answers WHERE created < ? OR (status IS NULL AND created < ?)",
                (now - KEPT_SECONDS, now - _STALE_SECONDS),
            )
            kept: sqlite3.Row | None = connection.execute(
                "SELECT * FROM answers WHERE caller = ? AND key = ?", (caller, key)
            ).fetchone()
            if kept is None:
                connection.execute(
                    "INSERT INTO answers (caller, key, request, created) VALUES (?, ?, ?, ?)",
                    (caller, key, digest, now),
                )
                return None
        if kept["request"] != digest:
            raise Refused(
                422,
                "this Idempotency-Key was used for another request",
                expected="a new key for each request that differs",
            )
        if kept["status"] is None:
            raise Refused(
                409,
                "the first request with this Idempotency-Key is still being answered",
                remedy="send it again in a moment",
                headers={"Retry-After": "1"},
            )
        return kept

    def _keep(self, caller: str, key: str, response: Response) -> None:
        headers = json.dumps([(k, v) for k, v in response.headers if k in ("Content-Type", "Location", "ETag")])
        self._database.connection().execute(
            "UPDATE answers SET status = ?, headers = ?, body = ? WHERE caller = ? AND key = ?",
            (response.status_code, headers, response.get_data(), caller, key),
        )

    def _forget(self, caller: str, key: str) -> None:
        self._database.connection().execute("DELETE FROM answers WHERE caller = ? AND key = ?", (caller, key))
