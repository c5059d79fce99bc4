"""/start: a form that asks for a run; /progress/{run_id}: how far it is, until it leads to the report. Both without script."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from gramlib.errors import GramError
from gramlib.params.issuer_file import issuer_names
from gramlib.report.html_table import Status
from gramlib.report.vocabulary import STATUS_TONE
from gramlib.runner.pipeline import STAGES, Stage
from gramlib.service import runs
from gramlib.service.asking import params_file, run_files
from gramlib.service.pages import Sheet, alert, links, sent
from gramlib.service.problems import Refused
from gramlib.service.routes import Asked, Route
from gramlib.service.runs import RunPath, RunRequest
from gramlib.service.shelf import Known
from gramlib.store import RunFolder

REFRESH_S = 3
AS_THE_FILE_SAYS = ""
_FIRST = ("smoke", "baseline")
_FORM = "application/x-www-form-urlencoded"
_PATHS = (1_000, 10_000, 100_000)


class StartForm(BaseModel):
    """What the form sends."""

    model_config = ConfigDict(extra="forbid")

    params: str = Field(max_length=100)
    issuer: str = Field(default=AS_THE_FILE_SAYS, max_length=64)
    n_paths: str = Field(default=AS_THE_FILE_SAYS, pattern=r"^[0-9]{0,7}$")


def _form(asked: Asked) -> Response:
    return _form_page(asked, StartForm(params=_FIRST[0]), "", 200)


def _form_page(asked: Asked, given: StartForm, told: str, status: int) -> Response:
    root = asked.service.settings.root
    names = sorted(run_files(root), key=lambda name: (_FIRST.index(name) if name in _FIRST else len(_FIRST), name))
    files = [(name, name) for name in names]
    issuers = [(AS_THE_FILE_SAYS, "as the run file says"), *((name, name) for name in issuer_names(root))]
    paths = [(AS_THE_FILE_SAYS, "as the run file says"), *((str(n), f"{n:,}") for n in _PATHS)]
    body = (
        "<p>A run takes five stages, from prices to the report: smoke about half a minute, baseline a few minutes. It waits in "
        "a queue and goes on when this page is closed.</p>"
        f'{told}<form class="ask" method="post" action="/start">'
        f"{_choice('params', 'Run file', files, given.params, 'what is run: a file of params/')}"
        f"{_choice('issuer', 'Issuer', issuers, given.issuer, 'whose balance sheet and terms are tested')}"
        f"{_choice('n_paths', 'Price paths of a year', paths, given.n_paths, 'more of them narrow the intervals and take longer')}"
        '<p class="buttons"><button type="submit">Start the run</button></p></form>'
    )
    return sent(Sheet("Start a run", links() + body), status)


def _choice(name: str, label: str, options: list[tuple[str, str]], chosen: str, hint: str) -> str:
    items = "".join(
        f'<option value="{escape(value, quote=True)}"{" selected" if value == chosen else ""}>{escape(text)}</option>'
        for value, text in options
    )
    return (
        f'<div class="field lever"><label for="{name}">{escape(label)}</label>'
        f'<select id="{name}" name="{name}" aria-describedby="{name}-hint">{items}</select>'
        f'<p class="hint" id="{name}-hint">{escape(hint)}</p></div>'
    )


def _start(asked: Asked) -> Response:
    given: StartForm = asked.body
    changed: dict[str, object] = {"issuer": given.issuer} if given.issuer else {}
    if given.n_paths:
        changed["predict.n_paths"] = int(given.n_paths)
    try:
        params_file(given.params, asked.service.settings.root)
        answer = runs.start(replace(asked, body=RunRequest.model_validate({"params": given.params, "set": changed})))
    except (GramError, Refused) as error:
        found = error if isinstance(error, GramError) else GramError(error.problem.detail)
        return _form_page(asked, given, alert(found), 422)
    run_id = answer.headers["Location"].rpartition("/")[2]
    return Response(status=303, headers={"Location": f"/progress/{run_id}"})


def _progress(asked: Asked) -> Response:
    known = asked.service.shelf.one(asked.path.run_id)
    summary, job = known.summary(), known.job
    live = job is not None and job.live
    done = sum(_stage(known.folder, stage)[0] == "succeeded" for stage in STAGES)
    rows = "".join(_stage_row(known, stage) for stage in STAGES)
    ahead = asked.service.jobs.ahead_of(job) if job is not None and job.state == "queued" else 0
    waits = f"<p>{ahead} before it in the queue.</p>" if ahead else ""
    why = f'<p class="missed">{escape(summary["reason"])}</p>' if summary["reason"] else ""
    again = f'<p class="note">This page looks again every {REFRESH_S} seconds.</p>' if live else ""
    body = (
        f'<section class="verdict {STATUS_TONE.get(summary["status"], "none")}" aria-label="How it stands" role="status">'
        f'<p class="sentence">{Status(summary["status"]).html()} {done} of {len(STAGES)} stages done</p>{why}{_end(known, summary["status"])}</section>'
        f'<p><progress max="{len(STAGES)}" value="{done}" aria-label="Stages done">{done} of {len(STAGES)}</progress></p>'
        f'{waits}<ul class="stages">{rows}</ul>{again}'
    )
    title = summary["title"] or (job.title if job else known.run_id)
    return sent(Sheet(title, links() + body, "", f"Run {known.run_id}", refresh_s=REFRESH_S if live else 0))


def _end(known: Known, status: str) -> str:
    if status != "succeeded":
        return ""
    name = escape(known.run_id, quote=True)
    return (
        f'<p class="missed"><a href="/{name}/report.html">Read the report</a> · '
        f'<a href="/what-if?run={name}">Change the issuer</a></p>'
    )


def _stage(folder: RunFolder | None, stage: Stage) -> tuple[str, str]:
    """How a stage stands, and how long it took or what it says."""
    if folder is None:
        return "not run", ""
    attempt, manifest = folder.last_attempt(stage.folder), folder.manifest(stage.folder)
    if attempt is not None and (manifest is None or attempt.status == "running"):
        return attempt.status, ""
    return ("succeeded", f"in {manifest.wall_s:.0f} s") if manifest is not None else ("not run", "")


def _stage_row(known: Known, stage: Stage) -> str:
    status, told = _stage(known.folder, stage)
    return f"<li>{Status(status).html()} <strong>{escape(stage.name)}</strong>: {escape(stage.question)} {escape(told)}</li>"


ROUTES = (
    Route("GET", "/start", _form, "A form to start a run", role="run", tag="pages", hidden=True),
    Route(
        "POST", "/start", _start, "Start a run", role="run", tag="pages", request=StartForm, consumes=_FORM, hidden=True
    ),
    Route("GET", "/progress/{run_id}", _progress, "How far a run is", tag="pages", path_model=RunPath, hidden=True),
)
