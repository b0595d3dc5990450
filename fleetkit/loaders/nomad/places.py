"""Which clusters are read: those that are named, else the one that the nomad command would use."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from fleetkit.errors import LoadError
from fleetkit.plugins import Target

_USUAL = "http://127.0.0.1:4646"

Names = str | Iterable[str]


def targets(
    *where: str | Path,
    namespace: str | None = None,
    regions: Names = (),
    completed: bool = False,
) -> Iterator[Target]:
    """One target per address and region.

    Tokens, certificates and passwords are those of the nomad command: NOMAD_TOKEN, NOMAD_CACERT,
    NOMAD_CAPATH, NOMAD_CLIENT_CERT, NOMAD_CLIENT_KEY, NOMAD_SKIP_VERIFY, NOMAD_HTTP_AUTH.

    Args:
        where: addresses of servers or agents; without one NOMAD_ADDR, else this machine.
        namespace: one namespace; by default NOMAD_NAMESPACE, else all that the token may see.
        regions: names of federated regions; by default NOMAD_REGION, else that of the address.
        completed: load allocations that are over, too.

    Raises:
        LoadError: an address is not written like one.
    """
    places = [str(place) for place in where] or [os.environ.get("NOMAD_ADDR") or _USUAL]
    chosen = [regions] if isinstance(regions, str) else list(regions)
    named = chosen or [os.environ.get("NOMAD_REGION") or ""]
    options = {"namespace": namespace or os.environ.get("NOMAD_NAMESPACE") or "*",
               "completed": completed}
    for place in dict.fromkeys(map(_checked, places)):
        for region in dict.fromkeys(named):
            yield Target(place, region=region or None, options=options)


def _checked(place: str) -> str:
    """The address, without a slash at its end; credentials in it would be written down."""
    said = place if "://" in place else f"http://{place}"
    try:
        parts = urlsplit(said)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        fits = False
    if not fits or parts.query or parts.fragment:
        raise LoadError(
            f"nomad: expected an address as {_USUAL!r}, found {place.rpartition('@')[2]!r}")
    if parts.username or parts.password:
        raise LoadError(f"nomad: {parts.hostname}: credentials in an address would be written"
                        " down; set NOMAD_TOKEN, or NOMAD_HTTP_AUTH")
    return said.rstrip("/")
