"""Whatever a file holds, there are rows and problems, and never another error."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleetkit.errors import LoadError
from fleetkit.loaders.vsphere import LOADER
from fleetkit.loaders.vsphere.machines import machine as record_of
from fleetkit.plugins import Problem, Record
from tests.loaders.vsphere.literal import ABOUT, disk, fleet_of, loaded, machine

NAMES = st.sampled_from([
    "self", "name", "config", "guest", "runtime", "value", "type", "hardware", "device", "obj",
    "virtualMachines", "VirtualMachines", "hostSystems", "about", "snapshot", "_typeName",
    "_value", "propSet", "changeSet", "customValue", "availableField", "configurationEx",
])
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from([
    "VirtualMachine", "HostSystem", "ClusterComputeResource", "VirtualDisk", "VmClonedEvent"])
DOCUMENTS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=25)


@given(DOCUMENTS)
@settings(max_examples=200)
def test_any_document_gives_records_problems_or_the_declared_error(document):
    with suppress(LoadError):
        assert all(isinstance(item, Record | Problem) for item in LOADER.parse(document, "f.json"))


@given(st.lists(DOCUMENTS, max_size=3))
@settings(max_examples=5)
def test_any_machine_beside_a_sound_one_leaves_it_a_row(odd):
    broken = [{**machine(number + 2), "config": content} for number, content in enumerate(odd)]
    fleet = fleet_of(machine(1), *broken)
    assert "m1" in fleet.workloads["name"].tolist()


def test_a_document_nested_without_end_is_refused():
    document = []
    for _ in range(5_000):
        document = [document]
    with pytest.raises(LoadError, match="nested deeper"):
        list(LOADER.parse(document, "file.json"))


def test_a_tree_of_very_many_snapshots_is_counted_up_to_a_bound():
    tree = [{"name": str(number)} for number in range(20_000)]
    record = record_of("vm-1", {"snapshot": {"rootSnapshotList": tree}}, {})
    assert record["snapshots"] == 10_000


def test_a_chain_of_disks_without_end_is_cut():
    backing = {"fileName": "[ds] x/x.vmdk"}
    backing["parent"] = backing
    device = {**disk(), "backing": backing}
    record = record_of("vm-1", {"config.hardware.device": [device]}, {})
    assert len(record["disks"][0]["parents"]) == 64


def test_names_that_look_like_sql_or_markup_are_text():
    name = "'); DROP TABLE vm; --<script>alert(1)</script>"
    assert fleet_of({**machine(), "name": name}).workloads["name"].tolist() == [name]


def test_a_machine_that_comes_twice_makes_no_more_rows_of_others():
    fleet = fleet_of(machine(1, [disk()]), machine(1, [disk()]), machine(2))
    assert fleet.workloads["name"].tolist().count("m2") == 1
    assert fleet.mounts["shared"].tolist() in ([False], [False, False])


def test_hosts_that_share_an_object_id_are_not_followed():
    hosts = [{"self": {"type": "HostSystem", "value": "host-1"}, "name": name}
             for name in ("a", "b")]
    here = {"powerState": "poweredOn", "host": {"type": "HostSystem", "value": "host-1"}}
    fleet = loaded([ABOUT, {"hostSystems": hosts}, {"virtualMachines": [machine(runtime=here)]}])
    vms = fleet.workloads[fleet.workloads["kind"] == "vm"]
    assert (len(vms), vms["host_id"].isna().all()) == (1, True)


def test_the_value_of_a_field_without_a_name_is_not_shown():
    odd = machine(customValue=[{"key": 101, "value": "Zx9-secret"}])
    assert "Zx9-secret" not in fleet_of(odd).workloads.to_csv()
