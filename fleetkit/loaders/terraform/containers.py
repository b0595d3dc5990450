"""Containers and images of a Docker engine, and images that Kubernetes and Swarm are told to run.

Ids are formed as the loader of Docker forms them. Values of environment variables are dropped.
"""

import shlex
from collections.abc import Iterator

from fleetkit.fields import MIB, Fields
from fleetkit.loaders.terraform.resources import Resource, Stack, first
from fleetkit.loaders.terraform.things import (
    container_image,
    group,
    image,
    known,
    mount,
    stub,
    workload,
)
from fleetkit.plugins import Record
from fleetkit.redaction import mask_text, names_only, secret_values

_IMAGES = ("docker_image", "docker_registry_image")
_CONTROLLERS = {
    "kubernetes_deployment": "deployment", "kubernetes_stateful_set": "statefulset",
    "kubernetes_daemonset": "daemonset", "kubernetes_daemon_set": "daemonset",
    "kubernetes_job": "job", "kubernetes_cron_job": "cronjob",
    "kubernetes_replication_controller": "replicaset",
}


def container(resource: Resource, stack: Stack) -> Iterator[Record]:
    known_as = resource.fields
    native = known_as.text("id")
    asked = known_as.text("image")
    image_id = container_image(asked)
    secret = secret_values(known_as.texts("env"))
    words = [*known_as.texts("entrypoint"), *known_as.texts("command")]
    tries = known_as.whole("max_retry_count")
    restart = known_as.text("restart")
    cards = list(known_as.parts("network_data"))
    memory = known_as.whole("memory", factor=MIB)
    yield from workload(
        resource, stack, f"docker||container|{native}" if native else None, kind="container",
        name=known_as.text("name"), hostname=known_as.text("hostname"), state="unknown",
        cpu_cores=known_as.number("cpus") or None, memory_bytes=memory or None,
        image_ref=_tag_of(stack, asked) or asked, image_id=image_id,
        command=mask_text(shlex.join(words), secret) if words else None,
        restart_policy=f"{restart}:{tries}" if restart and tries else restart,
        stop_grace_seconds=known_as.number("stop_timeout") or None,
        private_ips=known([known_as.text("ip_address"), *(
            card.text(name) for card in cards for name in ("ip_address", "global_ipv6_address"))]),
        macs=known(card.text("mac_address") for card in cards),
        provider_id=f"docker://{native}" if native else None,
        privileged=known_as.truth("privileged"), read_only_root=known_as.truth("read_only"),
        run_as=known_as.text("user"), ephemeral=known_as.truth("rm"),
        capabilities=known(first(known_as, "capabilities").texts("add")),
        ports=known(_port(port) for port in known_as.parts("ports")),
        env_names=known(names_only(known_as.texts("env"))),
        tags=_labels(known_as),
    )
    yield from _mounts(resource, stack)
    yield from stub(image_id, "container", _tag_of(stack, asked))


def picture(resource: Resource, stack: Stack) -> Iterator[Record]:
    known_as = resource.fields
    name, digest = known_as.text("name"), known_as.text("repo_digest")
    content = known_as.text("image_id") or known_as.text("latest")
    by_content = content if content and content.startswith("sha256:") else None
    yield from image(
        resource, stack, by_content or container_image(digest or name), kind="container",
        name=name, tags=[name] if name and not name.startswith("sha256:") else None,
        digests=[digest] if digest else None, is_stub=True,
    )


def swarm_service(resource: Resource, stack: Stack) -> Iterator[Record]:
    known_as = resource.fields
    spec = first(first(known_as, "task_spec"), "container_spec")
    mode = first(first(known_as, "mode"), "replicated")
    yield from _controller(resource, stack, "swarm", known_as.text("name"), mode, spec)


def controller(resource: Resource, stack: Stack) -> Iterator[Record]:
    """A controller of Kubernetes; each of its containers has an image, the first is told."""
    kind = resource.kind.removesuffix("_v1")
    meta, spec = first(resource.fields, "metadata"), first(resource.fields, "spec")
    template = spec
    for name in ("job_template", "spec"):
        template = first(template, name) if kind == "kubernetes_cron_job" else template
    pod = first(first(template, "template"), "spec")
    name = f"{meta.text('namespace') or 'default'}/{meta.text('name') or ''}"
    first_container = next(pod.parts("container"), Fields(None))
    yield from _controller(resource, stack, _CONTROLLERS[kind], name, spec, first_container)


def _controller(  # noqa: PLR0913 - each is a fact
    resource: Resource, stack: Stack, kind: str, name: str | None, scale: Fields, box: Fields
) -> Iterator[Record]:
    reference = box.text("image")
    image_id = container_image(reference)
    replicas = None if kind in ("daemonset", "job", "cronjob") else scale.whole("replicas")
    yield from group(
        resource, stack, controller_kind=kind, controller_name=name, version=None,
        image_ref=reference, image_id=image_id, replicas=replicas,
    )
    yield from stub(image_id, "container", reference)


def _mounts(resource: Resource, stack: Stack) -> Iterator[Record]:
    known_as = resource.fields
    for volume in known_as.parts("volumes"):
        named, path = volume.text("volume_name"), volume.text("host_path")
        yield _mount(resource, stack, "named_volume" if named else "bind" if path
                     else "anonymous_volume", named or path, volume.text("container_path"),
                     read_only=volume.truth("read_only"))
    for other in known_as.parts("mounts"):
        kind = _MOUNTS.get(other.text("type") or "", "unknown")
        source = other.text("source")
        yield _mount(resource, stack, "anonymous_volume" if kind == "named_volume" and not source
                     else kind, source, other.text("target"), read_only=other.truth("read_only"))
    for path in known_as.names("tmpfs"):
        yield _mount(resource, stack, "tmpfs", None, path, read_only=False)


def _mount(  # noqa: PLR0913 - each is a fact
    resource: Resource, stack: Stack, kind: str, source: str | None, path: str | None, *,
    read_only: bool | None
) -> Record:
    return mount(
        resource, stack, "container", kind=kind, source_path=source, target_path=path,
        read_only=read_only, volume_id=source if kind == "named_volume" else None,
        delete_with_workload=kind == "tmpfs", persistence=_LASTING[kind])


def _tag_of(stack: Stack, asked: str | None) -> str | None:
    """The name of an image that is known by its content."""
    if asked and not asked.startswith("sha256:"):
        return asked
    for name in ("image_id", "latest"):
        if found := stack.having(_IMAGES, name, asked).text("name"):
            return found
    return None


def _port(port: Fields) -> str | None:
    inside = port.whole("internal")
    return f"{inside}/{port.text('protocol') or 'tcp'}" if inside else None


def _labels(known_as: Fields) -> list[dict[str, str]]:
    pairs = {label.text("label"): label.text("value") or "" for label in known_as.parts("labels")}
    return Fields({"labels": {key: value for key, value in pairs.items() if key}}).pairs("labels")


_MOUNTS = {"bind": "bind", "volume": "named_volume", "tmpfs": "tmpfs"}
_LASTING = {"named_volume": "durable", "anonymous_volume": "host_state", "bind": "host_state",
            "tmpfs": "ephemeral", "unknown": "unknown"}

KINDS = {
    "docker_container": container,
    "docker_image": picture,
    "docker_service": swarm_service,
    **{f"{kind}{version}": controller for kind in _CONTROLLERS for version in ("", "_v1")},
}
PARTS = frozenset({"docker_volume"})
