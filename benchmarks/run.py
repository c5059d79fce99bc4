"""Every benchmark, one after the other: prints the figures and writes benchmarks/latest.json.

Times are those of this machine at this moment; quote ratios measured in one run.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BENCHMARKS = ("engine", "pipeline", "sweep", "ingest_minutes")

if __name__ == "__main__":
    figures: dict[str, object] = {"python": platform.python_version(), "machine": platform.machine()}
    for name in BENCHMARKS:
        done = subprocess.run(
            [sys.executable, str(HERE / f"{name}.py"), "--json"], capture_output=True, text=True, check=True
        )
        figures[name] = json.loads(done.stdout)
        print(name, json.dumps(figures[name], indent=1), sep="\n", flush=True)
    (HERE / "latest.json").write_text(json.dumps(figures, indent=1) + "\n")
