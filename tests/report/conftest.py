"""One small run's tables, made up but true to the catalogue: every frame passes `check_table`."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import likely_rows
import numpy as np
import pandas as pd
import pytest

from gramlib.artefacts import CATALOGUE, PREDICATES, check_table
from gramlib.metrics import metrics_table
from gramlib.models.tail_fit import threshold_rows
from gramlib.params.issuer import Issuer
from gramlib.params.stages import AnalyseParams
from gramlib.report.documents import report_document
from gramlib.verdicts import load_profile, verdicts_table

ROOT = Path(__file__).resolve().parents[2]
LABEL = "daily path reconstructed from monthly averages: demonstration only"


def _typed(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Columns in catalogue order and type, missing ones zero or blank, checked at the door."""
    frame = pd.DataFrame(index=rows.index)
    for column in CATALOGUE[name].columns:
        blank: Any = "" if column.dtype == "str" else max(0.0, column.lower or 0.0)
        values = rows.get(column.name, blank)
        kind = {"date": "datetime64[us]", "str": "str"}.get(column.dtype, column.dtype)
        frame[column.name] = pd.Series(values, index=rows.index).astype(kind)
    return check_table(name, frame.reset_index(drop=True), "tests/report")


def _prices() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    dates = pd.bdate_range("2000-01-03", "2026-07-31")
    moves = 0.01 * rng.standard_t(4, len(dates)) / np.sqrt(2) + 0.0004
    moves[0] = 0.0
    ounce = 285 * np.exp(np.cumsum(moves))
    returns = pd.Series(moves)
    returns[0] = np.nan
    return _typed("prices", pd.DataFrame({"date": dates, "gold_usd_per_oz": ounce, "gold_usd_per_g": ounce / 31.1034768, "log_return": returns,
                                          "filled": False, "stale": False, "outlier": False}))  # fmt: skip


def _residuals(prices: pd.DataFrame) -> pd.DataFrame:
    kept = prices.dropna()
    sigma = 0.007 + 0.004 * np.abs(np.sin(np.arange(len(kept)) / 300)) ** 3
    return _typed(
        "residuals", pd.DataFrame({"date": kept["date"], "sigma": sigma, "residual": kept["log_return"] / sigma})
    )


def _calibration(residuals: pd.DataFrame) -> dict[str, Any]:
    k = round(0.05 * len(residuals))
    ordered = np.sort(residuals["residual"])
    tails = {
        side: {"threshold": float(edge), "xi": 0.21, "beta": 0.62, "xi_standard_error": 0.05, "beta_standard_error": 0.04, "n_exceed": k, "n": 12_000, "note": ""}
        for side, edge in (("lower", -ordered[k]), ("upper", ordered[-k - 1]))
    }  # fmt: skip
    card = {
        "title": "A model",
        "what": "It does this.",
        "parameters": "alpha 0.05",
        "fails_when": "that happens",
        "model": "fhs",
    }
    duels = [
        {"rival": "garch_t", "horizon_days": h, "mean_difference": 1e-6, "statistic": 0.4, "p_value": 0.6, "rival_better": False,
         "adjusted_p_value": 1.0, "family_size": 2}
        for h in (1, 10)
    ]  # fmt: skip
    sets = [
        {
            "horizon_days": h,
            "model": model,
            "score": "crps",
            "p_value": p,
            "in_set": p > 0.1,
            "n": 2520,
            "block_days": 20,
        }
        for h in (1, 10)
        for model, p in (("fhs", 1.0), ("garch_t", 0.3), ("hs", 0.01))
    ]
    return {
        "duels": duels, "confidence_sets": sets, "champion_decision": "fhs stays",
        "schema": 1, "champion": "fhs", "champion_rule": "grade D keeps filtered historical simulation", "grade": "D", "sigma_sample": 0.0102,
        "models": {"fhs": {"tails": tails, "tail_share": 0.05}}, "model_cards": [card], "training": {"start": "2000-01-04", "end": "2026-07-31", "n": len(residuals)},
    }  # fmt: skip


def _league() -> pd.DataFrame:
    rows = [
        {
            "model": model,
            "horizon_days": h,
            "score": score,
            "value": base * factor,
            "standard_error": base * 0.02,
            "n": 2520,
            "rank": rank,
        }
        for h in (1, 10)
        for score, base in (
            ("crps", 0.0055 * h**0.5),
            ("pinball_025", 0.0007 * h**0.5),
            ("pinball_010", 0.0003 * h**0.5),
        )
        for rank, (model, factor) in enumerate((("fhs", 1.0), ("garch_t", 1.012), ("hs", 1.06)), start=1)
    ]
    return _typed("league", pd.DataFrame(rows))


SCENARIOS = {
    "H13a": ("April 2013: two days of selling", "severe", "reconstructed through published facts", [0.95, 0.8645, 0.88, 0.87, 0.86, 0.88, 0.89, 0.90]),
    "H80b": ("1980 to 1982: the long fall", "extreme", "reconstructed through published facts", list(np.linspace(0.99, 0.40, 60))),
    "S14": ("Fall, run and dry market together", "extreme", "hypothetical", [0.96, 0.87, 0.86, 0.86, 0.86]),
    "custody_loss_1pct": ("One percent of the gold is lost in custody", "severe", "hypothetical", [1.0, 1.0, 1.0]),
    "calm": ("A quiet quarter", "calm", "hypothetical", [1.0, 1.001, 1.002]),
    "H99b": ("1999: gold leaps", "mild", "reconstructed through published facts", list(np.linspace(1.01, 1.27, 12))),
}  # fmt: skip


def _acceptance() -> pd.DataFrame:
    rows = [
        {"model": model, "check": check, "found": found, "low": low, "high": high, "ok": ok, "meaning": meaning}
        for model, bad in (("fhs", False), ("garch_t", True))
        for check, meaning, found, low, high, ok in (
            ("constant_paths", "paths on which the price never moves", 0.0, np.nan, 0.0, True),
            ("excess_kurtosis", "excess kurtosis of daily returns", 0.4 if bad else 5.2, 1.66, 10.9, not bad),
            ("nearest_training_window", "distance of the closest <window>", 0.5, 0.001, np.nan, True),
        )
    ]
    return _typed("acceptance", pd.DataFrame(rows))


def _tail_fit(residuals: pd.DataFrame) -> pd.DataFrame:
    values = residuals["residual"].to_numpy()
    rows = [
        *threshold_rows("residuals", values, values, 0.05),
        *threshold_rows("daily returns", values / 90, values / 90, 0.05),
    ]
    rows += [
        {"series": f"20 days, {who}", "tail": "falls", "threshold_share": 0.05, "quantity": quantity, "value": value, "unit": unit,
         "standard_error": np.nan, "lower": 0.8 * value, "upper": 1.2 * value, "n_exceed": 10_000, "used": True, "method": "fhs: simulated"}
        for who in ("champion", "all models")
        for quantity, value, unit in (("once_in_25_years", 0.211, "1"), ("years_between_15_percent", 6.8, "year"))
    ]  # fmt: skip
    return _typed("tail_fit", pd.DataFrame(rows))


def _scenarios_used() -> dict[str, Any]:
    records = []
    for name, (title, severity, provenance, factors) in SCENARIOS.items():
        shocks = {"total_return": factors[-1] - 1, "worst_day_return": -0.09, "best_day_return": 0.02, "max_drawdown": 1 - min(1.0, *factors), "annual_volatility": 0.3,
                  "price_days": len(factors), "horizon_days": 60, "event_days": 3, "max_event": 1.0, "max_liquidity_multiplier": 4.0, "lost_share": 0.0}  # fmt: skip
        records.append({"id": name, "title": title, "kind": "historical", "severity": severity, "story": f"{title}, and what <follows>.",
                        "horizon_days": 60, "provenance": provenance, "note": "", "shocks": shocks, "frequency": "a 2-day fall of 9%: 1 in 20 years by fhs",
                        "precedent": {"text": "It happened once", "date": "2013", "source": "a paper", "verified": False},
                        "changes": [{"key": "costs.opex_usd_year", "why": "dearer by a fifth"}],
                        "facts": [{"figure": "worst_day_return", "published": -0.0915, "here": -0.09, "series": "a fixing"}]})  # fmt: skip
    return {"schema": 1, "scenarios": records}


def _replays() -> pd.DataFrame:
    frames = []
    for place, (name, (_, _, _, factors)) in enumerate(SCENARIOS.items()):
        days = np.arange(1, 61)
        path = np.concatenate([factors, np.full(max(0, 60 - len(factors)), factors[-1])])[:60]
        queue = np.maximum(0, 4e6 * np.exp(-(((days - 12) / 6) ** 2)) - 4e5) if name == "S14" else np.zeros(60)
        frames.append(pd.DataFrame({
            "scenario": name, "day": days, "price_usd_per_g": 135.0 * path, "coverage": 1.03, "tokens_g": 1e7 - 40_000.0 * days, "paid_g": 40_000.0,
            "queue_g": queue, "gold_g": 9.9e6 - 40_000.0 * days, "discount": 0.02 * np.exp(-days / 9.0) * (place != 4),
            "equity_usd": 39e6 - 1e5 * days - (45e6 * (days > 4) if name == "S14" else 0), "liquidity_multiplier": 1.0,
        }))  # fmt: skip
    return _typed("replays", pd.concat(frames, ignore_index=True))


def _replay_failures() -> pd.DataFrame:
    failed = {
        ("S14", "F3"): (9, "redemption"),
        ("S14", "F4"): (2, "event"),
        ("S14", "F2"): (5, "event_loss"),
        ("H13a", "F4"): (3, "redemption"),
    }
    rows = [
        {
            "scenario": name,
            "predicate": p,
            "first_day": failed.get((name, p), (-1, ""))[0],
            "cause": failed.get((name, p), (-1, ""))[1],
        }
        for name in SCENARIOS
        for p in PREDICATES
    ]
    return _typed("replay_failures", pd.DataFrame(rows))


def _days() -> pd.DataFrame:
    rows = []
    for book in ("liquidity_price_only", "liquidity", "solvency"):
        for variable, start, width in (
            ("price_usd_per_g", 135.0, 60.0),
            ("coverage", 1.03, 0.01),
            ("queue_share", 0.0, 0.02),
            ("discount", 0.001, 0.01),
            ("equity_usd", 39e6, 8e6),
        ):
            for day in range(0, 757 if book == "solvency" else 253, 4):
                for q in (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99):
                    value = start + width * (q - 0.5) * np.sqrt(day / 252)
                    rows.append((book, variable, day, q, max(value, 0.0) if variable == "queue_share" else value))
    return _typed("days", pd.DataFrame(rows, columns=["book", "variable", "day", "quantile", "value"]))


def _outcomes(n: int = 3000) -> pd.DataFrame:
    rng = np.random.default_rng(11)
    frames = []
    for book in ("liquidity_price_only", "liquidity", "solvency"):
        loss = rng.gamma(4.0, 1.1e6, n) + np.where(rng.random(n) < 0.004, rng.pareto(1.6, n) * 2e7, 0.0)
        frames.append(pd.DataFrame({
            "book": book, "path": np.arange(n), "end_price_usd_per_g": 135.0, "min_coverage": 1.02, "min_backing": 1.0, "min_equity_usd": 39e6 - loss,
            "end_equity_usd": 39e6 - loss, "nonprice_loss_usd": loss, "end_tokens_share": 0.6, "status": "ran",
            **{f"{p.lower()}_day": np.where((39e6 - loss < 0) & (p == "F2"), 40, -1) for p in PREDICATES},
        }))  # fmt: skip
    return _typed("outcomes", pd.concat(frames, ignore_index=True))


def _reverse() -> pd.DataFrame:
    fall = dict(unit="1", scan_from=0.0, scan_to=0.9, scan_step=0.01, tolerance=1e-4)
    rows = [
        dict(predicate="queue", shock="price_fall", interval=1, found=True, lower=0.14173, upper=0.84028, **fall),
        dict(predicate="F3", shock="price_fall", interval=1, found=True, lower=0.25, upper=0.29, **fall),
        dict(predicate="F4", shock="price_fall", interval=1, found=True, lower=0.102, upper=0.9, **fall),
        dict(predicate="F2", shock="price_fall", interval=0, found=False, lower=np.nan, upper=np.nan, **fall),
        dict(predicate="queue", shock="price_fall_with_event", interval=1, found=True, lower=0.049, upper=0.84, **fall),
        dict(predicate="F4", shock="price_fall_with_event", interval=1, found=True, lower=0.03, upper=0.9, **fall),
        dict(predicate="F2", shock="custody_loss", interval=1, found=True, lower=0.0303, upper=0.2, **{**fall, "scan_to": 0.2}),
        dict(predicate="F3", shock="event_days", interval=1, found=True, lower=4.0, upper=20.0, unit="day", scan_from=1.0, scan_to=20.0, scan_step=1.0, tolerance=1.0),
        dict(predicate="F3", shock="liquidity_multiplier", interval=1, found=True, lower=3.2, upper=10.0, unit="1", scan_from=1.0, scan_to=10.0, scan_step=0.5, tolerance=0.01),
    ]  # fmt: skip
    return _typed("reverse", pd.DataFrame(rows))


def _backtests() -> pd.DataFrame:
    rows = []
    for model, hits in (("fhs", (66, 24)), ("garch_t", (71, 30)), ("hs", (92, 44))):
        for level, exceptions in zip((0.975, 0.99), hits, strict=True):
            for horizon in (1, 10):
                n = 2520 // horizon
                found, expected = exceptions // horizon, n * (1 - level)
                gap = abs(found - expected) / np.sqrt(expected)
                rows.append({"model": model, "horizon_days": horizon, "test": "kupiec", "level": level, "statistic": gap**2, "p_value": float(np.exp(-gap)),
                             "observations": n, "exceptions": found, "expected": expected, "power": 0.9,
                             "alternative": "exceptions twice as often", "adjusted_p_value": min(1.0, 12 * float(np.exp(-gap))), "family_size": 12})  # fmt: skip
    return _typed("backtests", pd.DataFrame(rows))


def _source_document() -> dict[str, Any]:
    card = {"id": "sample", "title": "Monthly averages <1975-2026>", "producer": "A producer", "url": "https://example.org", "licence": "public domain dedication",
            "redistribute": "yes", "accessed": "2026-11-01", "sha256": "ab" * 32, "unit": "USD/oz", "start": "2000-01-03", "end": "2026-07-31", "rows": 6935}  # fmt: skip
    agreement = {"first": "the price", "second": "a <second> series", "basis": "week", "common_days": 4333, "start": "2000-01-04", "end": "2017-04-28",
                 "median_bp": 24.6, "p99_bp": 239.0, "max_bp": 692.0, "max_day": "2008-10-10", "week_median_bp": 13.9, "week_p99_bp": 95.5,
                 "drift_bp": 1.0, "correlation": None, "agrees": True, "same_fix": False}  # fmt: skip
    return {"schema": 1, "grade": "D", "grade_reason": "the daily path is reconstructed", "label": LABEL, "redistribute": "yes", "cards": [card],
            "start": "2000-01-03", "end": "2026-07-31", "rows": 6935, "last_gold_usd_per_oz": 4213.5,
            "as_of": "", "tried": [{"role": "gold", "name": "yahoo_gcf", "outcome": "terms", "reason": "off until <accepted>"}],
            "series": [{"role": "gold", "id": "sample", "title": "t", "instrument": "fix", "start": "2000-01-03", "end": "2026-07-31", "rows": 6935, "used": 6935}],
            "coverage": [{"year": year, "business_days": 253, "without_quote": year % 5} for year in range(2000, 2027)],
            "joins": [{"day": "2010-01-04", "last_day": "2009-12-31", "before": "bank", "after": "sample", "step": -0.0072, "bridged": False, "overlap": agreement}],
            "agreement": [agreement], "monthly": {"months": 318, "median_bp": 5.1, "max_bp": 92.1, "max_month": "2025-05", "agrees": True}}  # fmt: skip


def _facts() -> pd.DataFrame:
    return pd.DataFrame({
        "statistic": ["annual_volatility", "skewness", "excess_kurtosis", "autocorrelation_absolute_1", "var_975"],
        "value": [0.171, -0.3, 6.1, 0.16, 0.0301], "expected_low": [0.16, -0.7, 4.0, 0.1, 0.021], "expected_high": [0.2, 0.1, 11.5, 0.3, 0.0255],
        "source": "measured on gold since 1975",
    })  # fmt: skip


def _tokens(prices: pd.DataFrame) -> pd.DataFrame:
    """Two tokens on every day of three years, a weekend day without a gold price among them."""
    days = pd.date_range("2022-01-03", "2024-12-31")
    rng = np.random.default_rng(11)
    table = pd.DataFrame({"date": days, "gold_age_days": np.where(days.day_of_week < 5, 0, days.day_of_week - 4), "premium": 0.005 * rng.standard_normal(len(days)),
                          "gold_usd_per_g": 60.0, "token_usd_per_oz": 1866.0, "log_return": np.nan, "weekend": days.day_of_week >= 5, "stale": False, "source": "x"})  # fmt: skip
    return _typed(
        "token_prices",
        pd.concat([table.assign(token="paxg"), table.iloc[:500].assign(token="xaut", premium=0.01)], ignore_index=True),
    )


def _flows() -> pd.DataFrame:
    days = pd.date_range("2022-01-03", "2024-12-31")
    share = np.append(np.nan, 0.004 * np.random.default_rng(12).standard_normal(len(days) - 1))
    quantity = 1e9 * np.exp(np.nancumsum(share))
    flag = np.where(np.arange(len(days)) == 0, "first", np.where(np.arange(len(days)) == 400, "step", ""))
    fund = pd.DataFrame({"date": days, "product": "gld", "quantity": quantity, "unit": "ounces", "change": np.append(np.nan, np.diff(quantity)),
                         "change_share": share, "days": 1, "flag": flag, "source": "x"})  # fmt: skip
    return _typed("flows", pd.concat([fund, fund.assign(product="usdc", unit="tokens")], ignore_index=True))


def _covariates() -> pd.DataFrame:
    days = pd.bdate_range("2008-06-03", "2026-07-30")
    return _typed("covariates", pd.DataFrame({"date": days, "name": "gvz", "value": 0.17, "unit": "1/sqrt(year)",
                                              "known_on": days + pd.Timedelta(days=3), "source": "x"}))  # fmt: skip


def _differences() -> pd.DataFrame:
    months, weeks = (
        pd.date_range("2000-01-31", "2026-07-31", freq="ME"),
        pd.date_range("2013-01-06", "2020-12-27", freq="W"),
    )
    rng = np.random.default_rng(13)
    return pd.concat([
        pd.DataFrame({"series": "monthly history", "date": months, "difference_bp": 10 * rng.standard_normal(len(months))}),
        pd.DataFrame({"series": "a <second> series", "date": weeks, "difference_bp": 30 * rng.standard_normal(len(weeks))}),
    ], ignore_index=True)  # fmt: skip


@pytest.fixture(scope="session")
def run_tables() -> SimpleNamespace:
    """Tables and documents of one made-up run, by catalogue name."""
    prices = _prices()
    residuals = _residuals(prices)
    quality = _typed("quality", pd.DataFrame([
        {"check": "duplicates", "status": "ok", "found": "none", "expected": "one row a day", "decision": "nothing"},
        {"check": "outliers", "status": "warning", "found": "2 returns <beyond> 8 standard deviations", "expected": "none", "decision": "kept and marked"},
    ]))  # fmt: skip
    outcomes, replays, failures = _outcomes(), _replays(), _replay_failures()
    metrics = metrics_table(
        outcomes, replays, failures, Issuer(), AnalyseParams(bootstrap_samples=100), np.random.default_rng(3)
    )
    check_table("metrics", metrics, "tests/report")
    used, reverse = _scenarios_used(), _reverse()
    verdicts = check_table(
        "verdicts",
        verdicts_table(metrics, failures, reverse, load_profile("internal", ROOT), used, _days()),
        "tests/report",
    )
    document = report_document(
        verdicts=verdicts, metrics=metrics, reverse=reverse, replay_failures=failures, days=_days(), scenarios_used=used, source_document=_source_document(),
        issuer=Issuer(), run={"run_id": "baseline-0a1b2c3d"},
    )  # fmt: skip
    frontiers, frontier_edges = likely_rows.maps()
    return SimpleNamespace(
        frontiers=frontiers, frontier_edges=frontier_edges, likely=likely_rows.likely(), causes=likely_rows.causes(),
        prices=prices, quality=quality, facts=_facts(), source_cards=_source_document(), residuals=residuals, calibration=_calibration(residuals),
        league=_league(), scenarios_used=used, replays=replays, replay_failures=failures, days=_days(), outcomes=outcomes,
        metrics=metrics, verdicts=verdicts, issuer=Issuer(), document=document,
        reverse=reverse, backtests=_backtests(), acceptance=_acceptance(), tail_fit=_tail_fit(residuals), token_prices=_tokens(prices), flows=_flows(), covariates=_covariates(), differences=_differences(),
    )  # fmt: skip
