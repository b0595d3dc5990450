"""Histories: slots whose images were the same in every snapshot; each history is judged once."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fleetkit.exposure.looks import Look
from fleetkit.exposure.slots import Slots

_SEEDS = (0x9E3779B97F4A7C15, 0xD1B54A32D192ED03)


@dataclass
class Histories:
    """Whole numbers are row numbers.

    Attributes:
        of_slot: history of each slot.
        parts: per look, sorted: `history, subject, count`: what stood in a slot of that history.
        members: looks × histories: instances.
        hidden: looks × histories: nobody could see whether the slot was empty.
    """

    of_slot: np.ndarray
    parts: list[pd.DataFrame]
    members: np.ndarray
    hidden: np.ndarray


def find_histories(looks: list[Look], slots: Slots) -> Histories:
    """The distinct histories of all slots."""
    held = [
        pd.DataFrame({"slot": slot, "subject": look.instances["subject"].to_numpy()})
        .groupby(["slot", "subject"], as_index=False).size()
        for look, slot in zip(looks, slots.of_instances, strict=True)
    ]
    of_slot = _signatures(held, slots.hidden)
    count = int(of_slot.max(initial=-1)) + 1
    first = np.zeros(count, dtype=np.int64)
    first[of_slot[::-1]] = np.arange(len(of_slot))[::-1]
    stands_for = np.full(len(of_slot), -1, dtype=np.int64)
    stands_for[first] = np.arange(count)
    parts, members = [], np.zeros((len(looks), count), dtype=np.int32)
    for number, rows in enumerate(held):
        history = stands_for[rows["slot"]]
        part = pd.DataFrame({"history": history, "subject": rows["subject"],
                             "count": rows["size"]})[history >= 0]
        parts.append(part.sort_values(["history", "subject"], ignore_index=True))
        members[number] = np.bincount(part["history"], part["count"], minlength=count)
    return Histories(of_slot, parts, members, slots.hidden[:, first])


def _signatures(held: list[pd.DataFrame], hidden: np.ndarray) -> np.ndarray:
    """A number per slot, equal where all looks are: sums of 128 bits that ignore the order."""
    sums = np.zeros((2, hidden.shape[1]), dtype=np.uint64)
    for number, rows in enumerate(held):
        slot = rows["slot"].to_numpy()
        for place, seed in enumerate(_SEEDS):
            word = _mixed(np.uint64(seed), np.full(len(rows), number), rows["subject"].to_numpy(),
                          rows["size"].to_numpy())
            np.add.at(sums[place], slot, word)
            blind = np.flatnonzero(hidden[number])
            sums[place, blind] += _mixed(np.uint64(seed), np.full(1, number), np.full(1, -2))
    high, low = (pd.factorize(part)[0].astype(np.int64) for part in sums)
    return pd.factorize(high * (int(low.max(initial=0)) + 1) + low)[0]


def _mixed(seed: np.uint64, *parts: np.ndarray) -> np.ndarray:
    """A well mixed number of each row of numbers (finalizer of SplitMix64)."""
    mixed = np.full(len(parts[0]), seed, dtype=np.uint64)
    for part in parts:
        mixed = (mixed ^ part.astype(np.int64).view(np.uint64)) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return mixed
