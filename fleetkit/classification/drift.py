"""How far the packages of a workload are from those of its image, or of most of its siblings."""

import narwhals as nw

from fleetkit.classification.engines import Frame


def drift_facts(workloads: Frame, packages: Frame) -> Frame:
    """Names of packages in which a workload differs from the majority of its group.

    Only groups with two subjects or more are compared; a group of equals has no drift to speak of.
    """
    members = _members(workloads, packages)
    mixed = members.group_by("group_key").agg(
        nw.len().alias("size"), nw.col("subject_id").n_unique().alias("subjects"))
    compared = members.join(mixed.filter(nw.col("subjects") > 1), on="group_key", how="inner")
    installed = packages.select("subject_id", "name", "version").drop_nulls().unique()
    owned = compared.select("group_key", "size", "workload_id", "subject_id").join(
        installed, on="subject_id", how="inner")
    pair = ["group_key", "name", "version"]
    common = owned.group_by(*pair, "size").agg(nw.len().alias("owners")).filter(
        nw.col("owners") * 2 > nw.col("size")).select(*pair)
    wanted = compared.select("workload_id", "group_key").join(common, on="group_key", how="inner")
    odd = owned.join(common, on=pair, how="anti").select("workload_id", "name")
    missing = wanted.join(owned, on=["workload_id", "name", "version"], how="anti").select(
        "workload_id", "name")
    counted = nw.concat([odd, missing], how="vertical").unique().group_by("workload_id").agg(
        nw.len().alias("differing"))
    return compared.select("workload_id").join(counted, on="workload_id", how="left").with_columns(
        drift=nw.col("differing").fill_null(0).cast(nw.Int64)).drop("differing")


def _members(workloads: Frame, packages: Frame) -> Frame:
    """Workloads of groups with the subject whose packages are known: themselves or their image."""
    subjects = packages.select("subject_id").drop_nulls().unique()
    known = subjects.with_columns(seen=nw.lit(value=True))
    grouped = workloads.select("workload_id", "group_key", "image_id").drop_nulls("group_key")
    own = grouped.join(known.rename({"subject_id": "workload_id", "seen": "own"}),
                       on="workload_id", how="left")
    both = own.join(known.rename({"subject_id": "image_id", "seen": "of_image"}),
                    on="image_id", how="left")
    return both.with_columns(
        subject_id=nw.when(nw.col("own")).then("workload_id").when(nw.col("of_image"))
        .then("image_id")).drop_nulls("subject_id").select("workload_id", "group_key", "subject_id")


def image_drift_facts(workloads: Frame, packages: Frame) -> Frame:
    """Names of packages in which a workload differs from the image that it was made from.

    Only where packages are known of both.
    """
    subjects = packages.select("subject_id").drop_nulls().unique()
    both = workloads.select("workload_id", "image_id").drop_nulls().filter(
        nw.col("workload_id") != nw.col("image_id")
    ).join(subjects.rename({"subject_id": "workload_id"}), on="workload_id", how="inner").join(
        subjects.rename({"subject_id": "image_id"}), on="image_id", how="inner")
    installed = packages.select("subject_id", "name", "version").drop_nulls().unique()
    key = ["workload_id", "name", "version"]
    own = both.select("workload_id").join(
        installed.rename({"subject_id": "workload_id"}), on="workload_id", how="inner").select(*key)
    golden = both.join(
        installed.rename({"subject_id": "image_id"}), on="image_id", how="inner").select(*key)
    odd = nw.concat([own.join(golden, on=key, how="anti"), golden.join(own, on=key, how="anti")],
                    how="vertical").select("workload_id", "name").unique()
    counted = odd.group_by("workload_id").agg(nw.len().alias("differing"))
    return both.select("workload_id").join(counted, on="workload_id", how="left").select(
        "workload_id", image_drift=nw.col("differing").fill_null(0).cast(nw.Int64))
