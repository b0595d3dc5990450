"""Resources as the Compute Engine API v1 gives them; their types are judged in test_replay."""

from pathlib import Path

from tests.real.google import Google

ROOT = "https://www.googleapis.com/compute/v1/projects"
RECORDED = Path(__file__).parents[4] / "shared" / "data" / "gcp"
DEBIAN = f"{ROOT}/debian-cloud/global/images/debian-12-bookworm-v20240312"
SECRET = "hunter2-planted"
ZONE = "europe-west1-b"


def instance(name="web-1", number=1, project="shop", zone=ZONE, **fields):
    """A running machine with one boot disk."""
    return {
        "kind": "compute#instance",
        "id": str(7000000000000000000 + number),
        "creationTimestamp": "2024-03-01T04:05:06.789-08:00",
        "name": name,
        "description": "",
        "tags": {"items": ["http", "edge"], "fingerprint": "abcd"},
        "machineType": f"{ROOT}/{project}/zones/{zone}/machineTypes/e2-medium",
        "status": "RUNNING",
        "zone": f"{ROOT}/{project}/zones/{zone}",
        "networkInterfaces": [{
            "kind": "compute#networkInterface", "name": "nic0", "networkIP": "10.0.0.2",
            "accessConfigs": [{"kind": "compute#accessConfig", "type": "ONE_TO_ONE_NAT",
                               "name": "External NAT", "natIP": "203.0.113.7"}],
        }],
        "disks": [boot_disk(name, project, zone)],
        "metadata": {"kind": "compute#metadata", "items": [
            {"key": "startup-script", "value": f"#!/bin/sh\nexport DB_PASSWORD={SECRET}\n"},
            {"key": "ssh-keys", "value": f"root:ssh-rsa {SECRET}"},
        ]},
        "selfLink": f"{ROOT}/{project}/zones/{zone}/instances/{name}",
        "scheduling": {"automaticRestart": True, "preemptible": False,
                       "onHostMaintenance": "MIGRATE", "provisioningModel": "STANDARD"},
        "labels": {"env": "prod", "db-password": SECRET},
        "deletionProtection": False,
        "lastStartTimestamp": "2024-03-02T00:00:00.000-08:00",
        **fields,
    }


def boot_disk(name, project="shop", zone=ZONE, **fields):
    """The disk that a machine starts from, as the machine sees it."""
    return {
        "kind": "compute#attachedDisk", "type": "PERSISTENT", "mode": "READ_WRITE",
        "source": f"{ROOT}/{project}/zones/{zone}/disks/{name}",
        "deviceName": "persistent-disk-0", "index": 0, "boot": True, "autoDelete": True,
        "licenses": [f"{ROOT}/debian-cloud/global/licenses/debian-12-bookworm"],
        "diskSizeGb": "10", "architecture": "X86_64", **fields,
    }


def disk(name="web-1", number=1, project="shop", zone=ZONE, users=("web-1",), **fields):
    """A disk that machines use."""
    return {
        "kind": "compute#disk",
        "id": str(8000000000000000000 + number),
        "creationTimestamp": "2024-03-01T04:05:06.800-08:00",
        "name": name,
        "sizeGb": "10",
        "zone": f"{ROOT}/{project}/zones/{zone}",
        "status": "READY",
        "selfLink": f"{ROOT}/{project}/zones/{zone}/disks/{name}",
        "sourceImage": DEBIAN,
        "sourceImageId": "5555",
        "type": f"{ROOT}/{project}/zones/{zone}/diskTypes/pd-balanced",
        "licenses": [f"{ROOT}/debian-cloud/global/licenses/debian-12-bookworm"],
        **({"users": [f"{ROOT}/{project}/zones/{zone}/instances/{user}" for user in users]}
           if users else {}),
        **fields,
    }


def image(name, project="shop", number=1, **fields):
    """An image of a project."""
    return {
        "kind": "compute#image",
        "id": str(9000000000000000000 + number),
        "creationTimestamp": "2024-02-01T00:00:00.000-08:00",
        "name": name,
        "sourceType": "RAW",
        "status": "READY",
        "archiveSizeBytes": "1111111111",
        "diskSizeGb": "10",
        "selfLink": f"{ROOT}/{project}/global/images/{name}",
        "family": name.rpartition("-")[0],
        "architecture": "X86_64",
        **fields,
    }


def machine_type(name, cores, mib, project="shop", zone=ZONE):
    """A predefined type."""
    return {
        "kind": "compute#machineType", "id": "1", "name": name, "guestCpus": cores,
        "memoryMb": mib, "zone": zone, "isSharedCpu": False,
        "selfLink": f"{ROOT}/{project}/zones/{zone}/machineTypes/{name}",
    }


def group(name, size, project="shop", zone=ZONE):
    """A managed group of one zone."""
    return {
        "kind": "compute#instanceGroupManager", "id": "2", "name": name, "targetSize": size,
        "baseInstanceName": name, "zone": f"{ROOT}/{project}/zones/{zone}",
        "selfLink": f"{ROOT}/{project}/zones/{zone}/instanceGroupManagers/{name}",
    }


def snapshot(name, of, number=1, project="shop"):
    """A snapshot of a disk."""
    return {
        "kind": "compute#snapshot", "id": str(number), "name": name, "diskSizeGb": of["sizeGb"],
        "sourceDisk": of["selfLink"], "sourceDiskId": of["id"], "status": "READY",
        "selfLink": f"{ROOT}/{project}/global/snapshots/{name}",
    }


def fill(google: Google) -> None:
    """A small shop: two zones, a group, a snapshot, an image of its own and a public one."""
    member = {"kind": "compute#metadata", "items": [{
        "key": "created-by",
        "value": f"projects/123456/zones/{ZONE}/instanceGroupManagers/workers"}]}
    google.add(
        instance(),
        instance("worker-a", 2, metadata=member),
        instance("db-1", 3, zone="us-east1-c", machineType=f"{ROOT}/shop/zones/us-east1-c/"
                 "machineTypes/n1-standard-4"),
        disk(), disk("worker-a", 2, users=("worker-a",)),
        disk("db-1", 3, zone="us-east1-c", users=("db-1",)),
        machine_type("e2-medium", 2, 4096),
        machine_type("n1-standard-4", 4, 15360, zone="us-east1-c"),
        group("workers", 5),
        snapshot("before-upgrade", disk("db-1", 3, zone="us-east1-c")),
        image("golden-7", sourceDisk=disk()["selfLink"], sourceDiskId=disk()["id"]),
        image("debian-12-bookworm-v20240312", "debian-cloud", family="debian-12", id="5555"),
    )
