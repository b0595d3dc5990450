"""The changelog in an rpm header: which flaws its entries name, and at which version.

An entry's version stands behind its author: `Jane Doe <jane@corp.example> - 1:3.0.7-25`. Often it
lacks epoch and distribution, so the package's epoch is taken; without the distribution it sorts
below every build of that release, which is where a fix begins. Entries without a version (SUSE
writes none) place their flaws nowhere and are left out.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from fleetkit.installed.changelogs import Mentions, strongest
from fleetkit.installed.limits import MAX_TEXT
from fleetkit.installed.mentions import Mention, flaws_in
from fleetkit.installed.rpm_header import Change, read_changes

_FLAW = b"CVE-"
_VERSION = re.compile(r"[\s>-]\[?(?P<epoch>\d+:)?(?P<version>[^\s\[\]<>@-]+-[^\s\[\]<>@-]+)\]?\s*$")
_ITEM = re.compile(r"(?:^|\n)\s*[*+~-]\s+")


def read_mentions(blob: bytes, version: str) -> Mentions | None:
    """The flaws that the changelog of a header names; None where no entry has a version.

    Args:
        blob: a header that can be read.
        version: of the package, for its epoch.
    """
    changes = read_changes(blob)
    if changes is None:
        return None
    epoch = version.partition(":")[0] + ":" if ":" in version else ""
    placed = [(_version(change.name, epoch), change) for change in changes]
    if not any(found for found, _ in placed):
        return None
    return strongest(
        mention for found, change in placed if found and _FLAW in change.text.upper()
        for mention in _mentions(found, change)
    )


def _version(name: bytes, epoch: str) -> str | None:
    found = _VERSION.search(name[-MAX_TEXT:].decode(errors="replace"))
    return f"{found['epoch'] or epoch}{found['version']}" if found else None


def _mentions(version: str, change: Change) -> Iterator[Mention]:
    moment = datetime.fromtimestamp(change.seconds, UTC)
    for item in _ITEM.split(change.text.decode(errors="replace")):
        for flaw, says, line in flaws_in(item):
            yield Mention(version, flaw, says, line, moment)
