"""The jobs of Metronome, DC/OS' scheduler of jobs, and the tasks of their active runs."""

from collections.abc import Iterator

from fleetkit.fields import Fields
from fleetkit.loaders.mesos.recipes import job_recipe
from fleetkit.loaders.mesos.values import STATES, state_of
from fleetkit.plugins import Problem, Record
from fleetkit.plugins.making import made, nameless

Found = Iterator[Record | Problem]


def job_records(job: Fields) -> Found:
    """A job of Metronome and the tasks of its active runs."""
    key = job.text("id")
    if key is None:
        yield nameless("a job")
        return
    head = {"Controller": key, "Kind": "cronjob" if "schedules" in job and list(
        job.parts("schedules")) else "job"}
    runs = list(job.parts("activeRuns"))
    tasks = [task for run in runs for task in run.parts("tasks")]
    running = sum(STATES.get(str(task.text("status"))) == "running" for task in tasks)
    yield from made("crew", {
        **head, "Running": running if "activeRuns" in job else None,
        "DependsOn": [text for one in job.parts("dependencies") if (text := one.text("id"))],
    }, job)
    yield from job_recipe(job, head)
    for task in tasks:
        state = state_of(task, "status")
        yield from made("task", {
            "View": "metronome", "Task": task.text("id"), **head, "State": state,
            "Words": task.text("status"), "Started": task.time("startedAt"),
            "Stopped": task.time("completedAt"),
        }, task)
