"""What every page keeps to, read from its text alone; each broken rule is one line."""

from __future__ import annotations

import html
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import html5lib

NO_DESCRIPTION = "without a description"


def offences(path: Path, *, own_script: bool = False) -> list[str]:
    """What is wrong with the page at `path`; `own_script` allows one script that its content policy names."""
    text = path.read_text(encoding="utf-8")
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    return [
        *_outside(elements, text, own_script),
        *_names(elements, path),
        *_headings(elements),
        *_tables_and_pictures(elements),
        *_frame(tree, elements),
    ]


def _all(elements, tag):
    return [element for element in elements if element.tag == tag]


def _outside(elements, text, own_script):
    scripts = _all(elements, "script")
    if len(scripts) > own_script or (scripts and "script-src 'sha256-" not in html.unescape(text)):
        yield f"{len(scripts)} script(s)"
    for element in elements:
        for name in ("src", "srcset", "poster", "action", "data", "background", "href"):
            if re.search(r"[\s<>{}|^`\\]", element.get(name, "")):
                yield f"{element.tag} {name}: no URI"
            if name != "href" and not element.get(name, "data:").startswith("data:"):
                yield f"{element.tag} takes {name} from {element.get(name)[:60]}"
        if element.tag in ("link", "iframe", "object", "embed", "base", "form"):
            yield f"element {element.tag}"
        for name in element.attrib:
            if str(name).startswith("on"):
                yield f"{element.tag} {name}"
        if element.tag == "style" and re.search(r"@import|url\(\s*['\"]?(?!data:)", element.text or ""):
            yield "a style sheet asks for more"


def _names(elements, path):
    ids = [element.get("id") for element in elements if element.get("id") is not None]
    yield from (f"id {name} {count} times" for name, count in Counter(ids).items() if count > 1)
    for element in elements:
        for key in ("aria-labelledby", "aria-describedby", "for", "headers"):
            yield from (f"{key} {name} leads nowhere" for name in element.get(key, "").split() if name not in ids)
    for link in _all(elements, "a"):
        target = link.get("href", "")
        if target.startswith("#") and target[1:] not in ids:
            yield f"link {target} leads nowhere"
        elif (
            not target.startswith(("#", "data:", "https://")) and not (path.parent / target.partition("#")[0]).is_file()
        ):
            yield f"link {target} leads to no file"
        if not "".join(link.itertext()).strip() and not link.get("aria-label"):
            yield f"link {target[:60]} says nothing"


def _headings(elements):
    levels = [int(element.tag[1]) for element in elements if re.fullmatch(r"h[1-6]", str(element.tag))]
    if levels.count(1) != 1 or levels[0] != 1:
        yield f"{levels.count(1)} h1"
    yield from (f"h{one} before h{other}" for one, other in pairwise(levels) if other > one + 1)


def _tables_and_pictures(elements):
    for table in _all(elements, "table"):
        caption = table.find("caption")
        told = "".join(caption.itertext())[:60] if caption is not None else ""
        heads = list(table.iter("th"))
        if not heads or any(head.get("scope") not in ("col", "row") for head in heads):
            yield f"table {told!r}: headers without scope"
    for picture in _all(elements, "img"):
        if len(picture.get("alt", "")) < 20 or NO_DESCRIPTION in picture.get("alt"):
            yield f"picture described as {picture.get('alt')!r}"


def _frame(tree, elements):
    if tree.get("lang") != "en":
        yield "no lang"
    if len(_all(elements, "main")) != 1:
        yield f"{len(_all(elements, 'main'))} main"
    links = _all(elements, "a")
    if not links or links[0].get("href") != "#main":
        yield "the first link does not skip to the content"
    policy = [
        meta.get("content") for meta in _all(elements, "meta") if meta.get("http-equiv") == "Content-Security-Policy"
    ]
    if len(policy) != 1 or not policy[0].startswith("default-src 'none'"):
        yield f"content policy {policy}"
