"""Which image came from which: exact by layers, confirmed or denied by records and labels."""

import hashlib

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.fleet import Fleet
from fleetkit.lineage import trace

BASE = "org.opencontainers.image.base.name"


def chained(digests):
    chain = None
    for digest in digests:
        below = f"{chain} {digest}".encode()
        chain = digest if chain is None else hashlib.sha256(below).hexdigest()
        yield chain


def fleet_of(images, links=(), sizes=5000):
    """A fleet from image id -> layers, or -> (layers, labels)."""
    rows, layers = [], []
    for image_id, told in images.items():
        digests, labels = told if isinstance(told, tuple) else (told, None)
        rows.append({"image_id": image_id, "name": f"{image_id}:1", "tags": [f"{image_id}:1"],
                     "created_at": "2024-01-01", "labels": labels})
        layers += [
            {"image_id": image_id, "position": position, "diff_id": digest, "chain_id": chain,
             "size_bytes": sizes}
            for position, (digest, chain) in enumerate(zip(digests, chained(digests), strict=True))
        ]
    edges = pd.DataFrame(links, columns=["from_id", "to_id"]).assign(
        relation="derived_from", evidence="recorded")
    return Fleet(images=pd.DataFrame(rows), layers=pd.DataFrame(layers), links=edges)


def edge(fleet, child):
    return trace(fleet).lineage.set_index("child_id").loc[child]


def test_the_nearest_prefix_is_the_parent():
    fleet = fleet_of({"base": "a", "child": "ab", "grandchild": "abc"})
    edges = trace(fleet).lineage
    assert edges[["child_id", "parent_id"]].to_numpy().tolist() == [
        ["child", "base"], ["grandchild", "child"]]


def test_an_edge_counts_shared_and_added_layers():
    assert edge(fleet_of({"base": "ab", "child": "abcd"}), "child")[
        ["shared_layers", "added_layers", "added_bytes"]].tolist() == [2, 2, 10_000]


def test_images_without_a_common_layer_have_no_edge():
    assert trace(fleet_of({"a": "x", "b": "y"})).lineage.empty


def test_the_same_layers_in_another_order_are_no_prefix():
    assert trace(fleet_of({"base": "ab", "other": "bac"})).lineage.empty


def test_a_recorded_parent_that_the_layers_confirm_is_verified():
    found = edge(fleet_of({"base": "a", "child": "ab"}, [("child", "base")]), "child")
    assert (found["verdict"], found["evidence"], found["confidence"]) == (
        "verified", "parent_id", 1.0)


def test_a_prefix_alone_is_exact():
    assert edge(fleet_of({"base": "a", "child": "ab"}), "child")["verdict"] == "exact"


def test_twins_are_counted_as_candidates():
    found = edge(fleet_of({"base": "a", "copy": "a", "child": "ab"}), "child")
    assert (found["verdict"], found["ambiguity"], list(found["candidates"])) == (
        "exact_ambiguous", 1, ["copy"])


def test_a_label_decides_between_twins():
    images = {"base": "a", "copy": "a", "child": ("ab", {BASE: "copy:1"})}
    found = edge(fleet_of(images), "child")
    assert (found["parent_id"], found["verdict"], list(found["candidates"])) == (
        "copy", "verified", ["base"])


def test_a_twin_that_the_engine_records_as_child_has_the_same_content():
    found = edge(fleet_of({"base": "ab", "tuned": "ab"}, [("tuned", "base")]), "tuned")
    assert (found["relation"], found["parent_id"]) == ("same_content", "base")


def test_a_label_that_the_layers_deny_does_not_override_them():
    images = {"base": "a", "other": "x", "child": ("ab", {BASE: "other:1"})}
    traced = trace(fleet_of(images))
    assert traced.lineage["parent_id"].tolist() == ["base"]
    assert traced.problems[["code", "subject_id"]].to_numpy().tolist() == [
        ["lying_label", "child"]]


def test_a_label_alone_is_a_claim():
    found = edge(fleet_of({"child": ("a", {BASE: "vendor/base:2"})}), "child")
    assert (found["parent_id"], found["verdict"], found["confidence"]) == (
        "vendor/base:2", "declared", 0.5)


def test_docker_hub_names_are_the_same_with_and_without_what_is_implied():
    images = {"debian": "a", "child": ("xb", {BASE: "docker.io/library/debian:1"})}
    assert edge(fleet_of(images), "child")["parent_id"] == "debian"


def test_a_recorded_parent_outside_the_fleet_stands_as_its_id():
    found = edge(fleet_of({"child": "a"}, [("child", "gone")]), "child")
    assert (found["parent_id"], found["verdict"]) == ("gone", "recorded")


def test_intermediate_images_of_a_build_are_stepped_over():
    fleet = fleet_of({"base": "a", "step": "ab", "child": "abc"},
                     [("step", "base"), ("child", "step")])
    images = fleet.images
    images.loc[images["image_id"] == "step", ["name", "is_dangling"]] = [pd.NA, False]
    edges = trace(fleet.with_tables(images=images)).lineage
    assert edges[["child_id", "parent_id"]].to_numpy().tolist() == [["child", "base"]]


def test_empty_layers_prove_nothing():
    assert trace(fleet_of({"a": "e", "b": "ef"}, sizes=10)).lineage.empty


def test_a_cycle_is_broken_and_reported():
    traced = trace(fleet_of({"a": "x", "b": "y"}, [("a", "b"), ("b", "a")]))
    assert len(traced.lineage) == 1
    assert traced.problems["code"].tolist() == ["lineage_cycle"]


def test_a_child_older_than_its_parent_is_reported():
    fleet = fleet_of({"base": "a", "child": "ab"})
    images = fleet.images
    images["created_at"] = pd.to_datetime(
        images["image_id"].map({"base": "2024-02-01", "child": "2024-01-01"}), utc=True)
    traced = trace(fleet.with_tables(images=images))
    assert traced.problems["code"].tolist() == ["clock_skew"]


def test_an_image_without_a_name_is_shown_by_its_digest():
    fleet = fleet_of({"sha256:0123456789abcdef": "a", "child": "ab"})
    images = fleet.images
    images.loc[images["image_id"] != "child", "name"] = pd.NA
    images.loc[images["image_id"] != "child", "is_dangling"] = True
    why = trace(fleet.with_tables(images=images)).lineage["why"].iloc[0]
    assert "sha256:0123456789ab" in why


@pytest.mark.parametrize("missing", ["images", "layers", "links"])
def test_a_missing_table_gives_an_empty_lineage_or_less_evidence(missing):
    fleet = fleet_of({"base": "a", "child": "ab"}, [("child", "base")])
    kept = {name: frame for name, frame in fleet if name != missing}
    assert len(trace(Fleet(**kept)).lineage) == {"images": 0, "layers": 1, "links": 1}[missing]


def test_a_chain_of_ten_thousand_is_followed():
    names = [f"i{number}" for number in range(10_000)]
    links = list(zip(names[1:], names, strict=False))
    images = pd.DataFrame({"image_id": names, "name": names})
    edges = pd.DataFrame(links, columns=["from_id", "to_id"]).assign(
        relation="derived_from", evidence="recorded")
    assert len(trace(Fleet(images=images, links=edges)).lineage) == 9_999


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=4), min_size=1, max_size=7))
def test_every_edge_by_layers_is_a_true_and_nearest_prefix(stacks):
    images = {f"i{number}": stack for number, stack in enumerate(stacks)}
    for found in trace(fleet_of(images)).lineage.itertuples():
        child, parent = images[found.child_id], images[found.parent_id]
        assert child[:len(parent)] == parent
        between = [s for s in stacks if len(parent) < len(s) < len(child) and child[:len(s)] == s]
        assert not between


@given(st.permutations(["base", "copy", "child", "grandchild"]))
def test_the_order_of_rows_does_not_matter(order):
    layers = {"base": "a", "copy": "a", "child": "ab", "grandchild": "abc"}
    first = trace(fleet_of(layers)).lineage
    pd.testing.assert_frame_equal(first, trace(fleet_of({n: layers[n] for n in order})).lineage)
