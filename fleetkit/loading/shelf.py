"""Answers of earlier reads: kept per target and query, used while they are young enough.

Only what was read in full is kept. The folders are captures, so what is kept is what a capture
would hold: raw records without secrets, readable by this user alone.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

from fleetkit.errors import LoadError
from fleetkit.loading.captures import is_capture, read_capture, write_capture
from fleetkit.loading.harvest import Harvest, now
from fleetkit.loading.request import Request
from fleetkit.plugins import Target
from fleetkit.source import shelf_folder


@dataclass(frozen=True)
class Shelf:
    """Where answers are kept.

    Args:
        request: what `load` was asked.
        youth: seconds that an answer stays good.
        refresh: read anew, and keep that.
    """

    request: Request
    youth: float
    refresh: bool = False

    def recall(self, target: Target) -> Harvest | None:
        """The answer of an earlier read of the target, if it is young enough."""
        folder = self._folder(target)
        if self.refresh or not is_capture(folder):
            return None
        try:
            _, (found,) = read_capture(folder)
        except (LoadError, OSError, ValueError):
            return None
        if now() - found.observed_at > timedelta(seconds=self.youth):
            return None
        found.origin = "live"
        for part in found.parts.values():
            part.cached = True
        return found if _is_whole(found) else None

    def remember(self, harvest: Harvest) -> None:
        """Keeps an answer; a cache that cannot be written is no reason to fail."""
        if not _is_whole(harvest) or any(part.cached for part in harvest.parts.values()):
            return
        try:
            write_capture(self.request.source, [harvest], self._folder(harvest.target))
        except (OSError, LoadError):
            return

    def _folder(self, target: Target) -> Path:
        asked = [version("fleetkit"), self.request.source, self.request.only,
                 target.name, target.account, target.region,
                 {name: str(value) for name, value in target.options.items()}]
        digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
        return shelf_folder("reads") / digest


def _is_whole(harvest: Harvest) -> bool:
    return bool(harvest.parts) and all(part.is_whole for part in harvest.parts.values())
