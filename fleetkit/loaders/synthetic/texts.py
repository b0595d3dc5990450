"""Texts for whole columns at once, from numbers and words."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.loaders.synthetic.draws import Draws, Numbers

Texts = Any  # an Arrow array of text

_DIGITS = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
_ALPHABET = np.frombuffer(b"bcdfghjklmnpqrstvwxz2456789", dtype=np.uint8)  # of Kubernetes' names


def hexes(draws: Draws, topic: str, numbers: Numbers, digits: int) -> Texts:
    """Random hexadecimal digits for each number."""
    words = -(-digits // 16)
    parts = [draws.bits(f"{topic} {part}", numbers).astype(">u8") for part in range(words)]
    octets = np.stack(parts, axis=1).view(np.uint8).reshape(len(numbers), 8 * words)
    halves = np.stack([octets >> 4, octets & 15], axis=2).reshape(len(numbers), 16 * words)
    return _fixed(_DIGITS[halves[:, :digits]])


def suffixes(draws: Draws, topic: str, numbers: Numbers, letters: int) -> Texts:
    """Random suffixes as Kubernetes gives them, without vowels (apimachinery, util/rand)."""
    bits = draws.bits(topic, numbers)
    places = [(bits >> np.uint64(6 * part)) % np.uint64(len(_ALPHABET)) for part in range(letters)]
    return _fixed(_ALPHABET[np.stack(places, axis=1).astype(np.int64)])


def uuids(draws: Draws, topic: str, numbers: Numbers) -> Texts:
    """Random ids in the form of a UUID."""
    digits = hexes(draws, topic, numbers, 32)
    ends = (0, 8, 12, 16, 20, 32)
    parts = [pc.utf8_slice_codeunits(digits, *span) for span in pairwise(ends)]
    return joined(*parts, between="-")


def decimals(numbers: Numbers, width: int = 1) -> Texts:
    """Numbers as text, with zeros in front up to the width."""
    texts = pa.array(numbers).cast(pa.string())
    return pc.utf8_lpad(texts, width, "0") if width > 1 else texts


def joined(*parts: Any, between: str = "") -> Texts:
    """The parts of each row in one text; a row with an unknown part is unknown."""
    return pc.binary_join_element_wise(*parts, between)


def picked(words: Sequence[Any], places: Numbers, kind: Any = None) -> Any:
    """The word at each place; unknown where the place is below zero."""
    return pa.array(words, type=kind or pa.string()).take(
        pa.array(places, mask=np.asarray(places) < 0))


def known(where: Numbers, values: Any) -> Any:
    """The values where the mask is true; elsewhere unknown."""
    array = values if isinstance(values, pa.Array) else pa.array(values)
    return pc.if_else(pa.array(where), array, pa.scalar(None, array.type))


def either(where: Numbers, these: Any, those: Any) -> Any:
    """These where the mask is true; elsewhere those."""
    return pc.if_else(pa.array(where), these, those)


def _fixed(letters: Numbers) -> Texts:
    """Texts of equal length from their letters, a row each."""
    rows, width = letters.shape
    offsets = np.arange(rows + 1, dtype=np.int32) * np.int32(width)
    return pa.Array.from_buffers(pa.string(), rows, [
        None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(letters))])
