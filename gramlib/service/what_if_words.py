"""The answer to a what-if as the page tells it: what was changed, the verdict, key figures as cards, every number in a table."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from gramlib.params.fields import leaves
from gramlib.params.issuer import Issuer
from gramlib.report import numbers
from gramlib.report.html_table import Heading, Status, Table, without_inline_styles
from gramlib.report.vocabulary import REQUIREMENTS, SEVERITY, STATUS_TONE
from gramlib.service.what_if import Breaking, Failure, Figure, WhatIfAnswer
from gramlib.service.what_if_levers import LEVERS

_ARROW = '<span class="arrow" aria-label="becomes">\N{RIGHTWARDS ARROW}</span>'
_BETTER, _WORSE, _SAME = "\N{NORTH EAST ARROW} better", "\N{SOUTH EAST ARROW} worse", "no difference beyond chance"


def result(answer: WhatIfAnswer, values: Mapping[str, float], issuer: Issuer) -> str:
    """Everything above the chart."""
    cards = [_failure_card(each, bool(answer.changes)) for each in sorted(answer.failures, key=_leading)]
    cards += [_loss_card(answer), *(_breaking_card(each) for each in answer.breaking), _scenarios_card(answer)]
    return (
        f"{_verdict(answer, values, issuer)}"
        f'<ul class="kpis" aria-label="Key figures">{"".join(cards)}</ul>'
        f"{_moved_scenarios(answer)}{without_inline_styles(_table(answer)._repr_html_())}"
    )


def _leading(failure: Failure) -> tuple[int, str]:
    """What leads the report leads here: cash used up, late redemption, insolvency."""
    order = ("F7", "F3", "F2")
    return (order.index(failure.predicate) if failure.predicate in order else len(order), failure.predicate)


def _verdict(answer: WhatIfAnswer, values: Mapping[str, float], issuer: Issuer) -> str:
    before, after = Status(answer.verdict_before), Status(answer.verdict_after)
    moved = [
        f"{lever.slider.label.lower()} {lever.slider.text(lever.own(issuer))} to {lever.slider.text(values[lever.name])}"
        for lever in LEVERS
        if lever.name in values and lever.moved(issuer, values[lever.name])
    ]
    assumed = any(issuer.basis_of(key).basis == "assumed" for key, _, _ in leaves(issuer) if key != "name")
    who = "an issuer assumed to look like this" if assumed else "this issuer"
    if not moved:
        sentence = (
            f"{after.html()} Nothing is changed: {who} is judged as it stands. Move a slider and press the button."
        )
    else:
        better = SEVERITY[answer.verdict_after] - SEVERITY[answer.verdict_before]
        word = "stays" if not better else "gets better" if better < 0 else "gets worse"
        sentence = f"{before.html()} {_ARROW} {after.html()} The verdict on {who} {word}."
    changed = f'<p class="missed">Changed: {escape("; ".join(moved))}.</p>' if moved else ""
    paths = numbers.joined(f"{n:,} paths ({book})" for book, n in answer.n_paths.items())
    counts = [
        sum(failure.status_after == status for failure in answer.failures) for status in ("fail", "watch", "pass")
    ]
    told = f"Of {len(answer.failures)} failures {counts[0]} are beyond their limit, {counts[1]} near it, {counts[2]} within it. "
    return (
        f'<section class="verdict {STATUS_TONE.get(answer.verdict_after, "none")}" id="answer" aria-label="Answer">'
        f'<p class="sentence">{sentence}</p>{changed}<p class="missed">{escape(told)}</p>'
        f'<p class="as-of">{escape(f"By the limits of the profile, on {paths} of the run itself; data grade {answer.data_grade}")}</p>'
        "</section>"
    )


def _card(label: str, status: str, value: str, details: list[str], change: str) -> str:
    badge = Status(status).html() if status else '<span class="status none">no limit set</span>'
    told = f'<p class="change">{escape(change)}</p>' if change else ""
    return (
        f'<li class="kpi {STATUS_TONE.get(status, "none")}"><p class="label">{escape(label)}</p>'
        f'<p class="value">{escape(value)} {badge}</p>'
        f'<p class="detail">{"<br>".join(map(escape, details))}</p>{told}</li>'
    )


def _failure_card(failure: Failure, changed: bool) -> str:
    before = f"before {_chance(failure.before)}, {Status(failure.status_before)}"
    details = [
        *([before] if changed else []),
        f"limit {numbers.exact_percent(failure.limit)} a year",
        _interval(failure.after),
    ]
    value = f"{_chance(failure.after)} a year"
    return _card(
        failure.meaning,
        failure.status_after,
        value,
        details,
        _moved(failure.difference) if changed else "",
    )


def _loss_card(answer: WhatIfAnswer) -> str:
    loss = answer.loss
    ends = f"interval {numbers.usd(loss.after.lower)} to {numbers.usd(loss.after.upper)}"
    change = ""
    if answer.changes:
        change = f"{_way(loss.difference)} {numbers.usd(loss.difference.value)}".strip()
    details = [*([f"before {numbers.usd(loss.before.value)}"] if answer.changes else []), ends]
    label = f"Loss in the worst {numbers.exact_percent(1 - loss.level)} of paths, price effect apart"
    return _card(label, "", numbers.usd(loss.after.value), details, change)


def _breaking_card(breaking: Breaking) -> str:
    before, after = breaking.before, breaking.after
    details = [f"at least {numbers.exact_percent(breaking.limit)} is asked for"]
    change = ""
    if before != after:
        details.insert(0, f"before {_size(before)}, {Status(breaking.status_before)}")
        better = after is None or (before is not None and after > before)
        change = _BETTER if better else _WORSE
    return _card(REQUIREMENTS[breaking.name][1], breaking.status_after, _size(after), details, change)


def _scenarios_card(answer: WhatIfAnswer) -> str:
    before, after = answer.scenarios.before, answer.scenarios.after
    status = next((name for name in ("fail", "watch") if after[name]), "pass")
    total = sum(after.values())
    details = [f"{after['watch']} more with failures within it"]
    change = ""
    if before["fail"] != after["fail"]:
        details.insert(0, f"before {before['fail']}")
        change = _BETTER if after["fail"] < before["fail"] else _WORSE
    return _card("Scenarios beyond what is tolerated", status, f"{after['fail']} of {total}", details, change)


def _moved_scenarios(answer: WhatIfAnswer) -> str:
    moved = answer.scenarios.moved
    if not moved:
        return ""
    rows = tuple(
        (f"{each.scenario} {each.title}", Status(each.status_before), Status(each.status_after),
         ", ".join(each.failed_before) or "nothing", ", ".join(each.failed_after) or "nothing")
        for each in moved
    )  # fmt: skip
    headings = tuple(Heading(text) for text in ("Scenario", "Before", "After", "Failed before", "Fails after"))
    table = Table("Scenarios that come out otherwise", headings, rows, folded=True)
    return without_inline_styles(table._repr_html_())


def _table(answer: WhatIfAnswer) -> Table:
    rows = tuple(
        (f"{each.predicate} {each.meaning}", each.book, f"{each.n_paths:,}", _with_ends(each.before), _with_ends(each.after),
         _difference(each.difference), _chance(each.run) if each.run.value is not None else "not analysed")
        for each in answer.failures
    )  # fmt: skip
    headings = (
        Heading("Failure"), Heading("Book"), Heading("Paths", numeric=True), Heading("Before", "a year", numeric=True),
        Heading("After", "a year", numeric=True), Heading("Difference", "points", numeric=True),
        Heading("Run, all paths", "a year", numeric=True),
    )  # fmt: skip
    note = f"Intervals of {numbers.exact_percent(answer.confidence)}; those of differences are of pairs of paths with the same draws."
    return Table("Every chance with its interval", headings, rows, note, folded=True)


def _chance(figure: Figure) -> str:
    return numbers.percent(figure.value) if figure.value else "none seen"


def _with_ends(figure: Figure) -> str:
    return f"{_chance(figure)} ({numbers.percent(figure.lower)} to {numbers.percent(figure.upper)})"


def _interval(figure: Figure) -> str:
    return f"interval {numbers.percent(figure.lower)} to {numbers.percent(figure.upper)}"


def _points(value: float | None) -> str:
    text = numbers.percent(value).removesuffix("%")
    return text if value is None or value <= 0 else f"+{text}"


def _difference(figure: Figure) -> str:
    return f"{_points(figure.value)} ({_points(figure.lower)} to {_points(figure.upper)})"


def _way(difference: Figure) -> str:
    """Better or worse beyond chance: less of a failure, and less of a loss, is better."""
    if difference.lower is None or difference.upper is None or difference.lower <= 0.0 <= difference.upper:
        return ""
    return f"{_BETTER if difference.upper < 0.0 else _WORSE}:"


def _moved(difference: Figure) -> str:
    way = _way(difference)
    return f"{way} {_difference(difference)} points" if way else _SAME


def _size(value: float | None) -> str:
    return "none found" if value is None else numbers.percent(value)
