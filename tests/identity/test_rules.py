"""By what machines, containers and images are found to be the same, and by what not."""

import pytest

from fleetkit import unify
from tests.identity.fleets import CONTENT, DIGEST, TURNED, UUID, fleet_of, machine, merges

HEX = "ab" * 32
ALLOCATION = "0b4f6c1e-1111-2222-3333-444455556666"


@pytest.mark.parametrize(("one", "other", "evidence"), [
    (machine("aws", "i-0123456789abcdef0"),
     machine("kubernetes", provider_id="aws:///eu-west-1a/i-0123456789abcdef0"), "platform id"),
    (machine("aws", "i-0123456789abcdef0"),
     machine("consul", provider_id="i-0123456789abcdef0"), "platform id"),
    (machine("gcp", account="shop", zone="europe-west1-b", name="web-1"),
     machine("kubernetes", provider_id="gce://shop/europe-west1-b/web-1"), "platform id"),
    (machine("openstack", UUID), machine("terraform", provider_id=f"openstack:///{UUID}"),
     "platform id"),
    (machine("docker", HEX, "container"),
     machine("kubernetes", "p/web", "container", provider_id=f"containerd://{HEX}"),
     "platform id"),
    (machine("vsphere", machine_uuid=UUID), machine("kubernetes", machine_uuid=UUID.upper()),
     "machine uuid"),
    (machine("vsphere", machine_uuid=UUID), machine("kubernetes", machine_uuid=TURNED),
     "machine uuid"),
    (machine("vsphere", machine_uuid=UUID), machine("kubernetes", provider_id=f"vsphere://{UUID}"),
     "machine uuid"),
    (machine("nomad", node_id="N1"), machine("consul", node_id="n1"), "node id"),
    (machine("docker", HEX, "container",
             tags='{"io.kubernetes.container.name":"web","io.kubernetes.pod.uid":"u-1"}'),
     machine("kubernetes", "u-1/web", "container"), "scheduler's mark"),
    (machine("docker", HEX, "container", name=f"redis-{ALLOCATION}"),
     machine("nomad", f"{ALLOCATION}/redis", "container"), "scheduler's mark"),
    (machine("docker", HEX, "container", name=f"mesos-{ALLOCATION}"),
     machine("mesos", "web.1", "container", tags=f'{{"mesos container":"{ALLOCATION}"}}'),
     "scheduler's mark"),
    (machine("gcp", "7000000000000000001", account="shop", zone="a", name="web-1"),
     machine("nomad", provider_id="gce:///europe-west1-b/7000000000000000001"), "platform id"),
    (machine("aws", macs=["02:00:00:00:00:01"]), machine("consul", macs=["02-00-00-00-00-01"]),
     "mac"),
    (machine("aws", private_ips=["10.0.0.1"], hostname="web-1.shop.example"),
     machine("consul", private_ips=["10.0.0.1"], hostname="WEB-1"), "ip and hostname"),
])
def test_one_machine_is_found_by(one, other, evidence):
    assert merges(unify(fleet_of(one, other))) == [
        (other["workload_id"], one["workload_id"], evidence)]


@pytest.mark.parametrize(("one", "other"), [
    (machine("aws", private_ips=["10.0.0.1"]), machine("consul", private_ips=["10.0.0.1"])),
    (machine("aws", hostname="web-1"), machine("consul", hostname="web-1")),
    (machine("aws", private_ips=["10.0.0.1"], hostname="web"),
     machine("consul", private_ips=["10.0.0.1"], hostname="web",
             observed_at="2026-11-09T12:00:00Z")),
    (machine("aws", private_ips=["10.0.0.1"], hostname="web"),
     machine("consul", private_ips=["10.0.0.1"], hostname="web", observed_at=None)),
    (machine("aws", private_ips=["10.0.0.1"], hostname="web", state="stopped"),
     machine("consul", private_ips=["10.0.0.1"], hostname="web")),
    (machine("aws", private_ips=["10.0.0.1"], hostname="web",
             created_at="2026-11-01T13:00:00Z", observed_at="2026-11-01T14:00:00Z"),
     machine("consul", private_ips=["10.0.0.1"], hostname="web")),
    (machine("aws", private_ips=["127.0.0.1"], hostname="web"),
     machine("consul", private_ips=["127.0.0.1"], hostname="web")),
    (machine("aws", private_ips=["10.0.0.1"], hostname="localhost"),
     machine("consul", private_ips=["10.0.0.1"], hostname="localhost")),
    (machine("vsphere", machine_uuid="0" * 8 + "-0000-0000-0000-" + "0" * 12),
     machine("consul", machine_uuid="0" * 8 + "-0000-0000-0000-" + "0" * 12)),
    (machine("docker", "a", "container", macs=["02:42:ac:11:00:02"]),
     machine("nomad", "b", "container", macs=["02:42:ac:11:00:02"])),
])
def test_two_machines_stay_two(one, other):
    assert merges(unify(fleet_of(one, other))) == []


def test_a_reused_address_does_not_join_what_unique_ids_keep_apart():
    seen = {"private_ips": ["10.0.0.1"], "hostname": "web"}
    fleet = unify(fleet_of(machine("vsphere", machine_uuid=UUID, **seen),
                           machine("consul", machine_uuid=UUID.replace("e8", "f9"), **seen)))
    assert merges(fleet) == []
    assert fleet.problems["message"].tolist() == [
        "rows share the ip and hostname and are kept apart: their uuid ids differ"]


def test_a_cloned_uuid_joins_nothing():
    fleet = unify(fleet_of(
        machine("vsphere", "1", machine_uuid=UUID), machine("vsphere", "2", machine_uuid=UUID),
        machine("consul", machine_uuid=UUID)))
    assert merges(fleet) == []
    assert fleet.problems["code"].tolist() == ["look_alikes"]


def test_a_stronger_rule_settles_what_a_weaker_one_leaves_open():
    macs = {"macs": ["02:00:00:00:00:01"]}
    fleet = unify(fleet_of(
        machine("vsphere", machine_uuid=UUID, **macs), machine("consul", **macs),
        machine("kubernetes", machine_uuid=UUID)))
    assert merges(fleet) == [
        ("consul||vm|1", "vsphere||vm|1", "mac"),
        ("kubernetes||vm|1", "vsphere||vm|1", "machine uuid")]


def test_two_states_may_declare_one_machine():
    told = {"provider_id": "aws:///a/i-0123456789abcdef0", "origin": "declared"}
    fleet = unify(fleet_of(machine("terraform", "x", **told), machine("terraform", "y", **told)))
    assert len(merges(fleet)) == 1


def test_what_a_source_tells_is_believed():
    fleet = unify(fleet_of(machine("aws"), machine("consul"), links=[
        {"from_id": "consul||vm|1", "to_id": "aws||vm|1", "relation": "same_as",
         "evidence": "meta", "source": "consul"}]))
    assert ("consul||vm|1", "aws||vm|1", "told by a source") in merges(fleet)


def test_a_reference_by_digest_is_the_image():
    fleet = unify(fleet_of(
        machine("kubernetes", "p/web", "container", image_id=DIGEST),
        images=[
            {"image_id": DIGEST, "kind": "container", "is_stub": True, "source": "kubernetes"},
            {"image_id": CONTENT, "kind": "container", "is_stub": False, "source": "oci",
             "digests": [f"registry.example/web@{DIGEST}"]}]))
    assert (DIGEST, CONTENT, "image digest") in merges(fleet)
    assert fleet.workloads["image_id"].tolist() == [CONTENT]


def test_a_reference_by_tag_is_a_guess_and_moves_nothing():
    name = "name|docker.io/library/web:1"
    fleet = unify(fleet_of(
        machine("mesos", "t", "container", image_id=name),
        images=[
            {"image_id": name, "kind": "container", "is_stub": True, "source": "mesos"},
            {"image_id": CONTENT, "kind": "container", "is_stub": False, "source": "docker",
             "tags": ["web:1"]}]))
    assert fleet.links["confidence"].tolist() == [0.5]
    assert fleet.workloads["image_id"].tolist() == [name]
