"""Draws: random numbers that depend on a seed, a topic and a number, and on nothing else.

The value for the millionth workload is known without those before it, so tables can be made in any
order and one without the others. Only whole numbers and exact fractions are used: every machine
gives the same bits. Source: SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom
number generators", section 4, with the constants of Stafford's variant 13).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Numbers = Any  # a NumPy array of whole numbers or of truths, whose dtype types cannot follow

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_LAST = 2**32


@dataclass(frozen=True, slots=True)
class Draws:
    """Draws of one seed; a topic is a few words that keep one use apart from another."""

    seed: int

    def bits(self, topic: str, numbers: Numbers) -> Numbers:
        """64 random bits for each number, as uint64."""
        said = f"{self.seed}|{topic}".encode()
        start = np.frombuffer(hashlib.blake2b(said, digest_size=8).digest(), dtype=">u8")
        mixed = (numbers.astype(np.uint64) + np.uint64(1)) * _STEP + start.astype(np.uint64)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
        mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
        return np.asarray(mixed ^ (mixed >> np.uint64(31)))

    def below(self, topic: str, numbers: Numbers, limit: int | Numbers) -> Numbers:
        """A whole number from 0 to below the limit, which is less than 2**32, for each number."""
        high = self.bits(topic, numbers) >> np.uint64(32)
        return ((high * np.asarray(limit, dtype=np.uint64)) >> np.uint64(32)).astype(np.int64)

    def between(self, topic: str, numbers: Numbers, least: int | Numbers,
                most: int | Numbers) -> Numbers:
        """A whole number from `least` to `most`, both included."""
        span = np.asarray(most) - np.asarray(least) + 1
        return np.asarray(least) + self.below(topic, numbers, span)

    def happens(self, topic: str, numbers: Numbers, share: float | Numbers) -> Numbers:
        """True for about that share of the numbers."""
        limit = np.rint(np.asarray(share, dtype=float) * _LAST).astype(np.uint64)
        return np.asarray((self.bits(topic, numbers) >> np.uint64(32)) < limit)

    def weighted(self, topic: str, numbers: Numbers, weights: Sequence[int] | Numbers) -> Numbers:
        """The place of one of the weights, as often as it weighs."""
        ends = np.cumsum(np.asarray(weights, dtype=np.int64))
        return np.searchsorted(ends, self.below(topic, numbers, int(ends[-1])), side="right")

    def ranks(self, topic: str, numbers: Numbers, count: int) -> Numbers:
        """A rank from 0 to below the count by Zipf's law: the second half as often as the first."""
        return self.weighted(topic, numbers, 2**31 // 40 // np.arange(1, count + 1))

    def sizes(self, topic: str, numbers: Numbers, middle: int, doublings: int) -> Numbers:
        """Whole numbers with a long tail, near log-normal, at most that many doublings away.

        The exponent is the mean of four even draws; between powers of two the curve is straight,
        so that no logarithm of the machine's own library is asked.
        """
        total = sum((self.below(f"{topic} {part}", numbers, 1024) for part in range(1, 4)),
                    start=self.below(f"{topic} 0", numbers, 1024))
        exponent = (total - 2046) * doublings  # 2046 thousandths of a doubling either way
        whole, rest = exponent // 2046, exponent % 2046
        base = np.full(len(numbers), middle, dtype=np.int64) * (2046 + rest) // 2046
        return np.where(whole >= 0, base << np.maximum(whole, 0), base >> np.maximum(-whole, 0))
