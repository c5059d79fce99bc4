"""What measures cost and the policy they are chosen by: the figures of params/models/measures.yaml by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from gramlib.params.model_figures import ModelFigure, figure_of
from gramlib.readable import readable


@readable
@dataclass(frozen=True)
class Prices:
    """Group `price`: what a measure costs; units and basis stand in the file."""

    capital_cost_year: float
    commitment_fee_year: float
    custodian_usd_year: float
    bank_usd_year: float
    market_access_usd_year: float
    terms_usd_year: float
    lost_business_per_fee: float
    lost_business_gate: float
    roll_cost_year: float
    processing_usd: float


@readable
@dataclass(frozen=True)
class Policy:
    """Group `policy`: what a measure has to achieve; units and basis stand in the file."""

    wait_probability: float
    wait_horizon_days: float
    fire_sale_loss: float
    custody_level: float
    largest_custodian: float
    stressed_multiplier: float
    detection_days: float
    collateral_level: float
    stress_rate: float


@readable
@dataclass(frozen=True)
class Figures:
    """Everything that params/models/measures.yaml holds."""

    price: Prices
    policy: Policy
    holders: float
    """Number of holders."""

    @classmethod
    def of(cls, figures: Iterable[ModelFigure]) -> Figures:
        """From the file as `load_figures(root, "measures")` reads it; raises ParameterError for one that is missing."""
        known = tuple(figures)

        def group(name: str, form: type) -> dict[str, float]:
            return {spec.name: figure_of(known, name, spec.name).estimate for spec in fields(form)}

        return cls(Prices(**group("price", Prices)), Policy(**group("policy", Policy)),
                   figure_of(known, "holders", "count").estimate)  # fmt: skip
