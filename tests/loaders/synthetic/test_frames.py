"""The frames: equal for equal wishes, sound for any, as large as asked."""

import hashlib
import json

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleetkit.errors import LoadError
from fleetkit.fleet import Fleet
from fleetkit.loading import capture, load
from fleetkit.tables import (
    BUILDS,
    IMAGES,
    LAYERS,
    LINKS,
    MOUNTS,
    PACKAGES,
    SERVICES,
    WORKLOADS,
)

TABLES = (WORKLOADS, IMAGES, LAYERS, PACKAGES, MOUNTS, SERVICES, LINKS, BUILDS)
FINGERPRINT = "f5225c29d06da9cf6b704b88c56d62d4799ff8387dde408ff67604d63d7e68e9"

sizes = st.integers(min_value=0, max_value=160)
seeds = st.integers(min_value=0, max_value=2**63)
small = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


def made(**wishes) -> Fleet:
    return load("synthetic", progress=False, **wishes)


def digest(fleet: Fleet) -> str:
    """One digest over all cells of all tables."""
    found = hashlib.sha256()
    for table in TABLES:
        rows = pa.Table.from_pandas(fleet[table], preserve_index=False).to_pylist()
        found.update(json.dumps(rows, default=str).encode())
    return found.hexdigest()


@given(workloads=sizes, seed=seeds)
@small
def test_equal_wishes_give_equal_frames(workloads, seed):
    one, other = (made(workloads=workloads, seed=seed, packages=5) for _ in range(2))
    for table in TABLES:
        pd.testing.assert_frame_equal(one[table], other[table])


def test_the_bits_are_those_that_every_machine_makes():
    assert digest(made(workloads=300, seed=11)) == FINGERPRINT


def test_another_seed_gives_another_fleet():
    one, other = (made(workloads=50, seed=seed) for seed in (1, 2))
    assert set(one.workloads["native_id"]).isdisjoint(
        other.workloads.loc[~other.workloads["native_id"].str.match("^(vm|host|CI)"), "native_id"])


@given(workloads=sizes, seed=seeds, share=st.floats(0, 1), hostile=st.sampled_from([0.0, 0.3, 1.0]))
@small
def test_a_fleet_of_any_size_is_accepted_without_problems(workloads, seed, share, hostile):
    fleet = made(workloads=workloads, seed=seed, vm_share=share, hostile=hostile, packages=4)
    assert len(fleet.workloads) == workloads
    assert len(fleet.problems) == 0
    assert len(fleet.unseen) == 0


@given(workloads=sizes, seed=seeds, share=st.sampled_from([0.0, 0.2, 0.5, 1.0]))
@small
def test_every_reference_meets_its_row(workloads, seed, share):
    fleet = made(workloads=workloads, seed=seed, vm_share=share, packages=4)
    boxes, images = set(fleet.workloads["workload_id"]), set(fleet.images["image_id"])
    builds = set(fleet.builds["build_id"])
    assert set(fleet.workloads["image_id"].dropna()) <= images
    assert set(fleet.workloads["host_id"].dropna()) <= boxes
    assert set(fleet.mounts["workload_id"]) <= boxes
    assert set(fleet.services["workload_id"]) <= boxes
    assert set(fleet.layers["image_id"]) | set(fleet.builds["image_id"]) <= images
    assert set(fleet.packages["subject_id"]) <= images | boxes
    assert set(fleet.images["build_id"].dropna()) == builds
    ends = set(fleet.links["from_id"]) | set(fleet.links["to_id"])
    assert ends <= boxes | images


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_keys_are_unique_and_known(fleet, table):
    frame = fleet[table]
    assert len(frame) > 0
    assert not frame.duplicated(list(table.key)).any()
    assert frame[table.key[0]].notna().all()


def test_no_row_claims_to_be_read(fleet):
    for table in TABLES:
        assert set(fleet[table]["origin"]) == {"declared"}, table.name
        assert set(fleet[table]["target"]) == {"synthetic"}


def test_nothing_carries_itself_or_runs_on_a_container(fleet):
    workloads = fleet.workloads
    kinds = workloads.set_index("workload_id")["kind"]
    carriers = workloads["host_id"].dropna()
    assert set(kinds[carriers]) == {"vm", "host"}
    assert not (workloads["host_id"] == workloads["workload_id"]).fillna(value=False).any()


def test_only_the_tables_asked_for_are_made():
    fleet = load("synthetic", workloads=100, only=["workloads", "mounts"], progress=False)
    assert len(fleet.workloads) == 100
    assert len(fleet.mounts) > 100
    assert len(fleet.images) == len(fleet.packages) == len(fleet.links) == 0


def test_a_table_alone_is_the_same_as_with_the_others(fleet):
    alone = load("synthetic", workloads=2_000, seed=3, only="mounts", progress=False)
    pd.testing.assert_frame_equal(alone.mounts, fleet.mounts)


def test_images_layers_and_packages_are_as_many_as_asked():
    fleet = made(workloads=10, images=1_000, layers=20, packages=100)
    assert len(fleet.images) == 1_000
    own = fleet.images.loc[fleet.images["name"].str.contains("acme"), "image_id"]
    depth = fleet.layers.groupby("image_id").size()
    assert 17 < depth.reindex(own).mean() < 22
    assert 95 < fleet.packages.groupby("subject_id").size().mean() < 105


def test_growing_keeps_the_shares():
    few, many = (made(workloads=count, packages=0) for count in (3_000, 12_000))
    for column in ("kind", "source", "controller_kind", "environment", "state"):
        shares = [fleet.workloads[column].value_counts(normalize=True) for fleet in (few, many)]
        assert (shares[0] - shares[1]).abs().max() < 0.08, column


@pytest.mark.parametrize(("wish", "said"), [
    ({"workloads": -1}, "workloads: expected a whole number from 0 to 10000000, found '-1'"),
    ({"workloads": 1.5}, "workloads: expected a whole number"),
    ({"workloads": True}, "workloads: expected a whole number"),
    ({"seed": "x"}, "seed: expected a whole number"),
    ({"vm_share": 1.1}, "vm_share: expected a number from 0.0 to 1.0, found '1.1'"),
    ({"hostile": "nan"}, "hostile: expected a number"),
    ({"images": 50}, "images=50 is too few"),
    ({"images": 400_000, "packages": 500}, "ask for fewer images or packages"),
    ({"colour": 1}, "unexpected keyword argument 'colour'"),
])
def test_a_wish_that_cannot_be_is_named(wish, said):
    with pytest.raises(LoadError, match=said):
        made(**wish)


def test_numbers_may_come_as_text_as_on_a_command_line():
    pd.testing.assert_frame_equal(
        made(workloads="40", seed="5", vm_share="0.5", packages="0").workloads,
        made(workloads=40, seed=5, vm_share=0.5, packages=0).workloads)


def test_a_place_is_refused():
    with pytest.raises(LoadError, match="expected options only, as workloads=1000"):
        load("synthetic", "somewhere", progress=False)


def test_there_are_no_raw_records_to_capture(tmp_path):
    with pytest.raises(LoadError, match="synthetic: has no raw records to capture"):
        capture("synthetic", to=tmp_path / "dump", workloads=5, progress=False)
