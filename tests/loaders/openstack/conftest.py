"""OpenStack's own services, one cloud for all tests; and an environment without other clouds."""

import os
import warnings

import pytest
import yaml

from tests.real import openstack as part
from tests.real.openstack_building import NotBuilt, is_built
from tests.real.openstack_contents import SHOP, fill
from tests.real.openstack_processes import running
from tests.real.openstack_settings import PASSWORD
from tests.real.openstack_watching import watched
from tests.real.parts import refuse


@pytest.fixture(autouse=True)
def _alone(monkeypatch, tmp_path):
    """No clouds and no proxies of the user are seen."""
    proxies = {f"{name}_proxy" for name in ("http", "https", "all", "no")}
    for name in os.environ:
        if name.startswith("OS_") or name.lower() in proxies:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("FLEETKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "clouds.yaml"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def write_clouds(tmp_path):
    """A function that writes clouds.yaml."""
    def write(**entries):
        (tmp_path / "clouds.yaml").write_text(yaml.safe_dump({"clouds": entries}))

    return write


@pytest.fixture(scope="session")
def contents():
    """What is in the cloud, while it runs."""
    if not is_built() and os.environ.get("FLEETKIT_REAL") != "1":
        refuse(f"OpenStack's services are absent here; install them with `{part.COMMAND}`")
    try:
        with running() as cloud:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the SDK warns of itself
                made = fill(cloud)
            yield made
            made.close()
    except NotBuilt as error:
        refuse(str(error))


@pytest.fixture
def cloud(contents, write_clouds):
    """The cloud, with a clouds.yaml for its two projects."""
    where = {"auth_url": contents.cloud.login, "user_domain_id": "default",
             "project_domain_id": "default"}
    admin = {**where, "username": "admin", "password": PASSWORD, "project_name": "admin"}
    write_clouds(
        admin={"auth": admin}, shop={"auth": {**where, **SHOP}},
        stranger={"auth": {**admin, "password": "wrong"}},
    )
    return contents


@pytest.fixture
def proxy(cloud, monkeypatch):
    """Everything that is sent to the cloud passes a proxy that keeps a list of it."""
    with watched() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        yield proxy
