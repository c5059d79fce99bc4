"""A chart's SVG without the bytes nobody sees: matplotlib writes for people who read SVG, a report carries thirty of them.

What is drawn stays the same to a hundredth of a point, which no eye resolves. Words stay words, in a font that is as wide
as the one they were laid out with; a reader who has neither gets his own, and nearly every other is narrower.
"""

from __future__ import annotations

import re
from collections import Counter
from html import escape
from itertools import chain, product
from string import ascii_letters
from xml.etree import ElementTree

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_TOKEN = re.compile(r"[A-Za-z]|[-+]?\d*\.?\d+(?:e[-+]?\d+)?")
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_AFTER_SIGN = re.compile(r"\s*([:;])\s*")
_FONT = re.compile(r"(?:^|;)font-family:[^;]*")
_NO_TURN = re.compile(r"rotate\(-?0 [^)]*\)")
_OFTEN = 3
"""A style that so many marks have is named."""

FONTS = "DejaVu Sans,Verdana,sans-serif"
"""Fonts of every word, from the one that was measured on."""

_PAIRS = {"M": 1, "L": 1, "Q": 2, "C": 3}
"""Points each path command takes."""


def compact(drawing: bytes) -> bytes:
    """Matplotlib's SVG as short SVG of the same picture: names, comments, wrappers and repeated styles dropped."""
    root = ElementTree.fromstring(drawing)
    for unread in root.findall(f"{_SVG}metadata"):
        root.remove(unread)
    for element in root.iter():
        _shorten(element)
    _hoist_styles(root)
    _unwrap(root)
    _rename(root)
    _name_styles(root)
    opening = f"<svg xmlns='http://www.w3.org/2000/svg' font-family='{FONTS}'"
    # pure ASCII, whatever the words: a data: URI in a page of any encoding
    return (opening + _written(root)[len("<svg") :]).encode("ascii", "xmlcharrefreplace")


def outline(path: str, places: int = 2) -> str:
    """A path's `d`, of absolute M, L, Q, C and z as matplotlib writes them, in relative steps of `places` decimals.

    Every point is rounded before steps are taken, so that errors do not add up along a line.
    """
    scale, tokens = 10**places, _TOKEN.findall(path)
    pieces: list[str] = []
    before, at, start, index, said = "", (0, 0), (0, 0), 0, ""
    while index < len(tokens):
        if tokens[index].isalpha():
            said, index = tokens[index], index + 1
            if said in "zZ":
                pieces.append("z")
                before, at = "z", start
                continue
        numbers = [round(float(token) * scale) for token in tokens[index : index + 2 * _PAIRS[said]]]
        index += 2 * _PAIRS[said]
        steps = [number - at[place % 2] for place, number in enumerate(numbers)]
        command = said.lower()
        if said == "L" and tokens[index : index + 1] in (["z"], ["Z"]) and (numbers[0], numbers[1]) == start:
            continue  # closing draws this side
        if said == "L" and 0 in steps:
            command, steps = ("h", steps[:1]) if steps[1] == 0 else ("v", steps[1:])
        at = (numbers[-2], numbers[-1])
        if said == "M":
            start, said = at, "L"
        # after a move, further points are lines without being told
        implied = command == before or (command == "l" and before == "m")
        pieces.append(_steps(steps, scale, "" if implied else command))
        before = "m" if implied and before == "m" else command
    return "".join(pieces)


def _steps(steps: list[int], scale: int, command: str) -> str:
    text = command
    for place, step in enumerate(steps):
        number = _number(step / scale)
        text += number if (command and not place) or number.startswith("-") else f" {number}"
    return text


def _number(value: float) -> str:
    """`value` with at most two decimals and no more characters than it takes."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return {"-0": "0"}.get(text, text).replace("0.", ".", 1) if abs(value) < 1 else text


def _shorten(element: ElementTree.Element) -> None:
    kind, values = element.tag.removeprefix(_SVG), element.attrib
    element.text = element.text if kind in ("text", "tspan", "style") else None
    element.tail = None
    if kind == "g":
        values.pop("id", None)
    if "style" in values:
        values["style"] = _FONT.sub("", _AFTER_SIGN.sub(r"\1", values["style"])).strip(";")
    if kind == "path":
        values["d"] = outline(values.get("d", ""))
    if "transform" in values:
        values["transform"] = _rounded(_NO_TURN.sub("", values["transform"]).strip())
        if not values["transform"]:
            del values["transform"]
    for name in ("x", "y", "width", "height"):
        if name in values and kind != "svg":
            values[name] = _rounded(values[name])


def _rounded(text: str) -> str:
    return _LONG_NUMBER.sub(lambda found: _number(float(found[0])), text)


def _hoist_styles(root: ElementTree.Element) -> None:
    """A style that all marks of a group repeat becomes the group's; not opacity, which a group applies once."""
    for group in root.iter(f"{_SVG}g"):
        styles = {mark.get("style", "") for mark in group}
        style = styles.pop() if len(styles) == 1 and len(group) > 1 else ""
        if style and "style" not in group.attrib and not re.search(r"(^|;)opacity:", style):
            group.set("style", style)
            for mark in group:
                del mark.attrib["style"]


def _name_styles(root: ElementTree.Element) -> None:
    """A style that many marks repeat is written once, as a class."""
    counts = Counter(element.get("style", "") for element in root.iter())
    often = [style for style, count in counts.items() if style and count >= _OFTEN]
    names = dict(zip(often, map("".join, product("s", map(str, range(len(often))))), strict=True))
    for element in root.iter():
        if element.get("style") in names:
            element.set("class", names[element.attrib.pop("style")])
    sheet = next(root.iter(f"{_SVG}style"))
    sheet.text = f"{sheet.text}{''.join(f'.{name}{{{style}}}' for style, name in names.items())}"


def _unwrap(parent: ElementTree.Element) -> None:
    """Groups that say nothing give way to what they hold."""
    kept: list[ElementTree.Element] = []
    for child in parent:
        _unwrap(child)
        if child.tag == f"{_SVG}g" and not child.attrib:
            kept.extend(child)
        elif child.tag != f"{_SVG}defs" or len(child):
            kept.append(child)
    parent[:] = kept


def _rename(root: ElementTree.Element) -> None:
    """Short names for what is referred to, in the order of their definition; other names are dropped."""
    used = {target for element in root.iter() for target in _targets(element)}
    named = [element for element in root.iter() if element.get("id") in used]
    names = chain(ascii_letters, map("".join, product(ascii_letters, repeat=2)))
    short = {str(element.get("id")): name for element, name in zip(named, names, strict=False)}
    for element in root.iter():
        if "id" in element.attrib:
            name = element.attrib.pop("id")
            if name in short:
                element.set("id", short[name])
        for key, value in list(element.attrib.items()):
            element.set(key, _REFERENCE.sub(lambda found: f"url(#{short[found[1]]})", value))
        target = element.attrib.pop(_HREF, "")
        if target:
            element.set("href", f"#{short[target[1:]]}")


def _targets(element: ElementTree.Element) -> list[str]:
    found = [name for value in element.attrib.values() for name in _REFERENCE.findall(value)]
    return [*found, element.attrib[_HREF][1:]] if _HREF in element.attrib else found


def _written(element: ElementTree.Element) -> str:
    """`element` as text in single quotes, which need no escape in a page; no attribute of a chart holds one."""
    tag = element.tag.removeprefix(_SVG)
    attributes = "".join(f" {name}='{value}'" for name, value in element.attrib.items() if name != "version")
    inside = escape(element.text or "", quote=False) + "".join(map(_written, element))
    return f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes}/>"
