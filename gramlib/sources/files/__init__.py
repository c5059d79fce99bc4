"""A price file of one's own, as people have them: text, workbook, Parquet or JSON; read by evidence, decided aloud, refused with a reason."""

from gramlib.sources.files.deciding import FileSettings
from gramlib.sources.files.reading import read_any

__all__ = ["FileSettings", "read_any"]
