"""The tables of a furnished vCenter, as an analyst reads them."""

import json

import pytest

from fleetkit.lineage import trace

MIB = 1 << 20


@pytest.fixture(scope="module")
def machines(furnished):
    vms = furnished.workloads[furnished.workloads["kind"] == "vm"]
    return vms.set_index("name")


@pytest.fixture(scope="module")
def scope(furnished):
    """The id of the vCenter, as it stands in all ids."""
    return furnished.workloads["workload_id"].iloc[0].split("|")[1]


def links(fleet, relation, evidence):
    found = fleet.links
    return found[(found["relation"] == relation) & found["evidence"].str.startswith(evidence)]


def named(fleet):
    """Names by id, of workloads and images."""
    return dict(zip(
        [*fleet.workloads["workload_id"], *fleet.images["image_id"]],
        [*fleet.workloads["name"], *fleet.images["name"]], strict=True))


def test_every_machine_is_one_row_and_templates_are_images(furnished):
    read = furnished.coverage.set_index("resource")["rows"]
    kinds = furnished.workloads["kind"].value_counts()
    assert (kinds["vm"] + len(furnished.images), kinds["host"]) == (read["vms"], read["hosts"])
    assert furnished.images["kind"].unique().tolist() == ["template"]


def test_ids_hold_the_vcenter_and_the_instance_uuid(machines, scope):
    web = machines.loc["DC0_C0_RP0_VM0"]
    assert web["workload_id"] == f"vsphere|{scope}|vm|{web['native_id']}"
    assert len(web["native_id"]) == len(scope) == 36


def test_sizes_are_in_cores_and_bytes(machines):
    web = machines.loc["DC0_C0_RP0_VM0"]
    assert (web["cpu_cores"], web["memory_bytes"], web["disk_bytes"]) == (4, 8192 * MIB, MIB)


def test_states_are_mapped_and_the_word_of_the_source_is_kept(machines):
    states = machines.loc[["DC0_C0_RP0_VM0", "DC0_C0_RP0_VM3", "DC0_C0_RP0_VM4"],
                          ["state", "state_raw"]]
    assert states.to_numpy().tolist() == [
        ["running", "poweredOn"], ["stopped", "poweredOff"], ["paused", "suspended"]]


def test_the_system_that_the_tools_report_wins_over_the_configured_one(machines):
    web = machines.loc["DC0_C0_RP0_VM0"]
    said = web[["os_family", "os_name", "os_version", "os_source", "arch", "guest_agent"]].tolist()
    assert said == ["linux", "Debian GNU/Linux", "12", "tools", "amd64", "running"]


def test_without_tools_the_configured_system_is_said_to_be_that(machines):
    assert machines.loc["DC0_H0_VM0", "os_source"] == "config"


def test_the_guest_names_itself_and_its_addresses(machines):
    web = machines.loc["DC0_C0_RP0_VM0"]
    assert (web["hostname"], list(web["private_ips"])) == ("web-01.shop.example", ["10.1.2.3"])


def test_addresses_are_unknown_without_tools(machines):
    assert machines["private_ips"].isna().sum() == len(machines) - 1


def test_snapshots_of_the_whole_tree_are_counted_and_none_is_zero(machines):
    assert machines.loc[["DC0_C0_RP0_VM1", "DC0_H0_VM0"], "snapshots"].tolist() == [3, 0]


def test_custom_fields_are_tags_by_name(machines):
    web = machines.loc["DC0_C0_RP0_VM0"]
    assert json.loads(web["tags"])["owner"] == "anna"
    assert web["environment"] == "production"


def test_notes_are_kept(machines):
    assert machines.loc["DC0_C0_RP0_VM0", "notes"].startswith("web shop, owner: anna")


def test_machines_know_their_host_and_their_cluster(furnished, machines):
    web = machines.loc["DC0_C0_RP0_VM0"]
    assert named(furnished)[web["host_id"]].startswith("DC0_C0_H")
    assert web["zone"] == "DC0_C0"
    assert set(links(furnished, "runs_on", "host")["from_id"]) == set(machines["workload_id"])


def test_a_host_without_a_cluster_has_no_zone(machines):
    assert machines.loc[machines.index.str.startswith("DC0_H0"), "zone"].isna().all()


def test_members_of_a_vapp_share_its_name(furnished, machines):
    inside = machines[machines.index.str.contains("APP")]
    assert inside["controller_name"].unique().tolist() == ["DC0_C0_APP0"]
    assert set(links(furnished, "member_of", "vApp")["from_id"]) == set(inside["workload_id"])


def test_hosts_are_workloads_of_their_own_kind(furnished):
    host = furnished.workloads[furnished.workloads["name"] == "DC0_C0_H0"].iloc[0]
    assert host["workload_id"].endswith("|host|DC0_C0_H0")
    assert host[["kind", "state", "os_name", "os_version", "cpu_cores", "zone"]].tolist() == [
        "host", "running", "VMware ESXi", "6.5.0 build 5969303", 2, "DC0_C0"]


def test_clones_know_the_template_that_they_come_from(furnished, machines):
    clones = machines.loc[["shop-01", "shop-02"]]
    assert clones["image_ref"].unique().tolist() == ["golden-debian-12"]
    assert [named(furnished)[image] for image in clones["image_id"]] == ["golden-debian-12"] * 2


def test_a_template_made_of_a_template_has_it_as_parent(furnished):
    child = furnished.images[furnished.images["name"] == "golden-debian-13"].iloc[0]
    assert named(furnished)[child["parent_ref"]] == "golden-debian-12"


def test_each_clone_is_a_link_that_names_the_event(furnished):
    names = named(furnished)
    found = links(furnished, "derived_from", "event: cloned")
    pairs = {(names[a], names[b]) for a, b in zip(found["from_id"], found["to_id"], strict=True)}
    assert pairs == {(name, "golden-debian-12")
                     for name in ("shop-01", "shop-02", "golden-debian-13")}


def test_the_lineage_of_templates_is_traced(furnished):
    lineage = trace(furnished).lineage
    assert [named(furnished)[parent] for parent in lineage["parent_id"]] == ["golden-debian-12"]


def test_machines_are_members_of_their_rules(furnished):
    apart = links(furnished, "member_of", "anti-affinity rule")
    assert sorted(named(furnished)[vm] for vm in apart["from_id"]) == [
        "DC0_C0_RP0_VM0", "DC0_C0_RP0_VM1"]
    assert apart["to_id"].str.endswith("|rule|DC0_C0/keep apart").all()


def test_a_rule_that_is_switched_off_says_so(furnished):
    off = links(furnished, "member_of", "affinity rule")
    assert off["evidence"].unique().tolist() == ["affinity rule, switched off"]


def test_disks_are_mounts_with_their_size_and_controller(furnished, machines):
    web = machines.loc["DC0_C0_RP0_VM0", "workload_id"]
    disk = furnished.mounts[furnished.mounts["workload_id"] == web].iloc[0]
    assert disk[["kind", "source_path", "driver", "size_bytes", "is_root", "thin", "shared"]
                ].tolist() == ["block", "[LocalDS_0] DC0_C0_RP0_VM0/disk1.vmdk", "pvscsi", MIB,
                               True, True, False]


def test_disks_lie_on_datastores(furnished, machines):
    stored = links(furnished, "mounts", "disk on a datastore")
    assert set(machines["workload_id"]) <= set(stored["from_id"])
    assert stored["to_id"].str.endswith("|datastore|LocalDS_0").all()


def test_creation_is_known_from_events_where_the_configuration_has_none(machines):
    assert machines["created_at"].notna().all()


def test_every_row_bears_the_name_that_was_given(furnished, estate):
    for name in ("workloads", "images", "mounts", "links", "coverage"):
        assert getattr(furnished, name)["target"].unique().tolist() == [estate.place]


def test_all_resources_are_covered(furnished):
    assert furnished.coverage["status"].isin(["ok", "empty"]).all()
    assert len(furnished.coverage) == 8
