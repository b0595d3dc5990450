"""Clusters: rows that share a token become one thing, unless something says that they are two.

Strong rules go first. Two things stay apart if one source lists both, if their unique ids of one
authority differ, or if a person said so: a reused address joins nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from fleetkit.schema import Same

Token = tuple[str, str]  # authority, value


@dataclass(frozen=True, slots=True)
class Merge:
    """Two rows that are one thing, and the rule that says so."""

    row: int
    into: int
    rule: Same


@dataclass(frozen=True, slots=True)
class Doubt:
    """Rows that share a token and are not one thing, or may not be."""

    rows: tuple[int, ...]
    rule: Same
    reason: str


@dataclass
class Clusters:
    """Things, each a set of rows.

    Args:
        sources: for each row the source whose rows are different things; None for a row that only
            declares a thing.
        ids: for each row its unique ids.
        apart: for each row those that a person keeps apart from it.
    """

    sources: Sequence[str | None]
    ids: Mapping[int, frozenset[Token]]
    apart: Mapping[int, set[int]] = field(default_factory=dict)
    home: dict[int, int] = field(default_factory=dict)
    members: dict[int, list[int]] = field(default_factory=dict)

    def root(self, row: int) -> int:
        """The row that stands for the thing."""
        return self.home.get(row, row)

    def rows(self, root: int) -> list[int]:
        """All rows of a thing."""
        return self.members.get(root, [root])

    def join(self, rows: Iterable[int], rule: Same) -> Iterator[Merge | Doubt]:
        """Makes one thing of rows that share a token, the most believed first, if that may be."""
        roots = list(dict.fromkeys(map(self.root, rows)))
        if len(roots) < 2:
            return
        if self._is_ambiguous(roots):
            yield Doubt(tuple(roots), rule, "one source lists several of them")
            return
        first = roots[0]
        for other in roots[1:]:
            objection = self._objection(first, other)
            if objection:
                yield Doubt((first, other), rule, objection)
            else:
                self._unite(first, other)
                yield Merge(other, first, rule)

    def _is_ambiguous(self, roots: list[int]) -> bool:
        """Whether one source lists more than one of the things: then the token names neither."""
        found: set[str] = set()
        for root in roots:
            own = {self.sources[row] for row in self.rows(root)} - {None}
            if own & found:
                return True
            found |= own  # type: ignore[arg-type]
        return False

    def _objection(self, one: int, other: int) -> str | None:
        mine, others = self._ids(one), self._ids(other)
        for authority in mine.keys() & others.keys():
            if mine[authority].isdisjoint(others[authority]):
                return f"their {authority} ids differ"
        theirs = set(self.rows(other))
        if any(self.apart.get(row, set()) & theirs for row in self.rows(one)):
            return "they were told apart"
        return None

    def _ids(self, root: int) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for row in self.rows(root):
            for authority, value in self.ids.get(row, ()):
                found.setdefault(authority, set()).add(value)
        return found

    def _unite(self, one: int, other: int) -> None:
        moved = self.members.pop(other, [other])
        self.members.setdefault(one, [one]).extend(moved)
        for row in moved:
            self.home[row] = one
