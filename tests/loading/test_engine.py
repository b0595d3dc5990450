"""The engine binds each error to its target, and says what was not read."""

import threading
import time

import pytest

from fleetkit.errors import LoadError, ReadError
from fleetkit.loading.budget import Budget
from fleetkit.loading.engine import Reading, read_live
from fleetkit.loading.tabulating import tabulate
from fleetkit.plugins import Loader, Problem, Record, Target
from fleetkit.tables import WORKLOADS


def machines(record):
    yield {"workload_id": record.content["id"], "cpu_cores": record.content.get("cores")}


def loader_of(read, resources=("machines",), connect=lambda target, seconds: target):
    needs = dict(zip(resources, [(), *((name,) for name in resources)], strict=False))
    return Loader(doc="a source for this test", resources=needs, connect=connect, read=read,
                  rows={WORKLOADS: machines}, tries=1)


def one_machine(client, resource):
    yield Record("machine", {"id": f"{client.name}/{resource}"})


def read(loader, *names, seconds=None):
    targets = [Target(name) for name in names]
    return tabulate(loader, read_live(Reading("test", loader, Budget(seconds)), targets))


def statuses(fleet):
    return dict(zip(fleet.coverage["target"], fleet.coverage["status"], strict=True))


def test_rows_bear_the_target_that_gave_them():
    fleet = read(loader_of(one_machine), "b", "a")
    assert fleet.workloads[["workload_id", "target"]].to_numpy().tolist() == [
        ["a/machines", "a"], ["b/machines", "b"]]


def test_a_denied_target_is_a_row_of_coverage_and_the_others_are_loaded():
    def answers(client, resource):
        if client.name == "closed":
            raise ReadError("closed: not allowed to list machines", "denied")
        yield from one_machine(client, resource)

    fleet = read(loader_of(answers), "open", "closed")
    assert statuses(fleet) == {"open": "ok", "closed": "denied"}
    assert fleet.problems[["code", "target"]].to_numpy().tolist() == [["access_denied", "closed"]]


def test_empty_and_denied_do_not_look_the_same():
    def answers(client, resource):
        if client.name == "closed":
            raise ReadError("closed", "denied")
        yield from ()

    assert statuses(read(loader_of(answers), "void", "closed")) == {
        "void": "empty", "closed": "denied"}


def test_a_target_that_breaks_in_the_middle_keeps_what_it_gave():
    def answers(client, resource):
        yield from one_machine(client, resource)
        raise ReadError("connection reset", retryable=True)

    fleet = read(loader_of(answers), "a")
    assert (len(fleet.workloads), statuses(fleet)) == (1, {"a": "partial"})
    assert fleet.problems["retryable"].tolist() == [True]


def test_an_unreachable_target_is_named_for_each_of_its_resources():
    def connect(target, seconds):
        if target.name == "gone":
            raise ReadError("gone: nothing answers")
        return target

    fleet = read(loader_of(one_machine, ("machines", "disks"), connect), "here", "gone")
    gone = fleet.coverage[fleet.coverage["target"] == "gone"]
    assert gone[["resource", "status"]].to_numpy().tolist() == [
        ["disks", "failed"], ["machines", "failed"]]


def test_a_strange_answer_of_one_target_does_not_end_the_others():
    def answers(client, resource):
        if client.name == "odd":
            raise KeyError("Id")
        yield from one_machine(client, resource)

    assert statuses(read(loader_of(answers), "odd", "even")) == {"odd": "failed", "even": "ok"}


def test_nothing_read_at_all_is_an_error_with_every_reason():
    def connect(target, seconds):
        raise ReadError(f"{target.name}: nothing answers")

    with pytest.raises(LoadError, match="none of 2 targets could be read: a: a: nothing.*b: b: no"):
        read(loader_of(one_machine, connect=connect), "a", "b")


def test_a_spent_budget_returns_what_is_there_and_says_so():
    def answers(client, resource):
        for number in range(1_000):
            yield Record("machine", {"id": str(number)})
            time.sleep(0.01)

    fleet = read(loader_of(answers, ("machines", "disks")), "a", seconds=0.1)
    assert 0 < len(fleet.workloads) < 1_000
    assert fleet.coverage["status"].tolist() == ["not_reached", "partial"]


def test_a_stop_returns_what_is_there_and_marks_the_rest():
    budget = Budget()

    def answers(client, resource):
        yield Record("machine", {"id": "first"})
        budget.stopped.set()
        yield Record("machine", {"id": "second"})

    loader = loader_of(answers, ("machines", "disks"))
    fleet = tabulate(loader, read_live(Reading("test", loader, budget), [Target("a")]))
    assert fleet.coverage["status"].tolist() == ["not_reached", "partial"]


def test_targets_are_read_side_by_side():
    both = threading.Barrier(2, timeout=10)

    def answers(client, resource):
        both.wait()
        yield from one_machine(client, resource)

    assert len(read(loader_of(answers), "a", "b").workloads) == 2


def test_a_record_that_lacks_its_id_is_a_problem_and_the_rest_is_loaded():
    def answers(client, resource):
        yield Record("machine", {"Name": "nameless"})
        yield Record("machine", {"id": "good"})

    fleet = read(loader_of(answers), "a")
    assert fleet.workloads["workload_id"].tolist() == ["good"]
    assert fleet.problems[["code", "subject_id"]].to_numpy().tolist() == [
        ["unreadable_record", "nameless"]]


def test_a_value_that_does_not_fit_its_column_costs_its_row_only():
    def answers(client, resource):
        yield Record("machine", {"id": "odd", "cores": "a few"})
        yield Record("machine", {"id": "good", "cores": 2})

    fleet = read(loader_of(answers), "a")
    assert fleet.workloads["workload_id"].tolist() == ["good"]
    assert "expected real, found 'a few'" in fleet.problems["detail"].iloc[0]


def test_problems_of_a_loader_bear_their_target_and_resource():
    def answers(client, resource):
        yield Problem("vanished", "a machine was removed meanwhile", subject_id="m1")

    problem = read(loader_of(answers), "a").problems.iloc[0]
    assert (problem["target"], problem["resource"], problem["subject_id"]) == (
        "a", "machines", "m1")


def test_secrets_in_an_error_are_masked():
    def answers(client, resource):
        yield from one_machine(client, resource)
        raise ReadError("https://user:hunter2@engine.example refused")

    fleet = read(loader_of(answers), "a")
    assert "hunter2" not in fleet.problems.to_csv() + fleet.coverage.to_csv()


def test_every_step_is_told_as_an_event():
    events = []
    loader = loader_of(one_machine)
    read_live(Reading("test", loader, progress=events.append), [Target("a")])
    assert [(event.status, event.rows) for event in events] == [
        ("waiting", 0), ("reading", 0), ("ok", 1)]
