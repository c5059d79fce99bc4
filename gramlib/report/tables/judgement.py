"""Tables of how the price models were judged: scores, contest, acceptance of paths, backtests and their power."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gramlib.report import numbers, vocabulary
from gramlib.report.html_table import Heading, Table, Tables
from gramlib.report.tables.plain import NO_EVIDENCE

REJECTED = 0.05
ABSENT = "\N{EN DASH}"
BASIS_POINTS = 1e4
FAILED_MARK = "\N{MULTIPLICATION X}"
_CENTRAL = ("crps", "log_score")


def league(table: pd.DataFrame, grade: str = "") -> Table:
    """Out-of-sample scores, a row a horizon and model, lowest CRPS first; `grade` D marks them as no evidence.

    CRPS with its standard error and pinball losses in basis points of the log-return, log score in nats; a star marks the
    best of a horizon.
    """
    scores = [s for s in _CENTRAL if s in set(table["score"])]
    scores += sorted(set(table["score"]) - set(scores))
    cells = table.set_index(["horizon_days", "model", "score"]).sort_index()
    first = table[table["score"] == scores[0]].sort_values(["horizon_days", "rank", "model"])
    rows = []
    for lead in first.itertuples(index=False):
        shown = []
        for score in scores:
            cell = cells.loc[(lead.horizon_days, lead.model, score)]
            star = " *" if cell["rank"] == 1 else ""
            if score == "log_score":
                shown.append(numbers.plain(cell["value"], 3) + star)
                continue
            error = cell["standard_error"]
            tail = f" ({BASIS_POINTS * error:.2f})" if score == "crps" and not numbers.is_missing(error) else ""
            shown.append(f"{BASIS_POINTS * cell['value']:.2f}{tail}{star}")
        refit = f"{lead.refit_every_days:,} days" if lead.refit_every_days else "once, before"
        name = f"{numbers.days(lead.horizon_days)}, {vocabulary.model_name(lead.model)}"
        rows.append((name, refit, *shown, f"{lead.n:,}"))
    headings = [Heading("Horizon and model"), Heading("Refitted every")]
    headings += [Heading(_heading(s), "" if s == "log_score" else "bp", True) for s in scores]
    note = "CRPS with its standard error in brackets; * best of its horizon. Rows of one horizon are in order of CRPS."
    told = first[first["covariates"] != ""].drop_duplicates("model")
    if len(told):
        said = (
            f"{vocabulary.model_name(row.model)} on {numbers.joined(map(vocabulary.spaced, row.covariates.split(', ')))}"
            for row in told.itertuples(index=False)
        )
        note += f" Beside gold's own past: {'; '.join(said)}."
    return Table(
        "Out-of-sample scores (lower is better)",
        (*headings, Heading("Forecasts", "", True)),
        tuple(rows),
        f"{NO_EVIDENCE} {note}" if grade == "D" else note,
    )


def _heading(score: str) -> str:
    name = vocabulary.score_name(score)
    return name.replace("pinball loss at", "pinball")


def contest(calibration: Mapping[str, Any]) -> Tables:
    """Every duel with the incumbent, and the model confidence set of each horizon."""
    return Tables((_duels(calibration), _confidence_sets(calibration)))


def _duels(calibration: Mapping[str, Any]) -> Table:
    duels = calibration.get("duels", [])
    horizons = sorted({duel["horizon_days"] for duel in duels})
    by_rival: dict[str, dict[int, Mapping[str, Any]]] = {}
    for duel in duels:
        by_rival.setdefault(duel["rival"], {})[duel["horizon_days"]] = duel
    rows = tuple(
        (vocabulary.model_name(rival), *(_duel(own.get(h)) for h in horizons)) for rival, own in by_rival.items()
    )
    family = duels[0].get("family_size", len(duels)) if duels else 0
    headings = (Heading("Rival"), *(Heading(numbers.days(h), "bp, p", True) for h in horizons))
    note = (
        f"Difference in mean CRPS (below zero: the rival is better) and one-sided p-value of Diebold and Mariano with the correction of "
        f"Harvey, Leybourne and Newbold; in brackets adjusted for all {family} duels (Holm). {calibration.get('champion_decision', '')}."
    )
    return Table("Duels with filtered historical simulation", headings, rows, note)


def _duel(duel: Mapping[str, Any] | None) -> str:
    if duel is None:
        return ABSENT
    adjusted = duel.get("adjusted_p_value", duel["p_value"])
    return f"{numbers.plain(BASIS_POINTS * duel['mean_difference'], 2)}, p {duel['p_value']:.3f} ({adjusted:.2f})"


def _confidence_sets(calibration: Mapping[str, Any]) -> Table:
    records = calibration.get("confidence_sets", [])
    horizons = sorted({record["horizon_days"] for record in records})
    by_model: dict[str, dict[int, Mapping[str, Any]]] = {}
    for record in records:
        by_model.setdefault(record["model"], {})[record["horizon_days"]] = record
    rows = tuple(
        (vocabulary.model_name(model), *(_member(own.get(h)) for h in horizons)) for model, own in by_model.items()
    )
    headings = (Heading("Model"), *(Heading(numbers.days(h), "p", True) for h in horizons))
    note = (
        "Hansen, Lunde and Nason: the set holds the model with the best expected CRPS with 90% confidence; out means a p-value of at most "
        "10%. A large set says that the data cannot tell its members apart."
    )
    return Table("Model confidence set", headings, rows, note)


def _member(record: Mapping[str, Any] | None) -> str:
    return ABSENT if record is None else f"{record['p_value']:.3f} {'in' if record['in_set'] else 'out'}"


def acceptance(table: pd.DataFrame, calibration: Mapping[str, Any] | None = None) -> Table:
    """What each model's paths look like beside what is accepted; a cross marks what is not."""
    models = list(dict.fromkeys(table["model"]))
    cells = table.set_index(["check", "model"]).sort_index()
    first = table.drop_duplicates("check")
    rows = tuple(
        (
            numbers.sentence(row.meaning)[:-1],
            _range(row.low, row.high),
            *(_found(cells, str(row.check), m) for m in models),
        )
        for row in first.itertuples(index=False)
    )
    headings = [Heading("Check"), Heading("Accepted", "", True)]
    headings += [Heading(vocabulary.model_name(model), "", True) for model in models]
    failed = list(dict.fromkeys(table[~table["ok"]]["model"]))
    said = numbers.joined(vocabulary.model_name(model) for model in failed)
    note = (
        "Paths of ten years after a run-in, the median over them; ranges are where sampling leaves the data in 99 of 100 resamples of "
        f"blocks of a year. Not accepted ({FAILED_MARK}), so out of the contest: {said or 'none'}."
    )
    incumbent = (calibration or {}).get("champion")
    if incumbent in failed:
        note += " The champion has no stand-in by the rule and stays."
    return Table("Do the paths look like gold", tuple(headings), rows, note)


def _found(cells: pd.DataFrame, check: str, model: str) -> str:
    if (check, model) not in cells.index:
        return ABSENT
    cell = cells.loc[(check, model)]
    shown = ABSENT if numbers.is_missing(cell["found"]) else _three_digits(cell["found"])
    return shown if cell["ok"] else f"{FAILED_MARK} {shown}"


def _three_digits(value: float) -> str:
    return numbers.plain(value, 3 if abs(value) < 1 else 2) if value else "0"


def _range(low: float, high: float) -> str:
    if numbers.is_missing(low):
        return f"at most {_three_digits(high)}"
    if numbers.is_missing(high):
        return f"at least {_three_digits(low)}"
    return f"{_three_digits(low)} to {_three_digits(high)}"


PAIRS = (
    ("Kupiec, 97.5 / 99%", (("kupiec", 0.975), ("kupiec", 0.99))),
    ("Independence", (("christoffersen_independence", 0.975), ("christoffersen_independence", 0.99))),
    ("Conditional", (("christoffersen_conditional", 0.975), ("christoffersen_conditional", 0.99))),
    ("Dynamic quantile", (("dynamic_quantile", 0.975), ("dynamic_quantile", 0.99))),
    ("Shortfall, Z1 / Z2", (("acerbi_szekely_z1", 0.975), ("acerbi_szekely_z2", 0.975))),
    ("Places, KS / AD", (("pit_kolmogorov_smirnov", 0.95), ("pit_anderson_darling", 0.95))),
    ("Places, Berkowitz", (("pit_berkowitz", 0.95),)),
    ("Basel, 250 days", (("basel_zone", 0.99),)),
)
"""Columns of the backtests page: heading and the (test, level) whose p-values stand in it."""

ZONES = ("green", "yellow", "red")


def backtests(table: pd.DataFrame, grade: str = "") -> Table:
    """Tests of the models' forecasts, a row a model and horizon; `grade` D marks them as no evidence."""
    rows = []
    for (horizon, model), group in table.groupby(["horizon_days", "model"], sort=True):
        cells = group.set_index(["test", "level"])
        counted = " / ".join(
            f"{cells.loc[key, 'exceptions']} of {numbers.plain(cells.loc[key, 'expected'], 1)}"
            for key in PAIRS[0][1]
            if key in cells.index
        )
        tested = tuple(_p_values(cells, keys) for _, keys in PAIRS)
        name = f"{numbers.days(int(str(horizon)))}, {vocabulary.model_name(str(model))}"
        rows.append((name, counted or ABSENT, *tested))
    number, single, adjusted = len(table), int((table["p_value"] < REJECTED).sum()), _adjusted(table)
    note = (
        f"p-values; * below 5%, ** below 5% after allowing for all {number} tests (Holm). {single} are below 5%, of which chance alone "
        f"would give about {numbers.plain(REJECTED * number, 0)}; {int((adjusted < REJECTED).sum())} stay so after the allowance. Horizons above a day on "
        "windows that do not overlap. What each test could have noticed stands in the table of their power."
    )
    headings = (Heading("Horizon and model"), Heading("Exceptions, 97.5 / 99%", "found of expected", True))
    return Table(
        "Do the models' forecasts hold out of sample",
        (*headings, *(Heading(text, "", True) for text, _ in PAIRS)),
        tuple(rows),
        f"{NO_EVIDENCE} {note}" if grade == "D" else note,
    )


def _adjusted(table: pd.DataFrame) -> pd.Series:
    return table["adjusted_p_value"].fillna(1.0)


def _p_values(cells: pd.DataFrame, keys: tuple[tuple[str, float], ...]) -> str:
    shown = []
    for key in keys:
        if key not in cells.index or numbers.is_missing(cells.loc[key, "p_value"]):
            shown.append(ABSENT)
            continue
        cell = cells.loc[key]
        star = "**" if cell["adjusted_p_value"] < REJECTED else "*" if cell["p_value"] < REJECTED else ""
        zone = f" {ZONES[int(cell['statistic'])]}" if key[0] == "basel_zone" else ""
        shown.append(f"{cell['p_value']:.3f}{star}{zone}")
    return " / ".join(shown) if any(text != ABSENT for text in shown) else ABSENT


def power(table: pd.DataFrame) -> Table:
    """What each backtest could have noticed: its chance to reject at 5% if forecasts were wrong as said."""
    horizons = sorted(set(table["horizon_days"]))
    rows = []
    for (test, level), group in table.groupby(["test", "level"], sort=False):
        chances = [_chance(group[group["horizon_days"] == horizon]["power"]) for horizon in horizons]
        rows.append(
            (
                f"{vocabulary.test_name(str(test))}, {numbers.exact_percent(float(str(level)))}",
                str(group["alternative"].iloc[0]) or ABSENT,
                *chances,
            )
        )
    sizes = {h: int(table[table["horizon_days"] == h]["observations"].max()) for h in horizons}
    headings = (
        Heading("Test"),
        Heading("If in truth"),
        *(Heading(numbers.days(h), f"{sizes[h]:,} forecasts", True) for h in horizons),
    )
    note = (
        "The chance that the test rejects at 5%. Where it is small a pass is no evidence. Kupiec and Basel exact, the others simulated; "
        "for the shortfall the lowest over the models."
    )
    return Table("What the tests could have noticed", headings, tuple(rows), note)


def _chance(powers: pd.Series) -> str:
    return ABSENT if powers.dropna().empty else numbers.percent(float(powers.min()))
