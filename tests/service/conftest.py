"""An application without a socket, over folders of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gramlib.service import Settings, create_app

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "runner"))


@pytest.fixture
def settings(tmp_path: Path, workbench_root: Path) -> Settings:
    reports = tmp_path / "reports"
    reports.mkdir()
    return Settings(workbench_root, reports, reports / ".service", burst=10_000, requests_per_minute=600_000)


@pytest.fixture
def app(settings: Settings) -> Flask:
    app = create_app(settings)
    app.extensions["gram"].telemetry.quiet = True
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody at this machine."""
    return app.test_client()
