"""What Google's clients print: API answers, gcloud's arrays, asset exports; none guessed at."""

import json

import pytest

from fleetkit.errors import LoadError
from fleetkit.loading import load
from tests.loaders.gcp.payloads import (
    RECORDED,
    ROOT,
    SECRET,
    boot_disk,
    disk,
    group,
    image,
    instance,
    machine_type,
    snapshot,
)


def asset(entry, kind="Instance"):
    """As `gcloud asset export --content-type=resource` writes it."""
    path = entry["selfLink"].partition("/v1/")[2]
    return {
        "name": f"//compute.googleapis.com/{path}",
        "assetType": f"compute.googleapis.com/{kind}",
        "resource": {"version": "v1", "parent": "//cloudresourcemanager.googleapis.com/projects/1",
                     "data": entry, "location": "europe-west1-b"},
        "ancestors": ["projects/1"], "updateTime": "2024-03-02T00:00:00Z",
    }


def aggregated(*entries, collection="instances", **more):
    return {
        "kind": f"compute#{collection[:-1]}AggregatedList",
        "items": {
            "zones/europe-west1-b": {collection: list(entries)},
            "zones/us-east1-c": {"warning": {"code": "NO_RESULTS_ON_PAGE", "data": []}},
        }, **more,
    }


@pytest.fixture
def saved(tmp_path):
    """A function that loads documents, each from its own file."""
    def read(*documents):
        for number, document in enumerate(documents):
            (tmp_path / f"{number}.json").write_text(json.dumps(document))
        return load("gcp", tmp_path)

    return read


@pytest.mark.parametrize("form", [
    [instance()], instance(), aggregated(instance()),
    {"kind": "compute#instanceList", "items": [instance()]},
    [asset(instance())], {"assets": [asset(instance())]},
    {"results": [{"assetType": "compute.googleapis.com/Instance", "name": "x",
                  "versionedResources": [{"version": "v1", "resource": instance()}]}]},
    [{name: value for name, value in instance().items() if name != "kind"}],
    [asset({name: value for name, value in instance().items() if name != "selfLink"}
           | {"selfLink": instance()["selfLink"]})],
])
def test_a_machine_is_the_same_in_every_form(saved, form):
    fleet = saved(form)
    row = fleet.workloads.iloc[0]
    assert (row["workload_id"], row["zone"], row["disk_bytes"], row["os_version"]) == (
        "gcp|shop|vm|7000000000000000001", "europe-west1-b", 10 << 30, "12")
    assert fleet.problems.empty


def test_ids_are_equal_live_and_saved(saved, loaded):
    live = loaded().workloads.set_index("name").loc["web-1"]
    row = saved([asset(instance())]).workloads.iloc[0]
    named = ("workload_id", "state", "size_name", "image_id", "tags", "created_at", "private_ips")
    assert [str(row[name]) for name in named if name != "image_id"] == [
        str(live[name]) for name in named if name != "image_id"]


def test_an_export_of_lines_is_read_line_by_line(tmp_path):
    lines = [asset(instance()), asset(disk(), "Disk"), asset(snapshot("s", disk()), "Snapshot")]
    path = tmp_path / "export.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    fleet = load("gcp", path)
    row = fleet.workloads.iloc[0]
    assert (row["image_ref"], row["snapshots"], fleet.coverage["rows"].tolist()) == (
        "debian-cloud/debian-12-bookworm-v20240312", 1, [3])


def test_a_truncated_export_gives_what_comes_before(tmp_path):
    path = tmp_path / "export.jsonl"
    lines = [json.dumps(asset(instance(f"m{number}", number))) for number in range(3)]
    path.write_text("\n".join(lines)[:-40])
    fleet = load("gcp", path)
    assert (len(fleet.workloads), fleet.coverage["status"].tolist()) == (2, ["partial"])
    assert "unreadable_file" in set(fleet.problems["code"])


def test_files_of_a_folder_are_joined(saved):
    fleet = saved(
        [instance(metadata={"items": [{"key": "created-by", "value":
            "projects/1/zones/europe-west1-b/instanceGroupManagers/workers"}]})],
        [disk()], [image("debian-12-bookworm-v20240312", "debian-cloud", id="5555")],
        [machine_type("e2-medium", 2, 4096)], [group("workers", 9)],
    )
    row = fleet.workloads.iloc[0]
    assert (row["cpu_cores"], row["memory_bytes"], row["replicas"], row["controller_name"]) == (
        2, 4 << 30, 9, "workers")
    assert fleet.mounts["driver"].tolist() == ["pd-balanced"]
    assert fleet.images["is_stub"].tolist() == [False]


def test_assets_of_other_kinds_are_counted_not_lost(saved):
    bucket = {"name": "//storage.googleapis.com/b", "assetType": "storage.googleapis.com/Bucket",
              "resource": {"data": {}}}
    fleet = saved([asset(instance()), bucket, bucket])
    assert fleet.problems[["code", "detail"]].to_numpy().tolist() == [
        ["other_assets", "2 storage.googleapis.com/Bucket"]]


def test_an_asset_without_its_resource_is_a_problem(saved):
    thin = {"name": "//compute.googleapis.com/projects/p/zones/z/instances/i",
            "assetType": "compute.googleapis.com/Instance", "displayName": "i"}
    assert saved([thin]).problems["code"].tolist() == ["thin_asset"]


@pytest.mark.parametrize("other", [
    {"Reservations": []}, "text", 7, None, {"items": [1]}, [{"Id": 1}, {"Id": 2}], ["a", "b"],
    {"kind": "List", "items": [{"kind": "Pod"}]},
])
def test_a_document_of_another_source_is_refused(saved, other):
    with pytest.raises(LoadError, match="expected a list or resource of Compute Engine"):
        saved(other)


def test_a_resource_of_another_kind_is_a_problem(saved):
    fleet = saved([instance(), {"kind": "compute#firewall", "name": "allow"}])
    assert (len(fleet.workloads), fleet.problems["code"].tolist()) == (1, ["unknown_entry"])


@pytest.mark.parametrize("odd", [
    None, 7, "web-1", [], {"kind": "compute#instance"}, instance(id=7), instance(labels="a"),
    instance(disks={"a": 1}), instance(scheduling=[1]), instance(labels={"a": 1}),
])
def test_an_odd_entry_costs_no_other(saved, odd):
    fleet = saved([instance(f"m{number}", number) for number in range(5)] + [odd])
    assert (len(fleet.workloads), len(fleet.problems)) == (5, 1)


def test_a_saved_list_says_what_was_left_out(saved):
    body = aggregated(instance(), nextPageToken="abc", unreachables=["projects/p/zones/asia-a"])
    problems = saved(body).problems.set_index("code")
    assert problems.loc["unreachable", "detail"] == "zones/asia-a"
    assert "incomplete_list" in problems.index


def test_an_empty_list_is_no_machine_and_no_problem(saved):
    fleet = saved([], {"kind": "compute#instanceList", "id": "x"})
    assert (len(fleet.workloads), len(fleet.problems)) == (0, 0)
    assert fleet.coverage["status"].tolist() == ["empty", "empty"]


def test_metadata_of_groups_and_assets_is_dropped_too(saved):
    crew = group("workers", 1) | {"allInstancesConfig": {"properties": {
        "metadata": {"ssh-keys": SECRET}, "labels": {"token": SECRET}}}}
    keyed = disk(diskEncryptionKey={"rawKey": SECRET, "kmsKeyName": "k"})
    fleet = saved([asset(instance()), asset(crew, "InstanceGroupManager"), asset(keyed, "Disk")])
    assert SECRET not in "".join(
        frame.to_csv() for frame in (fleet.workloads, fleet.mounts, fleet.problems))


@pytest.mark.parametrize("entry", [
    instance(), disk(diskEncryptionKey={"rawKey": SECRET, "rsaEncryptedKey": SECRET}),
    instance(disks=[boot_disk("a", diskEncryptionKey={"rawKey": SECRET})]),
    group("g", 1) | {"allInstancesConfig": {"properties": {"metadata": {"ssh-keys": SECRET}}}},
    instance(metadata={"items": [{"key": "created-by", "value": f"export TOKEN={SECRET}"}]}),
    instance(metadata={"items": {"not": SECRET}}), instance(metadata={"kube-env": SECRET}),
    instance(metadata=[SECRET]),
])
def test_a_record_holds_no_secret(entry):
    from fleetkit.loaders.gcp.records import records

    assert SECRET not in repr(list(records([(None, entry)])))


def test_deep_nesting_is_a_problem(tmp_path):
    deep = json.dumps(instance(odd="DEEP")).replace('"DEEP"', "[" * 900 + "]" * 900)
    (tmp_path / "deep.json").write_text(f"[{deep}, {json.dumps(instance('m', 2))}]")
    fleet = load("gcp", tmp_path)
    assert len(fleet.workloads) + len(fleet.problems) == 2


def test_huge_numbers_are_unknown(saved):
    fleet = saved(
        [instance(disks=[boot_disk("web-1", diskSizeGb=str(2**63 - 1))],
                  machineType=f"{ROOT}/p/zones/z/machineTypes/custom-{10**20}-{10**20}")],
        [machine_type("huge", 2**40, 2**62)])
    row = fleet.workloads.iloc[0]
    assert row[["disk_bytes", "cpu_cores", "memory_bytes"]].isna().all()


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the folder of recorded payloads is absent here")
def test_recorded_answers_give_every_machine():
    fleet = load("gcp", RECORDED)
    assert (len(fleet.workloads), len(fleet.mounts)) == (8, 9)
    assert set(fleet.coverage["status"]) == {"ok"}
    assert fleet.workloads["state"].value_counts().to_dict() == {
        "running": 5, "stopped": 2, "paused": 1}
    assert fleet.workloads["os_version"].notna().all()


def test_reading_files_needs_no_sdk():
    import subprocess
    import sys

    script = "import sys, fleetkit.loaders.gcp; print([n for n in sys.modules if 'google' in n])"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize(("operator", "pins"), [
    ("IN", ["compute.googleapis.com/node-name in host-1"]), ("NOT_IN", [])])
def test_affinity_to_a_node_is_a_pin(saved, operator, pins):
    affinity = {"key": "compute.googleapis.com/node-name", "operator": operator,
                "values": ["host-1"]}
    fleet = saved(instance(scheduling={"nodeAffinities": [affinity]}))
    assert list(fleet.workloads["pinned_to"].iloc[0]) == pins


def test_a_machine_without_affinities_is_free(saved):
    assert list(saved(instance()).workloads["pinned_to"].iloc[0]) == []
