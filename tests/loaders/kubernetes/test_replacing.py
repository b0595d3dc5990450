"""What tells how a container is made ready, stopped, scaled and replaced."""

import pytest

from tests.loaders.kubernetes.payloads import (
    SECRET,
    container,
    metadata,
    owned_by,
    pod,
    workload,
)

DATA = [{"name": "data", "mountPath": "/bitnami"}]
CHOWN = ["sh", "-c", "chown -R 1001:1001 /bitnami"]
OWN_NAME = {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}


def step(command, **fields):
    return {"name": "prepare", "image": "shell", "command": command, **fields}


def box(fleet, name="web-1/app"):
    return fleet.workloads.set_index("name").loc[name]


def scaler(name="web", uid="h-1", kind="Deployment", **fields):
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": metadata("any", uid),
            "spec": {"scaleTargetRef": {"kind": kind, "name": name}, "maxReplicas": 9, **fields}}


def deployed():
    """A deployment, its replica set and a pod of it."""
    made = workload("Deployment", "web", "d-1", spec={"replicas": 2})
    replica = workload("ReplicaSet", "web-6b", "r-1", owner=owned_by(made))
    return made, replica, pod(owner=owned_by(replica))


def test_steps_on_a_volume_of_its_own_are_named(loaded):
    fleet = loaded(pod(containers=[container(volumeMounts=DATA), container("exporter")],
                       spec={"initContainers": [step(CHOWN, volumeMounts=DATA)]}))
    assert list(box(fleet)["init_commands"]) == ["sh -c chown -R 1001:1001 /bitnami"]
    assert list(box(fleet, "web-1/exporter")["init_commands"]) == []


def test_secrets_of_steps_are_masked(loaded):
    command = ["prepare", "--password", SECRET]
    fleet = loaded(pod(containers=[container(volumeMounts=DATA)],
                       spec={"initContainers": [step(command, volumeMounts=DATA)]}))
    assert SECRET not in fleet.workloads.to_csv()
    assert next(iter(box(fleet)["init_commands"])).startswith("prepare --password")


def test_a_hook_before_the_stop_is_known_either_way(loaded):
    hook = {"preStop": {"exec": {"command": ["drain"]}}}
    fleet = loaded(pod(containers=[container(lifecycle=hook), container("other")]))
    assert box(fleet)["stop_hook"]
    assert not box(fleet, "web-1/other")["stop_hook"]


def test_who_is_told_its_own_name_is_known(loaded):
    fleet = loaded(pod(containers=[container(env=[OWN_NAME]), container("other")]))
    assert box(fleet)["told_own_name"]
    assert not box(fleet, "web-1/other")["told_own_name"]


def test_a_name_under_a_service_outlives_the_pod(loaded):
    fleet = loaded(pod("db-0", spec={"hostname": "db-0", "subdomain": "db"}), pod("web-1", "u-2"))
    assert box(fleet, "db-0/app")["stable_name"] == "db-0.db"
    assert fleet.workloads["stable_name"].isna().sum() == 1


def test_an_autoscaler_tells_its_bounds(loaded):
    row = box(loaded(*deployed(), scaler(minReplicas=2)))
    assert (row["min_replicas"], row["max_replicas"], row["replicas"]) == (2, 9, 2)


def test_an_autoscaler_leaves_one_where_it_does_not_say(loaded):
    assert box(loaded(*deployed(), scaler()))["min_replicas"] == 1


@pytest.mark.parametrize("other", [{"name": "api"}, {"kind": "StatefulSet"}])
def test_the_autoscaler_of_another_says_nothing(loaded, other):
    assert box(loaded(*deployed(), scaler(**other)))[["min_replicas", "max_replicas"]].isna().all()


def test_two_autoscalers_of_one_controller_say_nothing(loaded):
    fleet = loaded(*deployed(), scaler(), scaler(uid="h-2", minReplicas=3))
    assert box(fleet)[["min_replicas", "max_replicas"]].isna().all()


def test_an_autoscaler_of_a_manifest_is_that_of_the_manifest(loaded):
    fleet = loaded(workload("Deployment", "web"), scaler(uid=None))
    assert box(fleet, "web/app")["max_replicas"] == 9


@pytest.mark.parametrize(("policy", "order"), [("Parallel", "parallel"), ("OrderedReady", None)])
def test_an_order_that_servers_fill_in_says_nothing(loaded, policy, order):
    made = workload("StatefulSet", "db", "s-1", spec={"podManagementPolicy": policy})
    row = box(loaded(made, pod("db-0", owner=owned_by(made))), "db-0/app")
    assert row[["start_order"]].fillna("").tolist() == [order or ""]


def test_an_order_that_a_manifest_asks_for_is_told(loaded):
    spec = {"podManagementPolicy": "OrderedReady", "serviceName": "db"}
    row = box(loaded(workload("StatefulSet", "db", spec=spec)), "db/app")
    assert (row["start_order"], row["stable_name"]) == ("ordered", "*.db")


def test_a_choice_of_one_host_is_a_pin_and_of_a_kind_of_hosts_is_none(loaded):
    term = {"key": "kubernetes.io/hostname", "operator": "In", "values": ["node-7"]}
    fleet = loaded(
        pod("a", "u-1", spec={"nodeSelector": {"kubernetes.io/hostname": "node-1", "disk": "ssd"}}),
        pod("b", "u-2", spec={"affinity": {"nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [{"matchExpressions": [term]}]}}}}),
        pod("c", "u-3", spec={"nodeSelector": {"kubernetes.io/os": "linux"}}))
    assert list(box(fleet, "a/app")["pinned_to"]) == ["kubernetes.io/hostname = node-1"]
    assert list(box(fleet, "b/app")["pinned_to"]) == ["kubernetes.io/hostname in node-7"]
    assert list(box(fleet, "c/app")["pinned_to"]) == []


@pytest.mark.parametrize("mark", ["karpenter.sh/do-not-disrupt", "karpenter.sh/do-not-evict"])
def test_a_mark_against_disruption_is_a_tag(loaded, mark):
    assert '"karpenter.sh/do-not-disrupt":"true"' in box(
        loaded(pod(annotations={mark: "true"})))["tags"]


@pytest.mark.parametrize(("said", "sticky"), [
    ({"spec": {"sessionAffinity": "ClientIP"}}, True),
    ({"spec": {"sessionAffinity": "None"}}, False),
    ({"spec": {}, "annotations": {"traefik.ingress.kubernetes.io/service.sticky.cookie": "true"}},
     True),
])
def test_a_service_that_keeps_clients_is_sticky(loaded, said, sticky):
    front = {"apiVersion": "v1", "kind": "Service",
             "metadata": metadata("web", "f-1", annotations=said.get("annotations", {})),
             "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}], **said["spec"]}}
    assert list(loaded(front, pod()).services["sticky"]) == [sticky]
