"""The data stage in one call: everything gathered, standardised, joined, compared, graded, and written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from gramlib.artefacts import check_table
from gramlib.errors import ParameterError
from gramlib.params.data_params import DataParams
from gramlib.prices.agreement import (
    Agreement,
    MonthlyAgreement,
    compare,
    compare_monthly,
    differences,
    monthly_differences,
    quotes,
)
from gramlib.prices.covariates import covariate_table
from gramlib.prices.coverage import coverage_by_year
from gramlib.prices.documents import card_document, unit_check
from gramlib.prices.flows import flow_table
from gramlib.prices.gather import Gathered, Progress, gather
from gramlib.prices.grade import Confirmation, grade_of, is_file
from gramlib.prices.quality import QualityLog
from gramlib.prices.splice import Join, Part, Spliced, splice
from gramlib.prices.standard import standardise
from gramlib.prices.tokens import token_table
from gramlib.readable import readable
from gramlib.sources.raw import Decision, RawSeries

if TYPE_CHECKING:
    from gramlib.sources.online import OnlineSettings


@readable
@dataclass(frozen=True)
class Acquired:
    """The data stage's tables, as the catalogue names them, and the `source_cards` document.

    `differences` (series, date, difference_bp) holds the price against the shipped averages by month and against each
    second series by week, for the eye; it is not handed on.
    """

    prices: pd.DataFrame
    token_prices: pd.DataFrame
    flows: pd.DataFrame
    covariates: pd.DataFrame
    quality: pd.DataFrame
    document: dict[str, Any]
    differences: pd.DataFrame


def acquire(
    params: DataParams, snapshots: Path, progress: Progress | None = None, settings: OnlineSettings | None = None
) -> Acquired:
    """Everything the data stage hands on, for `params`; answers from the network are kept under `snapshots`.

    Raises SourceUnreachable (75), DataContractError (3) or ParameterError (2) when the gold price cannot be had or a
    file is not what it should be; what else an online source fails to give is left out with a warning.
    """
    found = gather(params, snapshots, progress, settings)
    window = params.model_copy(update={"end": min(filter(None, (params.end, params.as_of)), default="")})
    main, quality = standardise(found.gold, window)
    log = QualityLog(tuple(Decision(*row) for row in quality.itertuples(index=False, name=None)))
    for row in found.skipped:
        log.add(*vars(row).values())
    parts, spliced = _spliced(found, main, window, log)
    agreements, curves = _agreements(found.crosscheck, spliced.prices, found.gold, window, log)
    monthly = _monthly(spliced.prices, found.gold, log)
    by_month = monthly_differences(quotes(spliced.prices))
    curves = {"monthly history": by_month.set_axis(by_month.index.to_timestamp(how="end").normalize()), **curves}
    tokens = token_table(list(found.tokens), spliced.prices, log)
    tokens = _until(tokens, window.end)
    flows = flow_table(list(found.flows), window.end, log)
    covariates = covariate_table(list(found.covariates), window.end, log)
    producers = {raw.card.producer for raw in parts}
    confirmations = [
        Confirmation(agreement, not is_file(raw) and raw.card.producer not in producers)
        for raw, agreement in agreements
    ]
    grade = grade_of(parts, unit_check(quality), len(spliced.prices), monthly, confirmations)
    named = [raw for _, raw in (*found.flows, *found.covariates)]
    others = [*found.crosscheck, *(token.raw for token in found.tokens), *named]
    document = card_document(found.gold, spliced.prices, grade, [raw.card for raw in [*parts, *others]])
    document |= {
        "as_of": params.as_of,
        "series": _series(found, parts, spliced),
        "coverage": coverage_by_year(spliced.prices),
        "joins": [_join_record(join) for join in spliced.joins],
        "agreement": [_agreement_record(agreement) for _, agreement in agreements],
        "monthly": _finite(asdict(monthly) | {"agrees": monthly.agrees}),
        "tried": [asdict(attempt) for attempt in found.tried],
    }
    checked = check_table("quality", log.table(), "the data stage")
    return Acquired(spliced.prices, tokens, flows, covariates, checked, document, _long(curves))


def _long(curves: dict[str, pd.Series]) -> pd.DataFrame:
    tables = [
        pd.DataFrame({"series": name, "date": curve.index.astype("datetime64[us]"), "difference_bp": curve.to_numpy()})
        for name, curve in curves.items()
    ]
    return pd.concat(tables, ignore_index=True)


def _spliced(
    found: Gathered, main: pd.DataFrame, window: DataParams, log: QualityLog
) -> tuple[list[RawSeries], Spliced]:
    """The series that gave rows, and the price they make."""
    parts = [(found.gold, Part(found.gold.card.id, main, found.gold.hour_utc))]
    for raw in found.splice:
        table = _standard_or_none(raw, window, "splice", log)
        if table is not None:
            parts.append((raw, Part(raw.card.id, table, raw.hour_utc)))
    spliced = splice([part for _, part in parts])
    for join in spliced.joins:
        log.add(f"join {join.day}", "note", f"{join.sentence()}; overlap: {join.overlap.sentence()}",
                "a return within one series", "marked joined" + ("" if join.bridged else ", its return left empty"))  # fmt: skip
    for raw, _ in parts[1:]:
        rows = spliced.rows[raw.card.id]
        log.add(f"splice {raw.card.id}", "ok" if rows else "note", f"{rows:,} rows before or after the others", "rows the others lack",
                "laid end to end" if rows else "it adds no day")  # fmt: skip
    return [raw for raw, _ in parts if spliced.rows[raw.card.id]], spliced


def _agreements(
    others: Sequence[RawSeries], prices: pd.DataFrame, gold: RawSeries, window: DataParams, log: QualityLog
) -> tuple[list[tuple[RawSeries, Agreement]], dict[str, pd.Series]]:
    made, curves = [], {}
    price = quotes(prices)
    for raw in others:
        name = raw.card.id
        if raw.instrument == "average":
            months = pd.PeriodIndex(raw.frame["date"], freq="M")
            monthly = compare_monthly(price, pd.Series(raw.frame["value"].to_numpy(), index=months))
            log.add(f"agreement {name}", "ok" if monthly.agrees else "warning", monthly.sentence(),
                    "monthly means that follow it", "noted")  # fmt: skip
            continue
        table = _standard_or_none(raw, window, "crosscheck", log)
        if table is None:
            continue
        agreement = compare(price, quotes(table), ("the price", name), (gold.hour_utc, raw.hour_utc))
        log.add(f"agreement {name}", "ok" if agreement.agrees else "warning", agreement.sentence(),
                f"levels alike by {agreement.basis}" + (": the hours of day differ or are unknown" if agreement.basis == "week" else ""),
                "counts as a second source" if agreement.agrees else "does not confirm the price")  # fmt: skip
        made.append((raw, agreement))
        if agreement.common_days:
            curves[name] = differences(price, quotes(table), "W")
    return made, curves


def _standard_or_none(raw: RawSeries, window: DataParams, role: str, log: QualityLog) -> pd.DataFrame | None:
    """The standard table of a second series; None, with a note, when none of its days lies in the window."""
    try:
        table, quality = standardise(raw, window)
    except ParameterError as error:
        log.add(f"{role} {raw.card.id}", "note", error.found, "days in the window", "left out")
        return None
    log.include((Decision(*row) for row in quality.itertuples(index=False, name=None)), raw.card.id)
    return table


def _monthly(prices: pd.DataFrame, gold: RawSeries, log: QualityLog) -> MonthlyAgreement:
    monthly = compare_monthly(quotes(prices))
    drawn = gold.card.id == "sample"
    log.add(
        "agreement monthly", "ok" if monthly.agrees else "note" if not monthly.months else "warning", monthly.sentence(),
        "monthly means that follow the shipped averages (median 30 bp, largest 200 bp)",
        "the sample is drawn through them: no confirmation" if drawn else "noted; the shipped averages are always compared",
    )  # fmt: skip
    return monthly


def _until(table: pd.DataFrame, last_day: str) -> pd.DataFrame:
    return table[table["date"] <= pd.Timestamp(last_day)].reset_index(drop=True) if last_day else table


def _series(found: Gathered, parts: Sequence[RawSeries], spliced: Spliced) -> list[dict[str, Any]]:
    """One record a series: its role, its range, and the rows the result has of it."""
    listed = [
        *(("gold", raw, spliced.rows[raw.card.id]) for raw in parts),
        *(("crosscheck", raw, 0) for raw in found.crosscheck),
        *((f"token {each.token}", each.raw, len(each.raw.frame)) for each in found.tokens),
        *((f"flow {product}", raw, len(raw.frame)) for product, raw in found.flows),
        *((f"covariate {name}", raw, len(raw.frame)) for name, raw in found.covariates),
    ]
    return [
        {"role": role, "id": raw.card.id, "title": raw.card.title, "instrument": raw.instrument or raw.card.instrument,
         "start": raw.card.start, "end": raw.card.end, "rows": len(raw.frame), "used": used}
        for role, raw, used in listed
    ]  # fmt: skip


def _join_record(join: Join) -> dict[str, Any]:
    return asdict(join) | {"overlap": _agreement_record(join.overlap)}


def _agreement_record(agreement: Agreement) -> dict[str, Any]:
    return _finite(asdict(agreement) | {"agrees": agreement.agrees, "same_fix": agreement.same_fix})


def _finite(record: dict[str, Any]) -> dict[str, Any]:
    """`record` with NaN as None: JSON has no NaN."""
    return {key: None if isinstance(value, float) and value != value else value for key, value in record.items()}
