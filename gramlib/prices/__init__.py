"""Raw series to one standard daily table: calendar, units, gaps, outliers, and the quality log that says so."""

from gramlib.prices.documents import source_document
from gramlib.prices.reading import read_price_file
from gramlib.prices.standard import standardise
from gramlib.prices.stylised import stylised_facts

__all__ = ["read_price_file", "source_document", "standardise", "stylised_facts"]
