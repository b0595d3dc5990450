"""A cloud for these tests, and an environment in which nothing leaves this machine."""

import pytest

from tests.real import aws

SETTINGS = {
    "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing", "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "127.0.0.1",
}
UNSET = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION",
         "AWS_ENDPOINT_URL", "AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE", "AWS_ROLE_ARN",
         "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CA_BUNDLE", "AWS_DATA_PATH",
         "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


@pytest.fixture(autouse=True)
def _alone(monkeypatch, tmp_path_factory):
    """No credentials or settings of the user are read, and none are found elsewhere."""
    home = tmp_path_factory.mktemp("home")
    for name in UNSET:
        monkeypatch.delenv(name, raising=False)
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(home / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(home / "credentials"))
    monkeypatch.setenv("FLEETKIT_CACHE", str(home / "cache"))


@pytest.fixture(scope="session")
def running():
    """The cloud; use `cloud`, which is empty at the start of each test."""
    with aws.started() as cloud:
        yield cloud


@pytest.fixture
def cloud(running):
    """An empty cloud without faults; `cloud.url` is the `endpoint`."""
    running.reset()
    yield running
    running.reset()
