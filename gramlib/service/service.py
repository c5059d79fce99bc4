"""What all requests share: settings, tokens, queue, limits, counts."""

from __future__ import annotations

from typing import Any

from flask import Request

from gramlib.service import access
from gramlib.service.access import Caller
from gramlib.service.database import Database
from gramlib.service.idempotency import Answers
from gramlib.service.jobs import Jobs
from gramlib.service.problems import Refused
from gramlib.service.rate import Limiter
from gramlib.service.settings import LOOPBACK, Settings
from gramlib.service.shelf import Shelf
from gramlib.service.streams import Streams
from gramlib.service.telemetry import Telemetry
from gramlib.service.tokens import Tokens


class Service:
    """One service over one folder of runs."""

    def __init__(self, settings: Settings):
        self.settings = settings
        database = Database(settings.state)
        self.tokens = Tokens(database)
        self.jobs = Jobs(database, settings)
        self.shelf = Shelf(settings.reports, self.jobs)
        self.answers = Answers(database)
        self.limiter = Limiter(settings.requests_per_minute, settings.burst)
        self.streams = Streams(settings.max_streams)
        self.telemetry = Telemetry()
        self.told = self.telemetry.told
        self.openapi: dict[str, Any] = {}

    def caller(self, request: Request) -> Caller:
        """Who asks; somebody without a role where a token is needed and none, or a wrong one, is given."""
        address = request.remote_addr or ""
        token = access.given_token(request.headers.get("Authorization", ""))
        if token:
            found = self.tokens.holder(token)
            return Caller(found.name, found.role, address) if found else Caller("", "", address)
        if self.settings.loopback and address in LOOPBACK and not self.tokens.any():
            access.refuse_other_names(request)
            return Caller("local", "run", address)
        return Caller("", "", address)

    def require(self, caller: Caller, role: str) -> None:
        """Raise Refused (401, 403) where the caller's role does not include `role`."""
        if caller.may(role):
            return
        if not caller.role:
            raise Refused(
                401,
                "this needs a token, and none that is known was given",
                expected="Authorization: Bearer TOKEN, or the token as a browser's password",
                remedy="whoever runs the service makes one: gram serve token add NAME --role read",
                headers={
                    "WWW-Authenticate": 'Basic realm="Gram workbench", charset="UTF-8", Bearer realm="Gram workbench"'
                },
            )
        raise Refused(403, f"the token {caller.name} may {caller.role}", expected=f"one that may {role}")
