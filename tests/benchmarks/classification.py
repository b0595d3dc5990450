"""How long `classify` takes beside a plain scan and group-by of the same frames.

`python -m tests.benchmarks.classification [rows ...]`; by default 100,000 and 1,000,000 workloads
with two mounts each, seeded. Each size runs in a process of its own, so that its peak memory is
its own.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Sequence

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from fleetkit.classification import classify
from fleetkit.fleet import Fleet
from fleetkit.tables import MOUNTS, WORKLOADS

_IMAGES = (
    "registry.example/shop/web", "nginx", "redis", "postgres", "team/billing-api", "kafka",
    "grafana/grafana", "team/worker", "mysql", "team/search-frontend",
)
_CONTROLLERS = ("deployment", "statefulset", "none", "compose", "swarm")
_MOUNTS = ("named_volume", "bind", "tmpfs", "configmap", "anonymous_volume", "claim")
_TARGETS = ("/data", "/etc/app.conf", "/tmp", "/var/lib/postgresql/data", "/app", "/config")
_SCAN = """
    select w.controller_kind, w.image_ref, m.kind, m.target_path, count(*), sum(m.size_bytes),
           max(epoch(w.started_at)), max(w.written_bytes)
    from workloads w left join mounts m using (workload_id) group by 1, 2, 3, 4
"""


def synthetic(rows: int) -> Fleet:
    """A seeded fleet of that many workloads with two mounts each."""
    random = np.random.default_rng(7)
    number = np.arange(rows)
    ids = pd.Series(number).astype("string[pyarrow]").radd("made|engine|container|")
    service = pd.Series(random.integers(0, max(rows // 8, 1), rows)).astype("string[pyarrow]")
    started = pd.Timestamp("2026-11-01", tz="UTC") - pd.to_timedelta(
        random.integers(0, 500, rows), unit="D")
    workloads = pd.DataFrame({
        "workload_id": ids, "kind": "container", "name": service + "-" + ids.str.slice(22),
        "state": _chosen(random, ("running", "running", "stopped"), rows),
        "image_ref": _chosen(random, _IMAGES, rows) + ":" + _chosen(random, ("1", "2", "3"), rows),
        "image_id": _chosen(random, [f"sha256:{part:064x}" for part in range(3000)], rows),
        "command": _chosen(random, ("", "nginx -g daemon off;", "postgres", "/app/serve"), rows),
        "written_bytes": random.integers(0, 2_000_000_000, rows),
        "started_at": started, "observed_at": pd.Timestamp("2026-11-22", tz="UTC"),
        "restart_count": random.integers(0, 9, rows),
        "controller_kind": _chosen(random, _CONTROLLERS, rows),
        "controller_name": "shop/" + service, "read_only_root": random.random(rows) < 0.1,
        "ports": _lists(random, ("80/tcp", "5432/tcp", "8080/tcp", "9000/tcp"), rows),
        "env_names": _lists(random, ("PATH", "DB_HOST", "ADMIN_PASSWORD", "LANG"), rows),
        "tags": _chosen(random, ("{}", '{"tier":"web"}', '{"env":"dev","tier":"db"}'), rows),
        "source": "made",
    })
    mounts = pd.DataFrame({
        "workload_id": pd.concat([ids, ids], ignore_index=True),
        "kind": _chosen(random, _MOUNTS, rows * 2),
        "target_path": _chosen(random, _TARGETS, rows * 2)
        + pd.Series(np.repeat(["", "/b"], rows)).astype("string[pyarrow]"),
        "volume_id": pd.Series(np.arange(rows * 2)).astype("string[pyarrow]").radd("volume-"),
        "size_bytes": random.integers(0, 1 << 40, rows * 2), "source": "made",
    })
    return Fleet(workloads=WORKLOADS.cast(workloads), mounts=MOUNTS.cast(mounts))


def main(sizes: Sequence[int] = (100_000, 1_000_000)) -> None:
    """One line per size: seconds, ratio to the scan, peak memory."""
    for rows in sizes:
        command = [sys.executable, "-m", "tests.benchmarks.classification", "one", str(rows)]
        subprocess.run(command, check=True)


def measure(rows: int) -> None:
    """Prints one line about one size."""
    fleet = synthetic(rows)
    base = _peak()
    scan = min(_seconds(lambda: _scanned(fleet)) for _ in range(3))
    classify(synthetic(100))
    labelled: list[Fleet] = []
    spent = _seconds(lambda: labelled.append(classify(fleet)))
    evidence, labels = labelled[0].evidence, labelled[0].labels
    print(
        f"{rows:,} workloads: {spent:.1f} s, {spent / scan:.0f} × a scan and group-by"
        f" ({scan:.2f} s), {len(evidence):,} rows of evidence, peak {_peak() / 1e9:.1f} GB"
        f" ({base / 1e9:.1f} GB of it before), {dict(labels['label'].value_counts())}"
    )


def _scanned(fleet: Fleet) -> None:
    connection = duckdb.connect()
    for name in ("workloads", "mounts"):
        frame = fleet[name].dropna(axis="columns", how="all")
        connection.register(name, pa.Table.from_pandas(frame, preserve_index=False))
    connection.execute(_SCAN).fetchall()


def _chosen(random: np.random.Generator, words: Sequence[str], rows: int) -> pd.Series:
    picked = np.array(words, dtype=object)[random.integers(0, len(words), rows)]
    return pd.Series(picked).astype("string[pyarrow]")


def _lists(random: np.random.Generator, words: Sequence[str], rows: int) -> pd.Series:
    flat = pa.array(words).take(pa.array(random.integers(0, len(words), rows * 2)))
    offsets = pa.array(np.arange(0, rows * 2 + 1, 2), pa.int32())
    lists = pa.ListArray.from_arrays(offsets, flat)
    return pd.Series(pd.arrays.ArrowExtensionArray(lists))


def _seconds(run: object) -> float:
    start = time.perf_counter()
    run()  # type: ignore[operator]
    return time.perf_counter() - start


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        measure(int(sys.argv[2]))
    else:
        main(tuple(int(size) for size in sys.argv[1:]) or (100_000, 1_000_000))
