"""What changelogs say, as raw records hold it and as rows of `changelogs`.

Texts are read down to the flaws that they name where they lie: a record holds some kilobytes of
them, not megabytes of history.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from fleetkit.installed.changelogs import FOLDER, Mentions, SourceChangelog
from fleetkit.installed.faults import Fault
from fleetkit.installed.mentions import Mention
from fleetkit.schema import Row

Told = Mapping[str, Any]
_SHOWN = 5


def tell(changelogs: Iterable[SourceChangelog]) -> dict[str, Any]:
    """`Read`, source builds with what their changelogs say; `Missing`, those without one."""
    read, missing = [], []
    for one in changelogs:
        if one.mentions is None:
            missing.append(f"{one.source_name} {one.source_version}")
        elif one.mentions:
            read.append({
                "Source": one.source_name, "Version": one.source_version,
                "Mentions": to_plain(one.mentions),
            })
    return {"Read": read, "Missing": missing}


def to_plain(mentions: Mentions) -> list[Any]:
    """The mentions as JSON can hold them."""
    return [
        [mention.version, mention.flaw, mention.says, mention.line,
         mention.changed_at.isoformat() if mention.changed_at else None]
        for mention in mentions
    ]


def from_plain(plain: Iterable[Any]) -> Mentions:
    """The mentions that `to_plain` wrote."""
    return tuple(
        Mention(version, flaw, says, line, datetime.fromisoformat(moment) if moment else None)
        for version, flaw, says, line, moment in plain
    )


def changelog_rows(told: Told, ecosystem: str, release: str | None) -> Iterator[Row]:
    """Rows of `changelogs` of one image or machine.

    Args:
        told: as `tell` made it.
        ecosystem: of the system, as in its rows of packages.
        release: likewise.
    """
    for build in told.get("Read") or ():
        for version, flaw, says, line, changed_at in build["Mentions"]:
            yield {
                "ecosystem": ecosystem, "release": release,
                "source_name": build["Source"], "source_version": build["Version"],
                "version": version, "flaw": flaw, "says": says, "line": line,
                "changed_at": changed_at,
            }


class Missing:
    """Counts source builds without a changelog over all images of a target.

    An image that leaves out its documents would look like one whose builds mended nothing.
    """

    def __init__(self) -> None:
        self._builds: set[str] = set()

    def add(self, told: Told) -> None:
        """Takes what the changelogs of one image say."""
        self._builds.update(told.get("Missing") or ())

    def faults(self) -> Iterator[Fault]:
        """One for all of them, or none."""
        if self._builds:
            shown = ", ".join(sorted(self._builds)[:_SHOWN])
            yield Fault("no_changelog", FOLDER,
                        f"{len(self._builds):,} distinct builds have none, as {shown}")
