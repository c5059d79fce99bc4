"""The command `gram`: argument parsing only; every command is one call into the package.

run, status, why, index, prune      runs and what they would do (cli.runs)
open                                JupyterLab on a stage of a run (cli.opening)
publish                             a run's pages for the public (cli.publishing)
sweep                               many runs, one comparison (cli.sweeps)
params explain | export | check     parameters and where they come from (cli.parameters)
compare, replay, selftest, list     the engine on one's own files, known answers, what there is (cli.looking)
ingest                              one price file, standardised, with its quality report (cli.ingest)
k8s                                 a run as Jobs of a Kubernetes cluster (cli.k8s)
serve                               the run site and the REST interface (cli.serve)
"""

from __future__ import annotations

import os
import sys
import traceback

import click

from gramlib import __version__
from gramlib.cli.ingest import ingest
from gramlib.cli.k8s import k8s
from gramlib.cli.looking import compare, list_things, replay, selftest
from gramlib.cli.opening import open_stage
from gramlib.cli.parameters import params
from gramlib.cli.publishing import publish
from gramlib.cli.runs import index, prune, run, status, why
from gramlib.cli.serve import serve
from gramlib.cli.sweeps import sweep
from gramlib.errors import GramError, Interrupted, from_os_error
from gramlib.runner.home import home_environment
from gramlib.runner.stop import signals_heard


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gram")
@click.option("--debug", is_flag=True, help="Show a traceback with every error.")
def gram(debug: bool) -> None:
    r"""Stress-test Gram, a gold-backed stablecoin: one token, one gram.

    \b
    Exit codes: 0 succeeded or nothing to do, 1 a notebook cell raised or a selftest failed,
    2 bad parameters or usage, 3 data contract violated, 4 a sweep finished with failed members,
    75 temporary (try again later), 124 time limit, 130 interrupted, 137/138 out of memory or
    kernel died, 143 terminated.
    """


for command in (
    run,
    sweep,
    status,
    why,
    index,
    prune,
    open_stage,
    publish,
    params,
    ingest,
    compare,
    replay,
    selftest,
    list_things,
    k8s,
    serve,
):
    gram.add_command(command)


def main(arguments: list[str] | None = None) -> int:
    """Run `gram` and return its exit code; errors are one to four plain lines on stderr."""
    arguments = sys.argv[1:] if arguments is None else arguments
    _open_streams()
    debug = "--debug" in arguments
    arguments = [argument for argument in arguments if argument != "--debug"]  # welcome before and after the command
    os.environ.update(home_environment(os.environ))
    try:
        with signals_heard():
            result = gram.main(arguments, prog_name="gram", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        return _tell(Interrupted("interrupted"), debug)
    except GramError as error:
        return _tell(error, debug)
    except BrokenPipeError:  # `gram list … | head`
        sys.stderr.close()
        return 0
    except OSError as error:
        return _tell(from_os_error(error), debug)
    except Exception as error:
        if debug:
            traceback.print_exc()
        else:
            print(
                f"gram: a defect: {type(error).__name__}: {error}\nwhat to do: repeat with --debug and report the traceback",
                file=sys.stderr,
            )
        return 1


def _open_streams() -> None:
    """Speak even where nobody listens (`>&-`, a daemon) or letters are missing (an ASCII terminal)."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - it lives as long as the process
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _tell(error: GramError, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    print(f"gram: {error}", file=sys.stderr)
    return error.exit_code
