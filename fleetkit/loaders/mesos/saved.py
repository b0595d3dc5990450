"""Saved payloads, recognised by their shape: answers of the APIs, and definitions."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.fields import Fields
from fleetkit.loaders.mesos.apps import app_records, app_task
from fleetkit.loaders.mesos.deployments import (
    deployment_records,
    marathon_record,
    waiting_records,
)
from fleetkit.loaders.mesos.groups import group_records
from fleetkit.loaders.mesos.jobs import job_records
from fleetkit.loaders.mesos.masters import master_records
from fleetkit.loaders.mesos.pods import pod_records
from fleetkit.loaders.mesos.values import repeated
from fleetkit.plugins import Problem, Record
from fleetkit.plugins.making import noted

Found = Iterator[Record | Problem]

_MASTER = ("slaves", "frameworks", "get_state", "get_agents", "get_tasks", "get_frameworks",
           "subscribed", "recovered_slaves")
_APP_WORDS = ("instances", "cmd", "container", "cpus", "args", "mem", "upgradeStrategy")
_POD_WORDS = ("scaling", "networks", "scheduling", "executorResources")
_SHOWN = 6


def parse(document: Any, where: str, *, completed: bool = False) -> Found:
    """The raw records of a saved document.

    Args:
        document: an answer of a Mesos master, of Marathon or Metronome; a list of such things, as
            the dcos command prints; or the definition of an app, pod or group.
        where: its name.
        completed: load tasks that are over, too.

    Raises:
        LoadError: it is nothing of all this.
    """
    if isinstance(document, Mapping):
        yield from _whole(document, where, completed=completed)
    elif isinstance(document, list):
        yield from _listed(document, where, completed=completed)
    else:
        raise LoadError(_strange(where, f"{type(document).__name__}"))


def _whole(document: Mapping[str, Any], where: str, *, completed: bool) -> Found:
    if _words(document, *_MASTER):
        yield from master_records(document, completed=completed)
    elif "tasks" in document and "id" not in document:
        yield from _tasks(document, completed=completed)
    elif "queue" in document:
        yield from _queue(Fields(document))
    elif "versions" in document and "id" not in document:
        yield _thin_versions()
    elif _holder(document):
        yield from _held(document)
    elif make := _maker(document):
        yield from make(Fields(document))
    else:
        keys = sorted(map(str, document))[:_SHOWN]
        raise LoadError(_strange(where, f"an object with the keys {keys!r}"))


def _tasks(document: Mapping[str, Any], *, completed: bool) -> Found:
    """Tasks of Marathon, or of a master: both answer with the same word."""
    listed = document["tasks"]
    tasks = [task for task in listed if isinstance(task, Mapping)] if isinstance(
        listed, list) else []
    if not any(_words(task, "appId", "slaveId") for task in tasks):
        yield from master_records(document, completed=completed)
        return
    for task in Fields(document).parts("tasks"):
        yield from app_task(task)
    yield from repeated("a task", [f"{task.get('slaveId')} {task.get('id')}" for task in tasks])


def _queue(answer: Fields) -> Found:
    for entry in answer.parts("queue"):
        if "app" in entry:
            yield from app_records(entry.part("app"))
        elif "pod" in entry:
            yield from pod_records(entry.part("pod"))
        yield from waiting_records(entry)


def _held(document: Mapping[str, Any]) -> Found:
    """Apps or tasks under their word, one or several."""
    fields = Fields(document)
    for name, make_one in _HOLDERS.items():
        if isinstance(document.get(name), Mapping):
            yield from make_one(fields.part(name))
        else:
            for item in fields.parts(name):
                yield from make_one(item)
    yield from noted(fields, "the answer")


def _listed(items: list[Any], where: str, *, completed: bool) -> Found:
    """A list of things of one or several kinds."""
    if items and not any(isinstance(item, Mapping) and (
            _maker(item) or _master_word(item)) for item in items):
        raise LoadError(_strange(where, "a list of other things"))
    held: dict[str, list[Any]] = {}
    runs: list[str | None] = []
    for position, item in enumerate(items):
        word = _master_word(item) if isinstance(item, Mapping) else None
        make = _maker(item) if isinstance(item, Mapping) else None
        if word:
            held.setdefault(word, []).append(item)
        elif make:
            yield from make(Fields(item))
            runs += _tasks_of_runs(item)
        else:
            yield Problem(
                code="unknown_record", subject_id=f"{where}[{position}]", phase="parse",
                message="an entry is nothing that Mesos or Marathon prints",
            )
    yield from repeated("a task", runs)
    if held:
        yield from master_records(held, completed=completed)


def _tasks_of_runs(job: Mapping[str, Any]) -> list[str | None]:
    runs = Fields(job).parts("activeRuns") if "run" in job else ()
    return [task.text("id") for run in runs for task in run.parts("tasks")]


def _master_word(item: Mapping[str, Any]) -> str | None:
    """The list of a master's answer that a bare thing belongs to."""
    if _words(item, "framework_id") and _words(item, "slave_id", "agent_id"):
        return "tasks"
    if str(item.get("pid")).startswith("slave(") or _words(item, "agent_info"):
        return "slaves"
    is_framework = _words(item, "webui_url", "used_resources", "framework_info", "principal")
    return "frameworks" if is_framework and _words(item, "name", "framework_info") else None


def _words(document: Mapping[str, Any], *names: str) -> bool:
    return any(name in document for name in names)


def _holder(document: Mapping[str, Any]) -> bool:
    """Whether it is an answer that holds a thing or a list of things under its word."""
    return "id" not in document and any(
        isinstance(document.get(name), list | Mapping) for name in _HOLDERS)


def _maker(item: Mapping[str, Any]) -> Callable[[Fields], Found] | None:
    """What makes records of a bare thing."""
    forms: tuple[tuple[bool, Callable[[Fields], Found]], ...] = (
        ("frameworkId" in item and _words(item, "marathon_config", "version"), marathon_record),
        (_words(item, "affectedApps", "affectedPods", "currentActions"), deployment_records),
        ("appId" in item and "id" in item, app_task),
        (isinstance(item.get("run"), Mapping) and "id" in item, job_records),
        ("spec" in item and _words(item, "instances", "status"), pod_records),
        (isinstance(item.get("containers"), list) and _words(item, *_POD_WORDS), pod_records),
        (isinstance(item.get("groups"), list) or isinstance(item.get("apps"), list), group_records),
        ("id" in item and _words(item, *_APP_WORDS), app_records),
    )
    return next((make for fits, make in forms if fits), None)


def _thin_versions() -> Problem:
    return Problem(
        code="thin_answer", message="a list of versions does not say of which app it is",
        phase="parse", severity="info",
        hint="save /v2/apps/ID/versions/VERSION instead: it holds the definition",
    )


def _strange(where: str, found: str) -> str:
    return (
        f"{where}: expected an answer of Mesos, Marathon or Metronome, or the definition of an app,"
        f" pod or group, found {found}; pass what `curl MARATHON/v2/apps?embed=apps.tasks` or"
        " `curl MASTER/state` prints"
    )


_HOLDERS: dict[str, Callable[[Fields], Found]] = {
    "apps": app_records, "app": app_records, "task": app_task,
}
