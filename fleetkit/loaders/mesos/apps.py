"""Marathon's apps and their tasks."""

from collections.abc import Iterator

from fleetkit.fields import Fields
from fleetkit.loaders.mesos.doors import balancers_of
from fleetkit.loaders.mesos.recipes import app_recipe, path_of, strategy_of
from fleetkit.loaders.mesos.values import controller_of, labels_of, state_of
from fleetkit.plugins import Problem, Record
from fleetkit.plugins.making import made, nameless

_COUNTS = {"Staged": "tasksStaged", "Running": "tasksRunning", "Healthy": "tasksHealthy",
           "Unhealthy": "tasksUnhealthy"}
_SHOWN = 300

Found = Iterator[Record | Problem]


def app_records(app: Fields, framework: str | None = None, base: str = "/") -> Found:
    """An app: what it wants, what its version asks for, and its tasks where they are embedded.

    Args:
        app: as the API gives it, or a definition, which has no version yet.
        framework: id of its Marathon.
        base: group that a relative id starts from.
    """
    path = path_of(app, base)
    if path is None:
        yield nameless("an app")
        return
    version, info = app.time("version"), app.part("versionInfo")
    head = {"Framework": framework, "Controller": path, "Kind": "app", "Version": version,
            "ConfigAt": info.time("lastConfigChangeAt") or version}
    yield from made("crew", {
        **head, "Wanted": app.whole("instances"),
        "Origin": "declared" if version is None and "tasksRunning" not in app else None,
        "Deployment": next((one.text("id") for one in app.parts("deployments")), None),
        "DependsOn": sorted({_resolved(path, text) for text in app.texts("dependencies")}),
        "Balancers": balancers_of(labels_of(app)),
        "Words": "; ".join(filter(None, (strategy_of(app.part("upgradeStrategy")),
                                         _failure(app.part("lastTaskFailure"))))),
        **{name: app.whole(field) for name, field in _COUNTS.items()},
    }, app)
    yield from app_recipe(app, head)
    for task in app.parts("tasks"):
        yield from app_task(task, framework, path)


def app_task(task: Fields, framework: str | None = None, path: str | None = None) -> Found:
    """A task as Marathon tells of it."""
    key = task.text("id")
    if key is None:
        yield nameless("a task")
        return
    told = controller_of(key, "marathon")
    by_id = told["Controller"] if told["Kind"] == "app" else None
    results = [one.truth("alive") for one in task.parts("healthCheckResults") if "alive" in one]
    causes = [one.text("lastFailureCause") for one in task.parts("healthCheckResults")]
    addresses = {one.text("ipAddress") for one in task.parts("ipAddresses")}
    state = state_of(task, "state") if "state" in task else (
        "running" if "startedAt" in task else "starting")
    yield from made("task", {
        "View": "marathon", "Task": key, "Agent": task.text("slaveId"), "Framework": framework,
        "Controller": task.text("appId") or path or by_id, "Kind": "app",
        "State": state, "Words": task.text("state"),
        "Created": task.time("stagedAt"), "Started": task.time("startedAt"),
        "Version": task.time("version"), "Hostname": task.text("host"),
        "Health": ("passing" if all(results) else "critical") if results else None,
        "HealthWords": next(filter(None, causes), None),
        "Addresses": sorted(filter(None, addresses)),
        "Ports": [port for text in task.texts("ports") if (port := _port(text)) is not None],
        "Zone": (task.text("zone") or "").rpartition("/")[2] or None,
        "Volumes": [{"Target": one.text("containerPath"), "Volume": one.text("persistenceId")}
                    for one in task.parts("localVolumes")],
    }, task)


def _resolved(path: str, other: str) -> str:
    return path_of(Fields({"id": other}), path) or other


def _failure(failure: Fields) -> str | None:
    if not failure:
        return None
    said = f"{failure.text('state')} at {failure.time('timestamp')}: {failure.text('message')}"
    return f"last failure: {said[:_SHOWN]}"


def _port(text: str) -> int | None:
    return int(text) if text.isdigit() else None
