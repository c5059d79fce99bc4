"""Five million rows of minute data from a CSV to the standard daily table: seconds and peak memory.

    python benchmarks/ingest_minutes.py [--rows N] [--json]

The file is generated in a temporary folder and removed; reading it runs in a process of its own, so that peak memory
is that of reading alone. Memory is flat when a file of a fifth of the rows peaks within a few MiB of the whole one.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

MINUTES_A_DAY = 1440
FIRST_DAY = "2007-01-01"


def write_minutes(target: Path, rows: int) -> None:
    """A five-day minute series of bars around the monthly averages of gold, UTC stamps, written block by block."""
    from gramlib.sources.monthly import monthly_history

    history = monthly_history()
    days = pd.bdate_range(FIRST_DAY, periods=-(-rows // MINUTES_A_DAY))
    left = rows
    with target.open("w") as stream:
        stream.write("timestamp,open,high,low,close,volume\n")
        for day in days:
            count = min(left, MINUTES_A_DAY)
            level = history.iloc[(day.year - 1975) * 12 + day.month - 1]
            # A wave within the day: every price differs, and the last of each day is known without drawing anything.
            close = level * (1 + 0.004 * np.sin(np.arange(count) / 97 + day.day_of_year))
            stamps = np.datetime_as_string(day.to_datetime64() + np.arange(count).astype("timedelta64[m]"), unit="s")
            stream.writelines(
                f"{stamp}Z,{c:.2f},{c + 0.3:.2f},{c - 0.3:.2f},{c:.2f},{7 + n % 50}\n"
                for n, (stamp, c) in enumerate(zip(stamps, close, strict=True))
            )
            left -= count


def read_once(path: str) -> dict[str, float]:
    """Seconds and peak resident memory in MiB of ingesting the file at `path`, in this process."""
    from gramlib.prices.ingest import ingest

    began = time.perf_counter()
    found = ingest(path)
    seconds = time.perf_counter() - began
    scale = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 2**20
    return {"seconds": round(seconds, 2), "peak_mib": round(peak, 1), "days": found.summary["rows"]}


def measure(rows: int) -> dict[str, float]:
    """Figures of one generated file of `rows` rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "minutes.csv"
        write_minutes(path, rows)
        size = path.stat().st_size / 2**20
        done = subprocess.run(
            [sys.executable, __file__, "--read", str(path)], capture_output=True, text=True, check=True
        )
    return {"rows": rows, "file_mib": round(size, 1), **json.loads(done.stdout)}


def main() -> None:
    """Print the figures of the whole file and of a fifth of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--read", default="", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    arguments = parser.parse_args()
    if arguments.read:
        print(json.dumps(read_once(arguments.read)))
        return
    whole, fifth = measure(arguments.rows), measure(arguments.rows // 5)
    if arguments.json:
        print(json.dumps({"ingest_minutes": {"whole": whole, "fifth": fifth}}))
        return
    for name, found in (("whole", whole), ("a fifth", fifth)):
        print(
            f"{name:<8} {found['rows']:>9,} rows, {found['file_mib']:>6,.1f} MiB: {found['seconds']:>5.2f} s, peak {found['peak_mib']:,.0f} MiB, {found['days']:,} days"
        )


if __name__ == "__main__":
    main()
