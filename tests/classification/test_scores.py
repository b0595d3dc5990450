"""Contributions add up, whatever the order, and labels follow their rules."""

import random

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleetkit.classification import classify
from fleetkit.classification.scoring import CAP
from fleetkit.fleet import Fleet
from fleetkit.tables import MOUNTS, WORKLOADS
from fleetkit.tables.derived import AXES
from fleetkit.tables.loaded import MOUNT_KINDS
from fleetkit.tables.workloads import CONTROLLER_KINDS
from tests.classification.fleets import container, fleet, judged, label, volume

SLOW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
WORDS = st.sampled_from(
    ["postgres:16", "nginx", "redis", "etcd", "team/app", "数据库", "shop-mysql"])
ROWS = st.lists(st.fixed_dictionaries({
    "kind": st.sampled_from(["vm", "container", "task", None]),
    "name": st.text(max_size=12) | st.sampled_from(["web-1", "web-2", "web-3", "zeus", None]),
    "image_ref": WORDS | st.none(),
    "image_id": st.sampled_from(["i1", "i2", None]),
    "command": st.sampled_from(["postgres", "redis-server --appendonly yes", "psql", "", None]),
    "state": st.sampled_from(["running", "stopped", None]),
    "controller_kind": st.sampled_from([*CONTROLLER_KINDS, None]),
    "controller_name": st.sampled_from(["a/b", "c", None]),
    "replicas": st.integers(0, 9) | st.none(),
    "written_bytes": st.integers(0, 2**60) | st.none(),
    "read_only_root": st.booleans() | st.none(),
    "stop_grace_seconds": st.floats(0, 1e6) | st.none(),
    "restart_count": st.integers(0, 2**40) | st.none(),
    "started_at": st.sampled_from(["2020-01-01", "2026-11-21", None]),
    "observed_at": st.sampled_from(["2026-11-22", None]),
    "ports": st.lists(st.sampled_from(["80/tcp", "5432/tcp", "x"]), max_size=3) | st.none(),
    "env_names": st.lists(st.sampled_from(["DB_HOST", "ROOT_PASSWORD", "Ü"]), max_size=3)
    | st.none(),
    "tags": st.dictionaries(st.sampled_from(["role", "stateful", "x"]),
                            st.sampled_from(["database", "true", "web", '"'])) | st.none(),
}), max_size=6)
DISKS = st.lists(st.fixed_dictionaries({
    "workload_id": st.sampled_from(["0", "1", "2", "nowhere"]),
    "kind": st.sampled_from([*MOUNT_KINDS, None]),
    "target_path": st.sampled_from(["/data", "/etc/x.conf", "/", "", None]),
    "volume_id": st.sampled_from(["v", None]),
    "used_bytes": st.integers(0, 2**50) | st.none(),
    "read_only": st.booleans() | st.none(),
}), max_size=5)


def made_of(rows: list[dict], disks: list[dict]) -> Fleet:
    numbered = [row | {"workload_id": str(number)} for number, row in enumerate(rows)]
    return Fleet(workloads=WORKLOADS.frame(numbered), mounts=MOUNTS.frame(disks))


@SLOW
@given(ROWS, DISKS)
def test_contributions_add_up_to_the_score_to_the_last_bit(rows, disks):
    made = classify(made_of(rows, disks))
    labels = made.labels.set_index("workload_id")
    for axis in AXES:
        spoken = made.evidence[made.evidence["axis"] == axis]
        parts = {name: list(own["contribution"]) for name, own in spoken.groupby("workload_id")}
        for name, score in labels[f"{axis}_score"].items():
            shuffled = parts.get(name, [])
            random.Random(1).shuffle(shuffled)
            assert sum(shuffled) == score


@SLOW
@given(ROWS, DISKS)
def test_every_workload_has_one_label_and_reasons_for_it(rows, disks):
    made = classify(made_of(rows, disks))
    assert sorted(made.labels["workload_id"]) == sorted(str(n) for n in range(len(rows)))
    assert made.labels["coverage"].between(0, 1).all()
    assert made.evidence["reason"].notna().all()
    silent = ~made.labels["workload_id"].isin(made.evidence["workload_id"])
    assert (made.labels.loc[silent, "label"] == "unsure").all()


@SLOW
@given(ROWS, DISKS)
def test_no_family_says_more_than_its_cap(rows, disks):
    evidence = classify(made_of(rows, disks)).evidence
    said = evidence.groupby(["workload_id", "axis", "family"])["contribution"].sum().abs()
    assert (said <= CAP + 1e-6).all()


@SLOW
@given(ROWS, DISKS, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(rows, disks, chance):
    plain = made_of(rows, disks)
    mixed = Fleet(
        workloads=plain.workloads.sample(frac=1, random_state=chance.randrange(2**31)),
        mounts=plain.mounts.sample(frac=1, random_state=chance.randrange(2**31)),
    )
    first, second = classify(plain), classify(mixed)
    pd.testing.assert_frame_equal(first.labels, second.labels)
    pd.testing.assert_frame_equal(first.evidence, second.evidence)


def test_echo_of_a_family_counts_three_tenths():
    made = judged(container("a"), mounts=[
        volume("a", "/x"), volume("a", "/data", "bind", source_path="/srv")])
    own = made.evidence[made.evidence["family"] == "storage"].set_index("signal")["contribution"]
    assert own.round(6).to_dict() == {"bind_data_path": 0.3, "named_volume": 1.8}


def test_well_described_container_is_covered():
    assert label(judged(container("app")), "app")["coverage"] > 0.4


def test_names_alone_are_not_enough():
    row = label(judged({"workload_id": "a", "name": "postgres-1"}), "a")
    assert row["coverage"] < 0.2
    assert row["label"] == "unsure"


def test_missing_lowers_coverage_and_says_nothing():
    rich, poor = container("a"), {**container("a"), "env_names": None}
    assert label(judged(poor), "a")["state_score"] == label(judged(rich), "a")["state_score"]
    assert label(judged(poor), "a")["coverage"] <= label(judged(rich), "a")["coverage"]


def test_nothing_known_is_unsure_with_no_coverage():
    row = label(judged({"workload_id": "a"}), "a")
    assert (row["label"], row["coverage"], row["p_unique"]) == ("unsure", 0.0, 0.5)


def test_nothing_known_leaves_what_most_workloads_are():
    row = label(judged({"workload_id": "a"}), "a")
    assert (row["p_state"], row["why"]) == (0.401312, "most workloads keep nothing")


def test_one_reason_alone_makes_no_pet_of_a_stateless_container():
    row = label(judged(container("web", image_ref="team/web", controller_kind="none",
                                 controller_name=None)), "web")
    assert (row["label"], row["quadrant"]) == ("cattle", "snowflake")


def test_why_holds_the_three_strongest_reasons():
    made = judged(container("db", image_ref="postgres:16"), mounts=[volume("db", "/data")])
    own = made.evidence.assign(size=made.evidence["contribution"].abs())
    strongest = own.sort_values("size", ascending=False)["reason"].head(3)
    assert set(label(made, "db")["why"].split("; ")) <= set("; ".join(strongest).split("; "))


def test_empty_fleet_gives_empty_tables():
    made = classify(fleet())
    assert (len(made.evidence), len(made.labels)) == (0, 0)
    assert list(made.labels.columns)[:2] == ["workload_id", "label"]
