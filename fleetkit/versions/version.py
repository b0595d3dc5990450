"""One version and its key."""

from fleetkit.versions.numbers import LONGEST
from fleetkit.versions.schemes import Scheme, find

LOWEST = b""
"""Below every key: the `introduced: "0"` of an OSV record."""

HIGHEST = b"\xff\xff\xff\xff"
"""Above every key: no fix is known."""


def scheme(ecosystem: str) -> str | None:
    """The name of the rule that orders the ecosystem's versions; None if there is none here.

    Args:
        ecosystem: an OSV name such as "Debian:12", of which the part before the colon counts, or
            the name of a scheme such as "rpm".
    """
    rule = find(ecosystem)
    return None if rule is None else rule.name


def key(ecosystem: str, version: str | None) -> bytes | None:
    r"""Bytes that compare as the ecosystem compares the version; None where no rule orders it.

    Only keys of the same scheme can be compared. Equal keys mean equal rank, not equal text: to
    dpkg, `1.0` and `1.0-0` are the same. No key ends in a zero byte and none is a proper prefix of
    another, so `key + b"\x00"` lies just above the version and below the next one.

    Args:
        ecosystem: an OSV name with or without release, or the name of a scheme.
        version: as the package manager prints it, epoch and revision included. Missing,
            malformed and longer than `LONGEST` characters have no key.
    """
    rule = find(ecosystem)
    return None if rule is None or not isinstance(version, str) else spelled(rule, version)


def spelled(rule: Scheme, version: str) -> bytes | None:
    """The key by a rule that was found already; None where it cannot order the version."""
    if len(version) > LONGEST or "\0" in version:
        return None
    spelling = rule.spell(version)
    return None if spelling is None else spelling.encode("latin-1")
