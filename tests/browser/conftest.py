"""Chromium, driven through the pages of a real run; what the tests look at stands in `pages`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pages
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""A browser of its own accord asks its maker for updates, which is no request of ours; in a container it has no sandbox."""


@dataclass
class Opened:
    """A page in the browser, with what it said and asked for while it was open."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


def chromium() -> str:
    """The machine's Chromium; skips where there is none."""
    named = os.environ.get("GRAM_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
    if not found:
        pytest.skip("no Chromium on this machine, and GRAM_CHROMIUM names none")
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser a module: while it runs, its event loop would be in the way of other tests that need one."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        yield started
        started.close()


@pytest.fixture
def show(browser: Browser, smoke_run: Path) -> Iterator[Callable[..., Opened]]:
    """Open a page by its name in `pages`, or a file: `width`, `height`, `scheme`, `media`, `scripts`."""
    contexts = []

    def opened(
        name: str | Path,
        *,
        width: int = 1366,
        height: int = 768,
        scheme: str = "light",
        media: str = "screen",
        scripts: bool = True,
    ) -> Opened:
        path = name if isinstance(name, Path) else pages.PAGES[name](smoke_run)
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=scripts
        )
        contexts.append(context)
        result = Opened(context.new_page())
        result.page.on("console", lambda message: result.said.append(message.text))
        result.page.on("pageerror", lambda error: result.said.append(str(error)))
        result.page.on("request", lambda request: result.asked.append(request.url))
        result.page.emulate_media(media=media)
        result.page.goto(path.as_uri())
        return result

    yield opened
    for context in contexts:
        context.close()
