"""params/live.yaml: an online run that validates, asks no host whose terms were not accepted, and names real sources."""

from __future__ import annotations

from gramlib.params.layers import resolve_params
from gramlib.sources.online import PROVIDERS


def test_live_run_is_valid_and_accepts_no_terms_for_the_user(workbench_root):
    data = resolve_params(workbench_root / "params" / "live.yaml", [], workbench_root).stages["data"]
    assert data.source == "online" and data.accept_terms == [] and not data.offline
    named = [*data.chain, *data.splice, *data.crosscheck, *data.tokens, *data.flows, *data.covariates]
    assert set(named) <= set(PROVIDERS)
    assert not PROVIDERS[data.chain[0]].needs_terms
    assert {PROVIDERS[name].kind for name in data.tokens} == {"token"} and {
        PROVIDERS[name].kind for name in data.flows
    } == {"supply"}
    assert {PROVIDERS[name].kind for name in data.covariates} == {"covariate"}


def test_terms_are_accepted_by_name(workbench_root):
    run = resolve_params(workbench_root / "params" / "live.yaml", ["data.accept_terms=[yahoo_gcf]"], workbench_root)
    assert run.stages["data"].accept_terms == ["yahoo_gcf"]
