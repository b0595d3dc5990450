"""What Marathon is about to change: deployments, and tasks that wait for offers."""

from collections.abc import Iterator, Mapping

from fleetkit.fields import Fields
from fleetkit.loaders.mesos.recipes import path_of
from fleetkit.plugins import Problem, Record
from fleetkit.plugins.making import made, nameless

Found = Iterator[Record | Problem]


def deployment_records(deployment: Fields, framework: str | None = None) -> Found:
    """A deployment, once for each app and pod that it moves."""
    key = deployment.text("id")
    if key is None:
        yield nameless("a deployment")
        return
    actions = list(_actions(deployment))
    now = [(one.text("action"), one.text("app") or one.text("pod"), list(
        one.parts("readinessCheckResults"))) for one in deployment.parts("currentActions")]
    step = f"step {deployment.text('currentStep')} of {deployment.text('totalSteps')}"
    for path in [*deployment.texts("affectedApps"), *deployment.texts("affectedPods")]:
        doing = [str(action) for action, subject, _ in now if subject == path]
        waits = [f"readiness check {check.text('name')} of {check.text('taskId')}"
                 for _, subject, checks in now if subject == path
                 for check in checks if check.truth("ready") is False]
        yield from made("deployment", {
            "Framework": framework, "Id": key, "Version": deployment.time("version"),
            "Controller": path, "Actions": [action for action, subject in actions
                                            if subject == path],
            "Words": "; ".join([step, *doing, *(f"waits for {what}" for what in waits)]),
        }, deployment)


def _actions(deployment: Fields) -> Iterator[tuple[str, str]]:
    """Action and subject of each step; old versions list the actions of a step bare."""
    steps = deployment.content.get("steps")
    for step in steps if isinstance(steps, list) else ():
        listed = step.get("actions") if isinstance(step, Mapping) else step
        for item in listed if isinstance(listed, list) else ():
            one = Fields(item)
            yield str(one.text("action") or one.text("type")), str(one.text("app")
                                                                  or one.text("pod"))


def waiting_records(entry: Fields, framework: str | None = None) -> Found:
    """What an app or pod in Marathon's queue waits for."""
    held = entry.part("app") or entry.part("pod")
    offers = entry.part("processedOffersSummary")
    told: dict[str, float] = {}
    for one in offers.parts("rejectSummaryLastOffers"):
        if declined := one.number("declined"):
            told[str(one.text("reason"))] = declined
    reasons = ", ".join(f"{reason} {count:g}" for reason, count in sorted(
        told.items(), key=lambda pair: -pair[1]))
    count, since = entry.text("count"), entry.time("since")
    yield from made("waiting", {
        "Framework": framework, "Controller": path_of(held),
        "Words": f"{count} wait for offers since {since}" + (
            f"; declined: {reasons}" if reasons else ""),
    }, entry)


def marathon_record(info: Fields) -> Found:
    """Which framework a Marathon is."""
    yield from made("marathon", {"Framework": info.text("frameworkId"),
                                 "Name": info.text("name")}, info)
