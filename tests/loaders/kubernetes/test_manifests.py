"""Manifests: what somebody wrote and no cluster has seen yet."""

import json

import pytest
import yaml

from fleetkit.loading import load
from tests.loaders.kubernetes.payloads import SECRET, container, workload


@pytest.fixture
def written(tmp_path):
    """Loads one YAML file of these documents."""
    def run(*documents):
        path = tmp_path / "shop.yaml"
        path.write_text(documents[0] if isinstance(documents[0], str)
                        else yaml.safe_dump_all(documents))
        return load("kubernetes", path, progress=False)

    return run


def manifest(kind, name="web", version="apps/v1", **fields):
    made = workload(kind, name, version=version, **fields)
    made["metadata"] = {"name": name, "namespace": "shop"}
    return made


DOCUMENT = f"""
# the shop
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: db, namespace: shop, labels: {{app: db}}}}
spec:
  replicas: 3
  selector: {{matchLabels: {{app: db}}}}
  template:
    metadata: {{labels: {{app: db, environment: production}}}}
    spec:
      terminationGracePeriodSeconds: 60
      containers:
        - name: postgres
          image: postgres:16
          env: [{{name: PGPASSWORD, value: {SECRET}}}]
          ports: [{{containerPort: 5432, name: sql}}]
          readinessProbe: {{exec: {{command: [pg_isready]}}}}
          resources: {{limits: {{cpu: 2, memory: 1e9}}, requests: {{cpu: 0.5, memory: 129e6}}}}
          volumeMounts: [{{name: data, mountPath: /var/lib/postgresql/data}}]
  volumeClaimTemplates:
    - metadata: {{name: data}}
      spec:
        accessModes: [ReadWriteOnce]
        storageClassName: gp3
        resources: {{requests: {{storage: 1.5Gi}}}}
---
---
apiVersion: v1
kind: Service
metadata: {{name: db, namespace: shop}}
spec: {{clusterIP: None, selector: {{app: db}}, ports: [{{port: 5432, targetPort: sql}}]}}
"""


def test_a_row_is_what_a_manifest_asks_for(written):
    row = written(DOCUMENT).workloads.iloc[0]
    said = {
        "workload_id": "kubernetes||container|shop/statefulset/db/postgres", "origin": "declared",
        "name": "db/postgres", "controller_kind": "statefulset", "controller_name": "shop/db",
        "replicas": 3, "cpu_cores": 2.0, "cpu_request_cores": 0.5, "memory_bytes": 10 ** 9,
        "memory_request_bytes": 129_000_000, "image_ref": "postgres:16",
        "image_id": "name|docker.io/library/postgres:16", "health_check": "command",
        "stop_grace_seconds": 60.0, "environment": "production",
    }
    assert row[list(said)].to_dict() == said
    assert (list(row["ports"]), list(row["env_names"])) == (["5432/tcp"], ["PGPASSWORD"])


def test_what_only_a_cluster_knows_is_unknown(written):
    row = written(DOCUMENT).workloads.iloc[0]
    for name in ("state", "state_raw", "health", "hostname", "created_at", "started_at", "host_id",
                 "private_ips", "restart_count", "provider_id", "revision"):
        assert row[[name]].isna().all(), name


def test_the_claims_of_a_set_are_templates(written):
    row = written(DOCUMENT).mounts.iloc[0]
    said = {"kind": "claim_template", "volume_id": "shop/data", "size_bytes": 3 << 29,
            "driver": "gp3", "shared": False, "persistence": "durable", "origin": "declared"}
    assert row[list(said)].to_dict() == said


def test_a_service_leads_to_what_its_selector_names(written):
    row = written(DOCUMENT).services.iloc[0]
    assert row[["workload_id", "port", "kind", "origin"]].tolist() == [
        "kubernetes||container|shop/statefulset/db/postgres", 5432, "headless", "declared"]


def test_all_that_is_written_is_declared(written):
    fleet = written(DOCUMENT)
    for table in ("workloads", "images", "mounts", "services"):
        assert set(getattr(fleet, table)["origin"]) == {"declared"}, table


def test_secrets_of_a_manifest_are_nowhere(written):
    fleet = written(DOCUMENT)
    assert SECRET not in "".join(
        getattr(fleet, table).to_csv() for table in ("workloads", "mounts", "services", "links"))


@pytest.mark.parametrize(("kind", "version", "expected"), [
    ("Deployment", "apps/v1", ("deployment", 1)),
    ("ReplicaSet", "apps/v1", ("replicaset", 1)),
    ("ReplicationController", "v1", ("replicaset", 1)),
    ("DaemonSet", "apps/v1", ("daemonset", None)),
    ("Job", "batch/v1", ("job", None)),
])
def test_each_controller_is_of_its_kind_with_the_replicas_that_go_without_saying(
    written, kind, version, expected,
):
    row = written(manifest(kind, version=version)).workloads.iloc[0]
    replicas = None if row[["replicas"]].isna().all() else row["replicas"]
    assert (row["controller_kind"], replicas) == expected


def test_a_cron_job_has_its_template_further_in(written):
    inner = manifest("Job", version="batch/v1")["spec"]
    fleet = written({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "report"},
                     "spec": {"schedule": "0 3 * * *", "jobTemplate": {"spec": inner}}})
    row = fleet.workloads.iloc[0]
    assert row[["workload_id", "controller_kind", "controller_name", "ephemeral"]].tolist() == [
        "kubernetes||container|cronjob/report/app", "cronjob", "report", True]


def test_a_pod_that_somebody_wrote_has_no_controller(written):
    fleet = written({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "try"},
                     "spec": {"containers": [container()]}})
    assert fleet.workloads.iloc[0][["controller_kind", "origin"]].tolist() == ["none", "declared"]


def test_a_list_of_pods_that_no_cluster_has_seen_is_declared_too(tmp_path):
    path = tmp_path / "pods.json"
    path.write_text(json.dumps({"apiVersion": "v1", "items": [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "try"},
         "spec": {"containers": [container()]}}], "kind": "List"}))
    row = load("kubernetes", path, progress=False).workloads.iloc[0]
    assert row[["workload_id", "origin"]].tolist() == [
        "kubernetes||container|pod/try/app", "declared"]


def test_manifests_lie_beside_what_kubectl_prints(tmp_path):
    (tmp_path / "shop.yaml").write_text(DOCUMENT)
    (tmp_path / "web.json").write_text(json.dumps(manifest("Deployment")))
    fleet = load("kubernetes", tmp_path, progress=False)
    assert fleet.workloads["controller_name"].tolist() == ["shop/web", "shop/db"]
    assert fleet.coverage["status"].tolist() == ["ok", "ok"]


def test_a_set_with_claims_of_its_own_is_a_pet(written):
    import fleetkit as fk
    labels = fk.classify(written(DOCUMENT)).labels
    assert labels["label"].tolist() == ["pet"]
