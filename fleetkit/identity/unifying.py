"""unify: one entity per real thing, each merge a link with its evidence; separate undoes it."""

from collections.abc import Iterable

import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.identity.agreement import disagreements
from fleetkit.identity.clusters import Clusters, Doubt, Merge
from fleetkit.identity.entities import entities_of
from fleetkit.identity.merging import merged
from fleetkit.schema import Row, Table
from fleetkit.tables import IMAGES, LINKS, PROBLEMS, WORKLOADS

BY = "unify"
# who is believed first about a machine: what runs it, what schedules on it, what watches it
_BELIEVED = (
    "aws", "gcp", "openstack", "vsphere", "rvtools", "docker", "oci", "kubernetes", "nomad",
    "mesos", "consul", "sbom", "packer", "terraform",
)
_SURE = 0.95
_OWN_NAME = "image by the id of its source"

Pair = tuple[str, str]


def unify(fleet: Fleet, *, window: str = "1D", apart: Iterable[Pair] = ()) -> Fleet:
    """The fleet with `entities`: one row per real machine or container, by whatever names.

    `workloads` keeps a row per source. Each merge is a row of `links` (*same_as*, with evidence
    and confidence), each disagreement a row of `problems` with both values. Workloads that name
    an image by another of its digests point at the image that is known in full. `separate`
    undoes all of it.

    Args:
        fleet: any fleet; what an earlier call made is made anew.
        window: how far apart in time one address and host name may be seen to be one machine's.
        apart: pairs of ids that are never merged; rows of `links` with the relation
            *distinct_from* say the same, so that a file under version control can.
    """
    plain = separate(fleet)
    pairs = [*apart, *_told(plain, "distinct_from")]
    span = pd.Timedelta(window)
    things, machine_links, met = _entities(plain, pairs, span)
    homes, image_links, more = _images(plain, pairs, span)
    workloads, moved = _repointed(plain.workloads, homes)
    links = pd.concat([plain.links, LINKS.frame([*machine_links, *image_links, *moved])])
    return plain.with_tables(
        workloads=workloads, links=links, entities=things, problems=PROBLEMS.frame([*met, *more])
    )


def separate(fleet: Fleet) -> Fleet:
    """The fleet as its sources told it: what `unify` merged is apart again."""
    ours = (fleet.links["source"] == BY).fillna(False)
    moved = fleet.links[ours & (fleet.links["relation"] == "uses_image")]
    workloads = fleet.workloads
    own = workloads["workload_id"].map(dict(zip(moved["from_id"], moved["to_id"], strict=True)))
    workloads["image_id"] = own.astype(workloads["image_id"].dtype).fillna(workloads["image_id"])
    apart = fleet.with_tables(workloads=workloads, links=fleet.links[~ours])
    return apart.without("entities")


def _entities(
    fleet: Fleet, apart: list[Pair], window: pd.Timedelta
) -> tuple[pd.DataFrame, list[Row], list[Row]]:
    rows = _believed(fleet.workloads)
    clusters, merges, doubts = _merged(WORKLOADS, rows, fleet, apart, window)
    number = pd.Series(range(len(rows)), dtype="int64")
    leader = number.groupby(number.map(clusters.root)).transform("min")
    weakest: dict[int, float] = {}
    for merge in merges:
        root = int(leader[merge.row])
        weakest[root] = min(merge.rule.confidence, weakest.get(root, 1.0))
    problems = [*disagreements(rows, leader), *_doubtful(rows, doubts, "workload_id")]
    return entities_of(rows, leader, weakest), _links(rows, merges, "workload_id"), problems


def _images(
    fleet: Fleet, apart: list[Pair], window: pd.Timedelta
) -> tuple[dict[str, str], list[Row], list[Row]]:
    """Of images known by a reference only, the id of the image itself."""
    rows = _believed(fleet.images)
    known = rows.sort_values("is_stub", kind="stable", na_position="first", ignore_index=True)
    _, merges, doubts = _merged(IMAGES, known, fleet, apart, window)
    names, stubs = known["image_id"].tolist(), known["is_stub"].fillna(False).tolist()
    homes = {
        names[merge.row]: names[merge.into] for merge in merges
        if merge.rule.confidence >= _SURE and stubs[merge.row] and not stubs[merge.into]
    }
    return homes, _links(known, merges, "image_id"), _doubtful(known, doubts, "image_id")


def _merged(
    table: Table, rows: pd.DataFrame, fleet: Fleet, apart: list[Pair], window: pd.Timedelta
) -> tuple[Clusters, list[Merge], list[Doubt]]:
    ids = rows[table.key[0]]
    number = dict(zip(ids, range(len(ids)), strict=True))
    told = [
        (number[one], f"told/{count}")
        for count, pair in enumerate(_told(fleet, "same_as")) if number.keys() >= set(pair)
        for one in pair
    ]
    kept: dict[int, set[int]] = {}
    for one, other in apart:
        if one in number and other in number:
            kept.setdefault(number[one], set()).add(number[other])
            kept.setdefault(number[other], set()).add(number[one])
    return merged(table, rows, pd.DataFrame(told, columns=["row", "token"]), kept, window)


def _told(fleet: Fleet, relation: str) -> list[Pair]:
    links = fleet.links[fleet.links["relation"] == relation]
    return list(zip(links["from_id"], links["to_id"], strict=True))


def _believed(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows numbered in the order in which they are believed; of unknown sources last."""
    places = {source: place for place, source in enumerate(_BELIEVED)}
    rank = rows["source"].map(places).fillna(len(places)).astype("int64")
    return rows.iloc[rank.argsort(kind="stable")].reset_index(drop=True)


def _repointed(
    workloads: pd.DataFrame, homes: dict[str, str]
) -> tuple[pd.DataFrame, list[Row]]:
    """Workloads that point at the image that is known in full, and what they pointed at before."""
    stray = workloads["image_id"].isin(list(homes))
    before = workloads.loc[stray, "image_id"]
    links: list[Row] = [
        {"from_id": workload, "to_id": image, "relation": "uses_image", "evidence": _OWN_NAME,
         "confidence": 1.0, "source": BY}
        for workload, image in zip(workloads.loc[stray, "workload_id"], before, strict=True)
    ]
    moved = before.map(homes).astype(workloads["image_id"].dtype)
    workloads = workloads.assign(image_id=workloads["image_id"].mask(stray, moved))
    return workloads, links


def _links(rows: pd.DataFrame, merges: list[Merge], key: str) -> list[Row]:
    ids = rows[key].tolist()
    return [
        {"from_id": ids[merge.row], "to_id": ids[merge.into], "relation": "same_as",
         "evidence": merge.rule.evidence, "confidence": merge.rule.confidence, "source": BY}
        for merge in merges
    ]


def _doubtful(rows: pd.DataFrame, doubts: list[Doubt], key: str) -> list[Row]:
    ids = rows[key].tolist()
    return [
        {"code": "look_alikes", "phase": "unify", "severity": "info",
         "subject_id": ids[doubt.rows[0]],
         "message": f"rows share the {doubt.rule.evidence} and are kept apart: {doubt.reason}",
         "detail": ", ".join(ids[row] for row in doubt.rows[:10])[:2_000],
         "hint": "if they are one, a row of links with the relation same_as says so"}
        for doubt in doubts
    ]
