"""What govc prints, in each of its spellings: the same ids and facts as the live read."""

import json
from pathlib import Path

import pytest

from fleetkit.errors import LoadError
from fleetkit.loading import load
from fleetkit.progress import silent
from tests.loaders.vsphere.estate import SECRETS, described, session
from tests.loaders.vsphere.literal import ABOUT, VCENTER, fleet_of, loaded, machine, reference

PAYLOADS = Path(__file__).parents[3] / "../shared/data/vsphere"
SAME = ["workload_id", "name", "kind", "state", "cpu_cores", "memory_bytes", "disk_bytes",
        "machine_uuid", "snapshots", "notes", "os_name", "os_version", "hostname", "host_id",
        "guest_agent", "environment"]

PROPERTIES = ("name", "config", "guest", "runtime", "summary", "snapshot", "customValue",
              "resourcePool", "availableField")


@pytest.fixture(scope="module")
def printed(simulated, tmp_path_factory):
    """What govc of 2021 prints: capital letters, no types."""
    return simulated.export(tmp_path_factory.mktemp("govc"))


@pytest.fixture(scope="module")
def reprinted(simulated, signed):
    """The same machines as govc of today prints them: small letters, with types."""
    with session(simulated.address, signed) as instance:
        machines = [
            {"self": _written(vm), **{name: _written(value) for name, value in known.items()}}
            for vm, known in described(instance.content, "VirtualMachine", PROPERTIES)
        ]
        return [{"about": _written(instance.content.about)}, {"virtualMachines": machines}]


def _written(thing):
    """An object of the SDK in the JSON form of the API."""
    if isinstance(thing, list):
        return [_written(item) for item in thing]
    if hasattr(thing, "_moId"):
        return reference(thing._wsdlName, thing._moId)
    if hasattr(thing, "_wsdlName") and hasattr(thing, "__dict__") and not isinstance(thing, str):
        known = {name: _written(value) for name, value in vars(thing).items()
                 if value is not None and not (isinstance(value, list) and not value)}
        return {"_typeName": thing._wsdlName, **known}
    return thing.isoformat() if hasattr(thing, "isoformat") else thing


def machines_of(fleet, columns=SAME):
    vms = fleet.workloads[fleet.workloads["kind"] == "vm"]
    return json.loads(vms[columns].to_json(orient="records"))


def test_files_of_old_govc_give_the_facts_of_the_live_read(printed, furnished):
    assert machines_of(load("vsphere", printed, progress=silent)) == machines_of(furnished)


def test_a_document_of_new_govc_gives_the_facts_of_the_live_read(reprinted, furnished):
    columns = [name for name in SAME if name != "host_id"]
    assert machines_of(loaded(reprinted), columns) == machines_of(furnished, columns)


def test_disks_of_files_are_those_of_the_live_read(printed, reprinted, furnished):
    columns = ["workload_id", "kind", "source_path", "size_bytes", "shared", "is_root", "thin"]
    live = furnished.mounts[columns].to_csv()
    assert load("vsphere", printed, progress=silent).mounts[columns].to_csv() == live
    assert loaded(reprinted).mounts[columns].to_csv() == live


def test_templates_of_files_have_the_ids_of_the_live_read(printed, furnished):
    images = load("vsphere", printed, progress=silent).images
    assert images["image_id"].tolist() == furnished.images["image_id"].tolist()


def test_secrets_of_files_are_in_no_table(printed, reprinted):
    for fleet in (load("vsphere", printed, progress=silent), loaded(reprinted)):
        text = "".join(getattr(fleet, name).to_csv()
                       for name in ("workloads", "images", "mounts", "links", "problems"))
        assert not [secret for secret in SECRETS if secret in text]


def test_without_the_vcenter_ids_have_no_scope(printed):
    fleet = load("vsphere", printed / "vm.info.json", progress=silent)
    assert fleet.workloads["workload_id"].str.startswith("vsphere||vm|").all()


def test_the_vcenter_of_two_files_is_not_guessed():
    other = {"about": {"instanceUuid": "other"}}
    fleet = loaded(ABOUT, other, {"virtualMachines": [machine()]})
    assert fleet.workloads["workload_id"].tolist() == ["vsphere||vm|uuid-1"]


def test_a_single_configuration_is_read():
    file = PAYLOADS / "govmomi-vminfo.json"
    if not file.exists():
        pytest.skip("the payloads beside the checkout are absent here")
    row = load("vsphere", file, progress=silent).workloads.iloc[0]
    assert row["workload_id"] == "vsphere||vm|502cc2a5-1f06-2890-6d70-ba2c55c5c2b7"
    assert row[["name", "memory_bytes", "notes", "os_name", "arch"]].tolist() == [
        "test", 2 << 30, "Hello, world.", "VMware Photon OS", "amd64"]
    assert row[["snapshots", "private_ips"]].isna().all()


def test_a_result_of_the_property_collector_is_recognised():
    file = PAYLOADS / "govmomi-retrieveResult.json"
    if not file.exists():
        pytest.skip("the payloads beside the checkout are absent here")
    problems = load("vsphere", file, progress=silent).problems
    assert problems["code"].unique().tolist() == ["unused_record"]


def test_single_properties_by_path_are_put_together():
    changes = [("name", "m7"), ("config.instanceUuid", "uuid-7"), ("config.hardware.numCPU", 4),
               ("config.template", False), ("runtime.powerState", "poweredOff")]
    entry = {"obj": reference("VirtualMachine", "vm-7"), "kind": "enter",
             "changeSet": [{"name": name, "op": "assign", "val": value}
                           for name, value in changes]}
    row = loaded([ABOUT, entry]).workloads.iloc[0]
    assert row[["workload_id", "state", "cpu_cores"]].tolist() == [
        f"vsphere|{VCENTER}|vm|uuid-7", "stopped", 4]


def test_a_file_of_something_else_is_refused(tmp_path):
    (tmp_path / "other.json").write_text('[{"Reservations": []}]')
    with pytest.raises(LoadError, match="govc prints"):
        load("vsphere", tmp_path / "other.json", progress=silent)


def test_an_unknown_entry_is_a_problem_and_the_others_are_rows():
    fleet = loaded([ABOUT, {"what": "ever"}, {"virtualMachines": [machine()]}])
    assert (len(fleet.workloads), fleet.problems["code"].tolist()) == (1, ["unknown_record"])


@pytest.mark.parametrize("odd", [
    {"config": "none"}, {"config": {"hardware": []}}, {"guest": {"net": "eth0"}},
    {"snapshot": {"rootSnapshotList": 3}}, {"customValue": "x"}, {"runtime": 4},
    {"name": ["a"]}, {"config": {"instanceUuid": 5, "hardware": {"memoryMB": "many"}}},
    {"config": {"hardware": {"device": [{"_typeName": "VirtualDisk", "backing": "x"}]}}},
])
def test_a_machine_of_another_form_is_a_problem_and_the_others_are_rows(odd):
    fleet = fleet_of(machine(1), {**machine(2), **odd}, machine(3))
    assert {"m1", "m3"} <= set(fleet.workloads["name"].dropna())
    assert len(fleet.workloads) + len(fleet.problems) == 3
