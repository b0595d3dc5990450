"""The fields that queries read, kind by kind.

Mesos and Marathon speak of the same task, each with facts of its own: both make a `task`, and
queries unite them. What Marathon wants of a version of an app or pod is a `recipe`, one for each
container; what it says of the app or pod as a whole is a `crew`.
"""

from collections.abc import Mapping

import pyarrow as pa

_TEXT, _NUMBER, _REAL, _TRUTH = pa.string(), pa.int64(), pa.float64(), pa.bool_()
_TEXTS = pa.list_(_TEXT)
_PAIRS = pa.list_(pa.struct([("Key", _TEXT), ("Value", _TEXT)]))
_MOUNTS = pa.list_(pa.struct([
    ("Kind", _TEXT), ("Source", _TEXT), ("Target", _TEXT), ("Volume", _TEXT), ("Driver", _TEXT),
    ("Persistence", _TEXT), ("Size", _NUMBER), ("ReadOnly", _TRUTH), ("Shared", _TRUTH),
    ("Gone", _TRUTH),
]))
_DOORS = pa.list_(pa.struct([
    ("Index", _NUMBER), ("Name", _TEXT), ("Port", _NUMBER), ("Target", _NUMBER),
    ("Protocol", _TEXT), ("Inside", _TRUTH), ("Vips", _TEXTS), ("Tags", _TEXTS),
]))
_RUN = (  # what a task and a recipe both may say
    *((name, _TEXT) for name in ("Container", "Image", "ImageId", "Command", "Check", "User")),
    ("Cpus", _REAL), *((name, _NUMBER) for name in ("Memory", "Disk")), ("Grace", _REAL),
    *((name, _TRUTH) for name in ("IsContainer", "Privileged", "ReadOnlyRoot")),
    *((name, _TEXTS) for name in ("EnvNames", "Namespaces", "Capabilities")),
    ("Labels", _PAIRS), ("Mounts", _MOUNTS), ("Doors", _DOORS),
)

SHAPES: Mapping[str, pa.Schema] = {
    "agent": pa.schema([
        *((name, _TEXT) for name in (
            "Id", "Hostname", "Address", "State", "Words", "Registered", "Version", "Region",
            "Zone", "ProviderId", "Environment", "Cluster")),
        ("Cpus", _REAL), ("Memory", _NUMBER), ("Disk", _NUMBER), ("Elected", _REAL),
        ("Tags", _PAIRS),
    ]),
    "framework": pa.schema([
        *((name, _TEXT) for name in (
            "Id", "Name", "Cluster", "Address", "Registered", "Health")),
        ("Port", _NUMBER), ("Elected", _REAL), ("Meta", _PAIRS),
    ]),
    "task": pa.schema([
        *((name, _TEXT) for name in (
            "View", "Agent", "Task", "Framework", "Cluster", "Controller", "Kind", "Name", "State",
            "Words", "Created", "Started", "Stopped", "Version", "Hostname", "Health",
            "HealthWords", "ContainerId", "Zone")),
        ("Elected", _REAL), ("ExitCode", _NUMBER),
        ("Addresses", _TEXTS), ("Ports", pa.list_(_NUMBER)),
        ("Volumes", pa.list_(pa.struct([("Target", _TEXT), ("Volume", _TEXT)]))),
        *_RUN,
    ]),
    "crew": pa.schema([
        *((name, _TEXT) for name in (
            "Framework", "Controller", "Kind", "Version", "ConfigAt", "Words",
            "Waiting", "Origin", "Deployment")),
        *((name, _NUMBER) for name in ("Wanted", "Staged", "Running", "Healthy", "Unhealthy")),
        ("DependsOn", _TEXTS), ("Balancers", _TEXTS),
    ]),
    "recipe": pa.schema([
        *((name, _TEXT) for name in (
            "Framework", "Controller", "Kind", "Version", "ConfigAt", "Restart")),
        ("Checked", _TRUTH), *_RUN,
    ]),
    "deployment": pa.schema([
        *((name, _TEXT) for name in ("Framework", "Id", "Version", "Controller", "Words")),
        ("Actions", _TEXTS),
    ]),
    "group": pa.schema([
        *((name, _TEXT) for name in ("Framework", "Id")), ("DependsOn", _TEXTS),
    ]),
    "marathon": pa.schema([(name, _TEXT) for name in ("Framework", "Name")]),
    "waiting": pa.schema([(name, _TEXT) for name in ("Framework", "Controller", "Words")]),
}
