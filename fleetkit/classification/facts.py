"""The facts: one row per workload with all that signals may ask for, from the loaded tables."""

from collections.abc import Mapping
from typing import Any

import narwhals as nw

from fleetkit.classification.bindings import BINDING_LISTS, with_bindings
from fleetkit.classification.drift import drift_facts, image_drift_facts
from fleetkit.classification.engines import (
    Frame,
    enriched,
    exploded,
    nothing,
    opened,
    settled,
    silent,
    widened,
    with_minutes,
    with_nulls,
)
from fleetkit.classification.fact_names import FACTS
from fleetkit.classification.groups import group_facts, with_groups
from fleetkit.classification.identification import identified, setting_facts
from fleetkit.classification.lives import ROLLOUT_COLUMNS, predecessor_facts, version_facts
from fleetkit.classification.managers import manager_facts
from fleetkit.classification.naming import package_names, service_names
from fleetkit.classification.pools import SERVICE_COLUMNS, placed_services, pool_facts
from fleetkit.classification.storage import declared_facts, storage_facts
from fleetkit.classification.surroundings import (
    answered,
    caller_facts,
    guest_facts,
    port_facts,
    store_facts,
    variable_facts,
)
from fleetkit.classification.tags import nonproduction, tag_facts
from fleetkit.identities.software import Catalogue
from fleetkit.schema import Kind, Table
from fleetkit.tables import (
    IMAGES,
    LINEAGE,
    LINKS,
    MOUNTS,
    PACKAGES,
    ROLLOUTS,
    SERVICES,
    WORKLOADS,
)

__all__ = ["FACTS", "READ", "gather"]

READ: Mapping[str, tuple[str, ...]] = {
    "workloads": (
        "workload_id", "kind", "name", "state", "health", "health_check", "written_bytes",
        "image_ref", "image_id", "command", "started_at", "stopped_at", "observed_at",
        "restart_count", "restart_policy", "stop_grace_seconds", "stop_hook", "controller_kind",
        "controller_name", "replicas", "min_replicas", "max_replicas", "start_order",
        "stable_name", "told_own_name", "host_id", "zone", "environment", "read_only_root",
        "ephemeral", "protected", "failover", "snapshots", "ports", "env_names", *BINDING_LISTS,
        "tags", "source", "account", "region",
    ),
    "images": ("image_id", "name", "digests", "is_stub", "declared_volumes"),
    "mounts": (
        "workload_id", "kind", "source_path", "target_path", "volume_id", "read_only",
        "size_bytes", "used_bytes", "is_root", "delete_with_workload", "shared",
        "declared_by_image",
    ),
    "links": ("from_id", "to_id", "relation"),
    "packages": ("subject_id", "name", "version"),
    "lineage": ("child_id", "parent_id"),
    "services": SERVICE_COLUMNS,
    "rollouts": ROLLOUT_COLUMNS,
}
"""Tables that facts are taken from, and the columns that are looked at."""
_LATE: Mapping[str, Kind] = {
    "drift": "integer", "image_drift": "integer", "image_traced": "boolean",
    "managing_package": "text", "packages_known": "boolean",
    "pool_size": "integer", "pool_name": "text", "headless_service": "text",
    "sticky_service": "text", "sticky_told": "boolean", "service_count": "integer",
    "ended": "integer", "ended_short": "integer", "ended_badly": "integer",
    "versions": "integer", "version_days": "integer", "version_well": "boolean",
}


def gather(tables: Mapping[str, Any], catalogue: Catalogue | None = None) -> Frame:
    """One row per workload, hosts apart, with the columns of `FACTS`, on the engine of the tables.

    Args:
        tables: native frames by table name; `workloads` at least, with any subset of columns and
            one row per id.
        catalogue: the software that is known; None is the catalogue that is shipped.
    """
    plain = opened(tables["workloads"], WORKLOADS, READ["workloads"])
    carries_others = nw.col("kind").fill_null("") == "host"  # hardware is neither pet nor cattle
    plain = _with_times(plain.drop_nulls("workload_id").filter(~carries_others))
    ports = exploded(plain, "workload_id", "ports")
    variables = exploded(plain, "workload_id", "env_names")
    plain = plain.with_columns(env_known=~nw.col("env_names").is_null()).drop("ports", "env_names")
    plain, bindings = with_bindings(plain)
    images = _table(tables, plain, IMAGES)
    links = _table(tables, plain, LINKS)
    mounts = _table(tables, plain, MOUNTS)
    placed = _placed(tables, plain, links)
    packages = _opened(tables, PACKAGES)
    named = _named(plain, placed, packages, catalogue)
    described = settled(_with_image(with_groups(named), images))
    workloads = settled(identified(described, catalogue))
    storage = storage_facts(workloads, mounts)
    stored = settled(storage.facts)
    answering = links if placed is None else answered(links, placed)
    parts = [
        stored, group_facts(workloads),
        setting_facts(workloads, storage.kept, variables, catalogue),
        declared_facts(workloads, images, mounts), caller_facts(answering),
        store_facts(answering, workloads), guest_facts(workloads, links, stored),
        port_facts(ports, catalogue), variable_facts(variables), *bindings,
        *_optional(tables, workloads, placed, packages),
    ]
    facts = workloads
    for part in parts:
        facts = enriched(facts, part, "workload_id")
    facts = widened(facts, tag_facts(workloads), "tags")
    return settled(_completed(facts))


def _table(tables: Mapping[str, Any], like: Frame, declared: Table) -> Frame:
    found = _opened(tables, declared)
    return nothing(like, declared, READ[declared.name]) if found is None else found


def _opened(tables: Mapping[str, Any], declared: Table) -> Frame | None:
    """A table that facts are only taken from where it is there."""
    native = tables.get(declared.name)
    return None if native is None else opened(native, declared, READ[declared.name])


def _placed(tables: Mapping[str, Any], workloads: Frame, links: Frame) -> Frame | None:
    services = _opened(tables, SERVICES)
    return None if services is None else settled(placed_services(services, links, workloads))


def _named(
    workloads: Frame, placed: Frame | None, packages: Frame | None, catalogue: Catalogue | None
) -> Frame:
    """With the names that services and packages give, null where there are none."""
    parts = {
        "service_name": None if placed is None else service_names(placed, catalogue),
        "package_name": (None if packages is None
                         else package_names(workloads, packages, catalogue)),
    }
    for name, part in parts.items():
        workloads = (with_nulls(workloads, {name: "text"}) if part is None
                     else widened(workloads, part, "workload_id"))
    return workloads


def _with_times(workloads: Frame) -> Frame:
    """Minutes from the last start to the moment of reading, and to the end, in place of times."""
    return with_minutes(
        workloads, minutes=("started_at", "observed_at"),
        lived_minutes=("started_at", "stopped_at"),
    ).drop("started_at", "observed_at", "stopped_at")


def _with_image(workloads: Frame, images: Frame) -> Frame:
    known = ~nw.col("is_stub").fill_null(value=False)
    about = images.drop_nulls("image_id").select(
        "image_id", image_name="name",
        image_published=nw.when(known).then(nw.col("digests").list.len() > 0),
        image_read=nw.when(known).then(~nw.col("declared_volumes").is_null()),
    ).unique(subset=["image_id"], keep="any")
    return widened(workloads, about, "image_id")


def _optional(
    tables: Mapping[str, Any], workloads: Frame, placed: Frame | None, packages: Frame | None
) -> list[Frame]:
    """Facts that take tables or times which may not be there."""
    parts = []
    lineage, rollouts = _opened(tables, LINEAGE), _opened(tables, ROLLOUTS)
    if placed is not None:
        parts.append(pool_facts(placed))
    if packages is not None:
        parts += [of(workloads, packages) for of in (drift_facts, image_drift_facts, manager_facts)]
    if lineage is not None:
        parts.append(_traced(workloads, lineage))
    if rollouts is not None:
        parts.append(version_facts(workloads, rollouts))
    if "lived_minutes" not in silent(workloads, ["lived_minutes"]):
        parts.append(predecessor_facts(workloads))
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
        managed_by=nw.coalesce("tag_managed", "managing_package"),
        managed_known=~nw.col("tags").is_null() | ~nw.col("packages_known").is_null(),
        sticky_known=~nw.col("tags").is_null() | ~nw.col("sticky_told").is_null(),
        sticky_said=nw.coalesce(
            nw.concat_str([nw.lit("sticky="), nw.col("tag_sticky")]),
            nw.concat_str([nw.lit("service "), nw.col("sticky_service")])),
        drift_base=nw.when(~nw.col("image_drift").is_null()).then(nw.lit("its image")).otherwise(
            nw.lit("its siblings")),
        drift=nw.coalesce("image_drift", "drift"),
        backed_up=_backed_up(),
        lives_known=~nw.col("ended").is_null() | ~nw.col("versions").is_null(),
        nonproduction=nonproduction("environment"),
    )
    known = nw.col("mounts_known") & nw.col("env_known") & ~nw.col("command").is_null()
    marked = measured.with_columns(
        *[_only_true(name) for name in (
            "env_known", "tags_known", "managed_known", "sticky_known", "lives_known")],
        mounts_known=nw.when(nw.col("mounts_known")).then(nw.lit(value=True)),
        settings_known=nw.when(known).then(nw.lit(value=True)),
    )
    return marked.select(*FACTS)


def _backed_up() -> nw.Expr:
    """True by tag or snapshot; false only where tags and snapshots are known, and neither is."""
    seen = ~nw.col("tag_backup").is_null() | (nw.col("snapshots") > 0).fill_null(value=False)
    looked = ~nw.col("tags").is_null() & ~nw.col("snapshots").is_null()
    return nw.when(seen).then(nw.lit(value=True)).when(looked).then(nw.lit(value=False))


def _only_true(name: str) -> nw.Expr:
    """True or null: what is not known cannot be asked."""
    return nw.when(nw.col(name)).then(nw.lit(value=True)).alias(name)
