"""/what-if: sliders, and below them what they do to a run's figures. Rendered here; without script it works the same."""

from __future__ import annotations

import math
import threading
from html import escape
from typing import Any

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from gramlib.errors import GramError, ParameterError
from gramlib.report.html_table import without_inline_styles
from gramlib.report.what_if_chart import before_and_after
from gramlib.service.pages import Sheet, alert, links, sent
from gramlib.service.problems import Refused
from gramlib.service.routes import Asked, Route
from gramlib.service.shelf import Known
from gramlib.service.what_if import WhatIfAnswer, what_if
from gramlib.service.what_if_form import SCRIPT, form
from gramlib.service.what_if_issuer import asked_issuer
from gramlib.service.what_if_kept import PREPARED
from gramlib.service.what_if_levers import LEVERS, StatedPath, changes_of
from gramlib.service.what_if_run import PreparedRun
from gramlib.service.what_if_words import result

MOST_LISTED = 30
_DRAWING = threading.Lock()
"""The house style is set for the whole process while a chart is drawn."""


class WhatIfQuery(BaseModel):
    """What the form sends; texts, so that a number that is none is told of on the page."""

    model_config = ConfigDict(extra="forbid")

    run: str = Field(default="", max_length=200)
    fee: str = Field(default="", max_length=40)
    gate: str = Field(default="", max_length=40)
    cash: str = Field(default="", max_length=40)
    bills: str = Field(default="", max_length=40)
    custody: str = Field(default="", max_length=40)
    depth: str = Field(default="", max_length=40)
    fall: str = Field(default="", max_length=40)
    holders: str = Field(default="", max_length=40)


def _page(asked: Asked) -> Response:
    query: WhatIfQuery = asked.query
    ready = [known for known in asked.service.shelf.all() if known.folder is not None and _predicted(known)][
        :MOST_LISTED
    ]
    if not ready:
        body = "<p>No run has been predicted yet, so that there is nothing to change. <a href='/start'>Start a run</a>.</p>"
        return sent(Sheet("What if?", links() + body))
    try:
        known = _chosen(ready, query.run)
        assert known.folder is not None
        prepared = PREPARED.get(known.folder)
    except GramError as error:
        return sent(Sheet("What if?", links() + alert(error)), 422)
    asked_of = {lever.name: getattr(query, lever.name) for lever in LEVERS}
    try:
        values = {name: _number(name, text) for name, text in asked_of.items() if text}
        path = StatedPath(
            _number("fall", query.fall, 95.0) / 100 if query.fall else StatedPath.fall,
            _number("holders", query.holders, 100.0) / 100 if query.holders else StatedPath.run,
        )
        changes = changes_of(prepared.issuer, values)
        answer = what_if(known.folder, changes)
        shown = result(answer, values, prepared.issuer) + _path(prepared, changes, path) + _rest(answer, changes)
    except GramError as error:
        return _sheet(known, ready, form(prepared.issuer, {}, StatedPath(), ready, known) + alert(error), 422)
    return _sheet(known, ready, form(prepared.issuer, values, path, ready, known) + shown, 200)


def _sheet(known: Known, ready: list[Known], body: str, status: int) -> Response:
    summary = known.summary()
    banner = summary["label"] if summary["grade"] == "D" else ""
    title = f"What if? {summary['title']}"
    return sent(Sheet(title, links(known.run_id) + body, banner, f"Run {known.run_id}", SCRIPT), status)


def _predicted(known: Known) -> bool:
    from gramlib.runner.pipeline import stage_named

    folder = known.folder
    return folder is not None and all(folder.manifest(stage_named(name).folder) for name in ("train", "predict"))


def _chosen(ready: list[Known], run_id: str) -> Known:
    if not run_id:
        return ready[0]
    for known in ready:
        if known.run_id == run_id:
            return known
    raise Refused(
        404, f"there is no predicted run {run_id!r}", expected="a run of the list", remedy="choose one of /what-if"
    )


def _number(name: str, text: str, highest: float = 1e6) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.0 <= value <= highest:
        raise ParameterError(
            f"{name} is {text!r}",
            expected=f"a number from 0 to {highest:,.10g}",
            origin="the form",
            remedy="move its slider",
        )
    return value


def _path(prepared: PreparedRun, changes: dict[str, Any], path: StatedPath) -> str:
    market = prepared.rerun.market
    changed = asked_issuer(prepared.issuer, changes)
    before, after = (
        path.ledger(issuer, market.start_usd_per_g, market.own_funds) for issuer in (prepared.issuer, changed)
    )
    with _DRAWING:
        chart = before_and_after(before, after, prepared.issuer.tokens_g, path.words)
    told = (
        f"One path of {len(after)} business days, nothing drawn by chance: {path.words}, and nothing else happens. "
        "It is no forecast; the chances above come from the run's many paths."
    )
    return f'<h2 id="path">Day by day</h2><p>{escape(told)}</p>{without_inline_styles(chart._repr_html_())}'


def _rest(answer: WhatIfAnswer, changes: dict[str, Any]) -> str:
    import json

    notes = "".join(f"<li>{escape(note)}</li>" for note in answer.notes)
    body = json.dumps({"run": answer.run, "changes": changes})
    return (
        f'<h2 id="how">How to read this</h2><ul>{notes}</ul>'
        f"<details><summary>The same by REST</summary><pre>POST /api/v1/what-if\n{escape(body)}</pre></details>"
        f'<p class="note">Computed in {answer.answer_s:.2f} s; the run was prepared once in {answer.prepare_s:.1f} s.</p>'
    )


ROUTES = (Route("GET", "/what-if", _page, "Sliders for stakeholders", tag="pages", query=WhatIfQuery, hidden=True),)
