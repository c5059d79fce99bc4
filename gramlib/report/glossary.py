"""The terms that the report takes for granted, each said once in plain words."""

from __future__ import annotations

from html import escape

from gramlib.report.blocks import Block
from gramlib.report.figure import slug

TERMS: dict[str, str] = {
    "appetite": "the limit that the issuer's own policy sets on a failure; crossing it is a decision, not yet a breach of a rule",
    "backing": "grams of gold held for each token outstanding; the promise is one",
    "basis": "the price of a future less the price of gold for delivery now",
    "bill": "a short government security, which can be sold the same day at a small loss",
    "business day": "a day on which London trades gold; a year has 252",
    "champion": "the price model that the league of forecasts or the settings chose for this run",
    "confidence event": "bad news, true or not, after which holders ask for their money faster",
    "coverage": "assets over liabilities, both at today's gold price",
    "custodian": "the vault keeper who holds the gold for the issuer",
    "data grade": "how far the prices are evidence, from A, a known source that an independent second one confirms, to D, which shows how the test works and no more",
    "discount": "how far the token trades below gold on its own market",
    "driver": "anything drawn by chance beside the price: confidence events, thin markets, losses of gold, failing banks and the like",
    "expected shortfall": "the mean loss among the worst outcomes, such as the worst 2.5 of 100",
    "failure": "one of seven conditions, F1 to F7, whose names are folded under Findings; each is judged by itself",
    "gate": "a cap on what is admitted for redemption in a day",
    "haircut": "what is taken off a value because a quick sale would not bring all of it",
    "horizon": "the time over which something is judged, counted in business days",
    "interval": "where the figure would lie in 95 of 100 repetitions with other random numbers; it leaves out what the model may have wrong",
    "judgement": "a value nobody has measured; chosen with a reason, and listed as an assumption",
    "listed scenario": "a named sequence of prices and events, historical or made up, that is replayed with nothing left to chance",
    "liquid assets": "cash, and what can be turned into cash within the time named",
    "market impact": "how far the issuer's own sale moves the price against it",
    "median": "the middle value: half of the outcomes lie below it",
    "own funds": "assets less liabilities: what can be lost before holders lose",
    "package": "several measures taken together",
    "path": "one possible course of prices and events, day by day",
    "power": "the chance that a test would have noticed an error of the size named",
    "profile": "a set of requirements with their limits and sources",
    "queue": "requests for redemption that are not paid on the day they are made",
    "redemption": "giving tokens back for money or gold",
    "return period": "how many years pass on average between events as bad",
    "reverse stress": "looking for the smallest shock that makes the issuer fail",
    "slippage": "the difference between the market price and the price a sale brings",
    "tail": "the rare, bad end of a distribution",
    "tornado": "a chart that moves one input at a time over its plausible range",
    "volatility": "how much a price moves, as the standard deviation of its changes over a year",
    "wind-down": "paying every holder back and closing",
}
"""Term -> what it means here. A test holds each to be used in a real report outside this list."""


def glossary_block() -> Block:
    """The terms in alphabetical order, each with an anchor `term-...`."""
    ordered = sorted(TERMS.items())
    items = "".join(
        f'<div><dt id="term-{slug(term)}"><dfn>{escape(term)}</dfn></dt><dd>{escape(meaning)}</dd></div>'
        for term, meaning in ordered
    )
    return Block(f'<dl class="glossary">{items}</dl>', "\n".join(f"{term}: {meaning}" for term, meaning in ordered))
