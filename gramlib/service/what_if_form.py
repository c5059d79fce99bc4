"""The form of the what-if page: a run, the sliders, and the path that is shown day by day. GET, so that an answer has an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from gramlib.params.issuer import Issuer
from gramlib.service.shelf import Known
from gramlib.service.what_if_levers import FALL, HOLDERS, LEVERS, Lever, Slider, StatedPath

SCRIPT = """for (const slider of document.querySelectorAll("input[type=range]")) slider.addEventListener("input", () => {
  const value = Number(slider.value), zero = slider.dataset.zero;
  const text = slider.dataset.before + value.toLocaleString("en", { maximumFractionDigits: 3 }) + slider.dataset.unit;
  document.getElementById(slider.id + "-value").value = zero && value === 0 ? zero : text;
});"""
"""Shows a slider's value while it moves; without it the values are those of the last answer."""


def form(issuer: Issuer, values: Mapping[str, float], path: StatedPath, ready: Sequence[Known], chosen: Known) -> str:
    """The form with every slider where `values` put it, else at the issuer's own value."""
    sliders = "".join(_of_issuer(lever, issuer, values) for lever in LEVERS)
    shocks = _drawn(FALL, FALL.low, FALL.high, 100 * path.fall, FALL.help)
    shocks += _drawn(HOLDERS, HOLDERS.low, HOLDERS.high, 100 * path.run, HOLDERS.help)
    return (
        '<form class="ask" method="get" action="/what-if#answer">'
        f"{_runs(ready, chosen)}"
        f'<fieldset><legend>What if the issuer had …</legend><div class="levers">{sliders}</div></fieldset>'
        f'<fieldset><legend>… and the day-by-day picture showed</legend><div class="levers">{shocks}</div></fieldset>'
        '<p class="buttons"><button type="submit">Show what changes</button>'
        f'<a href="/what-if?run={escape(chosen.run_id, quote=True)}">Back to the run\'s own values</a></p></form>'
    )


def _of_issuer(lever: Lever, issuer: Issuer, values: Mapping[str, float]) -> str:
    own = lever.own(issuer)
    hint = f"{lever.slider.help}; the run has {lever.slider.text(own)}"
    return _drawn(lever.slider, *lever.span(own), values.get(lever.name, own), hint)


def _drawn(slider: Slider, low: float, high: float, value: float, hint: str) -> str:
    name = slider.name
    words = {"before": slider.before, "unit": slider.unit, "zero": slider.at_zero}
    data = "".join(f' data-{key}="{escape(text, quote=True)}"' for key, text in words.items())
    return (
        f'<div class="lever"><label for="{name}">{escape(slider.label)}</label> '
        f'<output id="{name}-value" for="{name}">{escape(slider.text(value))}</output>'
        f'<input type="range" id="{name}" name="{name}" min="{low:.10g}" max="{high:.10g}" step="{slider.step:.10g}"'
        f' value="{round(value, 6):.10g}"{data} aria-describedby="{name}-hint">'
        f'<p class="hint" id="{name}-hint">{escape(hint)}</p></div>'
    )


def _runs(ready: Sequence[Known], chosen: Known) -> str:
    options = "".join(
        f'<option value="{escape(known.run_id, quote=True)}"{" selected" if known.run_id == chosen.run_id else ""}>'
        f"{escape(known.run_id)}</option>"
        for known in ready
    )
    return f'<div class="field"><label for="run">Run</label><select id="run" name="run">{options}</select></div>'
