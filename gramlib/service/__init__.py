"""The stakeholders' door: the run site and a REST interface over the same functions, `gram serve`.

A request never blocks on a run: it writes a job into a queue (SQLite), and processes work on it.

    settings     where runs and queue are kept, and every limit
    routes       a route: method, path, models of what goes in and out, role; what a handler is asked
    problems     every error as problem+json (RFC 9457)
    app          the Flask application made from the routes
    openapi      the OpenAPI 3.1 document made from the same routes
    access       who asks, and what that caller may: tokens, roles, Host and Origin
    jobs, dispatcher, child      the queue; who takes from it; the process that runs
"""

from gramlib.service.app import create_app
from gramlib.service.settings import Settings

__all__ = ["Settings", "create_app"]
