"""Configuration of OpenStack's services: sqlite, an in-memory bus, loopback, a fake hypervisor."""

import shutil
from pathlib import Path

PASSWORD = "Adm1n-of-the-test-cloud"
REGION = "RegionOne"
SERVICES = {  # type in the catalogue, and what follows the port in its address
    "keystone": ("identity", "/v3"),
    "glance": ("image", ""),
    "placement": ("placement", ""),
    "nova": ("compute", "/v2.1"),
    "neutron": ("network", ""),
    "cinder": ("block-storage", "/v3"),
}
NODE = "compute-01.cloud.example"

Sections = dict[str, dict[str, object]]


def address(name: str, ports: dict[str, int]) -> str:
    """Where a service answers."""
    return f"http://127.0.0.1:{ports[name]}{SERVICES[name][1]}"


def write(folder: Path, packages: Path, ports: dict[str, int]) -> None:
    """One folder of configuration per service; databases are named relative to `folder`.

    Args:
        folder: of the session; processes run in it.
        packages: the virtual environment, whose `etc` holds the services' pipelines.
        ports: of each service.
    """
    settings = {name: _common(name, folder, ports) for name in SERVICES}
    settings["keystone"] |= _keystone(folder)
    settings["glance"] |= _glance(folder)
    settings["placement"]["placement_database"] = {"connection": database("placement")}
    settings["nova"] |= _nova(folder, ports)
    settings["neutron"] |= _neutron(folder, ports)
    for name, sections in settings.items():
        home = folder / name
        home.mkdir(parents=True, exist_ok=True)
        for file in _FILES.get(name, (f"{name}.conf",)):
            (home / file).write_text(_text(sections))
        for pipeline in sorted((packages / "etc" / name).glob("*paste.ini")):
            shutil.copy(pipeline, home)
    _name_mechanism(folder)


def environment(folder: Path, scripts: Path) -> dict[str, str]:
    """Variables that the services read; nothing of the user's own environment."""
    homes = {
        f"OS_{name.upper()}_CONFIG_DIR": str(folder / name)
        for name in ("glance", "placement", "nova", "neutron", "cinder")
    }
    return {
        **homes,
        "OS_KEYSTONE_CONFIG_FILES": str(folder / "keystone" / "keystone.conf"),
        "PYTHONPATH": f"{folder}:{scripts}",
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
    }


def database(name: str) -> str:
    """Where a service's database is: relative, so that a set of them can be copied."""
    return f"sqlite:///{name}.db?timeout=30"


def _login(ports: dict[str, int]) -> dict[str, object]:
    return {
        "auth_type": "password", "auth_url": address("keystone", ports), "username": "admin",
        "password": PASSWORD, "project_name": "admin", "user_domain_id": "default",
        "project_domain_id": "default", "region_name": REGION,
    }


def _common(name: str, folder: Path, ports: dict[str, int]) -> Sections:
    default = {
        "transport_url": "fake://", "state_path": folder / name, "debug": False, "host": NODE,
        "api_paste_config": folder / name / "api-paste.ini",
    }
    login = {**_login(ports), "www_authenticate_uri": address("keystone", ports)}
    return {
        "DEFAULT": {key: default[key] for key in _KNOWN.get(name, default)},
        "database": {"connection": database(name)},
        "keystone_authtoken": login,
        "oslo_concurrency": {"lock_path": folder / name / "locks"},
    }


_QUIET = {  # sqlite fails a transaction that reads first when another wrote meanwhile
    "periodic_enable": False, "report_interval": 86_400, "service_down_time": 864_000,
    "heal_instance_info_cache_interval": -1, "sync_power_state_interval": -1,
}
_FILES = {"glance": ("glance.conf", "glance-api.conf")}  # its API insists on the second name
_KNOWN = {"keystone": ("debug",), "glance": ("debug",), "placement": ("debug",)}


def _keystone(folder: Path) -> Sections:
    return {
        "fernet_tokens": {"key_repository": folder / "fernet"},
        "credential": {"key_repository": folder / "credentials"},
    }


def _glance(folder: Path) -> Sections:
    places = {
        section: folder / "glance" / place for section, place in (
            ("fs", "images"), ("os_glance_staging_store", "staging"),
            ("os_glance_tasks_store", "tasks"),
        )
    }
    for place in places.values():
        place.mkdir(parents=True, exist_ok=True)
    return {
        "DEFAULT": {"enabled_backends": "fs:file"},
        "glance_store": {"default_backend": "fs"},
        "paste_deploy": {"flavor": "keystone"},
        **{section: {"filesystem_store_datadir": place} for section, place in places.items()},
    }


def _nova(folder: Path, ports: dict[str, int]) -> Sections:
    common = _common("nova", folder, ports)["DEFAULT"]
    login = _login(ports)
    return {
        "DEFAULT": {**common, "compute_driver": "fake.FakeDriver", **_QUIET},
        "api_database": {"connection": database("nova_api")},
        "glance": {"endpoint_override": address("glance", ports)},
        "neutron": {**login, "endpoint_override": address("neutron", ports)},
        "placement": login,
        "cinder": {**login, "catalog_info": "block-storage::publicURL"},
        "service_user": {**login, "send_service_user_token": True},
    }


def _neutron(folder: Path, ports: dict[str, int]) -> Sections:
    common = _common("neutron", folder, ports)["DEFAULT"]
    return {
        "DEFAULT": {**common, "core_plugin": "ml2", "service_plugins": "router",
                    "notify_nova_on_port_status_changes": False,
                    "notify_nova_on_port_data_changes": False},
        "ml2": {
            "type_drivers": "local", "tenant_network_types": "local",
            "extension_drivers": "port_security", "mechanism_drivers": "fleet",
        },
    }


def _name_mechanism(folder: Path) -> None:
    """What pip would leave of an installed package, so that neutron finds our driver by name."""
    home = folder / "fleet_ports-0.1.dist-info"
    home.mkdir(exist_ok=True)
    (home / "METADATA").write_text("Metadata-Version: 2.1\nName: fleet-ports\nVersion: 0.1\n")
    (home / "entry_points.txt").write_text(
        "[neutron.ml2.mechanism_drivers]\nfleet = openstack_ports:Mechanism\n"
    )


def _text(sections: Sections) -> str:
    return "\n".join(
        f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in settings.items())
        for name, settings in sections.items()
    )
