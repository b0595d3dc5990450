"""Flaws: records that speak of one flaw under several names form a group."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

_STYLES = ("CVE-", "GHSA-", "PYSEC-", "GO-", "RUSTSEC-")
_ORDER = re.compile(r"(CVE-)|(GHSA-)|(PYSEC-|GO-|RUSTSEC-)")
_CVE = re.compile(r"CVE-\d{4}-\d+")


class Flaws:
    """Names that mean one flaw; `aliases` are symmetric and transitive (OSV schema 1.7).

    Records of distributions once gave the many CVEs that one update fixes as aliases, so only
    names that each stand for one flaw are joined. `upstream` never joins; a record with one CVE
    upstream is labelled by it.

    Args:
        aliases: record -> its aliases.
        upstream: record -> the flaws that it passes on.
    """

    def __init__(
        self, aliases: Mapping[str, Iterable[str]], upstream: Mapping[str, Iterable[str]]
    ) -> None:
        self._parents: dict[str, str] = {}
        self._upstream = {name: tuple(flaws) for name, flaws in upstream.items()}
        self._aliases = {name: tuple(others) for name, others in aliases.items()}
        for name, others in self._aliases.items():
            if _joins(name, others):
                for other in others:
                    self._join(name, other)
        self._groups: dict[str, list[str]] = defaultdict(list)
        for name in self._parents:
            self._groups[self._root(name)].append(name)

    def group(self, name: str) -> str:
        """The preferred name of a record's flaw: a CVE if there is exactly one to name."""
        members = self._members(name)
        named = (*members, *self._upstream.get(name, ()))
        cves = {other for other in named if _CVE.fullmatch(other)}
        if len(cves) == 1:
            return cves.pop()
        return min(members, key=_preference)

    def others(self, name: str) -> list[str]:
        """Other names of the record's flaws, its own left out, sorted."""
        given = (*self._aliases.get(name, ()), *self._upstream.get(name, ()))
        return sorted({*self._members(name), *given} - {name})

    def _members(self, name: str) -> list[str]:
        return self._groups[self._root(name)] if name in self._parents else [name]

    def _root(self, name: str) -> str:
        self._parents.setdefault(name, name)
        while self._parents[name] != name:
            self._parents[name] = self._parents[self._parents[name]]
            name = self._parents[name]
        return name

    def _join(self, name: str, other: str) -> None:
        self._parents[self._root(other)] = self._root(name)


def _joins(name: str, others: tuple[str, ...]) -> bool:
    """Whether the aliases are names of one flaw: all of the one-flaw styles, at most one CVE."""
    one_flaw = all(other.startswith(_STYLES) for other in others)
    cves = sum(other.startswith("CVE-") for other in others)
    return one_flaw and (name.startswith(_STYLES) or cves <= 1)


def _preference(name: str) -> tuple[int, str]:
    found = _ORDER.match(name)
    return (found.lastindex or 9 if found else 9, name)
