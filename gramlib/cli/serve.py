"""gram serve, gram serve token add, list, revoke."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from gramlib.runner import workbench

if TYPE_CHECKING:
    from gramlib.service.tokens import Tokens


@click.group(invoke_without_command=True)
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port; 0 takes a free one."
)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Runs at work at once.")
@click.pass_context
def serve(ctx: click.Context, host: str, port: int, workers: int) -> None:
    """Serve the run site and the REST interface: loopback only, unless there is a token."""
    if ctx.invoked_subcommand is not None:
        return
    from gramlib.service.serving import serve as serve_until_stopped
    from gramlib.service.settings import Settings, state_folder

    reports = workbench.reports()
    settings = Settings(workbench.root(), reports, state_folder(reports), host=host, port=port, workers=workers)
    serve_until_stopped(settings)


@serve.group()
def token() -> None:
    """Tokens of the service: who may read, who may start runs."""


@token.command("add")
@click.argument("name", metavar="NAME")
@click.option("--role", type=click.Choice(["read", "run"]), required=True, help="read, or read and start runs.")
def add(name: str, role: str) -> None:
    """Make a token for NAME and show it, once."""
    click.echo(_tokens().add(name, role))
    click.echo("keep it now: it is not shown again; only its hash is stored", err=True)


@token.command("list")
def list_tokens() -> None:
    """Names, roles and dates of the tokens there are."""
    for holder in _tokens().all():
        click.echo(f"{holder.name:<28} {holder.role:<5} {time.strftime('%Y-%m-%d', time.localtime(holder.created))}")


@token.command("revoke")
@click.argument("name", metavar="NAME")
def revoke(name: str) -> None:
    """Forget the token of NAME: refused from the next request on."""
    _tokens().revoke(name)
    click.echo(f"token {name} is revoked")


def _tokens() -> Tokens:
    from gramlib.service.database import Database
    from gramlib.service.settings import state_folder
    from gramlib.service.tokens import Tokens

    return Tokens(Database(state_folder(workbench.reports())))
