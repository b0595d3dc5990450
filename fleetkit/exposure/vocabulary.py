"""Words as numbers that are the same over all snapshots, so that histories are arithmetic."""

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

ABSENT = -1


class Vocabulary:
    """Numbers for distinct words, in the order in which they are met; -1 is missing.

    Examples:
        >>> words = Vocabulary()
        >>> words.codes(pd.Series(["b", None, "a", "b"])).tolist(), words.words
        ([0, -1, 1, 0], ['b', 'a'])
    """

    def __init__(self) -> None:
        self._codes: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return len(self._codes)

    @property
    def words(self) -> list[Any]:
        """All words, by their number."""
        return list(self._codes)

    def codes(self, values: Any) -> np.ndarray:
        """The number of each text; distinct texts are looked up once."""
        local, distinct = pd.factorize(values)
        found: np.ndarray = self._numbers(distinct).take(local)  # -1 takes the last, which is -1
        return found

    def rows(self, *columns: np.ndarray) -> np.ndarray:
        """The number of each row of numbers; a row is a word, whatever is missing in it."""
        code = np.zeros(len(columns[0]), dtype=np.int64)
        for column in columns:
            code = pd.factorize(code * (int(column.max(initial=0)) + 2) + column + 1)[0]
        first = np.unique(code, return_index=True)[1]
        distinct = zip(*(column[first].tolist() for column in columns), strict=True)
        return self._numbers(distinct)[:-1].take(code)

    def column(self, position: int) -> np.ndarray:
        """One column of all rows, where words are rows of numbers."""
        return np.fromiter((word[position] for word in self._codes), np.int64, len(self._codes))  # type: ignore[index]

    def _numbers(self, distinct: Any) -> np.ndarray:
        """Numbers of words, with -1 behind them, where the code of a missing cell finds it."""
        found = [self._codes.setdefault(word, len(self._codes)) for word in distinct]
        return np.array([*found, ABSENT], dtype=np.int64)


def spread(numbers: np.ndarray, start: np.ndarray, length: np.ndarray) -> tuple[np.ndarray, ...]:
    """All pairs of a row and the rows that belong to its number, as two arrays of positions.

    Args:
        numbers: of each row on the left.
        start: number -> position of the first row on the right that bears it.
        length: number -> how many bear it; they stand together.
    """
    counts = length.take(numbers)
    ends = counts.cumsum()
    total = int(ends[-1]) if len(ends) else 0
    left = np.repeat(np.arange(len(numbers)), counts)
    right = np.arange(total) + np.repeat(start.take(numbers) - ends + counts, counts)
    return left, right


def distinct(numbers: np.ndarray) -> np.ndarray:
    """The numbers, sorted, each once; `np.unique` hashes them, and is slow for multiples."""
    ordered = np.sort(numbers)
    first: np.ndarray = ordered[np.append(True, ordered[1:] != ordered[:-1])[:len(ordered)]]
    return first


def without(numbers: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The numbers that are not among the others; both are sorted and distinct."""
    if not len(others):
        return numbers
    place = np.minimum(np.searchsorted(others, numbers), len(others) - 1)
    kept: np.ndarray = numbers[others[place] != numbers]
    return kept


def ranges(ordered: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Start and length of the rows of each number below `count`; the rows are sorted by it."""
    length = np.bincount(ordered, minlength=count)
    return length.cumsum() - length, length
