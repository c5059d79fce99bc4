"""The one HTTP client: polite retries, one deadline, limits on size and redirects, bytes only in the form asked for.

Proxies and certificates come from the environment, as httpx reads it (HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE).
"""

from __future__ import annotations

import datetime as dt
import email.utils
import time
import zlib
from types import TracebackType

import httpx

from gramlib.errors import DataContractError, ParameterError, SourceUnreachable
from gramlib.sources.online.body import CutShort, check_body, first_bytes, one_line
from gramlib.sources.online.deadline import Deadline
from gramlib.sources.online.provider import RawFile, Request
from gramlib.sources.online.settings import OnlineSettings

AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
REFUSED = {
    401: "wants a key or a login for this",
    403: "refuses this client or network",
    407: "the proxy wants a login",
    451: "is closed to this country",
}
ERROR_BODY_BYTES = 2048
_GZIP = 16 + zlib.MAX_WBITS


class _TryAgain(Exception):
    """Worth another attempt; `wait_s` is what the host asks for, None when it says nothing."""

    def __init__(self, reason: str, wait_s: float | None = None):
        self.wait_s = wait_s
        super().__init__(reason)


class Client:
    """Fetches the requests of one series; a context manager, for it holds connections open between pages."""

    def __init__(self, settings: OnlineSettings, deadline: Deadline, user_agent: str):
        self._settings = settings
        self._manners = settings.manners
        self._deadline = deadline
        headers = {"Accept-Encoding": "gzip"}
        if user_agent:
            headers["User-Agent"] = user_agent
        try:
            self._http = httpx.Client(follow_redirects=False, headers=headers)
        except (ImportError, OSError, ValueError) as error:
            raise ParameterError(
                f"the network settings of this environment cannot be used: {error}",
                expected="http:// or https:// proxies (HTTPS_PROXY, ALL_PROXY), certificates that exist (SSL_CERT_FILE)",
                origin="environment variables",
                remedy="correct or unset the variable",
            ) from error

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, request: Request) -> RawFile | None:
        """The answer, or None for a 404 that the request allows.

        Raises SourceUnreachable (refused, unreachable, over a limit) or DataContractError (another form than asked
        for, an address that is gone), each with the reason.
        """
        for attempt in range(1, self._manners.attempts + 1):
            try:
                return self._once(request)
            except _TryAgain as again:
                reason, wait_s = str(again), self._wait_s(again, attempt)
                if attempt == self._manners.attempts:
                    raise _unreachable(request, f"{reason} ({attempt} attempts)") from again
                if wait_s >= self._deadline.remaining():
                    left = f"{self._deadline.remaining():.0f} s left of data.total_timeout_s"
                    raise _unreachable(
                        request, f"{reason}; the wait of {wait_s:,.0f} s is longer than the {left}"
                    ) from again
                time.sleep(wait_s)
        raise AssertionError("the last attempt returns or raises")

    def _wait_s(self, again: _TryAgain, attempt: int) -> float:
        backoff_s = self._manners.backoff_s * 2 ** (attempt - 1)
        return max(backoff_s, again.wait_s or 0.0)

    def _once(self, request: Request) -> RawFile | None:
        address = self._settings.address(request.url)
        try:
            for _ in range(self._manners.max_redirects + 1):
                self._deadline.check("connecting")
                with self._http.stream("GET", address, timeout=self._timeout()) as response:
                    if response.has_redirect_location:
                        address = _same_host(response, request)
                        continue
                    return self._answer(response, request)
        except httpx.InvalidURL as error:
            raise _unreachable(request, f"redirected to an address that is none: {error}") from error
        except httpx.TimeoutException as error:
            self._deadline.check("waiting for an answer")
            raise _TryAgain(f"no answer in time ({type(error).__name__})") from error
        except httpx.RemoteProtocolError as error:
            raise _TryAgain(f"the connection closed before the answer was whole ({error})") from error
        except httpx.TransportError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error) or isinstance(error, httpx.ProxyError):
                raise _unreachable(request, f"no trusted connection: {error}") from error
            raise _TryAgain(f"no connection: {error or type(error).__name__}") from error
        raise _unreachable(request, f"more than {self._manners.max_redirects} redirects, the last to {address}")

    def _timeout(self) -> httpx.Timeout:
        left = max(0.001, self._deadline.remaining())
        read_s = min(self._manners.read_timeout_s, left)
        return httpx.Timeout(read_s, connect=min(self._manners.connect_timeout_s, left))

    def _answer(self, response: httpx.Response, request: Request) -> RawFile | None:
        status = response.status_code
        if status == 404 and request.absent_ok:
            return None
        if status != 200:
            self._refuse(response, request)
        content = self._read(response, request)
        content_type = response.headers.get("content-type", "")
        try:
            check_body(content, content_type, request.form, request.url)
        except CutShort as error:
            raise _TryAgain(str(error)) from error
        return RawFile(request.filename, content, request.url, content_type)

    def _refuse(self, response: httpx.Response, request: Request) -> None:
        said = first_bytes(self._error_body(response))
        status = f"status {response.status_code}"
        if response.status_code in AGAIN:
            raise _TryAgain(f"{status}, {said}", _retry_after_s(response.headers.get("retry-after", "")))
        if response.status_code in REFUSED:
            by_whom = "a guard before the host" if "cf-mitigated" in response.headers else "the host"
            raise _unreachable(request, f"{status}, {by_whom} {REFUSED[response.status_code]}: {said}")
        raise DataContractError(
            f"{request.url} answered {status}: {said}",
            expected=f"status 200 and {request.form.name}",
            origin=request.url,
            remedy="the source has changed its address or its rules; name another source, and report it",
        )

    def _error_body(self, response: httpx.Response) -> bytes:
        chunks = b""
        for chunk in response.iter_raw():
            chunks += chunk
            if len(chunks) >= ERROR_BODY_BYTES:
                break
            self._deadline.check("reading a refusal")
        return chunks[:ERROR_BODY_BYTES]

    def _read(self, response: httpx.Response, request: Request) -> bytes:
        """The decoded body. Decoded here, bounded at every step: 64 kB of gzip can hold 64 MB, and gzip in gzip more."""
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "gzip", "x-gzip"):
            raise _unreachable(request, f"content encoding {encoding!r}, which was not asked for")
        inflate = None if encoding == "identity" else zlib.decompressobj(_GZIP)
        limit = self._manners.max_bytes
        body = bytearray()
        for chunk in response.iter_raw():
            self._deadline.check(f"reading an answer, after {len(body):,} bytes")
            try:
                body += chunk if inflate is None else inflate.decompress(chunk, limit + 1 - len(body))
            except zlib.error as error:
                raise _TryAgain(f"damaged {encoding} ({error})") from error
            if len(body) > limit:
                raise _unreachable(
                    request, f"an answer of more than {limit:,} bytes once unpacked, which no series here has"
                )
        if inflate is not None and not inflate.eof:
            raise _TryAgain(f"half an answer: the {encoding} stream has no end")
        return bytes(body)


def _same_host(response: httpx.Response, request: Request) -> str:
    here, there = response.url, response.url.join(response.headers["location"])
    if (there.host, there.port) != (here.host, here.port) or (here.scheme, there.scheme) == ("https", "http"):
        raise _unreachable(request, f"redirected to another host, {there.scheme}://{there.host}, which is not followed")
    return str(there)


def _retry_after_s(header: str) -> float | None:
    """Seconds of a Retry-After header (RFC 9110, section 10.2.3: seconds or a date), None when it says nothing."""
    if header.strip().isdigit():
        return float(header)
    try:
        moment = email.utils.parsedate_to_datetime(header)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return max(0.0, (moment - dt.datetime.now(dt.UTC)).total_seconds())


def _unreachable(request: Request, reason: str) -> SourceUnreachable:
    return SourceUnreachable(
        f"{httpx.URL(request.url).host}: {one_line(reason)}",
        expected=f"{request.form.name}",
        origin=request.url,
        remedy="try again later, name another source, use a snapshot (data.offline: true), or give a file (data.source: file)",
    )
