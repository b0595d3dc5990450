"""What single cells of the tables hold, from entries as the API gives them."""

import pandas as pd

from fleetkit.loaders.gcp import LOADER
from fleetkit.loaders.gcp.records import records
from fleetkit.loading.harvest import Harvest, Part, as_line, now
from fleetkit.loading.tabulating import tabulate
from fleetkit.plugins import Record, Target
from tests.loaders.gcp.payloads import (
    DEBIAN,
    ROOT,
    ZONE,
    boot_disk,
    disk,
    image,
    instance,
    snapshot,
)


def tables(*entries, account=None):
    """The fleet that entries make."""
    lines = [(item.kind, as_line(item.content))
             for item in records((None, entry) for entry in entries) if isinstance(item, Record)]
    part = Part("file", lines, status="ok")
    return tabulate(LOADER, [Harvest("gcp", Target("t", account), "file", now(), {"file": part})])


def cell(column, *others, **fields):
    return cells(column, [fields], *others)[0]


def cells(column, cases, *others):
    """The cell of one machine for each case, all read in one load; NA is None."""
    machines = [instance(f"web-{number}", number, **fields)
                for number, fields in enumerate(cases, start=1)]
    rows = tables(*machines, *others).workloads.sort_values("workload_id")
    return [None if not isinstance(value, list) and pd.isna(value) else value
            for value in rows[column].tolist()]


def licensed(*names):
    return [boot_disk("web-1", licenses=[f"{ROOT}/p/global/licenses/{name}" for name in names])]


def test_terminated_is_the_word_for_stopped():
    states = {
        "PROVISIONING": "starting", "STAGING": "starting", "RUNNING": "running",
        "STOPPING": "stopping", "SUSPENDING": "stopping", "SUSPENDED": "paused",
        "TERMINATED": "stopped", "REPAIRING": "failed", "DEPROVISIONING": "stopping",
        "DREAMING": "unknown", None: "unknown",
    }
    found = cells("state", [{"status": status} for status in states])
    assert dict(zip(states, found, strict=True)) == states


def test_the_words_of_the_source_stay():
    assert cell("state_raw", status="STOPPING", statusMessage="guest is slow") == (
        "STOPPING: guest is slow")


def test_types_that_say_what_they_are_need_no_list():
    sizes = {
        "custom-4-8192": (4, 8192), "n2-custom-8-16384-ext": (8, 16384),
        "e2-custom-small-4096": (2, 4096), "n1-standard-16": (16, None), "f1-micro": (1, None),
        "c3-standard-22-lssd": (22, None), "e2-micro": (2, None), "a2-highgpu-8g": (None, None),
        "x-custom-y-1": (None, None),
    }
    cases = [{"machineType": f"{ROOT}/shop/zones/{ZONE}/machineTypes/{size}"} for size in sizes]
    memory = [None if size is None else size >> 20 for size in cells("memory_bytes", cases)]
    found = zip(cells("cpu_cores", cases), memory, strict=True)
    assert dict(zip(sizes, found, strict=True)) == sizes


SYSTEMS = [
    (["debian-12-bookworm"], ("linux", "Debian GNU/Linux", "12")),
    (["ubuntu-2204-lts"], ("linux", "Ubuntu", "22.04")),
    (["ubuntu-pro-2004-lts"], ("linux", "Ubuntu", "20.04")),
    (["rhel-8-server"], ("linux", "Red Hat Enterprise Linux", "8")),
    (["rhel-86-sap-ha"], ("linux", "Red Hat Enterprise Linux", "8.6")),
    (["rhel-10-server"], ("linux", "Red Hat Enterprise Linux", "10")),
    (["centos-stream-9"], ("linux", "CentOS Stream", "9")),
    (["rocky-linux-9-optimized-gcp"], ("linux", "Rocky Linux", "9")),
    (["sles-sap-15-sp4"], ("linux", "SUSE Linux Enterprise Server", "15.4")),
    (["sles-12"], ("linux", "SUSE Linux Enterprise Server", "12")),
    (["cos"], ("linux", "Container-Optimized OS", None)),
    (["sql-server-2019-standard", "windows-server-2022-dc"],
     ("windows", "Windows Server", "2022")),
    (["windows-server-2012-r2-dc"], ("windows", "Windows Server", "2012 R2")),
    (["windows-server-20h2"], ("windows", "Windows Server", "20h2")),
    (["our-own"], (None, None, None)), ([], (None, None, None)),
]


def test_the_system_is_named_by_the_licence_of_the_boot_disk():
    cases = [{"disks": licensed(*names)} for names, _ in SYSTEMS]
    columns = [cells(name, cases) for name in ("os_family", "os_name", "os_version")]
    assert list(zip(*columns, strict=True)) == [system for _, system in SYSTEMS]


def test_who_says_so_is_told_where_anything_is_said():
    cases = [{"disks": licensed("debian-12-bookworm")}, {"disks": licensed("our-own")}]
    assert cells("os_source", cases) == ["license", None]


def test_a_windows_feature_speaks_where_no_licence_does():
    disks = [boot_disk("w", licenses=[], guestOsFeatures=[{"type": "WINDOWS"}])]
    assert (cell("os_family", disks=disks), cell("os_source", disks=disks)) == ("windows", "image")


def test_the_controller_is_the_group_that_made_the_machine():
    group = "projects/12/regions/europe-west1/instanceGroupManagers/gke-pool-1-grp"
    cases = [{"metadata": metadata} for metadata in (
        {"items": [{"key": "created-by", "value": group}]},
        {"items": [{"key": "created-by", "value": "a person"}]}, {"kind": "compute#metadata"})]
    assert cells("controller_kind", cases) == ["managed_group", "unknown", "none"]
    assert cells("controller_name", cases) == ["gke-pool-1-grp", None, None]


def test_without_metadata_nobody_knows_the_controller():
    machine = instance()
    del machine["metadata"]
    assert tables(machine).workloads["controller_kind"].tolist() == ["unknown"]


def test_spot_and_preemptible_machines_are_ephemeral():
    cases = [{"scheduling": scheduling} for scheduling in (
        {"preemptible": True}, {"provisioningModel": "SPOT"},
        {"provisioningModel": "STANDARD", "preemptible": False}, {}, None)]
    assert cells("ephemeral", cases) == [True, True, False, None, None]


def test_a_stop_is_known_only_while_it_lasts():
    stopped = {"lastStopTimestamp": "2024-05-01T10:00:00.000+02:00"}
    assert cell("stopped_at", **stopped) is None
    assert cell("stopped_at", status="TERMINATED", **stopped) == pd.Timestamp("2024-05-01T08:00Z")


def test_times_are_brought_to_utc_and_nonsense_is_unknown():
    assert cell("created_at") == pd.Timestamp("2024-03-01T12:05:06.789Z")
    assert cell("created_at", creationTimestamp="infinity") is None


def test_the_size_of_all_disks_is_unknown_if_that_of_one_is():
    disks = [boot_disk("web-1"), boot_disk("data", index=1, boot=False)]
    assert cell("disk_bytes", disks=disks) == 20 << 30
    del disks[1]["diskSizeGb"]
    assert cell("disk_bytes", disks=disks) is None
    assert cell("disk_bytes", disk("data", sizeGb="30"), disks=disks) == 40 << 30


def test_network_tags_stand_beside_labels_under_a_name_that_no_label_can_have():
    assert cell("tags") == '{"db-password":"[masked]","env":"prod","network tags":"edge, http"}'
    assert cell("environment") == "prod"


def test_addresses_inside_and_outside_are_listed_once():
    both = [{"networkIP": "10.0.0.2", "accessConfigs": [{"natIP": "203.0.113.7"}, {}]},
            {"networkIP": "10.1.0.2", "ipv6Address": "fd20::1",
             "ipv6AccessConfigs": [{"externalIpv6": "2600:1900::1"}]}]
    row = tables(instance(networkInterfaces=both)).workloads.iloc[0]
    assert list(row["private_ips"]) == ["10.0.0.2", "10.1.0.2", "fd20::1"]
    assert list(row["public_ips"]) == ["203.0.113.7", "2600:1900::1"]


def test_a_machine_without_an_address_outside_has_an_empty_list():
    row = tables(instance(networkInterfaces=[{"networkIP": "10.0.0.2"}])).workloads.iloc[0]
    assert list(row["public_ips"]) == []


def test_snapshots_of_all_disks_are_counted_and_those_of_a_former_disk_are_not():
    own, former = disk(), disk(number=99)
    entries = [snapshot("a", own, 1), snapshot("b", own, 2), snapshot("c", former, 3)]
    assert cell("snapshots", own, *entries) == 2


def test_a_boot_disk_leads_to_the_image():
    fleet = tables(instance(), disk(), image("debian-12-bookworm-v20240312", "debian-cloud",
                                             id="5555"))
    assert fleet.links[["relation", "to_id", "evidence", "confidence"]].to_numpy().tolist() == [
        ["uses_image", "gcp|debian-cloud|image|debian-12-bookworm-v20240312",
         "source image of boot disk", 1.0]]


def test_an_image_whose_name_was_used_again_is_doubted():
    fleet = tables(instance(), disk(), image("debian-12-bookworm-v20240312", "debian-cloud",
                                             id="6666"))
    assert fleet.links["confidence"].tolist() == [0.5]


def test_an_image_that_is_only_named_is_a_stub_with_what_the_disk_knows():
    stub = tables(disk()).images.iloc[0]
    assert (stub["is_stub"], stub["owner"], stub["os_name"], stub["os_version"]) == (
        True, "debian-cloud", "Debian GNU/Linux", "12")


def test_an_image_that_is_given_up_says_so_even_without_a_time():
    fleet = tables(image("old-1", deprecated={"state": "DEPRECATED"}),
                   image("old-2", number=2, deprecated={
                       "state": "OBSOLETE", "obsolete": "2023-01-01T00:00:00Z"}))
    assert fleet.images["labels"].tolist() == [
        '{"deprecation state":"DEPRECATED"}', '{"deprecation state":"OBSOLETE"}']
    assert fleet.images["deprecated_at"].isna().tolist() == [True, False]


def test_an_image_made_from_a_snapshot_leads_to_the_image_of_its_disk():
    taken = snapshot("before", disk())
    made = image("restored-1", sourceSnapshot=taken["selfLink"])
    link = tables(disk(), taken, made).links.iloc[0]
    assert (link["to_id"], link["evidence"]) == (
        "gcp|debian-cloud|image|debian-12-bookworm-v20240312", "image of source snapshot")


def test_size_of_an_image_is_that_of_the_disk_not_of_the_archive():
    assert tables(image("a-1")).images["size_bytes"].tolist() == [10 << 30]


def test_disks_are_mounts_with_what_becomes_of_them():
    held = [boot_disk("web-1"),
            boot_disk("data", index=1, boot=False, autoDelete=False, mode="READ_ONLY"),
            {"type": "SCRATCH", "index": 2, "deviceName": "local-ssd-0", "diskSizeGb": "375",
             "boot": False, "autoDelete": True, "mode": "READ_WRITE", "interface": "NVME"}]
    rows = tables(instance(disks=held), disk("data", users=("web-1", "web-2"))).mounts
    columns = ["kind", "is_root", "read_only", "shared", "delete_with_workload", "persistence"]
    assert sorted(rows[columns].astype(object).where(rows[columns].notna(), None)
                  .to_numpy().tolist(), key=str) == sorted([
        ["block", True, False, None, True, "ephemeral"],
        ["block", False, True, True, False, "shared_durable"],
        ["instance_store", False, False, False, True, "ephemeral"]], key=str)


def test_a_disk_in_two_machines_is_shared_though_no_list_of_disks_is_there():
    data = boot_disk("data", index=1, boot=False, autoDelete=False)
    rows = tables(instance(disks=[data]), instance("b", 2, disks=[data])).mounts
    assert (rows["shared"].tolist(), rows["volume_id"].nunique()) == ([True, True], 1)


def test_a_disk_made_from_a_snapshot_names_it():
    held = disk(sourceSnapshot=f"{ROOT}/shop/global/snapshots/before", sourceImage=None)
    assert tables(instance(), held).mounts["snapshot_id"].tolist() == [
        "gcp|shop|snapshot|before"]


def test_members_of_a_regional_group_are_linked_to_it():
    made = {"items": [{"key": "created-by", "value":
            "projects/12/regions/europe-west1/instanceGroupManagers/web"}]}
    link = tables(instance(metadata=made)).links.iloc[0]
    assert (link["to_id"], link["relation"]) == ("gcp|shop|group|europe-west1/web", "member_of")


def test_an_affinity_to_one_node_says_where_a_machine_runs():
    alone = {"nodeAffinities": [{"key": "compute.googleapis.com/node-name", "operator": "IN",
                                 "values": ["node-7"]}]}
    link = tables(instance(scheduling=alone)).links.iloc[0]
    assert (link["relation"], link["to_id"]) == ("runs_on", "gcp|shop|host|node-7")


def test_the_project_is_that_of_the_url_also_with_a_domain():
    row = tables(instance(project="example.com:shop"), account="other").workloads.iloc[0]
    assert row["workload_id"].startswith("gcp|example.com:shop|vm|")


def test_twice_the_same_records_make_no_more_mounts_or_links():
    once, twice = tables(instance(), disk()), tables(instance(), disk(), instance(), disk())
    assert (len(twice.mounts), len(twice.links), len(twice.images)) == (
        len(once.mounts), len(once.links), len(once.images))
    assert twice.workloads["disk_bytes"].tolist() == once.workloads["disk_bytes"].tolist()


def test_a_private_disk_type_in_another_address_of_the_api_is_joined():
    other = DEBIAN.replace("www.googleapis.com", "compute.googleapis.com")
    assert cell("image_id", disk(sourceImage=other)) == (
        "gcp|debian-cloud|image|debian-12-bookworm-v20240312")
