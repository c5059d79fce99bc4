"""What the measure of a requirement needs to know beside the run."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gramlib.params.fields import Section, one_of


class MeasureSettings(Section):
    """Settings of a measure; each measure reads those it names and leaves the others alone."""

    reserve_share: float = Field(default=0.02, ge=0.0, le=1.0, description="own funds asked for, of the reserve [1]")
    floor_eur: float = Field(default=350_000.0, ge=0.0, description="least own funds [EUR]")
    overheads_share: float = Field(default=0.25, ge=0.0, le=10.0, description="of a year's fixed costs [1]")
    multiplier: float = Field(default=1.0, ge=1.0, le=3.0, description="what an authority may add on top, as a factor")
    book: Annotated[str, one_of("liquidity", "solvency", "liquidity_price_only")] = Field(
        default="liquidity", description="book of paths"
    )
    level: float = Field(default=0.99, gt=0.5, lt=1.0, description="share of paths or days that hold the limit [1]")
    days: int = Field(default=10, ge=1, le=2520, description="length looked at [business days]")
    beyond: float = Field(
        default=0.001, gt=0.0, lt=1.0, description="a discount or premium larger than this counts [1]"
    )
    worst_severity: Annotated[str, one_of("calm", "mild", "moderate", "severe", "extreme")] = Field(
        default="severe", description="listed scenarios up to this severity are looked at"
    )
