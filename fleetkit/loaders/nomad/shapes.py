"""The fields that queries read, kind by kind.

What a version of a job asks for is a `recipe`, one for each task of its groups; what was placed is
an `alloc`, once for each task of it, or once without one where no client has told of tasks yet.
"""

from collections.abc import Mapping

import pyarrow as pa

_TEXT, _NUMBER, _REAL, _TRUTH = pa.string(), pa.int64(), pa.float64(), pa.bool_()
_TEXTS = pa.list_(_TEXT)
_PAIRS = pa.list_(pa.struct([("Key", _TEXT), ("Value", _TEXT)]))
_PORTS = pa.list_(pa.struct([
    ("Label", _TEXT), ("Value", _NUMBER), ("To", _NUMBER), ("HostIp", _TEXT)]))

SHAPES: Mapping[str, pa.Schema] = {
    "node": pa.schema([
        *((name, _TEXT) for name in (
            "Id", "Name", "Hostname", "Status", "State", "Datacenter", "Size", "Zone", "OsFamily",
            "OsName", "OsVersion", "Kernel", "Arch", "ProviderId", "MachineUuid", "Environment")),
        *((name, _REAL) for name in ("Cores", "Mhz")),
        *((name, _NUMBER) for name in ("Memory", "Disk")), ("Whole", _TRUTH),
        *((name, _TEXTS) for name in ("PrivateIps", "PublicIps", "Macs")),
        ("Volumes", pa.list_(pa.struct([
            ("Name", _TEXT), ("Path", _TEXT), ("ReadOnly", _TRUTH)]))),
        ("Tags", _PAIRS),
    ]),
    "job": pa.schema([
        *((name, _TEXT) for name in (
            "Namespace", "Id", "Type", "Status", "Parent", "Region", "Submitted", "Origin")),
        ("Version", _NUMBER), *((name, _TRUTH) for name in ("Stop", "Stable", "Waits", "Thin")),
    ]),
    "recipe": pa.schema([
        *((name, _TEXT) for name in (
            "Namespace", "Job", "Group", "Task", "Driver", "Kind", "Image", "ImageId", "Command",
            "User", "Check", "Restart", "Update", "Hostname")),
        *((name, _NUMBER) for name in ("Version", "Count", "Least", "Most", "Memory",
                                      "MemoryMax", "Disk")),
        *((name, _REAL) for name in ("Mhz", "Cores", "Grace")),
        *((name, _TRUTH) for name in (
            "Checked", "HardLimit", "Privileged", "ReadOnlyRoot")),
        *((name, _TEXTS) for name in (
            "EnvNames", "Namespaces", "Capabilities", "Calls", "Pins")),
        ("Tags", _PAIRS), ("Ports", _PORTS),
        ("Mounts", pa.list_(pa.struct([
            ("Kind", _TEXT), ("Source", _TEXT), ("Target", _TEXT), ("Volume", _TEXT),
            ("Type", _TEXT), ("Driver", _TEXT), ("Persistence", _TEXT), ("Size", _NUMBER),
            ("ReadOnly", _TRUTH), ("Gone", _TRUTH), ("PerAlloc", _TRUTH)]))),
        ("Services", pa.list_(pa.struct([
            ("Name", _TEXT), ("Port", _TEXT), ("Provider", _TEXT), ("Checked", _TRUTH),
            ("Tags", _TEXTS), ("CanaryTags", _TEXTS)]))),
    ]),
    "alloc": pa.schema([
        *((name, _TEXT) for name in (
            "Id", "Namespace", "Job", "Type", "Group", "Task", "Name", "Node", "NodeName", "State",
            "Words", "Created", "Started", "Stopped")),
        *((name, _NUMBER) for name in (
            "Version", "Restarts", "ExitCode", "Memory", "MemoryMax", "Disk", "ReservedCores",
            "Index", "Changed")),
        ("Mhz", _REAL), *((name, _TRUTH) for name in ("Healthy", "Canary", "Over")),
        ("Addresses", _TEXTS), ("Ports", _PORTS),
    ]),
    "deployment": pa.schema([
        *((name, _TEXT) for name in ("Id", "Namespace", "Job", "Group", "Words")),
        *((name, _NUMBER) for name in (
            "Version", "Desired", "Canaries", "Placed", "Healthy", "Unhealthy", "Changed")),
        *((name, _TRUTH) for name in ("Active", "Promoted")),
    ]),
    "volume": pa.schema([
        *((name, _TEXT) for name in ("Namespace", "Id", "Name", "Type", "Driver", "Path", "Node")),
        ("Size", _NUMBER), *((name, _TRUTH) for name in ("Shared", "ReadOnly")),
    ]),
}
