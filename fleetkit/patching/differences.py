"""Differences: packages of which the members of one group have several builds, and who leads."""

import numpy as np
import pandas as pd
import pyarrow as pa

from fleetkit.patching.groups import By
from fleetkit.patching.inventory import pick
from fleetkit.patching.lag import SOURCE_COLUMNS, lag
from fleetkit.patching.laggards import is_system
from fleetkit.patching.spreading import Spread
from fleetkit.schema import Column, Table

KINDS = ("vm_and_container", "environments", "versions_side_by_side", "releases")

DIFFERENCES = Table(
    name="differences",
    doc="one row per group and source package of which its members have several builds",
    key=("group", "ecosystem", "release", "source_name", "highest_version"),
    columns=(
        Column("group", "text", "service, or name of images; by environment the whole fleet"),
        Column("ecosystem", "text", "named as in packages; NA where members run several releases"),
        Column("release", "text", "release of the ecosystem"),
        Column("source_name", "text", "source package; NA where members run several releases"),
        Column("kind", "text", "what tells the builds apart: machines have one and containers"
               " another; each environment has one; nothing does; or members run several releases,"
               " whose versions cannot be compared", choices=KINDS),
        Column("lowest_version", "text", "oldest build; NA where no rule orders them"),
        Column("highest_version", "text", "newest build; NA where no rule orders them"),
        Column("versions", "texts", "all builds, the oldest first"),
        Column("builds_apart", "integer", "builds seen in the fleet from the oldest to the newest",
               "builds"),
        Column("members_lowest", "texts", "members with the oldest build"),
        Column("members_highest", "texts", "members with the newest build"),
        Column("environments_lowest", "texts", "environments of those with the oldest"),
        Column("environments_highest", "texts", "environments of those with the newest"),
        Column("members", "integer", "members that have the package", "members"),
        Column("unseen", "integer", "members of the group at whose packages nobody looked",
               "members"),
        Column("leading", "text", "vm, container or environment that has the newest build; NA where"
               " no side leads"),
        Column("why", "text", "the difference in a sentence"),
    ),
)
_SHOWN = 5
_TEXT = pd.StringDtype("pyarrow", na_value=pd.NA)
_SIDES = {"vm": "vm", "host": "vm", "container": "container", "task": "container"}


def list_differences(spread: Spread, by: By) -> pd.DataFrame:
    """The frame of `DIFFERENCES`, sorted; groups whose members agree have no row.

    Of a machine with several builds of one package (kernels) only the newest counts; of an
    environment only the newest that any of its workloads has.
    """
    held = _held(spread, by)
    lowest, highest = held.groupby("row")["order"].agg(["min", "max"]).to_numpy().T
    differs = held[(lowest < highest).take(held["row"])]
    number = np.cumsum(lowest < highest) - 1
    few = differs.assign(row=number.take(differs["row"])).reset_index(drop=True)
    found = pd.concat([_described(spread, few), _releases(spread, held)], ignore_index=True)
    unseen = spread.members["subject_id"].isna().groupby(spread.members["group"]).sum()
    frame = DIFFERENCES.cast(found.assign(unseen=found["group"].map(unseen).astype("Int64")))
    return frame.sort_values(list(DIFFERENCES.key), ignore_index=True)


def _held(spread: Spread, by: By) -> pd.DataFrame:
    """Member, side, environment and build of everything held; `row` numbers group and family.

    `order` is the rank of the build; below zero where no rule orders it.
    """
    sources, listed = spread.inventory.sources, spread.members
    text = pd.factorize(sources["source_version"], sort=True)[0]
    order = sources["rank"].fillna(pd.Series(-2 - text, index=sources.index)).to_numpy(np.int64)
    group = pd.factorize(listed["group"], sort=True)[0]
    by_environment = by == "environment"
    name = listed["environment" if by_environment else "member"]
    member, names = pd.factorize(name, sort=True)
    held = pd.DataFrame({
        "group": group.take(spread.member), "family": sources["family_id"].take(spread.source),
        "member": member.take(spread.member), "place": spread.member, "source": spread.source,
        "order": order.take(spread.source),
    }).reset_index(drop=True)
    if by_environment:
        held = held.sort_values("order", kind="stable").drop_duplicates(
            ["family", "member"], keep="last", ignore_index=True)
    width = int(held["family"].max()) + 1 if len(held) else 1
    held["row"] = pd.factorize(held["group"] * width + held["family"], sort=True)[0]
    held.attrs["names"] = names
    return held


def _described(spread: Spread, few: pd.DataFrame) -> pd.DataFrame:
    sources, listed = spread.inventory.sources, spread.members
    names = pd.Series(few.attrs["names"], dtype=_TEXT)
    grouped = few.groupby("row")
    low, high = grouped["order"].transform("min"), grouped["order"].transform("max")
    bottom, top = few[few["order"].eq(low)], few[few["order"].eq(high)]
    first, last = (part.drop_duplicates("row").sort_values("row")["source"].to_numpy()
                   for part in (bottom, top))
    count = len(first)
    place = few.drop_duplicates("row").sort_values("row")["place"]
    kind, leading = _kinds(few, listed, count)
    behind = lag(sources[list(SOURCE_COLUMNS)]).sort_values("source_id", ignore_index=True)
    steps = behind["builds_behind"].astype("Int64")
    ordered = grouped["order"].min().ge(0).to_numpy(dtype=bool)
    built = pick(sources, first)
    oldest, newest = (pick(sources["source_version"], which).where(ordered)
                      for which in (first, last))
    environment = listed["environment"]
    frame = pd.DataFrame({
        "group": pick(listed["group"], place), "ecosystem": built["ecosystem"],
        "release": built["release"], "source_name": built["source_name"], "kind": kind,
        "lowest_version": oldest, "highest_version": newest,
        "versions": _lists(few.assign(member=few["order"]), few["source"],
                           sources["source_version"], count),
        "builds_apart": (pick(steps, first) - pick(steps, last)).where(ordered),
        "members": grouped["member"].nunique().to_numpy(), "leading": leading.where(ordered),
    })
    for word, part in (("lowest", bottom), ("highest", top)):
        kept = part[ordered.take(part["row"])]
        frame[f"members_{word}"] = _lists(kept, kept["member"], names, count)
        told = kept[environment.notna().to_numpy().take(kept["place"])]
        code, known = pd.factorize(environment, sort=True)
        frame[f"environments_{word}"] = _lists(
            told.assign(member=code.take(told["place"])), code.take(told["place"]),
            pd.Series(known, dtype=_TEXT), count)
    counts = {name: frame[column].list.len() for name, column in
              (("few", "members_lowest"), ("many", "members_highest"))}
    return frame.assign(why=_why(frame.assign(**counts)))


def _kinds(few: pd.DataFrame, listed: pd.DataFrame, count: int) -> tuple[pd.Series, pd.Series]:
    """What tells the builds of each row apart, and the side that has the newest."""
    kind = pd.Series(KINDS[2], index=range(count), dtype=_TEXT)
    leading = pd.Series(pd.NA, index=range(count), dtype=_TEXT)
    sides = {"environments": listed["environment"],
             "vm_and_container": listed["side"].map(_SIDES)}
    for name, side in sides.items():
        code, words = pd.factorize(side, sort=True)
        told = few[["row", "order"]].assign(side=code.take(few["place"]))
        spans: pd.DataFrame = told[told["side"] >= 0].groupby(["row", "side"], as_index=False).agg(
            min=("order", "min"), max=("order", "max")
        )
        untold = told["side"].lt(0).groupby(told["row"]).any()
        plain = spans["min"].eq(spans["max"]).groupby(spans["row"]).all()
        several = spans.groupby("row")["max"].nunique().gt(1)
        splits = (plain & several).reindex(range(count), fill_value=False) & ~untold
        last = spans.sort_values("max").drop_duplicates("row", keep="last")
        ahead = last.set_index("row")["side"].reindex(range(count))
        alone = spans[spans["max"].eq(spans.groupby("row")["max"].transform("max"))]
        is_alone = alone.groupby("row").size().eq(1).reindex(range(count), fill_value=False)
        kind = kind.mask(splits, name)
        first = pick(pd.Series([*words, pd.NA], dtype=_TEXT), ahead.fillna(-1) % (len(words) + 1))
        leading = leading.mask(splits, first.where(is_alone))
    return kind, leading


def _releases(spread: Spread, held: pd.DataFrame) -> pd.DataFrame:
    """A row for each group of which members have one package in several releases."""
    sources = spread.inventory.sources
    place = sources["base"] + (" " + sources["place"]).fillna("")
    place = place + (" " + sources["module"].mask(sources["module"].eq(""))).fillna("")
    label, labels = pd.factorize(place, sort=True)
    name, names = pd.factorize(sources["source_name"], sort=True)
    whole = held.drop_duplicates("row")
    whole = whole[is_system(sources).take(whole["source"])]
    told = whole[["group"]].assign(
        name=name.take(whole["source"]), label=label.take(whole["source"])
    )
    both = told[told.groupby(["group", "name"])["label"].transform("nunique").gt(1)]
    groups = pd.factorize(spread.members["group"], sort=True)[1]
    return DIFFERENCES.frame(
        {
            "group": group, "kind": "releases",
            "why": f"members run {' and '.join(labels[np.unique(part['label'])])}, whose builds"
                   f" cannot be compared: {', '.join(names[np.unique(part['name'])[:_SHOWN]])}"
                   f" ({part['name'].nunique():,} in all)",
        }
        for group, part in both.groupby(groups.take(both["group"].to_numpy()))
    )


def _why(frame: pd.DataFrame) -> pd.Series:
    few, many, of = (
        frame[name].astype("Int64").astype(_TEXT)
        for name in ("few", "many", "members")
    )
    said = frame["source_name"] + ": " + many + " of " + of + " members have " + (
        frame["highest_version"] + ", " + few + " still " + frame["lowest_version"])
    led = said + ("; " + frame["leading"] + " leads").fillna("")
    return led.fillna(frame["source_name"] + " has versions that no rule orders")


def _lists(
    few: pd.DataFrame, codes: pd.Series | np.ndarray, texts: pd.Series, count: int
) -> pd.Series:
    """The texts with the given codes, per row distinct and in the order of `member`."""
    listed = pd.DataFrame({
        "row": few["row"].to_numpy(), "at": few["member"].to_numpy(), "code": np.asarray(codes)
    }).drop_duplicates(["row", "code"]).sort_values(["row", "at", "code"])
    offsets = np.searchsorted(listed["row"], np.arange(count + 1))
    values = pa.array(texts.tolist(), pa.string()).take(pa.array(listed["code"].to_numpy()))
    lists = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)
    return pd.Series(pd.arrays.ArrowExtensionArray(lists))
