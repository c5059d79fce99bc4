"""What stage report hands on."""

from __future__ import annotations

from gramlib.artefacts.columns import Artefact

ARTEFACTS: tuple[Artefact, ...] = (
    Artefact("report", "report", "Headline figures, verdict and findings as data", kind="document"),
)
