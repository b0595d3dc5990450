"""JSON text to typed columns at Arrow's speed: only what a shape names comes in.

A shape may name a mapping of texts (labels): Arrow knows structs only, so the keys that stand in
the text are looked up first, read as the fields of a struct, and joined to mappings.
"""

import json
import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json as arrow_json

from fleetkit.plugins import Listing

_TEXT = rb'"(?:[^"\\]|\\.)*+"'
_OBJECT = re.compile(
    rb"\s*+:\s*+(?:null|\{((?:\s*+" + _TEXT + rb"\s*+:\s*+" + _TEXT + rb"\s*+,?+)*+)\s*+\})",
    re.DOTALL,
)
_PAIR = re.compile(rb"(" + _TEXT + rb")\s*+:\s*+" + _TEXT, re.DOTALL)
_IS_KEY = re.compile(rb"\s*+:")
_MOST_KEYS = 500
_BLOCK = 4 << 20
_NO_KEY = " "

Keys = dict[str, list[str]]


def shaped(content: bytes, shape: pa.Schema, block: int = _BLOCK) -> pa.Table:
    """A table of the JSON objects in a text, with the fields of the shape.

    Args:
        content: objects one after the other.
        shape: their fields; others are left out.
        block: bytes that hold the largest object at least.

    Raises:
        pa.ArrowException: an object does not have the form of the shape.
    """
    keys = {name: _keys(content, name) for name in sorted(_mappings(pa.struct(list(shape))))}
    read = arrow_json.read_json(
        pa.BufferReader(content),
        read_options=arrow_json.ReadOptions(block_size=max(block, _BLOCK)),
        parse_options=arrow_json.ParseOptions(
            explicit_schema=pa.schema([_readable(field, keys) for field in shape]),
            unexpected_field_behavior="ignore", newlines_in_values=True,
        ),
    ).select(shape.names)
    if not keys:
        return read.cast(shape)
    return pa.table([_joined(column.combine_chunks(), field.type)
                     for column, field in zip(read.columns, shape, strict=True)], schema=shape)


def listed(content: bytes, listing: Listing, shape: pa.Schema) -> pa.Table | None:
    """The records that a document lists; None where it is not what its beginning seemed to say."""
    marks = [pa.field(name, pa.string()) for name in listing.marks if name not in shape.names]
    record = pa.struct([*shape, *marks])
    document = pa.schema([pa.field(listing.place, pa.list_(record))])
    try:
        read = shaped(content, document, len(content) + 1)
    except pa.ArrowException:
        return None
    if len(read) != 1 or read[listing.place].null_count:
        return None
    entries = pc.list_flatten(read[listing.place]).combine_chunks()
    if pc.struct_field(entries, listing.needed).null_count or not all(
        _fits(pc.struct_field(entries, name), allowed) for name, allowed in listing.marks.items()
    ):
        return None
    return pa.Table.from_arrays([pc.struct_field(entries, name) for name in shape.names],
                                schema=shape)


def _fits(values: pa.Array, allowed: tuple[str | None, ...]) -> bool:
    return set(pc.unique(values).to_pylist()) <= set(allowed)


def _mappings(kind: pa.DataType) -> set[str]:
    """Names of the fields that hold mappings, at any depth."""
    if pa.types.is_list(kind):
        return _mappings(kind.value_type)
    if not pa.types.is_struct(kind):
        return set()
    return {field.name for field in kind if pa.types.is_map(field.type)}.union(
        *(_mappings(field.type) for field in kind))


def _keys(content: bytes, name: str) -> list[str]:
    """The keys of all objects that a field of this name holds."""
    word = f'"{name}"'.encode()
    seen: set[bytes] = set()
    keys: set[bytes] = set()
    place = content.find(word)
    while place >= 0:
        start = place + len(word)
        end = content.find(b"}", start)
        if content[start:end] not in seen:  # most objects are as others are
            found = _object_at(content, start, name)
            if found is not None and found.end() == end + 1:
                seen.add(content[start:end])
            keys.update(_PAIR.findall(found[1] or b"") if found is not None else ())
            if len(keys) > _MOST_KEYS:
                raise pa.ArrowInvalid(f"{name} has more than {_MOST_KEYS} different keys")
        place = content.find(word, start)
    return sorted({_decoded(key) for key in keys}) or [_NO_KEY]


def _object_at(content: bytes, place: int, name: str) -> re.Match[bytes] | None:
    """The object behind a field's name; None where the word is no name of a field."""
    found = _OBJECT.match(content, place)
    if found is None and _IS_KEY.match(content, place):
        raise pa.ArrowInvalid(f"{name} holds something else than texts")
    return found


def _decoded(key: bytes) -> str:
    try:
        return str(json.loads(key))
    except ValueError as error:
        raise pa.ArrowInvalid(f"a key is no text: {error}") from error


def _readable(field: pa.Field, keys: Keys) -> pa.Field:
    """The field with structs of the known keys in the place of mappings."""
    return pa.field(field.name, _readable_type(field.type, field.name, keys))


def _readable_type(kind: pa.DataType, name: str, keys: Keys) -> pa.DataType:
    if pa.types.is_map(kind):
        return pa.struct([(key, pa.string()) for key in keys[name]])
    if pa.types.is_list(kind):
        return pa.list_(_readable_type(kind.value_type, name, keys))
    if pa.types.is_struct(kind):
        return pa.struct([_readable(field, keys) for field in kind])
    return kind


def _joined(values: Any, kind: pa.DataType) -> Any:
    """The values in the type of the shape: structs of keys become mappings."""
    if pa.types.is_map(kind):
        return _as_map(values, kind)
    if pa.types.is_list(kind) and _mappings(kind):
        inner = _joined(values.flatten(), kind.value_type)
        lengths = pc.fill_null(pc.list_value_length(values), 0)
        ends = pc.cumulative_sum(pa.concat_arrays([pa.array([0], pa.int32()), lengths]))
        return pa.ListArray.from_arrays(ends, inner, type=kind, mask=pc.is_null(values))
    if pa.types.is_struct(kind) and _mappings(kind):
        inner = [_joined(part, field.type)
                 for part, field in zip(values.flatten(), kind, strict=True)]
        return pa.StructArray.from_arrays(inner, fields=list(kind), mask=pc.is_null(values))
    return values if values.type == kind else values.cast(kind)


def _as_map(values: pa.StructArray, kind: pa.MapType) -> pa.MapArray:
    """Of each key the rows that have it, brought into the order of rows."""
    rows, names, texts = [], [], []
    for field, column in zip(values.type, values.flatten(), strict=True):
        there = pc.is_valid(column)
        places = pc.indices_nonzero(there)
        if len(places):
            rows.append(places)
            names.append(pa.repeat(field.name, len(places)))
            texts.append(pc.filter(column, there))
    flat = pa.table({
        "row": pa.concat_arrays(rows or [pa.array([], pa.uint64())]),
        "key": pa.concat_arrays(names or [pa.array([], pa.string())]),
        "text": pa.concat_arrays(texts or [pa.array([], pa.string())]),
    }).sort_by([("row", "ascending"), ("key", "ascending")])
    counts = flat.group_by("row", use_threads=False).aggregate([("row", "count")])
    sizes = pc.fill_null(pc.take(counts["row_count"].combine_chunks(), pc.index_in(
        pa.array(range(len(values)), pa.uint64()), counts["row"].combine_chunks())), 0)
    ends = pc.cumulative_sum(pa.concat_arrays([pa.array([0], pa.int32()), sizes.cast(pa.int32())]))
    return pa.MapArray.from_arrays(
        ends, flat["key"].combine_chunks(), flat["text"].combine_chunks(), type=kind,
        mask=pc.is_null(values))
