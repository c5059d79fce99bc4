"""Gold by custodian: losses, freezes, deliveries; the twin of the custody functions of `reference_extensions` and of `Book`.

While the extension is off there is one vault, whose gold is `book.gold_g` alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gramlib.simulation.kernel.lanes import LANES, MAX_CUSTODIANS, inlined, jitted


@inlined
def n_vaults(issuer: Any) -> int:
    """Custodians kept apart."""
    return issuer.custodians.n_shares if issuer.custodians.on else 1


@inlined
def vault_share(issuer: Any, k: int) -> float:
    """Share of arriving gold that goes to custodian k."""
    return issuer.custodians.shares[k] if issuer.custodians.on else 1.0


@jitted
def open_vaults(book: Any, issuer: Any, rings: Any) -> None:
    """Gold on day 0: at the custodians, leased out, and in transit."""
    for k in range(MAX_CUSTODIANS):
        for i in range(LANES):
            book.frozen_until[k, i] = -1.0
            book.gold_by_custodian_g[k, i] = vault_share(issuer, k) * issuer.gold_g if k < n_vaults(issuer) else 0.0
    add_up(book, issuer)
    leased_g = issuer.lease.gold_g if issuer.lease.on else 0.0
    transit_g = issuer.transit.gold_g if issuer.transit.on else 0.0
    row = issuer.transit.days % rings.transit_g.shape[0]
    if book.transit_until >= 0:
        rings.transit_g[:] = 0.0
    for i in range(LANES):
        book.frozen_g[i] = 0.0
        book.freeze_haircut_usd[i] = 0.0
        book.leased_g[i] = leased_g
        book.transit_g[i] = transit_g
        rings.transit_g[row, i] = transit_g
    book.transit_until = issuer.transit.days if transit_g > 0.0 else -9
    book.any_frozen_until = -9


@jitted
def add_up(book: Any, issuer: Any) -> None:
    """G: allocated grams at all custodians."""
    for i in range(LANES):
        book.gold_g[i] = book.gold_by_custodian_g[0, i]
    for k in range(1, n_vaults(issuer)):
        for i in range(LANES):
            book.gold_g[i] += book.gold_by_custodian_g[k, i]


@jitted
def add_gold(book: Any, grams: Any, issuer: Any) -> None:
    """Allocate arriving `grams` (LANES,) over the custodians by their shares."""
    if issuer.custodians.on:
        for k in range(n_vaults(issuer)):
            share = vault_share(issuer, k)
            for i in range(LANES):
                book.gold_by_custodian_g[k, i] += share * grams[i]
        add_up(book, issuer)
    else:
        for i in range(LANES):
            book.gold_g[i] += grams[i]


@jitted
def take_gold(book: Any, grams: Any, issuer: Any, t: int) -> None:
    """Take `grams` (LANES,) from the custodians that are not frozen, pro rata; all of them leaves exactly nothing."""
    if issuer.custodians.on:
        for i in range(LANES):
            free_g = book.gold_g[i] - book.frozen_g[i]
            book.taken_share[i] = 1.0 if grams[i] >= free_g else grams[i] / free_g
        for k in range(n_vaults(issuer)):
            for i in range(LANES):
                held_g = book.gold_by_custodian_g[k, i]
                left_g = held_g - held_g * book.taken_share[i]
                book.gold_by_custodian_g[k, i] = held_g if t <= book.frozen_until[k, i] else left_g
        add_up(book, issuer)
    else:
        for i in range(LANES):
            book.gold_g[i] -= grams[i]


@jitted
def arrive(book: Any, issuer: Any, ring_g: Any, t: int) -> None:
    """Gold in transit reaches the custodians."""
    row = t % ring_g.shape[0]
    for i in range(LANES):
        book.transit_g[i] = max(0.0, book.transit_g[i] - ring_g[row, i])
    add_gold(book, ring_g[row], issuer)
    for i in range(LANES):
        ring_g[row, i] = 0.0


@inlined
def send(book: Any, ring_g: Any, grams: float, due: int, i: int) -> None:
    """Gold of one lane that arrives on day `due`."""
    ring_g[due % ring_g.shape[0], i] += grams
    book.transit_g[i] += grams
    book.transit_until = max(book.transit_until, due)


@jitted
def lose_gold(day: Any, book: Any, drawn: Any, issuer: Any, rings: Any, t: int) -> None:
    """Gold lost at one custodian or pro rata at all, gold that an assay rejects, and the insurance of the loss."""
    n = n_vaults(issuer)
    gold = book.gold_by_custodian_g
    vaults = issuer.custodians
    for i in range(LANES):
        drawn_share = 0.0
        for k in range(n):
            drawn_share += drawn.lost_share[k, i]
        if drawn.lost_g[i] + drawn.given_lost_share[i] + drawn.assay_share[i] + drawn_share == 0.0:
            continue
        if not vaults.on:
            gold[0, i] = book.gold_g[i]
        only = np.int64(drawn.custodian[i])
        held_g = 0.0
        for k in range(n):
            held_g += gold[k, i] if only == 0 or only == k + 1 else 0.0
        lost_g = min(drawn.lost_g[i] + drawn.given_lost_share[i] * held_g, held_g)
        for k in range(n):
            if only == 0 or only == k + 1:
                gold[k, i] -= gold[k, i] if lost_g >= held_g else lost_g * (gold[k, i] / held_g)
        for k in range(n):
            lost_g += drawn.lost_share[k, i] * gold[k, i]
            gold[k, i] -= drawn.lost_share[k, i] * gold[k, i]
        day.lost_g[i] = lost_g
        day.event_loss_usd[i] = lost_g * day.price_usd_per_g[i]
        if drawn.assay_share[i] > 0.0:
            rejected_g = 0.0
            for k in range(n):
                if only == 0 or only == k + 1:
                    rejected_g += drawn.assay_share[i] * gold[k, i]
                    gold[k, i] -= drawn.assay_share[i] * gold[k, i]
            send(book, rings.transit_g, rejected_g, t + vaults.remelt_days, i)
        if vaults.on and lost_g > 0.0:
            insured_usd = vaults.insured_share * lost_g * day.price_usd_per_g[i]
            due = t + vaults.insurance_lag_days
            rings.insurance_usd[due % rings.insurance_usd.shape[0], i] += min(vaults.insurance_cap_usd, insured_usd)
            book.insurance_until = max(book.insurance_until, due)
        total_g = 0.0
        for k in range(n):
            total_g += gold[k, i]
        book.gold_g[i] = total_g


@jitted
def freeze_gold(day: Any, book: Any, drawn: Any, issuer: Any, t: int) -> None:
    """Gold at a frozen custodian still counts, less a policy haircut, but cannot be sold or delivered."""
    latest = np.int64(book.any_frozen_until)
    for i in range(LANES):
        book.frozen_g[i] = 0.0
    for k in range(n_vaults(issuer)):
        for i in range(LANES):
            days = drawn.freeze_days[k, i]
            until = book.frozen_until[k, i]
            until = max(until, t + days - 1.0) if days > 0.0 else until
            book.frozen_until[k, i] = until
            latest = max(latest, np.int64(until))
            book.frozen_g[i] += book.gold_by_custodian_g[k, i] if t <= until else 0.0
    book.any_frozen_until = latest
    haircut = issuer.custodians.frozen_haircut
    for i in range(LANES):
        haircut_usd = haircut * day.price_usd_per_g[i] * book.frozen_g[i]
        day.freeze_effect_usd[i] = book.freeze_haircut_usd[i] - haircut_usd
        book.freeze_haircut_usd[i] = haircut_usd
