"""Slots: which workload of one snapshot stands in the place of which one of an earlier one."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fleetkit.exposure.looks import Look, Words
from fleetkit.exposure.vocabulary import ABSENT

ATTRIBUTES = ("name", "label", "environment", "team")


@dataclass
class Slots:
    """All slots of a history; whole numbers are row numbers.

    Attributes:
        of_instances: per look, the slot of each of its instances.
        token: of each slot the first name that it was known by.
        attributes: name -> looks × slots, as numbers of texts; -1 is unknown.
        hidden: looks × slots: the slot's source was not read in full then, so that a slot that is
            not there is not known to be gone.
    """

    of_instances: list[np.ndarray]
    token: np.ndarray
    attributes: dict[str, np.ndarray]
    hidden: np.ndarray


def find_slots(looks: list[Look], words: Words) -> Slots:
    """The slots of all looks. A slot keeps what it was when it was first seen.

    A name of a slot stays its name: a later look never changes who was whose successor.
    """
    slot_of = np.full(len(words.token), ABSENT, dtype=np.int64)
    first_token: list[np.ndarray] = [np.empty(0, dtype=np.int64)]
    found, count = [], 0
    for look in looks:
        rows, names = look.tokens["row"].to_numpy(), look.tokens["token"].to_numpy()
        slots = _known(slot_of[names], rows, len(look.instances))
        first = np.full(len(slots), ABSENT, dtype=np.int64)
        first[rows[::-1]] = names[::-1]
        new = slots == ABSENT
        number, fresh = pd.factorize(first[new])
        slots[new] = number + count
        count += len(fresh)
        first_token.append(fresh)
        unclaimed = slot_of[names] == ABSENT
        slot_of[names[unclaimed][::-1]] = slots[rows[unclaimed]][::-1]
        found.append(slots)
    attributes = {name: _spread(looks, found, name, count) for name in ATTRIBUTES}
    scopes = _spread(looks, found, "scope", count)
    return Slots(found, np.concatenate(first_token), attributes, _hidden(looks, scopes, words))


def _known(candidates: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray:
    """The earliest slot that one of the names of each row belongs to; -1 where none does."""
    latest = np.iinfo(np.int64).max
    best = np.full(count, latest, dtype=np.int64)
    known = candidates >= 0
    np.minimum.at(best, rows[known], candidates[known])
    return np.where(best == latest, ABSENT, best)


def _spread(looks: list[Look], found: list[np.ndarray], name: str, count: int) -> np.ndarray:
    """A column of the instances as looks × slots; of a group the first known value counts."""
    table = np.full((len(looks), count), ABSENT, dtype=np.int32)
    for number, (look, slots) in enumerate(zip(looks, found, strict=True)):
        values = look.instances[name].to_numpy()
        known = values >= 0
        table[number, slots[known][::-1]] = values[known][::-1]
    return table


def _hidden(looks: list[Look], scopes: np.ndarray, words: Words) -> np.ndarray:
    """Whether the place of each slot, as it is known from other looks, was not read in full."""
    parts = np.array(words.scope.words, dtype=np.int64).reshape(-1, 3)
    hidden = np.zeros(scopes.shape, dtype=bool)
    home = np.full(scopes.shape[1], ABSENT, dtype=np.int64)
    for number, look in enumerate(looks):
        known = scopes[number] >= 0
        home = np.where(known, scopes[number], home)
        seen = _meets(parts, parts[look.good_scopes])
        seen[look.instances["scope"].unique()] = True
        blind = ~seen | _meets(parts, parts[look.bad_scopes])
        later = _first_home(scopes[number:]) if (home < 0).any() else home
        hidden[number] = blind[np.where(home < 0, later, home)] & (scopes[number] < 0)
    return hidden


def _first_home(scopes: np.ndarray) -> np.ndarray:
    """The first known scope of each slot."""
    at = (scopes >= 0).argmax(axis=0)
    home: np.ndarray = scopes[at, np.arange(scopes.shape[1])]
    return home


def _meets(scopes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Whether each scope lies in one of the others, where a missing part stands for all."""
    met = np.zeros(len(scopes), dtype=bool)
    for other in others:
        open_ = other == ABSENT
        open_[0] = False
        met |= (open_ | (scopes == other)).all(axis=1)
    return met
