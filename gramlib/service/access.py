"""Who asks, and what that caller may.

With tokens: a request needs one (`Authorization: Bearer …`, or Basic with the token as password, so that a browser can
ask for it). Without any, the service listens on loopback only, and whoever sits at this machine may do all that the
command line lets them do. Two things then stand between a web page elsewhere and this service:

    Host      must name loopback: a page whose own name was made to point here (DNS rebinding) sends its own name
    Origin    of a request that changes something must be the service itself: a form or script elsewhere sends its own

Origin is checked with tokens too, because a browser sends a password it has kept with whatever asks for it.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from flask import Request

from gramlib.service.problems import Refused
from gramlib.service.routes import ROLES
from gramlib.service.settings import LOOPBACK

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Caller:
    """Who asks: `name` of the token, or "local" for whoever sits at this machine."""

    name: str
    role: str
    address: str

    @property
    def local(self) -> bool:
        """Whether the caller sits at this machine and needs no token."""
        return self.name == "local"

    def may(self, role: str) -> bool:
        """Whether the caller's role includes `role`."""
        return ROLES.index(role) <= ROLES.index(self.role)


def refuse_other_sites(request: Request) -> None:
    """Raise Refused (403) for a request that changes something and comes from a page of another origin."""
    if request.method in SAFE_METHODS:
        return
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "none")
    if (origin is not None and origin != request.host_url.rstrip("/")) or site not in ("none", "same-origin"):
        raise Refused(
            403,
            f"this comes from a page of {origin or 'another site'}",
            expected=f"requests that change something come from {request.host_url.rstrip('/')} or from no page at all",
        )


def refuse_other_names(request: Request) -> None:
    """Raise Refused (403) where loopback is reached under another name (DNS rebinding)."""
    name = request.host.removesuffix(f":{request.host.rpartition(':')[2]}") if ":" in request.host else request.host
    if name.strip("[]") not in LOOPBACK:
        raise Refused(
            403,
            f"the service is asked for as {request.host[:80]}",
            expected="localhost or 127.0.0.1, while no token is needed",
            remedy="use that name, or make a token: gram serve token add NAME --role read",
        )


def given_token(header: str) -> str:
    """The token in an Authorization header, Bearer or the password of Basic; "" where there is none."""
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest.strip(), validate=True).decode("utf-8").partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""
