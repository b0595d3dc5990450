"""A small shop in a real API server: what its controllers and kubelets would write is written."""

from tests.loaders.kubernetes.payloads import (
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

CORE, APPS, BATCH = "/api/v1/namespaces/shop", "/apis/apps/v1/namespaces/shop", \
    "/apis/batch/v1/namespaces/shop"
NETWORK = "/apis/networking.k8s.io/v1/namespaces/shop/ingresses"
ALLOWED = ["pods", "nodes", "services"]
MANY = 520


def furnish(server):
    """Everything that the tests look at; made once."""
    for name in ("shop", "other"):
        server.create("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace",
                                             "metadata": {"name": name}})
    server.create("/api/v1/nodes", fresh(node()))
    web(server)
    store(server)
    agents(server)
    batch(server)
    server.create(f"{CORE}/pods", fresh(pod("alone")))
    server.create("/api/v1/namespaces/other/pods", fresh(pod("far", namespace="other")))
    server.create(f"{CORE}/secrets", {"apiVersion": "v1", "kind": "Secret",
                                      "metadata": {"name": "key"}, "stringData": {"k": SECRET}})
    server.create(f"{CORE}/configmaps", {"apiVersion": "v1", "kind": "ConfigMap",
                                         "metadata": {"name": "file"}, "data": {"k": SECRET}})
    allow(server)


def fresh(entry):
    """An object before the server has given it an id."""
    kept = {name: value for name, value in entry["metadata"].items()
            if name not in ("uid", "creationTimestamp")}
    return {**entry, "metadata": kept}


def web(server):
    """A deployment in the middle of a rollout, its service and its ingress."""
    made = server.create(f"{APPS}/deployments", fresh(workload(
        "Deployment", "web", spec={"replicas": 2},
        status={"observedGeneration": 1, "replicas": 3, "updatedReplicas": 1, "readyReplicas": 2,
                "availableReplicas": 2, "conditions": [{
                    "type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated",
                    "message": f"moving; token={SECRET}"}]})))
    pods = []
    for number, (revision, wanted) in enumerate((("6b5d9f", 2), ("7c9f4d", 1), ("5a1111", 0)), 1):
        labels = {"app": "web", "pod-template-hash": revision}
        replica = server.create(f"{APPS}/replicasets", fresh(workload(
            "ReplicaSet", f"web-{revision}", owner=owned_by(made),
            metadata={"labels": labels, "annotations": {
                "deployment.kubernetes.io/revision": str({1: 2, 2: 3, 3: 1}[number])}},
            spec={"replicas": wanted, "selector": {"matchLabels": labels}, "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [container(image=f"shop/web:{number}")]}}},
            status={"replicas": wanted, "readyReplicas": wanted})))
        for copy in range(wanted):
            pods.append(server.create(f"{CORE}/pods", fresh(pod(
                f"web-{revision}-{copy}", owner=owned_by(replica), labels=labels,
                containers=[probed(), container("sidecar", "proxy:2")],
                spec={"initContainers": [container("migrate", command=[
                          "migrate", "--password", SECRET])],
                      "volumes": [{"name": "file", "configMap": {"name": "file"}},
                                  {"name": "key", "secret": {"secretName": "key"}}]},
                status={"initContainerStatuses": [done("migrate")]}))))
    server.create(f"{CORE}/services", {
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
        "spec": {"type": "LoadBalancer", "ports": [
            {"name": "http", "port": 80, "targetPort": "http"}]},
        "status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.80"}]}}})
    server.create(f"{CORE}/endpoints", {
        "apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "web"},
        "subsets": [{"ports": [{"name": "http", "port": 8080, "protocol": "TCP"}],
                     "addresses": [address(pods[0], "10.1.0.1")],
                     "notReadyAddresses": [address(pods[1], "10.1.0.2")]}]})
    server.create(NETWORK, {
        "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "door"},
        "spec": {"rules": [{"host": "shop.example", "http": {"paths": [{
            "path": "/", "pathType": "Prefix",
            "backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}]},
        "status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.80"}]}}})


def probed():
    return container(
        ports=[{"name": "http", "containerPort": 8080}],
        readinessProbe={"httpGet": {"path": "/", "port": 8080}},
        securityContext={"privileged": True, "readOnlyRootFilesystem": True, "runAsUser": 1000,
                         "capabilities": {"add": ["NET_ADMIN"]}},
        volumeMounts=[{"name": "file", "mountPath": "/etc/shop", "readOnly": True},
                      {"name": "key", "mountPath": "/var/key"}])


def done(name, code=0):
    """The status of a step that is over."""
    return running(name, ready=False, restartCount=0, state={"terminated": {
        "exitCode": code, "reason": "Completed" if code == 0 else "Error",
        "startedAt": "2024-03-01T04:05:10Z", "finishedAt": "2024-03-01T04:05:20Z"}})


def address(made, ip):
    return {"ip": ip, "nodeName": "node-1", "targetRef": {
        "kind": "Pod", "name": made["metadata"]["name"], "namespace": "shop",
        "uid": made["metadata"]["uid"]}}


def store(server):
    """A stateful set whose replica has a claim of its own, on a volume."""
    made = server.create(f"{APPS}/statefulsets", fresh(workload(
        "StatefulSet", "db", spec={"replicas": 1, "serviceName": "db", "volumeClaimTemplates": [{
            "metadata": {"name": "data"}, "spec": claim_spec()}]},
        status={"observedGeneration": 1, "replicas": 1, "readyReplicas": 1, "currentReplicas": 1,
                "updatedReplicas": 1, "currentRevision": "db-1111", "updateRevision": "db-1111"})))
    labels = {"app": "db", "controller-revision-hash": "db-1111"}
    server.create(f"{CORE}/pods", fresh(pod(
        "db-0", owner=owned_by(made), labels=labels, containers=[container(
            "postgres", "postgres:16", volumeMounts=[
                {"name": "data", "mountPath": "/var/lib/postgresql/data"}])],
        spec={"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data-db-0"}}]})))
    server.create(f"{CORE}/persistentvolumeclaims", {
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data-db-0"},
        "spec": {**claim_spec(), "volumeName": "pv-1"},
        "status": {"phase": "Bound", "accessModes": ["ReadWriteOnce"],
                   "capacity": {"storage": "20Gi"}}})
    server.create("/api/v1/persistentvolumes", {
        "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "pv-1"},
        "spec": {"capacity": {"storage": "20Gi"}, "accessModes": ["ReadWriteOnce"],
                 "storageClassName": "gp3", "persistentVolumeReclaimPolicy": "Delete",
                 "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": "vol-0abc"}}})


def claim_spec():
    return {"accessModes": ["ReadWriteOnce"], "storageClassName": "gp3",
            "resources": {"requests": {"storage": "10Gi"}}}


def agents(server):
    """A daemon set, and more of its revisions than a page holds."""
    made = server.create(f"{APPS}/daemonsets", fresh(workload(
        "DaemonSet", "agent", status={
            "currentNumberScheduled": 1, "desiredNumberScheduled": 1, "numberReady": 1,
            "updatedNumberScheduled": 1, "numberMisscheduled": 0})))
    labels = {"app": "agent", "controller-revision-hash": f"r{MANY}"}
    server.create(f"{CORE}/pods", fresh(pod(
        "agent-x", owner=owned_by(made), labels=labels,
        spec={"hostNetwork": True, "volumes": [{"name": "root", "hostPath": {"path": "/"}}]},
        containers=[container(volumeMounts=[{"name": "root", "mountPath": "/host"}])])))
    for number in range(1, MANY + 1):
        server.create(f"{APPS}/controllerrevisions", {
            "apiVersion": "apps/v1", "kind": "ControllerRevision", "revision": number,
            "metadata": {"name": f"agent-r{number}", "ownerReferences": [owned_by(made)],
                         "labels": {"controller-revision-hash": f"r{number}"}},
            "data": {"spec": {"template": {"env": SECRET}}}})


def batch(server):
    """A job of a cron job, its pod done."""
    spec = {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": {"spec": {
        "restartPolicy": "Never", "containers": [container()]}}}}}
    cron = server.create("/apis/batch/v1beta1/namespaces/shop/cronjobs", {
        "apiVersion": "batch/v1beta1", "kind": "CronJob", "metadata": {"name": "report"},
        "spec": spec})
    job = server.create(f"{BATCH}/jobs", {
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": "report-28487045", "ownerReferences": [owned_by(cron)]},
        "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [container()]}}}})
    server.create(f"{CORE}/pods", fresh(pod(
        "report-28487045-x7", owner=owned_by(job),
        spec={"restartPolicy": "Never"}, status={"phase": "Succeeded",
                                                 "containerStatuses": [done("app")]})))


def allow(server):
    """The user `reader` may list some kinds only."""
    root = "/apis/rbac.authorization.k8s.io/v1"
    server.create(f"{root}/clusterroles", {
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
        "metadata": {"name": "some"},
        "rules": [{"apiGroups": [""], "resources": ALLOWED, "verbs": ["list"]}]})
    server.create(f"{root}/clusterrolebindings", {
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
        "metadata": {"name": "some"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                    "name": "some"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "reader"}]})


def saved(server, folder, kinds):
    """What kubectl would print of each kind, in a folder."""
    for kind in kinds:
        for version in kind.versions:
            try:
                body = server.ask("GET", kind.path(version))
            except RuntimeError:
                continue
            items = [{**item, "apiVersion": version, "kind": kind.word} for item in body["items"]]
            write(folder / f"{kind.resource}.json", as_list(*items))
            break
    return folder

