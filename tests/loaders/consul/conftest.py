"""A furnished datacenter and another one joined to it, for all tests of this folder."""

import pytest

from fleetkit.loading import load
from fleetkit.progress import silent
from tests.loaders.consul.estate import furnish
from tests.real.consul import agent, front, program, settle, wait_until

SETTINGS = (
    "CONSUL_HTTP_ADDR", "CONSUL_HTTP_TOKEN", "CONSUL_HTTP_TOKEN_FILE", "CONSUL_HTTP_AUTH",
    "CONSUL_HTTP_SSL", "CONSUL_HTTP_SSL_VERIFY", "CONSUL_CACERT", "CONSUL_CAPATH",
    "CONSUL_CLIENT_CERT", "CONSUL_CLIENT_KEY", "CONSUL_NAMESPACE", "CONSUL_PARTITION",
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy", "NETRC",
)


@pytest.fixture(autouse=True)
def _nobody(monkeypatch, tmp_path):
    """No setting of the user's is read."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """A function that makes a folder of a name; the agent in it bears that name."""
    program()
    home = tmp_path_factory.mktemp("consul")

    def make(name):
        (home / name).mkdir()
        return home / name

    return make


@pytest.fixture(scope="session")
def server(folder):
    """A furnished server of dc1; a client of it crashed, and the datacenter east is joined."""
    with agent(folder("dev1"), node_meta={"rack": "r1"}) as running:
        furnish(running)
        with agent(folder("crashed"), join=running) as client:
            client.put("agent/service/register", {"Name": "queue", "ID": "queue", "Port": 5672})
            wait_until(lambda: running.get("health/service/queue"), "the client's service")
            client.kill()
            wait_until(lambda: _status(running, "crashed") == "critical", "the failure to be seen")
        wan = [f"127.0.0.1:{running.ports['serf_wan']}"]
        with agent(folder("far"), datacenter="east", retry_join_wan=wan) as other:
            other.put("agent/service/register", {"Name": "billing", "ID": "billing", "Port": 70})
            wait_until(lambda: len(running.get("catalog/datacenters")) == 2, "east to join")
            wait_until(lambda: other.get("health/service/billing"), "a service of east")
            settle(running)
            yield running


@pytest.fixture(scope="session")
def guarded(folder):
    """A server whose ACLs deny by default."""
    with agent(folder("guarded"), acl=True) as running:
        settle(running)
        yield running


@pytest.fixture
def watched(server):
    """A front before the server."""
    with front(server) as running:
        yield running


@pytest.fixture
def live(server):
    """What a load of the server gives now: agents go on to tell it of their checks."""
    return load("consul", server.url, progress=silent)


@pytest.fixture
def load_from():
    """A function that loads places in silence."""
    def read(*places, **options):
        return load("consul", *places, progress=silent, **options)

    return read


def _status(server, node):
    return next((check["Status"] for check in server.get(f"health/node/{node}")), None)
