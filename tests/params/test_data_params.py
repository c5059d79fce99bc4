"""Sources by name and files by name=path: what is accepted, what is refused, and what is no part of a run's identity."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gramlib.errors import ParameterError
from gramlib.params import RunParams
from gramlib.params.data_checks import available_days
from gramlib.params.data_params import (
    COVARIATE_PROVIDERS,
    CROSSCHECK_PROVIDERS,
    FLOW_PROVIDERS,
    GOLD_PROVIDERS,
    PROVIDERS,
    RATE_PROVIDERS,
    TOKEN_PROVIDERS,
    DataParams,
    named_files,
)

Resolve = Callable[..., RunParams]


def test_the_names_are_those_of_the_providers_there_are() -> None:
    from gramlib.sources import online

    assert set(PROVIDERS) == set(online.PROVIDERS) and len(set(PROVIDERS)) == len(PROVIDERS)
    kinds = {name: provider.kind for name, provider in online.PROVIDERS.items()}
    assert {kinds[name] for name in GOLD_PROVIDERS} == {"gold"}
    assert {kinds[name] for name in set(CROSSCHECK_PROVIDERS) - set(GOLD_PROVIDERS)} == {"crosscheck"}
    assert {kinds[name] for name in TOKEN_PROVIDERS} == {"token"} and {kinds[name] for name in FLOW_PROVIDERS} == {
        "supply"
    }
    assert {kinds[name] for name in (*COVARIATE_PROVIDERS, *RATE_PROVIDERS)} == {"covariate"}
    assert all(token in name for name, token in {**TOKEN_PROVIDERS, **FLOW_PROVIDERS}.items())


def two_files(bench: Path) -> None:
    for name in ("gold", "paxg", "usdc"):
        (bench / "params" / f"{name}.csv").write_text(f"date,price\n{name}\n" * 15_000)
        (bench / f"{name}.csv").write_text(f"date,price\n{name}\n" * 15_000)


TEXT = "data:\n  source: file\n  path: gold.csv\n  token_files: [paxg=paxg.csv]\n  flow_files: [usdc=usdc.csv]\n"


def test_named_files_are_relative_as_paths_are_and_stand_outside_the_identity(resolve: Resolve, bench: Path) -> None:
    two_files(bench)
    run = resolve(TEXT)
    assert [path.name for path in run.data_files] == ["gold.csv", "paxg.csv", "usdc.csv"]
    assert {path.parent for path in run.data_files} == {bench / "params"}
    here = resolve(TEXT, "data.path=gold.csv", "data.token_files=[paxg=paxg.csv]", "data.flow_files=[usdc=usdc.csv]")
    assert {path.parent for path in here.data_files} == {bench}
    assert here.identity_record() == run.identity_record()
    assert str(bench) not in str(run.identity_record())
    other = resolve(TEXT, "data.token_files=[xaut=paxg.csv]")
    assert other.identity_record() != run.identity_record()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("data:\n  source: online\n  chain: [gld_archiv]\n", "did you mean 'gld_archive'"),
        ("data:\n  source: online\n  chain: []\n", "an empty list"),
        ("data:\n  source: online\n  tokens: [nbp]\n", "data.tokens is 'nbp'"),
        ("data:\n  source: online\n  crosscheck: [nbp, nbp]\n", "'nbp' twice"),
        ("data:\n  source: online\n  crosscheck: [fred_dtb3]\n", "or a file as name=path"),
        ("data:\n  flow_files: [usdc.csv]\n", "'usdc.csv'"),
        ("data:\n  flow_files: [usdc=none.csv]\n", "which is no file"),
        ("data:\n  covariate_files: [real_yeild=r.csv]\n", "did you mean 'real_yield'"),
        ("data:\n  covariate_files: [gvz=none.csv]\n", "which is no file"),
        ("data:\n  covariate_files: [gvz=none.csv]\n", "no real series beside a path that was generated"),
        ("data:\n  source: online\n  covariates: [fred_dtb3]\n", "data.covariates is 'fred_dtb3'"),
        ("data:\n  crosscheck: [nbp]\n", "no real series beside a path that was generated"),
        ("data:\n  as_of: 2026-03-01\n", "a day for online sources only"),
        ("data:\n  source: online\n  path: gold.csv\n", "no file for online"),
        ("data:\n  source: online\n  accept_terms: [yahoo]\n", "did you mean 'yahoo_gcf'"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(resolve: Resolve, text: str, words: str) -> None:
    with pytest.raises(ParameterError) as refused:
        resolve(text)
    assert words in str(refused.value) and ".yaml:" in str(refused.value)


def test_a_misspelt_file_is_told_from_its_neighbours(resolve: Resolve, bench: Path) -> None:
    two_files(bench)
    with pytest.raises(ParameterError, match=r"did you mean 'paxg.csv'"):
        resolve(TEXT.replace("paxg=paxg.csv", "paxg=pxag.csv"))


def test_a_folder_is_called_one_and_never_suggested(resolve: Resolve, bench: Path) -> None:
    (bench / "prices").mkdir()
    with pytest.raises(ParameterError, match="prices, which is a folder") as folder:
        resolve("data: {source: file, path: ../prices}\n")
    assert "did you mean" not in str(folder.value)
    with pytest.raises(ParameterError, match="which is no file") as missing:
        resolve("data: {source: file, path: ../price}\n")
    assert "did you mean" not in str(missing.value)


def test_days_of_an_online_run_are_bounded_by_its_window_alone() -> None:
    online = DataParams(source="online", start="2020-01-06")
    assert available_days(online, "2000-01-01")[0] > 10**6
    assert available_days(online.model_copy(update={"as_of": "2020-01-10"}), "2000-01-01")[0] == 5
    assert named_files(["nbp", "mine=/a=b.csv"]) == {"mine": "/a=b.csv"}
