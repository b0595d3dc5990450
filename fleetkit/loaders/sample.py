"""The sample fleet: a small company's machines and containers, side by side.

Recorded by `capture` from servers that the tests run: a Docker engine, a server of the AWS API, a
simulator of vCenter. Shipped with the package, so that `fleetkit demo` and the tour need nothing
else.
"""

from pathlib import Path

from fleetkit.plugins import Loader

LOADER = Loader(
    doc="a sample fleet that ships with fleetkit: machines of EC2 and vCenter beside containers",
    captured=Path(__file__).parent.parent / "catalogue" / "sample",
)
