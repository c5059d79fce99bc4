"""The one stage table: names, order, notebooks, what each reads and writes."""

from __future__ import annotations

from dataclasses import dataclass

from gramlib.artefacts import of_stage
from gramlib.errors import ParameterError
from gramlib.params.suggest import did_you_mean


@dataclass(frozen=True)
class Stage:
    """One stage; `outputs` are the catalogue names it must have written when it ends."""

    number: int
    name: str
    notebook: str
    question: str
    upstream: tuple[str, ...]
    outputs: tuple[str, ...]

    @property
    def folder(self) -> str:
        """Folder of its result in a run, such as 03_predict."""
        return f"{self.number:02d}_{self.name}"


def _stage(number: int, name: str, notebook: str, question: str, upstream: tuple[str, ...]) -> Stage:
    return Stage(number, name, notebook, question, upstream, tuple(entry.name for entry in of_stage(name)))


STAGES: tuple[Stage, ...] = (
    _stage(
        1,
        "data",
        "01_data_acquisition.ipynb",
        "What do we know about the price of gold, and how good are the data?",
        (),
    ),
    _stage(
        2,
        "train",
        "02_model_training.ipynb",
        "Which model generates gold prices, judged on data it has not seen?",
        ("data",),
    ),
    _stage(3, "predict", "03_prediction.ipynb", "What happens to the issuer in each scenario?", ("data", "train")),
    _stage(
        4,
        "analyse",
        "04_analysis.ipynb",
        "What breaks it, how likely is that, how sure are we, and what should be done?",
        ("data", "train", "predict"),
    ),
    _stage(
        5,
        "report",
        "05_stakeholder_report.ipynb",
        "Does such an issuer survive, and what should be done?",
        ("data", "train", "predict", "analyse"),
    ),
)
NAMES = tuple(stage.name for stage in STAGES)


def stage_named(name: str) -> Stage:
    """The stage called `name`; raises ParameterError."""
    for stage in STAGES:
        if stage.name == name:
            return stage
    raise ParameterError(
        f"there is no stage {name!r}{did_you_mean(name, NAMES)}", expected=f"one of {', '.join(NAMES)}"
    )


def select(stages: tuple[Stage, ...], *, only: str = "", first: str = "", last: str = "") -> tuple[Stage, ...]:
    """The stages asked for by --stage, --from and --until; raises ParameterError when the choice is empty."""
    for name in (only, first, last):
        if name:
            stage_named(name)
    if only and (first or last):
        raise ParameterError(
            "--stage together with --from or --until",
            expected="either one stage or a range",
            remedy="use --stage S alone, or --from S --until S",
        )
    order = [stage.name for stage in stages]
    begin = order.index(only or first) if (only or first) else 0
    end = order.index(only or last) if (only or last) else len(order) - 1
    if end < begin:
        raise ParameterError(f"--from {first} comes after --until {last}", expected=f"the order {', '.join(order)}")
    return stages[begin : end + 1]
