"""Which clusters are read: masters and Marathons by their addresses, or a whole DC/OS."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from fleetkit.errors import LoadError
from fleetkit.plugins import Target

_USUAL = {"marathon": "http://leader.example:8080", "master": "http://leader.example:5050"}


def targets(
    *where: str | Path,
    marathon: str | Iterable[str] = (),
    completed: bool = False,
    ca: str | None = None,
) -> Iterator[Target]:
    """One target per place; what is there (a master, a Marathon, a DC/OS) is found out by asking.

    Passwords are read from ~/.netrc, the token of a DC/OS from DCOS_ACS_TOKEN, as its own command
    does; that is sent to DCOS_URL only. Without a place DCOS_URL is read.

    Args:
        where: addresses, as http://master.example:5050 or https://dcos.example.
        marathon: addresses of Marathons that belong to the first place.
        completed: load tasks that are over, too.
        ca: file of the authorities that sign the servers' certificates.

    Raises:
        LoadError: no address is named, or one is not written like one.
    """
    marathons = [_checked(one) for one in ([marathon] if isinstance(marathon, str) else marathon)]
    places = [_checked(str(place)) for place in where] or _from_environment(marathons)
    for number, place in enumerate(dict.fromkeys(places)):
        yield Target(place, options={
            "marathons": tuple(dict.fromkeys(marathons)) if number == 0 else (),
            "completed": completed, "ca": ca,
        })


def _from_environment(marathons: list[str]) -> list[str]:
    if marathons:
        return [marathons.pop(0)]
    if os.environ.get("DCOS_URL"):
        return [_checked(os.environ["DCOS_URL"])]
    raise LoadError(
        f"mesos: name a master, as {_USUAL['master']!r}, or a Marathon, as marathon="
        f"{_USUAL['marathon']!r}; or set DCOS_URL"
    )


def _checked(place: str) -> str:
    """The address, without a slash at its end; credentials in it would be written down."""
    said = place if "://" in place else f"http://{place}"
    try:
        parts = urlsplit(said)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        fits = False
    if not fits or parts.query or parts.fragment:
        raise LoadError(f"mesos: expected an address as {_USUAL['master']!r}, found"
                        f" {place.rpartition('@')[2]!r}")
    if parts.username or parts.password:
        raise LoadError(f"mesos: {parts.hostname}: credentials in an address would be written"
                        " down; put them into ~/.netrc")
    return said.rstrip("/")
