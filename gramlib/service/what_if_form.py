"""The form of the what-if page: a run, the sliders, and the path that is shown day by day. GET, so that an answer has an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from gramlib.params.issuer import Issuer
from gramlib.service.shelf import Known
from gramlib.service.what_if_levers import LEVERS, Lever, StatedPath

SCRIPT = """for (const slider of document.querySelectorAll("input[type=range]")) slider.addEventListener("input", () => {
  const value = Number(slider.value), zero = slider.dataset.zero;
  const text = value.toLocaleString("en", { maximumFractionDigits: 3 }) + slider.dataset.unit;
  document.getElementById(slider.id + "-value").value = zero && value === 0 ? zero : text;
});"""
"""Shows a slider's value while it moves; without it the values are those of the last answer."""


def form(issuer: Issuer, values: Mapping[str, float], path: StatedPath, ready: Sequence[Known], chosen: Known) -> str:
    """The form with every slider where `values` put it, else at the issuer's own value."""
    own = {lever.name: lever.own(issuer) for lever in LEVERS}
    sliders = "".join(
        _issuer_slider(lever, own[lever.name], values.get(lever.name, own[lever.name])) for lever in LEVERS
    )
    shocks = _slider("fall", "Gold falls in a day by", "%", 0.0, 60.0, 1.0, 100 * path.fall, "and stays there")
    shocks += _slider("holders", "Holders who ask that day", "% of free tokens", 0.0, 50.0, 1.0, 100 * path.run,
                      "at least; more where the model's holders would")  # fmt: skip
    return (
        '<form class="ask" method="get" action="/what-if#answer">'
        f"{_runs(ready, chosen)}"
        f'<fieldset><legend>What if the issuer had …</legend><div class="levers">{sliders}</div></fieldset>'
        f'<fieldset><legend>… and the day-by-day picture showed</legend><div class="levers">{shocks}</div></fieldset>'
        '<p class="buttons"><button type="submit">Show what changes</button>'
        f'<a href="/what-if?run={escape(chosen.run_id, quote=True)}">Back to the run\'s own values</a></p></form>'
    )


def _issuer_slider(lever: Lever, own: float, value: float) -> str:
    low, high = lever.span(own)
    hint = f"{lever.help}; the run has {lever.text(round(own, 6))}"
    return _slider(lever.name, lever.label, lever.unit, low, high, lever.step, round(value, 6), hint, lever.at_zero)


def _slider(
    name: str, label: str, unit: str, low: float, high: float, step: float, value: float, hint: str, at_zero: str = ""
) -> str:
    value = round(value, 9)
    shown = at_zero if at_zero and value == 0.0 else f"{value:,.10g}{unit}"
    zero = f' data-zero="{escape(at_zero, quote=True)}"' if at_zero else ""
    return (
        f'<div class="lever"><label for="{name}">{escape(label)}</label> '
        f'<output id="{name}-value" for="{name}">{escape(shown)}</output>'
        f'<input type="range" id="{name}" name="{name}" min="{low:.10g}" max="{high:.10g}" step="{step:.10g}" value="{value:.10g}"'
        f' data-unit="{escape(unit, quote=True)}"{zero} aria-describedby="{name}-hint">'
        f'<p class="hint" id="{name}-hint">{escape(hint)}</p></div>'
    )


def _runs(ready: Sequence[Known], chosen: Known) -> str:
    options = "".join(
        f'<option value="{escape(known.run_id, quote=True)}"{" selected" if known.run_id == chosen.run_id else ""}>'
        f"{escape(known.run_id)}</option>"
        for known in ready
    )
    return f'<div class="field"><label for="run">Run</label><select id="run" name="run">{options}</select></div>'
