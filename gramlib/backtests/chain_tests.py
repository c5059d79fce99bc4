"""Tests on the chain's months: do its intervals cover, are its chances as often as said, do they warn; with power.

Only months whose windows share no day are counted. The chances of failures that are tested are those of prices alone: a
replay has prices and nothing drawn, and no history says how often this issuer's gold was lost or its bank failed. With the
run's drivers on the chances are larger, and nothing here can tell whether they are right.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import atanh, sqrt
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri, stdtr

from gramlib.artefacts.analyse_backtests import CHAIN_TESTS
from gramlib.backtests import power
from gramlib.backtests.chain import LEVELS, typed
from gramlib.backtests.chance_forecasts import brier_test, count_test, seen_chance, warning_test
from gramlib.backtests.coverage import kupiec, kupiec_power
from gramlib.backtests.shortfall import shortfall_tests
from gramlib.models.multiplicity import holm

COVERED = 0.9
COVERED_IF_WRONG = 0.8
CORRELATED = 0.2
WARN_ABOVE = (0.01, 0.05)
FEWEST_MONTHS = 10
"""With fewer no test of the kind can reject anything, and its row would say nothing."""

ANY = "any failure"
_EMPTY = {column.name: float("nan") for column in CHAIN_TESTS.columns}


def chain_tests(chain: pd.DataFrame) -> pd.DataFrame:
    """The catalogue's `chain_tests` on a `chain_backtest`; without rows where there are fewer than ten months.

    kupiec               exceptions of the value at risk, at both levels (Kupiec 1995)
    acerbi_szekely_z2    its expected shortfall, one-sided (Acerbi and Szekely 2014)
    interval_coverage    the fund's share against the 90% interval of the issuer's, exact binomial
    response             do holders follow the issuer's law at all: rank correlation of the fund's share with that of the replay
    calibration, brier   chances of each failure and of a queue against the replay
    warning              months on which the chance was above a level against those on which it came

    Months count as independent. The fund's own are not quite (a correlation of 0.36 with the month before, 2006 to 2025), but
    those of the replay are (-0.01 of ranks), on which the p-value of the response rests as well.

    Rows on redemptions are left out where the run has no flows. `adjusted_p_value` is Holm's over the whole table.
    """
    kept = chain[chain["apart"]]
    rows: list[dict[str, Any]] = []
    if len(kept) >= FEWEST_MONTHS:
        common = {"n": len(kept), "evidence": kept["evidence"].iloc[0]}
        rows = [_EMPTY | common | row for row in (*_price(kept), *_redemptions(kept), *_failures(kept))]
    adjusted = holm([row["p_value"] for row in rows])
    family = int(np.sum(~np.isnan(adjusted)))
    return typed(
        [row | {"adjusted_p_value": each, "family_size": family} for row, each in zip(rows, adjusted, strict=True)],
        CHAIN_TESTS,
    )


def _price(kept: pd.DataFrame) -> Iterator[dict[str, Any]]:
    loss, n = kept["realised_loss"].to_numpy(), len(kept)
    for label, level in LEVELS.items():
        p = round(1.0 - level, 12)
        value_at_risk, shortfall = kept[f"var_{label}"].to_numpy(), kept[f"es_{label}"].to_numpy()
        hits = int(kept[f"exceeded_{label}"].sum())
        counts = {"subject": "price", "level": level, "found": hits, "expected": n * p}
        ratio = kupiec(hits, n, p)
        yield counts | {
            "test": "kupiec", "statistic": ratio.statistic, "p_value": ratio.p_value,
            "hypothesis": "exceptions come as often as stated",
            "power": kupiec_power(n, p, power.RATE_FACTOR * p), "alternative": power.TWICE,
        }  # fmt: skip
        _, z2 = shortfall_tests(loss, value_at_risk, shortfall, level, power.LARGER_LOSSES)
        yield counts | {
            "test": "acerbi_szekely_z2", "statistic": z2.statistic, "p_value": z2.p_value,
            "hypothesis": "exceptions as frequent and as large as stated, or less",
            "power": z2.power, "alternative": power.LARGER,
        }  # fmt: skip


def _redemptions(kept: pd.DataFrame) -> Iterator[dict[str, Any]]:
    known = kept[kept["place"] != ""]
    n = len(known)
    if n < FEWEST_MONTHS:
        return
    missed = int((known["place"] != "inside").sum())
    test = count_test(missed, np.full(n, 1.0 - COVERED), np.full(n, 1.0 - COVERED_IF_WRONG))
    common = {"subject": "redemptions", "n": n}
    yield common | {
        "test": "interval_coverage", "level": COVERED, "found": missed, "expected": n * (1.0 - COVERED),
        "statistic": test.statistic, "p_value": test.p_value,
        "hypothesis": f"the fund's share lies in the interval in {COVERED:.0%} of months",
        "power": test.power, "alternative": f"it lies there in {COVERED_IF_WRONG:.0%}",
    }  # fmt: skip
    correlation = float(known["fund_redeemed"].rank().corr(known["replay_redeemed"].rank()))
    # Of a rank correlation of n pairs that are not related: t with n - 2 degrees of freedom (Kendall and Gibbons, ch. 4).
    score = correlation * sqrt((n - 2) / max(1.0 - correlation**2, 1e-12))
    error = sqrt(1.06 / (n - 3))
    yield common | {
        "test": "response", "statistic": correlation, "p_value": float(stdtr(n - 2, -score)),
        "hypothesis": "no relation, or a contrary one, between the fund's share and the replay's",
        "power": float(ndtr(atanh(CORRELATED) / error - ndtri(1.0 - power.SIZE))),
        "alternative": f"a rank correlation of {CORRELATED}",
    }  # fmt: skip


def _failures(kept: pd.DataFrame) -> Iterator[dict[str, Any]]:
    names = [name.removeprefix("alone_") for name in kept if name.startswith("alone_") and kept[name].notna().all()]
    failed = kept["replay_failures"].str.split()
    came = {name: failed.map(lambda found, name=name: name in found).to_numpy(dtype=bool) for name in names}
    came["queue"] = kept["replay_queue"].to_numpy()
    chances = {name: seen_chance(kept[f"alone_{name}"].to_numpy(), kept["n"].to_numpy()) for name in names}
    for name in names:
        p, outcome = chances[name], came[name]
        truly = np.minimum(power.RATE_FACTOR * p, 1.0)
        found = {"subject": name, "found": int(outcome.sum()), "expected": float(p.sum())}
        tests = {"calibration": count_test(int(outcome.sum()), p, truly), "brier": brier_test(outcome, p, truly)}
        for test, result in tests.items():
            yield found | {
                "test": test, "statistic": result.statistic, "p_value": result.p_value,
                "hypothesis": "the chances from prices alone are right",
                "power": result.power, "alternative": "all of them twice as large",
            }  # fmt: skip
    failures = [name for name in names if name != "queue"]
    came[ANY] = np.any([came[name] for name in failures], axis=0)
    chances[ANY] = np.max([chances[name] for name in failures], axis=0)
    for name in ("queue", ANY):
        for level in WARN_ABOVE:
            yield _warning(name, came[name], chances[name], level)


def _warning(name: str, came: np.ndarray, chances: np.ndarray, level: float) -> dict[str, Any]:
    found = warning_test(came, chances, level)
    return {
        "test": "warning", "subject": name, "level": level, "found": found.hits, "expected": found.expected_hits,
        "false_alarms": found.false_alarms, "missed": found.missed, "statistic": found.test.statistic,
        "p_value": found.test.p_value, "hypothesis": "warnings are luck", "power": found.test.power,
        "alternative": "outcomes come with the chances forecast",
    }  # fmt: skip
