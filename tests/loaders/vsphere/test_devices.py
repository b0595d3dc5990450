"""Hardware that the simulator does not hold, by hand: chains, raw and shared disks, passthrough."""

import pytest

from tests.loaders.vsphere.literal import (
    ABOUT,
    VCENTER,
    controller,
    disk,
    fleet_of,
    loaded,
    machine,
)

RAW = "VirtualDiskRawDiskMappingVer1BackingInfo"


def mount_of(*devices):
    return fleet_of(machine(1, [controller(), *devices])).mounts.iloc[0]


def test_a_raw_device_mapping_is_no_plain_disk():
    assert mount_of(disk(kind=RAW, compatibilityMode="physicalMode"))["kind"] == "rdm"


def test_a_raw_disk_stays_when_its_machine_is_deleted():
    assert not mount_of(disk(kind=RAW))["delete_with_workload"]


def test_a_raw_disk_is_known_without_types_by_its_mode():
    untyped = {"Key": 2000, "CapacityInKB": 1, "Backing": {"CompatibilityMode": "physicalMode"}}
    fleet = fleet_of({"Self": {"Type": "VirtualMachine", "Value": "vm-1"}, "Config": {
        "InstanceUuid": "uuid-1", "Hardware": {"Device": [untyped]}}})
    assert fleet.mounts["kind"].tolist() == ["rdm"]


def test_a_disk_with_several_writers_is_shared():
    row = mount_of(disk(sharing="sharingMultiWriter"))
    assert (row["shared"], row["persistence"]) == (True, "shared_durable")


def test_disks_of_a_shared_bus_are_shared():
    kinds = ["noSharing", "physicalSharing", "virtualSharing"]
    fleet = fleet_of(*(machine(number, [controller(sharing=kind), disk(file=f"[ds] {kind}")])
                       for number, kind in enumerate(kinds)))
    assert fleet.mounts["shared"].tolist() == [False, True, True]


def test_one_file_in_two_machines_is_shared():
    fleet = fleet_of(machine(1, [disk()]), machine(2, [disk()]), machine(3, [disk(file="[ds] c")]))
    assert fleet.mounts["shared"].tolist() == [True, True, False]


def test_what_a_nonpersistent_disk_holds_is_lost():
    assert mount_of(disk(diskMode="independent_nonpersistent"))["persistence"] == "ephemeral"


def test_a_disk_is_known_by_its_uuid_and_else_by_its_file():
    fleet = fleet_of(machine(1, [disk(uuid="6000C29"), disk(2001, "[ds] m1/data.vmdk")]))
    assert set(fleet.mounts["volume_id"]) == {"6000C29", "[ds] m1/data.vmdk"}


def test_the_first_disk_is_taken_for_that_of_the_system():
    fleet = fleet_of(machine(1, [disk(2001, "[ds] b"), disk(2000, "[ds] a")]))
    roots = dict(zip(fleet.mounts["source_path"], fleet.mounts["is_root"], strict=True))
    assert roots == {"[ds] a": True, "[ds] b": False}


def test_capacity_is_exact_bytes_and_else_kilobytes():
    old = {**disk(2001, "[ds] old"), "capacityInKB": 3}
    del old["capacityInBytes"]
    fleet = fleet_of(machine(1, [disk(), old]))
    assert sorted(fleet.mounts["size_bytes"]) == [3072, 1048576]
    assert fleet.workloads["disk_bytes"].tolist() == [1048576 + 3072]


def test_a_linked_clone_derives_from_the_machine_whose_disk_it_builds_on():
    base = {"fileName": "[ds] golden/golden.vmdk"}
    fleet = fleet_of(
        machine(1, [disk(file="[ds] golden/golden.vmdk")], config={"template": True}),
        machine(2, [disk(file="[ds] m2/m2.vmdk", parent=base)]),
    )
    link = fleet.links[fleet.links["relation"] == "derived_from"].iloc[0]
    assert link[["from_id", "to_id", "confidence"]].tolist() == [
        f"vsphere|{VCENTER}|vm|uuid-2", f"vsphere|{VCENTER}|template|uuid-1", 1.0]
    assert link["evidence"].startswith("linked clone")


def test_a_chain_of_own_snapshots_derives_from_nobody():
    chain = {"fileName": "[ds] m1/m1-000001.vmdk", "parent": {"fileName": "[ds] m1/m1.vmdk"}}
    fleet = fleet_of(machine(1, [disk(file="[ds] m1/m1-000002.vmdk", parent=chain)]))
    assert "derived_from" not in fleet.links["relation"].tolist()


def test_a_device_of_the_host_is_said_for_planners():
    card = {"_typeName": "VirtualPCIPassthrough", "key": 13000, "backing": {
        "_typeName": "VirtualPCIPassthroughVmiopBackingInfo", "vgpu": "grid_v100-8q"}}
    problem = fleet_of(machine(1, [card])).problems.iloc[0]
    assert problem[["code", "severity", "subject_id", "detail"]].tolist() == [
        "passthrough_device", "info", f"vsphere|{VCENTER}|vm|uuid-1",
        "PCI passthrough: grid_v100-8q"]


def test_partitions_say_what_is_used():
    disks = [{"diskPath": "/", "capacity": 100, "freeSpace": 30, "filesystemType": "ext4"},
             {"diskPath": "/srv", "capacity": 50, "freeSpace": 60}]
    mounts = fleet_of(machine(1, guest={"disk": disks})).mounts.set_index("target_path")
    assert mounts.loc["/", ["kind", "size_bytes", "used_bytes", "is_root", "driver"]].tolist() == [
        "partition", 100, 70, True, "ext4"]
    assert mounts["used_bytes"].isna().tolist() == [False, True]


def test_addresses_of_bridges_inside_and_of_the_link_are_left_out():
    net = [{"deviceConfigId": 4000, "ipAddress": ["10.0.0.5", "fe80::1"]},
           {"deviceConfigId": -1, "ipAddress": ["172.17.0.1"]}]
    row = fleet_of(machine(1, guest={"net": net})).workloads.iloc[0]
    assert list(row["private_ips"]) == ["10.0.0.5"]


def test_the_state_of_a_machine_out_of_reach_is_unknown():
    lost = ["disconnected", "inaccessible", "invalid", "orphaned"]
    fleet = fleet_of(*(
        machine(number, runtime={"powerState": "poweredOn", "connectionState": connection})
        for number, connection in enumerate(lost)))
    assert fleet.workloads["state"].tolist() == ["unknown"] * 4
    assert fleet.workloads["state_raw"].tolist() == [f"poweredOn, {word}" for word in lost]


def test_a_machine_without_configuration_is_a_row_with_its_object_id():
    lost = {"self": {"type": "VirtualMachine", "value": "vm-9"}, "name": "lost",
            "runtime": {"connectionState": "inaccessible"}}
    row = fleet_of(lost).workloads.iloc[0]
    assert row["workload_id"] == f"vsphere|{VCENTER}|vm|vm-9"
    assert row[["disk_bytes", "macs", "cpu_cores", "os_source"]].isna().all()


def test_the_agent_is_told_from_both_words_of_the_tools():
    said = [
        ("guestToolsRunning", "guestToolsCurrent", "running"),
        ("guestToolsRunning", "guestToolsSupportedOld", "outdated"),
        ("guestToolsRunning", "guestToolsUnmanaged", "running"),
        ("guestToolsNotRunning", "guestToolsCurrent", "stopped"),
        ("guestToolsNotRunning", "guestToolsNotInstalled", "absent"),
        (None, None, "unknown"),
    ]
    fleet = fleet_of(*(
        machine(number, guest={"toolsRunningStatus": running, "toolsVersionStatus2": version})
        for number, (running, version, _) in enumerate(said)))
    assert fleet.workloads["guest_agent"].tolist() == [agent for _, _, agent in said]


def test_the_version_is_told_apart_from_the_name():
    said = [
        ("Red Hat Enterprise Linux 8 (64-bit)", "Red Hat Enterprise Linux", "8"),
        ("Microsoft Windows Server 2012 R2 (64-bit)", "Microsoft Windows Server", "2012 R2"),
        ("CentOS 4/5/6/7 (64-bit)", "CentOS 4/5/6/7", None),
        ("Ubuntu Linux (64-bit)", "Ubuntu Linux", None),
        ("Ubuntu 20.04.4 LTS", "Ubuntu", "20.04.4"),
        ("Other 3.x or later Linux (64-bit)", "Other 3.x or later Linux", None),
        ("VMware Photon OS (64-bit)", "VMware Photon OS", None),
    ]
    rows = fleet_of(*(machine(number, config={"guestFullName": full})
                      for number, (full, _, _) in enumerate(said))).workloads
    found = rows[["os_name", "os_version"]].astype(object).where(rows["os_version"].notna(), None)
    assert found["os_version"].tolist() == [version for _, _, version in said]
    assert rows["os_name"].tolist() == [name for _, name, _ in said]


DETAILS = ("architecture='X86' bitness='64' distroName='Ubuntu' distroVersion='22.04'"
           " familyName='Linux' kernelVersion='5.15.0-91-generic' prettyName='Ubuntu 22.04.3 LTS'")


@pytest.mark.parametrize("place", ["guest", "setting"])
def test_detailed_data_of_the_guest_wins(place):
    given = {"guest": {"guest": {"guestDetailedData": DETAILS}}, "setting": {"config": {
        "extraConfig": [{"key": "guestinfo.userdata", "value": "x"},
                        {"key": "guestInfo.detailed.data", "value": DETAILS}]}}}[place]
    row = fleet_of(machine(1, **given)).workloads.iloc[0]
    said = row[["os_name", "os_version", "kernel_version", "arch", "os_source"]].tolist()
    assert said == ["Ubuntu", "22.04", "5.15.0-91-generic", "amd64", "tools"]


def test_a_machine_of_an_extension_is_controlled_by_it():
    managed = {"managedBy": {"extensionKey": "com.vmware.vim.eam", "type": "cluster-agent"}}
    row = fleet_of(machine(1, config=managed)).workloads.iloc[0]
    assert (row["controller_kind"], row["controller_name"]) == ("system", "com.vmware.vim.eam")


def test_the_moment_that_stands_for_none_is_unknown():
    row = fleet_of(machine(1, config={"createDate": "1970-01-01T00:00:00Z"})).workloads.iloc[0]
    assert row[["created_at"]].isna().all()


def test_a_source_that_is_gone_is_a_stub():
    event = {"_typeName": "VmDeployedEvent", "key": 7, "createdTime": "2024-05-01T10:00:00Z",
             "vm": {"name": "m1", "vm": {"type": "VirtualMachine", "value": "vm-1"}},
             "srcTemplate": {"name": "old", "vm": {"type": "VirtualMachine", "value": "vm-0"}}}
    fleet = loaded([ABOUT, {"virtualMachines": [machine(1)]}, event])
    assert fleet.images[["image_id", "name", "is_stub"]].to_numpy().tolist() == [
        [f"vsphere|{VCENTER}|template|vm-0", "old", True]]
    assert fleet.workloads["image_ref"].tolist() == ["old"]



def test_hardware_of_the_host_that_a_machine_holds_is_named():
    gpu = {"_typeName": "VirtualPCIPassthrough", "key": 13000, "backing": {"vgpu": "grid_p40-1q"}}
    fleet = fleet_of(machine(1, [controller(), disk(), gpu]), machine(2, [disk()]))
    assert list(fleet.workloads["devices"][0]) == ["PCI passthrough (grid_p40-1q)"]
    assert list(fleet.workloads["devices"][1]) == []


def test_hardware_that_cannot_be_read_is_unknown():
    unread = machine(1)
    del unread["config"]["hardware"]
    assert fleet_of(unread).workloads[["devices", "pinned_to"]].isna().all(axis=None)


def test_processors_and_host_rules_pin_a_machine():
    bound = machine(1, [disk()], config={"cpuAffinity": {"affinitySet": [0, 1]}})
    fleet = loaded([ABOUT, {"virtualMachines": [bound, machine(2, [disk()])]}])
    assert [list(pins) for pins in fleet.workloads["pinned_to"]] == [["processors 0, 1"], []]


@pytest.mark.parametrize(("runtime", "failover"), [
    ({"faultToleranceState": "running"}, "fault_tolerant"),
    ({"faultToleranceState": "notConfigured", "dasVmProtection": {"dasProtected": True}},
     "restart"),
    ({"dasVmProtection": {"dasProtected": False}}, "none"), ({}, ""),
])
def test_what_becomes_of_a_machine_when_its_host_fails(runtime, failover):
    known = machine(1, [disk()])
    known["runtime"] |= runtime
    assert fleet_of(known).workloads["failover"].fillna("").tolist() == [failover]
