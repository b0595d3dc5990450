"""What machines hold that their image does not."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.fleet import Fleet
from fleetkit.lineage import drift


def fleet_of(golden, **machines):
    """Machines of one image; each thing holds [(package, version), …], None: nobody looked."""
    held = {"golden": golden, **machines}
    packages = pd.DataFrame(
        [{"subject_id": subject, "ecosystem": "Debian", "name": name, "version": version}
         for subject, builds in held.items() for name, version in builds or ()],
        columns=["subject_id", "ecosystem", "name", "version"])
    workloads = pd.DataFrame([{"workload_id": name, "image_id": "golden"} for name in machines])
    return Fleet(packages=packages, workloads=workloads)


def told(fleet, *columns):
    return drift(fleet)[list(columns)].to_numpy().tolist()


def test_a_machine_like_its_image_has_not_drifted():
    assert drift(fleet_of([("libc", "1")], vm=[("libc", "1")])).empty


def test_what_the_image_lacks_was_added():
    fleet = fleet_of([("libc", "1")], vm=[("libc", "1"), ("strace", "6")])
    assert told(fleet, "name", "change", "version") == [["strace", "added", "6"]]


def test_what_the_machine_lacks_was_removed():
    fleet = fleet_of([("libc", "1"), ("perl", "5")], vm=[("libc", "1")])
    assert told(fleet, "name", "change", "image_version") == [["perl", "removed", "5"]]


@pytest.mark.parametrize(("version", "change"), [("1.10", "upgraded"), ("1.2", "downgraded")])
def test_another_version_is_ordered_as_its_ecosystem_does(version, change):
    fleet = fleet_of([("libc", "1.9")], vm=[("libc", version)])
    assert told(fleet, "change", "image_version") == [[change, "1.9"]]


def test_a_machine_that_nobody_looked_into_has_no_rows():
    assert drift(fleet_of([("libc", "1")], vm=None)).empty


def test_an_image_that_nobody_looked_into_is_compared_with_nothing():
    assert drift(fleet_of(None, vm=[("libc", "1")])).empty


def test_a_change_of_most_siblings_is_shared():
    added = [("agent", "1")]
    fleet = fleet_of([("libc", "1")], a=[("libc", "1"), *added], b=[("libc", "1"), *added],
                     c=[("libc", "1"), *added])
    assert told(fleet, "siblings", "shared_by", "cause") == [[2, 2, "shared"]] * 3


def test_a_change_of_one_of_three_is_its_own():
    fleet = fleet_of([("libc", "1")], a=[("libc", "1"), ("strace", "6")], b=[("libc", "1")],
                     c=[("libc", "1")])
    assert told(fleet, "workload_id", "siblings", "shared_by", "cause") == [["a", 2, 0, "alone"]]


def test_without_siblings_nobody_knows_the_cause():
    fleet = fleet_of([("libc", "1")], vm=[("libc", "2")])
    assert told(fleet, "cause") == [["unknown"]]


builds = st.dictionaries(st.sampled_from("abcd"), st.sampled_from("123"), max_size=4)


@given(builds, builds)
def test_the_image_with_its_drift_is_the_machine(golden, machine):
    found = drift(fleet_of(golden.items(), vm=machine.items()))
    rebuilt = dict(golden) if golden and machine else dict(machine)
    for row in found.itertuples():
        if row.change == "removed":
            del rebuilt[row.name]
        else:
            rebuilt[row.name] = row.version
    assert rebuilt == machine
