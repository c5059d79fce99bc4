"""What may leave the house: a finished run on series that may be handed on, into a folder that holds nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gramlib import cli
from gramlib.errors import ParameterError
from gramlib.runner.pipeline import STAGES
from gramlib.runner.publish import publish, refuse_kept_series
from gramlib.sources.online import PROVIDERS
from gramlib.store.manifest import Manifest
from gramlib.store.run_folder import RunFolder

FREE = {"id": "sample", "licence": "CC BY 4.0", "redistribute": "yes"}
KEPT = {"id": "yahoo_gcf", "licence": "terms of service", "redistribute": "no"}


def cards(*given: dict[str, str]) -> dict[str, object]:
    return {"redistribute": "yes" if given else "no", "cards": list(given)}


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A finished run of five stages, on the sample."""
    folder = RunFolder(tmp_path / "reports" / "mine")
    for stage in STAGES:
        path = folder.stage_path(stage.folder)
        path.mkdir(parents=True)
        Manifest(stage.name, "mine", {}, ()).write(path)
        (path / "notebook.html").write_text(f"<p>{stage.name}</p>")
    (folder.path / "run.json").write_text("{}")
    (folder.stage_path("01_data") / "source_cards.json").write_text(json.dumps(cards(FREE)))
    links = "".join(f'<a href="{stage.folder}/notebook.html">{stage.name}</a>' for stage in STAGES)
    (folder.stage_path("05_report") / "report.html").write_text(links)
    (folder.stage_path("05_report") / "report.json").write_text("{}")
    folder.publish_report("05_report")
    return folder


def test_a_run_on_the_sample_is_copied_with_everything_its_report_links_to(run: RunFolder, tmp_path: Path) -> None:
    written = publish(run, tmp_path / "public")
    assert sorted(written) == sorted(path for path in (tmp_path / "public").rglob("*") if path.is_file())
    links = re.findall('href="([^"]+)"', (tmp_path / "public" / "index.html").read_text())
    assert len(links) == len(STAGES)
    assert all((tmp_path / "public" / link).is_file() for link in links)


@pytest.mark.parametrize("document", [cards(FREE, KEPT), cards(FREE, {**KEPT, "redistribute": "unknown"}), cards(), {},
                                      {**cards(FREE), "redistribute": "unknown"}])  # fmt: skip
def test_a_series_that_may_not_be_handed_on_keeps_the_run_at_home(
    run: RunFolder, tmp_path: Path, document: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    (run.stage_path("01_data") / "source_cards.json").write_text(json.dumps(document))
    assert cli.main(["publish", str(run.path), "--to", str(tmp_path / "public")]) == 2
    assert "may not be published" in capsys.readouterr().err
    assert not (tmp_path / "public").exists()


def test_the_sources_that_forbid_it_are_known_to_do_so() -> None:
    kept = [provider for provider in PROVIDERS.values() if provider.redistribute == "no"]
    assert kept
    for provider in kept:
        with pytest.raises(ParameterError, match=provider.name):
            refuse_kept_series("mine", cards(FREE, {"id": provider.name, "redistribute": provider.redistribute}))


def test_half_a_run_is_not_published(run: RunFolder, tmp_path: Path) -> None:
    run.unpublish_report()
    with pytest.raises(ParameterError, match="no report of its own"):
        publish(run, tmp_path / "public")


def test_nothing_else_becomes_public_with_it(run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "notes.txt").write_text("mine")
    with pytest.raises(ParameterError, match="holds something already"):
        publish(run, tmp_path / "public")


def test_an_unknown_run_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GRAM_REPORTS", str(tmp_path))
    assert cli.main(["publish", "yours", "--to", str(tmp_path / "public")]) == 2
    assert "there is no run yours" in capsys.readouterr().err
