"""Software bills of materials: packages of images and machines, as scanners and builders list them.

CycloneDX, SPDX, Syft, Trivy and Clair, bare or in attestations; each tied to its image by digest,
else by name. Rows are those that a read of the package database itself would give.
"""

from collections.abc import Callable, Iterator

from fleetkit.loaders.sbom.files import scan
from fleetkit.plugins import Loader, Record
from fleetkit.schema import Row
from fleetkit.tables import IMAGES, LAYERS, PACKAGES, WORKLOADS


def _of(kind: str) -> Callable[[Record], Iterator[Row]]:
    """A generator of the rows of one table: records of its kind are its rows."""
    def rows(record: Record) -> Iterator[Row]:
        if record.kind == kind:
            yield record.content

    return rows


LOADER = Loader(
    doc="packages, layers and facts of images from software bills of materials",
    reads=(
        "CycloneDX (JSON, XML)", "SPDX 2 (JSON, tag-value, YAML, XML) and SPDX 3 (JSON-LD)",
        "Syft JSON", "Trivy JSON", "Clair index", "attestations of these (in-toto, DSSE)",
    ),
    scan=scan,
    patterns=(
        "*.json", "*.json.gz", "*.jsonl", "*.jsonl.gz", "*.xml", "*.xml.gz", "*.spdx", "*.spdx.gz",
        "*.tag", "*.yaml", "*.yml", "*.cdx", "*.intoto",
    ),
    rows={
        IMAGES: _of("image"), LAYERS: _of("layer"), PACKAGES: _of("package"),
        WORKLOADS: _of("workload"),
    },
)
