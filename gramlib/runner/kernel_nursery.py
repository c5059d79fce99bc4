"""A process that has imported the libraries and forks a kernel of itself when asked: a stage starts two seconds sooner.

Only other people's packages are imported here. Every module of gramlib, every variable and every thread of a kernel is its
own, as in a kernel started from nothing; so a manifest lists the same modules. No library imported here starts threads that
a fork would lose (TensorFlow and scikit-learn do, and are left to the stages that use them).

One request a line (JSON: argv, env, cwd, log) on standard input; one answer a line (pid) on standard output.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import sys
import warnings
from pathlib import Path
from typing import Any, NoReturn

LIBRARIES = (
    "numpy",
    "pandas",
    "pyarrow.parquet",
    "scipy.special",
    "scipy.optimize",
    "scipy.stats",
    "numba",
    "pandera.pandas",
    "pydantic",
    "yaml",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_svg",
    "matplotlib_inline.backend_inline",
    "IPython",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
)


def main() -> int:
    """Serve requests until the input ends."""
    for name in LIBRARIES:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the kernels: the system buries them
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", DeprecationWarning
            )  # OpenBLAS's threads wait outside Python, and mind forks
            pid = os.fork()
        if pid == 0:
            _become_kernel(request)
        print(json.dumps({"pid": pid}), flush=True)
    return 0


def _become_kernel(request: dict[str, Any]) -> NoReturn:
    """Turn this fork into the kernel that `request` describes; it never returns."""
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        log = os.open(request["log"] or os.devnull, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        for stream, target in ((os.open(os.devnull, os.O_RDONLY), 0), (log, 1), (log, 2)):
            os.dup2(stream, target)
        os.environ.clear()
        os.environ.update(request["env"])
        os.chdir(request["cwd"])
        for name in [name for name in sys.modules if name.partition(".")[0] == "gramlib"]:
            del sys.modules[name]  # -m has imported the package: the kernel reads it anew, as it stands now
        if sys.path and (sys.path[0] == "" or Path(sys.path[0]).is_dir()):
            del sys.path[0]  # what -m put there; the kernel adds its own
        from ipykernel.kernelapp import IPKernelApp

        sys.argv = ["ipykernel_launcher.py", *request["argv"]]
        IPKernelApp.launch_instance(argv=[*request["argv"], f"--IPKernelApp.parent_handle={os.getppid()}"])
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
