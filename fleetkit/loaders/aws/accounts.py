"""One region of one account: its clients, and whether it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from fleetkit.errors import ReadError
from fleetkit.loaders.aws.calls import answers
from fleetkit.loaders.aws.sessions import role_arguments, session_of, with_credentials
from fleetkit.loaders.aws.wholeness import watch
from fleetkit.plugins import Target

_TRIES = 5
_CONNECT_SECONDS = 10.0
_SIDE_BY_SIDE = 16
_NO_MATTER = ("access_denied", "throttled", "refused", "server_error", "unsupported")


@dataclass
class Region:
    """One region of one account: its clients, and what earlier answers told.

    Args:
        target: what is read; `options["endpoint"]` stands for all of the SDK's own endpoints.
        session: of boto3, with the credentials of the account.
        seconds: that one call may take.
        seen: what earlier resources told: "instances" (ids), "instance_types", "image_ids", …
        tries: how often the SDK asks, adapting its rate.
    """

    target: Target
    session: Any
    seconds: float
    seen: dict[str, Any] = field(default_factory=dict)
    tries: int = _TRIES
    _clients: dict[str, Any] = field(default_factory=dict)
    _door: Lock = field(default_factory=Lock)

    @property
    def name(self) -> str:
        """Account and region, as errors name them."""
        return " ".join(word for word in (self.target.account, self.target.region) if word)

    def client(self, service: str) -> Any:
        """The boto3 client of a service, made once; threads may share it."""
        with self._door:
            if service not in self._clients:
                self._clients[service] = self._made(service)
            return self._clients[service]

    def _made(self, service: str) -> Any:
        from botocore.config import Config

        config = Config(
            connect_timeout=min(self.seconds, _CONNECT_SECONDS), read_timeout=self.seconds,
            retries={"mode": "adaptive", "total_max_attempts": self.tries},
            max_pool_connections=_SIDE_BY_SIDE, user_agent_extra="fleetkit",
        )
        client = self.session.client(
            service, region_name=self.target.region, config=config,
            endpoint_url=self.target.options.get("endpoint"),
        )
        watch(client)
        return client

    def close(self) -> None:
        """Closes the connections of all clients."""
        for client in self._clients.values():
            client.close()


def connect(target: Target, seconds: float) -> Region:
    """The region that a target names; asked once whether it answers and knows the credentials.

    Raises:
        ReadError: it does not answer, is not enabled, or does not accept the credentials.
    """
    session = session_of(target)
    role = target.options.get("role")
    if role:
        session = _assumed(Region(target, session, seconds), role)
    _greet(Region(target, session, seconds, tries=2))
    return Region(target, session, seconds)


def _greet(region: Region) -> None:
    """One cheap call, so that a dead region is told once and not by every resource."""
    try:
        for _ in answers(region, "ec2", "describe_regions",
                         RegionNames=[str(region.target.region)]):
            pass
    except ReadError as error:
        if error.code not in _NO_MATTER:
            raise
    finally:
        region.close()


def _assumed(asking: Region, role: str) -> Any:
    """A session with the role's credentials."""
    def fetch() -> Mapping[str, Any]:
        answer = next(answers(asking, "sts", "assume_role", **role_arguments(role)))
        return dict(answer["Credentials"])

    return with_credentials(asking.target, fetch)
