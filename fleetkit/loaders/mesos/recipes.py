"""What a version of an app, pod or job asks for: a `recipe` for each of its containers.

Of the environment only names stay; what is fetched, secrets and their sources are left out.
"""

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.fields import Fields
from fleetkit.loaders.mesos.doors import doors_of, pod_doors
from fleetkit.loaders.mesos.values import check_of, command_of, image_fields, labels_of, sizes_of
from fleetkit.loaders.mesos.volumes import pod_volumes, volumes_of
from fleetkit.plugins import Problem, Record
from fleetkit.plugins.making import made
from fleetkit.redaction import secret_values

_NETWORK = "network"
_RESTARTS = {"NEVER": "no", "ON_FAILURE": "on-failure"}

Found = Iterator[Record | Problem]


def path_of(fields: Fields, base: str = "/") -> str | None:
    """The id of an app, pod or group as a whole path; definitions may write it from their group."""
    said = fields.text("id")
    return posixpath.normpath(posixpath.join(base, said)).replace("//", "/") if said else None


def app_recipe(app: Fields, head: Mapping[str, Any]) -> Found:
    """The recipe of an app.

    Args:
        app: its definition.
        head: framework, path and version.
    """
    labels = labels_of(app)
    checks = list(app.parts("healthChecks"))
    yield from made("recipe", {
        **head, "Restart": "always", "Checked": bool(checks),
        "Check": next((check_of(check.text("protocol")) for check in checks), None),
        "Command": command_of(app), "User": app.text("user"), "EnvNames": app.names("env"),
        "Grace": app.number("taskKillGracePeriodSeconds"),
        "Labels": [*labels, *_remarks(app)], "Mounts": volumes_of(app.part("container")),
        "Doors": doors_of(app, labels), **sizes_of(app), **_container(app),
    }, app, _secrets(app, "env"))


def pod_recipes(pod: Fields, head: Mapping[str, Any]) -> Found:
    """The recipes of a pod, one for each of its containers."""
    doors = 0
    for container in pod.parts("containers"):
        offered = pod_doors(pod, container, doors)
        doors += sum(door["Index"] is not None for door in offered)
        health, image = container.part("healthCheck"), container.part("image")
        run = container.part("exec").part("command")
        yield from made("recipe", {
            **head, "Container": container.text("name"), "Restart": "always",
            "Checked": bool(health),
            "Check": next((kind for kind in ("http", "tcp", "command") if kind in health), None),
            "Command": run.text("shell") or " ".join(run.texts("argv")) or None,
            "User": container.text("user") or pod.text("user"),
            "EnvNames": sorted({*pod.names("environment"), *container.names("environment")}),
            "Grace": container.part("lifecycle").number("killGracePeriodSeconds"),
            "Labels": [*labels_of(pod), *labels_of(container), *_remarks(pod)],
            "Mounts": pod_volumes(pod, container), "Doors": offered,
            "IsContainer": "id" in image, **image_fields(image.text("id")),
            "Namespaces": _host_network(pod), **sizes_of(container.part("resources")),
        }, container, (*_secrets(pod, "environment"), *_secrets(container, "environment")))


def job_recipe(job: Fields, head: Mapping[str, Any]) -> Found:
    """The recipe of a Metronome job."""
    run = job.part("run")
    image = run.part("docker").text("image") or run.part("ucr").part("image").text("id")
    policy = run.part("restart").text("policy")
    schedules = [f"{one.text('cron')} {one.text('timezone') or ''}".strip()
                 for one in job.parts("schedules")]
    past = job.part("historySummary")
    told = {"schedule": "; ".join(schedules), "description": job.text("description"),
            "last success": past.time("lastSuccessAt"), "last failure": past.time("lastFailureAt")}
    remarks = Fields({f"metronome {name}": text for name, text in told.items() if text})
    yield from made("recipe", {
        **head, "Restart": _RESTARTS.get(str(policy)), "Command": command_of(run),
        "User": run.text("user"), "EnvNames": run.names("env"), "Checked": False,
        "Labels": [*labels_of(job), *Fields({"said": remarks.content}).pairs("said"),
                   *_remarks(run)],
        "Mounts": [*volumes_of(run)], "IsContainer": image is not None, **image_fields(image),
        **sizes_of(run),
    }, job, _secrets(run, "env"))


def constraints_of(fields: Fields) -> str | None:
    """Where tasks may run, in the words of Marathon: "hostname UNIQUE; rack LIKE r[12]"."""
    placement = fields.part("scheduling").part("placement") or fields.part("placement")
    listed = fields.content.get("constraints") or placement.content.get("constraints")
    said = []
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, Mapping):
            one = [one.get("fieldName") or one.get("attribute"), one.get("operator"),
                   one.get("value")]
        if isinstance(one, list):
            said.append(" ".join(str(word) for word in one if word not in (None, "")))
    return "; ".join(said) or None


def strategy_of(upgrade: Fields) -> str | None:
    """How many tasks an upgrade may take away or add."""
    words = [f"{name} {number:g}" for name in ("minimumHealthCapacity", "maximumOverCapacity")
             if (number := upgrade.number(name)) is not None]
    return f"upgrade: {', '.join(words)}" if words else None


def _remarks(fields: Fields) -> list[dict[str, str]]:
    """What says where and how tasks live, as tags; no label is likely to be called so."""
    residency = fields.part("residency")
    unreachable = fields.content.get("unreachableStrategy")
    told = {
        "marathon constraints": constraints_of(fields),
        "marathon residency": ", ".join(
            f"{name}={residency.text(name)}" for name in sorted(residency.content)),
        "marathon roles": ", ".join(fields.texts("acceptedResourceRoles")),
        "marathon unreachable": unreachable if isinstance(unreachable, str) else None,
        "gpus": fields.text("gpus") if fields.number("gpus") else None,
    }
    return [{"Key": name, "Value": text} for name, text in told.items() if text]


def _container(app: Fields) -> dict[str, Any]:
    container = app.part("container")
    docker = container.part("docker")
    reference = docker.text("image") or container.text("image")
    options: dict[str, list[str]] = {}
    for parameter in docker.parts("parameters"):
        options.setdefault(parameter.text("key") or "", []).append(parameter.text("value") or "")
    has_host_network = docker.text(_NETWORK) == "HOST" or bool(_host_network(app))
    return {
        "IsContainer": reference is not None,
        **image_fields(reference.removeprefix("docker:///") if reference else None),
        "Privileged": docker.truth("privileged") if docker else None,
        "ReadOnlyRoot": True if "true" in options.get("read-only", ()) else None,
        "Capabilities": sorted(options.get("cap-add", ())),
        "Namespaces": sorted({
            *([_NETWORK] if has_host_network else []),
            *(name for name in ("pid", "ipc") if "host" in options.get(name, ())),
        }),
    }


def _host_network(fields: Fields) -> list[str]:
    modes = {network.text("mode") for network in fields.parts("networks")}
    return [_NETWORK] if "host" in modes else []


def _secrets(fields: Fields, name: str) -> tuple[str, ...]:
    """Values of variables whose names say secret."""
    held = fields.content.get(name)
    pairs = held.items() if isinstance(held, Mapping) else ()
    return secret_values([f"{key}={value}" for key, value in pairs if isinstance(value, str)])
