"""A chart's SVG without the bytes nobody sees: matplotlib writes for people who read SVG, a report carries fifteen of them.

What is drawn stays the same to a hundredth of a point, which no eye resolves.
"""

from __future__ import annotations

import re
from itertools import chain, product
from string import ascii_letters
from xml.etree import ElementTree

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_TOKEN = re.compile(r"[A-Za-z]|[-+]?\d*\.?\d+(?:e[-+]?\d+)?")
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_AFTER_SIGN = re.compile(r"\s*([:;])\s*")
_SHIFT = re.compile(r"translate\((-?[\d.]+) 0\)")
_TEXT_SCALE = re.compile(r"scale\(([\d.]+) -([\d.]+)\)")
_GLYPH_SCALE = 1 / 64
"""matplotlib keeps glyphs in units of a 64th of what their text's scale means."""
_PAIRS = {"M": 1, "L": 1, "Q": 2, "C": 3}
"""Points each path command takes."""


def compact(drawing: bytes) -> bytes:
    """Matplotlib's SVG as short SVG of the same picture: names, comments, wrappers and repeated styles dropped."""
    root = ElementTree.fromstring(drawing)
    for unread in root.findall(f"{_SVG}metadata"):
        root.remove(unread)
    _drop_blanks(root)
    plain_text = _only_shifted(root)
    for element in root.iter():
        _shorten(element, plain_text)
    _hoist_styles(root)
    _unwrap(root)
    _rename(root)
    return ("<svg xmlns='http://www.w3.org/2000/svg'" + _written(root)[len("<svg") :]).encode()


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


def _drop_blanks(root: ElementTree.Element) -> None:
    """Spaces are letters without an outline; each would be named wherever it stands."""
    blanks = {f"#{path.get('id')}" for path in root.iter(f"{_SVG}path") if "d" not in path.attrib}
    for parent in root.iter():
        parent[:] = [
            child
            for child in parent
            if child.get(_HREF) not in blanks and (child.tag != f"{_SVG}path" or "d" in child.attrib)
        ]


def _only_shifted(root: ElementTree.Element) -> bool:
    """Whether every letter is merely shifted along its line, as in all text but formulas."""
    letters = [use for use in root.iter(f"{_SVG}use") if "x" not in use.attrib]
    return all(_SHIFT.fullmatch(use.get("transform", "translate(0 0)")) for use in letters)


def _shorten(element: ElementTree.Element, plain_text: bool) -> None:
    element.text = element.text.strip() if element.text and element.tag == f"{_SVG}style" else None
    element.tail = None
    kind, values = element.tag.removeprefix(_SVG), element.attrib
    if kind == "g":
        values.pop("id", None)
    if "style" in values:
        values["style"] = _AFTER_SIGN.sub(r"\1", values["style"]).rstrip(";")
    glyph = kind == "path" and values.get("transform") == f"scale({_GLYPH_SCALE})"
    if glyph and plain_text:
        del values["transform"]
    if kind == "path":
        values["d"] = outline(values["d"], 0 if glyph else 2)
    if kind == "use" and plain_text and "x" not in values:
        shift = _SHIFT.fullmatch(values.pop("transform", ""))
        if shift:
            values["x"] = _number(float(shift[1]) / _GLYPH_SCALE)
    elif "transform" in values:
        values["transform"] = _placed(values["transform"], plain_text and kind == "g")
    for name in ("x", "y", "width", "height"):
        if name in values and kind != "svg":
            values[name] = _LONG_NUMBER.sub(lambda found: _number(float(found[0])), values[name])


def _placed(transform: str, text: bool) -> str:
    """A transform with its shift rounded; that of a line of text takes over the scale of its letters."""
    shift, mark, rest = transform.partition("scale(")
    shift = _LONG_NUMBER.sub(lambda found: _number(float(found[0])), shift)
    scale = _TEXT_SCALE.search(mark + rest) if text else None
    if scale is None:
        return shift + mark + rest
    along, up = (f"{float(size) * _GLYPH_SCALE:.7f}".lstrip("0").rstrip("0") for size in scale.groups())
    return f"{shift.strip()}scale({along}-{up})"


def _hoist_styles(root: ElementTree.Element) -> None:
    """A style that all marks of a group repeat becomes the group's; not opacity, which a group applies once."""
    for group in root.iter(f"{_SVG}g"):
        styles = {mark.get("style", "") for mark in group}
        style = styles.pop() if len(styles) == 1 and len(group) > 1 else ""
        if style and "style" not in group.attrib and not re.search(r"(^|;)opacity:", style):
            group.set("style", style)
            for mark in group:
                del mark.attrib["style"]


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
    inside = (element.text or "") + "".join(map(_written, element))
    return f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes}/>"
