"""Labels against what is known of well-described workloads; the counts are printed (`-s`).

The truth is plain knowledge of the software and of its settings, written down before any weight was
looked at, and pods of a recorded cluster: who mounts a claim keeps state. Nothing is tuned here.
"""

import json
from pathlib import Path

import pytest

from fleetkit.classification import classify
from fleetkit.fleet import Fleet
from fleetkit.tables import MOUNTS, WORKLOADS
from tests.classification.fleets import container, fleet, volume

PODS = Path(__file__).parents[2] / "../shared/data/kubernetes/api_v1_pods.json"
OWNERS = {"ReplicaSet": "deployment", "StatefulSet": "statefulset", "DaemonSet": "daemonset"}
CLAIMS = {"persistentVolumeClaim": "claim", "hostPath": "hostpath", "configMap": "configmap",
          "secret": "secret", "projected": "projected", "emptyDir": "emptydir"}

# image, data path of its named volume if any, further columns, keeps state
KNOWN = (
    ("postgres:16", "/var/lib/postgresql/data", {}, True),
    ("mysql:8.4", "/var/lib/mysql", {"env_names": ["MYSQL_ROOT_PASSWORD"]}, True),
    ("mariadb:11", None, {}, True),
    ("mongo:7", "/data/db", {}, True),
    ("mcr.microsoft.com/mssql/server:2022-latest", "/var/opt/mssql", {}, True),
    ("elastic/elasticsearch:8.15.0", "/usr/share/elasticsearch/data", {}, True),
    ("quay.io/coreos/etcd:v3.5", "/etcd-data", {}, True),
    ("rabbitmq:4-management", "/var/lib/rabbitmq", {}, True),
    ("gitea/gitea:1.22", "/data", {}, True),
    ("jenkins/jenkins:lts", "/var/jenkins_home", {}, True),
    ("nextcloud:30", "/var/www/html", {}, True),
    ("homeassistant/home-assistant", "/config", {}, True),
    ("wordpress:6", "/var/www/html", {"env_names": ["WORDPRESS_DB_HOST"]}, True),
    ("grafana/grafana:11", "/var/lib/grafana", {"ports": ["3000/tcp"]}, True),
    ("redis:7", "/data", {"command": "redis-server --appendonly yes"}, True),
    ("registry:2", "/var/lib/registry", {}, True),
    ("vaultwarden/server:1.32", "/data", {"ports": ["80/tcp"]}, True),
    ("minio/minio", "/data", {"command": "server /data"}, True),
    ("prom/prometheus:v2", "/prometheus", {}, True),
    ("influxdb:2", "/var/lib/influxdb2", {}, True),
    ("neo4j:5", None, {}, True),
    ("team/ledger:9", "/var/lib/ledger", {}, True),
    ("nginx:1.27", None, {"ports": ["80/tcp"]}, False),
    ("traefik:v3", None, {"ports": ["80/tcp", "443/tcp"]}, False),
    ("haproxy:3", None, {}, False),
    ("memcached:1.6", None, {"ports": ["11211/tcp"]}, False),
    ("phpmyadmin:5", None, {"env_names": ["PMA_HOST"]}, False),
    ("oauth2-proxy/oauth2-proxy:v7", None, {}, False),
    ("prom/node-exporter", None, {}, False),
    ("prometheuscommunity/postgres-exporter", None, {"env_names": ["DATA_SOURCE_NAME"]}, False),
    ("team/billing-api:3", None, {"env_names": ["DATABASE_URL"], "ports": ["8080/tcp"]}, False),
    ("team/worker:3", None, {"env_names": ["REDIS_URL", "DB_PASSWORD"]}, False),
    ("team/frontend:3", None, {"ports": ["3000/tcp"], "read_only_root": True}, False),
    ("python:3.12", None, {"command": "python -m gunicorn app:app"}, False),
    ("team/python-app", None, {"command": "celery -A app worker"}, False),
    ("kibana:8", None, {"ports": ["5601/tcp"]}, False),
    ("registry:2", None, {"env_names": ["REGISTRY_STORAGE_S3_BUCKET"]}, False),
    ("quay.io/keycloak/keycloak:26", None, {"env_names": ["KC_DB", "KC_DB_URL"]}, False),
    ("postgres:16", None, {"command": "pg_dump -h db"}, False),
    ("bitnami/schema-registry:7", None, {}, False),
)


def told(what, made, truth):
    """Prints how often decided labels are right; gives the share."""
    labels = made.labels.set_index("workload_id")["label"].to_dict()
    judged = {name: labels[name] for name in truth if labels[name] != "unsure"}
    right = [name for name, said in judged.items() if (said == "pet") == truth[name]]
    print(f"\n{what}: {len(right)} of {len(judged)} decided labels are right,"
          f" {len(truth) - len(judged)} of {len(truth)} unsure;"
          f" wrong: {sorted(set(judged) - set(right))}")
    return len(right) / len(judged)


def test_labels_agree_with_plain_knowledge():
    rows = [container(f"{number} {image}", image_ref=image, **known)
            for number, (image, _, known, _) in enumerate(KNOWN)]
    mounts = [volume(f"{number} {image}", path)
              for number, (image, path, _, _) in enumerate(KNOWN) if path]
    truth = {f"{number} {known[0]}": known[3] for number, known in enumerate(KNOWN)}
    assert told("plain knowledge", classify(fleet(*rows, mounts=mounts)), truth) >= 0.9


def test_names_rank_databases_first_with_mounts_hidden():
    rows = [container(f"{number} {image}", image_ref=image, **known)
            for number, (image, _, known, _) in enumerate(KNOWN)]
    hidden = [row | {"read_only_root": None, "controller_kind": None} for row in rows]
    scores = classify(fleet(*hidden)).labels.set_index("workload_id")["state_score"].to_dict()
    ordered = [(scores[f"{number} {known[0]}"], known[3]) for number, known in enumerate(KNOWN)]
    pairs = [(high > low) + (high == low) / 2 for high, kept in ordered if kept
             for low, other in ordered if not other]
    print(f"\nmounts and controllers hidden: AUC {sum(pairs) / len(pairs):.3f}")
    assert sum(pairs) / len(pairs) >= 0.85


def test_labels_agree_with_claims_of_a_recorded_cluster():
    if not PODS.is_file():
        pytest.skip(f"{PODS} is not there")
    pods = json.loads(PODS.read_text(encoding="utf-8"))["items"]
    unclear = ("prometheus-prometheus-kube", "alertmanager", "prometheus-grafana")
    truth = {pod["metadata"]["name"]: _claims(pod) for pod in pods
             if not pod["metadata"]["name"].startswith(unclear)}
    made = classify(Fleet(
        workloads=WORKLOADS.frame([_workload(pod) for pod in pods]),
        mounts=MOUNTS.frame([row for pod in pods for row in _mounts(pod)]),
    ))
    assert told("recorded cluster", made, truth) >= 0.9


def _claims(pod):
    return any("persistentVolumeClaim" in one for one in pod["spec"].get("volumes", []))


def _workload(pod):
    main = pod["spec"]["containers"][-1]
    owner = (pod["metadata"].get("ownerReferences") or [{}])[0]
    names = [one["name"] for one in main.get("env", [])]
    return container(
        pod["metadata"]["name"], image_ref=main["image"], kind="task", source="kubernetes",
        image_id=pod["status"]["containerStatuses"][-1]["imageID"],
        command=" ".join(main.get("command", []) + main.get("args", [])) or None,
        controller_kind=OWNERS.get(owner.get("kind"), "unknown"), controller_name=owner.get("name"),
        env_names=names, read_only_root=main.get("securityContext", {}).get(
            "readOnlyRootFilesystem"),
        ports=[f"{one['containerPort']}/tcp" for one in main.get("ports", [])],
        tags=pod["metadata"].get("labels", {}),
    )


def _mounts(pod):
    paths = {one["name"]: one for box in pod["spec"]["containers"]
             for one in box.get("volumeMounts", [])}
    for one in pod["spec"].get("volumes", []):
        kind = next((mine for theirs, mine in CLAIMS.items() if theirs in one), "unknown")
        mounted = paths.get(one["name"], {})
        yield volume(pod["metadata"]["name"], mounted.get("mountPath"), kind, source="kubernetes",
                     volume_id=one["name"], read_only=mounted.get("readOnly", False))
