"""Docker's spellings of ids, times, numbers and commands."""

import re
import shlex
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

COMPOSE_PROJECT, COMPOSE_SERVICE = "com.docker.compose.project", "com.docker.compose.service"
HEALTH = {"healthy": "passing", "starting": "warning", "unhealthy": "critical"}
_NEVER = "0001-01-01"
_CONTENT = re.compile(r"(?:sha256:)?([0-9a-f]{64})")


def content_id(identity: Any) -> str | None:
    """A content digest with its algorithm: podman leaves it out, Docker does not."""
    if not identity:
        return None
    match = _CONTENT.fullmatch(str(identity))
    return f"sha256:{match[1]}" if match else str(identity)


def moment(time: Any) -> Any:
    """A time, or None for the zero time that engines write for "never"."""
    if not time or str(time).startswith(_NEVER):
        return None
    return _since_1970(time) if isinstance(time, int) else time


def _since_1970(epoch: int) -> str:
    """ISO text of seconds since 1970, the form of image histories."""
    try:
        return datetime.fromtimestamp(epoch, UTC).isoformat()
    except (OverflowError, OSError) as error:  # what it raises depends on the platform
        raise ValueError(f"{epoch} is beyond all times") from error


def natural(number: Any) -> int | None:
    """A count or size; 0 and less mean "not set" where this is used."""
    if number in (None, ""):
        return None
    return int(number) if int(number) > 0 else None


def shell_words(words: Iterable[Any]) -> str | None:
    """A command as a shell would take it; None if there is none."""
    return shlex.join(str(word) for word in words if word) or None


def measured(size: Any) -> int | None:
    """A size that the engine measured: zero is a size, a negative one means unknown."""
    return int(size) if size is not None and int(size) >= 0 else None


def workload_id(container_id: str) -> str:
    """Stable id of a container, the same from every engine and file."""
    return f"docker||container|{container_id}"


def host_id(engine_id: str | None) -> str | None:
    """Stable id of the machine that an engine runs on."""
    return f"docker||vm|{engine_id}" if engine_id else None


def health_of(container: Mapping[str, Any]) -> str | None:
    """What the last health check said; None where there is none."""
    said = (container["State"].get("Health") or {}).get("Status")
    return HEALTH.get(str(said), "unknown") if said not in (None, "", "none") else None
