"""Everything that can go wrong, with the exit code it ends a run with.

    GramError                     1   base; a notebook cell raised, a selftest failed
    +-- ParameterError            2   a parameter, a params file or a usage the workbench refuses
    +-- DataContractError         3   data that are not what they claim to be
    |   +-- ArtefactError         3   a table of a run that is missing, damaged or of another version
    +-- SweepIncomplete           4   a sweep finished, and some of its members failed
    +-- TemporaryError           75   worth trying again later
    |   +-- UpstreamNotReady     75   the stage before has not succeeded yet
    |   +-- FolderBusy           75   another process is working in this run folder
    |   +-- SourceUnreachable    75   a source did not answer
    +-- StageTimeout            124   a stage ran past its time limit
    +-- Interrupted             130   Ctrl-C
    +-- OutOfMemory             137   a stage needed more memory than it may have
    +-- KernelDied              138   the notebook kernel died, most often for want of memory
    +-- Terminated              143   SIGTERM

Every message says, in this order and in one to four plain lines: what was found, what was expected,
where it came from, what to do. `GramError` takes these four so that none is forgotten.
"""

from __future__ import annotations

import errno
import os
import traceback


class GramError(Exception):
    """Base of every error the workbench raises on purpose.

    Parameters are the four facts of a message: `found` is required, the others may be empty.
    They stay readable as attributes, so that a caller need not parse the text.
    """

    exit_code = 1

    def __init__(self, found: str, *, expected: str = "", origin: str = "", remedy: str = ""):
        self.found = found
        self.expected = expected
        self.origin = origin
        self.remedy = remedy
        super().__init__(self.message())

    def message(self) -> str:
        """The error as one to four lines of plain text."""
        lines = [self.found]
        if self.expected:
            lines.append(f"expected: {self.expected}")
        if self.origin:
            lines.append(f"from: {self.origin}")
        if self.remedy:
            lines.append(f"what to do: {self.remedy}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.message()

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows (IPython asks for it): the message alone, and in a stage that a run executes the traceback too.

        `traceback.print_last()` of the standard library gives the traceback wherever the message stands alone.
        """
        if os.environ.get("GRAM_ATTEMPT"):
            return "".join(traceback.format_exception(self)).splitlines()
        return f"{type(self).__name__}: {self.message()}".splitlines()


class ParameterError(GramError):
    """A parameter, params file or command line that is refused."""

    exit_code = 2


class DataContractError(GramError):
    """Data that break their contract: wrong shape, unit, order, range or meaning."""

    exit_code = 3


class ArtefactError(DataContractError):
    """A stage's table that is missing, damaged, or written for another version."""


class SweepIncomplete(GramError):
    """A sweep that finished with failed members."""

    exit_code = 4


class TemporaryError(GramError):
    """Something that may succeed when tried again later."""

    exit_code = 75


class UpstreamNotReady(TemporaryError):
    """A stage was started before the stage it reads from has succeeded."""


class FolderBusy(TemporaryError):
    """Another live process holds this run folder."""


class SourceUnreachable(TemporaryError):
    """A data source did not answer."""


class StageTimeout(GramError):
    """A stage ran past its time limit."""

    exit_code = 124


class Interrupted(GramError):
    """The user pressed Ctrl-C."""

    exit_code = 130


class OutOfMemory(GramError):
    """A stage came too near its memory limit, or the operating system killed its kernel for it."""

    exit_code = 137


class KernelDied(GramError):
    """The notebook kernel died; the usual reason is memory."""

    exit_code = 138


class Terminated(GramError):
    """The process was asked to stop (SIGTERM)."""

    exit_code = 143


def from_os_error(error: OSError) -> GramError:
    """What the operating system refused, in our words: want of space is temporary (75), the rest is a bad place (2)."""
    place = str(error.filename or "")
    said = error.strerror or str(error)
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return TemporaryError(
            f"the disk is full ({said})",
            expected="room for the run: about 100 MB at baseline size",
            origin=place,
            remedy="free some space, or use another folder (--out); the same command resumes",
        )
    return ParameterError(
        f"{said}: {place}" if place else said,
        expected="files and folders that can be read and written",
        remedy="check the path and its rights, or choose another folder (--out)",
    )


def _descendants(cls: type[GramError]) -> list[type[GramError]]:
    return [cls, *(sub for child in cls.__subclasses__() for sub in _descendants(child))]


def exit_code_of(error_name: str) -> int:
    """Exit code for an error known by class name only, as a notebook records it (1 when not ours)."""
    return {cls.__name__: cls.exit_code for cls in _descendants(GramError)}.get(error_name, 1)
