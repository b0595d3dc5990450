"""Kinship over one graph of images, machines, containers and services."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.errors import MissingTableError, UnknownNameError
from fleetkit.fleet import Fleet
from fleetkit.lineage import ancestors, common_ancestor, descendants, path, roots, trace

EDGE_COLUMNS = ["from_id", "to_id"]


def fleet_of(derived, runs=(), hosts=(), services=()):
    """A traced fleet: (child, parent) images, (workload, image), (workload, host), (service, w)."""
    images = sorted({image for pair in derived for image in pair})
    links = pd.DataFrame(derived, columns=EDGE_COLUMNS).assign(
        relation="derived_from", evidence="recorded")
    workloads = pd.DataFrame(
        [{"workload_id": name, "name": name, "image_id": image, "kind": "container"}
         for name, image in runs]
        + [{"workload_id": name, "kind": "container", "host_id": host} for name, host in hosts])
    return trace(Fleet(
        images=pd.DataFrame({"image_id": images, "name": [f"{name}:1" for name in images]}),
        links=links, workloads=workloads,
        services=pd.DataFrame(services, columns=["service_id", "workload_id"]),
    ))


def ids(frame):
    return frame["node_id"].tolist()


CHAIN = [("app", "golden"), ("golden", "vendor")]


def test_ancestors_come_nearest_first():
    assert ids(ancestors(fleet_of(CHAIN), "app")) == ["golden", "vendor"]


def test_descendants_reach_from_the_image_over_the_workload_to_its_service():
    fleet = fleet_of(CHAIN, runs=[("web-1", "app")], services=[("web", "web-1")])
    assert descendants(fleet, "vendor")["kind"].tolist() == [
        "image", "image", "container", "service"]


def test_a_container_comes_from_the_image_of_its_machine_too():
    fleet = fleet_of(CHAIN, runs=[("node", "golden")], hosts=[("web-1", "node")])
    assert ids(ancestors(fleet, "web-1")) == ["node", "golden", "vendor"]


def test_a_build_is_above_the_image_that_it_made():
    builds = pd.DataFrame({"build_id": ["run-7"], "image_id": ["app"]})
    fleet = trace(Fleet(images=pd.DataFrame({"image_id": ["app"]}), builds=builds))
    assert ancestors(fleet, "app")[["kind", "relation"]].to_numpy().tolist() == [
        ["build", "built_by"]]


def test_each_relative_names_the_edge_that_it_is_reached_by():
    row = ancestors(fleet_of(CHAIN), "app").iloc[1]
    assert row[["via", "relation", "evidence"]].tolist() == ["golden", "derived_from", "parent_id"]


def test_a_name_stands_for_its_thing():
    assert ids(ancestors(fleet_of(CHAIN), "golden:1")) == ["vendor"]


def test_a_parent_that_was_never_loaded_is_of_unknown_kind():
    fleet = trace(Fleet(images=pd.DataFrame({"image_id": ["app"]}), links=pd.DataFrame(
        {"from_id": ["app"], "to_id": ["gone"], "relation": ["derived_from"]})))
    assert ancestors(fleet, "app")[["node_id", "kind"]].to_numpy().tolist() == [
        ["gone", "unknown"]]


def test_a_path_leads_up_as_well_as_down():
    fleet = fleet_of(CHAIN)
    down, up = path(fleet, "vendor", "app"), path(fleet, "app", "vendor")
    assert ids(down) == ids(up)[::-1] == ["vendor", "golden", "app"]


def test_the_start_of_a_path_has_no_edge():
    assert path(fleet_of(CHAIN), "vendor", "app")["relation"].isna().tolist() == [
        True, False, False]


def test_strangers_have_no_path():
    assert path(fleet_of([*CHAIN, ("b", "a")]), "app", "b").empty


def test_siblings_have_their_parent_in_common():
    fleet = fleet_of([("web", "golden"), ("api", "golden"), ("golden", "vendor")])
    assert common_ancestor(fleet, "web", "api").to_numpy().tolist() == [
        ["golden", "image", "golden:1", 1, 1]]


def test_a_parent_is_what_it_has_in_common_with_its_child():
    assert common_ancestor(fleet_of(CHAIN), "app", "golden")[
        ["node_id", "distance", "distance_other"]].to_numpy().tolist() == [["golden", 1, 0]]


def test_strangers_have_nothing_in_common():
    assert common_ancestor(fleet_of([*CHAIN, ("b", "a")]), "app", "b").empty


def test_roots_count_what_hangs_on_them():
    fleet = fleet_of([*CHAIN, ("b", "a")], runs=[("web-1", "app"), ("web-2", "app")])
    assert roots(fleet)[["node_id", "images", "workloads"]].to_numpy().tolist() == [
        ["vendor", 2, 2], ["a", 1, 0]]


def test_the_roots_of_a_thing_are_its_own():
    assert ids(roots(fleet_of([*CHAIN, ("b", "a")]), "app")) == ["vendor"]


def test_a_name_of_several_things_is_refused():
    fleet = trace(Fleet(images=pd.DataFrame({"image_id": ["1", "2"], "name": ["web", "web"]})))
    with pytest.raises(UnknownNameError, match="single"):
        ancestors(fleet, "web")


def test_an_unknown_name_is_answered_with_near_ones():
    with pytest.raises(UnknownNameError, match="golden:1"):
        ancestors(fleet_of(CHAIN), "goldn:1")


def test_a_fleet_has_to_be_traced_first():
    with pytest.raises(MissingTableError, match="call trace first"):
        ancestors(Fleet(), "app")


def test_machines_that_are_said_to_carry_each_other_are_walked_once():
    fleet = fleet_of(CHAIN, hosts=[("a", "b"), ("b", "a")])
    assert ids(descendants(fleet, "a")) == ["b"]


def test_a_chain_of_ten_thousand_images_is_followed_to_its_end():
    chain = [(f"image-{number + 1}", f"image-{number}") for number in range(10_000)]
    assert ancestors(fleet_of(chain), "image-10000")["distance"].max() == 10_000


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 11)), max_size=20))
def test_whoever_is_an_ancestor_has_the_other_as_descendant(pairs):
    derived = [(f"i{child}", f"i{parent}") for child, parent in pairs if parent < child]
    fleet = fleet_of(derived)
    images = fleet.images["image_id"]
    above = {(a, b) for b in images for a in ids(ancestors(fleet, b))}
    below = {(a, b) for a in images for b in ids(descendants(fleet, a))}
    assert above == below
