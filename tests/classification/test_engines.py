"""One text of the classifier, the same answer on every engine."""

import duckdb
import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from fleetkit.classification import classify, score
from fleetkit.tables import EVIDENCE, LABELS, TABLES
from tests.classification.fleets import container, fleet, volume

_CONNECTION = duckdb.connect()
ENGINES = {
    "pandas": lambda frame, arrow: frame,
    "polars": lambda frame, arrow: pl.from_arrow(arrow),
    "lazy polars": lambda frame, arrow: pl.from_arrow(arrow).lazy(),
    "duckdb": lambda frame, arrow: _CONNECTION.from_arrow(arrow),
}


def mixed():
    """A fleet in which most signals speak."""
    webs = [container(f"web-{n}", image_ref="nginx:1", image_id=f"w{min(n, 1)}", host_id="host",
                      controller_name="shop/web", ports=["80/tcp"], zone=f"z{n}",
                      tags={"tier": "web", "env": "dev"}) for n in range(3)]
    etcd = [container(f"etcd-{n}", image_ref="etcd", controller_name="kv/etcd", image_id="e",
                      state="running" if n else "stopped", tags=None) for n in range(3)]
    return fleet(
        *webs, *etcd,
        container("db", image_ref="postgres:16", image_id="pg", written_bytes=345_678_901,
                  started_at="2025-01-01", observed_at="2026-11-22", host_id="host",
                  env_names=["POSTGRES_PASSWORD"], ports=["5432/tcp"], stop_grace_seconds=400),
        container("cache", image_ref="redis", command="redis-server --appendonly yes"),
        container("app", controller_kind="none", env_names=["DATABASE_URL"], read_only_root=True),
        {"workload_id": "host", "kind": "vm", "name": "zeus"},
        {"workload_id": "ünï|数", "name": "Ü-7"},
        *tied(),
        mounts=[volume("db", "/var/lib/postgresql/data", volume_id="pgdata"),
                volume("cache", "/data", "anonymous_volume"),
                volume("web-1", "/etc/a.conf", "bind", source_path="/a", read_only=True),
                volume("app", "/tmp", "tmpfs"),
                volume("iron", "/dev/sdb", "block", delete_with_workload=False,
                       size_bytes=10**12)],
        images=[{"image_id": "pg", "name": "postgres:16", "digests": ["d"],
                 "declared_volumes": ["/var/lib/postgresql/data"]},
                {"image_id": "w0", "declared_volumes": [], "digests": []},
                {"image_id": "stub", "is_stub": True}],
        links=[{"from_id": "app", "to_id": "db", "relation": "calls"},
               {"from_id": "s0", "to_id": "webs", "relation": "member_of"},
               {"from_id": "app", "to_id": "webs", "relation": "depends_on"}],
        services=[
            *[{"service_id": f"s{n}", "service_name": "web", "workload_id": f"web-{n}",
               "health": "passing", "sticky": n == 1} for n in range(3)],
            *[{"service_id": f"i{n}", "service_name": name, "workload_id": "iron"}
              for n, name in enumerate(("mail", "mysql", "dns"))],
            {"service_id": "h", "service_name": "kv", "workload_id": "etcd-1", "kind": "headless"}],
        rollouts=[{"controller_id": "c", "controller_kind": "compose", "source": "docker",
                   "controller_name": "shop/web", "version": f"{n}", "healthy": 3, "replicas": 3,
                   "status": "previous" if n else "current",
                   "started_at": f"2026-11-0{9 - n}"} for n in range(5)],
        packages=[{"subject_id": image, "ecosystem": "Debian", "name": "openssl",
                   "version": version} for image, version in (
                      ("w0", "1"), ("w1", "2"), ("iron", "3"), ("golden", "4"))]
        + [{"subject_id": "iron", "ecosystem": "Debian", "name": name, "version": "1"}
           for name in ("postgresql-16", "puppet-agent")],
    )


def tied():
    """What is bound to its place, and what has predecessors."""
    iron = {"workload_id": "iron", "kind": "vm", "name": "iron", "state": "running", "tags": {},
            "controller_kind": "autoscaling", "controller_name": "herd", "image_id": "golden",
            "devices": ["USB"], "pinned_to": ["node-1"], "fixed_ips": ["203.0.113.5"],
            "failover": "fault_tolerant", "snapshots": 0, "min_replicas": 1, "max_replicas": 4}
    ended = [container(f"old-{n}", controller_name="shop/bus", state="terminated",
                       started_at="2026-10-01", stopped_at="2026-10-03") for n in range(3)]
    bus = container("bus", controller_name="shop/bus", stop_hook=True, stable_name="bus.shop",
                    start_order="parallel", told_own_name=True, init_commands=["chown 1 /data"])
    return [iron, {**iron, "workload_id": "twin", "snapshots": 3}, *ended, bus]


def tables():
    read = ("workloads", "images", "mounts", "links", "packages", "services", "rollouts")
    plain = mixed()
    arrow = {name: pa.Table.from_pandas(plain[name], preserve_index=False) for name in read}
    return {name: (plain[name], arrow[name].cast(TABLES[name].arrow)) for name in read}


def settled(native, declared):
    made = nw.from_native(native).lazy().collect(backend="pyarrow").to_native()
    frame = made.select([name for name in declared.names if name in made.column_names])
    ordered = frame.to_pandas(types_mapper=pd.ArrowDtype).sort_values(list(declared.key))
    return declared.cast(ordered)


@pytest.mark.parametrize("engine", ENGINES)
def test_engine_gives_the_answer_of_the_verb(engine):
    judged = score({name: ENGINES[engine](*both) for name, both in tables().items()})
    made = classify(mixed())
    pd.testing.assert_frame_equal(settled(judged.labels, LABELS), made.labels)
    pd.testing.assert_frame_equal(settled(judged.evidence, EVIDENCE), made.evidence)


@pytest.mark.parametrize("engine", ["polars", "lazy polars", "duckdb"])
def test_answer_stays_on_its_engine(engine):
    native = ENGINES[engine](None, pa.table({"workload_id": ["a"], "name": ["zeus"]}))
    judged = score({"workloads": native})
    expected = duckdb.DuckDBPyRelation if engine == "duckdb" else pl.LazyFrame
    assert isinstance(judged.labels, expected)
    assert isinstance(judged.evidence, expected)


def test_signals_of_every_table_speak_in_the_mixed_fleet():
    assert set(classify(mixed()).evidence["signal"]) >= {
        "affinity_or_pinning", "autoscaled", "behind_lb_pool", "chown_init", "config_managed",
        "drift_from_golden", "group_with_fixed_disks", "ha_or_ft_enabled", "headless_service",
        "multi_service_host", "no_backup_and_data", "passthrough_device", "prestop_hook",
        "short_median_life", "snapshots_present", "stable_name", "start_order", "static_ip_or_dns",
        "sticky_sessions", "survived_recreate", "told_own_name"}
