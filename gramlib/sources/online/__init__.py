"""Series fetched over the network: one small provider a file, one polite client, a snapshot of everything.

Only this package touches the network. Nothing needs a key. `fetch_series` gives one series, `fetch_chain` the first
of several that answers, with the reason for each one skipped. Importing it loads pandas and httpx; `gramlib.sources`
does not import it.
"""

from gramlib.sources.online.chain import Attempted, ChainResult, fetch_chain
from gramlib.sources.online.fetch import fetch_series
from gramlib.sources.online.provider import Provider
from gramlib.sources.online.registry import PROVIDERS
from gramlib.sources.online.settings import Manners, OnlineSettings

__all__ = [
    "PROVIDERS", "Attempted", "ChainResult", "Manners", "OnlineSettings", "Provider", "fetch_chain", "fetch_series",
]  # fmt: skip
