"""Random issuers, paths and events for property tests, over ranges wider than any real issuer's."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from gramlib.params.issuer import Costs, Issuer, Market, PegModel, Redemption, Terms, Treasury
from gramlib.simulation import Events


def share(lower: float, upper: float) -> st.SearchStrategy[float]:
    """Finite floats without subnormals, whose relative precision is not the engine's business."""
    return st.floats(lower, upper, allow_subnormal=False)


@st.composite
def issuers(draw: st.DrawFn) -> Issuer:
    """An issuer with or without gate and floor, sound or short of grams, slow or fast to settle."""
    base_rate = draw(share(0.0, 0.02))
    tokens_g = draw(share(1e4, 1e8))
    return Issuer(
        tokens_g=tokens_g,
        gold_g=tokens_g * draw(share(0.8, 1.2)),
        cash_usd=tokens_g * draw(share(0.0, 20.0)),
        bills_usd=tokens_g * draw(share(0.0, 20.0)),
        redemption=Redemption(
            base_rate=base_rate,
            max_rate=draw(share(max(base_rate, 1e-3), 0.4)),
            a0=draw(share(-8.0, 0.0)),
            a_return=draw(share(0.0, 60.0)),
            a_discount=draw(share(0.0, 60.0)),
            a_queue=draw(share(0.0, 20.0)),
            a_shortfall=draw(share(0.0, 200.0)),
            a_event=draw(share(0.0, 6.0)),
        ),
        terms=Terms(fee=draw(share(0.0, 0.05)), gate=draw(st.none() | share(1e-3, 0.3))),
        market=Market(
            lag_days=draw(st.integers(1, 22)),
            capacity_share=draw(share(0.001, 1.0)),
            adv_usd=draw(share(1e6, 1e10)),
            spread=draw(share(0.0, 0.1)),
            impact=draw(share(0.0, 2.0)),
            daily_vol=draw(share(0.0, 0.05)),
        ),
        peg_model=PegModel(
            depth_usd=draw(share(1e5, 1e8)), persistence=draw(share(0.0, 0.95)), secondary_share=draw(share(0.0, 5.0))
        ),
        treasury=Treasury(
            bill_haircut=draw(share(0.0, 0.1)),
            bill_yield=draw(share(-0.02, 0.2)),
            cash_floor_usd=draw(st.just(0.0) | share(0.0, 2e7)),
        ),
        costs=Costs(opex_usd_year=draw(share(0.0, 1e8)), custody_rate_year=draw(share(0.0, 0.02))),
    )


@st.composite
def worlds(draw: st.DrawFn, n_paths: int = 3, max_days: int = 30) -> tuple[np.ndarray, Events]:
    """Paths (n_paths, n_days + 1) in USD/g and events that run, squeeze and lose gold on some of them."""
    n_days = draw(st.integers(1, max_days))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    # Either still or moving: a return of 1e-12 moves the intensity by rounding alone, and the run feedback, which can
    # multiply a small discount twentyfold a day, turns the last bit of exp into any size.
    daily_vol = draw(st.just(0.0) | share(1e-3, 0.08))
    returns = np.clip(daily_vol * rng.standard_t(4, (n_paths, n_days)), -0.7, 0.7)
    paths = draw(share(5.0, 500.0)) * np.exp(np.cumsum(np.hstack([np.zeros((n_paths, 1)), returns]), axis=1))
    shape = paths.shape if draw(st.booleans()) else (n_days + 1,)
    happens = rng.random((4, *shape)) < draw(share(0.0, 0.3))
    events = Events(
        event=happens[0] * rng.random(shape) * 2.0,
        liquidity_multiplier=1.0 + happens[1] * rng.random(shape) * 15.0,
        lost_g=happens[2] * rng.random(shape) * 1e6,
        lost_share=happens[3] * rng.random(shape) ** 3,
    )
    return paths, events
