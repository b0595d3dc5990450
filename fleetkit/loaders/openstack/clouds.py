"""Where clouds are: entries of clouds.yaml or the OS_* variables; their regions; how to log in."""

import os
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from fleetkit.errors import LoadError, MissingExtraError, ReadError
from fleetkit.loaders.openstack.failures import explained
from fleetkit.plugins import Target

ENVIRONMENT = "envvars"  # the SDK's name for what the OS_* variables describe
_NO_CLOUD = "defaults"  # what the SDK lists where none is configured
_WHAT_TO_GIVE = "name a cloud of clouds.yaml, or set OS_CLOUD, or OS_AUTH_URL and its companions"
_REPEATED = (429, 502, 503, 504)
_REPEATS = 4


def targets(
    *where: str, regions: str | list[str] | None = None, all_projects: bool = True,
    page_size: int | None = None,
) -> Iterator[Target]:
    """The clouds that were named; without a name the one that the openstack client would use.

    Args:
        where: clouds in clouds.yaml, by name or glob.
        regions: regions by name or glob; those of the cloud's configuration, else of its
            catalogue, when None.
        all_projects: read the servers and volumes of all projects, which takes an administrator.
        page_size: entries per answer; the services' own maximum when None.

    Raises:
        LoadError: no cloud is configured, or none of that name.
    """
    wanted = [regions] if isinstance(regions, str) else regions
    if page_size is not None and page_size < 1:
        raise LoadError(f"openstack: page_size is {page_size!r}; it has to be at least 1")
    options = {"regions": wanted, "all_projects": all_projects, "page_size": page_size}
    for name in _named(where):
        yield Target(name, options={**options, "cloud": name})


def _named(where: tuple[str, ...]) -> list[str]:
    known = sorted(set(_configuration().get_cloud_names()) - {_NO_CLOUD})
    if not where:
        where = (os.environ.get("OS_CLOUD") or ENVIRONMENT,)
        if where[0] not in known:
            raise LoadError(f"openstack: no cloud was given; {_WHAT_TO_GIVE}")
    found = [name for pattern in where for name in known if fnmatchcase(name, pattern)]
    for pattern in where:
        if not any(fnmatchcase(name, pattern) for name in known):
            raise LoadError(
                f"openstack: no cloud matches {pattern!r}; clouds.yaml and the environment have"
                f" {', '.join(known) or 'none'}"
            )
    return list(dict.fromkeys(found))


@dataclass
class Cloud:
    """A login to one region of a cloud.

    Args:
        connection: of the SDK.
        name: of the cloud, for messages.
        all_projects: whether other projects are asked for.
        page_size: entries per answer, the service's own maximum when None.
        own_only: the cloud showed servers of the login's own project only.
    """

    connection: Any
    name: str
    all_projects: bool
    page_size: int | None
    own_only: bool = False
    _repeats: threading.local = field(default_factory=threading.local)

    def __post_init__(self) -> None:
        self.connection.session.session.hooks["response"].append(self._count)

    def get(self, service: str, path: str, **options: Any) -> tuple[Any, int]:
        """The answer to a GET, and how often it had to be repeated.

        Raises:
            ReadError: nothing answers, or the service is not there.
        """
        self._repeats.count = 0
        with explained(f"{self.name}: the {service} service"):
            adapter = getattr(self.connection, service)
            found = adapter.get(path, connect_retries=_REPEATS, status_code_retries=_REPEATS,
                                retriable_status_codes=list(_REPEATED), skip_cache=True, **options)
        repeated = self._repeats.count - (found.status_code in _REPEATED)
        return found, max(0, repeated)

    def microversion(self, most: str) -> str | None:
        """The newest form of compute's answers that both sides know.

        Raises:
            ReadError: compute is not there, or does not answer.
        """
        from openstack.utils import maximum_supported_microversion

        with explained(f"{self.name}: the compute service"):
            return maximum_supported_microversion(self.connection.compute, most)

    def close(self) -> None:
        """Closes the connection."""
        self.connection.session.session.close()
        self.connection.close()

    def _count(self, answer: Any, **_: Any) -> None:
        if answer.status_code in _REPEATED:
            self._repeats.count = getattr(self._repeats, "count", 0) + 1


def split(target: Target, seconds: float) -> Iterator[Target]:
    """The regions of a cloud that are to be read, with the project that the login is for.

    Raises:
        ReadError: the login fails, or no region matches.
    """
    with explained(target.name), closing(_login(target, seconds)) as connection:
        access = connection.session.auth.get_access(connection.session)
        regions = _wanted(target, connection.config.region_name, _offered(access))
    account = access.project_name or access.project_id
    for region in regions:
        yield Target(target.name, account, region, target.options)


def _offered(access: Any) -> list[str]:
    """Regions with a compute service."""
    found = access.service_catalog.get_endpoints_data(service_type="compute")
    return sorted({
        endpoint.region_name for endpoints in found.values() for endpoint in endpoints
        if endpoint.region_name
    })


def _wanted(target: Target, configured: str | None, offered: list[str]) -> list[str | None]:
    patterns = target.options["regions"]
    if patterns is None:
        return [configured] if configured else list(offered) or [None]
    found = [name for name in offered if any(fnmatchcase(name, one) for one in patterns)]
    if not found:
        raise ReadError(
            f"{target.name}: no region matches {', '.join(map(repr, patterns))}; the catalogue has"
            f" {', '.join(offered) or 'none'}", "unsupported", code="unsupported_region",
        )
    return list(found)


def connect(target: Target, seconds: float) -> Cloud:
    """A login to the region of a target.

    Raises:
        ReadError: the cloud does not answer, or does not let this user in.
    """
    with explained(target.name):
        connection = _login(target, seconds)
        connection.authorize()
    options = target.options
    return Cloud(connection, target.name, options["all_projects"], options["page_size"])


def _login(target: Target, seconds: float) -> Any:
    """A connection that gives up on each call after `seconds`."""
    from openstack.connection import Connection
    from openstack.exceptions import ConfigException

    name = target.options["cloud"]
    try:
        wanted = {"region_name": target.region} if target.region else {}
        settings = _configuration().get_one(cloud=name, api_timeout=seconds, **wanted)
    except ConfigException as error:
        raise ReadError(f"{name}: its entry cannot be used: {error}") from error
    return Connection(config=settings)


def _configuration() -> Any:
    """What clouds.yaml and the OS_* variables say.

    Raises:
        LoadError: they cannot be understood.
        MissingExtraError: the SDK is not installed.
    """
    try:
        from openstack.config import OpenStackConfig
        from openstack.exceptions import ConfigException
    except ImportError as error:
        raise MissingExtraError("openstack", "openstack") from error
    try:
        return OpenStackConfig()
    except (ConfigException, OSError, ValueError) as error:
        raise LoadError(f"openstack: clouds.yaml cannot be understood: {error}") from error
