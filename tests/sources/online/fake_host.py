"""A real HTTP server on 127.0.0.1 that stands for every source's host, and misbehaves on demand."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from gramlib.sources.online import Manners

QUICK = Manners(attempts=3, backoff_s=0.01, pause_s=0.0, connect_timeout_s=1.0, read_timeout_s=1.0, max_bytes=2_000_000)
"""The shipped manners with waits that a test can spare."""

HOSTS = (
    "api.spdrgoldshares.com", "query1.finance.yahoo.com", "prices.lbma.org.uk", "www.bankofengland.co.uk",
    "www.worldbank.org", "thedocs.worldbank.org", "api.nbp.pl", "api.binance.com", "api.kraken.com",
    "api.exchange.coinbase.com", "api-pub.bitfinex.com", "api.coingecko.com", "stablecoins.llama.fi",
    "fred.stlouisfed.org",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    host: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: str


@dataclass
class Reply:
    """One answer. `cut` closes the connection after that many bytes; `drip_s` sends a byte at a time."""

    body: bytes = b""
    content_type: str = "application/json"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    drip_s: float = 0.0
    drip_header: bool = False


Answer = Callable[[Asked], Reply]


class FakeHost:
    """Serves `answer` until closed; `asked` lists what came in. A list of replies is given one by one, the last for ever."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.closing = threading.Event()
        self._answer: Answer = lambda asked: Reply(status=500)
        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # or each answer waits 40 ms for an acknowledgement

            def do_GET(self) -> None:
                host.serve(self)

            def log_message(self, *args: object) -> None:
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                pass  # clients that hang up are what these tests are about

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=lambda: self._server.serve_forever(poll_interval=0.02), daemon=True)
        self._thread.start()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def base_urls(self) -> dict[str, str]:
        """Every documented host, replaced by a folder here."""
        return {f"https://{name}": f"{self.base}/{name}" for name in HOSTS}

    def gives(self, answer: Answer | Reply | list[Reply]) -> None:
        if isinstance(answer, Reply):
            answer = [answer]
        if isinstance(answer, list):
            left = list(answer)
            self._answer = lambda asked: left.pop(0) if len(left) > 1 else left[0]
        else:
            self._answer = answer
        self.asked.clear()

    def serve(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        name, _, path = parts.path.removeprefix("/").partition("/")
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        asked = Asked(name, "/" + unquote(path), query, dict(handler.headers), handler.path)
        self.asked.append(asked)
        self._send(handler, self._answer(asked))

    def _send(self, handler: http.server.BaseHTTPRequestHandler, reply: Reply) -> None:
        if reply.drip_header:
            self._drip(handler, b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 10_000, reply.drip_s)
            return
        handler.send_response(reply.status)
        headers = {"Content-Length": str(len(reply.body)), **reply.headers}
        if reply.content_type:
            headers["Content-Type"] = reply.content_type
        for key, value in headers.items():
            if value:
                handler.send_header(key, value)
        handler.end_headers()
        if reply.drip_s:
            self._drip(handler, reply.body, reply.drip_s)
        else:
            handler.wfile.write(reply.body if reply.cut is None else reply.body[: reply.cut])
        if reply.cut is not None or not headers["Content-Length"]:
            handler.close_connection = True

    def _drip(self, handler: http.server.BaseHTTPRequestHandler, content: bytes, drip_s: float) -> None:
        for byte in content:
            if self.closing.is_set():
                break
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            time.sleep(drip_s)
        handler.close_connection = True

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(2)
