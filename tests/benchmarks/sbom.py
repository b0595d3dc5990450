"""What reading an SBOM costs beside pandas: `python -m tests.benchmarks.sbom`."""

import json
import tempfile
from pathlib import Path

import pandas as pd

import fleetkit as fk
from fleetkit.loaders.sbom import scan
from fleetkit.progress import silent
from tests.benchmarks.loading import compared
from tests.loaders.sbom.payloads import bom, component, deb, properties

COUNT = 100_000


def document(count=COUNT):
    """An image with that many packages, half of them of Debian, with the properties of Syft."""
    for number in range(count):
        said = properties(
            syft__package__foundBy="dpkg-db-cataloger", syft__package__type="deb",
            syft__location__0__path="/var/lib/dpkg/status",
            syft__location__0__layerID=f"sha256:{number % 7:064}",
            syft__metadata__source=f"source-{number // 3}")
        if number % 2:
            yield deb(f"lib-{number}", f"1.{number}-1+deb12u{number % 5}", properties=said)
        else:
            yield component(f"module-{number}", f"2.{number}", properties=said,
                            purl=f"pkg:npm/%40scope/module-{number}@2.{number}")


def main():
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "bom.json"
        path.write_text(json.dumps(bom(*document())))
        print(f"{COUNT:,} packages, {path.stat().st_size / 1e6:.0f} MB of CycloneDX")
        compared("load, beside json_normalize of its components",
                 lambda: fk.load("sbom", path, progress=silent),
                 lambda: pd.json_normalize(json.loads(path.read_bytes())["components"]), rounds=3)
        compared("records only, beside the same",
                 lambda: [list(items) for _, items in scan(path)],
                 lambda: pd.json_normalize(json.loads(path.read_bytes())["components"]), rounds=3)


if __name__ == "__main__":
    main()
