"""JSON to columns: mappings by the keys that are there, and whole documents at once."""

import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.loading.shaping import listed, shaped
from fleetkit.plugins import Listing

TEXT = pa.string()
LABELS = pa.map_(TEXT, TEXT)
PART = pa.struct([("labels", LABELS), ("size", pa.int64())])
SHAPE = pa.schema([("name", TEXT), ("labels", LABELS), ("parts", pa.list_(PART))])
PODS = Listing("pod", "items", ("name",), {"kind": (None, "Pod")})
labels = st.none() | st.dictionaries(st.text(), st.text(), max_size=4)
parts = st.none() | st.lists(st.none() | st.fixed_dictionaries(
    {}, optional={"labels": labels, "size": st.integers(-2 ** 63, 2 ** 63 - 1)}), max_size=3)
records = st.fixed_dictionaries({"name": st.text()}, optional={
    "labels": labels, "parts": parts, "other": st.integers()})


def plain(record):
    """A record as its shape has it."""
    return {
        "name": record["name"], "labels": pairs(record.get("labels")),
        "parts": None if record.get("parts") is None else [
            None if part is None else {"labels": pairs(part.get("labels")),
                                       "size": part.get("size")}
            for part in record["parts"]],
    }


def pairs(mapping):
    return None if mapping is None else sorted(mapping.items())


def document(items, **fields):
    return json.dumps({"kind": "List", "items": items, **fields}, indent=2).encode()


@given(st.lists(records, min_size=1, max_size=5))
def test_every_value_comes_back_and_unknown_stays_unknown(entries):
    text = "\n".join(json.dumps(entry) for entry in entries).encode()
    assert shaped(text, SHAPE).to_pylist() == [plain(entry) for entry in entries]


@given(st.lists(records, max_size=5))
def test_a_document_read_at_once_is_as_its_records_read_apart(entries):
    found = listed(document(entries), PODS, SHAPE)
    assert found.schema == SHAPE
    assert found.to_pylist() == [plain(entry) for entry in entries]


@pytest.mark.parametrize("odd", [
    {"labels": {"a": 1}}, {"labels": {"a": {}}}, {"labels": ["a"]}, {"labels": "a"},
    {"labels": {"a": None, "b": 2}}, {"parts": [{"labels": {"a": True}}]},
])
def test_a_mapping_of_something_else_is_refused(odd):
    with pytest.raises(pa.ArrowException):
        shaped(json.dumps(odd).encode(), SHAPE)


def test_a_text_that_looks_like_a_mapping_is_none():
    text = '"labels": {"a": "b"}'
    assert shaped(json.dumps({"name": text}).encode(), SHAPE).to_pylist()[0]["name"] == text


def test_braces_in_texts_do_not_hide_keys():
    entries = [{"labels": {"a": "x}1", "b": "1"}}, {"labels": {"a": "x}2", "c": "2"}}]
    found = shaped("\n".join(map(json.dumps, entries)).encode(), SHAPE).to_pylist()
    assert [row["labels"] for row in found] == [pairs(entry["labels"]) for entry in entries]


def test_more_keys_than_a_shape_can_have_are_refused():
    many = {"labels": {f"k{number}": "v" for number in range(501)}}
    with pytest.raises(pa.ArrowInvalid, match="more than 500 different keys"):
        shaped(json.dumps(many).encode(), SHAPE)


@pytest.mark.parametrize("items", [
    None, {"name": "a"}, [None], [{"name": "a", "kind": "Node"}], [{"labels": {}}],
    [{"name": "a", "parts": 3}], [{"name": 7}], "x",
])
def test_a_document_that_is_not_what_it_seemed_is_not_read_at_once(items):
    assert listed(document(items), PODS, SHAPE) is None


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"kind": "List"}', b'{"items": []} {}',
                                  b'{"items": [{"name": "a"}'])
def test_a_broken_document_is_not_read_at_once(text):
    assert listed(text, PODS, SHAPE) is None
