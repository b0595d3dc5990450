"""Pairs of key and value to mapping cells, for whole columns at once."""

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.redaction import MASK, is_secret_name, mask_column

_ESCAPED = r'["\\\x00-\x1f\x7f]'


def as_mappings(values: Any) -> pa.Array:
    """JSON objects from lists of two-field structs: keys sorted, credentials masked.

    Of a key that comes twice in a cell the last in the order of values stays. Unknown stays
    unknown.
    """
    pairs = pc.list_flatten(values)
    keys = pc.fill_null(pc.struct_field(pairs, [0]), "")
    shown = _masked(keys, pc.fill_null(pc.struct_field(pairs, [1]), ""))
    members = pc.binary_join_element_wise(_quoted(keys), _quoted(shown), ":")
    flat = pa.table({"row": pc.list_parent_indices(values), "key": keys, "member": members})
    if not _is_sorted(flat):
        flat = flat.sort_by([("row", "ascending"), ("key", "ascending"), ("member", "ascending")])
        flat = _last_of_each_key(flat)
    counts = np.bincount(flat["row"].to_numpy(), minlength=len(values))
    ends = pa.array(np.concatenate(([0], counts.cumsum())), pa.int32())
    listed = pa.ListArray.from_arrays(ends, flat["member"].combine_chunks())
    cells = pc.binary_join_element_wise("{", pc.binary_join(listed, ","), "}", "")
    return pc.if_else(pc.is_valid(values), cells, pa.scalar(None, pa.string()))


def _is_sorted(flat: pa.Table) -> bool:
    """Whether the rows are in order, and within each row the keys, each of them once."""
    row, key = flat["row"].combine_chunks(), flat["key"].combine_chunks()
    rises = pc.less(key[:-1], key[1:])
    in_order = pc.or_(pc.less(row[:-1], row[1:]), pc.and_(pc.equal(row[:-1], row[1:]), rises))
    return bool(pc.all(in_order).as_py() is not False)


def _masked(keys: pa.Array, values: pa.Array) -> pa.Array:
    """The values, where neither they nor their keys look like a credential."""
    coded = keys.dictionary_encode()
    names = [is_secret_name(name) for name in coded.dictionary.to_pylist()]
    secret = pc.and_(pc.take(pa.array(names, pa.bool_()), coded.indices),
                     pc.not_equal(values, ""))
    return pc.if_else(secret, MASK, mask_column(values))


def _quoted(texts: pa.Array) -> pa.Array:
    """Each text as a JSON string; most need no escape and are only put in quotes."""
    odd = pc.match_substring_regex(texts, _ESCAPED)
    quoted = pc.binary_join_element_wise('"', texts, '"', "")
    if not pc.any(odd).as_py():
        return quoted
    escaped = [json.dumps(text, ensure_ascii=False) for text in pc.filter(texts, odd).to_pylist()]
    return pc.replace_with_mask(quoted, odd, pa.array(escaped, pa.string()))


def _last_of_each_key(flat: pa.Table) -> pa.Table:
    if len(flat) < 2:
        return flat
    same = pc.and_(pc.equal(flat["row"][1:], flat["row"][:-1]),
                   pc.equal(flat["key"][1:], flat["key"][:-1]))
    kept = pa.chunked_array([pc.invert(same).combine_chunks(), pa.array([True])])
    return flat.filter(kept)
