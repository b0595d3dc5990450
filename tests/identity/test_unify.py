"""What unify makes of merges, and that it can be undone."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit import Fleet, separate, unify
from tests.identity.fleets import CONTENT, DIGEST, UUID, fleet_of, machine, merges


@pytest.fixture
def pair():
    """One machine, as vCenter and as Consul know it."""
    return fleet_of(
        machine("consul", "c", machine_uuid=UUID, cpu_cores=4.0, os_name="Debian",
                private_ips=["10.0.0.2"]),
        machine("vsphere", "v", machine_uuid=UUID, cpu_cores=8.0, private_ips=["10.0.0.1"]),
        machine("aws", "alone"))


def test_an_entity_knows_what_any_source_knows(pair):
    one = unify(pair).entities.set_index("entity_id").loc["vsphere||vm|v"]
    assert (one["cpu_cores"], one["os_name"]) == (8.0, "Debian")
    assert list(one["private_ips"]) == ["10.0.0.1", "10.0.0.2"]
    assert list(one["members"]) == ["consul||vm|c", "vsphere||vm|v"]
    assert list(one["sources"]) == ["consul", "vsphere"]
    assert one["confidence"] == 0.98


def test_each_workload_is_a_member_of_one_entity(pair):
    members = unify(pair).entities["members"].explode().tolist()
    assert sorted(members) == sorted(pair.workloads["workload_id"])


def test_a_conflict_tells_both_values(pair):
    conflicts = unify(pair).problems.query("code == 'conflict'")
    assert conflicts["detail"].tolist() == ["vsphere says 8.0; consul says 4.0"]


@pytest.mark.parametrize(("column", "one", "other", "disagree"), [
    ("memory_bytes", 8 << 30, int(7.6 * (1 << 30)), False),
    ("memory_bytes", 8 << 30, 4 << 30, True),
    ("arch", "x86_64", "amd64", False),
    ("arch", "x86_64", "arm64", True),
    ("hostname", "web-1.shop.example", "WEB-1", False),
    ("os_version", "12", "12.4", False),
    ("os_version", "11", "12", True),
])
def test_sources_are_compared_as_people_would(column, one, other, disagree):
    fleet = unify(fleet_of(machine("vsphere", machine_uuid=UUID, **{column: one}),
                           machine("consul", machine_uuid=UUID, **{column: other})))
    assert ("conflict" in set(fleet.problems["code"])) is disagree


def test_what_is_kept_apart_is_not_merged(pair):
    fleet = unify(pair, apart=[("vsphere||vm|v", "consul||vm|c")])
    assert merges(fleet) == []
    assert "they were told apart" in fleet.problems["message"].item()


def test_a_link_can_keep_apart(pair):
    told = pd.DataFrame([{"from_id": "consul||vm|c", "to_id": "vsphere||vm|v",
                          "relation": "distinct_from", "evidence": "a colleague"}])
    assert merges(unify(pair + Fleet(links=told))) == []


def test_unify_twice_is_unify_once(pair):
    once = unify(pair)
    again = unify(once)
    for name in ("entities", "links", "problems", "workloads"):
        pd.testing.assert_frame_equal(once[name], again[name])


def test_separate_undoes_it_all():
    before = fleet_of(
        machine("kubernetes", "p/web", "container", image_id=DIGEST),
        images=[
            {"image_id": DIGEST, "kind": "container", "is_stub": True, "source": "kubernetes"},
            {"image_id": CONTENT, "kind": "container", "is_stub": False, "source": "oci",
             "digests": [f"registry.example/web@{DIGEST}"]}])
    after = separate(unify(before))
    assert "entities" not in after
    for name, frame in before:
        pd.testing.assert_frame_equal(frame, after[name].reset_index(drop=True))


def test_the_card_counts_machines_and_tells_of_their_names(pair):
    assert repr(unify(pair)).startswith(
        "Fleet of 2 workloads (2 machines), known by 3 names")


def test_an_empty_fleet_has_no_entities():
    assert unify(Fleet()).entities.empty


_CELLS = st.fixed_dictionaries({
    "source": st.sampled_from(["aws", "consul", "kubernetes", "vsphere", "terraform"]),
    "origin": st.sampled_from(["live", "declared"]),
    "kind": st.sampled_from(["vm", "host", "container"]),
    "machine_uuid": st.sampled_from([None, UUID, UUID[::-1], "x"]),
    "macs": st.sampled_from([None, ["02:00:00:00:00:01"], ["a", "b"]]),
    "private_ips": st.sampled_from([None, ["10.0.0.1"], ["10.0.0.1", "10.0.0.2"]]),
    "hostname": st.sampled_from([None, "web", "db"]),
    "observed_at": st.sampled_from([None, "2026-11-01T12:00:00Z", "2026-11-05T12:00:00Z"]),
})


@given(st.lists(_CELLS, max_size=12))
def test_every_row_has_one_entity_and_no_source_loses_a_machine(cells):
    rows = [{**row, "workload_id": f"{row['source']}|{number}"}
            for number, row in enumerate(cells)]
    fleet = unify(Fleet(workloads=pd.DataFrame(rows, columns=["workload_id", *_names()])))
    members = fleet.entities["members"].explode().dropna().tolist()
    assert sorted(members) == sorted(row["workload_id"] for row in rows)
    listed = {row["workload_id"]: row["source"] for row in rows if row["origin"] == "live"}
    for entity in fleet.entities["members"]:
        sources = [listed[member] for member in entity if member in listed]
        assert len(sources) == len(set(sources))


def _names():
    return ["source", "origin", "kind", "machine_uuid", "macs", "private_ips", "hostname",
            "observed_at"]
