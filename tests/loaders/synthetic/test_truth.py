"""What was planted is there: the judges of the project find it in the tables alone."""

import hashlib

import pandas as pd
import pytest

from fleetkit.classification import classify
from fleetkit.history import restore, save
from fleetkit.identity import unify
from fleetkit.lineage import trace
from fleetkit.loaders.synthetic import truth
from fleetkit.loaders.synthetic.hostility import HARM
from fleetkit.loading import load
from fleetkit.patching import audit


@pytest.fixture(scope="module")
def labels(fleet):
    return classify(fleet).labels


@pytest.fixture(scope="module")
def lineage(fleet, planted):
    found = trace(fleet).lineage
    return planted.images.merge(found, left_on="image_id", right_on="child_id", how="left",
                                suffixes=("", "_found"))


@pytest.fixture(scope="module")
def openssl(fleet):
    levels = audit(fleet).patch_levels
    return levels[levels["source_name"] == "openssl"].set_index("subject_id")["builds_behind"]


def area(score: pd.Series, is_so: pd.Series) -> float:
    """Area under the ROC curve, by ranks."""
    ranks, right = score.rank().to_numpy(float), is_so.to_numpy(bool)
    pairs = right.sum() * (~right).sum()
    return float((ranks[right].sum() - right.sum() * (right.sum() + 1) / 2) / pairs)


def subjects(fleet, some: pd.DataFrame) -> pd.Series:
    """The machine itself, or the image of a container."""
    known = fleet.workloads.set_index("workload_id").loc[some["workload_id"]]
    ids = pd.Series(known.index, index=known.index, dtype=known["image_id"].dtype)
    return known["image_id"].where(known["kind"] != "vm", ids)


def test_the_classifier_tells_planted_state_apart(labels, planted):
    judged = planted.workloads.dropna(subset="is_stateful").merge(labels, on="workload_id")
    found = area(judged["state_score"], judged["is_stateful"])
    print(f"AUC of planted state: {found:.3f}")
    assert 0.9 < found < 1.0


def test_the_classifier_tells_planted_uniqueness_apart(labels, planted):
    judged = planted.workloads.dropna(subset="is_unique").merge(labels, on="workload_id")
    found = area(judged["uniqueness_score"], judged["is_unique"])
    print(f"AUC of planted uniqueness: {found:.3f}")
    assert found > 0.85


def test_no_column_that_judges_read_gives_the_state_away(fleet, planted):
    known = fleet.workloads.merge(planted.workloads, on="workload_id").dropna(subset="is_stateful")
    for column in ("controller_kind", "environment", "tags", "notes", "size_name", "os_name"):
        classes = known.groupby(column)["is_stateful"]
        alone = classes.transform("mean").groupby(known["is_stateful"]).mean()
        assert alone[True] < 0.99 or column == "tags", column
    assert not known["tags"].str.contains("state", na=False).any()


def test_every_workload_and_image_has_its_truth(fleet, planted):
    assert planted.workloads["workload_id"].tolist() == fleet.workloads["workload_id"].tolist()
    assert planted.images["image_id"].tolist() == fleet.images["image_id"].tolist()


def test_hosts_are_neither_pet_nor_cattle(fleet, planted):
    hosts = fleet.workloads.loc[fleet.workloads["kind"] == "host", "workload_id"]
    judged = planted.workloads.set_index("workload_id")["label"]
    assert judged[hosts].isna().all()
    assert judged.drop(hosts).notna().all()


def test_trace_finds_every_parent_that_the_layers_prove(lineage):
    proven = lineage[lineage["case"] == "prefix"]
    assert len(proven) > 100
    assert (proven["parent_id_found"] == proven["parent_id"]).all()
    assert proven["verdict"].isin(["exact", "verified"]).all()


def test_flattening_leaves_no_proof(lineage):
    flat = lineage[lineage["case"] == "flattened"]
    assert len(flat) > 0
    assert not flat["verdict"].isin(["exact", "verified"]).any()


def test_the_same_layers_under_another_name_are_the_same_content():
    wishes = {"workloads": 10, "images": 2_000, "packages": 0}
    found = trace(load("synthetic", progress=False, **wishes)).lineage.set_index("child_id")
    planted = truth(**wishes).images.set_index("image_id")
    again = planted[planted["case"] == "retagged"]
    told = found.reindex(again.index)
    pairs = told["relation"].eq("same_content") | found.reindex(
        again["parent_id"])["relation"].eq("same_content").to_numpy()
    assert len(again) > 20
    assert pairs.all()


def test_a_label_that_was_left_behind_by_a_rebase_is_called_a_lie():
    wishes = {"workloads": 10, "images": 2_000, "packages": 0}
    traced = trace(load("synthetic", progress=False, **wishes))
    planted = truth(**wishes).images
    rebased = set(planted.loc[planted["case"] == "rebased", "image_id"])
    lies = traced.problems[traced.problems["code"] == "lying_label"]
    assert len(rebased) > 20
    assert set(lies["subject_id"]) == rebased


def test_chain_ids_follow_the_rule_of_oci(fleet):
    last = None
    for layer in fleet.layers.head(500).itertuples():
        below = last if layer.position else None
        said = f"{below} {layer.diff_id}".encode()
        last = f"sha256:{hashlib.sha256(said).hexdigest()}" if below else layer.diff_id
        assert layer.chain_id == last


def test_audit_sees_who_lags_behind_their_siblings(fleet, planted, openssl):
    late = planted.workloads[planted.workloads["lags"]]
    assert len(late) > 5
    assert (openssl.reindex(subjects(fleet, late)) > 0).all()


def test_siblings_of_those_who_lag_have_the_newest_build(fleet, planted, openssl):
    known = planted.workloads
    groups = known.loc[known["lags"], "group_id"]
    level = known[known["group_id"].isin(groups) & ~known["lags"]]
    assert len(level) > len(groups)
    assert (openssl.reindex(subjects(fleet, level)) == 0).all()


def test_a_service_lags_as_machines_and_as_containers(fleet, planted):
    late = planted.workloads[planted.workloads["lags"]].merge(
        fleet.workloads[["workload_id", "kind"]], on="workload_id")
    kinds = late.groupby("service")["kind"].apply(set)
    assert any("vm" in found and found & {"container", "task"} for found in kinds)


def test_those_who_drifted_differ_from_most_of_their_siblings(fleet, planted):
    known = planted.workloads
    groups = known.loc[known["has_drifted"], "group_id"]
    here = known[known["group_id"].isin(groups)]
    builds = fleet.packages[fleet.packages["subject_id"].isin(here["workload_id"])].groupby(
        "subject_id")["purl"].agg(lambda purls: "|".join(sorted(purls)))
    lists = here.assign(builds=here["workload_id"].map(builds)).dropna(subset="builds")
    usual = lists.groupby("group_id")["builds"].transform(lambda found: found.mode().iloc[0])
    assert lists["has_drifted"].sum() > 0
    assert ((lists["builds"] != usual) == lists["has_drifted"]).all()


def test_second_looks_at_one_machine_are_found(fleet, planted):
    pairs = planted.workloads[planted.workloads["entity_id"] != planted.workloads["workload_id"]]
    entities = unify(fleet).entities
    merged = {frozenset(members) for members in entities["members"] if len(members) > 1}
    assert len(pairs) > 10
    assert merged == {frozenset(pair) for pair in zip(pairs["workload_id"], pairs["entity_id"],
                                                      strict=True)}


def test_silent_state_has_no_volume_and_grows(fleet):
    wishes = {"workloads": 6_000, "packages": 0}
    large, known = load("synthetic", progress=False, **wishes), truth(**wishes).workloads
    silent = known.loc[known["is_silent"], "workload_id"]
    kept = large.mounts["workload_id"].isin(silent) & large.mounts["kind"].isin(
        ["named_volume", "claim", "anonymous_volume"])
    assert len(silent) > 0
    assert not kept.any()
    written = large.workloads.set_index("workload_id")["written_bytes"]
    assert (written[silent] > 50_000_000).all()


def test_hostile_names_stay_the_text_that_they_are(fleet, planted):
    names = fleet.workloads.set_index("workload_id")["name"]
    bad = planted.workloads.loc[planted.workloads["is_hostile"], "workload_id"]
    known = {text for text in HARM if any(name.startswith(f"{text} ") for name in names[bad])}
    assert 5 < len(bad) < 60
    assert len(known) > 5
    assert names[bad].map(lambda name: name.rpartition(" ")[0] in HARM).all()


def test_all_hostile_texts_pass_through_classify_and_back_from_parquet(tmp_path):
    fleet = load("synthetic", workloads=400, hostile=1.0, packages=4, progress=False)
    labels = classify(fleet).labels
    save(fleet, tmp_path / "saved")
    back = restore(tmp_path / "saved").workloads
    judged = fleet.workloads[fleet.workloads["kind"] != "host"]
    assert set(labels["workload_id"]) == set(judged["workload_id"])
    pd.testing.assert_frame_equal(back, fleet.workloads)


def test_equal_wishes_give_equal_truth():
    for table in ("workloads", "images"):
        one, other = (getattr(truth(workloads=300, seed=8), table) for _ in range(2))
        pd.testing.assert_frame_equal(one, other)
