"""Made-up fleets of any size with planted truth: `load("synthetic", workloads=100_000, seed=7)`.

Equal options give equal tables, bit for bit, on any machine; `truth` tells what was planted. Each
row names the source that it looks as if read by, with the gaps that such a source has, and the
origin "declared".
"""

from fleetkit.loaders.synthetic.reading import MAKERS, connect, read, targets
from fleetkit.loaders.synthetic.truth import Truth, truth
from fleetkit.plugins import Loader

__all__ = ["LOADER", "Truth", "truth"]

LOADER = Loader(
    doc="made-up fleets of any size, seeded, with planted truth: for trials and benchmarks",
    targets=targets,
    connect=connect,
    read=read,
    resources={table.name: () for table in MAKERS},
    batches=tuple(MAKERS),
)
