"""Options of the source, checked."""

from collections.abc import Iterable

from fleetkit.errors import LoadError


def platforms(said: str | Iterable[str]) -> tuple[str, ...]:
    """Patterns of platforms.

    Raises:
        LoadError: one of them has no architecture.
    """
    patterns = listed(said)
    for pattern in patterns:
        if pattern != "all" and "/" not in pattern:
            raise LoadError(f"oci: platform {pattern!r} has no architecture; write it as"
                            " linux/amd64, linux/* or all")
    return patterns


def listed(said: str | Iterable[str]) -> tuple[str, ...]:
    """One text, or several."""
    return (said,) if isinstance(said, str) else tuple(said)
