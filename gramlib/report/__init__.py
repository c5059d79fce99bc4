"""Figures, sentences and pages, made from tables; nothing here belongs to analysis.

    numbers, vocabulary     figures as a reader sees them; plain names for the tables' keys
    theme, figure, figures  the house style; a chart with its sentence, text alternative and data; every chart
    svg                     charts without the bytes nobody sees
    html_table, tables      one accessible table; every table
    sentences, wording      a figure in words; the verdict in words
    headlines, findings     the figures and findings of page one
    documents, changes      report.json (its form: document_schema); what moved between two of them
    first_screen, blocks, closing    its pieces as HTML, from the verdict to the download
    mathml, methods, glossary    formulas; the issuer's day as formulas; the terms
    page, render, site      what pages share; a notebook as a page; the index of all runs

`page` and `site` need the standard library alone: the index is rebuilt after every run, also an unchanged one.
So this module imports nothing; names load when they are asked for.
"""

from __future__ import annotations

from typing import Any

_HOMES = {
    "Measures": "gramlib.report.findings",
    "report_document": "gramlib.report.documents",
    "verdict_block": "gramlib.report.first_screen",
    "kpi_block": "gramlib.report.first_screen",
    "reasons_block": "gramlib.report.first_screen",
    "findings_block": "gramlib.report.blocks",
    "provenance_block": "gramlib.report.blocks",
    "limitations_block": "gramlib.report.closing",
    "reproduce_block": "gramlib.report.closing",
    "methods_block": "gramlib.report.methods",
    "glossary_block": "gramlib.report.glossary",
    "render_notebook": "gramlib.report.render",
    "build_index": "gramlib.report.site",
    "Figure": "gramlib.report.figure",
    "Table": "gramlib.report.html_table",
}

__all__ = [*_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
