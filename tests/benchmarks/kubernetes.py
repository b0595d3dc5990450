"""What a large list of pods costs beside pandas: `python -m tests.benchmarks.kubernetes`.

A list of 100,000 containers as kubectl prints it. pandas flattens, with `json_normalize`, the
parts that our tables are made of: containers, their statuses, what they mount, volumes. Each run
is a process of its own, so that its peak memory is its own.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.loaders.kubernetes.payloads import as_list, container, pod, write

CONTAINERS = 100_000
ROUNDS = 3
MEASURED = """
import json, resource, sys, time
{imports}
started = time.perf_counter()
{run}
seconds = time.perf_counter() - started
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024]))
"""
OURS = {
    "imports": "import fleetkit.loading, fleetkit.loaders.kubernetes",
    "run": "fleet = fleetkit.loading.load('kubernetes', sys.argv[1], progress=False)\n"
           "assert len(fleet.workloads) == int(sys.argv[2])",
}
READ = """
def flat(frame, name):
    rows = frame[["metadata.uid", name]].explode(name).dropna()
    return pd.json_normalize(rows[name].tolist()).assign(uid=rows["metadata.uid"].to_numpy())

with open(sys.argv[1], "rb") as stream:
    pods = pd.json_normalize(json.load(stream)["items"])
boxes = flat(pods, "spec.containers")
assert len(boxes) == int(sys.argv[2])
"""
REST = """
statuses, volumes = flat(pods, "status.containerStatuses"), flat(pods, "spec.volumes")
mounts = flat(boxes.rename(columns={"uid": "metadata.uid"}), "volumeMounts")
"""
FLAT = {"imports": "import pandas as pd", "run": READ}
SAME = {"imports": "import pandas as pd", "run": READ + REST}


def a_pod(number):
    """One of many replicas, of two containers."""
    name = f"shop-{number // 40}"
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": f"{name}-6b5d9f", "uid":
             f"set-{number // 40}", "controller": True, "blockOwnerDeletion": True}
    probe = {"httpGet": {"path": "/healthz", "port": 8080, "scheme": "HTTP"}, "periodSeconds": 10,
             "timeoutSeconds": 1, "successThreshold": 1, "failureThreshold": 3}
    mounts = [{"name": "settings", "mountPath": "/etc/shop", "readOnly": True},
              {"name": "cache", "mountPath": "/var/cache"},
              {"name": "token", "readOnly": True,
               "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}]
    boxes = [container(one, f"registry.example/{name}/{one}:1.{number % 40}", volumeMounts=mounts,
                       livenessProbe=probe, readinessProbe=probe, imagePullPolicy="IfNotPresent",
                       ports=[{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
                       securityContext={"allowPrivilegeEscalation": False, "runAsUser": 1000},
                       terminationMessagePath="/dev/termination-log",
                       args=["--listen=:8080", f"--shard={number}"])
             for one in ("app", "proxy")]
    volumes = [{"name": "settings", "configMap": {"name": name, "defaultMode": 420}},
               {"name": "cache", "emptyDir": {}},
               {"name": "token", "projected": {"defaultMode": 420, "sources": [
                   {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}}]}}]
    conditions = [{"type": kind, "status": "True", "lastTransitionTime": "2024-03-01T04:06:00Z"}
                  for kind in ("Initialized", "Ready", "ContainersReady", "PodScheduled")]
    labels = {"app": name, "app.kubernetes.io/name": name, "app.kubernetes.io/version": "1.4",
              "environment": "production", "pod-template-hash": "6b5d9f", "team": "shop"}
    return pod(f"{name}-6b5d9f-{number}", f"00000000-0000-4000-8000-{number:012}", owner, boxes,
               labels=labels, status={"conditions": conditions, "qosClass": "Burstable"},
               spec={"volumes": volumes, "nodeName": f"node-{number % 500}", "priority": 0})


def measured(code, path):
    """Seconds after the imports, and the largest memory in bytes."""
    done = subprocess.run([sys.executable, "-c", MEASURED.format(**code), str(path),
                           str(CONTAINERS)], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "pods.json",
                     as_list(*(a_pod(number) for number in range(CONTAINERS // 2))))
        print(f"{CONTAINERS:,} containers, {path.stat().st_size / 1e6:,.0f} MB as kubectl has it")
        runs = [[measured(code, path) for code in (OURS, FLAT, SAME)] for _ in range(ROUNDS)]
    (ours, flat, same) = (
        [statistics.median(figures) for figures in zip(*column, strict=True)]
        for column in zip(*runs, strict=True))
    for name, (seconds, memory) in (
        ("load to workloads, images, mounts, links", ours),
        ("json.load and json_normalize of pods and containers alone", flat),
        ("json.load and json_normalize of the parts of these tables", same),
    ):
        print(f"{name}: {seconds:.1f} s, peak {memory / 1e9:.2f} GB")
    for name, place in (("pods and containers alone", 1), ("the same parts", 2)):
        ratio = statistics.median(run[place][0] / run[0][0] for run in runs)
        print(f"{name}: {ratio:.1f} times our time")


if __name__ == "__main__":
    main()
