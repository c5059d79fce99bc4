"""What an issuer has lived through: its own record of losses, which weighs against that of its industry."""

from __future__ import annotations

from pydantic import model_validator

from gramlib.params.fields import Section, param, refusal


class OwnRecord(Section):
    """Losses counted in the years of one's own. It moves the loss table and ruin, by credibility; simulations draw at the drivers' rates."""

    years: float = param(0.0, "years of operation on record; 0 is none", "year", ge=0.0, le=200.0)
    custody_losses: int = param(0, "losses at custodians in them", "1", ge=0, le=10_000)
    bank_failures: int = param(0, "failures of own banks in them", "1", ge=0, le=10_000)
    operations_stops: int = param(0, "stops of chain, price feed or onboarding in them", "1", ge=0, le=10_000)
    cyber_losses: int = param(0, "losses to theft or a faulty contract in them", "1", ge=0, le=10_000)

    @model_validator(mode="after")
    def _events_take_time(self) -> OwnRecord:
        events = self.custody_losses + self.bank_failures + self.operations_stops + self.cyber_losses
        if events and self.years == 0.0:
            raise refusal("years above 0 where losses are counted", f"{events} in 0 years")
        return self
