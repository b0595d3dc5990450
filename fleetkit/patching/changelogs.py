"""Changelogs as a feed: what newer builds say that they mended, held to older builds.

An entry of version V that names a flaw says that builds of that source package below V have it, in
the same release of the same system. That needs no advisory and no network, and holds for packages
of one's own. Its limits:

- since which version the flaw is there is unknown, so `introduced` is; all builds below V count.
- the lowest version that names a flaw as fixed counts, unless a later entry says that this was not
  enough or was taken back; where one release has several branches, the lower branch decides.
- a newest build is not proved clean, for flaws found later are in no changelog: changelogs never
  make a release covered, and never overrule a record of a feed about the same flaw and package.
- it is as trustworthy as the image that it was seen in, which the finding names.
"""

import numpy as np
import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.patching.ecosystems import locate, name_kind, plain_name
from fleetkit.patching.exploitation import flaw_names
from fleetkit.patching.intervals import INTERVALS
from fleetkit.patching.inventory import Inventory, pick
from fleetkit.patching.mending import FLAW, order_entries, stretches
from fleetkit.patching.signing import signed_source
from fleetkit.patching.sweep import TOP
from fleetkit.plugins import Problem
from fleetkit.versions import text_keys

_TOLD = "told"
_COUNTED = ("fixed", "completed", "undone")
_WRITTEN = ["ecosystem", "release", "source_name"]
_BUILD = [*_WRITTEN, "source_version"]
_FAMILY = ["base", "place", "name"]
_TEXT = pd.StringDtype("pyarrow", na_value=pd.NA)


def add_changelogs(
    spoken: pd.DataFrame, fleet: Fleet, inventory: Inventory
) -> tuple[pd.DataFrame, list[Problem]]:
    """The intervals of feeds, and behind them those that only changelogs tell of.

    Args:
        spoken: what the records of feeds say; it comes first, in its order.
        fleet: its changelogs, and the names of the images that have them.
        inventory: what is installed.

    Returns:
        Intervals; `told` is the sentence about the changelog, NA for those of feeds. And problems.
    """
    entries, problems = _entries(fleet.changelogs)
    entries = order_entries(_not_spoken(_useful(entries, inventory), spoken))
    found = _named(_intervals(entries), inventory)
    if found.empty:
        return spoken, problems
    told = INTERVALS.cast(found.assign(told=_told(found, fleet.images, inventory)))
    plain = spoken.assign(told=pd.Series(pd.NA, index=spoken.index, dtype=_TEXT))
    return pd.concat([plain, told[plain.columns]], ignore_index=True), problems


def told_by_changelogs(intervals: pd.DataFrame) -> pd.Series:
    """The sentence about the changelog that tells of each interval; NA for those of feeds."""
    if _TOLD in intervals:
        return intervals[_TOLD]
    return pd.Series(pd.NA, index=intervals.index, dtype=_TEXT)


def _entries(changelogs: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """Entries that say something of a flaw, with their place and keys as records spell them.

    `at` is the version at which an entry takes effect: its own, or that of the build that tells of
    it where that is lower, as a backport takes over entries of what it was made from.
    """
    rows = changelogs[changelogs["says"].isin(_COUNTED)].dropna(
        subset=["ecosystem", "source_name", "source_version", "version", "flaw"]
    )
    placed = _keyed(_placed(rows.reset_index(drop=True)))
    orderless = placed["key"].isna() | placed["build_key"].isna()
    problems = []
    if orderless.any():
        first = placed[orderless].iloc[0]
        problems.append(Problem(
            "uncomparable", "no rule orders the version of an entry of a changelog", None,
            f"{int(orderless.sum()):,} entries, as {first['version']} in {first['source_name']}"
            f" {first['source_version']}", phase="audit",
        ))
    kept = placed[~orderless].reset_index(drop=True)
    newer = kept["key"] > kept["build_key"]
    return kept.assign(
        at=kept["at"].mask(newer, kept["build_at"]),
        key=kept["key"].mask(newer, kept["build_key"]),
    ), problems


def _placed(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with `base`, `place` and `name` as records spell them, `at` and `build_at`."""
    distinct = rows[_WRITTEN].drop_duplicates(ignore_index=True)
    written = distinct.astype(object).where(distinct.notna(), None)
    places = [locate(ecosystem if release is None else f"{ecosystem}:{release}")
              for ecosystem, release in zip(written["ecosystem"], written["release"], strict=True)]
    spelled = distinct.assign(
        base=pd.Series([place.ecosystem for place in places], dtype=_TEXT),
        place=pd.Series([place.release for place in places], dtype=_TEXT),
        name=pd.Series([plain_name(place.ecosystem, name) for place, name in zip(
            places, written["source_name"], strict=True)], dtype=_TEXT),
    )
    placed = rows.merge(spelled, on=_WRITTEN, how="left").assign(
        at=rows["version"], build_at=rows["source_version"])
    signed = placed[placed["source_name"].str.contains("signed", regex=False)]
    for row, base, name, entry, build in zip(
        signed.index, signed["base"], signed["source_name"], signed["version"],
        signed["source_version"], strict=True,
    ):
        meant, of_build = signed_source(base, name, entry), signed_source(base, name, build)
        if meant and of_build:
            placed.loc[row, ["name", "at", "build_at"]] = [*meant, of_build[1]]
    return placed


def _keyed(placed: pd.DataFrame) -> pd.DataFrame:
    """The rows with the keys of `at` and `build_at`."""
    keys = {"key": "at", "build_key": "build_at"}
    parts = [
        part.assign(**{key: text_keys(str(base), part[version]) for key, version in keys.items()})
        for base, part in placed.groupby("base", sort=False)
    ]
    return pd.concat(parts).sort_index() if parts else placed.assign(
        **dict.fromkeys(keys, pd.Series([], dtype=_TEXT)))


def _useful(entries: pd.DataFrame, inventory: Inventory) -> pd.DataFrame:
    """Entries about flaws that an installed build may have, by age alone."""
    held = inventory.things.head(len(inventory.sources))  # those of sources come first
    oldest = held.dropna(subset="key").sort_values("key").drop_duplicates(_FAMILY)
    found = entries.merge(
        oldest[["base", "place", "name", "key"]].rename(columns={"key": "oldest"}), on=_FAMILY
    )
    late = (found["key"] > found["oldest"]) | found["says"].eq("undone")
    return found[
        late.fillna(value=False).astype(bool).groupby(
            [found[name] for name in FLAW], dropna=False).transform("any")
    ].reset_index(drop=True)


def _not_spoken(entries: pd.DataFrame, spoken: pd.DataFrame) -> pd.DataFrame:
    """Entries about flaws that no record of a feed speaks of, for the package and release."""
    records = spoken[spoken["package"].isin(set(entries["name"]))].reset_index(drop=True)
    if records.empty:
        return entries
    named = flaw_names(records)
    rows = records.iloc[named["number"].to_numpy()]
    said = set(zip(rows["ecosystem"], rows["release"].fillna(""), rows["package"], named["name"],
                   strict=True))
    asked = list(zip(*(entries[name].fillna("") for name in FLAW), strict=True))
    is_said = np.array([
        one in said or (one[0], "", *one[2:]) in said for one in asked
    ], dtype=bool)
    return entries[~is_said].reset_index(drop=True)


def _intervals(entries: pd.DataFrame) -> pd.DataFrame:
    """The columns of intervals that entries tell, beside those of the entry that is quoted."""
    turns = stretches(entries)
    begins, ends = turns["begin"].to_numpy(), turns["end"].to_numpy()
    quoted = pick(entries, np.where(ends < 0, begins, ends))
    is_open, is_whole = ends < 0, begins < 0
    begun = pick(entries[["key", "at"]], np.where(is_whole, ends, begins))
    return quoted.assign(
        osv_id=quoted["flaw"], group_id=quoted["flaw"], ecosystem_written=quoted["ecosystem"],
        release_written=quoted["release"], ecosystem=quoted["base"], release=quoted["place"],
        package=quoted["name"], module="",
        name_kind=quoted["base"].map(name_kind).astype(_TEXT),
        lo=begun["key"].mask(is_whole, ""), introduced=begun["at"].mask(is_whole, pd.NA),
        hi=quoted["key"].mask(is_open, TOP), fixed_version=quoted["at"].mask(is_open, pd.NA),
        hi_kind=pd.Series(np.where(is_open, "open", "fixed"), dtype=_TEXT),
        aliases=pd.Series([[]] * len(quoted), dtype=object), published=quoted["changed_at"],
        where="the changelog of " + quoted["source_name"] + " " + quoted["source_version"],
    )


def _named(found: pd.DataFrame, inventory: Inventory) -> pd.DataFrame:
    """The intervals by the names that records have: where those of binaries, one for each.

    A binary package with a version other than its source's cannot be held to its changelog.
    """
    is_binary = found["name_kind"].eq("binary").to_numpy(dtype=bool)
    if not is_binary.any():
        return found
    sources, things = inventory.sources, inventory.things
    wanted = sources["source_name"].isin(set(found["source_name"][is_binary])).to_numpy(dtype=bool)
    holder = inventory.holdings["source_id"].to_numpy()[inventory.installed["holding_id"]]
    pairs = pd.DataFrame({"source": holder, "thing": inventory.installed["thing_id"]})
    pairs = pairs[wanted[holder]].drop_duplicates()
    source, thing = pick(sources, pairs["source"]), pick(things, pairs["thing"])
    built = source[["base", "place", "source_name"]].assign(binary=thing["name"])
    same = thing["version"].eq(source["source_version"]).fillna(value=False).to_numpy(dtype=bool)
    named = found[is_binary].merge(
        built[same].drop_duplicates(), on=["base", "place", "source_name"])
    return pd.concat(
        [found[~is_binary], named.assign(package=named["binary"])], ignore_index=True)


def _told(found: pd.DataFrame, images: pd.DataFrame, inventory: Inventory) -> pd.Series:
    """What is said of each interval: whose changelog says it, where it was seen, its words."""
    written = found.assign(ecosystem=found["ecosystem_written"], release=found["release_written"])
    seen = written[_BUILD].merge(_seen(images, inventory, found), on=_BUILD, how="left")["seen"]
    seen.index = found.index
    entry = (" at " + found["version"]).mask(found["version"].eq(found["source_version"]), "")
    return (found["where"] + (", seen in " + seen).fillna("") + ", says" + entry + ": '"
            + found["line"].fillna("") + "'").astype(_TEXT)


def _seen(images: pd.DataFrame, inventory: Inventory, found: pd.DataFrame) -> pd.DataFrame:
    """For each source build of the intervals the first subject that has it, by its name."""
    sources = inventory.sources
    wanted = sources["source_name"].isin(set(found["source_name"])).to_numpy(dtype=bool)
    holdings = inventory.holdings  # sorted by subject
    first = holdings[wanted[holdings["source_id"]]].drop_duplicates("source_id")
    subjects = pick(inventory.subjects, first["subject"])
    names = images.set_index("image_id")["name"].dropna()
    return pick(sources[_BUILD], first["source_id"]).assign(
        seen=subjects.map(names).astype(_TEXT).fillna(subjects))
