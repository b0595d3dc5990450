"""What kubectl prints, in all its forms; a real cluster's lists beside the repository."""

import gzip
import json

import pytest
import yaml

from fleetkit.errors import LoadError
from fleetkit.loading import load
from tests.loaders.kubernetes.payloads import (
    DIGEST,
    RECORDED,
    SECRET,
    as_list,
    container,
    node,
    owned_by,
    pod,
    running,
    workload,
    write,
)

TABLES = ("workloads", "images", "mounts", "services", "links", "rollouts")
recorded = pytest.mark.skipif(not RECORDED.exists(), reason="the recorded lists are not here")


def rows(fleet, table, without=("target", "observed_at")):
    frame = getattr(fleet, table).drop(columns=list(without))
    return sorted(frame.astype(str).to_dict("records"), key=str)


def only(fleet):
    (_, row), = fleet.workloads.iterrows()
    return row


def test_a_pod_is_a_row_per_container(loaded):
    fleet = loaded(pod(containers=[container(), container("sidecar")]))
    assert fleet.workloads["native_id"].tolist() == ["u-1/app", "u-1/sidecar"]


def test_a_container_has_what_its_pod_says(loaded):
    row = only(loaded(pod()))
    said = {
        "name": "web-1/app", "hostname": "web-1", "state": "running", "cpu_cores": 1.5,
        "cpu_request_cores": 0.25, "memory_bytes": 1 << 30, "memory_request_bytes": 64_000_000,
        "image_ref": "registry.example/shop/web:1.4", "image_id": DIGEST, "restart_count": 3,
        "restart_policy": "always", "stop_grace_seconds": 45.0, "controller_kind": "none",
        "environment": "production", "provider_id": "containerd://" + "cd" * 32,
        "origin": "file",
    }
    assert row[list(said)].to_dict() == said
    assert row["env_names"].tolist() == ["DB_HOST", "DB_PASSWORD"]
    assert row["private_ips"].tolist() == ["10.1.0.7"]


def test_a_node_has_what_others_know_it_by(loaded):
    row = only(loaded(node()))
    said = {
        "workload_id": "kubernetes||vm|n-1", "kind": "vm", "state": "running", "cpu_cores": 4.0,
        "memory_bytes": 16 << 30, "disk_bytes": 100 << 30, "os_name": "Ubuntu",
        "os_version": "22.04.3", "size_name": "m5.large", "zone": "eu-west-1a",
        "region": "eu-west-1", "machine_uuid": "ec2f0f6c-1111-2222-3333-444455556666",
        "provider_id": "aws:///eu-west-1a/i-0abc", "guest_agent": "running",
    }
    assert row[list(said)].to_dict() == said
    assert (row["private_ips"].tolist(), row["public_ips"].tolist()) == (
        ["10.0.0.1"], ["203.0.113.7"])


def test_a_list_of_one_kind_is_read_at_once_and_as_object_by_object(loaded, one_by_one):
    pods = [pod(f"web-{number}", f"u-{number}", labels={"app": f"a{number}", "n": "1"},
                spec={"initContainers": [container("first", args=["--token", SECRET])]})
            for number in range(20)]
    at_once, each = loaded(*pods), one_by_one(*pods)
    assert {table: rows(at_once, table) for table in TABLES} == {
        table: rows(each, table) for table in TABLES}
    assert at_once.coverage["rows"].tolist() == each.coverage["rows"].tolist() == [20]


@recorded
@pytest.mark.parametrize("table", TABLES)
def test_a_real_cluster_read_at_once_is_as_read_object_by_object(tmp_path, table):
    at_once = load("kubernetes", RECORDED, progress=False)
    for file in RECORDED.glob("*.json"):
        body = json.loads(file.read_text())
        kind = {"kind": body["kind"].removesuffix("List"), "apiVersion": body["apiVersion"]}
        (tmp_path / f"{file.stem}.jsonl").write_text("".join(
            json.dumps({**kind, **item}) + "\n" for item in body["items"]))
    each = load("kubernetes", tmp_path, progress=False)
    assert rows(at_once, table) == rows(each, table)


@recorded
def test_a_real_cluster_is_told_in_full():
    fleet = load("kubernetes", RECORDED, progress=False)
    boxes = fleet.workloads[fleet.workloads["kind"] == "container"]
    assert (len(boxes), len(fleet.workloads)) == (55, 58)
    assert set(boxes["controller_kind"]) == {"daemonset", "deployment", "statefulset", "unknown"}
    assert boxes["host_id"].notna().all()
    assert set(fleet.problems["code"]) == {"other_kinds"}
    web = fleet.rollouts[fleet.rollouts["controller_name"] == "fix/fix-fixcore"]
    assert sorted(web["status"]) == ["current", "previous", "previous"]
    claim = fleet.mounts[fleet.mounts["kind"] == "claim"].iloc[0]
    assert (claim["target_path"], claim["persistence"]) == ("/data", "durable")


def test_kinds_may_be_mixed_in_one_list(loaded):
    fleet = loaded(node(), pod())
    box = fleet.workloads[fleet.workloads["kind"] == "container"].iloc[0]
    assert (box["host_id"], box["zone"]) == ("kubernetes||vm|n-1", "eu-west-1a")


def test_kinds_may_lie_in_several_files(tmp_path):
    write(tmp_path / "nodes.json", as_list(node()))
    write(tmp_path / "pods.json", as_list(pod()))
    fleet = load("kubernetes", tmp_path, progress=False)
    assert fleet.links[fleet.links["relation"] == "runs_on"]["to_id"].tolist() == [
        "kubernetes||vm|n-1"]


def test_a_folder_speaks_of_those_in_it_and_not_of_those_beside(tmp_path):
    """As `kubectl cluster-info dump` lays them out: nodes above, pods by namespace."""
    for name, number in (("prod", 1), ("staging", 2)):
        (tmp_path / name / "shop").mkdir(parents=True)
        write(tmp_path / name / "nodes.json", as_list(node(uid=f"n-{number}")))
        write(tmp_path / name / "shop" / "pods.json", as_list(pod(uid=f"u-{number}")))
    fleet = load("kubernetes", tmp_path, progress=False)
    hosts = fleet.workloads.set_index("native_id")["host_id"].dropna()
    assert hosts.to_dict() == {"u-1/app": "kubernetes||vm|n-1", "u-2/app": "kubernetes||vm|n-2"}


def test_two_nodes_of_one_name_are_not_guessed_between(loaded):
    fleet = loaded(node(uid="n-1"), node(uid="n-2"), pod())
    assert fleet.workloads.set_index("native_id")["host_id"].isna().all()


def test_a_single_object_is_read(tmp_path):
    path = write(tmp_path / "pod.json", pod())
    assert only(load("kubernetes", path, progress=False))["name"] == "web-1/app"


def test_what_watching_prints_is_read_and_the_last_word_counts(tmp_path):
    path = tmp_path / "events.jsonl"
    later = pod(status={"containerStatuses": [running(restartCount=9)]})
    path.write_text("".join(json.dumps({"type": "MODIFIED", "object": entry}) + "\n"
                            for entry in (pod(), later)))
    assert only(load("kubernetes", path, progress=False))["restart_count"] == 9


def test_a_gzipped_list_is_read(tmp_path):
    path = tmp_path / "pods.json.gz"
    path.write_bytes(gzip.compress(json.dumps(as_list(pod())).encode()))
    assert len(load("kubernetes", path, progress=False).workloads) == 1


def test_what_kubectl_prints_as_yaml_is_read(tmp_path):
    path = tmp_path / "pods.yaml"
    path.write_text(yaml.safe_dump(as_list(pod(), node())))
    fleet = load("kubernetes", path, progress=False)
    assert set(fleet.workloads["kind"]) == {"container", "vm"}
    assert set(fleet.workloads["origin"]) == {"file"}


def test_a_pod_in_two_files_is_one(tmp_path):
    for name in "ab":
        write(tmp_path / f"{name}.json", as_list(pod()))
    fleet = load("kubernetes", tmp_path, progress=False)
    assert (len(fleet.workloads), fleet.coverage["rows"].sum()) == (1, 2)


def test_one_page_of_a_list_says_that_there_are_more(tmp_path):
    body = {"kind": "PodList", "apiVersion": "v1", "metadata": {"continue": "abc"},
            "items": [pod()]}
    fleet = load("kubernetes", write(tmp_path / "page.json", body), progress=False)
    assert len(fleet.workloads) == 1
    assert fleet.problems["code"].tolist() == ["incomplete_list"]


def test_values_of_variables_and_annotations_do_not_pass_the_door(loaded, one_by_one):
    entries = pod(containers=[container(command=["run", "--password", SECRET])]), workload(
        "Deployment", "web", "d-1")
    for fleet in (loaded(*entries), one_by_one(*entries), loaded(entries[0])):
        shown = "".join(getattr(fleet, table).to_csv() for table in (*TABLES, "problems"))
        assert SECRET not in shown


def test_controllers_do_not_double_the_containers_of_their_pods(loaded):
    made = workload("Deployment", "web", "d-1", spec={"replicas": 1})
    replica = workload("ReplicaSet", "web-1a", "r-1", owner=owned_by(made),
                       metadata={"labels": {"pod-template-hash": "1a"}}, spec={"replicas": 1},
                       status={"replicas": 1})
    fleet = loaded(made, replica, pod("web-1a-x", owner=owned_by(replica)))
    row = only(fleet)
    assert row[["controller_kind", "controller_name", "replicas"]].tolist() == [
        "deployment", "shop/web", 1]
    member = fleet.links[fleet.links["relation"] == "member_of"].iloc[0]
    assert member["to_id"] == "kubernetes||controller|d-1"
    assert member["to_id"] in set(fleet.rollouts["controller_id"])


def test_the_name_of_a_set_that_was_not_read_tells_its_deployment(loaded):
    owner = {"kind": "ReplicaSet", "apiVersion": "apps/v1", "name": "web-6b5d9f", "uid": "r-1",
             "controller": True}
    row = only(loaded(pod(owner=owner, labels={"pod-template-hash": "6b5d9f"})))
    assert row[["controller_kind", "controller_name"]].tolist() == ["deployment", "shop/web"]


def test_a_set_that_nobody_owns_stays_a_set(loaded):
    owner = {"kind": "ReplicaSet", "apiVersion": "apps/v1", "name": "web-6b5d9f", "uid": "r-1",
             "controller": True}
    row = only(loaded(pod(owner=owner)))
    assert row[["controller_kind", "controller_name"]].tolist() == ["replicaset", "shop/web-6b5d9f"]


def test_companions_in_a_pod_are_no_siblings(loaded):
    made = workload("StatefulSet", "db", "s-1", spec={"replicas": 3})
    fleet = loaded(made, pod("db-0", owner=owned_by(made),
                             containers=[container("db"), container("metrics")]))
    assert fleet.workloads["controller_name"].tolist() == ["shop/db", "shop/db/metrics"]


@pytest.mark.parametrize(("state", "phase", "expected"), [
    ({"running": {"startedAt": "2024-03-01T04:06:00Z"}}, "Running", ("running", "Running")),
    ({"waiting": {"reason": "CrashLoopBackOff"}}, "Running", ("failed", "CrashLoopBackOff")),
    ({"waiting": {"reason": "ErrImagePull"}}, "Pending", ("failed", "ErrImagePull")),
    ({"waiting": {"reason": "ContainerCreating"}}, "Pending", ("starting", "ContainerCreating")),
    ({"terminated": {"exitCode": 0, "reason": "Completed"}}, "Succeeded",
     ("terminated", "Completed")),
    ({"terminated": {"exitCode": 137, "reason": "OOMKilled"}}, "Running", ("failed", "OOMKilled")),
])
def test_a_state_is_told_by_the_container_before_its_pod(loaded, state, phase, expected):
    row = only(loaded(pod(status={"phase": phase, "containerStatuses": [running(state=state)]})))
    assert (row["state"], row["state_raw"]) == expected


def test_a_pod_that_was_evicted_has_failed(loaded):
    row = only(loaded(pod(status={"phase": "Failed", "reason": "Evicted",
                                  "containerStatuses": []})))
    assert (row["state"], row["state_raw"], row["image_id"]) == (
        "failed", "Evicted", "name|registry.example/shop/web:1.4")


def test_a_pod_that_is_leaving_stops(loaded):
    row = only(loaded(pod(deletionTimestamp="2024-03-02T00:00:00Z")))
    assert row["state"] == "stopping"


def test_a_static_pod_belongs_to_the_system(loaded):
    row = only(loaded(pod("etcd-node-1", namespace="kube-system", annotations={
        "kubernetes.io/config.mirror": "abc"})))
    assert row[["controller_kind", "controller_name"]].tolist() == ["system", "kube-system/etcd"]


@pytest.mark.parametrize(("volume", "kind", "persistence"), [
    ({"emptyDir": {}}, "emptydir", "ephemeral"),
    ({"emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}}, "tmpfs", "ephemeral"),
    ({"hostPath": {"path": "/var/data"}}, "hostpath", "host_state"),
    ({"configMap": {"name": "c"}}, "configmap", "config"),
    ({"secret": {"secretName": "s"}}, "secret", "config"),
    ({"projected": {"sources": []}}, "projected", "config"),
    ({"downwardAPI": {"items": []}}, "projected", "config"),
    ({"nfs": {"server": "nas", "path": "/a"}}, "nfs", "shared_durable"),
    ({"persistentVolumeClaim": {"claimName": "files"}}, "claim", "durable"),
    ({"ephemeral": {"volumeClaimTemplate": {"spec": {}}}}, "emptydir", "ephemeral"),
    ({"awsElasticBlockStore": {"volumeID": "vol-1"}}, "block", "durable"),
    ({"csi": {"driver": "secrets-store.csi.k8s.io"}}, "secret", "config"),
    ({"somethingNew": {}}, "unknown", "unknown"),
])
def test_what_becomes_of_the_data_is_told_by_the_volume(loaded, volume, kind, persistence):
    fleet = loaded(pod(containers=[container(volumeMounts=[{"name": "v", "mountPath": "/v"}])],
                       spec={"volumes": [{"name": "v", **volume}]}))
    row = fleet.mounts.iloc[0]
    assert (row["kind"], row["persistence"], row["target_path"]) == (kind, persistence, "/v")


def test_a_claim_of_several_pods_is_shared(loaded):
    spec = {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "files"}}]}
    boxes = [container(volumeMounts=[{"name": "v", "mountPath": "/v"}])]
    fleet = loaded(pod("a", "u-1", containers=boxes, spec=spec),
                   pod("b", "u-2", containers=boxes, spec=spec))
    assert fleet.mounts["shared"].all()
    assert set(fleet.mounts["persistence"]) == {"shared_durable"}


def test_sizes_and_names_of_images_come_from_the_nodes(loaded):
    row = loaded(node(), pod()).images.iloc[0]
    assert (row["image_id"], row["size_bytes"], row["is_stub"]) == (DIGEST, 123456789, True)
    assert list(row["tags"]) == ["registry.example/shop/web:1.4"]
    assert list(row["digests"]) == [f"registry.example/shop/web@{DIGEST}"]


def test_what_containerd_fetched_is_no_size_on_disk(loaded):
    machine = node()
    machine["status"]["nodeInfo"]["containerRuntimeVersion"] = "containerd://1.7.2"
    assert loaded(machine, pod()).images["size_bytes"].isna().all()


def test_without_endpoints_a_service_leads_where_its_selector_says(loaded):
    service = {"apiVersion": "v1", "kind": "Service",
               "metadata": {"name": "web", "namespace": "shop", "uid": "s-1"},
               "spec": {"type": "NodePort", "clusterIP": "10.96.0.5", "selector": {"app": "web"},
                        "ports": [{"port": 80, "targetPort": 8080}]}}
    other = pod("other", "u-2", labels={"app": "other"})
    row = loaded(service, pod(), other).services.iloc[0]
    assert row[["workload_id", "address", "port", "target_port", "exposure"]].tolist() == [
        "kubernetes||container|u-1/app", "10.96.0.5", 80, 8080, "node"]


def test_a_slice_counts_before_the_older_list(loaded):
    ports = [{"name": "http", "port": 8080, "protocol": "TCP"}]
    target = {"kind": "Pod", "uid": "u-1"}
    fleet = loaded(
        pod(),
        {"apiVersion": "v1", "kind": "Endpoints",
         "metadata": {"name": "web", "namespace": "shop", "uid": "e-1"},
         "subsets": [{"addresses": [{"ip": "10.1.0.7", "targetRef": target}], "ports": ports}]},
        {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
         "metadata": {"name": "web-x", "namespace": "shop", "uid": "e-2",
                      "labels": {"kubernetes.io/service-name": "web"}},
         "addressType": "IPv4", "ports": ports,
         "endpoints": [{"addresses": ["10.1.0.7"], "conditions": {"ready": False},
                        "targetRef": target}]})
    assert fleet.services["health"].tolist() == ["critical"]
    assert fleet.services["workload_id"].tolist() == ["kubernetes||container|u-1/app"]


def test_a_service_that_leads_out_is_told_so(loaded):
    row = loaded({"apiVersion": "v1", "kind": "Service",
                  "metadata": {"name": "db", "namespace": "shop", "uid": "s-1"},
                  "spec": {"type": "ExternalName", "externalName": "db.example"}}).services.iloc[0]
    assert row[["address", "exposure", "kind"]].tolist() == ["db.example", "none", "ExternalName"]


def test_options_for_live_reads_are_refused_with_files(tmp_path):
    path = write(tmp_path / "pods.json", as_list(pod()))
    with pytest.raises(LoadError, match="from files it takes no option 'namespaces'"):
        load("kubernetes", path, namespaces=["shop"], progress=False)
