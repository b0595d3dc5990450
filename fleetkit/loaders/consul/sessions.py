"""An agent or server that is asked: its address, what may be sent to it, what its refusals mean."""

import os
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fleetkit.endpoints import Answer, Endpoint
from fleetkit.errors import LoadError, ReadError
from fleetkit.plugins import Target
from fleetkit.redaction import mask_text
from fleetkit.source import read_bytes

_FALSE = ("0", "f", "false")
_SHORTEST = 8  # a shorter secret would mask ordinary words
_LARGEST_TOKEN = 1 << 16
_SIGN_IN = "set CONSUL_HTTP_TOKEN or CONSUL_HTTP_TOKEN_FILE; is the token of this cluster?"
_NO_PATH = "No path to datacenter"
_NO_LEADER = ("No cluster leader", "No known Consul servers")


@dataclass
class Agent:
    """An agent or server.

    Args:
        endpoint: its address.
        query: sent with each call: datacenter, namespace, staleness.
        secrets: token and password, masked wherever they come back.
        guarded: whether ACLs are on; None until the agent was asked.
        tells_filtered: whether it says when ACLs left something out of an answer (since 1.11).
        sees_services: whether the token may see services; None where nobody had to find out.
    """

    endpoint: Endpoint
    query: Mapping[str, str]
    secrets: tuple[str, ...] = field(default=(), repr=False)
    guarded: bool | None = None
    tells_filtered: bool = False
    sees_services: bool | None = None

    def ask(self, path: str, rule: str | None = None) -> Answer:
        """The answer to one call.

        Args:
            path: below the address.
            rule: of ACLs, that the call needs.

        Raises:
            ReadError: it was refused, got no whole answer, or is no JSON.
        """
        try:
            return self.endpoint.get(path, self.query)
        except ReadError as error:
            raise _meant(error, rule, self.secrets) from None

    def listed(self, path: str, rule: str | None = None) -> list[Any]:
        """The answer to one call, if it is a list."""
        body = self.ask(path, rule).body
        if not isinstance(body, list):
            raise ReadError(f"{self.endpoint.name}{path}: expected a list, found"
                            f" {type(body).__name__!r}", code="unreadable")
        return body

    def own_datacenter(self) -> str | None:
        """The datacenter that the agent is in; None where the token may not know."""
        try:
            body = self.ask("/v1/agent/self").body
        except ReadError as error:
            if error.status != "denied":
                raise
            return None
        config = body.get("Config") if isinstance(body, Mapping) else None
        own = config.get("Datacenter") if isinstance(config, Mapping) else None
        return own if isinstance(own, str) else None

    def close(self) -> None:
        """Ends the session."""
        self.endpoint.close()


def connect(target: Target, seconds: float) -> Agent:
    """The agent at a place; it is not asked yet.

    Raises:
        ReadError: the file of the token cannot be read.
    """
    token, login = _token(), os.environ.get("CONSUL_HTTP_AUTH") or ""
    headers = {}
    if token:
        headers["X-Consul-Token"] = token
    if login:
        headers["Authorization"] = f"Basic {b64encode(_pair(login).encode()).decode()}"
    is_socket = target.name.startswith("unix://")
    endpoint = Endpoint(
        "http+unix://localhost" if is_socket else target.name, seconds, headers, _verify(),
        _papers(), socket=target.name.removeprefix("unix://") if is_socket else None,
    )
    secrets = (token, headers.get("Authorization", "").rpartition(" ")[2], login.partition(":")[2])
    return Agent(endpoint, _query(target),
                 tuple(secret for secret in secrets if len(secret) >= _SHORTEST))


def _query(target: Target) -> dict[str, str]:
    options = target.options
    asked = {"dc": target.region, "ns": options["namespace"], "partition": options["partition"],
             "stale": "" if options["stale"] else None}
    return {name: value for name, value in asked.items() if value is not None}


def _token() -> str:
    """The token of the environment; its file comes first, as in Consul's own client."""
    file = os.environ.get("CONSUL_HTTP_TOKEN_FILE")
    if not file:
        return (os.environ.get("CONSUL_HTTP_TOKEN") or "").strip()
    try:
        return read_bytes(Path(file), _LARGEST_TOKEN).decode().strip()
    except (LoadError, UnicodeDecodeError) as error:
        raise ReadError(f"consul: the file of CONSUL_HTTP_TOKEN_FILE: {error}", "denied",
                        code="no_credentials") from error


def _pair(login: str) -> str:
    return login if ":" in login else f"{login}:"


def _verify() -> bool | str:
    if os.environ.get("CONSUL_HTTP_SSL_VERIFY", "").lower() in _FALSE:
        return False
    return os.environ.get("CONSUL_CACERT") or os.environ.get("CONSUL_CAPATH") or True


def _papers() -> tuple[str, str] | None:
    cert, key = os.environ.get("CONSUL_CLIENT_CERT"), os.environ.get("CONSUL_CLIENT_KEY")
    return (cert, key) if cert and key else None


def _meant(error: ReadError, rule: str | None, secrets: tuple[str, ...]) -> ReadError:
    """The failure by its meaning in Consul, without what was sent as a secret."""
    said = mask_text(str(error), secrets)
    if error.status == "denied":
        is_known = "ACL not found" not in said and error.code != "no_credentials"
        hint = f"grant {rule}" if rule and is_known else _SIGN_IN
        return ReadError(said, "denied", code=error.code, hint=hint)
    if _NO_PATH in said:
        return ReadError(said, code="no_path", retryable=True,
                         hint="are servers of the datacenter up, and joined over the WAN?")
    if any(words in said for words in _NO_LEADER):
        return ReadError(said, code="no_leader", retryable=True,
                         hint="load with stale=True, or when a leader is elected")
    is_foreign = error.code == "untrusted_certificate"
    return ReadError(said, error.status, code=error.code, retryable=error.retryable,
                     hint="name its authority in CONSUL_CACERT" if is_foreign else error.hint)
