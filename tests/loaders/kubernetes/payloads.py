"""Objects as the API has them; those of the estate are judged by a real API server."""

import json
from pathlib import Path

RECORDED = Path(__file__).parents[4] / "shared" / "data" / "kubernetes"
SECRET = "hunter2-planted"
DIGEST = "sha256:" + "ab" * 32
BORN = "2024-03-01T04:05:06Z"
LIMITS = {"limits": {"cpu": "1500m", "memory": "1Gi"}, "requests": {"cpu": "250m", "memory": "64M"}}


def container(name="app", image="registry.example/shop/web:1.4", **fields):
    return {"name": name, "image": image, "resources": LIMITS,
            "env": [{"name": "DB_HOST", "value": "db"}, {"name": "DB_PASSWORD", "value": SECRET}],
            **fields}


def running(name="app", **fields):
    """The status of a container that runs."""
    return {"name": name, "image": "registry.example/shop/web:1.4", "ready": True, "started": True,
            "imageID": f"docker-pullable://registry.example/shop/web@{DIGEST}",
            "containerID": "containerd://" + "cd" * 32, "restartCount": 3, "lastState": {},
            "state": {"running": {"startedAt": "2024-03-01T04:06:00Z"}}, **fields}


def pod(name="web-1", uid="u-1", owner=None, containers=None, namespace="shop", **fields):
    """A running pod of one container."""
    spec = {"nodeName": "node-1", "restartPolicy": "Always", "terminationGracePeriodSeconds": 45,
            "containers": containers or [container()], **fields.pop("spec", {})}
    status = {"phase": "Running", "podIP": "10.1.0.7", "podIPs": [{"ip": "10.1.0.7"}],
              "hostIP": "10.0.0.1", "startTime": BORN,
              "containerStatuses": [running(one["name"]) for one in spec["containers"]],
              **fields.pop("status", {})}
    return {"apiVersion": "v1", "kind": "Pod",
            "metadata": metadata(name, uid, namespace, owner, **fields), "spec": spec,
            "status": status}


def metadata(name, uid, namespace="shop", owner=None, **fields):
    return {
        "name": name, **({"uid": uid} if uid else {}),
        **({"namespace": namespace} if namespace else {}),
        "creationTimestamp": BORN,
        "labels": {"app": "web", "environment": "production", "db-password": SECRET},
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": SECRET},
        **({"ownerReferences": [owner]} if owner else {}), **fields,
    }


def owned_by(made):
    """A reference to the controller of an object."""
    version = made["apiVersion"]
    return {"apiVersion": version, "kind": made["kind"], "name": made["metadata"]["name"],
            "uid": made["metadata"]["uid"], "controller": True, "blockOwnerDeletion": True}


def workload(kind, name, uid=None, version="apps/v1", namespace="shop", owner=None, spec=None,
             **fields):
    """A controller with a template of pods."""
    labels = {"app": name}
    return {
        "apiVersion": version, "kind": kind,
        "metadata": metadata(name, uid, namespace, owner, **fields.pop("metadata", {})),
        "spec": {"selector": {"matchLabels": labels}, "template": {
            "metadata": {"labels": labels}, "spec": {"containers": [container()]}}, **(spec or {})},
        **fields,
    }


def node(name="node-1", uid="n-1", **fields):
    return {
        "apiVersion": "v1", "kind": "Node",
        "metadata": metadata(name, uid, None, labels={
            "kubernetes.io/hostname": name, "node.kubernetes.io/instance-type": "m5.large",
            "topology.kubernetes.io/zone": "eu-west-1a",
            "topology.kubernetes.io/region": "eu-west-1"}),
        "spec": {"providerID": "aws:///eu-west-1a/i-0abc", **fields},
        "status": {
            "capacity": {"cpu": "4", "memory": "16Gi", "ephemeral-storage": "100Gi"},
            "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady",
                            "message": "kubelet is posting ready status"}],
            "addresses": [{"type": "InternalIP", "address": "10.0.0.1"},
                          {"type": "ExternalIP", "address": "203.0.113.7"},
                          {"type": "Hostname", "address": name}],
            "nodeInfo": {
                "machineID": "ec2a", "systemUUID": "ec2f0f6c-1111-2222-3333-444455556666",
                "bootID": "b", "kernelVersion": "5.15.0-1051-aws", "osImage": "Ubuntu 22.04.3 LTS",
                "containerRuntimeVersion": "docker://24.0.5", "kubeletVersion": "v1.28.3",
                "kubeProxyVersion": "v1.28.3", "operatingSystem": "linux",
                "architecture": "amd64"},
            "images": [{"names": [f"registry.example/shop/web@{DIGEST}",
                                  "registry.example/shop/web:1.4"], "sizeBytes": 123456789}],
        },
    }


def as_list(*entries):
    """What `kubectl get -o json` prints."""
    return {"apiVersion": "v1", "items": list(entries), "kind": "List",
            "metadata": {"resourceVersion": ""}}


def write(path, document):
    """The file as kubectl prints it: its keys in order, with an indent of four."""
    path.write_text(json.dumps(document, indent=4, sort_keys=True))
    return path
