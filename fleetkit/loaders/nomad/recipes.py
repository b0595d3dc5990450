"""What a version of a job asks for: a `recipe` for each task of its groups.

Of the environment only names stay; artifacts, templates, payloads, tokens and what Vault gives are
left out, and of a driver's configuration only what is named here is read.
"""

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.fields import MIB, Fields
from fleetkit.loaders.nomad.services import services_of
from fleetkit.loaders.nomad.values import NANO, kind_of, namespace_of
from fleetkit.loaders.nomad.volumes import mounts_of
from fleetkit.plugins import Problem, Record
from fleetkit.plugins.making import made, nameless
from fleetkit.redaction import secret_values
from fleetkit.references import image_id_of

_HOST_MODES = {"network_mode": "network", "pid_mode": "pid", "ipc_mode": "ipc", "userns_mode":
               "user", "uts_mode": "uts"}
_NANOSECONDS = 1e9
_PROGRAMS = ("command", "jar_path", "class", "image_path")
_KINDS = {"service": "service", "system": "system", "batch": "batch", "sysbatch": "batch"}

Found = Iterator[Record | Problem]


def job_records(job: Fields) -> Found:
    """A job of one version, with the recipes of its tasks.

    Args:
        job: as the API gives it, or as a job file asks for it, which has no version yet.
    """
    key = job.text("ID") or job.text("Name")
    if key is None:
        yield nameless("a job")
        return
    is_asked = "Version" not in job and "Status" not in job
    head = {"Namespace": namespace_of(job), "Version": job.whole("Version")}
    yield from made("job", {
        **head, "Id": key, "Type": job_type(job), "Status": job.text("Status"),
        "Parent": job.text("ParentID"), "Region": job.text("Region"), "Stop": job.truth("Stop"),
        "Stable": job.truth("Stable"), "Submitted": job.time("SubmitTime", unit=NANO),
        "Origin": "declared" if is_asked else None,
        "Waits": "Periodic" in job or "ParameterizedJob" in job,
    }, job)
    for group in job.parts("TaskGroups"):
        for task in group.parts("Tasks"):
            yield from _recipe(job, group, task, {**head, "Job": key})


def job_type(job: Fields) -> str:
    """What runs a job's tasks; a job that does not say is a service."""
    return _KINDS.get(str(job.text("Type") or "service"), "unknown")


def constraints_of(*holders: Fields) -> str | None:
    """Where tasks may run, in the words of Nomad: "${attr.kernel.name} = linux"."""
    said = [
        " ".join(filter(None, (one.text("LTarget"), one.text("Operand"), one.text("RTarget"))))
        for holder in holders for one in holder.parts("Constraints")
    ]
    return "; ".join(filter(None, said)) or None


def _pins(*holders: Fields) -> set[str]:
    """Constraints that only one client meets: of its name or id."""
    return {
        f"{one.text('LTarget')} = {one.text('RTarget')}"
        for holder in holders for one in holder.parts("Constraints")
        if ".unique." in str(one.text("LTarget")) and one.text("Operand") in ("=", "==", "is", None)
    }


def _recipe(job: Fields, group: Fields, task: Fields, head: Mapping[str, Any]) -> Found:
    resources, config = task.part("Resources"), task.part("Config")
    services = list(services_of(group, task))
    checks = [service["Check"] for service in services if service["Checked"]]
    driver = task.text("Driver")
    kill = task.number("KillTimeout")
    scaling = group.part("Scaling")
    scaled = bool(scaling) and scaling.truth("Enabled") is not False
    yield from made("recipe", {
        **head, "Group": group.text("Name"), "Task": task.text("Name"), "Driver": driver,
        "Count": group.whole("Count") if "Count" in group else 1,
        "Least": scaling.whole("Min") if scaled else None,
        "Most": scaling.whole("Max") if scaled else None,
        "Pins": sorted(_pins(job, group, task)),
        "Kind": kind_of(driver), "Command": _command(config), "User": task.text("User"),
        **_image(driver, config), "Mhz": resources.number("CPU") or None,
        "Cores": resources.number("Cores") or None,
        "Memory": resources.whole("MemoryMB", factor=MIB) or None,
        "MemoryMax": resources.whole("MemoryMaxMB", factor=MIB) or None,
        "Disk": group.part("EphemeralDisk").whole("SizeMB", factor=MIB),
        "Grace": kill / _NANOSECONDS if kill else None, "EnvNames": task.names("Env"),
        "Checked": bool(checks), "Check": next(filter(None, checks), None),
        "Restart": _restart(job, group, task), "Update": _update(job, group),
        "HardLimit": config.truth("cpu_hard_limit"),
        "Privileged": config.truth("privileged"),
        "ReadOnlyRoot": config.truth("readonly_rootfs"),
        "Hostname": config.text("hostname"),
        "Namespaces": sorted({
            *(shared for name, shared in _HOST_MODES.items() if config.text(name) == "host"),
            *("network" for network in group.parts("Networks")
              if network.text("Mode") == "host" and kind_of(driver) != "container"),
        }),
        "Capabilities": config.texts("cap_add"), "Tags": _tags(job, group, task),
        "Ports": ports_of(group.parts("Networks")) + ports_of(resources.parts("Networks")),
        "Mounts": mounts_of(group, task), "Services": services,
        "Calls": sorted({name for service in services for name in service["Calls"]}),
    }, task, secret_values(_assigned(task)))
    for holder in (group, job):
        holder.strange.clear()


def _assigned(task: Fields) -> list[str]:
    held = task.content.get("Env")
    pairs = held.items() if isinstance(held, Mapping) else ()
    return [f"{name}={value}" for name, value in pairs if isinstance(value, str)]


def _command(config: Fields) -> str | None:
    program = next((text for name in _PROGRAMS if (text := config.text(name))), None)
    words = [*([program] if program else []), *config.texts("args")]
    return shlex.join(words) or None


def _image(driver: str | None, config: Fields) -> dict[str, str | None]:
    said = config.text("image") if kind_of(driver) == "container" else None
    if said is None:
        return {}
    reference = said.removeprefix("docker://").removeprefix("https://")
    return {"Image": reference, "ImageId": None if "${" in said else image_id_of(reference)}


def ports_of(networks: Iterator[Fields]) -> list[dict[str, Any]]:
    """Ports that networks ask for or have: by label, on the host and inside."""
    return [
        {"Label": port.text("Label"), "Value": port.whole("Value") or None,
         "To": port.whole("To", least=-1) or None,
         "HostIp": port.text("HostIP") or network.text("IP")}
        for network in networks for name in ("ReservedPorts", "DynamicPorts")
        for port in network.parts(name)
    ]


def _restart(job: Fields, group: Fields, task: Fields) -> str | None:
    """What happens when a task ends: batches run until they succeed, others for ever."""
    policy = task.part("RestartPolicy") or group.part("RestartPolicy")
    attempts = policy.whole("Attempts")
    if attempts == 0 and policy.text("Mode") == "fail":
        return "no"
    if job_type(job) == "batch":
        return f"on-failure:{attempts}" if attempts is not None else "on-failure"
    return "always"


def _update(job: Fields, group: Fields) -> str | None:
    """How a new version replaces an old one."""
    said = group.part("Update") or job.part("Update")
    words = [f"max_parallel {said.text('MaxParallel')}"] if said.number("MaxParallel") else []
    words += [f"canary {said.text('Canary')}"] if said.number("Canary") else []
    words += ["auto_revert"] if said.truth("AutoRevert") else []
    words += ["auto_promote"] if said.truth("AutoPromote") else []
    return f"update: {', '.join(words)}" if words else None


def _tags(job: Fields, group: Fields, task: Fields) -> list[dict[str, str]]:
    disk = group.part("EphemeralDisk")
    periodic, lifecycle = job.part("Periodic"), task.part("Lifecycle")
    told = {
        "nomad driver": task.text("Driver"),
        "nomad constraints": constraints_of(job, group, task),
        "nomad ephemeral disk": ", ".join(
            name.lower() for name in ("Sticky", "Migrate") if disk.truth(name)),
        "nomad cpu": f"{mhz:g} MHz" if (mhz := task.part("Resources").number("CPU")) else None,
        "nomad periodic": periodic.text("Spec") or ", ".join(periodic.texts("Specs")),
        "nomad parameterized": "true" if "ParameterizedJob" in job else None,
        "nomad lifecycle": " ".join(filter(None, (
            lifecycle.text("Hook"), "sidecar" if lifecycle.truth("Sidecar") else None))),
        "nomad datacenters": ", ".join(job.texts("Datacenters")),
    }
    own = [{"Key": name, "Value": text} for name, text in told.items() if text]
    return [*job.pairs("Meta"), *group.pairs("Meta"), *task.pairs("Meta"), *own]
