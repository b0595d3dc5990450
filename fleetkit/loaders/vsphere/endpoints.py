"""Which vCenters are read, who asks, and whose certificates are believed."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from fleetkit.errors import LoadError, ReadError
from fleetkit.loaders.vsphere.faults import read_error
from fleetkit.loaders.vsphere.modules import sdk
from fleetkit.loaders.vsphere.versions import spoken_version
from fleetkit.plugins import Target

_PORT = 443
_PATH = "/sdk"
_ABOUT = ("instanceUuid", "fullName", "version", "build", "apiVersion", "apiType")
_NO_PASSWORD = "set VSPHERE_PASSWORD or GOVC_PASSWORD in the environment"  # noqa: S105


@dataclass
class VCenter:
    """A session with one vCenter.

    Args:
        stub: what carries the calls.
        content: its managers.
        about: what it says of itself.
        verified: whether its certificate was verified.
        fields: names of custom fields by key, once asked.
    """

    stub: Any
    content: Any
    about: dict[str, Any]
    verified: bool
    fields: dict[Any, str] = field(default_factory=dict)

    @property
    def scope(self) -> str | None:
        """The id of the vCenter, part of all ids below it."""
        found = self.about.get("instanceUuid")
        return str(found) if found else None

    def close(self) -> None:
        """Ends the session; one that the server has ended already is no error."""
        with suppress(Exception):  # everything is read; the server forgets the session in time
            self.content.sessionManager.Logout()
        self.stub.DropConnections()


def targets(
    *where: str | Path, user: str | None = None, ca: str | Path | None = None,
    insecure: bool = False,
) -> Iterator[Target]:
    """The vCenters that were named; without a name that of GOVC_URL.

    Args:
        where: host names or URLs of vCenters, as vcenter.example or https://vcenter.example:8443.
        user: who asks; else VSPHERE_USER or GOVC_USERNAME. The password is only taken from the
            environment: VSPHERE_PASSWORD or GOVC_PASSWORD.
        ca: file with the certificates of a private authority, PEM; else GOVC_TLS_CA_CERTS.
        insecure: do not verify certificates; a row of `problems` says so.

    Raises:
        LoadError: no vCenter is named, an address holds a password, or there is no such CA file.
    """
    places = [str(place) for place in where] or [os.environ.get("GOVC_URL", "")]
    if not any(places):
        raise LoadError("vsphere: name a vCenter, as 'vcenter.example', or set GOVC_URL")
    files = _authorities(ca)
    for place in places:
        found = _split(place)
        if where and found.password is not None:
            raise LoadError(
                f"vsphere: the address of {found.hostname!r} holds a password, which would be kept"
                f" with the request; leave it out and {_NO_PASSWORD}"
            )
        port = _port(found)
        name = str(found.hostname) if port == _PORT else f"{found.hostname}:{port}"
        yield Target(name, options={
            "host": found.hostname, "port": port, "path": found.path.rstrip("/") or _PATH,
            "user": user or _known(found.username), "ca": files, "insecure": insecure,
        })


def connect(target: Target, seconds: float) -> VCenter:
    """A session with the vCenter of a target.

    Raises:
        MissingExtraError: pyVmomi is not installed.
        ReadError: it does not answer, its certificate is not believed, or it refuses the login.
    """
    user, password = _credentials(target)
    stub = _stub(target, seconds)
    try:
        instance = sdk().vim.ServiceInstance("ServiceInstance", stub)
        content = instance.RetrieveContent()
        content.sessionManager.Login(user, password, None)
    except Exception as error:
        stub.DropConnections()
        raise read_error(target.name, error) from error
    about = {name: getattr(content.about, name, None) for name in _ABOUT}
    return VCenter(stub, content, about, verified=not target.options["insecure"])


def _stub(target: Target, seconds: float) -> Any:
    """What carries the calls; the SDK's own way to make one waits for ever where nobody answers."""
    adapter = sdk().SoapStubAdapter
    options, context = target.options, _context(target)
    try:
        version = spoken_version(target.name, options, context, seconds)
    except Exception as error:
        raise read_error(target.name, error) from error
    return adapter(
        options["host"], options["port"], path=options["path"], version=version,
        sslContext=context, httpConnectionTimeout=seconds,
    )


def _split(place: str) -> SplitResult:
    found = urlsplit(place if "://" in place else f"https://{place}")
    if found.scheme != "https":
        raise LoadError(f"vsphere: a vCenter is asked over https, found {found.scheme!r}")
    if not found.hostname:
        raise LoadError("vsphere: an address names no host; write it as 'vcenter.example'")
    return found


def _port(found: SplitResult) -> int:
    try:
        return found.port or _PORT
    except ValueError as error:
        raise LoadError(f"vsphere: the port of {found.hostname!r} is no number") from error


def _known(user: str | None) -> str | None:
    return unquote(user) if user else None


def _authorities(ca: str | Path | None) -> list[str]:
    """Files of certificates that are believed beside those of the system."""
    said = str(ca) if ca is not None else os.environ.get("GOVC_TLS_CA_CERTS", "")
    files = [file for file in said.split(os.pathsep) if file]
    for file in files:
        if not Path(file).is_file():
            raise LoadError(f"vsphere: there is no file {file!r} with certificates of an authority")
    return files


def _credentials(target: Target) -> tuple[str, str]:
    """User and password; those in GOVC_URL only for the host that it names."""
    given = urlsplit(_with_scheme(os.environ.get("GOVC_URL", "")))
    own = given if given.hostname == target.options["host"] else urlsplit("")
    user = (target.options["user"] or os.environ.get("VSPHERE_USER")
            or os.environ.get("GOVC_USERNAME") or _known(own.username))
    password = (os.environ.get("VSPHERE_PASSWORD") or os.environ.get("GOVC_PASSWORD")
                or _known(own.password))
    if not user or not password:
        missing = "password" if user else "user"
        raise ReadError(
            f"{target.name}: no {missing} is known for this vCenter", "denied",
            hint=_NO_PASSWORD if user else "name the user: user=…, or VSPHERE_USER",
        )
    return user, password


def _with_scheme(place: str) -> str:
    return place if "://" in place else f"https://{place}"


def _context(target: Target) -> Any:
    """How TLS is spoken: verified, with private authorities beside those of the system."""
    import ssl

    context = ssl.create_default_context()
    try:
        for file in target.options["ca"]:
            context.load_verify_locations(cafile=file)
    except (ssl.SSLError, OSError) as error:
        raise ReadError(f"{target.name}: {file!r} holds no certificates") from error
    if target.options["insecure"]:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
