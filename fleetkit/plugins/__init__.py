"""The things that one can add, one file each, and how they are found.

A plugin's name is its file's name. The file ends with one declared constant and is imported only
when it is used, so a missing optional package never breaks `import fleetkit`. Third parties hang
theirs on the entry-point group `fleetkit.<folder>`.
"""

from fleetkit.plugins.advisories import (
    AdvisorySource,
    Affected,
    Exploitation,
    Stated,
    Statement,
    Support,
)
from fleetkit.plugins.finding import (
    Folder,
    find,
    names,
    prelude_beside,
    queries_beside,
    script,
)
from fleetkit.plugins.judges import Signal, View
from fleetkit.plugins.sources import (
    Batch,
    Call,
    Item,
    Listing,
    Loader,
    Problem,
    Record,
    Section,
    Target,
)

__all__ = [
    "AdvisorySource", "Affected", "Batch", "Call", "Exploitation", "Folder", "Item", "Listing",
    "Loader", "Problem", "Record", "Section", "Signal", "Stated", "Statement", "Support", "Target",
    "View", "find", "names", "prelude_beside", "queries_beside", "script",
]
