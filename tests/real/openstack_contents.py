"""What is in the test cloud: two projects, images, a network, volumes and seven servers.

Made with the SDK, one thing after another: sqlite takes one writer at a time.
"""

import base64
import time
from dataclasses import dataclass, field
from typing import Any

import openstack
from openstack.exceptions import NotFoundException, ResourceFailure, ResourceTimeout

from tests.real import openstack_settings as settings
from tests.real.openstack_processes import Cloud

SHOP = {"project_name": "shop", "username": "clerk", "password": "Cl3rk-of-the-test-cloud"}
SECRETS = ("hunter2-in-user-data", "hunter2-in-metadata", "hunter2-in-a-tag", "hunter2-in-a-url",
           "hunter2-in-a-property", "hunter2-in-a-volume", "hunter2-admin-pass")
TRIES = 4
WAIT_S = 90
USER_DATA = base64.b64encode(b"#!/bin/sh\nmysql --password hunter2-in-user-data\n").decode()


@dataclass
class Contents:
    """Names to ids of what was made, and a connection for each project."""

    cloud: Cloud
    admin: Any
    shop: Any
    images: dict[str, str] = field(default_factory=dict)
    servers: dict[str, str] = field(default_factory=dict)
    volumes: dict[str, str] = field(default_factory=dict)
    floating: str = ""

    def close(self) -> None:
        """Closes the connections."""
        self.shop.close()
        self.admin.close()


def login(cloud: Cloud, **other: str) -> Any:
    """A connection of the SDK; the administrator's unless told otherwise."""
    return openstack.connection.Connection(
        auth_url=cloud.login, region_name=settings.REGION, user_domain_id="default",
        project_domain_id="default",
        **{"username": "admin", "password": settings.PASSWORD, "project_name": "admin", **other},
    )


def fill(cloud: Cloud) -> Contents:
    """Everything; half a minute."""
    admin = login(cloud)
    _second_project(admin)
    made = Contents(cloud, admin, login(cloud, **SHOP))
    flavors = _flavors(admin)
    _images(made)
    networks = _networks(admin)
    _volumes(made)
    _servers(made, flavors, networks)
    _states(made)
    return made


def _second_project(admin: Any) -> None:
    project = admin.identity.create_project(name="shop", domain_id="default")
    user = admin.identity.create_user(
        name=SHOP["username"], password=SHOP["password"], domain_id="default")
    role = admin.identity.find_role("member")
    admin.identity.assign_project_role_to_user(project, user, role)


def _flavors(admin: Any) -> dict[str, str]:
    sizes = {"m1.small": (1, 2048, 20), "m1.large": (4, 8192, 0)}
    made = {
        name: admin.compute.create_flavor(
            name=name, vcpus=cores, ram=memory, disk=disk, ephemeral=5 if disk else 0)
        for name, (cores, memory, disk) in sizes.items()
    }
    return {name: flavor.id for name, flavor in made.items()}


def _images(made: Contents) -> None:
    base = _image(made.admin, "debian-12-base", visibility="public", os_distro="debian",
                  os_version="12", hw_architecture="x86_64", os_type="linux",
                  build_token="hunter2-in-a-property")
    web = _image(made.admin, "debian-12-web", visibility="public", os_distro="debian",
                 os_version="12", base_image_ref=base)
    own = _image(made.shop, "shop-appliance", visibility="private", os_distro="windows")
    made.images |= {"debian-12-base": base, "debian-12-web": web, "shop-appliance": own}


def _image(connection: Any, name: str, **properties: str) -> str:
    made = connection.image.create_image(
        name=name, container_format="bare", disk_format="raw", data=b"disk " * 20,
        wait=True, min_disk=1, **properties)
    return str(made.id)


def _networks(admin: Any) -> dict[str, str]:
    """A private network behind a router, and an outer one that addresses are taken of."""
    outer = admin.network.create_network(name="outer", is_router_external=True)
    admin.network.create_subnet(network_id=outer.id, ip_version=4, cidr="203.0.113.0/24")
    inner = admin.network.create_network(name="inner", is_shared=True)
    subnet = admin.network.create_subnet(network_id=inner.id, ip_version=4, cidr="10.20.0.0/24")
    router = admin.network.create_router(
        name="gate", external_gateway_info={"network_id": outer.id})
    admin.network.add_interface_to_router(router, subnet_id=subnet.id)
    return {"outer": outer.id, "inner": inner.id}


def _volumes(made: Contents) -> None:
    storage = made.admin.block_storage
    wanted: dict[str, dict[str, Any]] = {
        "db-root": {"size": 10, "image_id": made.images["debian-12-base"]},
        "db-data": {"size": 100, "metadata": {"owner": "dba",
                                              "connect": "pg://u:hunter2-in-a-volume@db/x"}},
        "left-over": {"size": 3},
    }
    for name, wishes in wanted.items():
        volume = storage.create_volume(name=name, **wishes)
        storage.wait_for_status(volume, "available", interval=0.2, wait=WAIT_S)
        made.volumes[name] = volume.id


def _servers(made: Contents, flavors: dict[str, str], networks: dict[str, str]) -> None:
    compute = made.admin.compute
    group = compute.create_server_group(name="web", policy="soft-anti-affinity")
    inner = {"networks": [{"uuid": networks["inner"]}]}
    small = {"flavor_id": flavors["m1.small"], **inner}
    web = {**small, "image_id": made.images["debian-12-web"], "metadata": {"metering.stack": "s1"},
           "scheduler_hints": {"group": group.id}}
    secret = {"db_password": "hunter2-in-metadata", "team": "shop", "environment": "Production",
              "repository": "https://bob:hunter2-in-a-url@code.example/x"}
    wanted: dict[str, dict[str, Any]] = {
        "web-1": {**web, "networks": [{"port": _port(made, networks)}]},
        "web-2": web,
        "worker": {**small, "image_id": made.images["debian-12-base"], "metadata": secret,
                   "user_data": USER_DATA, "admin_password": "hunter2-admin-pass"},
        "db": {**small, "flavor_id": flavors["m1.large"],
               "block_device_mapping": [{
                   "uuid": made.volumes["db-root"], "source_type": "volume", "boot_index": 0,
                   "destination_type": "volume", "delete_on_termination": True}]},
        "stopped": {**small, "image_id": made.images["debian-12-base"]},
        "paused": {**small, "networks": "none", "image_id": made.images["debian-12-base"]},
    }
    for name, wishes in wanted.items():
        made.servers[name] = _server(made.admin, name, wishes)
    made.servers["till"] = _server(
        made.shop, "till", {**small, "image_id": made.images["shop-appliance"]})


def _server(connection: Any, name: str, wishes: dict[str, Any]) -> str:
    """A server; made again where sqlite failed one of the many transactions behind it."""
    compute = connection.compute
    for left in reversed(range(TRIES)):
        made = compute.create_server(name=name, **wishes)
        try:
            compute.wait_for_server(made, interval=0.3, wait=WAIT_S)
        except (ResourceFailure, ResourceTimeout):
            compute.delete_server(made.id, force=True)
            compute.wait_for_delete(made, interval=0.3, wait=WAIT_S)
            if not left:
                raise
        else:
            break
    return str(made.id)


def _port(made: Contents, networks: dict[str, str]) -> str:
    """A port with a floating address, so that nova knows of it from the start."""
    network = made.admin.network
    port = network.create_port(network_id=networks["inner"])
    floating = network.create_ip(floating_network_id=networks["outer"], port_id=port.id)
    made.floating = floating.floating_ip_address
    return str(port.id)


def _states(made: Contents) -> None:
    compute = made.admin.compute
    worker = compute.get_server(made.servers["worker"])
    compute.add_tag_to_server(worker, "token=hunter2-in-a-tag")
    compute.lock_server(worker)
    _snapshot(made)
    attachment = {"volume_id": made.volumes["db-data"]}
    compute.create_volume_attachment(made.servers["db"], **attachment)
    made.admin.block_storage.wait_for_status(
        made.admin.block_storage.get_volume(made.volumes["db-data"]), "in-use", interval=0.3,
        wait=WAIT_S)
    for change, name, status in ((compute.stop_server, "stopped", "SHUTOFF"),
                                 (compute.pause_server, "paused", "PAUSED")):
        change(made.servers[name])
        compute.wait_for_server(compute.get_server(made.servers[name]), status, interval=0.3,
                                wait=WAIT_S)


def _snapshot(made: Contents) -> None:
    """An image of a server; the fake hypervisor has no disk to send, so the bytes are sent here.

    Nova takes an image without bytes back when it has done, so it is protected until then; where
    Nova was quicker, it is asked again.
    """
    compute, images = made.admin.compute, made.admin.image
    for _ in range(TRIES):
        image = compute.create_server_image(made.servers["web-2"], "web-2-before-upgrade")
        if _protected(images, image.id):
            _rested(compute, made.servers["web-2"])
            answer = images.put(f"/images/{image.id}/file", data=b"disk " * 40,
                                headers={"Content-Type": "application/octet-stream"})
            answer.raise_for_status()
            images.update_image(image.id, is_protected=False)
            made.images["web-2-before-upgrade"] = image.id
            return
        _rested(compute, made.servers["web-2"])
    raise ResourceFailure("Nova took every image of a server back")


def _protected(images: Any, identity: str) -> bool:
    """Protects an image from being deleted; whether it was still there."""
    try:
        images.update_image(
            identity, is_protected=True, disk_format="raw", container_format="bare")
    except NotFoundException:
        return False
    return True


def _rested(compute: Any, server: str) -> None:
    """Waits until a server is in the middle of nothing."""
    ends = time.monotonic() + WAIT_S
    while compute.get_server(server).task_state is not None and time.monotonic() < ends:
        time.sleep(0.3)
