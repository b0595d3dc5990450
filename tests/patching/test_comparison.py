import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.errors import UnknownNameError
from fleetkit.fleet import Fleet
from fleetkit.patching import compare, pivot, spread
from tests.patching.literal import package

OLD, NEW = "3.0.9-1", "3.0.15-1"


def ssl(subject, version, **cells):
    return package(subject, "openssl", version, **cells)


def running(workload_id, kind="vm", **cells):
    return {"workload_id": workload_id, "kind": kind, "controller_kind": "service",
            "controller_name": "web", **cells}


def made(packages, workloads, **tables):
    return Fleet(packages=pd.DataFrame(packages), workloads=pd.DataFrame(workloads), **tables)


def one(frame):
    (row,) = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return row


def test_twins_of_one_service_with_different_builds_are_told():
    row = one(compare(made([ssl("a", OLD), ssl("b", NEW)], [running("a"), running("b")])))
    assert [row[name] for name in ("group", "lowest_version", "highest_version", "kind")] == [
        "web", OLD, NEW, "versions_side_by_side"]
    assert (list(row["members_lowest"]), list(row["members_highest"])) == (["a"], ["b"])


def test_members_that_agree_have_no_row():
    assert len(compare(made([ssl("a", OLD), ssl("b", OLD)], [running("a"), running("b")]))) == 0


def test_a_machine_behind_its_container_twin_is_said_to_be():
    workloads = [running("a"), running("b", "container", image_id="i")]
    row = one(compare(made([ssl("a", OLD), ssl("i", NEW)], workloads)))
    assert (row["kind"], row["leading"]) == ("vm_and_container", "container")
    assert row["why"] == (
        "openssl: 1 of 2 members have 3.0.15-1, 1 still 3.0.9-1; container leads")


def test_a_package_database_of_its_own_outweighs_that_of_the_image():
    workloads = [running("a", "container", image_id="i"), running("b", "container", image_id="i")]
    row = one(compare(made([ssl("i", OLD), ssl("a", NEW)], workloads)))
    assert list(row["members_highest"]) == ["a"]


def test_environments_that_differ_are_told_with_the_one_that_leads():
    workloads = [running(name, environment=place)
                 for name, place in (("a", "staging"), ("b", "production"), ("c", "production"))]
    row = one(compare(made([ssl("a", NEW), ssl("b", OLD), ssl("c", OLD)], workloads)))
    assert (row["kind"], row["leading"]) == ("environments", "staging")
    assert list(row["environments_lowest"]) == ["production"]


def test_a_member_of_unknown_environment_leaves_the_environments_unblamed():
    workloads = [running("a", environment="staging"), running("b", environment="production"),
                 running("c")]
    row = one(compare(made([ssl("a", NEW), ssl("b", OLD), ssl("c", OLD)], workloads)))
    assert row["kind"] == "versions_side_by_side"


def test_builds_apart_counts_those_seen_anywhere_in_the_fleet():
    packages = [ssl("a", OLD), ssl("b", NEW), ssl("elsewhere", "3.0.11-1")]
    row = one(compare(made(packages, [running("a"), running("b")])))
    assert row["builds_apart"] == 2


def test_several_releases_are_said_not_ordered():
    packages = [ssl("a", OLD, release="11"), ssl("b", NEW)]
    row = one(compare(made(packages, [running("a"), running("b")])))
    assert (row["kind"], row["highest_version"]) == ("releases", None)
    assert row["why"] == ("members run Debian 11 and Debian 12, whose builds cannot be compared:"
                          " openssl (1 in all)")


def test_versions_without_order_differ_but_none_is_newest():
    row = one(compare(made([ssl("a", "no version"), ssl("b", NEW)], [running("a"), running("b")])))
    assert (row["highest_version"], row["builds_apart"], row["leading"]) == (None, None, None)
    assert sorted(row["versions"]) == [NEW, "no version"]


def test_members_at_whose_packages_nobody_looked_are_counted():
    workloads = [running("a"), running("b"), running("c")]
    assert one(compare(made([ssl("a", OLD), ssl("b", NEW)], workloads)))["unseen"] == 1


def test_a_service_of_a_registry_and_a_controller_of_its_name_are_one():
    services = pd.DataFrame([{"service_id": "s", "service_name": "web", "workload_id": "a"}])
    workloads = [running("a", controller_kind="none", controller_name=None), running("b")]
    found = compare(made([ssl("a", OLD), ssl("b", NEW)], workloads, services=services))
    assert found["group"].tolist() == ["web"]


def test_an_old_kernel_beside_the_newest_is_no_difference():
    packages = [package("a", "linux", "6.1-1"), package("a", "linux", "6.2-1"),
                package("b", "linux", "6.2-1")]
    assert len(compare(made(packages, [running("a"), running("b")]))) == 0


def test_by_environment_the_newest_build_of_each_is_compared():
    workloads = [running("a", environment="staging"), running("b", environment="production"),
                 running("c", environment="production")]
    packages = [ssl("a", NEW), ssl("b", OLD), ssl("c", "3.0.11-1")]
    row = one(compare(made(packages, workloads), "environment"))
    assert (row["lowest_version"], list(row["members_lowest"])) == ("3.0.11-1", ["production"])


def test_images_of_one_repository_are_compared():
    images = pd.DataFrame([
        {"image_id": name, "kind": "container", "tags": [f"r.example/web:{name}"]}
        for name in "ab"])
    fleet = Fleet(packages=pd.DataFrame([ssl("a", OLD), ssl("b", NEW)]), images=images)
    assert one(compare(fleet, "image"))["group"] == "r.example/web"


def test_a_grouping_that_is_none_is_refused():
    with pytest.raises(UnknownNameError):
        compare(Fleet(), "team")


def test_an_empty_fleet_has_no_differences_and_no_spread():
    assert (len(compare(Fleet())), len(spread(Fleet())), len(pivot(spread(Fleet())))) == (0, 0, 0)


def test_the_pivot_marks_the_newest_build_and_leaves_out_what_a_group_lacks():
    workloads = [running("a"), running("b", controller_name="api")]
    fleet = made([ssl("a", OLD), ssl("b", NEW), package("b", "zlib", "1-1")], workloads)
    cells = pivot(spread(fleet), ["openssl", "zlib"])
    assert cells["api"].tolist() == ["3.0.15-1 (newest)", "1-1 (newest)"]
    assert cells["web"].iloc[0] == "3.0.9-1"
    assert cells["web"].isna().tolist() == [False, True]


HELD = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("xy"), st.integers(1, 4)),
                min_size=1, max_size=12)


@given(HELD)
def test_a_package_differs_exactly_if_the_newest_builds_of_members_do(held):
    packages = [package(member, name, f"{version}-1") for member, name, version in held]
    found = compare(made(packages, [running(member) for member in "abcd"]))
    newest = {}
    for member, name, version in held:
        newest.setdefault(name, {}).setdefault(member, []).append(version)
    tops = {name: {max(versions) for versions in of.values()} for name, of in newest.items()}
    assert dict(zip(found["source_name"], zip(found["lowest_version"], found["highest_version"],
                                              strict=True), strict=True)) == {
        name: (f"{min(top)}-1", f"{max(top)}-1") for name, top in tops.items() if len(top) > 1}
