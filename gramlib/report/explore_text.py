"""What stands around the charts of the exploration notebook: failure flags, the day ledger, and the day's equations with numbers."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Any

from gramlib.artefacts import predicates_of
from gramlib.report import numbers
from gramlib.report.mathml import formula, markdown_html
from gramlib.report.methods import MODEL_PAGE, steps
from gramlib.report.vocabulary import FAILURES
from gramlib.simulation.what_if import Answer
from gramlib.units import GRAMS_PER_TROY_OUNCE

_SHOWN = ("E5", "E6", "E7", "E8", "E9", "E10", "E11")
"""Steps of the day that a lever reaches."""

_LEDGER = (
    ("day", "Day", 1.0, 0),
    ("price_usd_per_g", "Gold<br>USD/oz", GRAMS_PER_TROY_OUNCE, 0),
    ("coverage", "Cover<br>%", 100.0, 2),
    ("requested_g", "Asked<br>kg", 1e-3, 0),
    ("paid_g", "Paid<br>kg", 1e-3, 0),
    ("queue_g", "Queue<br>kg", 1e-3, 0),
    ("cash_usd", "Cash<br>USD m", 1e-6, 1),
    ("bills_usd", "Bills<br>USD m", 1e-6, 1),
    ("sold_g", "Sold<br>kg", 1e-3, 0),
    ("discount", "Discount<br>%", 100.0, 2),
    ("equity_usd", "Funds<br>USD m", 1e-6, 1),
)
"""Columns of the ledger as shown: its name there, heading, factor, decimals."""

STYLE = """<style>
.gram-explore{font-size:13px;line-height:1.35;color:#18222d}
.gram-explore table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:12px}
.gram-explore th,.gram-explore td{padding:2px 5px;text-align:right;white-space:nowrap;border-bottom:1px solid #e5e9ee;background:#fff}
.gram-explore .flags th,.gram-explore .flags td{text-align:left;white-space:normal}
.gram-explore thead th{position:sticky;top:0;background:#f3f5f8;vertical-align:bottom}
.gram-explore .days{max-height:230px;overflow:auto;max-width:648px;border:1px solid #ccd4dc}
.gram-explore .days table{font-size:11px}.gram-explore .days th,.gram-explore .days td{padding:2px 4px}
.gram-explore .days tr.worst td,.gram-explore .days tr.worst th{background:#fff3e6}
.gram-explore .fail{color:#9c2700;font-weight:600}.gram-explore .pass{color:#00623f}
.gram-explore .formula{overflow:auto hidden;margin:.1em 0;padding:3px 0;font-size:12px}.gram-explore .said{color:#0b4f7d;margin:.1em 0 .9em}
.gram-explore p{margin:.2em 0}.gram-explore.equations{width:336px}
</style>"""
"""For JupyterLab, which has no sheet of ours."""


def flags(now: Answer) -> str:
    """F1 to F7 as a table: what fails without chance, when and why, and on which share of the paths."""
    found = now.failed.set_index("predicate")
    rows = "".join(_flag(name, found.loc[name], now) for name in predicates_of(now.issuer.peg))
    heads = "".join(
        f"<th scope='col'>{head}</th>" for head in ("Failure", "Without chance", f"On {len(now.outcomes):,} paths")
    )
    return (f"<div class='gram-explore'><table class='flags'><thead><tr>{heads}</tr></thead>"
            f"<tbody>{rows}</tbody></table></div>")  # fmt: skip


def _flag(name: str, row: Any, now: Answer) -> str:
    fails, share = int(row["first_day"]) >= 0, now.failing_share(name)
    said = f"\N{MULTIPLICATION X} day {int(row['first_day'])}: {row['cause']}" if fails else "\N{CHECK MARK} never"
    return (
        f"<tr><th scope='row'>{name} {escape(FAILURES[name][0])}</th><td class='{'fail' if fails else 'pass'}'>{escape(said)}</td>"
        f"<td class='{'fail' if share else 'pass'}'>{numbers.percent(share)}</td></tr>"
    )


def worst_row(now: Answer) -> int:
    """Row of the ledger whose numbers the equations show: the longest queue, else the largest discount."""
    queue = now.days["queue_g"].to_numpy()
    return int(queue.argmax()) if queue.max() > 0.0 else int(now.days["discount"].to_numpy().argmax())


def day_ledger(now: Answer) -> str:
    """Every day of the path without chance; the day of the equations is marked."""
    heads = "".join(f"<th scope='col'>{heading}</th>" for _, heading, _, _ in _LEDGER)
    columns = [
        [numbers.plain(value, places) for value in (now.days[name].to_numpy() * scale).tolist()]
        for name, _, scale, places in _LEDGER
    ]
    worst = worst_row(now)
    rows = "".join(
        f"<tr{' class=worst' if number == worst else ''}><th scope='row'>{cells[0]}</th><td>{'</td><td>'.join(cells[1:])}</td></tr>"
        for number, cells in enumerate(zip(*columns, strict=True))
    )
    return (
        "<div class='gram-explore'><div class='days' role='region' tabindex='0' aria-label='Day ledger'>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></div>"
    )


def equations(now: Answer) -> str:
    """The steps of the day that the levers reach, as MODEL.md has them, each with its numbers on the marked day."""
    row = worst_row(now)
    day = now.days.iloc[row]
    before = now.days.iloc[row - 1] if row else day
    said = _said(now, day, before)
    body = "".join(f"{html}<p class='said'>{escape(said[step])}</p>" for step, html in _formulas())
    return f"<div class='gram-explore equations'><p><b>The equations on day {int(day['day'])}</b> (marked in the ledger)</p>{body}</div>"


@cache
def _formulas() -> tuple[tuple[str, str], ...]:
    listed = {step.id: step for step in steps(MODEL_PAGE.read_text(encoding="utf-8"))}
    return tuple(
        (name, markdown_html(f"**{name} {listed[name].name}.** {listed[name].line}")
         + "".join(formula(latex, f"{name}, formula {n}") for n, latex in enumerate(listed[name].formulas, 1)))
        for name in _SHOWN
    )  # fmt: skip


def _said(now: Answer, day: Any, before: Any) -> dict[str, str]:
    terms = now.issuer.terms
    gate_g = None if terms.gate is None else terms.gate * before["tokens_g"]
    gate = "no gate" if gate_g is None else f"at most {numbers.mass(gate_g)} admitted"
    return {
        "E5": f"coverage {numbers.plain(100 * day['coverage'])}%",
        "E6": f"x = {numbers.plain(day['intensity'])}, rate {numbers.plain(100 * day['redemption_rate'])}% a day, "
        f"{numbers.mass(day['requested_g'])} asked for in all",
        "E7": gate,
        "E8": f"fee {numbers.plain(100 * day['fee'], 3)}%, {numbers.mass(day['paid_g'])} paid, {numbers.mass(day['queue_g'])} waiting",
        "E9": f"{numbers.mass(day['sold_g'])} sold at USD {numbers.plain(day['execution_usd_per_g'])}/g, "
        f"market at {numbers.plain(day['price_usd_per_g'])}",
        "E10": f"wait {numbers.plain(day['wait_days'], 1)} days, band {numbers.plain(100 * day['band'])}%, "
        f"discount {numbers.plain(100 * day['discount'])}%",
        "E11": f"own funds {numbers.usd(day['equity_usd'])}, backing {numbers.plain(100 * day['backing'])}%",
    }  # fmt: skip
