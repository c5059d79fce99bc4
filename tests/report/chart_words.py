"""Colours that words in charts may have; test_chart_colours.py holds them to their contrast."""

from __future__ import annotations

from gramlib.report import theme

LABELS = "#3a4653"
"""Axis labels and ticks, of the style file."""

WORDS = (theme.INK, theme.MUTED, LABELS, *theme.STATUS_INK.values())
