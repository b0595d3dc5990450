"""Facts about mounts: what each workload keeps, where, and what would be lost."""

from dataclasses import dataclass
from typing import Any

import narwhals as nw

from fleetkit.classification.engines import Frame, exploded, widened, with_once

_CONFIG_TARGET = (
    r"(?:^/etc(?:/|$))|(?:^/(?:proc|sys|dev|run|boot|lib/modules)(?:/|$))|(?:^/var/run(?:/|$))"
    r"|(?:\.(?:conf|cnf|cfg|ini|ya?ml|json|toml|xml|properties|env|sock|pem|crt|key|sh|sql|html)$)"
)
_DATA_TARGET = (
    r"(?:^/(?:data|db|database|storage|srv|mnt|media|home|config|backup|backups|uploads)(?:/|$))"
    r"|(?:^/var/(?:lib|opt|www|mail|spool)(?:/|$))|(?:/(?:data|storage|uploads|db|repos)(?:/|$))"
    r"|(?:^/bitnami(?:/|$))"
)
_DISKS = ("block", "instance_store", "rdm", "partition", "unknown")
_DURABLE = ("claim", "template", "volume", "bind", "network")
_CLASSES = (*_DURABLE, "anonymous", "config", "memory", "other")
_SAID = (*_DURABLE, "anonymous", "kept")


@dataclass(frozen=True, slots=True)
class Storage:
    """Facts per workload, and the mounts that it may write to and that outlive it."""

    facts: Frame
    kept: Frame


def storage_facts(workloads: Frame, mounts: Frame) -> Storage:
    """Counts and examples of mounts per workload.

    Counts are null where the mounts of a workload are unknown. They are known where any workload
    of the same source has a mount, or where the mode of the root file system is: both are in the
    same description, which lists all mounts.
    """
    sorted_out = _classified(mounts)
    per_workload = sorted_out.group_by("workload_id").agg(
        *[nw.col(f"is_{name}").sum().alias(f"{name}_mounts") for name in _CLASSES],
        *[nw.col(f"{name}_said").min().alias(f"{name}_text") for name in _SAID],
        nw.col("is_kept_disk").sum().alias("kept_disks"),
        nw.col("data_bytes").sum().alias("data_disk_bytes"),
        nw.col("is_shared_disk").sum().alias("shared_disks"),
    )
    told = mounts.join(workloads.select("workload_id", "source_key"), on="workload_id", how="inner")
    sources = told.select("source_key").unique().with_columns(tells=nw.lit(value=True))
    asked = workloads.select("workload_id", "source_key", "read_only_root")
    joined = widened(widened(asked, per_workload, "workload_id"), sources, "source_key")
    joined = joined.with_columns(
        mounts_known=nw.col("tells").fill_null(value=False) | ~nw.col("read_only_root").is_null())
    counts = [f"{name}_mounts" for name in _CLASSES] + ["shared_disks", "kept_disks"]
    facts = joined.with_columns(*[_count(name) for name in counts]).drop(
        "source_key", "read_only_root", "tells"
    )
    kept = sorted_out.filter(nw.col("is_kept")).select("workload_id", "target_path")
    return Storage(_summed(facts), kept)


def declared_facts(workloads: Frame, images: Frame, mounts: Frame) -> Frame:
    """Paths that the image declares as data, and those that nothing is mounted at."""
    declared = (
        exploded(images, "image_id", "declared_volumes")
        .with_columns(target_path=_trimmed("declared_volumes")).drop("declared_volumes")
        .drop_nulls().unique()
    )
    wanted = workloads.select("workload_id", "image_id").join(declared, on="image_id", how="inner")
    covered = mounts.select("workload_id", target_path=_trimmed("target_path"))
    bare = wanted.join(covered.drop_nulls(), on=["workload_id", "target_path"], how="anti")
    counted = wanted.group_by("workload_id").agg(
        nw.len().alias("declared_count"), nw.col("target_path").min().alias("declared_text"))
    uncovered = bare.group_by("workload_id").agg(
        nw.len().alias("bare_count"), nw.col("target_path").min().alias("bare_text"))
    return widened(counted, uncovered, "workload_id")


def _marked(mounts: Frame) -> Frame:
    """What a mount looks like, each mark true or false."""
    kind, target = nw.col("kind"), nw.col("target_path")
    looked = with_once(mounts, "target_path", like_config=target.str.contains(_CONFIG_TARGET),
                       like_data=target.str.contains(_DATA_TARGET))
    return looked.with_columns(
        like_config=_true("like_config"),
        like_data=_true("like_data") | _true("declared_by_image"),
        writable=~_true("read_only"), on_host=kind.is_in(["bind", "hostpath"]),
        is_disk=kind.is_in(list(_DISKS)) & ~_true("is_root"), is_shared=_true("shared"),
    )


def _sorted_out(marked: Frame) -> Frame:
    """Each mount in one class, with the texts that a reason shows."""
    kind = nw.col("kind")
    writable, on_host, like_config = nw.col("writable"), nw.col("on_host"), nw.col("like_config")
    return marked.with_columns(
        is_claim=(kind == "claim") & writable,
        is_template=kind == "claim_template",
        is_volume=(kind == "named_volume") & writable,
        is_bind=on_host & writable & nw.col("like_data") & ~like_config,
        is_network=(kind == "nfs") & writable,
        is_anonymous=(kind == "anonymous_volume") & writable,
        is_config=kind.is_in(["configmap", "secret", "projected"])
        | (on_host & (like_config | ~writable)),
        is_memory=kind.is_in(["tmpfs", "emptydir"]),
        is_shared_disk=(kind == "rdm") | (nw.col("is_disk") & nw.col("is_shared")),
        is_kept_disk=nw.col("is_disk") & kind.is_in(["block", "rdm"])
        & ~nw.col("delete_with_workload").fill_null(value=True),
    ).with_columns(
        is_kept=_any(_DURABLE) | (on_host & writable),
        is_other=~_any([*_DURABLE, "anonymous", "config", "memory"]),
        data_bytes=nw.when(nw.col("is_disk") & (kind != "partition")).then(  # it lies on a disk
            nw.coalesce("used_bytes", "size_bytes")),
        said_source=nw.coalesce("volume_id", "source_path", nw.lit("a volume")),
        said_target=nw.coalesce("target_path", nw.lit("an unknown path")),
    )


def _classified(mounts: Frame) -> Frame:
    own = _sorted_out(_marked(mounts))
    whole = nw.concat_str([nw.col("said_source"), nw.col("said_target")], separator=" at ")
    texts = {f"{name}_said": nw.when(nw.col(f"is_{name}")).then(whole) for name in _DURABLE}
    texts["kept_said"] = nw.when(nw.col("is_kept_disk")).then(nw.col("said_source"))
    texts["anonymous_said"] = nw.when(nw.col("is_anonymous")).then(nw.col("said_target"))
    counts = {f"is_{name}": nw.col(f"is_{name}").cast(nw.Int64) for name in _CLASSES}
    marks = [nw.col(name).cast(nw.Int64) for name in ("is_shared_disk", "is_kept_disk")]
    return own.with_columns(**texts).with_columns(*marks, **counts)


def _summed(facts: Frame) -> Frame:
    durable = sum((nw.col(f"{name}_mounts") for name in _DURABLE[1:]), nw.col("claim_mounts"))
    return facts.with_columns(durable_mounts=durable, data_disk_bytes=nw.when(
        nw.col("data_disk_bytes") > 0).then(nw.col("data_disk_bytes").cast(nw.Int64)))


def _count(name: str) -> nw.Expr:
    """A measured zero where mounts are known, null where they are not."""
    known = nw.col(name).fill_null(0).cast(nw.Int64)
    return nw.when(nw.col("mounts_known")).then(known).alias(name)


def _any(names: Any) -> nw.Expr:
    return nw.any_horizontal(*[nw.col(f"is_{name}") for name in names], ignore_nulls=True)


def _true(name: str) -> nw.Expr:
    return nw.col(name).fill_null(value=False)


def _trimmed(name: str) -> nw.Expr:
    return nw.col(name).str.replace_all(r"/+$", "")
