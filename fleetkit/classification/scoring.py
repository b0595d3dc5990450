"""Signals -> contributions: families capped, sums exact on every engine.

A contribution is a whole multiple of 2**-32. Sums of such numbers are exact in floating point in
whatever order an engine adds them, so the rows of `evidence` add up to the score to the last bit.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import narwhals as nw

from fleetkit.classification.engines import Frame, settled, silent
from fleetkit.classification.facts import FACTS
from fleetkit.odds import CAP, ECHO
from fleetkit.plugins import Signal
from fleetkit.tables.derived import AXES

PLACES = ("first", "second", "third")
"""Columns that hold the ranks of the strongest contributions."""
KINDS = ("vm", "container", "task")
_UNIT = 4294967296.0
_SPREAD = 1024.0


@dataclass(frozen=True, slots=True)
class Numbered:
    """A signal and its place: names of its columns in the wide frame."""

    place: int
    signal: Signal

    @property
    def weight(self) -> str:
        """Column of its weight alone."""
        return f"w{self.place}"

    @property
    def part(self) -> str:
        """Column of its contribution."""
        return f"c{self.place}"

    @property
    def rank(self) -> str:
        """Column that orders contributions by size, no two equal."""
        return f"r{self.place}"

    @property
    def known(self) -> str:
        """Column that says whether it could speak; shared by signals that need the same."""
        return "k_" + "_".join((*self.signal.needs, *self.signal.kinds))

    @property
    def read(self) -> frozenset[str]:
        """Facts that its reason names. An eager engine copies what is selected, so no others."""
        return frozenset(re.findall(r"\w+", repr(self.signal.reason))) & frozenset(FACTS)

    @property
    def speaks(self) -> nw.Expr:
        """Whether the workload is of a kind, and all that is needed is known."""
        of_kind = nw.col("kind").is_null() | nw.col("kind").is_in(list(self.signal.kinds))
        known = [~nw.col(name).is_null() for name in self.signal.needs]
        return nw.all_horizontal(of_kind, *known, ignore_nulls=True)


@dataclass(frozen=True, slots=True)
class Family:
    """Signals of one axis that see the same fact: the strongest counts, the others echo it."""

    members: tuple[Numbered, ...]

    @property
    def axis(self) -> str:
        """What they speak about."""
        return self.members[0].signal.axis

    @property
    def lead(self) -> str:
        """Column of the size of the strongest."""
        return f"lead{self.members[0].place}"

    @property
    def over(self) -> str:
        """Column that says how many times the cap the family says."""
        return f"over{self.members[0].place}"

    @property
    def several(self) -> bool:
        """Whether there is anything to be capped against."""
        return len(self.members) > 1

    @property
    def may_exceed(self) -> bool:
        """Whether all of them together could say more than the cap."""
        sizes = sorted((one.signal.most for one in self.members), reverse=True)
        return sizes[0] + ECHO * sum(sizes[1:]) > CAP

    @property
    def strongest(self) -> nw.Expr:
        """The largest size among them."""
        return nw.max_horizontal(*[_size(one) for one in self.members])

    @property
    def excess(self) -> nw.Expr:
        """How many times the cap they say together; 1 where it is less."""
        total = nw.sum_horizontal(*[nw.col(one.part) for one in self.members]).abs() / CAP
        return nw.when(total > 1.0).then(total).otherwise(nw.lit(1.0))

    @property
    def heard(self) -> nw.Expr:
        """The largest weight of a member that could speak."""
        heard = nw.lit(0.0)
        for one in sorted(self.members, key=lambda one: one.signal.most):
            heard = nw.when(nw.col(one.known)).then(nw.lit(one.signal.most)).otherwise(heard)
        return heard

    def most(self, kind: str | None = None) -> float:
        """The largest weight that a workload of a kind can have."""
        return max((one.signal.most for one in self.members
                    if kind is None or kind in one.signal.kinds), default=0.0)

    def part_of(self, one: Numbered) -> nw.Expr:
        """What a member says beside the others."""
        if not self.several:
            return nw.col(one.weight)
        leads = _size(one) == nw.col(self.lead)
        echo = exact(nw.col(one.weight) * ECHO)
        return nw.when(leads).then(nw.col(one.weight)).otherwise(echo)


def numbered(signals: Sequence[Signal]) -> tuple[Numbered, ...]:
    """The signals, each with its place."""
    return tuple(Numbered(place, signal) for place, signal in enumerate(signals))


@dataclass(frozen=True, slots=True)
class Weighed:
    """The facts with weights, contributions, ranks and scores, and the signals that may speak."""

    wide: Frame
    signals: tuple[Numbered, ...]


def weighed(facts: Frame, signals: Sequence[Numbered]) -> Weighed:
    """Weight, contribution and rank of every signal, scores and coverage of every axis."""
    wide = facts.with_columns(**{one.known: one.speaks for one in signals})
    wide = settled(wide.with_columns(**{one.weight: _weight(one) for one in signals}))
    mute = silent(wide, [one.weight for one in signals])
    heard = tuple(one for one in signals if one.weight not in mute) or tuple(signals[:1])
    capped = _capped(wide, [Family(tuple(members)) for members in _by_family(heard).values()])
    seen = [one for one in signals if one.signal.needs]  # what needs nothing has seen nothing
    families = [Family(tuple(members)) for members in _by_family(seen).values()]
    scores = {f"{axis}_score": _sum(one.part for one in heard if one.signal.axis == axis)
              for axis in AXES}
    coverages = {f"{axis}_coverage": _coverage([family for family in families
                                                if family.axis == axis]) for axis in AXES}
    ranks = {one.rank: _rank(one) for one in heard}
    return Weighed(_with_places(capped.with_columns(**scores, **coverages, **ranks), heard), heard)


def _capped(wide: Frame, families: Sequence[Family]) -> Frame:
    """Contributions: what each signal says beside the others of its family."""
    loud = [family for family in families if family.may_exceed]
    for columns in (
        {family.lead: family.strongest for family in families if family.several},
        {one.part: family.part_of(one) for family in families for one in family.members},
        {family.over: family.excess for family in loud},
        {one.part: exact(nw.col(one.part) / nw.col(family.over))
         for family in loud for one in family.members},
    ):
        wide = wide.with_columns(**columns) if columns else wide
    return wide


def evidence(weighed: Weighed) -> Frame:
    """One row per workload and signal that spoke, in the order of signal and axis."""
    ordered = sorted(weighed.signals, key=lambda one: (one.signal.name, one.signal.axis))
    spoken = [_spoken(weighed.wide, one) for one in ordered]
    return nw.concat(spoken, how="vertical")


def exact(amount: nw.Expr) -> nw.Expr:
    """The nearest multiple of 2**-32."""
    return (amount * _UNIT + 0.5).floor() / _UNIT


def _size(one: Numbered) -> nw.Expr:
    """The size of a weight in units, and its place where sizes are equal: never twice the same."""
    return nw.col(one.weight).abs() * (_UNIT * _SPREAD) + (_SPREAD - 1.0 - one.place)


def _spoken(wide: Frame, one: Numbered) -> Frame:
    signal = one.signal
    own = {"workload_id", one.weight, one.part, one.rank, *PLACES, *one.read}
    spoke = wide.select(*sorted(own)).filter(
        ~nw.col(one.part).is_null() & (nw.col(one.part) != 0.0))
    return spoke.select(
        "workload_id", signal=nw.lit(signal.name), axis=nw.lit(signal.axis),
        family=nw.lit(signal.family), weight=nw.col(one.weight), contribution=nw.col(one.part),
        reason=nw.coalesce(signal.reason, nw.lit(signal.doc)), place=_place(one),
    )


def _place(one: Numbered) -> nw.Expr:
    """1 to 3 for the strongest reasons of a workload, null for the others."""
    place = nw.when(nw.col(one.rank) == nw.col(PLACES[0])).then(nw.lit(1))
    for number, name in enumerate(PLACES[1:], start=2):
        place = place.when(nw.col(one.rank) == nw.col(name)).then(nw.lit(number))
    return place.otherwise(nw.lit(None, dtype=nw.Int64)).cast(nw.Int64)


def _weight(one: Numbered) -> nw.Expr:
    weight = one.signal.weight.cast(nw.Float64)
    bounded = weight.clip(-one.signal.most, one.signal.most)
    return nw.when(nw.col(one.known)).then(exact(bounded))


def _rank(one: Numbered) -> nw.Expr:
    said = nw.col(one.part).abs()
    return nw.when(said > 0.0).then(said * (_UNIT * _SPREAD) + (_SPREAD - 1.0 - one.place))


def _with_places(wide: Frame, signals: Sequence[Numbered]) -> Frame:
    """Ranks of the three largest contributions."""
    none = nw.lit(None, dtype=nw.Float64)
    ranks = [nw.col(one.rank) for one in signals]
    placed = wide.with_columns(first=nw.max_horizontal(none, *ranks))
    for above, here in pairwise(PLACES):
        below = [none, *[nw.when(rank < nw.col(above)).then(rank) for rank in ranks]]
        placed = placed.with_columns(nw.max_horizontal(*below).alias(here))
    return placed


def _sum(names: Any) -> nw.Expr:
    return nw.sum_horizontal(*[nw.col(name) for name in names], nw.lit(0.0))


def _coverage(families: Sequence[Family]) -> nw.Expr:
    """Share of the families' weight that could be judged for a workload of this kind."""
    known = nw.sum_horizontal(nw.lit(0.0), *[family.heard for family in families])
    possible = nw.lit(sum(family.most() for family in families))
    for kind in KINDS:
        most = sum(family.most(kind) for family in families)
        possible = nw.when(nw.col("kind") == kind).then(nw.lit(most)).otherwise(possible)
    return nw.when(possible > 0.0).then(exact(known / possible)).otherwise(nw.lit(0.0))


def _by_family(signals: Sequence[Numbered]) -> dict[tuple[str, str], list[Numbered]]:
    named: dict[tuple[str, str], list[Numbered]] = {}
    for one in signals:
        named.setdefault((one.signal.axis, one.signal.family), []).append(one)
    return named
