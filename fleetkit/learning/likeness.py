"""Who is like whom: software that workloads share, and workloads that are one thing.

An identity is the software of the catalogue; where that is unknown the image without registry, tag
and digest, else the name of the controller, else the name without its numbers. A thing is what
one answer speaks of: all workloads of one identity under one controller, or one workload alone.
"""

from collections.abc import Callable, Mapping

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.tables import WORKLOADS

_SCOPE = ("source", "account", "region", "controller_kind")
_READ = (*_SCOPE, "controller_name", "image_ref", "name")
_LOOSE = ("none", "unknown")
_NUMBER = "(?:[0-9a-f]{8,}|[0-9]+)"


def likeness(labels: pd.DataFrame, workloads: pd.DataFrame | None = None) -> pd.DataFrame:
    """`workload_id, sort, identity, controller, thing` of every row of labels, in their order.

    Args:
        labels: `workload_id` and `software`.
        workloads: the table, with any of its columns; None if only the software is known.

    Returns:
        `sort` (software, image, controller, name or workload) is what it is known by, `identity`
        the name; `controller` is NA where there is none; `thing` is a text that is equal for what
        one answer speaks of.
    """
    about = _about(labels["workload_id"], workloads)
    texts = {"software": _array(labels["software"]), "workload": _array(labels["workload_id"]),
             **{name: _array(about[name]) for name in _READ}}
    sort, identity = _first_known(texts)
    scope = [pc.fill_null(texts[name], "") for name in _SCOPE]
    loose = pc.is_in(texts["controller_kind"], value_set=pa.array(_LOOSE))
    named = pc.if_else(loose, None, texts["controller_name"])
    controller = pc.binary_join_element_wise(*scope, named, "|")
    thing = pc.binary_join_element_wise(controller, sort, identity, "|")
    return pd.DataFrame({
        "workload_id": labels["workload_id"].array, "sort": _series(sort),
        "identity": _series(identity), "controller": _series(controller),
        "thing": _series(pc.coalesce(thing, texts["workload"])),
    })


def _first_known(texts: Mapping[str, pa.Array]) -> tuple[pa.Array, pa.Array]:
    """What each is known by, and as what: the first way that gives a name."""
    identity = sort = pa.nulls(len(texts["workload"]), pa.string())
    for way, (column, shaped) in _WAYS.items():
        still = pc.is_null(identity)
        found = shaped(texts[column].filter(still))
        named = pc.if_else(pc.is_valid(found), way, pa.scalar(None, pa.string()))
        identity = pc.replace_with_mask(identity, still, found)
        sort = pc.replace_with_mask(sort, still, named)
    return sort, identity


def _about(ids: pd.Series, workloads: pd.DataFrame | None) -> pd.DataFrame:
    """The columns that likeness stands on, in the order of the ids; all text."""
    given = WORKLOADS.empty() if workloads is None else workloads.dropna(subset=["workload_id"])
    known = [name for name in _READ if name in given]
    place = pc.index_in(_array(ids), value_set=_array(given["workload_id"]))
    found = {name: _series(_array(given[name]).take(place)) for name in known}
    nothing = _series(pa.nulls(len(ids), pa.string()))
    return pd.DataFrame({name: found.get(name, nothing) for name in _READ})


def _image(references: pa.Array) -> pa.Array:
    """The last part of an image reference; NA for one that is a digest only."""
    coded = references.dictionary_encode()
    plain = pc.replace_substring_regex(coded.dictionary, "@.*$", "")
    plain = pc.replace_substring_regex(plain, "^.*/", "")
    plain = pc.utf8_lower(pc.replace_substring_regex(plain, ":.*$", ""))
    digest = pc.match_substring_regex(plain, "^(?:sha256|sha512|[0-9a-f]{12,}|)$")
    return pc.if_else(digest, pa.scalar(None, pa.string()), plain).take(coded.indices)


def _stem(names: pa.Array) -> pa.Array:
    """A name without its numbers and random parts."""
    return pc.replace_substring_regex(
        pc.utf8_slice_codeunits(names, 0, 200), f"{_NUMBER}(?:[-_.]?{_NUMBER})*", "#")


def _plain(texts: pa.Array) -> pa.Array:
    return texts


def _array(texts: pd.Series) -> pa.Array:
    made = pa.array(texts, type=pa.string(), from_pandas=True)
    return made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made


def _series(texts: pa.Array) -> pd.Series:
    return pd.Series(texts, dtype="string[pyarrow]")


_WAYS: Mapping[str, tuple[str, Callable[[pa.Array], pa.Array]]] = {
    "software": ("software", _plain), "image": ("image_ref", _image),
    "controller": ("controller_name", _stem), "name": ("name", _stem),
    "workload": ("workload", _plain),
}
"""What an identity may be known by, the best first: a column, and what counts of its texts."""
