"""Google's own session against a replay of the API: what is read, asked for, and refused."""

import pytest

from fleetkit.errors import LoadError
from fleetkit.loading import capture, load
from tests.loaders.gcp.payloads import ROOT, SECRET, ZONE, disk, image, instance
from tests.real.google import TOKEN, Fault

INSTANCES = "shop/aggregated/instances"


def statuses(fleet, resource="instances"):
    rows = fleet.coverage[fleet.coverage["resource"] == resource]
    return dict(zip(rows["account"], rows["status"], strict=True))


def test_machines_of_all_zones_are_read_in_one_list(google, loaded):
    fleet = loaded()
    assert sorted(fleet.workloads["name"]) == ["db-1", "web-1", "worker-a"]
    assert google.paths().count(INSTANCES) == 1
    assert set(fleet.coverage["status"]) == {"ok"}
    assert fleet.problems.empty


def test_pages_are_followed_and_counted(google, loaded):
    google.page_size = 1
    fleet = loaded()
    calls = fleet.coverage.set_index("resource")["calls"]
    assert (len(fleet.workloads), calls["instances"], calls["snapshots"]) == (3, 3, 1)


def test_a_live_row_names_project_and_zone(loaded):
    row = loaded().workloads.set_index("name").loc["db-1"]
    assert (row["workload_id"], row["account"], row["zone"], row["origin"]) == (
        "gcp|shop|vm|7000000000000000003", "shop", "us-east1-c", "live")


def test_sizes_come_from_the_machine_types_in_use(google, loaded):
    rows = loaded().workloads.set_index("name")
    assert rows.loc["web-1", ["cpu_cores", "memory_bytes"]].tolist() == [2, 4096 << 20]
    assert rows.loc["db-1", ["cpu_cores", "memory_bytes"]].tolist() == [4, 15360 << 20]


def test_few_zones_are_asked_for_machine_types(google, loaded):
    google.add(*(instance(f"m{number}", 10 + number, zone=f"asia-east1-{letter}")
                 for number, letter in enumerate("abcdef")))
    loaded()
    asked = [path for path in google.paths() if path.endswith("machineTypes")]
    assert len(asked) == 2  # one that has e2-medium, and the only one with n1-standard-4


def test_images_of_other_projects_that_disks_name_are_read(google, loaded):
    rows = loaded().images.set_index("name")
    assert rows["owner"].to_dict() == {
        "debian-12-bookworm-v20240312": "debian-cloud", "golden-7": "shop"}
    assert not rows["is_stub"].any()


def test_an_image_that_may_not_be_seen_is_a_stub_and_a_remark(google, loaded):
    google.faults["debian-cloud/global/images"] = Fault(403)
    fleet = loaded()
    assert fleet.images.set_index("owner")["is_stub"].to_dict() == {
        "debian-cloud": True, "shop": False}
    assert fleet.problems[["code", "severity", "subject_id"]].to_numpy().tolist() == [
        ["access_denied", "info", "projects/debian-cloud"]]


def test_a_denied_project_costs_nothing_of_the_other(google, loaded):
    google.add(instance("other", 50, project="books"))
    google.faults["books/aggregated/instances"] = Fault(403)
    fleet = loaded("shop", "books")
    assert len(fleet.workloads) == 3
    assert statuses(fleet) == {"shop": "ok", "books": "denied"}
    problem = fleet.problems[fleet.problems["resource"] == "instances"].iloc[0]
    assert (problem["code"], problem["account"]) == ("access_denied", "books")
    assert "roles/compute.viewer" in problem["hint"]


def test_an_api_that_is_not_enabled_is_unsupported_with_the_command(google, loaded):
    google.faults[INSTANCES] = Fault(403, "accessNotConfigured")
    fleet = loaded()
    assert statuses(fleet) == {"shop": "unsupported"}
    assert "gcloud services enable compute.googleapis.com --project=shop" in set(
        fleet.problems["hint"].dropna().str.removeprefix("enable it: "))


@pytest.mark.parametrize("status", [429, 503])
def test_a_call_throttled_for_a_while_is_repeated_and_counted(google, loaded, status):
    google.faults[INSTANCES] = Fault(status, "rateLimitExceeded", times=2)
    fleet = loaded()
    row = fleet.coverage.set_index("resource").loc["instances"]
    assert (row["status"], row["calls"], row["retries"]) == ("ok", 3, 2)
    assert fleet.problems.empty


def test_throttling_that_comes_as_a_refusal_is_read_again(google, loaded):
    google.faults[INSTANCES] = Fault(403, "rateLimitExceeded", times=1)
    assert statuses(loaded()) == {"shop": "ok"}


def test_a_refusal_is_not_repeated(google, loaded):
    google.faults[INSTANCES] = Fault(403)
    loaded()
    assert google.paths().count(INSTANCES) == 1


def test_a_zone_that_does_not_answer_makes_the_list_partial(google, loaded):
    google.silent[INSTANCES] = ["zones/asia-east1-a"]
    fleet = loaded()
    assert (len(fleet.workloads), statuses(fleet)) == (3, {"shop": "partial"})
    problem = fleet.problems.iloc[0]
    assert (problem["code"], problem["retryable"]) == ("unreachable", True)
    assert "zones/asia-east1-a" in problem["detail"]


def test_a_silent_zone_that_nobody_asked_for_is_no_problem(google, loaded):
    google.silent[INSTANCES] = ["zones/asia-east1-a"]
    assert statuses(loaded(zones="europe-*")) == {"shop": "ok"}


def test_a_page_token_that_repeats_ends_the_list(google, loaded):
    google.repeated.add("shop/aggregated/disks")
    fleet = loaded()
    assert statuses(fleet, "disks") == {"shop": "partial"}
    assert "repeated_page" in set(fleet.problems["code"])


def test_an_answer_cut_short_is_read_again(google, loaded):
    google.cut[INSTANCES] = (0, 1)
    fleet = loaded()
    assert (len(fleet.workloads), statuses(fleet)) == (3, {"shop": "ok"})


def test_pages_before_one_that_is_always_cut_short_are_kept(google, loaded):
    google.page_size = 1
    google.cut[INSTANCES] = (2, None)
    fleet = loaded()
    assert (len(fleet.workloads), statuses(fleet)) == (2, {"shop": "partial"})


def test_duplicate_machines_over_pages_are_a_problem(google, loaded):
    google.add(instance())
    google.page_size = 1
    fleet = loaded()
    assert len(fleet.workloads) == 3
    assert "duplicate_key" in set(fleet.problems["code"])


@pytest.mark.parametrize(("said", "code"), [
    ("Token has been expired or revoked.", "expired_credentials"),
    ("Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
     " Check your iat and exp values in the JWT claim.", "clock_skew"),
])
def test_credentials_that_are_not_accepted_say_what_to_do(google, loaded, said, code):
    from fleetkit.loaders.gcp.sessions import connect
    from fleetkit.plugins import Target

    google.refusal = {"error": "invalid_grant", "error_description": said}
    with pytest.raises(LoadError) as met:
        connect(Target("shop", "shop", None, {"endpoint": google.endpoint, "zones": (),
                                              "regions": ()}), 5.0)
    assert (met.value.code, met.value.status) == (code, "denied")


def test_nobody_signed_in_is_said_once_for_all(secluded):
    with pytest.raises(LoadError, match="credentials were not found"):
        load("gcp", "shop", endpoint="http://127.0.0.1:9")


def test_an_endpoint_that_nobody_serves_is_unreachable(google):
    with pytest.raises(LoadError, match="Connection"):
        load("gcp", "shop", endpoint="http://127.0.0.1:9", timeout=1)


def test_the_default_project_is_that_of_the_credentials(google):
    fleet = load("gcp", endpoint=google.endpoint)
    assert set(fleet.workloads["account"]) == {"shop"}


def test_the_default_project_is_that_of_the_environment(google, monkeypatch):
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "books")
    google.add(instance("other", 50, project="books"))
    assert load("gcp", endpoint=google.endpoint).workloads["name"].tolist() == ["other"]


@pytest.mark.parametrize("wrong", [
    {"projects": ["no spaces"]}, {"endpoint": "http://elsewhere.example"}, {"zones": [3]},
    {"endpoint": "https://user:pass@compute.googleapis.com"}, {"projects": ["../../x"]},
    {"colour": "red"},
])
def test_a_wrong_option_is_said_before_anything_is_asked(google, wrong):
    with pytest.raises(LoadError, match="gcp: "):
        load("gcp", **{"endpoint": google.endpoint, **wrong})
    assert google.calls == []


@pytest.mark.parametrize(("options", "names"), [
    ({"zones": "us-*"}, ["db-1"]), ({"regions": ["europe-west1"]}, ["web-1", "worker-a"]),
    ({"zones": ["us-east1-c"], "regions": "europe-*"}, ["db-1", "web-1", "worker-a"]),
])
def test_zones_and_regions_are_chosen_by_glob(loaded, options, names):
    assert sorted(loaded(**options).workloads["name"]) == names


def test_only_lists_are_asked_for(google, loaded):
    loaded()
    assert google.paths("POST") == ["/token"]
    assert {method for method, _, _ in google.calls} == {"GET", "POST"}
    last = {path.rpartition("/")[2] for path in google.paths()}
    assert last == {"instances", "disks", "images", "machineTypes", "instanceGroupManagers",
                    "snapshots"}


def test_secrets_are_in_no_table_and_no_capture(google, loaded, tmp_path, caplog):
    fleet = loaded()
    folder = capture("gcp", "shop", to=tmp_path / "kept", endpoint=google.endpoint)
    again = load("gcp", folder)
    texts = [frame.to_csv() for one in (fleet, again) for frame in
             (one.workloads, one.images, one.mounts, one.links, one.coverage, one.problems)]
    texts += [_inflated(path) for path in folder.iterdir()] + [caplog.text]
    for text in texts:
        assert SECRET not in text
        assert TOKEN not in text


def _inflated(path):
    import gzip

    return (gzip.decompress(path.read_bytes()) if path.suffix == ".gz"
            else path.read_bytes()).decode()


def test_a_capture_gives_the_same_rows(google, loaded, tmp_path):
    fleet = loaded()
    again = load("gcp", capture("gcp", "shop", to=tmp_path / "kept", endpoint=google.endpoint))
    for name in ("workloads", "images", "mounts", "links"):
        left, right = (getattr(one, name).drop(columns=["origin", "observed_at"])
                       for one in (fleet, again))
        assert left.to_csv() == right.to_csv()


def test_machine_types_of_unread_machines_are_not_called_empty(google, loaded):
    google.faults[INSTANCES] = Fault(403)
    assert statuses(loaded(), "machine_types") == {"shop": "failed"}


def test_an_unknown_field_is_kept_and_harmless(google, loaded):
    google.add(instance("new", 9, quantumState={"superposed": [True]}))
    assert len(loaded().workloads) == 4


def test_hostile_names_go_nowhere(google, loaded):
    google.add(
        instance("odd", 9, machineType=f'{ROOT}/shop/zones/{ZONE}/machineTypes/x") OR (name = "y'),
        disk("odd", 9, sourceImage=f"{ROOT}/..%2F..%2Fsecrets?x=/global/images/i"),
    )
    loaded()
    assert not [path for path in google.paths() if "secrets?" in path]
    assert not [query for _, _, query in google.calls if 'name = "y' in query.get("filter", "")]


def test_a_disk_without_a_machine_is_told(google, loaded):
    google.add(disk("old-data", 77, users=()))
    problem = loaded().problems.iloc[0]
    assert (problem["code"], problem["severity"], problem["subject_id"]) == (
        "unattached_volume", "info", "gcp|shop|disk|8000000000000000077")


def test_lineage_leads_through_the_disk_that_an_image_was_made_from(loaded):
    fleet = loaded()
    parent = "gcp|debian-cloud|image|debian-12-bookworm-v20240312"
    golden = fleet.images.set_index("name").loc["golden-7"]
    assert golden["parent_ref"] == parent
    links = fleet.links[fleet.links["relation"] == "derived_from"]
    assert links[["from_id", "to_id", "evidence"]].to_numpy().tolist() == [
        ["gcp|shop|image|golden-7", parent, "image of source disk"]]


def test_a_disk_whose_name_was_used_again_is_not_the_parent(google, loaded):
    google.add(image("silver-1", number=5, sourceDisk=disk()["selfLink"], sourceDiskId="1"))
    silver = loaded().images.set_index("name").loc["silver-1"]
    assert silver["parent_ref"] == f"gcp|shop|disk|{ZONE}/web-1"
