"""The fields that queries read, kind by kind."""


import pyarrow as pa

_TEXT = pa.string()
_TEXTS = pa.list_(_TEXT)
_PAIRS = pa.list_(pa.struct([("Key", _TEXT), ("Value", _TEXT)]))
_FEATURES = pa.list_(pa.struct([("type", _TEXT)]))
_ATTACHED = pa.struct([
    ("index", pa.int64()), ("type", _TEXT), ("source", _TEXT), ("deviceName", _TEXT),
    ("mode", _TEXT), ("boot", pa.bool_()), ("autoDelete", pa.bool_()), ("diskSizeGb", _TEXT),
    ("architecture", _TEXT), ("licenses", _TEXTS), ("guestOsFeatures", _FEATURES),
    ("initializeParams", pa.struct([("sourceImage", _TEXT)])),
])
_INTERFACE = pa.struct([
    ("networkIP", _TEXT), ("ipv6Address", _TEXT),
    ("accessConfigs", pa.list_(pa.struct([("natIP", _TEXT)]))),
    ("ipv6AccessConfigs", pa.list_(pa.struct([("externalIpv6", _TEXT)]))),
])
_SCHEDULING = pa.struct([
    ("automaticRestart", pa.bool_()), ("preemptible", pa.bool_()), ("provisioningModel", _TEXT),
    ("nodeAffinities", pa.list_(pa.struct([
        ("key", _TEXT), ("operator", _TEXT), ("values", _TEXTS)]))),
])

SHAPES = {
    "instance": pa.schema([
        ("id", _TEXT), ("name", _TEXT), ("selfLink", _TEXT), ("zone", _TEXT),
        ("hostname", _TEXT), ("description", _TEXT), ("status", _TEXT), ("statusMessage", _TEXT),
        ("machineType", _TEXT), ("creationTimestamp", _TEXT), ("lastStartTimestamp", _TEXT),
        ("lastStopTimestamp", _TEXT), ("lastSuspendedTimestamp", _TEXT),
        ("deletionProtection", pa.bool_()), ("labels", _PAIRS),
        ("tags", pa.struct([("items", _TEXTS)])),
        ("metadata", pa.struct([("keys", _TEXTS), ("createdBy", _TEXT)])),
        ("scheduling", _SCHEDULING), ("disks", pa.list_(_ATTACHED)),
        ("networkInterfaces", pa.list_(_INTERFACE)),
    ]),
    "disk": pa.schema([
        ("id", _TEXT), ("name", _TEXT), ("selfLink", _TEXT), ("zone", _TEXT), ("region", _TEXT),
        ("type", _TEXT), ("sizeGb", _TEXT), ("users", _TEXTS), ("sourceImage", _TEXT),
        ("sourceImageId", _TEXT), ("sourceSnapshot", _TEXT), ("architecture", _TEXT),
        ("licenses", _TEXTS),
    ]),
    "image": pa.schema([
        ("id", _TEXT), ("name", _TEXT), ("selfLink", _TEXT), ("family", _TEXT),
        ("creationTimestamp", _TEXT), ("diskSizeGb", _TEXT), ("architecture", _TEXT),
        ("licenses", _TEXTS), ("guestOsFeatures", _FEATURES), ("labels", _PAIRS),
        ("sourceImage", _TEXT), ("sourceDisk", _TEXT), ("sourceDiskId", _TEXT),
        ("sourceSnapshot", _TEXT), ("deprecated", pa.struct([
            ("state", _TEXT), ("deprecated", _TEXT), ("obsolete", _TEXT), ("deleted", _TEXT)])),
    ]),
    "machine_type": pa.schema([
        ("name", _TEXT), ("guestCpus", pa.int64()), ("memoryMb", pa.int64()),
        ("architecture", _TEXT),
    ]),
    "group": pa.schema([
        ("name", _TEXT), ("selfLink", _TEXT), ("zone", _TEXT), ("region", _TEXT),
        ("targetSize", pa.int64()),
    ]),
    "snapshot": pa.schema([
        ("id", _TEXT), ("name", _TEXT), ("selfLink", _TEXT), ("sourceDisk", _TEXT),
        ("sourceDiskId", _TEXT),
    ]),
}
