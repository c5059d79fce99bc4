"""Bearer tokens: shown once, kept as a hash.

A token is 256 random bits, so there is nothing to guess and no dictionary to try: one SHA-256 is as safe at rest as a
slow hash would be, and costs a request microseconds. scrypt protects passwords that people choose; nobody chooses these.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from dataclasses import dataclass

from gramlib.errors import ParameterError
from gramlib.params.suggest import did_you_mean
from gramlib.service.database import Database
from gramlib.service.routes import ROLES

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,59}")
_PREFIX = "gram_"
"""So that a scanner for leaked secrets knows one when it sees it."""


@dataclass(frozen=True)
class Holder:
    """Whose token it is, and what it allows: `role` is read or run; `created` in seconds since 1970."""

    name: str
    role: str
    created: float


class Tokens:
    """The tokens of one service."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, name: str, role: str) -> str:
        """A new token for `name`, to be shown once; raises ParameterError for a name that is taken or no name, or another role."""
        if not _NAME.fullmatch(name) or name == "local":
            raise ParameterError(
                f"{name[:60]!r} cannot name a token",
                expected="up to 60 letters, digits, dots, dashes, underscores and @, not `local`",
                origin="gram serve token add",
            )
        if role not in ROLES[1:]:
            raise ParameterError(f"there is no role {role!r}", expected=" or ".join(ROLES[1:]), origin="--role")
        token = _PREFIX + secrets.token_urlsafe(32)
        with self._database.writing() as connection:
            if connection.execute("SELECT 1 FROM tokens WHERE name = ?", (name,)).fetchone():
                raise ParameterError(
                    f"there is a token {name} already",
                    expected="one token a name",
                    remedy=f"gram serve token revoke {name}, then add it again, or use another name",
                )
            connection.execute(
                "INSERT INTO tokens (name, role, digest, created) VALUES (?, ?, ?, ?)",
                (name, role, _digest(token), time.time()),
            )
        return token

    def revoke(self, name: str) -> None:
        """Forget a token; it is refused from the next request on. Raises ParameterError where there is none of that name."""
        with self._database.writing() as connection:
            if not connection.execute("DELETE FROM tokens WHERE name = ?", (name,)).rowcount:
                names = [row["name"] for row in connection.execute("SELECT name FROM tokens ORDER BY name")]
                raise ParameterError(
                    f"there is no token {name[:60]!r}{did_you_mean(name, names)}",
                    expected=f"one of {', '.join(names)}" if names else "a token made by gram serve token add",
                )

    def all(self) -> tuple[Holder, ...]:
        """Every token's name and role, by name."""
        rows = self._database.connection().execute("SELECT name, role, created FROM tokens ORDER BY name")
        return tuple(Holder(row["name"], row["role"], row["created"]) for row in rows)

    def any(self) -> bool:
        """Whether there is a token at all."""
        return self._database.connection().execute("SELECT 1 FROM tokens LIMIT 1").fetchone() is not None

    def holder(self, token: str) -> Holder | None:
        """Whose `token` it is; every token is compared, in constant time, so that the time taken tells nothing."""
        digest, found = _digest(token), None
        for row in self._database.connection().execute("SELECT name, role, digest, created FROM tokens"):
            if hmac.compare_digest(row["digest"], digest):
                found = Holder(row["name"], row["role"], row["created"])
        return found


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
