"""What a run cannot say, built from the run: its data, what is assumed, what was not seen, what had no power, what is judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from gramlib.params.issuer import Issuer
from gramlib.report import numbers, vocabulary
from gramlib.report.wording import assumed_values

POWERLESS = 0.5
"""Below this chance to notice the error it looks for, a test's passing says little."""
_MOST_NAMED = 3


def limitations(
    *,
    issuer: Issuer,
    source_document: Mapping[str, Any],
    verdicts: pd.DataFrame,
    metrics: pd.DataFrame,
    reverse: pd.DataFrame,
    backtests: pd.DataFrame | None = None,
    assumptions: Sequence[Mapping[str, Any]] = (),
    recommendations: pd.DataFrame | None = None,
) -> list[str]:
    """Sentences, the gravest doubt first; a doubt that this run does not raise is left out."""
    told = (
        _data(source_document), _issuer(issuer), _weak(assumptions), _unseen(metrics), _searched(reverse), _power(backtests),
        _unverified(verdicts), _judgement(recommendations),
        "Intervals hold the sampling error of the paths; they do not hold the errors of the model, of its rates or of the issuer's values.",
    )  # fmt: skip
    return [sentence for sentence in told if sentence]


def _data(document: Mapping[str, Any]) -> str:
    grade, reason = document.get("grade", ""), document.get("grade_reason", "")
    because = f": {reason}" if reason else ""
    end = f" Nothing after {document['end']} is in the prices." if document.get("end") else ""
    if grade == "D":
        return f"No figure is evidence about gold or about a real token, for the data have grade D{because}.{end}"
    return f"The data have grade {grade}{because}.{end}" if grade else end.strip()


def _issuer(issuer: Issuer) -> str:
    assumed, total = assumed_values(issuer)
    if not assumed:
        return ""
    part = f"All {total}" if len(assumed) == total else f"{len(assumed)} of {total}"
    return f"{part} values of the issuer are assumed: whether a real issuer looks like this is not tested here."


def _weak(assumptions: Sequence[Mapping[str, Any]]) -> str:
    weak = [entry for entry in assumptions if entry.get("strength") == "weak"]
    unprobed = [str(entry["id"]) for entry in assumptions if "nothing yet" in entry.get("probed_by", ())]
    if not weak:
        return ""
    and_unprobed = f" Nothing in the run probes {_named(unprobed)}." if unprobed else ""
    return f"{len(weak)} of {numbers.count(len(assumptions), 'registered assumption')} {'is' if len(weak) == 1 else 'are'} weak.{and_unprobed}"


def _unseen(metrics: pd.DataFrame) -> str:
    """Failures that no path showed, with the largest bound on their chance."""
    rows = metrics[(metrics["subject"] == "liquidity") & metrics["metric"].str.fullmatch(r"probability_F\d")]
    unseen = rows[rows["value"] == 0]
    if unseen.empty:
        return ""
    names = numbers.joined(vocabulary.failure_name(name.removeprefix("probability_")) for name in unseen["metric"])
    bound = unseen["upper"].max()
    at_most = "" if numbers.is_missing(bound) else f"; its chance may be up to {numbers.percent_at_most(bound)}"
    return f"Not seen on any path is not impossible: {names}{at_most}."


def _searched(reverse: pd.DataFrame) -> str:
    """Shocks on which no failure was found, which holds as far as the search went."""
    rows = reverse[reverse["predicate"] != "queue"]
    quiet = [shock for shock, group in rows.groupby("shock", sort=False) if not group["found"].any()]
    if not quiet:
        return ""
    names = "; ".join(vocabulary.shock_name(str(shock)) for shock in quiet)
    return f"Nothing was found to break it on these axes, which says nothing beyond the range searched: {names}."


def _power(backtests: pd.DataFrame | None) -> str:
    if backtests is None or "power" not in backtests:
        return ""
    known = backtests["power"].dropna()
    blunt = int((known < POWERLESS).sum())
    if not blunt:
        return ""
    return (
        f"{blunt} of {numbers.count(len(known), 'backtest')} of the price models would miss the error looked for more often "
        "than find it: that they pass says little."
    )


def _unverified(verdicts: pd.DataFrame) -> str:
    idle = verdicts[~verdicts["decides"] & (verdicts["status"] != "not_applicable")]
    if idle.empty:
        return ""
    return f"{numbers.count(len(idle), 'requirement')} {'is' if len(idle) == 1 else 'are'} shown and {'does' if len(idle) == 1 else 'do'} not decide, most often because nobody has checked the limit at its source."


def _judgement(recommendations: pd.DataFrame | None) -> str:
    if recommendations is None or recommendations.empty:
        return ""
    return "What measures cost is judgement; what they do was found by walking the same paths again."


def _named(names: Sequence[str]) -> str:
    rest = len(names) - _MOST_NAMED
    return numbers.joined([*names[:_MOST_NAMED], f"{rest} more"] if rest > 1 else names)
