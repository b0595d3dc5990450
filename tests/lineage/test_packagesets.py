"""Parents that only packages tell of, and rebased images."""

import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.lineage import trace
from tests.lineage.test_trace import chained

BASE = [f"lib{number}" for number in range(20)]


def fleet_of(images, links=(("user", "base"),)):
    """A fleet without layers, from (name, day of creation, packages); `base` has a child."""
    rows = pd.DataFrame([
        {"image_id": name, "name": name, "created_at": f"2026-01-{day:02}", "kind": "container"}
        for name, day, _ in images])
    packages = pd.DataFrame([
        {"subject_id": name, "ecosystem": "Debian", "release": "12", "name": package,
         "source_name": package, "version": version, "source_version": version}
        for name, _, held in images for package, version in held])
    edges = pd.DataFrame(links, columns=["from_id", "to_id"]).assign(relation="derived_from")
    return Fleet(images=rows, packages=packages, links=edges)


def built(*names, version="1"):
    return [(name, version) for name in names]


def parents(fleet):
    inferred = trace(fleet).lineage.query("verdict == 'inferred'")
    return dict(zip(inferred["child_id"], inferred["parent_id"], strict=True))


def test_an_image_that_holds_all_of_a_base_was_probably_built_on_it():
    images = [("base", 1, built(*BASE)), ("app", 2, built(*BASE, "app")), ("user", 3, [])]
    assert parents(fleet_of(images)) == {"app": "base"}


def test_such_an_edge_is_marked_as_inferred():
    images = [("base", 1, built(*BASE)), ("app", 2, built(*BASE, "app")), ("user", 3, [])]
    edge = trace(fleet_of(images)).lineage.set_index("child_id").loc["app"]
    assert edge[["is_inferred", "evidence", "why"]].tolist() == [
        True, "package_set", "only its packages tell: it holds 100 % of the 20 of base"]


def test_one_package_of_twenty_may_be_another_build():
    newer = [*built(*BASE[:19]), *built(BASE[19], version="2"), *built("app")]
    images = [("base", 1, built(*BASE)), ("app", 2, newer), ("user", 3, [])]
    assert parents(fleet_of(images)) == {"app": "base"}


def test_two_packages_of_twenty_may_not():
    newer = [*built(*BASE[:18]), *built(*BASE[18:], version="2"), *built("app")]
    images = [("base", 1, built(*BASE)), ("app", 2, newer), ("user", 3, [])]
    assert parents(fleet_of(images)) == {}


def test_the_larger_of_two_bases_is_the_nearer_one():
    images = [("base", 1, built(*BASE)), ("java", 2, built(*BASE, "jre")),
              ("app", 3, built(*BASE, "jre", "app")), ("user", 3, []), ("other", 3, [])]
    found = parents(fleet_of(images, [("user", "base"), ("other", "java")]))
    assert found == {"app": "java", "java": "base"}


def test_a_sibling_that_nothing_is_built_on_is_no_base():
    images = [("sibling", 1, built(*BASE)), ("app", 2, built(*BASE, "app"))]
    assert parents(fleet_of(images, [])) == {}


def test_a_base_that_is_younger_is_no_parent():
    images = [("base", 3, built(*BASE)), ("app", 2, built(*BASE, "app")), ("user", 4, [])]
    assert parents(fleet_of(images)) == {}


def test_another_version_of_the_same_image_is_no_parent():
    images = [("base:1", 1, built(*BASE)), ("base:2", 2, built(*BASE, "more")), ("user", 3, [])]
    assert parents(fleet_of(images, [("user", "base:1")])) == {}


def test_a_container_is_not_built_on_the_disk_of_a_machine():
    fleet = fleet_of([("base", 1, built(*BASE)), ("app", 2, built(*BASE, "app")), ("user", 3, [])])
    images = fleet.images.assign(kind=["disk_image", "container", "container"])
    assert parents(Fleet(images=images, packages=fleet.packages, links=fleet.links)) == {}


def test_packages_never_override_a_record():
    images = [("base", 1, built(*BASE)), ("app", 2, built(*BASE, "app")), ("user", 3, [])]
    fleet = trace(fleet_of(images, [("user", "base"), ("app", "elsewhere")]))
    assert fleet.lineage.set_index("child_id").loc["app", "parent_id"] == "elsewhere"


def layered(images):
    """A fleet from (name, day of creation, layers)."""
    rows = [{"image_id": name, "name": name, "created_at": f"2026-01-{day:02}"}
            for name, day, _ in images]
    layers = [
        {"image_id": name, "position": position, "diff_id": digest, "chain_id": chain,
         "size_bytes": 5000}
        for name, _, digests in images
        for position, (digest, chain) in enumerate(zip(digests, chained(digests), strict=True))]
    return Fleet(images=pd.DataFrame(rows), layers=pd.DataFrame(layers))


def rebases(fleet):
    return trace(fleet).rebases.to_numpy().tolist()


def test_the_same_upper_layers_on_another_base_are_a_rebase():
    fleet = layered([("old", 1, "axyz"), ("new", 2, "bxyz")])
    assert rebases(fleet) == [["new", "old", 3]]


def test_one_shared_layer_is_too_little():
    assert rebases(layered([("old", 1, "apz"), ("new", 2, "bqz")])) == []


def test_the_same_base_is_no_rebase():
    assert rebases(layered([("old", 1, "axy"), ("new", 2, "axy")])) == []


def test_each_move_leads_back_to_the_newest_image_on_the_base_before():
    fleet = layered([("1", 1, "axy"), ("2", 2, "axy"), ("3", 3, "bxy"), ("4", 4, "cxy")])
    assert rebases(fleet) == [["3", "2", 2], ["4", "3", 2]]


def test_images_of_one_moment_have_no_order():
    assert rebases(layered([("old", 1, "axy"), ("new", 1, "bxy")])) == []


def test_a_rebased_image_keeps_its_parent():
    fleet = trace(layered([("base", 1, "b"), ("old", 2, "axy"), ("new", 3, "bxy")]))
    assert fleet.lineage.query("child_id == 'new'")["parent_id"].tolist() == ["base"]
    assert fleet.rebases["moved_from"].tolist() == ["old"]
