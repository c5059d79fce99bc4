"""What may happen to an issuer beside prices, drawn where the run asks for it (predict.drivers).

The laws stand in gramlib/simulation/MODEL.md, section 8. What is drawn for leased gold stands in its own section
(`lease`), because it is a property of the lessee.
"""

from __future__ import annotations

from gramlib.params.fields import Section, param


class ConfidenceDriver(Section):
    """Confidence events: Poisson with a hazard that rises as gold falls."""

    rate_year: float = param(0.035, "events a year when calm", "1/year", ge=0.0, le=250.0)
    return_sensitivity: float = param(20.0, "growth of the hazard per unit of five-day fall", "1", ge=0.0, le=1000.0)
    mean_days: float = param(3.0, "mean duration of an event, geometric", "business days", ge=1.0, le=252.0)
    level: float = param(1.0, "level of event_t while it lasts", "1", gt=0.0, le=10.0)
    decay: float = param(0.5, "share of the level left on each day after its end", "1", ge=0.0, lt=1.0)


class LiquidityDriver(Section):
    """Market liquidity m_t: from volatility, plus squeezes, in which sales also settle later."""

    cap: float = param(10.0, "largest multiplier", "1", ge=1.0, le=1000.0)
    squeeze_rate_year: float = param(0.02, "squeezes a year", "1/year", ge=0.0, le=250.0)
    squeeze_days: int = param(20, "length of a squeeze", "business days", ge=1, le=252)
    squeeze_multiplier: float = param(4.0, "multiplier during a squeeze", "1", ge=1.0, le=1000.0)
    squeeze_lag_days: int = param(20, "days from selling gold to cash in a squeeze", "business days", ge=1, le=60)


class CustodyDriver(Section):
    """Custody losses: Poisson per custodian, generalised Pareto severity. With custodians off one vault holds everything."""

    rate_year: float = param(0.001, "losses a year at each custodian", "1/year", ge=0.0, le=250.0)
    mean_severity: float = param(0.05, "mean share of a custodian's grams lost", "1", gt=0.0, le=1.0)
    tail_xi: float = param(0.5, "tail index of the severity", "1", ge=0.0, lt=1.0)


class CustodyFreezeDriver(Section):
    """Custody freezes: Poisson per custodian; frozen gold cannot be sold. Needs custodians.on."""

    rate_year: float = param(0.005, "freezes a year at each custodian", "1/year", ge=0.0, le=250.0)
    days: int = param(20, "length of a freeze", "business days", ge=1, le=252)


class BankDriver(Section):
    """Bank failures: Poisson per bank. Needs banks.on."""

    rate_year: float = param(0.005, "failures a year of each bank", "1/year", ge=0.0, le=250.0)


class OperationsDriver(Section):
    """Stops of chain, oracle or onboarding: Poisson, hours to days; redemptions accrue meanwhile."""

    rate_year: float = param(1.0, "stops a year", "1/year", ge=0.0, le=250.0)
    max_days: float = param(2.0, "longest stop", "business days", ge=1.0, le=2.0)


class CyberDriver(Section):
    """Cyber and contract losses in cash: Poisson, generalised Pareto severity."""

    rate_year: float = param(0.05, "losses a year", "1/year", ge=0.0, le=250.0)
    mean_usd: float = param(2e6, "mean loss", "USD", gt=0.0, le=1e12)
    tail_xi: float = param(0.5, "tail index of the loss", "1", ge=0.0, lt=1.0)


class Drivers(Section):
    """What may happen beside prices; drawn only where the run asks for it (predict.drivers)."""

    confidence: ConfidenceDriver = ConfidenceDriver()
    liquidity: LiquidityDriver = LiquidityDriver()
    custody: CustodyDriver = CustodyDriver()
    custody_freeze: CustodyFreezeDriver = CustodyFreezeDriver()
    bank: BankDriver = BankDriver()
    operations: OperationsDriver = OperationsDriver()
    cyber: CyberDriver = CyberDriver()
