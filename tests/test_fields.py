"""Fields of a record: what is of another kind is noted without what it holds."""

import pytest

from fleetkit.fields import Fields


@pytest.mark.parametrize(("value", "said"), [
    ({"password": "hunter2"}, "an object"), (["hunter2"], "a list"), ("hunter2", "text"), (7, "7")])
def test_what_is_of_another_kind_is_named_and_not_quoted(value, said):
    fields = Fields({"Up": value})
    assert fields.truth("Up") is None
    assert fields.strange == [f"Up: expected true or false, found {said}"]
