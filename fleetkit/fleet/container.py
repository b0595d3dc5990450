"""The fleet itself: checked tables, joined by `+`, shown as a card."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from fleetkit.errors import MissingTableError
from fleetkit.fleet.card import card_html, card_text
from fleetkit.fleet.keys import settle
from fleetkit.schema import Table
from fleetkit.tables import DERIVED, LOADED, PROBLEMS, TABLES, table


class Fleet:
    """An immutable set of tables; each is a plain pandas frame, `fleet.workloads`.

    Frames may have any subset of a table's columns (missing ones become NA) and any columns more.
    Two rows of one key become one: what the tables declare as shared unites, anything else keeps
    the row that knows most, and `problems` names what was set aside.

    Raises:
        UnknownNameError: an argument is not the name of a table.
        SchemaError: a frame does not fit its table.

    Examples:
        >>> import pandas as pd
        >>> fleet = Fleet(workloads=pd.DataFrame({"workload_id": ["a"], "name": ["web-1"]}))
        >>> fleet.workloads["name"].tolist()
        ['web-1']
        >>> len(fleet.images)
        0
    """

    __slots__ = ("__weakref__", "_frames")

    def __init__(self, **frames: pd.DataFrame) -> None:
        checked = {name: table(name).cast(frame) for name, frame in frames.items()}
        problems = [checked.pop("problems")] if "problems" in checked else []
        settled: dict[str, pd.DataFrame] = {}
        for name, frame in checked.items():
            settled[name], met = settle(TABLES[name], frame)
            problems.append(met)
        settled["problems"] = _stacked(PROBLEMS, problems)
        for declared in LOADED:
            settled.setdefault(declared.name, declared.empty())
        self._frames = {name: settled[name] for name in TABLES if name in settled}

    def __getitem__(self, name: str | Table) -> pd.DataFrame:
        """One table by its name or its declaration; a change of the frame stays outside."""
        declared = table(name) if isinstance(name, str) else name
        if declared.name not in self._frames:
            raise MissingTableError(declared.name, declared.made_by or "load")
        return self._frames[declared.name].copy(deep=False)

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._frames})

    def __contains__(self, name: object) -> bool:
        """Whether the fleet has the table: a derived one only after its verb."""
        return name in self._frames

    def __iter__(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Names and frames, in the order of the data dictionary."""
        return ((name, self[name]) for name in self._frames)

    def __add__(self, other: "Fleet") -> "Fleet":
        """Both fleets in one, without what verbs made: it judged the parts, not the whole."""
        if not isinstance(other, Fleet):
            return NotImplemented
        frames = {
            declared.name: _stacked(declared, [self[declared], other[declared]])
            for declared in LOADED
        }
        return Fleet(**frames)

    def with_tables(self, **frames: pd.DataFrame) -> "Fleet":
        """The same fleet with tables added or replaced; `problems` are added to those there are.

        Problems that an earlier run of the same verb met go with the table that it made.
        """
        made = {name: table(name).cast(frame) for name, frame in frames.items()}
        verbs = {verb for name in frames if (verb := TABLES[name].made_by)}
        kept = self.problems[~self.problems["phase"].isin(verbs)]
        made["problems"] = _stacked(PROBLEMS, [kept, made.get("problems", PROBLEMS.empty())])
        fleet = object.__new__(Fleet)
        merged = {**self._frames, **made}
        ordered = {name: merged[name] for name in TABLES if name in merged}
        object.__setattr__(fleet, "_frames", ordered)
        return fleet

    def without(self, *names: str) -> "Fleet":
        """The same fleet without derived tables, and without the problems met in making them."""
        verbs = {verb for name in names if (verb := table(name).made_by)}
        fleet = object.__new__(Fleet)
        frames = {name: frame for name, frame in self._frames.items() if name not in names}
        problems = frames["problems"]
        frames["problems"] = problems[~problems["phase"].isin(verbs)].reset_index(drop=True)
        object.__setattr__(fleet, "_frames", frames)
        return fleet

    @property
    def unseen(self) -> pd.DataFrame:
        """Rows of `coverage` that were not read in full: with any, every count is a lower bound."""
        coverage = self["coverage"]
        return coverage[~coverage["status"].isin(["ok", "empty"])].reset_index(drop=True)

    @property
    def derived(self) -> tuple[str, ...]:
        """Names of the derived tables that the fleet has."""
        return tuple(made.name for made in DERIVED if made.name in self._frames)

    def __repr__(self) -> str:
        return card_text(self._frames, len(self.unseen))

    def _repr_html_(self) -> str:
        return card_html(self._frames, len(self.unseen))

    def __reduce__(self) -> tuple[Any, ...]:
        return (_revive, (self._frames,))


def _revive(frames: dict[str, pd.DataFrame]) -> Fleet:
    return Fleet(**frames)


def _stacked(declared: Table, frames: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return declared.empty()
    return filled[0] if len(filled) == 1 else declared.cast(pd.concat(filled, ignore_index=True))
