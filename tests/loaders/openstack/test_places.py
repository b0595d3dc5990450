"""Which clouds are read, and what is said of those that cannot be."""

import subprocess
import sys

import pytest

from fleetkit.errors import LoadError
from fleetkit.loaders.openstack.clouds import targets
from fleetkit.loading import load

pytestmark = pytest.mark.filterwarnings("ignore:Support for InfluxDB")  # of the SDK itself

CLOSED = {"auth": {"auth_url": "http://127.0.0.1:1/v3", "username": "u", "password": "hunter2",
                   "project_name": "p", "user_domain_id": "default",
                   "project_domain_id": "default"}}


def names(*where, **options):
    return [target.name for target in targets(*where, **options)]


def test_without_a_cloud_it_says_what_to_give(write_clouds):
    write_clouds(a=CLOSED, b=CLOSED)
    with pytest.raises(LoadError, match="name a cloud of clouds.yaml, or set OS_CLOUD"):
        names()


def test_the_cloud_of_the_environment_is_the_default(write_clouds, monkeypatch):
    write_clouds(a=CLOSED, b=CLOSED)
    monkeypatch.setenv("OS_CLOUD", "b")
    assert names() == ["b"]


def test_the_variables_are_a_cloud_too(monkeypatch):
    for name, value in CLOSED["auth"].items():
        monkeypatch.setenv(f"OS_{name.upper()}", value)
    assert names() == ["envvars"]


def test_clouds_are_named_or_matched_each_once(write_clouds):
    write_clouds(eu1=CLOSED, eu2=CLOSED, us=CLOSED)
    assert names("eu*", "eu2", "us") == ["eu1", "eu2", "us"]


def test_a_cloud_that_is_not_there_is_told_with_those_that_are(write_clouds):
    write_clouds(eu1=CLOSED)
    with pytest.raises(LoadError, match="no cloud matches 'asia'; .* eu1"):
        names("asia")


def test_a_configuration_that_names_no_cloud_is_told(tmp_path):
    (tmp_path / "clouds.yaml").write_text("clouds: {a: [")  # the SDK logs that it is no YAML
    with pytest.raises(LoadError, match="no cloud matches 'a'; .* have none"):
        names("a")


@pytest.mark.parametrize("options", [{"page_size": 0}, {"colour": "red"}])
def test_a_wrong_option_is_told(write_clouds, options):
    write_clouds(a=CLOSED)
    with pytest.raises(LoadError, match="|".join(options)):
        load("openstack", "a", **options)


def test_a_port_where_nobody_listens_is_told_without_the_password(write_clouds):
    write_clouds(a=CLOSED)
    with pytest.raises(LoadError, match="a does not answer") as told:
        load("openstack", "a")
    assert "hunter2" not in str(told.value)


def test_the_loader_is_known_without_the_sdk():
    code = "import sys, fleetkit.loaders.openstack; sys.exit('openstack' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
