"""Facts from services: who answers for what, in pools of how many, and under which names.

A service of a registry lies on a node; where a link says that it runs in a container of that
node, the container answers for it and not the node.
"""

import narwhals as nw

from fleetkit.classification.engines import Frame, widened

SERVICE_COLUMNS = (
    "service_id", "service_name", "workload_id", "health", "sticky", "namespace", "kind", "source",
    "account", "region",
)
_PROXY = "connect-proxy"
_HEADLESS = "headless"


def placed_services(services: Frame, links: Frame, workloads: Frame) -> Frame:
    """Services that have a name, each with the workload that answers for it; proxies left out."""
    named = services.drop_nulls(["service_id", "service_name"]).filter(
        nw.col("kind").fill_null("") != _PROXY)
    known = workloads.select(inner_id="workload_id")
    inner = links.filter(nw.col("relation") == "runs_on").select(
        service_id="from_id", inner_id="to_id").join(known, on="inner_id", how="inner")
    apart = inner.join(
        named.select("service_id", node="workload_id"), on="service_id", how="inner",
    ).filter(nw.col("node").is_null() | (nw.col("inner_id") != nw.col("node"))).group_by(
        "service_id").agg(nw.col("inner_id").min())
    return widened(named, apart, "service_id").with_columns(
        workload_id=nw.coalesce("inner_id", "workload_id")).drop_nulls("workload_id")


def pool_facts(placed: Frame) -> Frame:
    """What each workload answers for: pools, names of its own, and whether clients stick to it."""
    scope = [nw.col(name).fill_null("") for name in ("source", "account", "region", "namespace")]
    marked = placed.with_columns(
        pool=nw.concat_str([*scope, nw.col("service_name")], separator="|"),
        headless=nw.when(nw.col("kind") == _HEADLESS).then("service_name"),
        stuck=nw.when(nw.col("sticky")).then("service_name"),
    )
    facts = marked.group_by("workload_id").agg(
        service_count=nw.col("service_name").n_unique(),
        headless_service=nw.col("headless").min(), sticky_service=nw.col("stuck").min(),
        sticky_told=nw.col("sticky").max(),
    ).with_columns(nw.col("service_count").cast(nw.Int64))
    return widened(facts, _pools(marked), "workload_id")


def _pools(marked: Frame) -> Frame:
    """The largest pool that each workload is a healthy member of; a headless name has no pool."""
    healthy = marked.filter(
        nw.col("headless").is_null() & (nw.col("health") == "passing")
    ).select("workload_id", "pool", "service_name").unique()
    sizes = healthy.group_by("pool").agg(pool_size=nw.len()).with_columns(
        nw.col("pool_size").cast(nw.Int64))
    members = widened(healthy, sizes, "pool")
    largest = members.group_by("workload_id").agg(largest=nw.col("pool_size").max())
    return widened(members, largest, "workload_id").filter(
        nw.col("pool_size") == nw.col("largest")
    ).group_by("workload_id").agg(nw.col("pool_size").max(), pool_name=nw.col("service_name").min())
