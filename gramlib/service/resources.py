"""Every resource of the service, in the order of the OpenAPI document."""

from __future__ import annotations

from gramlib.service import (
    about,
    artefacts,
    catalogues,
    events,
    pages_run,
    replays,
    runs,
    site,
    stages,
    what_if,
    what_if_page,
)
from gramlib.service.routes import Route


def routes() -> tuple[Route, ...]:
    """All routes; a new resource adds the ROUTES of its module here."""
    return (
        *about.ROUTES,
        *runs.ROUTES,
        *stages.ROUTES,
        *artefacts.ROUTES,
        *events.ROUTES,
        *catalogues.ROUTES,
        *replays.ROUTES,
        *what_if.ROUTES,
        *what_if_page.ROUTES,
        *pages_run.ROUTES,
        *site.ROUTES,
    )
