"""The run site, read only: the index, reports, pages of failures, comparisons and stages, and nothing else in the folder.

An address is taken apart by one of these patterns and looked up among the files there are; it is never joined to a path.
"""

from __future__ import annotations

import re
from pathlib import Path

from flask import Response, send_file
from pydantic import BaseModel

from gramlib.runner.site import rebuild_index
from gramlib.service.artefacts import free_to_hand_on
from gramlib.service.etags import conditional
from gramlib.service.headers import page_policy
from gramlib.service.pages import links
from gramlib.service.problems import Refused
from gramlib.service.routes import Asked, Route
from gramlib.service.shelf import RUN_ID
from gramlib.store import RunFolder

HTML = "text/html"
_MAIN = '<main id="main">'


class FilePath(BaseModel):
    """Any address that is no other route's."""

    file_path: str


_RUN = RUN_ID.strip("^$")
_TOP = re.compile(r"(index\.html|compare-[A-Za-z0-9._-]{1,240}\.html)")
_OF_RUN = re.compile(rf"({_RUN})/(report\.html|report\.json|failure\.html|sweep\.html)")
_OF_STAGE = re.compile(rf"({_RUN})/(0[1-5]_[a-z]+(?:\.attempt-[0-9a-f]+)?)/(notebook\.html)")


def _index(asked: Asked) -> Response:
    reports = asked.service.settings.reports
    if not (reports / "index.html").is_file():
        rebuild_index(reports)
    # On disk the index leads to files alone; the service's own pages are there only where it is served.
    html = (reports / "index.html").read_text(encoding="utf-8").replace(_MAIN, f"{_MAIN}\n{links()}", 1)
    headers = {"Content-Security-Policy": page_policy(html[:4096]), "Cache-Control": "private, no-cache"}
    return conditional(Response(html, content_type=f"{HTML}; charset=utf-8", headers=headers))


def _file(asked: Asked) -> Response:
    reports = asked.service.settings.reports
    path: str = asked.path.file_path
    top, run, stage = _TOP.fullmatch(path), _OF_RUN.fullmatch(path), _OF_STAGE.fullmatch(path)
    if top:
        return _page(_among(reports, top[1]))
    if run:
        return _page(_among(_among(reports, run[1]), run[2]))
    if stage:
        folder = _among(reports, stage[1])
        _refuse_source_rows(asked, RunFolder(folder))
        return _page(_among(_among(folder, stage[2]), stage[3]))
    raise _not_there()


def _among(folder: Path, name: str) -> Path:
    """The entry `name` of `folder`, found by looking through it; raises Refused (404)."""
    if folder.is_dir():
        for entry in folder.iterdir():
            if entry.name == name and not entry.is_symlink():
                return entry
    raise _not_there()


def _not_there() -> Refused:
    return Refused(404, "there is no such page", expected="a page that the index at / leads to")


def _refuse_source_rows(asked: Asked, folder: RunFolder) -> None:
    if asked.caller.local or free_to_hand_on(folder):
        return
    raise Refused(
        403,
        f"the notebooks of run {folder.run_id} show rows of a source that may not be handed on",
        expected="sources whose cards say redistribute: yes",
        remedy=f"read its report instead: /{folder.run_id}/report.html",
    )


def _page(path: Path) -> Response:
    if not path.is_file():
        raise _not_there()
    kind = "application/json" if path.suffix == ".json" else HTML
    response = send_file(path, mimetype=kind, conditional=True, etag=True, max_age=0)
    response.headers["Cache-Control"] = "private, no-cache"
    if kind == HTML:
        with open(path, encoding="utf-8", errors="replace") as handle:
            response.headers["Content-Security-Policy"] = page_policy(handle.read(4096))
    return response


ROUTES = (
    Route("GET", "/", _index, "All runs", tag="site", produces=(HTML,), hidden=True),
    Route(
        "GET",
        "/{file_path}",
        _file,
        "A page of the site",
        tag="site",
        path_model=FilePath,
        produces=(HTML,),
        hidden=True,
    ),
)
