"""Raw series to standard tables: calendar, units, gaps, outliers, and the quality log that says so.

standard, rows, outliers   one daily table out of any gold series
splice, agreement          several series laid end to end; do two say the same
tokens, flows              gold tokens against gold; quantities outstanding and their change
covariates                 what moves with gold, and the day on which it was known
gather, acquire            every series a run asks for; the data stage in one call
grade, documents           how far the data can be trusted; cards, licence and grade
quality, stylised          what was found and decided; does it behave like gold
"""

from gramlib.prices.acquire import Acquired, acquire
from gramlib.prices.documents import source_document
from gramlib.prices.reading import read_price_file
from gramlib.prices.standard import standardise
from gramlib.prices.stylised import stylised_facts
from gramlib.prices.tokens import premium_summary

__all__ = [
    "Acquired", "acquire", "premium_summary", "read_price_file", "source_document", "standardise", "stylised_facts",
]  # fmt: skip
