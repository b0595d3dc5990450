"""Whatever is missing or odd in a machine's record: it is a row, or a problem that says so."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleetkit.errors import LoadError
from fleetkit.loaders.gcp.answers import entries
from fleetkit.loaders.gcp.saved import parse
from fleetkit.loading import load
from fleetkit.plugins import Problem, Record
from fleetkit.source import read_json
from tests.loaders.gcp.payloads import RECORDED, instance

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["kind", "items", "id", "selfLink", "metadata", "labels", "assetType",
                         "resource", "data", "warning", "zones/a", "instances", "key", "value"]),
        inner, max_size=4),
    max_leaves=12,
)


def real_machines():
    """Recorded machines where their folder is there, and ours."""
    found = [instance()]
    for path in sorted((RECORDED / "instances-aggregated").glob("*.json")):
        found += [entry for _, entry in entries(read_json(path))]
    return found


def paths(value, path=()):
    """Paths to all fields of a document."""
    items = value.items() if isinstance(value, dict) else enumerate(
        value if isinstance(value, list) else ())
    for name, item in items:
        yield (*path, name)
        yield from paths(item, (*path, name))


def without(document, removed):
    """A copy without some fields."""
    copy = json.loads(json.dumps(document))
    for path in sorted(removed, key=len, reverse=True):
        holder = copy
        for name in path[:-1]:
            holder = holder[name]
        if isinstance(holder, dict):
            holder.pop(path[-1], None)
    return copy


MACHINES = real_machines()


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the folder of recorded payloads is absent here")
def test_the_machines_are_recorded_ones():
    assert len(MACHINES) == 9


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_machine_that_lacks_fields_is_never_lost(tmp_path, data):
    damaged = []
    for machine in MACHINES:
        removed = data.draw(st.lists(st.sampled_from(list(paths(machine))), max_size=6))
        damaged.append(without(machine, removed))
    path = tmp_path / "list.json"
    path.write_text(json.dumps([*damaged, instance("whole", 77)]))
    fleet = load("gcp", path)
    lost = fleet.problems[fleet.problems["code"] != "unattached_volume"]
    assert len(fleet.workloads) + len(lost) == len(damaged) + 1


@given(document=JSON)
def test_any_document_gives_records_and_problems_or_is_refused(document):
    try:
        found = list(parse(document, "file.json"))
    except LoadError:
        return
    assert all(isinstance(item, Record | Problem) for item in found)
    json.dumps([item.content for item in found if isinstance(item, Record)])


@given(items=st.lists(JSON, max_size=5))
def test_each_entry_of_a_list_becomes_a_record_or_a_problem(items):
    listed = [entry for entry in items if not (isinstance(entry, dict) and "items" in entry)]
    found = list(parse({"kind": "compute#instanceList", "items": listed}, "file.json"))
    assert len(found) >= len(listed)
