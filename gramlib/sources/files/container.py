"""What lies on the disk: the bytes of the file, unpacked where it is packed, and what kind of file they are."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from pathlib import Path

from gramlib.errors import DataContractError, ParameterError
from gramlib.sources.files.grid import refusal

GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"
LARGE_BYTES = 8 * 2**20
"""Unpacked text beyond this is streamed, not held."""
UNPACKED_LIMIT_BYTES = 512 * 2**20
OTHER_KINDS = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)", "save it as .xlsx or .csv"),
    (b"%PDF", "a PDF", "export the table behind it as CSV"),
    (b"\x89PNG", "an image (PNG)", "give the figures, not a picture of them"),
    (b"\xff\xd8\xff", "an image (JPEG)", "give the figures, not a picture of them"),
    (b"GIF8", "an image (GIF)", "give the figures, not a picture of them"),
    (b"BZh", "a bzip2 archive", "unpack it first; gz is read as it is"),
    (b"\xfd7zXZ", "an xz archive", "unpack it first; gz is read as it is"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "unpack it first; gz is read as it is"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it first; gz is read as it is"),
    (b"Rar!", "a RAR archive", "unpack it first; gz is read as it is"),
    (b"SQLite format 3", "a SQLite database", "export the table as CSV"),
    (b"ARROW1", "an Arrow (Feather) file", "save it as Parquet or CSV"),
    (b"\x89HDF", "an HDF5 file", "save it as Parquet or CSV"),
    (b"\x7fELF", "a program", "give a price file"),
    (b"MZ\x90", "a program", "give a price file"),
    (b"\x80\x04\x95", "a pickle, which is never opened because it can run code", "save it as Parquet or CSV"),
    (b"\x80\x05\x95", "a pickle, which is never opened because it can run code", "save it as Parquet or CSV"),
)


def existing(path: str) -> Path:
    """The file at `path`; ParameterError when there is none, DataContractError for a folder."""
    place = Path(path).expanduser()
    if place.is_dir():
        raise refusal("a folder", str(place), "name one file in it")
    if not place.is_file():
        raise ParameterError(
            "cannot read the price file: No such file",
            expected="a file that can be read",
            origin=f"data.path: {place}",
            remedy="mend data.path",
        )
    return place


def read_bytes(place: Path) -> bytes:
    """Content of the file `place`; ParameterError when it cannot be read."""
    try:
        return place.read_bytes()
    except OSError as error:
        raise unreadable(place, error) from error


def unreadable(place: Path, error: OSError) -> ParameterError:
    """The error for a file the system does not let us read."""
    return ParameterError(
        f"cannot read the price file: {error.strerror or error}",
        expected="a file that can be read",
        origin=f"data.path: {place}",
        remedy="mend data.path or the file's permissions",
    )


def damaged_gzip(error: Exception, origin: str) -> DataContractError:
    """The error for gz bytes that do not unpack to their end."""
    return refusal(f"a damaged gzip file ({error})", origin, "fetch or compress it again")


def unpacked(content: bytes, origin: str) -> tuple[bytes, str]:
    """`content` out of gz, or out of a zip that holds one file, and how it was packed ("" when it was not).

    Raises DataContractError for a damaged archive, and for one that grows beyond UNPACKED_LIMIT_BYTES.
    """
    if content.startswith(GZIP_MAGIC):
        try:
            with gzip.open(io.BytesIO(content)) as stream:
                inner = stream.read(UNPACKED_LIMIT_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise damaged_gzip(error, origin) from error
        _refuse_bomb(len(inner), origin)
        return inner, "gz"
    if content.startswith(ZIP_MAGIC) and not _is_workbook(content):
        return _single_member(content, origin), "zip"
    return content, ""


def kind_of(content: bytes, origin: str) -> str:
    """`workbook`, `parquet`, `json` or `text`; DataContractError names anything else."""
    if not content.strip():
        raise refusal("an empty file", origin)
    for magic, words, remedy in OTHER_KINDS:
        if content.startswith(magic):
            raise refusal(words, origin, remedy)
    if content.startswith(ZIP_MAGIC):
        return "workbook"
    if content.startswith(b"PAR1"):
        return "parquet"
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"<" and not content.lstrip().lower().startswith((b"<date>", b"<ticker>")):
        raise refusal("HTML or XML (perhaps an error page saved as data)", origin, "fetch the data again, as CSV")
    return "json" if start in (b"{", b"[") else "text"


def _single_member(content: bytes, origin: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [item for item in archive.infolist() if not item.is_dir()]
            if len(members) != 1:
                raise refusal(f"a zip archive of {len(members)} files", origin, "unpack it and give one of them")
            _refuse_bomb(members[0].file_size, origin)
            with archive.open(members[0]) as stream:
                inner = stream.read(UNPACKED_LIMIT_BYTES + 1)
    except DataContractError:
        raise
    except Exception as error:  # zipfile lets many kinds through on damaged bytes
        raise refusal(f"a damaged Excel workbook or zip archive ({error})", origin, "save or fetch it again") from error
    _refuse_bomb(len(inner), origin)
    return inner


def _is_workbook(content: bytes) -> bool:
    # A damaged workbook is still called one, so that the message speaks of what the user has.
    return b"xl/" in content or b"[Content_Types].xml" in content[:4096]


def _refuse_bomb(size: int, origin: str) -> None:
    if size > UNPACKED_LIMIT_BYTES:
        limit = UNPACKED_LIMIT_BYTES // 2**20
        raise refusal(f"an archive that unpacks to more than {limit} MiB", origin, "unpack it and give the file itself")
