"""The fields that queries read, kind by kind."""


import pyarrow as pa

_TEXT, _WHOLE, _TRUTH = pa.string(), pa.int64(), pa.bool_()
_PAIRS = pa.list_(pa.struct([("Key", _TEXT), ("Value", _TEXT)]))
_FLAVOR = [
    ("id", _TEXT), ("name", _TEXT), ("original_name", _TEXT), ("vcpus", _WHOLE), ("ram", _WHOLE),
    ("disk", _WHOLE), ("ephemeral", _WHOLE),
]

SHAPES = {
    "server": pa.schema([
        *((name, _TEXT) for name in (
            "id", "name", "status", "tenant_id", "created", "description", "hostname",
            "hypervisor", "root_device", "zone", "vm_state", "task_state", "launched_at",
            "terminated_at", "image_id")),
        ("locked", _TRUTH), ("boots_from_volume", _TRUTH), ("flavor", pa.struct(_FLAVOR)),
        ("metadata", _PAIRS), ("tags", pa.list_(_TEXT)), ("server_groups", pa.list_(_TEXT)),
        ("addresses", pa.list_(pa.struct(
            [("network", _TEXT), ("addr", _TEXT), ("type", _TEXT), ("mac", _TEXT)]))),
        ("volumes", pa.list_(pa.struct([("id", _TEXT), ("delete_on_termination", _TRUTH)]))),
    ]),
    "flavor": pa.schema(_FLAVOR),
    "image": pa.schema([
        *((name, _TEXT) for name in (
            "id", "name", "status", "visibility", "owner", "created_at", "base_image_ref",
            "instance_uuid", "image_type", "os_type", "os_distro", "os_version", "arch")),
        ("size", _WHOLE), ("volume_backed", _TRUTH), ("properties", _PAIRS),
    ]),
    "volume": pa.schema([
        *((name, _TEXT) for name in ("id", "name", "status", "volume_type", "snapshot_id")),
        ("size", _WHOLE), ("encrypted", _TRUTH), ("multiattach", _TRUTH), ("bootable", _TRUTH),
        ("image", pa.struct([(name, _TEXT) for name in (
            "id", "name", "os_distro", "os_version", "os_type", "arch")])),
        ("attachments", pa.list_(pa.struct([("server_id", _TEXT), ("device", _TEXT)]))),
    ]),
    "hypervisor": pa.schema([
        *((name, _TEXT) for name in (
            "id", "hypervisor_hostname", "state", "status", "hypervisor_type", "host_ip", "arch")),
        ("vcpus", _WHOLE), ("memory_mb", _WHOLE), ("local_gb", _WHOLE),
    ]),
    "server_group": pa.schema([
        ("id", _TEXT), ("name", _TEXT), ("policy", _TEXT), ("members", pa.list_(_TEXT)),
    ]),
}
