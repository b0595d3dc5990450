"""The least that a reader of Google Cloud must be allowed to do."""

from typing import Any

PERMISSIONS = (
    "compute.instances.list", "compute.disks.list", "compute.images.list",
    "compute.machineTypes.list", "compute.instanceGroupManagers.list", "compute.snapshots.list",
)


def role() -> dict[str, Any]:
    """A custom role, for `gcloud iam roles create fleetkitReader --project=… --file=…`.

    The predefined role roles/compute.viewer holds all of it and more.
    """
    return {
        "title": "fleetkit reader",
        "description": "Lists machines, disks, images, machine types, groups and snapshots",
        "stage": "GA",
        "includedPermissions": list(PERMISSIONS),
    }
