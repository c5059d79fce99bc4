"""Checks across values, made before any kernel starts: do dates, horizons and data fit each other.

What stage `data` can be held against alone stands in data_checks.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from gramlib.params.data_checks import SAMPLE_END, Where, available_days, blame, data_checks
from gramlib.params.fields import Section
from gramlib.params.problems import Problem, raise_problems, validated
from gramlib.params.quoting import shown
from gramlib.params.stages import STAGE_PARAMS, AnalyseParams, DataParams, PredictParams, TrainParams
from gramlib.params.suggest import did_you_mean

_WINDOW = ("data.end", "data.start", "data.path")


def stage_params(name: str, values: Mapping[str, Any], origin: str) -> Any:
    """Parameters of stage `name` from plain `values`, as a notebook run by hand has them.

    Raises ParameterError with `origin` for unknown names, wrong types, impossible values.
    """
    made, problems = validated(STAGE_PARAMS[name], dict(values), name, lambda _: origin)
    if isinstance(made, DataParams):
        problems = data_checks(made, lambda _: origin)
    elif isinstance(made, AnalyseParams):
        problems = _analyse(made, lambda _: origin)
    raise_problems(problems)
    return made


def cross_checks(stages: Mapping[str, Section], where: Where, root: Path) -> list[Problem]:
    """Every contradiction between the values of valid `stages`, and every scenario or profile that `root` lacks."""
    predict = cast(PredictParams, stages["predict"])
    named = [
        *_named(
            _scenario_ids(predict.scenarios),
            root / "params" / "scenarios",
            "scenarios",
            where("predict.scenarios"),
            ("all",),
        ),
        *_named([predict.profile], root / "params" / "profiles", "profile", where("predict.profile")),
    ]
    return named + _contradictions(stages, where)


def _scenario_ids(names: list[str]) -> list[str]:
    """Every id in the list of scenarios: an entry may put two together, as H13a*1.5+S10."""
    return [part.partition("*")[0] for name in names for part in name.split("+")]


def _contradictions(stages: Mapping[str, Section], where: Where) -> list[Problem]:
    data, train = cast(DataParams, stages["data"]), cast(TrainParams, stages["train"])
    predict = cast(PredictParams, stages["predict"])
    problems = [
        *data_checks(data, where), *_model(predict, train, where), *_analyse(cast(AnalyseParams, stages["analyse"]), where)
    ]  # fmt: skip
    return problems or [*_train(train, data, where), *_predict(predict, data, where)]


def _model(predict: PredictParams, train: TrainParams, where: Where) -> list[Problem]:
    known = ("champion", *train.models)
    if predict.model in known:
        return _override(predict, where)
    return [Problem(
        f"predict.model is {predict.model!r}, train.models is {train.models}{did_you_mean(predict.model, known)}",
        f"a model that stage train fits: {' or '.join(known)}", blame(where, "predict.model", "train.models"),
        f"choose one of these, or add {predict.model} to train.models",
    )]  # fmt: skip


def _override(predict: PredictParams, where: Where) -> list[Problem]:
    if predict.model == "champion" or predict.model_reason.strip():
        return []
    return [Problem(
        f"predict.model is {predict.model!r}, and nothing says why the champion is overridden",
        "a reason, which the report prints", where("predict.model"), 'set predict.model_reason: "…", or leave the model to the rule',
    )]  # fmt: skip


def _named(names: list[str], folder: Path, key: str, where: str, also: tuple[str, ...] = ()) -> list[Problem]:
    files = sorted(path.stem for path in folder.glob("*.yaml"))
    if not files:  # the room that reads them says so with its own words
        return []
    known = (*also, *files)
    return [
        Problem(
            f"{key} names {shown(name)}, which does not exist{did_you_mean(name, known)}", f"one of {', '.join(known)}",
            where, "correct the name",
        )
        for name in names
        if name not in known
    ]  # fmt: skip


def _train(train: TrainParams, data: DataParams, where: Where) -> list[Problem]:
    days, window = available_days(data, train.start)
    last = data.end or (SAMPLE_END if data.source == "sample" else "")
    if last and train.start >= last:
        return [Problem(f"train.start is {train.start}", f"a day before the data end, {last}",
                        blame(where, "train.start", "data.end"), "start the training window earlier")]  # fmt: skip
    found = []
    needed = train.min_train_days + train.eval_days
    if needed > days:
        origin = blame(where, "train.eval_days", "train.min_train_days", "train.start", *_WINDOW)
        found.append(Problem(
            f"train.min_train_days {train.min_train_days:,} and train.eval_days {train.eval_days:,} make {needed:,} days",
            f"at most {days:,} business days, {window}", origin, "shorten one of them or start earlier",
        ))  # fmt: skip
    if max(train.horizons_days) > train.eval_days:
        found.append(Problem(
            f"train.horizons_days holds {max(train.horizons_days)}", f"at most train.eval_days, {train.eval_days}",
            blame(where, "train.horizons_days", "train.eval_days"), "shorten the horizon or score more days",
        ))  # fmt: skip
    return found


def _predict(predict: PredictParams, data: DataParams, where: Where) -> list[Problem]:
    days, window = available_days(data, data.start)
    found = [
        Problem(
            f"predict.{name} is {getattr(predict, name):,}", f"at most {days:,} business days, {window}",
            blame(where, f"predict.{name}", *_WINDOW), "shorten the horizon or use longer data",
        )
        for name in ("horizon_days", "solvency_horizon_days")
        if getattr(predict, name) > days
    ]  # fmt: skip
    if predict.solvency_horizon_days < predict.horizon_days:
        found.append(Problem(
            f"predict.solvency_horizon_days is {predict.solvency_horizon_days}",
            f"at least predict.horizon_days, {predict.horizon_days}",
            blame(where, "predict.solvency_horizon_days", "predict.horizon_days"), "lengthen the solvency book",
        ))  # fmt: skip
    if 0.0 < predict.start_gold_usd_per_oz < 20.0:
        found.append(Problem(
            f"predict.start_gold_usd_per_oz is {predict.start_gold_usd_per_oz:g}", "0, or a price per troy ounce of at "
            "least 20 USD", where("predict.start_gold_usd_per_oz"), "give the price per ounce, not per gram",
        ))  # fmt: skip
    return found


def _analyse(analyse: AnalyseParams, where: Where) -> list[Problem]:
    pairs = (("reverse_tolerance", "reverse_step"), ("reverse_step", "reverse_max_fall"))
    return [
        Problem(
            f"analyse.{small} is {getattr(analyse, small):g}, analyse.{large} is {getattr(analyse, large):g}",
            f"{small} smaller than {large}", blame(where, f"analyse.{small}", f"analyse.{large}"),
            "make it smaller",
        )
        for small, large in pairs
        if getattr(analyse, small) >= getattr(analyse, large)
    ]  # fmt: skip
