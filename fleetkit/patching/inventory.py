"""Inventory: what is installed where, each distinct build once.

Judging a build is the costly part, and a fleet repeats the same few builds a thousand times. So
builds are judged once; whole numbers lead from subjects to builds and back.
"""

from typing import NamedTuple, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa

from fleetkit.patching.ecosystems import SPELLED_FREELY, locate, name_kind, plain_name
from fleetkit.patching.lending import lend_sources
from fleetkit.patching.signing import tracked_sources
from fleetkit.versions import text_keys

Frame = TypeVar("Frame", pd.DataFrame, pd.Series)
Numbers = np.ndarray | pd.Series
_TEXT = pd.StringDtype("pyarrow", na_value=pd.NA)
_SOURCE = ["ecosystem", "release", "source_name", "source_version"]
_THING = ["base", "place", "name_kind", "name", "version", "module"]


class Inventory(NamedTuple):
    """Whole numbers between the frames are row numbers.

    Attributes:
        sources: one row per ecosystem, release, source package and version, sorted; `base` and
            `place` are ecosystem and release as records spell them, `module` the rpm module's
            stream, `family_id` all versions of one source package in one release and module,
            `key` the version's key, `rank` its order.
        things: one row per name and version that records may speak of: source packages, or binary
            packages where the ecosystem's records name those.
        holdings: one row per subject and source, sorted; `subject`, `source_id`, `package_names`.
        installed: `holding_id, thing_id`, distinct.
        subjects: ids of the subjects, sorted.
        nameless: rows without subject or name; they cannot be judged.
    """

    sources: pd.DataFrame
    things: pd.DataFrame
    holdings: pd.DataFrame
    installed: pd.DataFrame
    subjects: pd.Series
    nameless: int


def pick(frame: Frame, numbers: Numbers) -> Frame:
    """The rows of the given numbers, in their order, numbered anew."""
    taken: Frame = frame.take(np.asarray(numbers, dtype=np.int64)).reset_index(drop=True)
    return taken


def take_inventory(packages: pd.DataFrame) -> Inventory:
    """The inventory of the `packages` table; a source that nobody knows is the package itself."""
    rows = _filled(packages)
    source_id, sources = _numbered(rows, _SOURCE)
    subject, subjects = _numbered(rows, ["subject_id"])
    sources = _ranked(sources.assign(module=_highest(rows["module"], source_id, len(sources))))
    holding_id, holdings = _numbered(
        pd.DataFrame({"subject": subject, "source_id": source_id}), ["subject", "source_id"]
    )
    holdings["package_names"] = _names(rows["name"], holding_id, len(holdings))
    things, installed = _things(rows, sources, source_id, holding_id)
    return Inventory(
        sources, things, holdings, installed, subjects["subject_id"], len(packages) - len(rows)
    )


def _filled(packages: pd.DataFrame) -> pd.DataFrame:
    name = packages["name"].fillna(packages["source_name"])
    version = packages["version"].fillna(packages["source_version"])
    rows = packages[["subject_id", "ecosystem", "release"]].assign(
        name=name, version=version, module=_module(packages["module"], version),
        source_name=packages["source_name"], source_version=packages["source_version"],
    )
    return lend_sources(rows[rows["subject_id"].notna() & name.notna()].reset_index(drop=True))


def _numbered(frame: pd.DataFrame, columns: list[str]) -> tuple[np.ndarray, pd.DataFrame]:
    """The number of each row's distinct cells, in sorted order, and the distinct rows."""
    code = np.zeros(len(frame), dtype=np.int64)
    for column in columns:
        part, values = pd.factorize(frame[column], sort=True)
        code = code * (len(values) + 1) + part + 1  # a missing cell is 0 and sorts first
        code = pd.factorize(code, sort=True)[0]
    first = np.full(int(code.max(initial=-1)) + 1, 0)
    first[code[::-1]] = np.arange(len(code))[::-1]
    return code, pick(frame[columns], first)


def _places(sources: pd.DataFrame) -> pd.DataFrame:
    """Ecosystem and release as records spell them, and what their names are."""
    number, distinct = _numbered(sources, ["ecosystem", "release"])
    found = [
        locate(ecosystem if pd.isna(release) else f"{ecosystem}:{release}")
        for ecosystem, release in zip(
            distinct["ecosystem"].fillna(""), distinct["release"], strict=True
        )
    ]
    spelled = pd.DataFrame({
        "base": pd.Series([place.ecosystem for place in found], dtype=_TEXT),
        "place": pd.Series([place.release for place in found], dtype=_TEXT),
        "name_kind": pd.Series([name_kind(place.ecosystem) for place in found], dtype=_TEXT),
    })
    return pick(spelled, number)


def _ranked(sources: pd.DataFrame) -> pd.DataFrame:
    placed = pd.concat([sources, _places(sources)], axis=1)
    family, _ = _numbered(placed, ["base", "place", "source_name", "module"])
    keyed = _keyed(placed, "source_version")
    ranks, _ = pd.factorize(keyed["key"], sort=True)
    rank = pd.Series(ranks, dtype="Int64").mask(ranks < 0)
    return keyed.assign(source_id=np.arange(len(sources)), family_id=family, rank=rank)


def _keyed(frame: pd.DataFrame, version: str) -> pd.DataFrame:
    """The frame with the key of each version; NA where no rule orders it."""
    parts = [
        text_keys(str(base), group[version]) for base, group in frame.groupby("base", dropna=False)
    ]
    key = pd.concat(parts) if parts else pd.Series([], dtype=_TEXT)
    return frame.assign(key=key.astype(_TEXT))


def _names(names: pd.Series, holding_id: np.ndarray, count: int) -> pd.Series:
    """The binary packages of each holding, sorted."""
    codes, values = pd.factorize(names, sort=True)
    distinct = np.sort(pd.unique(holding_id * len(values) + codes))
    offsets = np.searchsorted(distinct, np.arange(count + 1) * len(values))
    lists = pa.ListArray.from_arrays(
        pa.array(offsets, type=pa.int32()),
        pa.array(values.tolist(), type=pa.string()).take(pa.array(distinct % max(len(values), 1))),
    )
    return pd.Series(pd.arrays.ArrowExtensionArray(lists))


def _things(
    rows: pd.DataFrame, sources: pd.DataFrame, source_id: np.ndarray, holding_id: np.ndarray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What records may speak of, and who has it: each package's source, itself, or both.

    The things of sources come first and bear the sources' numbers.
    """
    kind = sources["name_kind"]
    spoken = _tracked(sources.assign(name=_plain(sources), version=sources["source_version"]))
    by_source = (kind != "binary").to_numpy(dtype=bool)[source_id]
    by_name = (kind != "source").to_numpy(dtype=bool)[source_id]
    places = pick(sources[["base", "place", "name_kind"]], source_id[by_name])
    named_id, named = _numbered(
        pd.concat([places, rows[by_name].reset_index(drop=True)], axis=1), _THING
    )
    pairs = pd.DataFrame({
        "holding_id": np.concatenate([holding_id[by_source], holding_id[by_name]]),
        "thing_id": np.concatenate([source_id[by_source], named_id + len(sources)]),
    })
    things = pd.concat([spoken[[*_THING, "key"]], _keyed(named, "version")], ignore_index=True)
    return things, pairs.drop_duplicates(ignore_index=True)


def _tracked(sources: pd.DataFrame) -> pd.DataFrame:
    """The sources with name, version and key of what records mean by a signed one."""
    found = tracked_sources(sources)
    if not len(found):
        return sources
    meant = _keyed(found.assign(base=sources["base"][found.index]), "version")
    tracked = sources.copy()
    tracked.loc[found.index, ["name", "version", "key"]] = meant[["name", "version", "key"]]
    return tracked


def _plain(sources: pd.DataFrame) -> pd.Series:
    """Names as records spell them."""
    names = sources["source_name"]
    free = sources["base"].isin(SPELLED_FREELY)
    plain = [
        plain_name(base, name)
        for base, name in zip(sources["base"][free], names[free], strict=True)
    ]
    return names.mask(free, pd.Series(plain, index=names.index[free], dtype=_TEXT))


def _highest(module: pd.Series, source_id: np.ndarray, count: int) -> pd.Series:
    """The module of each source; of several the one that says most."""
    codes, modules = pd.factorize(module, sort=True)
    highest = np.zeros(count, dtype=np.int64)
    np.maximum.at(highest, source_id, codes)
    return pick(pd.Series(modules, dtype=_TEXT), highest)


def _module(label: pd.Series, version: pd.Series) -> pd.Series:
    """`nodejs:12` of a module's label; * where only the version tells of a module; else empty."""
    stream = label.str.extract(r"^([^:]+:[^:]+)", expand=False)
    some = version.str.contains(".module", regex=False).fillna(value=False)
    return stream.fillna(pd.Series("", index=label.index, dtype=_TEXT).mask(some, "*"))
