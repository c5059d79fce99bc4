"""The S&P 500 fits that arch prints in its documentation, made again: is the library underneath the one we know?"""

from __future__ import annotations

from typing import Literal

from gramlib.models.arch_fit import sp500_reference_returns


def sp500_reference_fits() -> dict[str, dict[str, float]]:
    """Parameters and `log_likelihood` of arch's own GARCH, GJR (normal) and GJR-t of its own sample, in percent."""
    from arch import arch_model

    returns = sp500_reference_returns()
    fits = {}
    kinds: tuple[tuple[str, int, Literal["normal", "t"]], ...] = (("GARCH", 0, "normal"), ("GJR", 1, "normal"), ("GJR-t", 1, "t"))  # fmt: skip
    for name, o, law in kinds:
        found = arch_model(returns, o=o, dist=law, rescale=False).fit(disp="off")
        fits[name] = {"log_likelihood": float(found.loglikelihood)} | {
            str(k): float(v) for k, v in found.params.items()
        }
    return fits
