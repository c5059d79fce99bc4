"""The sliders of the exploration notebook: move one, and flags, charts, ledger and equations follow.

All that is computed and shown comes from `simulation.what_if`, `explore_picture` and `explore_text`, which need no browser;
here are the widgets alone. They want a running kernel: on a page that was saved they do nothing.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from ipywidgets import HTML, FloatSlider, HBox, Layout, SelectionSlider, VBox

from gramlib.report.explore_picture import picture
from gramlib.report.explore_text import STYLE, day_ledger, equations, flags
from gramlib.simulation.what_if import Levers, WhatIf

_GATES = (0.10, 0.05, 0.04, 0.03, 0.02, 0.015, 0.01, 0.0075, 0.005, 0.0025)


class _Scale(NamedTuple):
    """A slider: lever, label, factor to what is shown, lowest, highest and step as shown, and what it means."""

    lever: str
    label: str
    factor: float
    lowest: float
    highest: float
    step: float
    tip: str


_SLIDERS = (
    _Scale("price_fall", "Price falls by, %", 100.0, -50.0, 90.0, 1.0, "in four days, from day 5; below 0 it rises"),
    _Scale("run_share", "Run: asked a day, %", 100.0, 0.0, 10.0, 0.25, "of the free tokens, at least, on days 5 to 8"),
    _Scale("lost_share", "Gold lost there, %", 100.0, 0.0, 100.0, 1.0, "on day 5, of what lies with the custodian that is hit"),
    _Scale("custodian_share", "Custodian hit has, %", 100.0, 10.0, 100.0, 1.0, "of the allocated gold; 100 is a single vault"),
    _Scale("cash_usd", "Cash, USD m", 1e-6, 0.0, 200.0, 1.0, "on day 0"),
    _Scale("bills_usd", "Bills, USD m", 1e-6, 0.0, 400.0, 2.0, "on day 0; sold the same day at a haircut"),
    _Scale("fee", "Redemption fee, bp", 1e4, 0.0, 200.0, 1.0, "hundredths of a percent of what is paid out"),
)  # fmt: skip
_WIDE = Layout(width="340px")
_LABEL = {"description_width": "138px"}


class Panel:
    """Sliders on the left with the equations below them, what comes of them on the right; `box` is the widget.

    `levers` is the state now; `move` sets several levers at once, as a hand on the sliders would. `seconds` are how long
    each answer took, from the slider's message to the finished pictures.
    """

    def __init__(self, what_if: WhatIf, levers: Levers | None = None) -> None:
        self.what_if, self.levers = what_if, levers or Levers.of(what_if.issuer)
        self.seconds: list[float] = []
        self.before = self.answer = what_if.answer(self.levers)
        self._sliders: dict[str, Any] = {scale.lever: self._slider(scale) for scale in _SLIDERS}
        self._sliders["gate"] = self._gate()
        self._shown = {name: HTML() for name in ("flags", "picture", "days", "equations")}
        self._shown["equations"].layout = Layout(width="356px", height="600px", overflow="auto")
        self._hear = True
        for name, slider in self._sliders.items():
            slider.observe(lambda change, name=name: self._moved(name, change["new"]), names="value")
        self._show()
        left = VBox([*self._sliders.values(), self._shown["equations"]], layout=Layout(width="360px", flex="0 0 auto"))
        right = VBox(
            [HTML(STYLE), *(self._shown[name] for name in ("flags", "picture", "days"))],
            # as wide as the window leaves it: charts shrink and the ledger scrolls, but they stay beside the sliders
            layout=Layout(flex="1 1 0%", min_width="300px"),
        )
        self.box = HBox([left, right], layout=Layout(grid_gap="12px"))

    def move(self, **levers: float | None) -> None:
        """Set levers by name, in their own units (`Levers`), and show the answer once."""
        self._hear = False
        try:
            for name, value in levers.items():
                self._sliders[name].value = (value or 0.0) * _SCALES[name]
        finally:
            self._hear = True
        self._update({**levers})

    def html(self) -> Mapping[str, str]:
        """What is shown now, by part: flags, picture, days, equations."""
        return {name: shown.value for name, shown in self._shown.items()}

    def _moved(self, name: str, value: Any) -> None:
        if self._hear:
            self._update({name: (value / _SCALES[name] or None) if name == "gate" else value / _SCALES[name]})

    def _update(self, changed: Mapping[str, Any]) -> None:
        started = time.perf_counter()
        self.levers = Levers(**{**vars(self.levers), **changed})
        self.answer = self.what_if.answer(self.levers)
        self._show()
        self.seconds.append(time.perf_counter() - started)

    def _show(self) -> None:
        self._shown["flags"].value = flags(self.answer)
        self._shown["picture"].value = picture(self.answer, self.before)
        self._shown["days"].value = day_ledger(self.answer)
        self._shown["equations"].value = equations(self.answer)

    def _slider(self, scale: _Scale) -> FloatSlider:
        value = getattr(self.levers, scale.lever) * scale.factor
        return FloatSlider(value=value, min=min(scale.lowest, value), max=max(scale.highest, value), step=scale.step,
                           description=scale.label, tooltip=scale.tip, readout_format=".0f" if scale.step >= 1.0 else ".2f",
                           style=_LABEL, layout=_WIDE)  # fmt: skip

    def _gate(self) -> SelectionSlider:
        steps = sorted({*_GATES, *([self.levers.gate] if self.levers.gate else [])}, reverse=True)
        # a selection cannot hold None: nought stands for no gate
        options = [("none", 0.0), *((f"{100 * gate:g}%", gate) for gate in steps)]
        return SelectionSlider(options=options, value=self.levers.gate or 0.0, description="Gate, a day", style=_LABEL,
                               layout=_WIDE, tooltip="largest share of the tokens admitted a day")  # fmt: skip

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return self.box._repr_mimebundle_(**kwargs)


_SCALES = {"gate": 1.0} | {scale.lever: scale.factor for scale in _SLIDERS}


def panel(what_if: WhatIf, levers: Levers | None = None) -> Panel:
    """Sliders for `what_if`, at `levers` (default: the issuer as it stands, under the default shock)."""
    return Panel(what_if, levers)
