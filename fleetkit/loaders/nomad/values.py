"""Nomad's spellings: drivers, states, namespaces; and how a record is made of checked fields."""


from fleetkit.fields import Fields

NANO = 1e-9
_DEFAULT = "default"
_CONTAINERS = ("docker", "podman", "containerd", "containerd-driver", "nerdctl", "rkt", "lxc",
               "nspawn", "singularity", "ecs")
_MACHINES = ("qemu", "virt", "libvirt", "firecracker-task-driver")
_TASKS = {"pending": "starting", "running": "running"}
_ALLOCS = {"pending": "starting", "running": "running", "complete": "terminated",
           "failed": "failed", "lost": "failed", "unknown": "unknown"}
_CHECKS = {"http": "http", "tcp": "tcp", "script": "command"}


def namespace_of(fields: Fields) -> str:
    """The namespace that a thing lives in; one that names none lives in the default one."""
    return fields.text("Namespace") or _DEFAULT


def kind_of(driver: str | None) -> str:
    """Whether a driver runs a container, a machine, or a bare process."""
    name = str(driver).lower()
    if name in _MACHINES:
        return "vm"
    return "container" if name in _CONTAINERS else "task"


def check_of(word: str | None) -> str | None:
    """How a check asks; None for one that no column has a word for."""
    return _CHECKS.get(str(word).lower())


def alloc_state(alloc: Fields) -> str:
    """What an allocation does now; a word that nobody knows is noted."""
    word = str(alloc.text("ClientStatus") or "")
    if word and word not in _ALLOCS:
        alloc.strange.append(f"ClientStatus: expected a status of Nomad, found {word[:40]!r}")
    state = _ALLOCS.get(word, "unknown")
    is_leaving = state == "running" and alloc.text("DesiredStatus") in ("stop", "evict")
    return "stopping" if is_leaving else state


def task_state(task: Fields, whole: str) -> str:
    """What a task of an allocation does now.

    Args:
        task: as its client told last.
        whole: state of the allocation: a client that is lost tells nothing new.
    """
    word = task.text("State")
    if word == "dead":
        return "failed" if task.truth("Failed") else "terminated"
    if whole in ("failed", "unknown", "terminated") or word is None:
        return whole
    if word not in _TASKS:
        task.strange.append(f"State: expected a state of a task, found {word[:40]!r}")
    found = _TASKS.get(word, "unknown")
    return "stopping" if found == "running" and whole == "stopping" else found

