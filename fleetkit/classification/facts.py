"""The facts: one row per workload with all that signals may ask for, from the loaded tables."""

from collections.abc import Mapping
from typing import Any

import narwhals as nw

from fleetkit.classification.drift import drift_facts
from fleetkit.classification.engines import (
    Frame,
    exploded,
    nothing,
    opened,
    settled,
    widened,
    with_nulls,
)
from fleetkit.classification.groups import group_facts, with_groups
from fleetkit.classification.identification import identified, setting_facts
from fleetkit.classification.storage import declared_facts, storage_facts
from fleetkit.classification.surroundings import (
    caller_facts,
    guest_facts,
    port_facts,
    store_facts,
    variable_facts,
)
from fleetkit.classification.tags import nonproduction, tag_facts
from fleetkit.schema import Kind
from fleetkit.tables import IMAGES, LINEAGE, LINKS, MOUNTS, PACKAGES, WORKLOADS

FACTS: Mapping[str, str] = {
    "workload_id": "key of workloads",
    "kind": "vm, container or task",
    "state": "what it does now",
    "software": "identity in the catalogue",
    "role": "what that software does",
    "state_class": "stateful, stateless or depends",
    "herd": "peer, quorum, primary_replica, pair, single, herd or per_node",
    "state_path": "where that software keeps its data",
    "identity_weight": "how sure the identity is, 0 to 1",
    "identity_seen": "what named it, as image postgres:16",
    "setting_for": "configuration seen that keeps state here",
    "setting_against": "configuration seen that keeps state elsewhere",
    "settings_known": "mounts, variables and command are all known",
    "mounts_known": "all mounts are known",
    "claim_mounts": "claims mounted", "claim_text": "one of them",
    "template_mounts": "volumes that each replica owns", "template_text": "one of them",
    "volume_mounts": "named volumes, writable", "volume_text": "one of them",
    "bind_mounts": "host paths at data-like targets, writable", "bind_text": "one of them",
    "network_mounts": "network file systems, writable", "network_text": "one of them",
    "anonymous_mounts": "anonymous volumes", "anonymous_text": "the path of one",
    "config_mounts": "mounts that look like configuration",
    "memory_mounts": "memory-backed mounts",
    "other_mounts": "mounts of no other sort",
    "durable_mounts": "claims, volumes, data-like binds and network file systems",
    "data_disk_bytes": "data on disks other than the system's",
    "shared_disks": "raw or shared disks",
    "declared_count": "paths that the image declares as data", "declared_text": "one of them",
    "bare_count": "declared paths with nothing mounted", "bare_text": "one of them",
    "written_bytes": "written into the container's own layer",
    "read_only_root": "cannot write to its root file system",
    "controller_kind": "what would replace it", "controller_name": "its controller",
    "group_size": "members of its group, itself included",
    "group_wanted": "replicas wanted, or seen if more",
    "group_running": "members that run",
    "zone_members": "members in its zone", "zone": "its failure domain",
    "same_image": "members of its group on the identical image",
    "fleet_same_image": "workloads anywhere on the identical image",
    "name": "its name", "name_stem": "its name without numbers",
    "name_siblings": "workloads whose names differ in numbers only, itself included",
    "image_published": "its image has a digest in a registry",
    "image_traced": "its image has a parent or a child in the fleet; NA before trace",
    "drift": "packages that differ from most siblings",
    "port_count": "ports that it listens on", "http_ports": "those that are HTTP by habit",
    "data_port": "a port that databases use, with one that does",
    "env_known": "names of its variables are known",
    "password_name": "variable that holds a password",
    "store_name": "variable that points to a store elsewhere",
    "callers": "workloads that call it or depend on it",
    "store_called": "stateful software that it calls",
    "guests": "workloads that run on it",
    "guests_with_data": "those that keep data on its disks", "guest_data": "one such place",
    "health_check": "command, http or tcp", "health": "answer of the check",
    "restart_count": "restarts by its policy", "restart_policy": "what happens when it ends",
    "uptime_days": "days since the last start, if it runs",
    "stop_grace_seconds": "time that it may take to stop",
    "environment": "as tagged", "nonproduction": "the environment is not production",
    "ephemeral": "removed when it stops", "protected": "protected against termination",
    "tags_known": "its tags are known",
    "tag_stateful": "tag that says it keeps state", "tag_stateless": "tag that says it does not",
    "tag_keep": "tag against eviction", "tag_evict": "tag for eviction",
    "tag_leader": "tag that names it a leader", "tag_backup": "its backup plan",
    "tag_license": "its licence is bound", "tag_managed": "its configuration manager",
    "tag_sticky": "clients are pinned to it", "tag_nonprod": "environment by tag",
}
"""Columns of the facts and what they mean; all are null where unknown."""

_WORKLOAD_COLUMNS = (
    "workload_id", "kind", "name", "state", "health", "health_check", "written_bytes", "image_ref",
    "image_id", "command", "started_at", "observed_at", "restart_count", "restart_policy",
    "stop_grace_seconds", "controller_kind", "controller_name", "replicas", "host_id", "zone",
    "environment", "read_only_root", "ephemeral", "protected", "ports", "env_names", "tags",
    "source", "account", "region",
)
_IMAGE_COLUMNS = ("image_id", "name", "digests", "is_stub", "declared_volumes")
_MOUNT_COLUMNS = (
    "workload_id", "kind", "source_path", "target_path", "volume_id", "read_only", "size_bytes",
    "used_bytes", "is_root", "shared", "declared_by_image",
)
_LATE: Mapping[str, Kind] = {"drift": "integer", "image_traced": "boolean"}


def gather(tables: Mapping[str, Any]) -> Frame:
    """One row per workload, hosts apart, with the columns of `FACTS`, on the engine of the tables.

    Args:
        tables: native frames by table name; `workloads` at least, with any subset of columns and
            one row per id.
    """
    plain = opened(tables["workloads"], WORKLOADS, _WORKLOAD_COLUMNS)
    carries_others = nw.col("kind").fill_null("") == "host"  # hardware is neither pet nor cattle
    plain = _with_uptime(plain.drop_nulls("workload_id").filter(~carries_others))
    ports = exploded(plain, "workload_id", "ports")
    variables = exploded(plain, "workload_id", "env_names")
    plain = plain.with_columns(env_known=~nw.col("env_names").is_null()).drop("ports", "env_names")
    images = _table(tables, plain, IMAGES, _IMAGE_COLUMNS)
    links = _table(tables, plain, LINKS, ("from_id", "to_id", "relation"))
    mounts = _table(tables, plain, MOUNTS, _MOUNT_COLUMNS)
    workloads = settled(identified(_with_image(with_groups(plain), images)))
    storage = storage_facts(workloads, mounts)
    stored = settled(storage.facts)
    parts = [
        stored, group_facts(workloads), setting_facts(workloads, storage.kept, variables),
        declared_facts(workloads, images, mounts), caller_facts(links),
        store_facts(links, workloads), guest_facts(workloads, links, stored),
        port_facts(ports), variable_facts(variables),
        *_optional(tables, workloads),
    ]
    facts = workloads
    for part in parts:
        facts = widened(facts, part, "workload_id")
    facts = widened(facts, tag_facts(workloads), "tags")
    return settled(_completed(facts))


def _table(tables: Mapping[str, Any], like: Frame, declared: Any, wanted: Any) -> Frame:
    native = tables.get(declared.name)
    return nothing(like, declared, wanted) if native is None else opened(native, declared, wanted)


def _with_uptime(workloads: Frame) -> Frame:
    """Minutes between the last start and the moment of reading, in place of both."""
    schema = workloads.collect_schema()
    if all(isinstance(schema[name], nw.Datetime) for name in ("started_at", "observed_at")):
        elapsed = (nw.col("observed_at") - nw.col("started_at")).dt.total_minutes()
        timed = workloads.with_columns(minutes=elapsed.cast(nw.Int64))
    else:
        timed = with_nulls(workloads, {"minutes": "integer"})
    return timed.drop("started_at", "observed_at")


def _with_image(workloads: Frame, images: Frame) -> Frame:
    known = ~nw.col("is_stub").fill_null(value=False)
    about = images.drop_nulls("image_id").select(
        "image_id", image_name="name",
        image_published=nw.when(known).then(nw.col("digests").list.len() > 0),
        image_read=nw.when(known).then(~nw.col("declared_volumes").is_null()),
    ).unique(subset=["image_id"], keep="any")
    return widened(workloads, about, "image_id")


def _optional(tables: Mapping[str, Any], workloads: Frame) -> list[Frame]:
    """Facts from tables that may not have been loaded or made yet."""
    parts = []
    if "packages" in tables:
        packages = opened(tables["packages"], PACKAGES, ("subject_id", "name", "version"))
        parts.append(drift_facts(workloads, packages))
    if "lineage" in tables:
        lineage = opened(tables["lineage"], LINEAGE, ("child_id", "parent_id"))
        parts.append(_traced(workloads, lineage))
    return parts


def _traced(workloads: Frame, lineage: Frame) -> Frame:
    ends = nw.concat([lineage.select(image_id="child_id"), lineage.select(image_id="parent_id")],
                     how="vertical").drop_nulls().unique().with_columns(found=nw.lit(value=True))
    known = workloads.select("workload_id", "image_id").drop_nulls()
    return widened(known, ends, "image_id").select(
        "workload_id", image_traced=nw.col("found").fill_null(value=False))


def _completed(facts: Frame) -> Frame:
    """The columns of FACTS and no others; counts that were looked for and not found are zero."""
    have = set(facts.collect_schema().names())
    filled = with_nulls(facts, {name: kind for name, kind in _LATE.items() if name not in have})
    minutes = nw.col("minutes")
    read = nw.col("image_read").fill_null(value=False)
    measured = filled.with_columns(
        declared_count=nw.when(read).then(nw.col("declared_count").fill_null(0)),
        bare_count=nw.when(read & nw.col("mounts_known")).then(nw.col("bare_count").fill_null(0)),
        uptime_days=nw.when((nw.col("state") == "running") & (minutes >= 0)).then(
            minutes // 1440).cast(nw.Int64),
        tags_known=~nw.col("tags").is_null(),
        nonproduction=nonproduction("environment"),
    )
    known = nw.col("mounts_known") & nw.col("env_known") & ~nw.col("command").is_null()
    marked = measured.with_columns(
        *[_only_true(name) for name in ("env_known", "tags_known")],
        mounts_known=nw.when(nw.col("mounts_known")).then(nw.lit(value=True)),
        settings_known=nw.when(known).then(nw.lit(value=True)),
    )
    return marked.select(*FACTS)


def _only_true(name: str) -> nw.Expr:
    """True or null: what is not known cannot be asked."""
    return nw.when(nw.col(name)).then(nw.lit(value=True)).alias(name)
