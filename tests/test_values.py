"""Values out of documents that anyone may have written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.values import LONGEST_NAME, BrokenError, clean, named, shown

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(
        st.characters(codec=None, exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))


@given(ANYTHING)
def test_a_name_is_text_that_utf_8_can_hold_or_broken(value):
    try:
        name = named(value, "id")
    except BrokenError:
        return
    assert name.encode()
    assert len(name) <= LONGEST_NAME
    assert name == name.strip()


@pytest.mark.parametrize("value", ["", " ", None, 7, ["a"], "x" * (LONGEST_NAME + 1)])
def test_what_is_no_name_is_refused_with_its_place(value):
    with pytest.raises(BrokenError, match="id is no name"):
        named(value, "id")


def test_a_text_is_shown_from_its_beginning_and_another_thing_by_its_kind():
    assert [shown("a" * 100), shown({"a": 1})] == [repr("a" * 80), "an object"]


def test_half_a_character_becomes_a_mark():
    assert clean("a\ud800b") == "a?b"
