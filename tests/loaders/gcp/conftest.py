"""A replay of the API for each test, and credentials that are good for it alone."""

import pytest

from fleetkit.loading import load
from fleetkit.progress import silent
from tests.loaders.gcp.payloads import fill
from tests.real.google import private_key, replay, write_credentials
from tests.real.parts import refuse

FOREIGN = (
    "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "GOOGLE_CLOUD_QUOTA_PROJECT", "CLOUDSDK_CORE_PROJECT",
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy",
)


@pytest.fixture(scope="session")
def key():
    """The private key of the service account."""
    try:
        return private_key()
    except ImportError:  # it comes with google-auth
        refuse("google-auth is absent here: pip install 'fleetkit[gcp]'")


@pytest.fixture
def secluded(monkeypatch, tmp_path, key):
    """Nothing leaves this machine, and no credentials of the user are read."""
    from google.oauth2 import service_account

    for name in FOREIGN:
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "CLOUDSDK_CONFIG"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))  # gcloud is not asked
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    # newer versions ask a server of Google, beside the token, from where an account may be used
    monkeypatch.setattr(service_account.Credentials, "_is_regional_access_boundary_lookup_required",
                        lambda self: False, raising=False)
    return tmp_path


@pytest.fixture
def google(secluded, monkeypatch, key):
    """The shop behind a replay of the API, and an account that may read it."""
    with replay() as running:
        path = write_credentials(secluded, running, key, "shop")
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
        fill(running)
        yield running


@pytest.fixture
def loaded(google):
    """A function that loads from the replay."""
    def read(*projects, **options):
        return load("gcp", *(projects or ("shop",)), endpoint=google.endpoint, progress=silent,
                    **options)

    return read
