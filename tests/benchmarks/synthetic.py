"""How long a synthetic fleet takes to make, as `load` gives it, and the memory that it needs.

`python -m tests.benchmarks.synthetic [workloads ...]`; by default 100,000 and 1,000,000. Each size
runs in a process of its own: all tables, then workloads and mounts alone, then packages alone.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Sequence

from fleetkit.loading import load

_PARTS = ("", "workloads,mounts", "packages")


def main(sizes: Sequence[int] = (100_000, 1_000_000)) -> None:
    """One line per size and choice of tables."""
    for workloads in sizes:
        for part in _PARTS:
            command = [sys.executable, "-m", "tests.benchmarks.synthetic", "one", str(workloads),
                       part]
            subprocess.run(command, check=True)


def measure(workloads: int, part: str) -> None:
    """Prints one line: wall and processor time, peak memory of the process, rows."""
    only = tuple(name for name in part.split(",") if name)
    start, busy = time.perf_counter(), time.process_time()
    fleet = load("synthetic", workloads=workloads, only=only, progress=False)
    wall, busy = time.perf_counter() - start, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    rows = sum(len(frame) for name, frame in fleet if name != "coverage")
    print(f"{workloads:,} workloads, {part or 'all tables'}: {wall:.1f} s ({busy:.1f} s of"
          f" processors), peak {peak / 1e9:.1f} GB, {rows:,} rows")


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        measure(int(sys.argv[2]), sys.argv[3])
    else:
        main(tuple(int(size) for size in sys.argv[1:]) or (100_000, 1_000_000))
