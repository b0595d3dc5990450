"""Facts about siblings: who could take a workload's place.

Workloads of one controller are a group; without one, those whose names differ in digits only.
"""

import narwhals as nw

from fleetkit.classification.engines import Frame, widened

_NUMBER = "(?:[0-9a-f]{8,}|[0-9]+)"
_DRAWN = "[b-df-hj-np-tv-xz2456789]"
_POD = f"-{_DRAWN}{{6,10}}-{_DRAWN}{{5}}$"
"""What Kubernetes appends to the name of a Deployment: no vowels, no look-alikes."""
_LOOSE = ("none", "unknown")
_SCOPE = ("source", "account", "region")


def with_groups(workloads: Frame) -> Frame:
    """Adds `name_stem`, `numbered` and `group_key`, which is null where a workload stands alone."""
    scope = [nw.col(name).fill_null("") for name in _SCOPE]
    kind = nw.col("controller_kind")
    controlled = ~kind.is_null() & ~kind.is_in(list(_LOOSE)) & ~nw.col("controller_name").is_null()
    return workloads.with_columns(
        source_key=nw.concat_str(scope, separator="|"), name_stem=_stem(nw.col("name")),
        controller_stem=_stem(nw.col("controller_name")),
        controlled=controlled, uncontrolled=kind == "none",
    ).with_columns(
        numbered=nw.col("name_stem").str.contains("#", literal=True),
    ).with_columns(
        name_key=nw.when(nw.col("numbered")).then(
            nw.concat_str([nw.col("source_key"), nw.col("kind").fill_null(""),
                           nw.col("name_stem")], separator="|")),
    ).with_columns(
        group_key=nw.when(nw.col("controlled")).then(
            nw.concat_str([nw.col("source_key"), kind, nw.col("controller_name")], separator="|"),
        ).otherwise(nw.concat_str([nw.lit("name"), nw.col("name_key")], separator="|")),
    )


def group_facts(workloads: Frame) -> Frame:
    """Sizes of groups, of their parts by zone and by image, and of the whole fleet by image."""
    grouped = ~nw.col("group_key").is_null()
    running = nw.col("state").is_in(["running", "starting"]).cast(nw.Int64)
    marked = workloads.with_columns(
        is_running=running, has_state=(~nw.col("state").is_null()).cast(nw.Int64))
    groups = marked.drop_nulls("group_key").group_by("group_key").agg(
        nw.len().alias("members"), nw.col("replicas").max().alias("wanted"),
        nw.col("is_running").sum().alias("group_running"),
        nw.col("has_state").sum().alias("group_seen"),
    ).with_columns(nw.col("members", "group_running", "group_seen").cast(nw.Int64))
    counted = widened(marked, groups, "group_key")
    counted = widened(counted, _sizes(marked, "name_key", "named_alike"), "name_key")
    counted = widened(counted, _sizes(marked, "image_id", "of_image"), "image_id")
    counted = counted.with_columns(
        in_zone=_size("group_key", "zone"), alike=_size("group_key", "image_id"))
    alone = nw.col("uncontrolled") & ~nw.col("numbered").fill_null(value=False)
    return counted.select(
        "workload_id",
        group_size=nw.when(grouped).then(nw.col("members")).when(alone).then(nw.lit(1)),
        group_wanted=nw.when(nw.col("controlled")).then(
            nw.max_horizontal("wanted", "members")).when(alone).then(nw.lit(1)),
        group_running=nw.when(grouped & (nw.col("group_seen") > 0)).then(nw.col("group_running")),
        zone_members=nw.when(grouped & ~nw.col("zone").is_null()).then(nw.col("in_zone")),
        same_image=nw.when(grouped & ~nw.col("image_id").is_null()).then(nw.col("alike")),
        fleet_same_image=nw.when(~nw.col("image_id").is_null()).then(nw.col("of_image")),
        name_siblings=nw.when(nw.col("numbered")).then(nw.col("named_alike"))
        .when(~nw.col("name").is_null()).then(nw.lit(1)),
    )


def _stem(name: nw.Expr) -> nw.Expr:
    """A name without its numbers and random parts, each shown as one #."""
    return name.str.head(200).str.replace_all(f"{_POD}|{_NUMBER}(?:[-_.]?{_NUMBER})*", "#")


def _sizes(workloads: Frame, key: str, name: str) -> Frame:
    return workloads.drop_nulls(key).group_by(key).agg(nw.len().alias(name)).with_columns(
        nw.col(name).cast(nw.Int64))


def _size(*by: str) -> nw.Expr:
    return nw.len().over(*by).cast(nw.Int64)
