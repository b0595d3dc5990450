"""Which clusters and datacenters are read: addresses, by the environment as Consul's command."""

import os
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import urlsplit

from fleetkit.errors import LoadError, ReadError
from fleetkit.loaders.consul.sessions import Agent, connect
from fleetkit.plugins import Problem, Target

_USUAL = "127.0.0.1:8500"
_SCHEMES = ("http", "https")
_TRUE = ("1", "t", "true")

Names = str | Iterable[str]


def targets(
    *where: str | Path,
    datacenters: Names = (),
    stale: bool = True,
    namespace: str | None = None,
    partition: str | None = None,
) -> Iterator[Target]:
    """One target per agent or server; each is read for its own datacenter, or for several.

    Token, TLS and defaults come from the environment, as for Consul's own command:
    CONSUL_HTTP_ADDR, _TOKEN, _TOKEN_FILE, _AUTH, _SSL, _SSL_VERIFY, CONSUL_CACERT, _CAPATH,
    _CLIENT_CERT, _CLIENT_KEY, _NAMESPACE, _PARTITION. The token goes to all places named.

    Args:
        where: addresses, as consul.example:8500, https://consul.example or unix:///run/c.sock.
        datacenters: names or globs of datacenters that the servers know; "all" for all.
        stale: any server may answer, not the leader alone; answers that are old are a problem.
        namespace: of Consul Enterprise.
        partition: of Consul Enterprise.

    Raises:
        LoadError: an address is not written like one, or holds credentials.
    """
    options = {
        "datacenters": tuple(_listed(datacenters)),
        "stale": stale,
        "namespace": namespace or os.environ.get("CONSUL_NAMESPACE") or None,
        "partition": partition or os.environ.get("CONSUL_PARTITION") or None,
    }
    places = [str(place) for place in where] or [os.environ.get("CONSUL_HTTP_ADDR") or _USUAL]
    for place in dict.fromkeys(map(_address, places)):
        yield Target(place, options=options)


def split(target: Target, seconds: float) -> Iterator[Target | Problem]:
    """A target for each datacenter that is wanted: those that were asked for, else the agent's own.

    Raises:
        ReadError: nothing answers, or no datacenter fits.
    """
    agent = connect(target, seconds)
    try:
        yield from _divided(target, agent)
    finally:
        agent.close()


def _divided(target: Target, agent: Agent) -> Iterator[Target | Problem]:
    known = [name for name in agent.listed("/v1/catalog/datacenters") if isinstance(name, str)]
    patterns = target.options["datacenters"]
    account = target.options["partition"]
    if not patterns:
        own = known[0] if len(known) == 1 else agent.own_datacenter()
        yield Target(target.name, account, own, target.options)
        return
    found = [name for name in known if any(fnmatchcase(name, one) for one in patterns)]
    strange = [one for one in patterns if not any(fnmatchcase(name, one) for name in known)]
    said = f"there are {', '.join(known)}"
    if not found:
        raise ReadError(f"{target.name}: no datacenter is named {', '.join(strange)}; {said}",
                        code="unknown_datacenter", hint=f"datacenters={known!r}")
    for pattern in strange:
        yield Problem(code="unknown_datacenter", message="no datacenter has a name that was given",
                      subject_id=pattern, detail=said, phase="connect")
    for name in found:
        yield Target(target.name, account, name, target.options)


def _listed(names: Names) -> Iterator[str]:
    for name in [names] if isinstance(names, str) else names:
        if not isinstance(name, str):
            raise LoadError(f"consul: expected names of datacenters, found {name!r}")
        yield "*" if name == "all" else name


def _address(place: str) -> str:
    """The address with its scheme; credentials in it would be written down."""
    if place.startswith("unix://"):
        return place
    secure = os.environ.get("CONSUL_HTTP_SSL", "").lower() in _TRUE
    said = place if "://" in place else f"http://{place}"
    if secure and said.startswith("http://"):
        said = said.replace("http", "https", 1)
    try:
        parts = urlsplit(said)
        fits = parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or parts.query or parts.fragment:
        raise LoadError(f"consul: expected an address as {_USUAL!r}, https://consul.example or"
                        f" unix:///run/consul.sock, found {place.rpartition('@')[2]!r}")
    if parts.username or parts.password:
        raise LoadError(f"consul: {parts.hostname}: credentials in an address would be written"
                        " down; set CONSUL_HTTP_AUTH, or CONSUL_HTTP_TOKEN")
    return said.rstrip("/")
