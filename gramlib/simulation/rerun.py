"""The run's own books and listed scenarios once more, for a changed issuer, on the same draws.

Every measure, sensitivity and limit of stage analyse is proved this way: what differs between two answers is the issuer,
never the luck. Path k of a book is the path k that stage predict walked, since every draw has an address (`draws`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gramlib.errors import ParameterError
from gramlib.params.issuer import Issuer
from gramlib.readable import readable
from gramlib.simulation.books import Market
from gramlib.simulation.engine import simulate
from gramlib.simulation.outcomes import Outcomes
from gramlib.simulation.replays import Listed


@readable
@dataclass(frozen=True)
class Rerun:
    """`market` as stage predict had it, and its listed scenarios; every method takes the issuer that is to be tried."""

    market: Market
    listed: tuple[Listed, ...]

    def book(
        self, issuer: Issuer, name: str = "liquidity", n_paths: int | None = None, drivers: Sequence[str] | None = None
    ) -> Outcomes:
        """Outcomes of book `name` for `issuer` on its first `n_paths` paths, or all it has where that is fewer or None.

        `drivers` in place of those of the book draw the same numbers; leaving one out changes nothing else. Raises
        ParameterError for a book there is not.
        """
        return self.market.with_issuer(issuer).outcomes(name, n_paths, drivers)

    def scenario(self, issuer: Issuer, scenario_id: str) -> Outcomes:
        """Outcomes of one listed scenario, one path, nothing drawn; what the scenario changes in an issuer is changed.

        Raises ParameterError for a scenario that the run does not have.
        """
        found = self.named(scenario_id)
        return simulate(found.issuer(issuer), found.prices, found.events, own_funds=self.market.own_funds)

    def scenarios(self, issuer: Issuer) -> dict[str, Outcomes]:
        """`scenario` for every listed one, by id, in the order of the run."""
        return {each.scenario_id: self.scenario(issuer, each.scenario_id) for each in self.listed}

    def named(self, scenario_id: str) -> Listed:
        """The listed scenario called so; raises ParameterError."""
        for each in self.listed:
            if each.scenario_id == scenario_id:
                return each
        names = ", ".join(each.scenario_id for each in self.listed)
        raise ParameterError(f"scenario {scenario_id!r}", expected=f"one of {names}", origin="Rerun.scenario")
