"""The sample fleet: a small company's containers, captured from a real Docker engine.

Recorded by `capture` from an engine that the tests build; shipped with the package, so that
`fleetkit demo` and the tour need nothing else.
"""

from pathlib import Path

from fleetkit.plugins import Loader

LOADER = Loader(
    doc="a sample fleet that ships with fleetkit, captured from a real Docker engine",
    captured=Path(__file__).parent.parent / "catalogue" / "sample",
)
