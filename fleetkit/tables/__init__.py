"""The data dictionary: every table of a fleet, declared once."""

from fleetkit.errors import UnknownNameError
from fleetkit.schema import Table
from fleetkit.tables.derived import (
    ADVISORIES,
    ENTITIES,
    EVIDENCE,
    FINDINGS,
    LABELS,
    LINEAGE,
    PATCH_LEVELS,
    REBASES,
)
from fleetkit.tables.loaded import (
    BUILDS,
    CHANGELOGS,
    IMAGES,
    LAYERS,
    LINKS,
    MOUNTS,
    PACKAGES,
    PATCHES,
    ROLLOUTS,
    SERVICES,
)
from fleetkit.tables.reading import COVERAGE, PROBLEMS, RECEIPT
from fleetkit.tables.workloads import WORKLOADS

LOADED: tuple[Table, ...] = (
    WORKLOADS, IMAGES, LAYERS, PACKAGES, CHANGELOGS, PATCHES, MOUNTS, SERVICES, LINKS, BUILDS,
    ROLLOUTS, COVERAGE, RECEIPT, PROBLEMS,
)
DERIVED: tuple[Table, ...] = (
    ENTITIES, EVIDENCE, LABELS, LINEAGE, REBASES, FINDINGS, PATCH_LEVELS, ADVISORIES,
)
TABLES: dict[str, Table] = {table.name: table for table in LOADED + DERIVED}

__all__ = [
    "ADVISORIES", "BUILDS", "CHANGELOGS", "COVERAGE", "DERIVED", "ENTITIES", "EVIDENCE",
    "FINDINGS", "IMAGES", "LABELS", "LAYERS", "LINEAGE", "LINKS", "LOADED", "MOUNTS", "PACKAGES",
    "PATCHES", "PATCH_LEVELS", "PROBLEMS", "REBASES", "RECEIPT", "ROLLOUTS", "SERVICES",
    "TABLES", "WORKLOADS", "table",
]


def table(name: str) -> Table:
    """The declaration of a table.

    Raises:
        UnknownNameError: there is no such table; the message lists those there are.
    """
    if name not in TABLES:
        raise UnknownNameError("table", name, TABLES)
    return TABLES[name]
