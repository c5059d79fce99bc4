"""Columns of every daily ledger: the core model's, those that only tables carry, and the extensions'."""

from __future__ import annotations

from gramlib.artefacts.columns import Column, usd

LEDGER_COLUMNS: tuple[Column, ...] = (
    Column("price_usd_per_g", "float64", "USD/g", "gold price P", lower=0.0),
    Column("coverage", "float64", "1", "assets over liabilities as holders see them (E5)"),
    Column("intensity", "float64", "1", "redemption intensity x (E6)"),
    Column("redemption_rate", "float64", "1/day", "share of free tokens asking today, rho (E6)", lower=0.0, upper=1.0),
    Column("requested_g", "float64", "g", "tokens asked to be redeemed today, R (E6)", lower=0.0),
    Column("paid_g", "float64", "g", "tokens paid today (E8)", lower=0.0),
    Column("queue_g", "float64", "g", "unpaid requests at the end of the day, Q", lower=0.0),
    Column("tokens_g", "float64", "g", "tokens outstanding, queue included, N", lower=0.0),
    Column("sold_g", "float64", "g", "gold sold today (E9)", lower=0.0),
    Column("execution_usd_per_g", "float64", "USD/g", "price got for it after spread and impact (E9)"),
    Column("gold_g", "float64", "g", "free allocated gold, G", lower=0.0),
    usd("cash_usd", "cash C"),
    usd("bills_usd", "T-bills B", lower=0.0),
    usd("receivables_usd", "sales not yet settled, sum(A)", lower=0.0),
    Column("wait_days", "float64", "day", "the market's estimate of the wait (E10)", lower=0.0),
    Column("band", "float64", "1", "discount side of the arbitrage band (E10)", lower=0.0),
    Column("discount", "float64", "1", "token's discount to gold, negative is a premium (E10)"),
    usd("equity_usd", "own funds E"),
    usd("fees_usd", "redemption fees earned today"),
    usd("slippage_usd", "loss against P on today's gold sale"),
)
"""The first columns of every daily ledger, in the order of the DAYS.csv that `gram replay` writes."""

LEDGER_EXTRA: tuple[Column, ...] = (
    Column("backing", "float64", "1", "grams held over tokens outstanding, bk", lower=0.0),
    usd("liquid_1d_usd", "cash and bills after haircut, L1"),
    usd("liquid_5d_usd", "L1, receivables due and gold saleable within five days, L5"),
    Column("oldest_request_days", "float64", "day", "age of the oldest unpaid request, first in first out", lower=0.0),
    usd("own_funds_requirement_usd", "own funds the chosen profile asks for (F1)"),
    usd("opex_usd", "operating cost of the day"),
    usd("custody_cost_usd", "custody and insurance of the day"),
    usd("yield_usd", "bill yield of the day"),
    usd("haircut_usd", "loss on bills sold today"),
    usd("event_loss_usd", "gold lost by custody events today, at today's price"),
    usd("price_effect_usd", "(G-N) of the day before times the price change"),
    Column("event", "float64", "1", "confidence event level", lower=0.0),
    Column("liquidity_multiplier", "float64", "1", "market liquidity stress m", lower=1.0),
    Column("lost_g", "float64", "g", "gold lost in custody today", lower=0.0),
)
"""Columns of the core model that only tables carry."""

LEDGER_EXTENSIONS: tuple[Column, ...] = (
    Column("token_value_usd", "float64", "USD/g", "worth of a token: P, or for peg usd the first day's P", lower=0.0),
    Column("fee", "float64", "1", "redemption fee charged today, swing included", lower=0.0),
    Column("lag_days", "float64", "day", "settlement lag of gold sold or bought today", lower=1.0),
    Column("weekend_requested_g", "float64", "g", "tokens asked for over the weekend before", lower=0.0),
    Column("weekend_discount", "float64", "1", "discount at the end of the weekend before, 0 on other days"),
    Column("minted_g", "float64", "g", "tokens issued today against grams allocated", lower=0.0),
    Column("ordered_g", "float64", "g", "tokens ordered today, to be issued when their gold settles", lower=0.0),
    usd("mint_fees_usd", "minting fees earned today"),
    Column("block_requested_g", "float64", "g", "tokens that large holders, or one given, asked for today", lower=0.0),
    Column("kind_requested_g", "float64", "g", "tokens asked to be redeemed in gold bars today", lower=0.0),
    Column("delivered_g", "float64", "g", "gold delivered in bars today", lower=0.0),
    Column("kind_queue_g", "float64", "g", "requests in kind not yet delivered", lower=0.0),
    usd("kind_fees_usd", "fees on gold delivered today"),
    usd("queue_fixed_usd", "what the queue is owed at the prices of its requests (principal mode)", lower=0.0),
    usd("principal_effect_usd", "queue of the day before times the price change (principal mode)"),
    Column("frozen_g", "float64", "g", "grams at a frozen custodian", lower=0.0),
    usd("freeze_effect_usd", "change of the policy haircut on frozen grams"),
    usd("insurance_usd", "insurance received today"),
    Column("transit_g", "float64", "g", "grams in transit, Gtr", lower=0.0),
    Column("leased_g", "float64", "g", "leased grams, Gl", lower=0.0),
    usd("lease_income_usd", "lease income of the day"),
    usd("lease_loss_usd", "leased gold lost today, at today's price"),
    usd("bank_frozen_usd", "cash at a failed bank, at its recovery value", lower=0.0),
    usd("bank_loss_usd", "cash lost at a failed bank today"),
    usd("cyber_loss_usd", "cash lost to an attack today"),
    Column("operations_stop", "float64", "1", "share of the day on which payments stood still", lower=0.0, upper=1.0),
    usd("credit_drawn_usd", "credit line drawn", lower=0.0),
    usd("credit_interest_usd", "interest on the credit line today"),
    Column("futures_basis", "float64", "1", "futures over spot, less one"),
    usd("hedge_usd", "gain of the short futures today, paid in cash"),
    usd("holding_fee_usd", "holding fee taken today, in grams of holders' claims, at today's price"),
    Column("liquidated_g", "float64", "g", "collateral seized by liquidators today (peg usd)", lower=0.0),
    usd("liquidation_loss_usd", "collateral seized beyond the debt it retired (peg usd)"),
    usd("shortfall_usd", "debt that selling all collateral today would not cover (peg usd)", lower=0.0),
    Column("run_requested_g", "float64", "g", "tokens asked for today by a given run, beyond rho's", lower=0.0),
    Column("discount_shock", "float64", "1", "discount given for today, before arbitrage holds it"),
)
"""A line in the ledger for every extension; nought while it is off."""
