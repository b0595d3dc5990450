"""Resources side by side: within limits, after what they need, again where that may help."""

import signal
import subprocess
import sys
import textwrap
import threading
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.errors import LoadError, ReadError
from fleetkit.loading.engine import Reading, read_live
from fleetkit.loading.harvest import Harvest, now
from fleetkit.loading.schedule import Schedule, Visit
from fleetkit.loading.tabulating import tabulate
from fleetkit.plugins import Call, Loader, Record, Target
from fleetkit.tables import WORKLOADS


def workloads(record):
    yield {"workload_id": record.content["id"]}


def loader_of(read, resources, **declared):
    return Loader(doc="a source for this test", resources=resources, rows={WORKLOADS: workloads},
                  connect=lambda target, seconds: target, read=read, **declared)


def read(loader, *names):
    targets = [Target(name, account="acc") for name in names]
    return read_live(Reading("test", loader), targets)


def test_resources_of_one_target_are_read_side_by_side():
    both = threading.Barrier(2, timeout=10)

    def answers(client, resource):
        both.wait()
        yield Record("machine", {"id": resource})

    (harvest,) = read(loader_of(answers, {"a": (), "b": ()}), "one")
    assert [part.status for part in harvest.parts.values()] == ["ok", "ok"]


def test_a_resource_waits_for_what_it_needs():
    order = []

    def answers(client, resource):
        order.append(resource)
        yield Record("machine", {"id": resource})

    read(loader_of(answers, {"a": (), "b": ("a",), "c": ("b",)}), "one")
    assert order == ["a", "b", "c"]


def test_what_needs_a_failed_resource_is_read_all_the_same():
    def answers(client, resource):
        if resource == "a":
            raise ReadError("no", "denied")
        yield Record("machine", {"id": resource})

    (harvest,) = read(loader_of(answers, {"a": (), "b": ("a",)}), "one")
    assert [part.status for part in harvest.parts.values()] == ["denied", "ok"]


def test_no_more_targets_of_an_account_than_its_limit_are_asked_at_once():
    inside, most, door = Counter(), Counter(), threading.Lock()

    def answers(client, resource):
        with door:
            inside[resource] += 1
            most[resource] = max(most[resource], inside[resource])
        threading.Event().wait(0.02)
        with door:
            inside[resource] -= 1
        yield Record("machine", {"id": f"{client.name}{resource}"})

    read(loader_of(answers, {"shy": ()}, limits={"shy": 2}), *(str(name) for name in range(12)))
    assert 1 <= most["shy"] <= 2


def test_rows_are_in_the_same_order_however_the_threads_ran():
    def answers(client, resource):
        threading.Event().wait(hash((client.name, resource)) % 5 / 1000)
        yield Record("machine", {"id": f"{client.name}-{resource}"})

    loader = loader_of(answers, {"a": (), "b": (), "c": ()})
    names = [str(name) for name in range(20)]
    lines = [[line for home in read(loader, *names) for line in home.lines] for _ in range(2)]
    assert lines[0] == lines[1]


def test_a_passing_failure_is_read_again_and_counted():
    tried = []

    def answers(client, resource):
        tried.append(resource)
        yield Record("machine", {"id": "half"})
        if len(tried) == 1:
            raise ReadError("the connection broke", retryable=True)
        yield Call()

    (harvest,) = read(loader_of(answers, {"a": ()}), "one")
    part = harvest.parts["a"]
    assert (part.status, part.rows, part.retries, part.problems) == ("ok", 1, 1, [])


def test_the_fullest_of_several_broken_answers_is_kept():
    lengths = iter([3, 1, 2])

    def answers(client, resource):
        yield from (Record("machine", {"id": str(number)}) for number in range(next(lengths)))
        raise ReadError("the connection broke", retryable=True)

    (harvest,) = read(loader_of(answers, {"a": ()}), "one")
    part = harvest.parts["a"]
    assert (part.status, part.rows, part.retries, len(part.problems)) == ("partial", 3, 2, 1)


def test_a_refusal_is_not_asked_again():
    tried = []

    def answers(client, resource):
        tried.append(resource)
        raise ReadError("no", "denied")
        yield

    loader = loader_of(answers, {"a": (), "b": ()})
    with pytest.raises(LoadError, match="no"):
        read(loader, "one")
    assert sorted(tried) == ["a", "b"]


def test_one_connection_serves_all_resources_of_a_target():
    made, closed = [], []

    class Client:
        def close(self):
            closed.append(self)

    def connect(target, seconds):
        made.append(target.name)
        return Client()

    def answers(client, resource):
        yield Record("machine", {"id": resource})

    loader = Loader(doc="x", resources=dict.fromkeys("abcdef", ()), connect=connect,
                    read=answers, rows={WORKLOADS: workloads})
    read(loader, "one", "two")
    assert (sorted(made), len(closed)) == (["one", "two"], 2)


def test_a_target_is_told_once_why_it_does_not_answer():
    def connect(target, seconds):
        if target.name == "gone":
            raise ReadError("gone: nothing answers", retryable=True)
        return target

    def answers(client, resource):
        yield Record("machine", {"id": f"{client.name}{resource}"})

    loader = Loader(doc="x", resources={"a": (), "b": ()}, connect=connect, read=answers,
                    rows={WORKLOADS: workloads})
    fleet = tabulate(loader, read(loader, "here", "gone"))
    assert fleet.problems[["code", "target"]].to_numpy().tolist() == [["unreachable", "gone"]]
    assert fleet.coverage["status"].tolist() == ["failed", "failed", "ok", "ok"]


@given(needs=st.lists(st.sets(st.integers(0, 7), max_size=3), min_size=1, max_size=8),
       targets=st.integers(1, 5), most=st.integers(1, 4))
def test_every_task_runs_once_and_after_what_it_needs(needs, targets, most):
    plan = {str(name): tuple(str(other) for other in sorted(before) if other < name)
            for name, before in enumerate(needs)}
    visits = [Visit(Harvest("test", Target(str(name), "acc"), "live", now()), list(plan))
              for name in range(targets)]
    schedule = Schedule(visits, plan, {"0": 1})
    ran, running = [], []
    while running or not schedule.is_empty:
        running += schedule.take(most - len(running))
        assert running, "nothing may begin although something waits"
        task = running.pop()
        assert set(plan[task[1]]) <= task[0].done
        ran.append((task[0].home.target.name, task[1]))
        schedule.finish(task)
    assert sorted(ran) == sorted((str(name), resource) for name in range(targets)
                                 for resource in plan)


def test_an_interrupt_gives_what_is_there_and_marks_the_rest(tmp_path):
    script = tmp_path / "slow.py"
    script.write_text(textwrap.dedent("""
        import sys, time
        from fleetkit.loading.engine import Reading, read_live
        from fleetkit.plugins import Loader, Record, Target

        def read(client, resource):
            for number in range(10_000):
                yield Record("machine", {"id": number})
                if number == 3:
                    print("begun", flush=True)
                time.sleep(0.02)

        loader = Loader(doc="slow", resources={"a": (), "b": ("a",)}, read=read,
                        connect=lambda target, seconds: target)
        (harvest,) = read_live(Reading("slow", loader), [Target("one")])
        print([(part.status, part.rows > 0) for part in harvest.parts.values()])
    """))
    ran = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert ran.stdout.readline() == "begun\n"
    ran.send_signal(signal.SIGINT)
    said, _ = ran.communicate(timeout=60)
    assert said == "[('partial', True), ('not_reached', False)]\n"
