"""Paying on time: the buffer, the ladder, a credit line and more access to the gold market."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import nan

import numpy as np

from gramlib.metrics import Interval, wilson_interval
from gramlib.params.issuer import Issuer
from gramlib.readable import readable
from gramlib.recommend import proofs, stresses
from gramlib.recommend.bench import Bench
from gramlib.recommend.closed_forms import buffer_floor_usd, run_rate, survival_days_with_sales
from gramlib.recommend.measure import Measure
from gramlib.recommend.prices import Policy
from gramlib.recommend.recommendation import ENOUGH, NEEDED, NOT_REACHABLE, Proof, Recommendation
from gramlib.recommend.search import weakest
from gramlib.simulation import Outcomes
from gramlib.simulation.market_access import capacity_usd
from gramlib.simulation.outcomes import NEVER

RUN_SCENARIOS = ("S9", "confidence_run")
SECTION = "model page section 10"
_SLACK_STEPS = 20


@readable
@dataclass(frozen=True)
class Service:
    """Whether holders are served: the chance that somebody waits too long, and a queue in the run scenarios."""

    bench: Bench
    policy: Policy

    @property
    def days(self) -> int:
        """Time span of the chance."""
        return int(self.policy.wait_horizon_days)

    @property
    def scenario_ids(self) -> tuple[str, ...]:
        """Listed runs; none where the run has none, and then a run of our own stands in."""
        return self.bench.listed(*RUN_SCENARIOS)

    @property
    def named(self) -> str:
        """The runs in words."""
        return " and ".join(self.scenario_ids) or "a run of our own"

    def runs(self, issuer: Issuer) -> dict[str, Outcomes]:
        """Outcomes of every run scenario by name."""
        if self.scenario_ids:
            return {f"scenario {name}": self.bench.scenario(issuer, name) for name in self.scenario_ids}
        stress = stresses.run(self.bench.gold_usd_per_g)
        return {stress.title: self.bench.path(issuer, stress.prices_usd_per_g, stress.events)}

    def queues(self, issuer: Issuer) -> dict[str, float]:
        """Longest queue of each run, share of opening tokens."""
        return {name: float(outcomes.peak_queue_share[0]) for name, outcomes in self.runs(issuer).items()}

    def waited(self, issuer: Issuer, everywhere: bool = True) -> np.ndarray:
        """Whether somebody waits longer than five days (F3), by path of the liquidity book, or of its searched part."""
        look = self.bench.book if everywhere else self.bench.tried
        return look(issuer, "liquidity", self.days).f3_day != NEVER

    def on_time(self, issuer: Issuer, everywhere: bool = True) -> bool:
        """Whether the chance of waiting is within the policy."""
        return bool(self.waited(issuer, everywhere).mean() <= self.policy.wait_probability)

    def holds(self, issuer: Issuer, everywhere: bool = False) -> bool:
        """Both conditions; the cheap one is asked first."""
        return max(self.queues(issuer).values()) == 0.0 and self.on_time(issuer, everywhere)


def served_by(
    bench: Bench, measure: Measure, policy: Policy, action: str, closed_form: float, closed_form_of: str
) -> Recommendation:
    """Least number of `measure` that serves holders: found on the searched paths, confirmed on all of them."""
    service, issuer = Service(bench, policy), bench.issuer
    weak, strong = _ends(measure, bench.issuer)
    step = 1e-3 * (strong - weak)
    found = weakest(lambda number: service.holds(measure.apply(issuer, number)), weak, strong)
    number = found.number
    for _ in range(_SLACK_STEPS):
        if not found.reached or service.on_time(measure.apply(issuer, number)):
            break
        number = min(number + step, strong, key=lambda each: abs(each - weak))
    now = measure.now(issuer)
    if not found.reached:
        number = strong
    after = measure.apply(issuer, number)
    binding = _binding(service, measure, issuer, max(weak, number - 3.0 * step) if number > weak else weak)
    proof = _service_proof(service, issuer, after, binding)
    if not found.reached:
        left = ", ".join(
            f"{name} still queues {queue:.1%} of tokens" for name, queue in service.queues(after).items() if queue > 0
        )
        why = f"not within {weak:,.4g} to {strong:,.4g} {measure.unit}: {left or 'somebody still waits too long too often'}"
        state = NOT_REACHABLE
    else:
        state = NEEDED if number > now else ENOUGH
        why = f"least that leaves no queue in {service.named} and a chance of at most {policy.wait_probability:.0%} in {service.days} days that somebody waits longer than five"
        why += "" if found.everywhere else f"; from {found.until:,.4g} on it no longer holds"
    return Recommendation(
        action, measure.title, state, why, measure.unit, now, number,
        _number_interval(service, measure, number, weak, strong) if binding.startswith("book") else Interval(nan, nan), proof,
        measure.cost_usd_year(issuer, number), measure.cost_basis, binding, SECTION, closed_form, closed_form_of,
        measure.side_effect, measure.name,
    )  # fmt: skip


def buffer(bench: Bench, measure: Measure, policy: Policy) -> Recommendation:
    """Cash and bills; beside it the floor W(1-(1-rho)^lag) at the rate of the first day of a confidence event."""
    floor = buffer_floor_usd(bench.owed_usd, run_rate(bench.issuer), bench.issuer.market.lag_days)
    return served_by(bench, measure, policy, "buffer", floor, "floor until the first sale settles, without feedback")


def credit_line(bench: Bench, measure: Measure, policy: Policy) -> Recommendation:
    """A line that stands in for a larger buffer; beside it the floor less what is there."""
    floor = buffer_floor_usd(bench.owed_usd, run_rate(bench.issuer), bench.issuer.market.lag_days)
    missing = max(0.0, floor - bench.issuer.cash_usd - bench.issuer.bills_usd)
    return served_by(bench, measure, policy, "credit_line", missing, "floor of the buffer less what is there")


def market_access(bench: Bench, measure: Measure, policy: Policy) -> Recommendation:
    """More of the daily volume; beside it the day on which a run of fixed share is no longer paid in full."""
    issuer = bench.issuer
    liquid = issuer.cash_usd + issuer.bills_usd * (1.0 - issuer.treasury.bill_haircut)
    days = survival_days_with_sales(
        bench.owed_usd, liquid, run_rate(issuer), capacity_usd(issuer, 1.0), issuer.market.lag_days
    )
    return served_by(
        bench, measure, policy, "market_access", days, "day on which a run at the first day's rate is not paid in full"
    )


def _ends(measure: Measure, issuer: Issuer) -> tuple[float, float]:
    """From where a search starts to where it ends: a buffer may turn out too large, so from the bottom of the range."""
    return (measure.lower, measure.upper) if measure.stronger == "up" else (measure.upper, measure.lower)


def _binding(service: Service, measure: Measure, issuer: Issuer, weaker: float) -> str:
    """What a little less of the measure would break."""
    queues = service.queues(measure.apply(issuer, weaker))
    worst = max(queues, key=lambda name: queues[name])
    return worst if queues[worst] > 0.0 else f"book liquidity, {service.days} days"


def _service_proof(service: Service, before: Issuer, after: Issuer, binding: str) -> Proof:
    if binding.startswith("book"):
        metric = f"chance in {service.days} days that somebody waits longer than five"
        return proofs.share(metric, binding, service.waited(before), service.waited(after), service.bench.confidence)
    return proofs.exact(
        "longest queue, share of tokens", "1", binding, service.queues(before)[binding], service.queues(after)[binding]
    )


def _number_interval(service: Service, measure: Measure, number: float, weak: float, strong: float) -> Interval:
    """Numbers at which an end of the chance's interval, in place of the chance itself, is within the policy."""
    policy, bench = service.policy, service.bench

    def within(end: int) -> Callable[[float], bool]:
        def holds(each: float) -> bool:
            waited = service.waited(measure.apply(bench.issuer, each), everywhere=False)
            return wilson_interval(int(waited.sum()), len(waited), bench.confidence)[end] <= policy.wait_probability

        return holds

    lower, upper = weakest(within(0), weak, strong), weakest(within(1), weak, strong)
    return Interval(lower.number, upper.number)
