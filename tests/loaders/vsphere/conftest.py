"""A furnished vCenter behind a front, for all tests of this folder, and nobody's credentials."""

import pytest

from fleetkit.loading import load
from fleetkit.progress import silent
from tests.loaders.vsphere.estate import furnish, session
from tests.real.papers import papers
from tests.real.vcenter import PASSWORD, USER, front, simulator

SETTINGS = ("GOVC_URL", "GOVC_USERNAME", "GOVC_PASSWORD", "GOVC_TLS_CA_CERTS", "VSPHERE_USER",
            "VSPHERE_PASSWORD")


@pytest.fixture(scope="session")
def signed(tmp_path_factory):
    """Certificates of a private authority."""
    return papers(tmp_path_factory.mktemp("papers"))


@pytest.fixture(scope="session")
def simulated(tmp_path_factory, signed):
    """A simulator that is furnished once; tests only read it."""
    with simulator(tmp_path_factory.mktemp("vcsim"), signed, machines=6, apps=1) as running:
        with session(running.address, signed) as instance:
            furnish(instance)
        yield running


@pytest.fixture(scope="session")
def estate(simulated, signed):
    """A front before it."""
    with front(simulated.address, signed) as running:
        yield running


@pytest.fixture
def vcenter(estate):
    """The same, as if nobody had asked before."""
    estate.reset()
    yield estate
    estate.reset()


@pytest.fixture(autouse=True)
def _nobody(monkeypatch):
    """No setting of the user's is read, and the tests' own password is known."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VSPHERE_USER", USER)
    monkeypatch.setenv("VSPHERE_PASSWORD", PASSWORD)


@pytest.fixture
def load_from(signed):
    """Loads vCenters by host and port, with their authority named."""
    def run(*places, **options):
        return load("vsphere", *places, progress=silent, **{"ca": signed.authority, **options})

    return run


@pytest.fixture(scope="session")
def furnished(estate, signed):
    """The estate's fleet, loaded once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VSPHERE_USER", USER)
        patch.setenv("VSPHERE_PASSWORD", PASSWORD)
        return load("vsphere", estate.place, progress=silent, ca=signed.authority)
