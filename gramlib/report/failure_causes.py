"""Why a stage stopped, in a reader's words, and what to do about it: from the exit code, the error's kind and the status alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """`title` completes "stopped: …"; `meaning` is a sentence; `steps` is what to do before resuming, in order."""

    title: str
    meaning: str
    steps: tuple[str, ...]


OUT_OF_MEMORY = Cause(
    "out of memory",
    "The stage needed more memory than it was given, and was stopped before it could finish.",
    ("Give it more memory (a larger machine or container limit), then resume with the command below.",
     "Or make it smaller: fewer paths (predict.n_paths, predict.solvency_n_paths) or fewer models (train.models). That is a new run: give the params file and --set."),
)  # fmt: skip
KERNEL_DIED = Cause(
    "the kernel died",
    "The process that runs the notebook ended without an error of its own; the most common reason is want of memory.",
    ("See whether the machine was short of memory at that time; if so, give it more or make the run smaller (predict.n_paths).",
     "Otherwise resume with the command below; if it dies again in the same cell, report the last lines."),
)  # fmt: skip
PROCESS_LOST = Cause(
    "its process ended without a word",
    "The attempt has no living process and left no error: the machine was switched off, the container was removed, or the process was killed.",
    ("Resume with the command below; the stages that succeeded are kept.",),
)
BAD_DATA = Cause(
    "the data are not what they claim to be",
    "A table or a file broke its contract (shape, unit, order, range or meaning), so nothing was computed from it.",
    (
        "Read what was found and what was expected; mend the file, or name another one.",
        "Then resume with the command below.",
    ),
)
BAD_PARAMETERS = Cause(
    "parameters or places that cannot be used",
    "A parameter, a file or a folder was refused.",
    (
        "Do what the message says.",
        "Then resume with the command below; a changed parameter is a new run of its params file.",
    ),
)
TEMPORARY = Cause(
    "a temporary obstacle",
    "Something outside did not answer, was busy or was full; nothing is wrong with the run.",
    ("Try again later with the command below; --wait 30m waits by itself where it can.",),
)
TIME_LIMIT = Cause(
    "the time limit",
    "The stage ran longer than runner.stage_timeout_s allows and was stopped.",
    ("Resume with the command below on a faster or less busy machine.",
     "Or raise runner.stage_timeout_s, or make the stage smaller: that is a new run of the params file with --set."),
)  # fmt: skip
INTERRUPTED = Cause(
    "interrupted by hand (Ctrl-C)",
    "Somebody stopped the run; nothing is wrong with it.",
    ("Resume with the command below; the stages that succeeded are kept.",),
)
TERMINATED = Cause(
    "asked to stop (SIGTERM)",
    "The system asked the process to end: a shutdown, a cancelled job, or a node that was drained. Nothing is wrong with the run.",
    ("Resume with the command below; the stages that succeeded are kept.",),
)
DEFECT = Cause(
    "an error in a cell",
    "A cell of the stage's notebook raised an error that the workbench does not know: a defect in the code, or an edit to the notebook.",
    ("Open the failed notebook: it holds every output up to that cell, and the traceback.",
     "Mend the code, then resume with the command below; if nobody changed the code, report the last lines."),
)  # fmt: skip

_BY_EXIT_CODE = {
    2: BAD_PARAMETERS, 3: BAD_DATA, 75: TEMPORARY, 124: TIME_LIMIT, 130: INTERRUPTED, 137: OUT_OF_MEMORY, 138: KERNEL_DIED, 143: TERMINATED,
}  # fmt: skip


def cause_of(exit_code: int | None) -> Cause:
    """The cause that an exit code stands for; None: the attempt ended without leaving one."""
    return PROCESS_LOST if exit_code is None else _BY_EXIT_CODE.get(exit_code, DEFECT)
