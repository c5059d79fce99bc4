"""Listen: waitress in front of the application, the dispatcher beside it, one service a state folder."""

from __future__ import annotations

import contextlib
import signal
import threading
from types import FrameType

from waitress.server import create_server

from gramlib.errors import ParameterError
from gramlib.service.app import create_app
from gramlib.service.dispatcher import Dispatcher
from gramlib.service.service import Service
from gramlib.service.settings import Settings

_IDLE_SECONDS = 60


def serve(settings: Settings) -> None:
    """Listen until SIGTERM or Ctrl-C; says where on stdout.

    Raises ParameterError (exit 2) for an address beyond loopback while there is no token, and one that cannot be had.
    """
    app = create_app(settings)
    service: Service = app.extensions["gram"]
    if not settings.loopback and not service.tokens.any():
        raise ParameterError(
            f"--host {settings.host} would let others in, and there is no token",
            expected="loopback (127.0.0.1), or a token for whoever may come in",
            origin="--host",
            remedy="gram serve token add NAME --role read   (or --role run, to start runs)",
        )
    server = create_server(
        app, host=settings.host, port=settings.port, threads=settings.threads, send_bytes=1, ident="gram",
        max_request_body_size=settings.max_body_bytes, max_request_header_size=32_768, channel_timeout=_IDLE_SECONDS,
        clear_untrusted_proxy_headers=True,
    )  # fmt: skip
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        if not stopping.is_set():
            stopping.set()
            raise KeyboardInterrupt

    previous = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        address = f"http://{settings.host}:{server.effective_port}"
        with Dispatcher(settings, service.jobs, service.telemetry):
            service.telemetry.say("listening", address=address, reports=str(settings.reports), workers=settings.workers)
            with contextlib.suppress(KeyboardInterrupt):
                server.run()
            service.telemetry.say("stopping", meaning="runs at work are stopped in order and go on next time")
    finally:
        server.close()
        for number, handler in previous.items():
            signal.signal(number, handler)
