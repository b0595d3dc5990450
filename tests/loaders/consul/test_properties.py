"""Whatever names and documents hold: ids stay apart, secrets stay out, nothing breaks."""

import copy

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleetkit.errors import LoadError
from fleetkit.loaders.consul import LOADER
from fleetkit.loading.harvest import Harvest, Part, now
from fleetkit.loading.tabulating import tabulate
from fleetkit.plugins import Target
from tests.loaders.consul.payloads import SECRET, check, instance, intention, node

FEW = settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
TRICKY = ["a/b", "a", "b", "a%2Fb", "auth-token:1", "auth-token:2", "password=x", "password=y",
          "*", "|"]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
NAMES = TEXTS | st.sampled_from(TRICKY)
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner,
                                                                max_size=3),
    max_leaves=5)
ENTRIES = [
    node(), instance("web", [check("serfHealth"), check("c", "critical", "web-1")],
                     Meta={"version": "1"}, Kind="connect-proxy", Proxy={
                         "DestinationServiceName": "web", "DestinationServiceID": "web-1",
                         "LocalServicePort": 80, "Upstreams": [
                             {"DestinationName": "db", "LocalBindPort": 1}]}),
    check(), intention(Permissions=[{"Action": "allow"}], action=""),
    {"Kind": "service-splitter", "Name": "web", "Splits": [{"Weight": 1, "Service": "x"}]},
    {"Kind": "service-router", "Name": "web", "Routes": [{"Destination": {"Service": "x"}}]},
    {"Kind": "service-resolver", "Name": "web", "Failover": {"*": {"Datacenters": ["east"]}}},
    {"Kind": "ingress-gateway", "Name": "in", "Listeners": [
        {"Port": 80, "Services": [{"Name": "web"}]}]},
    {"Kind": "service-intentions", "Name": "web", "Sources": [{"Name": "*", "Action": "deny"}]},
]


def fleet_of(document):
    part = Part("file", status="ok")
    for item in LOADER.parse(document, "a document"):
        part.take(item)
    return tabulate(LOADER, [Harvest("consul", Target("f"), "file", now(), {"file": part})]), part


def paths(value, path=()):
    """Where anything lies in a document."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(
        value, list) else ()
    for key, item in inside:
        yield from paths(item, (*path, key))


def changed(entry, path, odd):
    if not path:
        return odd
    made = copy.deepcopy(entry)
    place = made
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = odd
    return made


@FEW
@given(st.sets(st.tuples(NAMES, NAMES), min_size=1, max_size=12))
def test_instances_with_other_nodes_or_ids_are_other_rows(pairs):
    fleet, _ = fleet_of([
        instance("web", ID=identity, on=node(name)) for name, identity in sorted(pairs)])
    assert fleet.services["service_id"].nunique() == len(fleet.services) == len(pairs)
    assert len(fleet.workloads) == len({name for name, _ in pairs})


@FEW
@given(st.lists(st.tuples(st.sampled_from(ENTRIES), st.integers(0, 10**6), ODD), min_size=1,
                max_size=8))
def test_a_changed_entry_is_a_row_or_a_problem_and_its_neighbours_stay(changes):
    entries = []
    for entry, number, odd in changes:
        places = list(paths(entry))
        entries.append(changed(entry, places[number % len(places)], odd))
    fleet, part = fleet_of([node("steady"), *entries])
    assert "consul|dc1|vm|steady" in set(fleet.workloads["workload_id"])
    assert part.rows + len(part.problems) == len(entries) + 1


@FEW
@given(st.lists(ODD, min_size=5, max_size=20))
def test_any_document_is_read_or_refused_in_prose(documents):
    refused = []
    for document in documents:
        try:
            list(LOADER.parse(document, "a document"))
        except LoadError as error:
            refused.append(str(error))
    assert all("a document: expected an answer of Consul's" in said for said in refused)


def test_a_secret_in_any_text_that_says_so_is_masked():
    planted = [
        changed(entry, path, odd)
        for entry in ENTRIES for path in paths(entry)
        if path and path[-1] in ("Output", "Meta", "Tags", "Address")
        for odd in (f"password={SECRET}", {"db_password": SECRET}, [f"--token={SECRET}"],
                    f"postgres://u:{SECRET}@db")
    ]
    fleet, part = fleet_of([node("steady"), *planted])
    assert len(planted) > 30
    assert SECRET not in str(part.lines) + "".join(frame.to_csv() for _, frame in fleet)
