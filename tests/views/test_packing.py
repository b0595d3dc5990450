"""Values as bytes for a page."""

import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.views._hosting.packing import LONGEST, compress, pack, shown


def header(packed):
    length = struct.unpack("<I", packed[:4])[0]
    return json.loads(packed[4 : 4 + length]), packed[4 + length :], 4 + length


@given(st.lists(st.lists(st.integers(0, 200), max_size=9), max_size=5))
def test_arrays_come_back_from_aligned_places(lists):
    content = {"arrays": [np.array(values, np.uint8) for values in lists]}
    noted, tail, start = header(pack(content))
    assert start % 8 == 0
    for note, values in zip(noted["arrays"], lists, strict=True):
        assert note["at"] % 8 == 0
        assert list(tail[note["at"] : note["at"] + note["length"]]) == values


@given(st.text())
def test_what_is_shown_holds_no_sign_that_cannot_be_seen(text):
    for sign in shown(text):
        assert sign in "\n\t" or (sign.isprintable() or sign.isspace() or not sign.isascii())
        assert not (ord(sign) < 32 and sign not in "\n\t")
        assert not 0x202A <= ord(sign) <= 0x202E


@given(st.text(alphabet=st.characters(categories=["L", "N"]), max_size=50))
def test_plain_names_are_shown_as_they_are(text):
    assert shown(text) == text


def test_a_megabyte_is_cut_and_says_how_long_it_was():
    cut = shown("x" * 1_048_576)
    assert len(cut) < LONGEST + 60
    assert cut.endswith("… (1,048,576 characters)")


def test_signs_that_turn_the_direction_become_visible():
    assert shown("a\u202egnp.exe") == "a⟨202E⟩gnp.exe"


def test_half_a_surrogate_can_be_packed():
    assert pack({"name": "a\ud800b"})


def test_a_number_that_is_none_is_null():
    assert header(pack({"a": float("nan"), "b": np.float64("inf")}))[0] == {"a": None, "b": None}


def test_a_value_that_a_page_cannot_read_is_named():
    with pytest.raises(TypeError, match="set"):
        pack({"a": {1, 2}})


def test_equal_content_compresses_to_equal_bytes():
    assert compress(pack({"a": [1, 2]})) == compress(pack({"a": [1, 2]}))
