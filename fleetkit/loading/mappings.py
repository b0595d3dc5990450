"""Pairs of key and value to mapping cells, for whole columns at once."""

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.redaction import MASK, is_secret_name, mask_text


def as_mappings(values: Any) -> pa.Array:
    """JSON objects from lists of two-field structs: keys sorted, credentials masked.

    Each distinct pair is judged and written once, however many rows bear it. Of a key that comes
    twice in a cell the last in the order of values stays. Unknown stays unknown.
    """
    keys, texts = _pairs(pc.list_flatten(values))
    flat = pa.table({"row": pc.list_parent_indices(values), "key": keys, "text": texts})
    flat = flat.sort_by([("row", "ascending"), ("key", "ascending"), ("text", "ascending")])
    flat = _last_of_each_key(flat)
    grouped = flat.group_by("row", use_threads=False).aggregate([("text", "list")])
    joined = pc.binary_join(grouped["text_list"].combine_chunks(), ",")
    cells = pc.binary_join_element_wise("{", joined, "}", "")
    places = pc.index_in(pa.array(range(len(values)), pa.int64()), grouped["row"].cast(pa.int64()))
    filled = pc.fill_null(pc.take(cells, places), "{}")
    return pc.if_else(pc.is_valid(values), filled, pa.scalar(None, pa.string()))


def _pairs(pairs: Any) -> tuple[pa.Array, pa.Array]:
    """The keys, and each pair as a member of a JSON object."""
    keys = pc.fill_null(pc.struct_field(pairs, [0]), "")
    values = pc.fill_null(pc.struct_field(pairs, [1]), "")
    coded_keys, coded_values = keys.dictionary_encode(), values.dictionary_encode()
    names, contents = coded_keys.dictionary.to_pylist(), coded_values.dictionary.to_pylist()
    count = max(1, len(contents))
    places = pc.add(pc.multiply(coded_keys.indices.cast(pa.int64()), count),
                    coded_values.indices.cast(pa.int64())).dictionary_encode()
    members = [
        _member(names[place // count], contents[place % count])
        for place in places.dictionary.to_pylist()
    ]
    return keys, pc.take(pa.array(members, pa.string()), places.indices)


def _member(name: str, value: str) -> str:
    shown = MASK if value and is_secret_name(name) else mask_text(value)
    return f"{json.dumps(name, ensure_ascii=False)}:{json.dumps(shown, ensure_ascii=False)}"


def _last_of_each_key(flat: pa.Table) -> pa.Table:
    if len(flat) < 2:
        return flat
    same = pc.and_(pc.equal(flat["row"][1:], flat["row"][:-1]),
                   pc.equal(flat["key"][1:], flat["key"][:-1]))
    kept = pa.chunked_array([pc.invert(same).combine_chunks(), pa.array([True])])
    return flat.filter(kept)
