"""The fields of records that the queries read."""

import pyarrow as pa

_TEXT, _WHOLE, _FLAG = pa.string(), pa.int64(), pa.bool_()
_TEXTS = pa.list_(_TEXT)
_TAGS = pa.list_(pa.struct([("key", _TEXT), ("value", _TEXT)]))
_DISKS = pa.list_(pa.struct([
    ("key", _WHOLE), ("bytes", _WHOLE), ("file", _TEXT), ("uuid", _TEXT), ("mode", _TEXT),
    ("thin", _FLAG), ("multi_writer", _FLAG), ("bus_sharing", _TEXT), ("raw", _FLAG),
    ("controller", _TEXT), ("encrypted", _FLAG), ("parents", _TEXTS),
]))
_PARTITIONS = pa.list_(pa.struct([
    ("path", _TEXT), ("bytes", _WHOLE), ("free", _WHOLE), ("filesystem", _TEXT),
]))

SHAPES = {
    "vcenter": pa.schema([("vcenter", _TEXT)]),
    "vm": pa.schema([
        ("vcenter", _TEXT), ("id", _TEXT), ("name", _TEXT), ("instance_uuid", _TEXT),
        ("uuid", _TEXT), ("template", _FLAG), ("config_os", _TEXT), ("guest_id", _TEXT),
        ("created", _TEXT), ("notes", _TEXT), ("cpus", _WHOLE), ("memory_mib", _WHOLE),
        ("managed_by", _TEXT), ("committed", _WHOLE), ("hostname", _TEXT), ("ips", _TEXTS),
        ("macs", _TEXTS), ("tools_os", _TEXT), ("family", _TEXT), ("details", _TEXT),
        ("tools", _TEXT), ("tools_version", _TEXT), ("power", _TEXT), ("connection", _TEXT),
        ("host", _TEXT), ("booted", _TEXT), ("vapp", _TEXT), ("snapshots", _WHOLE),
        ("tags", _TAGS), ("disks", _DISKS), ("partitions", _PARTITIONS),
        ("devices", pa.list_(pa.struct([("kind", _TEXT), ("name", _TEXT)]))), ("pins", _TEXTS),
        ("fault_tolerance", _TEXT), ("restarted", _FLAG),
    ]),
    "host": pa.schema([
        ("vcenter", _TEXT), ("id", _TEXT), ("name", _TEXT), ("parent", _TEXT), ("uuid", _TEXT),
        ("vendor", _TEXT), ("model", _TEXT), ("cores", _WHOLE), ("memory_bytes", _WHOLE),
        ("os", _TEXT), ("version", _TEXT), ("build", _TEXT), ("power", _TEXT),
        ("connection", _TEXT), ("maintenance", _FLAG), ("booted", _TEXT),
    ]),
    "cluster": pa.schema([("vcenter", _TEXT), ("id", _TEXT), ("name", _TEXT)]),
    "rule": pa.schema([
        ("vcenter", _TEXT), ("cluster", _TEXT), ("key", _WHOLE), ("name", _TEXT), ("kind", _TEXT),
        ("enabled", _FLAG), ("vms", _TEXTS), ("needed", _TEXTS),
    ]),
    "datastore": pa.schema([
        ("vcenter", _TEXT), ("id", _TEXT), ("name", _TEXT), ("type", _TEXT), ("bytes", _WHOLE),
        ("shared", _FLAG),
    ]),
    "vapp": pa.schema([("vcenter", _TEXT), ("id", _TEXT), ("name", _TEXT)]),
    "event": pa.schema([
        ("vcenter", _TEXT), ("key", _WHOLE), ("kind", _TEXT), ("time", _TEXT), ("vm", _TEXT),
        ("source", _TEXT), ("source_name", _TEXT),
    ]),
}
