"""The fields of each kind of record that the queries read."""

import pyarrow as pa

_TEXT, _WHOLE, _REAL, _TRUTH = pa.string(), pa.int64(), pa.float64(), pa.bool_()
_TAGS = pa.list_(pa.struct([("Key", _TEXT), ("Value", _TEXT)]))
_PLACE = [("row", _WHOLE), ("bundle", _TEXT)]
_OWNER = [
    *_PLACE, ("vm", _TEXT), ("vm_id", _TEXT), ("uuid", _TEXT), ("server", _TEXT), ("vc", _TEXT),
    ("template", _TRUTH), ("placeholder", _TRUTH),
]
_SYSTEM = [("os_name", _TEXT), ("os_version", _TEXT), ("kernel", _TEXT)]

SHAPES = {
    "vInfo": pa.schema([
        *_OWNER, ("power", _TEXT), ("connection", _TEXT), ("hostname", _TEXT), ("power_on", _TEXT),
        ("suspended", _TEXT), ("created", _TEXT), ("cpus", _REAL), ("memory", _WHOLE),
        ("total_disk", _WHOLE), ("provisioned", _WHOLE), ("in_use", _WHOLE), ("ip", _TEXT),
        ("vapp", _TEXT), ("notes", _TEXT), ("cluster", _TEXT), ("host", _TEXT), ("smbios", _TEXT),
        *_SYSTEM, ("os_family", _TEXT), ("os_source", _TEXT), ("arch", _TEXT),
        ("instance", _TRUTH), ("restarted", _TRUTH), ("fault_tolerance", _TEXT),
        ("restart_order", _TEXT), ("tags", _TAGS),
    ]),
    "vCPU": pa.schema([*_OWNER, ("cpus", _REAL)]),
    "vMemory": pa.schema([*_OWNER, ("memory", _WHOLE)]),
    "vDisk": pa.schema([
        *_OWNER, ("disk", _TEXT), ("disk_key", _TEXT), ("disk_uuid", _TEXT), ("path", _TEXT),
        ("guest_paths", _TEXT), ("capacity", _WHOLE), ("raw", _TRUTH), ("mode", _TEXT),
        ("sharing", _TEXT), ("thin", _TRUTH), ("controller", _TEXT), ("bus", _TEXT),
    ]),
    "vPartition": pa.schema([
        *_OWNER, ("disk", _TEXT), ("disk_key", _TEXT), ("capacity", _WHOLE),
        ("consumed", _WHOLE), ("free", _WHOLE),
    ]),
    "vNetwork": pa.schema([*_OWNER, ("mac", _TEXT), ("ipv4", _TEXT), ("ipv6", _TEXT)]),
    "vSnapshot": pa.schema([*_OWNER, ("snapshot", _TEXT)]),
    "vTools": pa.schema([*_OWNER, ("tools", _TEXT)]),
    "vHost": pa.schema([
        *_PLACE, ("host", _TEXT), ("cluster", _TEXT), ("maintenance", _TRUTH), ("cores", _REAL),
        ("memory", _WHOLE), ("cpu_usage", _REAL), ("booted", _TEXT), ("model", _TEXT),
        ("uuid", _TEXT), ("server", _TEXT), ("vc", _TEXT), *_SYSTEM, ("tags", _TAGS),
    ]),
    "section": pa.schema([("name", _TEXT), ("bundle", _TEXT), ("rows", _WHOLE)]),
    "receipt": pa.schema([
        ("section", _TEXT), ("item", _TEXT), ("subject", _TEXT), ("taken_as", _TEXT),
        ("why", _TEXT), ("rows", _WHOLE), ("share", _REAL),
    ]),
}
