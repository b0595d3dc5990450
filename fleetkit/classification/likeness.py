"""Who is like whom: software that workloads share, and workloads that are one thing.

An identity is the software of the catalogue; where that is unknown the image without registry, tag
and digest, else the name of the controller, else the name without its numbers. A thing is what
one answer speaks of: all workloads of one identity under one controller, or one workload alone.
"""

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fleetkit.tables import WORKLOADS

SORTS = ("software", "image", "controller", "name", "workload")
"""What an identity may be known by, the best first."""
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
        `sort` is one of `SORTS`, `identity` a name within it; `controller` is NA where there is
        none; `thing` is a text that is equal for what one answer speaks of.
    """
    about = _about(labels["workload_id"], workloads)
    ways = {
        "software": labels["software"].array, "image": _image(about["image_ref"]),
        "controller": _stem(about["controller_name"]), "name": _stem(about["name"]),
        "workload": labels["workload_id"].array,
    }
    found = pd.DataFrame({"workload_id": labels["workload_id"].array, "sort": SORTS[-1],
                          "identity": labels["workload_id"].array})
    for sort in reversed(SORTS[:-1]):
        named = pd.Series(ways[sort]).notna()
        found["sort"] = found["sort"].mask(named, sort)
        found["identity"] = found["identity"].mask(named, pd.Series(ways[sort]))
    loose = about["controller_kind"].isin(_LOOSE) | about["controller_name"].isna()
    controller = _together(*[about[name].fillna("") for name in _SCOPE], about["controller_name"])
    controller = controller.mask(loose)
    thing = _together(controller, found["sort"], found["identity"])
    return found.assign(controller=controller, thing=thing.fillna(found["workload_id"]))


def _about(ids: pd.Series, workloads: pd.DataFrame | None) -> pd.DataFrame:
    """The columns that likeness stands on, in the order of the ids; all text."""
    given = WORKLOADS.empty() if workloads is None else workloads.dropna(subset=["workload_id"])
    known = [name for name in _READ if name in given]
    place = pc.index_in(_array(ids), value_set=_array(given["workload_id"]))
    found = {name: _series(_array(given[name]).take(place)) for name in known}
    nothing = _series(pa.nulls(len(ids), pa.string()))
    return pd.DataFrame({name: found.get(name, nothing) for name in _READ})


def _image(references: pd.Series) -> pd.Series:
    """The last part of an image reference; NA for one that is a digest only."""
    coded = _array(references).dictionary_encode()
    plain = pc.replace_substring_regex(coded.dictionary, "@.*$", "")
    plain = pc.replace_substring_regex(plain, "^.*/", "")
    plain = pc.utf8_lower(pc.replace_substring_regex(plain, ":.*$", ""))
    digest = pc.match_substring_regex(plain, "^(?:sha256|sha512|[0-9a-f]{12,}|)$")
    kept = pc.if_else(digest, pa.scalar(None, pa.string()), plain)
    return _series(kept.take(coded.indices))


def _stem(names: pd.Series) -> pd.Series:
    """A name without its numbers and random parts."""
    stem = pc.replace_substring_regex(
        pc.utf8_slice_codeunits(_array(names), 0, 200),
        f"{_NUMBER}(?:[-_.]?{_NUMBER})*", "#")
    return _series(stem)


def _together(*texts: pd.Series) -> pd.Series:
    """One text of several; NA where one of them is."""
    return _series(pc.binary_join_element_wise(*[_array(text) for text in texts], "|"))


def _array(texts: pd.Series) -> pa.Array:
    made = pa.array(texts, type=pa.string(), from_pandas=True)
    return made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made


def _series(texts: pa.Array) -> pd.Series:
    return pd.Series(texts, dtype="string[pyarrow]")
