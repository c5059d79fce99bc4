"""The page of a run that stopped: where, why, its last lines, and the command that goes on from there.

Standard library only, as the index. Everything here comes from outside (messages, logs, code of a notebook) and is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from gramlib.report.failure_causes import cause_of
from gramlib.report.page import document, links_in_order
from gramlib.report.site import site_style
from gramlib.report.site_row import badge, moment


@dataclass(frozen=True)
class FailedCell:
    """The cell in which a stage stopped; `number` counts from 1 as in the failed notebook, `last_lines` end its output."""

    number: int
    of: int
    source: str
    last_lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class StageState:
    """How far one stage of the run came; `status` as in the index, `text` its headline or what is missing."""

    name: str
    status: str
    text: str = ""


@dataclass(frozen=True)
class Failure:
    """What is known of a stopped run; times in seconds since 1970, 0 where unknown; links are relative to the run's folder.

    `exit_code` is None where the attempt left none. `resume` is a whole command line, `repeat` one that takes other parameters.
    """

    run_id: str
    stage: str
    question: str
    status: str
    exit_code: int | None
    message: str
    resume: str
    title: str = ""
    repeat: str = ""
    cell: FailedCell | None = None
    log: tuple[str, ...] = ()
    started: float = 0.0
    finished: float = 0.0
    host: str = ""
    attempts: int = 1
    stages: tuple[StageState, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)


def failure_page(failure: Failure) -> str:
    """The page as text."""
    cause = cause_of(failure.exit_code)
    steps = "".join(f"<li>{escape(step)}</li>" for step in cause.steps)
    other = (
        f"<p>With other parameters, as a new run:</p><pre><code>{escape(failure.repeat)}</code></pre>"
        if failure.repeat
        else ""
    )
    body = f"""<section class="verdict fail" aria-label="What happened"><p>{badge(failure.status, "run: ")}</p>
<p class="sentence">{escape(_sentence(failure))}</p><p>{escape(cause.meaning)}</p>{_navigation(failure.links)}</section>
<h2>What was found</h2>
<pre><code>{escape(failure.message.strip() or "no message was left")}</code></pre>
<h2>What to do</h2>
<ol>{steps}</ol>
<p>Resume, keeping every stage that succeeded:</p>
<pre><code>{escape(failure.resume)}</code></pre>
{other}
<h2>Where it stopped</h2>
{_facts(failure)}
{_cell(failure.cell)}
{_lines("Last lines of the stage's log", failure.log)}
<h2>How far the run came</h2>
{_stages(failure.stages)}"""
    eyebrow = " · ".join(filter(None, (failure.title, failure.run_id)))
    return document(f"Stopped: {cause.title}", body, eyebrow=eyebrow, extra_style=site_style())


def _sentence(failure: Failure) -> str:
    where = f" in cell {failure.cell.number} of {failure.cell.of}" if failure.cell else ""
    took = failure.finished - failure.started
    after = f" after {_duration(took)}" if failure.started and took >= 0 and failure.finished else ""
    return f"Stage {failure.stage} of run {failure.run_id} stopped{where}{after}: {cause_of(failure.exit_code).title}."


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.1f} s"
    minutes = int(seconds // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def _navigation(links: Mapping[str, str]) -> str:
    items = "".join(
        f'<li><a href="{escape(target)}">{escape(text)}</a></li>' for text, target in links_in_order(dict(links))
    )
    return f'<ul class="run-nav">{items}</ul>' if items else ""


def _facts(failure: Failure) -> str:
    code = "none: it did not live to leave one" if failure.exit_code is None else str(failure.exit_code)
    facts = {
        "Stage": f"{failure.stage}: {failure.question}",
        "Began": moment(failure.started) if failure.started else "",
        "Ended": moment(failure.finished) if failure.finished else "not recorded",
        "Machine": failure.host,
        "Exit code": code,
        "Attempts at this stage kept": str(failure.attempts),
    }
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts.items() if text)
    return f'<dl class="facts">{rows}</dl>'


def _cell(cell: FailedCell | None) -> str:
    if cell is None:
        return ""
    shown = f"<h3>The code of cell {cell.number}</h3><pre><code>{escape(cell.source.strip())}</code></pre>"
    return shown + _lines("Last lines of its output", cell.last_lines)


def _lines(title: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    text = escape("\n".join(lines))
    return f"<h3>{escape(title)}</h3><pre><code>{text}</code></pre>"


def _stages(stages: Sequence[StageState]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(stage.name)}</th><td>{badge(stage.status)}</td><td>{escape(stage.text)}</td></tr>'
        for stage in stages
    )
    return (
        '<div class="table-scroll" role="region" aria-label="Stages of the run" tabindex="0"><table><caption>Stages of the run</caption>'
        f'<thead><tr><th scope="col">Stage</th><th scope="col">State</th><th scope="col">Result</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )
