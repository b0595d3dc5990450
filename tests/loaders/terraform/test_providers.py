"""What a resource of each provider becomes, and that its ids are those of its own platform."""

import pytest

from tests.loaders.terraform.payloads import (
    ACCOUNT,
    CONTAINER,
    CONTENT,
    GOOGLE,
    LINEAGE,
    UUID,
    azure,
    container,
    ec2,
    gce,
    one,
    resource,
    server,
    state,
    vsphere,
)

MACHINES = {
    "aws_instance": ec2(), "google_compute_instance": gce(),
    "openstack_compute_instance_v2": server(), "vsphere_virtual_machine": vsphere(),
    "docker_container": container(), "azurerm_linux_virtual_machine": azure(),
    "digitalocean_droplet": {"id": "77", "name": "do", "status": "active", "vcpus": 2,
                             "memory": 1024, "disk": 25, "region": "ams3", "tags": ["a"],
                             "ipv4_address": "203.0.113.9", "ipv4_address_private": "10.4.0.2"},
    "hcloud_server": {"id": "88", "name": "hz", "status": "off", "server_type": "cx11",
                      "ipv4_address": "203.0.113.10", "labels": {"env": "prod"}},
}


def row_of(fleet):
    return fleet.workloads.iloc[0]


@pytest.mark.parametrize(("kind", "provider_id"), [
    ("aws_instance", "aws:///eu-west-3b/i-0abc"),
    ("google_compute_instance", "gce://shop/us-central1-a/web"),
    ("openstack_compute_instance_v2", f"openstack:///{UUID}"),
    ("vsphere_virtual_machine", f"vsphere://{UUID}"),
    ("docker_container", f"docker://{CONTAINER}"),
    ("azurerm_linux_virtual_machine", "azure:///subscriptions/s1/resourceGroups/rg/providers/"
     "Microsoft.Compute/virtualMachines/app"),
    ("digitalocean_droplet", "digitalocean://77"), ("hcloud_server", "hcloud://88"),
])
def test_a_machine_bears_the_id_of_its_platform(states, kind, provider_id):
    fleet = states(state(one(kind, MACHINES[kind])))
    assert (row_of(fleet)["provider_id"], row_of(fleet)["origin"]) == (provider_id, "declared")
    assert fleet.problems.empty


@pytest.mark.parametrize(("kind", "twin"), [
    ("aws_instance", f"aws|{ACCOUNT}|vm|i-0abc"),
    ("google_compute_instance", "gcp|shop|vm|4993131743765937902"),
    ("openstack_compute_instance_v2", f"openstack||vm|{UUID}"),
    ("docker_container", f"docker||container|{CONTAINER}"),
])
def test_a_machine_is_linked_with_what_its_own_loader_calls_it(states, kind, twin):
    links = states(state(one(kind, MACHINES[kind]))).links
    me = f"terraform|{LINEAGE}|{'container' if 'docker' in kind else 'vm'}|{kind}.x"
    address = f"terraform|{LINEAGE}|resource|{kind}.x"
    found = set(zip(links["from_id"], links["relation"], links["to_id"], strict=True))
    assert {(me, "same_as", twin), (me, "managed_by", address),
            (twin, "managed_by", address)} <= found


@pytest.mark.parametrize(("kind", "image_id"), [
    ("aws_instance", "aws||ami|ami-0fee"),
    ("google_compute_instance", "gcp|debian-cloud|image|debian-12-v1"),
    ("openstack_compute_instance_v2", "openstack||image|0a1b2c3d-0000-4000-8000-000000000001"),
    ("vsphere_virtual_machine", "vsphere||template|42170f3e-0000-4b62-9f0c-1d2e3f405162"),
    ("docker_container", CONTENT),
    ("azurerm_linux_virtual_machine", "azure||image|debian:debian-12:12:latest"),
])
def test_the_image_of_a_machine_is_a_row_and_a_link(states, kind, image_id):
    fleet = states(state(one(kind, MACHINES[kind])))
    used = fleet.links.set_index("relation").loc["uses_image", "to_id"]
    assert (used, fleet.images["image_id"].tolist(), fleet.images["is_stub"].all()) == (
        image_id, [image_id], True)


def test_the_facts_of_an_instance_of_amazon(states):
    card = {"id": "eni-1", "mac_address": "0a:00:00:00:00:01"}
    row = row_of(states(state(
        one("aws_instance", ec2(primary_network_interface_id="eni-1", cpu_core_count=1,
                                cpu_threads_per_core=2, disable_api_termination=True)),
        one("aws_network_interface", card))))
    assert (row["name"], row["state"], row["cpu_cores"], row["disk_bytes"], row["macs"],
            row["environment"], row["account"], row["region"], row["protected"]) == (
        "web", "running", 2.0, 8 << 30, ["0a:00:00:00:00:01"], "prod", ACCOUNT, "eu-west-3", True)


def test_a_volume_that_is_attached_is_a_mount(states):
    fleet = states(state(
        one("aws_instance", ec2()),
        one("aws_ebs_volume", {"id": "vol-2", "size": 100, "type": "io2", "encrypted": True}),
        one("aws_volume_attachment", {"volume_id": "vol-2", "instance_id": "i-0abc",
                                      "device_name": "/dev/sdf"})))
    mounts = fleet.mounts.set_index("volume_id")
    assert mounts.loc["vol-2", ["target_path", "size_bytes", "is_root", "persistence"]].tolist() \
        == ["/dev/sdf", 100 << 30, False, "durable"]
    assert (row_of(fleet)["disk_bytes"], mounts.loc["vol-1", "persistence"]) == (
        108 << 30, "ephemeral")


def test_a_spot_request_stands_for_its_instance(states):
    row = row_of(states(state(one("aws_spot_instance_request", ec2(
        "sir-1", spot_instance_id="i-0def",
        arn=f"arn:aws:ec2:eu-west-3:{ACCOUNT}:spot-instances-request/sir-1")))))
    assert (row["native_id"], row["ephemeral"]) == ("i-0def", True)


def test_an_instance_of_a_scaling_group_says_so(states):
    row = row_of(states(state(one("aws_instance", ec2(tags={
        "aws:autoscaling:groupName": "herd"}), mode="data"))))
    assert (row["controller_kind"], row["controller_name"]) == ("autoscaling", "herd")


def test_the_facts_of_an_instance_of_google(states):
    fleet = states(state(one("google_compute_instance", gce())))
    row, mount = row_of(fleet), fleet.mounts.iloc[0]
    assert (row["image_ref"], row["private_ips"], row["public_ips"], row["zone"], row["account"],
            row["disk_bytes"]) == ("debian-cloud/debian-12-v1", ["10.128.0.2"], ["203.0.113.7"],
                                   "us-central1-a", "shop", 10 << 30)
    assert mount[["volume_id", "is_root", "read_only"]].tolist() == [
        "shop/us-central1-a/web", True, False]


def test_a_family_of_images_is_no_image(states):
    boot = [{"initialize_params": [{"image": "debian-cloud/debian-12"}]}]
    fleet = states(state(one("google_compute_instance", gce(boot_disk=boot))))
    assert (row_of(fleet)["image_ref"], fleet.images.empty) == ("debian-cloud/debian-12", True)


def test_disks_of_google_are_joined_by_their_address(states):
    link = f"{GOOGLE}/shop/zones/us-central1-a/disks/data"
    fleet = states(state(
        one("google_compute_instance", gce()),
        one("google_compute_disk", {"self_link": link, "size": 50, "type": "pd-ssd"}),
        one("google_compute_attached_disk", {"disk": link, "instance": gce()["self_link"],
                                             "mode": "READ_ONLY"})))
    mount = fleet.mounts.set_index("volume_id").loc["shop/us-central1-a/data"]
    assert mount[["size_bytes", "driver", "read_only"]].tolist() == [50 << 30, "pd-ssd", True]


def test_the_facts_of_a_server_of_openstack(states):
    fleet = states(state(
        one("openstack_compute_instance_v2", server()),
        one("openstack_compute_flavor_v2", {"id": "f1", "vcpus": 2, "ram": 2048, "disk": 20}),
        one("openstack_compute_volume_attach_v2", {"instance_id": UUID, "volume_id": "v1",
                                                   "device": "/dev/vdb"}),
        one("openstack_blockstorage_volume_v3", {"id": "v1", "size": 5}),
        one("openstack_compute_floatingip_associate_v2", {"instance_id": UUID,
                                                          "floating_ip": "198.51.100.4"})))
    row = row_of(fleet)
    assert (row["cpu_cores"], row["memory_bytes"], row["disk_bytes"], row["private_ips"],
            row["public_ips"], row["macs"]) == (
        2.0, 2 << 30, 25 << 30, ["10.2.0.5", "fd00::5"], ["198.51.100.4"], ["fa:16:3e:11:22:33"])


def test_a_server_that_boots_from_a_volume_has_no_image(states):
    block = [{"source_type": "volume", "destination_type": "volume", "uuid": "v1", "boot_index": 0,
              "delete_on_termination": True}]
    fleet = states(state(one("openstack_compute_instance_v2", server(
        image_id="Attempt to boot from volume - no image supplied", block_device=block))))
    assert (fleet.images.empty, fleet.mounts["is_root"].tolist()) == (True, [True])


def test_the_facts_of_a_machine_of_vsphere(states):
    fleet = states(state(one("vsphere_virtual_machine", vsphere())))
    row = row_of(fleet)
    assert (row["machine_uuid"], row["macs"], row["memory_bytes"], row["disk_bytes"],
            row["os_family"], row["guest_agent"], row["native_id"], row["hostname"]) == (
        UUID, ["00:50:56:aa:bb:cc"], 2 << 30, 140 << 30, "linux", "running", "vm-42",
        "db01")
    assert fleet.mounts.set_index("volume_id")["delete_with_workload"].to_dict() == {
        "6000-1": True, "6000-2": False}


def test_the_facts_of_a_container(states):
    fleet = states(state(one("docker_container", container()),
                         one("docker_image", {"image_id": CONTENT, "name": "shop/web:1",
                                              "repo_digest": f"shop/web@sha256:{'8' * 64}"})))
    row = row_of(fleet)
    assert (row["image_ref"], row["memory_bytes"], row["restart_policy"], row["env_names"],
            row["ports"], row["capabilities"], row["read_only_root"], row["command"]) == (
        "shop/web:1", 512 << 20, "on-failure:3", ["DB_PASSWORD", "MODE"], ["80/tcp"],
        ["NET_ADMIN"], True, "/entry nginx -g 'daemon off;'")
    assert fleet.images.loc[0, ["name", "tags", "digests"]].tolist() == [
        "shop/web:1", ["shop/web:1"], [f"shop/web@sha256:{'8' * 64}"]]


def test_mounts_of_a_container_are_of_their_kinds(states):
    mounts = states(state(one("docker_container", container()))).mounts.set_index("target_path")
    assert mounts["kind"].to_dict() == {"/data": "named_volume", "/etc/x": "bind", "/tmp": "tmpfs"}


def test_the_facts_of_a_machine_of_azure(states):
    row = row_of(states(state(one("azurerm_linux_virtual_machine", azure()))))
    assert (row["hostname"], row["machine_uuid"], row["os_family"], row["account"], row["region"],
            row["environment"], row["disk_bytes"]) == (
        "app01", UUID, "linux", "s1", "westeurope", "test", 30 << 30)


@pytest.mark.parametrize("kind", ["aws_ami_copy", "google_compute_image"])
def test_an_image_is_derived_from_its_source(states, kind):
    attributes = {
        "aws_ami_copy": {"id": "ami-0new", "name": "n", "source_ami_id": "ami-0old",
                         "arn": "arn:aws:ec2:eu-west-3::image/ami-0new"},
        "google_compute_image": {
            "name": "new", "self_link": f"{GOOGLE}/shop/global/images/new",
            "source_image": f"{GOOGLE}/shop/global/images/old"},
    }[kind]
    fleet = states(state(one(kind, attributes)))
    link = fleet.links.set_index("relation").loc["derived_from"]
    stubs = fleet.images.set_index("image_id")["is_stub"]
    assert (bool(stubs[link["from_id"]]), bool(stubs[link["to_id"]])) == (False, True)


def test_a_scaling_group_has_the_image_of_its_template(states):
    fleet = states(state(
        one("aws_autoscaling_group", {
            "name": "herd", "desired_capacity": 3, "launch_template": [{"id": "lt-1",
                                                                        "version": "7"}],
            "arn": f"arn:aws:autoscaling:eu-west-3:{ACCOUNT}:autoScalingGroup:1:x"}),
        one("aws_launch_template", {"id": "lt-1", "image_id": "ami-0fee"})))
    rollout = fleet.rollouts.iloc[0]
    assert rollout[["controller_kind", "controller_name", "version", "image_id", "replicas"]] \
        .tolist() == ["autoscaling", "herd", "7", "aws||ami|ami-0fee", 3]
    assert fleet.links.set_index("relation").loc["uses_image", "from_id"] == (
        f"aws|{ACCOUNT}|autoscaling_group|herd")


@pytest.mark.parametrize(("kind", "told"), [
    ("kubernetes_deployment_v1", "deployment"), ("kubernetes_stateful_set", "statefulset"),
    ("kubernetes_daemonset", "daemonset")])
def test_a_controller_of_kubernetes_is_a_rollout(states, kind, told):
    pod = [{"container": [{"image": "shop/web:1"}, {"image": "side"}]}]
    rollout = states(state(one(kind, {
        "metadata": [{"namespace": "shop", "name": "web"}],
        "spec": [{"replicas": "2", "template": [{"spec": pod}]}]}))).rollouts.iloc[0]
    assert rollout[["controller_kind", "controller_name", "image_ref"]].tolist() == [
        told, "shop/web", "shop/web:1"]


@pytest.mark.parametrize(("kind", "attributes", "told"), [
    ("aws_db_instance", {"id": "db", "address": "db.x", "port": 5432, "engine": "postgres",
                         "engine_version": "15.4", "publicly_accessible": False},
     ["db.x", 5432, "postgres 15.4", "private"]),
    ("aws_elasticache_cluster", {"cluster_id": "c", "engine": "redis", "engine_version": "7",
                                 "cache_nodes": [{"address": "c.x", "port": 6379}]},
     ["c.x", 6379, "redis 7", None]),
    ("google_sql_database_instance", {"name": "db", "database_version": "POSTGRES_15",
                                      "private_ip_address": "10.0.0.9"},
     ["10.0.0.9", 5432, "POSTGRES_15", "private"]),
    ("azurerm_postgresql_flexible_server", {"name": "db", "fqdn": "db.x", "version": "16",
                                            "public_network_access_enabled": True},
     ["db.x", 5432, "16", "public"]),
])
def test_a_managed_database_is_a_service(states, kind, attributes, told):
    service = states(state(one(kind, attributes))).services.iloc[0]
    found = service[["address", "port", "version", "exposure"]]
    assert [cell if cell == cell else None for cell in found.astype(object).where(
        found.notna(), None)] == told
    assert service["kind"] == kind


def test_what_is_looked_up_is_not_managed(states):
    fleet = states(state(resource("aws_instance", {"attributes": ec2()}, mode="data")))
    assert (row_of(fleet)["workload_id"], row_of(fleet)["controller_kind"]) == (
        f"terraform|{LINEAGE}|vm|data.aws_instance.x", "unknown")
    assert "managed_by" not in set(fleet.links["relation"])
