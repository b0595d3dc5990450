"""Changelogs in layers: read down to the flaws that they name, wherever they lie."""

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from fleetkit.installed import Fault, Package
from fleetkit.installed.changelogs import Inflated, Mentions, pair_changelogs, read_changelog
from fleetkit.installed.histories import from_plain, tell, to_plain
from fleetkit.installed.limits import MAX_CHANGELOGS_BYTES, MAX_FAULTS
from fleetkit.loaders.oci.streams import Portion

if TYPE_CHECKING:
    from fleetkit.loaders.oci.roots import Root

_LARGEST_FILE = 8 << 20


class Texts:
    """Reads the changelogs of one layer; packages built together bring the same one each."""

    def __init__(self) -> None:
        self._known: dict[bytes, Inflated | Fault] = {}
        self._left = MAX_CHANGELOGS_BYTES

    def read(self, path: str, size: int, content: Iterable[Portion]) -> dict[str, Any]:
        """`Mentions` of the changelog, or `Fault`: why it is not read."""
        if size > _LARGEST_FILE or self._left < 0:
            return {"Fault": f"has {size:,} bytes, more than are read here"}
        packed = b"".join(content)
        digest = hashlib.sha256(packed).digest()
        if digest not in self._known:
            self._known[digest] = found = read_changelog(packed, path)
            self._left -= 0 if isinstance(found, Fault) else found.size
        told = self._known[digest]
        if isinstance(told, Fault):
            return {"Fault": told.message}
        return {"Mentions": to_plain(told.mentions)}


def tell_changelogs(packages: Iterable[Package], root: "Root") -> dict[str, Any]:
    """What the changelogs of the packages say, as a record holds it; `Faults`: path and message."""
    faults: list[list[str]] = []

    def read(path: str) -> Mentions | None:
        told = root.document(path)
        if told is not None and "Fault" in told:
            faults.append([path, told["Fault"]])
        return None if told is None or "Fault" in told else from_plain(told["Mentions"])

    return {**tell(pair_changelogs(packages, read)), "Faults": faults[:MAX_FAULTS]}
