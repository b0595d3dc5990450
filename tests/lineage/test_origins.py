"""Which image brought a package, and what each image did to those of its parent."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.errors import MissingTableError
from fleetkit.fleet import Fleet
from fleetkit.lineage import origins, trace

CHAIN = (("app", "golden"), ("golden", "vendor"))


def fleet_of(links, **held):
    """A traced fleet from (child, parent), and image=[(package, version), …]."""
    images = sorted({*held, *(name for pair in links for name in pair if name != "gone")})
    packages = pd.DataFrame([
        {"subject_id": image, "ecosystem": "Debian", "name": name, "source_name": name,
         "version": version, "current_layer": layer[0] if layer else None}
        for image, builds in held.items() for name, version, *layer in builds])
    derived = pd.DataFrame(links, columns=["from_id", "to_id"]).assign(relation="derived_from")
    return trace(Fleet(images=pd.DataFrame({"image_id": images, "name": images}), links=derived,
                       packages=packages))


def told(fleet, image, *columns):
    return origins(fleet, [image])[list(columns)].to_numpy().tolist()


def test_a_package_comes_from_the_first_image_that_has_that_build():
    held = [("libc", "1")]
    fleet = fleet_of(CHAIN, vendor=held, golden=held, app=held)
    assert told(fleet, "app", "change", "origin_id") == [["inherited", "vendor"]]


def test_what_the_parent_lacks_was_added_here():
    fleet = fleet_of(CHAIN, golden=[("libc", "1")], app=[("libc", "1"), ("nginx", "1")])
    assert told(fleet, "app", "name", "change", "origin_id") == [
        ["libc", "inherited", "golden"], ["nginx", "added", "app"]]


@pytest.mark.parametrize(("version", "change"), [("1.10", "upgraded"), ("1.2", "downgraded")])
def test_another_version_is_ordered_as_its_ecosystem_does(version, change):
    fleet = fleet_of(CHAIN, golden=[("libc", "1.9")], app=[("libc", version)])
    assert told(fleet, "app", "change", "origin_id", "parent_version") == [[change, "app", "1.9"]]


def test_versions_without_order_are_only_changed():
    fleet = fleet_of(CHAIN, golden=[("libc", "1")], app=[("libc", "2")])
    fleet = fleet.with_tables(packages=fleet.packages.assign(ecosystem="of our own"))
    assert told(fleet, "app", "change") == [["changed"]]


def test_what_an_upgrade_brought_is_inherited_from_where_it_was_upgraded():
    fleet = fleet_of(CHAIN, vendor=[("libc", "1")], golden=[("libc", "2")], app=[("libc", "2")])
    assert told(fleet, "app", "change", "origin_id") == [["inherited", "golden"]]


def test_what_the_child_lacks_was_removed():
    fleet = fleet_of(CHAIN, golden=[("libc", "1"), ("perl", "5")], app=[("libc", "1")])
    assert told(fleet, "app", "name", "change", "version") == [
        ["libc", "inherited", "1"], ["perl", "removed", "5"]]


def test_what_was_removed_and_installed_again_is_this_images_own():
    fleet = fleet_of(CHAIN, vendor=[("perl", "5")], golden=[("libc", "1")], app=[("perl", "5")])
    assert ["perl", "added", "app"] in told(fleet, "app", "name", "change", "origin_id")


def test_without_packages_of_the_parent_nobody_knows():
    fleet = fleet_of([("app", "gone")], app=[("libc", "1")])
    assert told(fleet, "app", "change", "origin_id") == [["unknown", "app"]]


def test_a_root_has_added_all_that_it_has():
    assert told(fleet_of((), vendor=[("libc", "1")]), "vendor", "change") == [["added"]]


def test_the_layer_names_the_command_that_brought_it():
    fleet = fleet_of((), app=[("nginx", "1", 1)])
    layers = pd.DataFrame({"image_id": ["app", "app"], "position": [0, 1],
                           "command": ["ADD rootfs", "apt install nginx"]})
    assert told(fleet.with_tables(layers=layers), "app", "current_layer", "command") == [
        [1, "apt install nginx"]]


def test_a_fleet_has_to_be_traced_first():
    with pytest.raises(MissingTableError, match="call trace first"):
        origins(Fleet())


builds = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("123")), max_size=6)


@given(st.lists(builds, min_size=1, max_size=5))
def test_every_package_that_is_there_has_an_origin_that_holds_it(stack):
    links = [(f"i{number + 1}", f"i{number}") for number in range(len(stack) - 1)]
    held = {f"i{number}": sorted(set(packages)) for number, packages in enumerate(stack)}
    found = origins(fleet_of(links, **held))
    here = found[found["change"] != "removed"]
    assert len(here) == sum(len(packages) for packages in held.values())
    assert all((name, version) in held[origin] for name, version, origin in zip(
        here["name"], here["version"], here["origin_id"], strict=True))
