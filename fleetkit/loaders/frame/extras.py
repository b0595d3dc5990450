"""Columns that are none of ours: kept as tags, labels or meta where the table has such."""

import json

import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.loaders.frame.matching import Layout
from fleetkit.loaders.frame.raw import Raw
from fleetkit.loaders.frame.receipts import Receipt
from fleetkit.loaders.frame.values import as_texts, cleaned
from fleetkit.redaction import mask_column, mask_text
from fleetkit.schema import Table

_ESCAPED = r'["\\\x00-\x1f\x7f]'


def keep(raw: Raw, columns: dict[str, pa.Array], layout: Layout, table: Table,
         receipt: Receipt) -> None:
    """Adds the other columns to the mapping of each row; says which were kept, and which not."""
    place = next((column.name for column in table.columns if column.kind == "mapping"), None)
    members: dict[str, pa.Array] = {}
    for header in layout.extras:
        if place is None:
            receipt.add("unknown_column", header, None, f"{table.name} has no place for it",
                        raw.read)
            continue
        cells = cleaned(as_texts(raw.columns[header]))
        receipt.add("unknown_column", header, place, "it is none of ours, and kept beside them",
                    len(cells) - cells.null_count)
        members.setdefault(mask_text(header), mask_column(cells))
    if place is not None and members:
        made = _objects(members)
        columns[place] = _merged(columns[place], made) if place in columns else made


def _objects(members: dict[str, pa.Array]) -> pa.Array:
    """JSON objects, keys sorted, without what is unknown; none where nothing is known."""
    parts = [
        pc.fill_null(pc.binary_join_element_wise(
            f",{json.dumps(name, ensure_ascii=False)}:", _quoted(members[name]), ""), "")
        for name in sorted(members)
    ]
    joined = pc.utf8_slice_codeunits(pc.binary_join_element_wise(*parts, ""), 1)
    objects = pc.binary_join_element_wise("{", joined, "}", "")
    return pc.if_else(pc.equal(joined, ""), None, objects)


def _quoted(texts: pa.Array) -> pa.Array:
    odd = pc.fill_null(pc.match_substring_regex(texts, _ESCAPED), False)
    quoted = pc.binary_join_element_wise('"', texts, '"', "")
    if not pc.any(odd).as_py():
        return quoted
    escaped = [json.dumps(text, ensure_ascii=False) for text in pc.filter(texts, odd).to_pylist()]
    return pc.replace_with_mask(quoted, odd, pa.array(escaped, pa.string()))


def _merged(said: pa.Array, made: pa.Array) -> pa.Array:
    """Two objects per row as one; what the table says itself comes first."""
    both = pc.and_(pc.is_valid(said), pc.is_valid(made))
    united = [
        json.dumps({**json.loads(other), **json.loads(own)}, ensure_ascii=False, sort_keys=True,
                   separators=(",", ":"))
        for own, other in zip(pc.filter(said, both).to_pylist(), pc.filter(made, both).to_pylist(),
                              strict=True)
    ]
    return pc.replace_with_mask(pc.coalesce(said, made), both, pa.array(united, pa.string()))
