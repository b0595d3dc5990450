"""Containers that wrote to their package database, on a real engine."""

import pytest

import fleetkit as fk

FORGETS_TAR = "sed -i '/^Package: tar$/,/^$/d' /var/lib/dpkg/status"


@pytest.fixture(scope="module")
def fleet(engine):
    """A fleet with a container that changed its packages, and one that wrote elsewhere."""
    made = [
        engine.client.containers.create("golden/debian:bookworm", ["sh", "-c", command], name=name)
        for name, command in (("drifter", FORGETS_TAR), ("writer", "echo > /tmp/written"))]
    try:
        for container in made:
            container.start()
            container.wait()
        yield fk.load("docker", engine.socket)
    finally:
        for container in made:
            container.remove(force=True)


def named(fleet, name):
    return fleet.workloads.set_index("name").loc[name]


def held(fleet, subject):
    return set(fleet.packages.loc[fleet.packages["subject_id"].eq(subject), "name"])


def test_a_container_that_changed_its_packages_has_packages_of_its_own(fleet):
    drifter = named(fleet, "drifter")
    gone = held(fleet, drifter["image_id"]) - held(fleet, drifter["workload_id"])
    assert gone == {"tar"}


def test_a_container_that_wrote_elsewhere_stands_behind_its_image(fleet):
    assert held(fleet, named(fleet, "writer")["workload_id"]) == set()


def test_the_audit_judges_it_by_itself(fleet):
    levels = fk.audit(fleet).patch_levels
    own = levels[levels["subject_id"].eq(named(fleet, "drifter")["workload_id"])]
    assert len(own)
    assert not own["source_name"].eq("tar").any()
