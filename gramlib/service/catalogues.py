"""/api/v1/scenarios, /issuers, /models: what a run can be made of, listed by pages and one each."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from gramlib.params.issuer_file import issuer_names, load_issuer
from gramlib.params.suggest import did_you_mean
from gramlib.service.etags import conditional
from gramlib.service.problems import Refused
from gramlib.service.routes import Asked, Route, json_answer

ISSUER_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
_NAME = r"^[A-Za-z0-9][A-Za-z0-9_*.+-]{0,119}$"


class NamePath(BaseModel):
    """The name in an address."""

    name: Annotated[str, Field(pattern=_NAME, description="A name, as the list has it")]


class PageQuery(BaseModel):
    """Which part of a list."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=20, ge=1, le=200)
    cursor: str = Field(default="", max_length=120, description="What the page before called next")


class Entry(BaseModel):
    """One line of a list."""

    name: str
    title: str
    kind: str
    link: str


class ScenarioView(Entry):
    """A listed scenario, with all that its file says."""

    severity: str
    record: dict[str, Any]


class IssuerView(Entry):
    """An issuer file: its values, and the basis of each."""

    record: dict[str, Any]


class ModelView(Entry):
    """A price model: what it is, and what it can do."""

    about: str
    use: Literal["paths", "forecasts", "baseline"]


class Page(BaseModel):
    """Some entries by name; `next` is the cursor of those that follow, empty at the end."""

    entries: list[Entry]
    next: str


@dataclass
class _Remembered:
    """What the files of a folder hold, read again when one of them has changed."""

    read: Callable[[Path], dict[str, Any]]
    folder: str

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._state: tuple[Any, ...] = ()
        self._held: dict[str, Any] = {}

    def of(self, root: Path) -> dict[str, Any]:
        """By name."""
        files = sorted((root / "params" / self.folder).rglob("*.yaml"))
        state = (root, *((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files))
        with self._lock:
            if state != self._state:
                self._held, self._state = self.read(root), state
            return self._held


def _read_scenarios(root: Path) -> dict[str, ScenarioView]:
    from gramlib.scenarios import load_scenarios

    return {
        each.id: ScenarioView(
            name=each.id, title=each.title, kind=each.kind, severity=each.severity, record=each.to_record(),
            link=f"/api/v1/scenarios/{each.id}",
        )
        for each in load_scenarios(["all"], root)
    }  # fmt: skip


def _read_issuers(root: Path) -> dict[str, IssuerView]:
    loaded = {name: load_issuer(name, root) for name in issuer_names(root)}
    return {
        name: IssuerView(
            name=name, title=issuer.name, kind=issuer.peg, record=issuer.to_record(), link=f"/api/v1/issuers/{name}"
        )
        for name, issuer in loaded.items()
    }


_SCENARIOS = _Remembered(_read_scenarios, "scenarios")
_ISSUERS = _Remembered(_read_issuers, "issuers")


def _models(root: Path) -> dict[str, ModelView]:
    from gramlib.models.registry import BASELINES, FORECASTERS, PATH_MODELS
    from gramlib.params.plugins import MODELS, usable
    from gramlib.report.vocabulary import model_name

    kinds: tuple[tuple[Literal["paths", "forecasts", "baseline"], Mapping[str, Any]], ...] = (
        ("paths", PATH_MODELS),
        ("forecasts", FORECASTERS),
        ("baseline", {model.name: model for model in BASELINES}),
    )
    added = {
        name: ModelView(
            name=name, title=name, kind="price model", use="paths", about=f"Added by {plug_in.origin}.",
            link=f"/api/v1/models/{name}",
        )
        for name, plug_in in usable(MODELS).items()
    }  # fmt: skip
    return added | {
        name: ModelView(
            name=name, title=model_name(name), kind="price model", use=use, about=inspect.getdoc(model) or "",
            link=f"/api/v1/models/{name}",
        )
        for use, models in kinds
        for name, model in models.items()
    }  # fmt: skip


def listed_issuer(name: str, root: Path) -> str:
    """`name` where params/issuers has such a file; raises Refused (404). A client's text becomes no path unlooked."""
    return str(_one(_ISSUERS.of(root), name, "issuer").name)


def _one(held: Mapping[str, Any], name: str, what: str) -> Any:
    if name not in held:
        raise Refused(404, f"there is no {what} {name!r}{did_you_mean(name, list(held))}",
                      expected=f"one that GET /api/v1/{what}s lists")  # fmt: skip
    return held[name]


def _page(asked: Asked, held: Mapping[str, Entry], what: str) -> Response:
    query: PageQuery = asked.query
    names = list(held)
    if query.cursor and query.cursor not in held:
        raise Refused(422, "cursor is none that was handed out", expected="what the page before called next")
    first = names.index(query.cursor) + 1 if query.cursor else 0
    shown = names[first : first + query.limit]
    following = shown[-1] if first + query.limit < len(names) else ""
    entries = [Entry(**held[name].model_dump(include=set(Entry.model_fields))) for name in shown]
    link = f'</api/v1/{what}?limit={query.limit}&cursor={following}>; rel="next"'
    return conditional(json_answer(Page(entries=entries, next=following), headers={"Link": link} if following else {}))


def _routes(what: str, model: type[Entry], of: Callable[[Path], Mapping[str, Any]]) -> tuple[Route, Route]:
    def some(asked: Asked) -> Response:
        return _page(asked, of(asked.service.settings.root), what)

    def one(asked: Asked) -> Response:
        found = _one(of(asked.service.settings.root), asked.path.name, what.removesuffix("s"))
        return conditional(json_answer(found))

    address = f"/api/v1/{what}"
    return (
        Route("GET", address, some, f"The {what} there are", tag="catalogue", response=Page, query=PageQuery, also=(304,)),
        Route("GET", f"{address}/{{name}}", one, f"One of the {what}", tag="catalogue", response=model, path_model=NamePath, also=(304,)),
    )  # fmt: skip


ROUTES = (
    *_routes("scenarios", ScenarioView, _SCENARIOS.of),
    *_routes("issuers", IssuerView, _ISSUERS.of),
    *_routes("models", ModelView, _models),
)
