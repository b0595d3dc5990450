"""The fields that queries read, kind by kind: those of the tables, where nothing else is said."""

import pyarrow as pa

from fleetkit.schema import Table
from fleetkit.tables import IMAGES, LINKS, MOUNTS, ROLLOUTS, SERVICES, WORKLOADS

_PAIRS = pa.list_(pa.struct([("Key", pa.string()), ("Value", pa.string())]))
_WORKLOAD = (
    "workload_id", "kind", "native_id", "name", "hostname", "state", "state_raw", "size_name",
    "cpu_cores", "memory_bytes", "disk_bytes", "os_family", "os_source", "image_ref", "image_id",
    "command", "created_at", "restart_policy", "stop_grace_seconds", "controller_kind",
    "controller_name", "host_id", "zone", "environment", "private_ips", "public_ips", "macs",
    "machine_uuid", "provider_id", "privileged", "read_only_root", "run_as", "capabilities",
    "ephemeral", "protected", "guest_agent", "notes", "ports", "env_names", "tags", "account",
    "region",
)
_IMAGE = (
    "image_id", "kind", "name", "tags", "digests", "family", "os_family", "os_name", "os_version",
    "arch", "created_at", "deprecated_at", "size_bytes", "owner", "is_public", "is_stub", "labels",
    "region",
)
_MOUNT = (
    "workload_id", "kind", "source_path", "target_path", "volume_id", "driver", "read_only",
    "size_bytes", "is_root", "delete_with_workload", "shared", "encrypted", "thin", "snapshot_id",
    "persistence",
)
_SERVICE = (
    "service_id", "service_name", "port", "protocol", "exposure", "version", "kind", "meta",
    "account", "region",
)
_GROUP = (
    "controller_id", "controller_kind", "controller_name", "version", "image_ref", "image_id",
    "replicas", "account", "region",
)


def _shape(table: Table, names: tuple[str, ...], **more: pa.DataType) -> pa.Schema:
    """Columns of a table as records hold them: times as text, mappings as pairs."""
    kinds = {"time": pa.string(), "mapping": _PAIRS}
    fields = [
        (name, kinds.get(table.column(name).kind, table.column(name).field.type)) for name in names
    ]
    return pa.schema([*fields, *more.items()])


SHAPES = {
    "state": pa.schema([("lineage", pa.string()), ("serial", pa.int64())]),
    "workload": _shape(WORKLOADS, _WORKLOAD),
    "image": _shape(IMAGES, _IMAGE),
    "mount": _shape(MOUNTS, _MOUNT),
    "service": _shape(SERVICES, _SERVICE, host=pa.string()),
    "group": _shape(ROLLOUTS, _GROUP),
    "link": _shape(LINKS, ("from_id", "to_id", "relation", "evidence", "confidence")),
}
