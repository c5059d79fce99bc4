"""Colours that stay apart for every eye, and words that stand out from their card, by day and by night."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from chart_words import WORDS
from matplotlib.colors import to_rgb

from gramlib.report import theme
from gramlib.report.page import style_sheet

SIGHT = {
    "full": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}  # fmt: skip
"""What an eye without one kind of cone sees of linear RGB: Machado, Oliveira and Fernandes (2009), severity 1."""

LEAST_APART = 15.0
"""Smallest CIE76 distance of two series' colours; about 2 can just be told apart side by side."""


def linear(colour) -> np.ndarray:
    """Linear light of an sRGB colour, each part from 0 to 1."""
    parts = np.asarray(colour if isinstance(colour, np.ndarray) else to_rgb(colour))
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    """CIELAB of linear RGB under D65."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ light / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one, other) -> float:
    """WCAG contrast of two colours, 1 to 21."""
    high, low = sorted((float(np.array([0.2126, 0.7152, 0.0722]) @ linear(c)) for c in (one, other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def night(colour) -> np.ndarray:
    """What the sheet's filter for dark pages makes of a colour: inverted, its hue turned by half a circle, each step clipped."""
    turned = np.array([[-0.574, 1.430, 0.144], [0.426, 0.430, 0.144], [0.426, 1.430, -0.856]])
    return np.clip(turned @ (1.0 - np.asarray(to_rgb(colour))), 0.0, 1.0)


def screened(colour: np.ndarray, card) -> np.ndarray:
    """`colour` laid over `card` with the blend mode `screen`."""
    return 1.0 - (1.0 - colour) * (1.0 - np.asarray(to_rgb(card)))


def dark_card() -> str:
    return re.findall(r"--card: (#[0-9a-f]{6})", style_sheet())[1]


@pytest.mark.parametrize("sight", SIGHT)
def test_any_two_series_stay_apart_whoever_looks(sight):
    seen = {colour: lab(np.clip(SIGHT[sight] @ linear(colour), 0.0, 1.0)) for colour in theme.OKABE_ITO}
    for one, other in itertools.combinations(theme.OKABE_ITO, 2):
        assert np.linalg.norm(seen[one] - seen[other]) > LEAST_APART, (one, other)


def test_the_measure_tells_colours_that_are_confused():
    red, green = (lab(np.clip(SIGHT["deuteranopia"] @ linear(c), 0.0, 1.0)) for c in ("#b3443c", "#7a6a2f"))
    assert np.linalg.norm(red - green) < LEAST_APART < np.linalg.norm(lab(linear("#b3443c")) - lab(linear("#7a6a2f")))


@pytest.mark.parametrize("colour", WORDS)
def test_words_stand_out_from_the_card(colour):
    assert contrast(colour, theme.CARD) >= 4.5
    assert contrast(screened(night(colour), dark_card()), dark_card()) >= 4.5


def test_series_stand_out_from_a_dark_card_too():
    """Lines and areas need three to one (WCAG 1.4.11) where colour alone carries them; by day the two lightest lean on outlines and labels."""
    for colour in theme.OKABE_ITO:
        assert contrast(screened(night(colour), dark_card()), dark_card()) >= 3.0, colour
    for colour in (theme.BLUE, theme.VERMILLION, theme.GREEN, theme.PURPLE, theme.BLACK):
        assert contrast(colour, theme.CARD) >= 3.0, colour


def test_series_stay_apart_on_a_dark_card():
    seen = {colour: lab(linear(screened(night(colour), dark_card()))) for colour in theme.OKABE_ITO}
    for one, other in itertools.combinations(theme.OKABE_ITO, 2):
        assert np.linalg.norm(seen[one] - seen[other]) > LEAST_APART, (one, other)


def test_the_sheet_turns_charts_as_this_file_thinks():
    assert re.search(
        r"@media screen and \(prefers-color-scheme: dark\) \{[^}]*figure img \{[^}]*filter: invert\(1\) hue-rotate\(180deg\); mix-blend-mode: screen;",
        style_sheet(),
    )


def test_a_tint_is_what_half_a_colour_over_the_card_looks_like():
    assert theme.tint("#000000", 0.0) == theme.CARD and theme.tint(theme.BLUE, 1.0) == theme.BLUE.lower()
    assert theme.tint("#000000", 0.5) in ("#7f7f7f", "#808080")
