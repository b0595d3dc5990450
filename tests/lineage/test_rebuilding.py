"""What has to be built anew, in which order, and where that mends most."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.errors import MissingTableError, UnknownNameError
from fleetkit.fleet import Fleet
from fleetkit.lineage import rebuilds, remedies, trace
from fleetkit.tables import FINDINGS

CHAIN = (("app", "golden"), ("golden", "vendor"))


def fleet_of(links, runs=(), held=(), flaws=()):
    """A traced fleet: (child, parent), images that run, (image, package), (image, package)."""
    images = sorted({name for pair in links for name in pair} | set(runs))
    packages = pd.DataFrame(held, columns=["subject_id", "name"]).assign(version="1")
    fleet = trace(Fleet(
        images=pd.DataFrame({"image_id": images, "name": images}),
        links=pd.DataFrame(links, columns=["from_id", "to_id"]).assign(relation="derived_from"),
        workloads=pd.DataFrame([
            {"workload_id": f"w{number}", "image_id": image, "state": "running"}
            for number, image in enumerate(runs)]),
        packages=packages.assign(source_name=packages["name"]),
    ))
    return fleet.with_tables(findings=FINDINGS.frame(
        {"subject_id": image, "source_name": package, "status": "vulnerable_fix_available",
         "advisory_id": f"CVE-{package}"} for image, package in flaws))


def told(frame, *columns):
    return frame[list(columns)].to_numpy().tolist()


def test_a_child_is_built_after_its_parent():
    found = rebuilds(fleet_of(CHAIN), ["vendor"])
    assert told(found, "wave", "image_id", "action") == [
        [0, "vendor", "patch"], [1, "golden", "rebuild"], [2, "app", "rebuild"]]


def test_what_lies_above_is_left_alone():
    assert told(rebuilds(fleet_of(CHAIN), ["golden"]), "image_id") == [["golden"], ["app"]]


def test_of_two_that_are_mended_the_lower_one_waits_for_the_upper():
    found = rebuilds(fleet_of(CHAIN), ["app", "vendor"])
    assert told(found, "image_id", "wave") == [["vendor", 0], ["golden", 1], ["app", 2]]


def test_siblings_are_one_wave_the_most_used_first():
    links = [("web", "golden"), ("api", "golden")]
    found = rebuilds(fleet_of(links, runs=["web", "web", "api"]), ["golden"])
    assert told(found, "wave", "image_id", "running", "running_below") == [
        [0, "golden", 0, 3], [1, "web", 2, 2], [1, "api", 1, 1]]


def test_what_nothing_runs_is_optional():
    links = [("web", "golden"), ("old", "golden")]
    found = rebuilds(fleet_of(links, runs=["web"]), ["golden"]).set_index("image_id")
    assert found["is_optional"].to_dict() == {"golden": False, "web": False, "old": True}


def test_each_image_names_the_parent_that_comes_before_it():
    found = rebuilds(fleet_of(CHAIN), ["golden"]).set_index("image_id")
    assert found["because"].fillna("").to_dict() == {"golden": "", "app": "golden"}


def test_an_unknown_image_is_refused():
    with pytest.raises(UnknownNameError, match="no image named 'strange'"):
        rebuilds(fleet_of(CHAIN), ["strange"])


def test_a_flaw_is_mended_where_the_package_came_from():
    fleet = fleet_of(CHAIN, runs=["app"], held=[("golden", "openssl"), ("app", "openssl")],
                     flaws=[("app", "openssl")])
    assert told(remedies(fleet), "image_id", "clears", "frees", "rebuilds") == [
        ["golden", 1, 1, 2]]


def test_a_flaw_that_an_application_brought_is_its_own():
    fleet = fleet_of(CHAIN, runs=["app"], held=[("golden", "libc"), ("app", "log4j")],
                     flaws=[("app", "log4j")])
    assert told(remedies(fleet), "image_id", "packages") == [["app", ["log4j"]]]


def test_the_best_bargain_comes_first():
    links = [("a", "golden"), ("b", "golden")]
    held = [("golden", "openssl"), ("a", "openssl"), ("b", "openssl"), ("a", "log4j")]
    fleet = fleet_of(links, runs=["a", "b", "b"], held=held,
                     flaws=[("a", "openssl"), ("b", "openssl"), ("a", "log4j")])
    assert told(remedies(fleet), "image_id", "clears", "frees") == [
        ["golden", 3, 2], ["a", 1, 1]]


def test_what_does_not_run_needs_no_remedy():
    fleet = fleet_of(CHAIN, held=[("app", "openssl")], flaws=[("app", "openssl")])
    assert remedies(fleet).empty


def test_a_fleet_has_to_be_traced_first():
    with pytest.raises(MissingTableError, match="call trace first"):
        rebuilds(Fleet(), [])


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 8)), max_size=12,
                unique_by=lambda pair: pair[0]), st.sets(st.integers(0, 9), min_size=1))
def test_no_image_is_built_before_its_parent(pairs, chosen):
    links = [(f"i{child}", f"i{parent}") for child, parent in pairs if parent < child]
    images = {f"i{number}" for number in chosen}
    found = rebuilds(fleet_of(links, runs=sorted(images)), sorted(images))
    wave = dict(zip(found["image_id"], found["wave"], strict=True))
    assert images <= wave.keys()
    assert all(wave[child] > wave[parent] for child, parent in links if parent in wave)
