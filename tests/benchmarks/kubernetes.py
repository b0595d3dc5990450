"""What a large list of pods costs beside pandas: `python -m tests.benchmarks.kubernetes`.

A list of 100,000 containers as kubectl prints it. `json_normalize` flattens, by record path and
meta, what our tables are made of: containers, their statuses, what they mount, volumes. Each run
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
import json, re, sys, time
{imports}
started = time.perf_counter()
{run}
seconds = time.perf_counter() - started
with open("/proc/self/status") as status:
    peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", status.read())[1]) * 1024
print(json.dumps([seconds, peak]))
"""
OURS = {
    "imports": "import fleetkit.loading, fleetkit.loaders.kubernetes",
    "run": "fleet = fleetkit.loading.load('kubernetes', sys.argv[1], progress=False)\n"
           "assert len(fleet.workloads) == int(sys.argv[2])",
}
BOXES = """
with open(sys.argv[1], "rb") as stream:
    pods = json.load(stream)["items"]
boxes = pd.json_normalize(pods, ["spec", "containers"], ["metadata"], record_prefix="container.")
assert len(boxes) == int(sys.argv[2])
"""
REST = """
pd.json_normalize(pods, ["status", "containerStatuses"], ["metadata"], record_prefix="status.")
pd.json_normalize(pods, ["spec", "containers", "volumeMounts"], ["metadata"],
                  record_prefix="mount.")
pd.json_normalize(pods, ["spec", "volumes"], ["metadata"], record_prefix="volume.")
"""
PEERS = {
    "containers alone": {"imports": "import pandas as pd", "run": BOXES},
    "all four parts": {"imports": "import pandas as pd", "run": BOXES + REST},
}


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
        runs = [[measured(code, path) for code in (OURS, *PEERS.values())] for _ in range(ROUNDS)]
    for place, name in enumerate(("our load", *PEERS)):
        seconds, memory = (statistics.median(run[place][n] for run in runs) for n in (0, 1))
        ratio = statistics.median(run[place][0] / run[0][0] for run in runs)
        what = f"json.load and json_normalize of {name}" if place else "load to all tables"
        print(f"{what}: {seconds:.1f} s, {ratio:.1f} times ours; peak {memory / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
