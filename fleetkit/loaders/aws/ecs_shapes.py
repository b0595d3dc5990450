"""Fields of ECS records that queries read."""

from collections.abc import Mapping

import pyarrow as pa

_TEXT, _NUMBER, _TRUTH = pa.string(), pa.int64(), pa.bool_()
_TEXTS = pa.list_(_TEXT)
_TAGS = pa.list_(pa.struct([("Key", _TEXT), ("Value", _TEXT)]))
_IMAGE = [(name, _TEXT) for name in (
    "Image", "ImageId", "ImageTag", "ImageDigest", "Registry", "Repository")]

SHAPES: Mapping[str, pa.Schema] = {
    "ecs_cluster": pa.schema([
        *((name, _TEXT) for name in ("Arn", "Account", "Region", "Name", "Status")),
        ("Tags", _TAGS),
    ]),
    "ecs_service": pa.schema([
        *((name, _TEXT) for name in (
            "Arn", "Account", "Region", "Cluster", "Name", "Strategy", "PublicIp")),
        ("Desired", _NUMBER), ("Tags", _TAGS),
        ("Balancers", pa.list_(pa.struct([
            ("TargetGroup", _TEXT), ("Container", _TEXT), ("Port", _NUMBER)]))),
    ]),
    "ecs_host": pa.schema([(name, _TEXT) for name in (
        "Arn", "Account", "Region", "Machine", "Zone", "Status", "Os", "Arch")]),
    "ecs_container": pa.schema([
        *((name, _TEXT) for name in (
            "TaskArn", "Account", "Region", "Cluster", "Task", "DefinitionArn", "Service", "Group",
            "StartedBy", "HostArn", "LaunchType", "Provider", "Zone", "Platform", "Arch",
            "TaskState", "StopCode", "Created", "Started", "Stopped", "Name", "RuntimeId",
            "State", "Health", "Command",
        )),
        *_IMAGE,
        *((name, _NUMBER) for name in (
            "TaskCpu", "TaskMemory", "Cpu", "Memory", "ExitCode", "Containers")),
        *((name, _TEXTS) for name in ("TaskAddresses", "Macs", "Addresses", "EnvNames")),
        ("Bindings", pa.list_(pa.struct([
            ("Ip", _TEXT), ("Container", _NUMBER), ("Host", _NUMBER), ("Protocol", _TEXT)]))),
        ("Tags", _TAGS),
    ]),
    "ecs_definition": pa.schema([
        *((name, _TEXT) for name in (
            "DefinitionArn", "Family", "OsFamily", "Arch", "Name", "Command", "Hostname")),
        *_IMAGE,
        *((name, _NUMBER) for name in ("TaskCpu", "TaskMemory", "Cpu", "Memory", "StopSeconds")),
        *((name, _TRUTH) for name in ("Privileged", "ReadOnlyRoot", "Restarts", "Checked")),
        *((name, _TEXTS) for name in ("EnvNames", "DependsOn", "Links")),
        ("Labels", _TAGS),
        ("Ports", pa.list_(pa.struct([
            ("Container", _NUMBER), ("Host", _NUMBER), ("Protocol", _TEXT)]))),
        ("Mounts", pa.list_(pa.struct([
            ("Kind", _TEXT), ("Source", _TEXT), ("Target", _TEXT), ("Volume", _TEXT),
            ("Driver", _TEXT), ("Persistence", _TEXT), ("Size", _NUMBER), ("ReadOnly", _TRUTH),
            ("Shared", _TRUTH), ("Gone", _TRUTH)]))),
    ]),
}
