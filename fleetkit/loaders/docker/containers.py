"""Containers and their engine's host as workloads; a pure function of one raw record."""

from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.loaders.docker.names import (
    COMPOSE_PROJECT,
    COMPOSE_SERVICE,
    content_id,
    health_of,
    host_id,
    measured,
    moment,
    natural,
    shell_words,
    workload_id,
)
from fleetkit.plugins import Record
from fleetkit.schema import Row, as_mapping

_STATES = {
    "created": "stopped", "configured": "stopped", "initialized": "stopped", "running": "running",
    "paused": "paused", "restarting": "starting", "removing": "stopping", "stopping": "stopping",
    "exited": "stopped", "stopped": "stopped", "dead": "failed",
}
_ENVIRONMENT = ("environment", "env", "stage")
_SWARM = "com.docker.swarm.service.name"
_NO_HARDWARE = frozenset(
    f"/dev/{name}" for name in ("fuse", "kvm", "net/tun", "null", "zero", "random", "urandom",
                                "shm", "ptmx", "tty", "full", "loop-control"))
_DEFAULT_PERIOD = 100_000  # microseconds


def workloads(record: Record) -> Iterator[Row]:
    if record.kind == "engine":
        yield _host(record.content)
    if record.kind == "container":
        yield _container(record.content)


def _host(engine: Mapping[str, Any]) -> Row:
    """The machine that the engine runs on, as far as the engine knows it."""
    return {
        "workload_id": host_id(engine["ID"]),
        "kind": "vm",
        "native_id": engine["ID"],
        "name": engine.get("Name"),
        "hostname": engine.get("Name"),
        "state": "running",
        "cpu_cores": engine.get("NCPU"),
        "memory_bytes": natural(engine.get("MemTotal")),
        "os_family": engine.get("OSType"),
        "os_name": engine.get("OperatingSystem"),
        "os_version": engine.get("OSVersion") or None,
        "kernel_version": engine.get("KernelVersion"),
        "arch": engine.get("Architecture"),
        "controller_kind": "unknown",
        "tags": as_mapping(dict(
            label.partition("=")[::2] for label in engine.get("Labels") or ()
        )),
    }


def _container(inspected: Mapping[str, Any]) -> Row:
    config, host = inspected.get("Config") or {}, inspected.get("HostConfig") or {}
    labels = config.get("Labels") or {}
    controller_kind, controller_name = _controller(labels)
    return {
        "workload_id": workload_id(inspected["Id"]),
        "kind": "container",
        "native_id": inspected["Id"],
        "name": str(inspected.get("Name") or inspected["Id"][:12]).lstrip("/"),
        "hostname": config.get("Hostname") or None,
        "written_bytes": measured(inspected.get("SizeRw")),
        "os_family": inspected.get("Platform") or None,
        "image_ref": config.get("Image") or inspected.get("ImageName"),
        "image_id": content_id(inspected.get("Image")),
        "command": shell_words([inspected.get("Path"), *(inspected.get("Args") or ())]),
        "created_at": moment(inspected.get("Created")),
        "restart_count": inspected.get("RestartCount"),
        "stop_grace_seconds": config.get("StopTimeout"),
        "controller_kind": controller_kind,
        "controller_name": controller_name,
        "host_id": host_id(inspected.get("EngineID")),
        "environment": _environment(labels),
        "ephemeral": host.get("AutoRemove"),
        "ports": _ports(config, host),
        "env_names": config.get("Env"),
        "tags": as_mapping(labels),
        **_state(inspected),
        **_limits(host),
        **_addresses(inspected.get("NetworkSettings") or {}),
    }


def _state(inspected: Mapping[str, Any]) -> Row:
    state = inspected["State"]
    status = str(state.get("Status") or "").lower()
    is_running = status in ("running", "paused", "restarting")
    check = ((inspected.get("Config") or {}).get("Healthcheck") or {}).get("Test") or ()
    return {
        "state": _STATES.get(status, "unknown"),
        "health": health_of(inspected),
        "health_check": "command" if check and check[0] not in ("NONE", "") else None,
        "started_at": moment(state.get("StartedAt")),
        "stopped_at": None if is_running else moment(state.get("FinishedAt")),
        "exit_code": None if is_running or status == "created" else state.get("ExitCode"),
    }


def _limits(host: Mapping[str, Any]) -> Row:
    return {
        "cpu_cores": _cores(host),
        "memory_bytes": natural(host.get("Memory")),
        "restart_policy": _restart_policy(host.get("RestartPolicy") or {}),
        "privileged": host.get("Privileged"),
        "read_only_root": host.get("ReadonlyRootfs"),
        "devices": _devices(host),
    }


def _devices(host: Mapping[str, Any]) -> list[str] | None:
    """Hardware that is handed in; what the kernel makes up (tun, fuse, kvm) is none."""
    listed = host.get("Devices")
    if listed is None and "DeviceRequests" not in host:
        return None if "Devices" not in host else []
    paths = {str(one.get("PathOnHost") or "") for one in listed or () if isinstance(one, Mapping)}
    asked = [one for one in host.get("DeviceRequests") or () if isinstance(one, Mapping)]
    drivers = {str(one.get("Driver") or "gpu") for one in asked}
    return sorted({path for path in paths if path and path not in _NO_HARDWARE} | drivers)


def _cores(host: Mapping[str, Any]) -> float | None:
    """Processor limit in cores; 0 means that there is none."""
    if natural(host.get("NanoCpus")):
        return float(host["NanoCpus"]) / 1e9
    quota = natural(host.get("CpuQuota"))
    return quota / (natural(host.get("CpuPeriod")) or _DEFAULT_PERIOD) if quota else None


def _restart_policy(policy: Mapping[str, Any]) -> str | None:
    name = policy.get("Name")
    tries = policy.get("MaximumRetryCount")
    return f"{name}:{tries}" if name and tries else name or None


def _addresses(network: Mapping[str, Any]) -> Row:
    joined = [one for one in (network.get("Networks") or {}).values() if isinstance(one, Mapping)]
    ips = [one.get(name) for one in joined for name in ("IPAddress", "GlobalIPv6Address")]
    return {
        "private_ips": sorted({ip for ip in ips if ip}) or None,
        "fixed_ips": sorted(filter(None, {
            (one.get("IPAMConfig") or {}).get(name)
            for one in joined for name in ("IPv4Address", "IPv6Address")})) if joined else None,
        "macs": sorted({one["MacAddress"] for one in joined if one.get("MacAddress")}) or None,
    }


def _controller(labels: Mapping[str, str]) -> tuple[str, str | None]:
    if _SWARM in labels:
        return "swarm", labels[_SWARM]
    if COMPOSE_PROJECT in labels:
        return "compose", f"{labels[COMPOSE_PROJECT]}/{labels.get(COMPOSE_SERVICE, '')}".rstrip("/")
    if any(name.startswith("io.kubernetes.pod") for name in labels):
        return "unknown", labels.get("io.kubernetes.pod.name")
    return "none", None


def _environment(labels: Mapping[str, str]) -> str | None:
    """The value of a label whose last word says environment."""
    found = (
        value for name, value in sorted(labels.items())
        if name.rpartition(".")[2].lower() in _ENVIRONMENT
    )
    return next(found, None)


def _ports(config: Mapping[str, Any], host: Mapping[str, Any]) -> list[str] | None:
    listed = {*(config.get("ExposedPorts") or ()), *(host.get("PortBindings") or ())}
    return sorted(listed) or None
