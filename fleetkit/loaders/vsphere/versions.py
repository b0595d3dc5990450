"""The version of the API that both a server and the SDK speak.

The SDK's own question waits for ever where a server accepts a connection and says nothing.
"""

from http.client import HTTPSConnection
from typing import Any
from xml.etree.ElementTree import ParseError, fromstring

from fleetkit.errors import ReadError
from fleetkit.loaders.vsphere.modules import sdk

_LARGEST = 1 << 20
_API = "urn:vim25"


def spoken_version(name: str, options: Any, context: Any, seconds: float) -> str:
    """The newest version that both know, as the SDK names it.

    Raises:
        OSError: nobody answers in time, or the certificate is not believed.
        ReadError: what answers is no vCenter.
    """
    offered = _offered(name, _asked(options, context, seconds))
    known = sdk("pyVmomi.VmomiSupport")
    for version in known.GetServiceVersions("vim25"):
        if known.versionIdMap[version] in offered:
            return str(version)
    raise _no_vcenter(name)


def _asked(options: Any, context: Any, seconds: float) -> bytes:
    connection = HTTPSConnection(
        options["host"], options["port"], timeout=seconds, context=context)
    try:
        connection.request("GET", f"{options['path']}/vimServiceVersions.xml")
        answer = connection.getresponse()
        return answer.read(_LARGEST) if answer.status == 200 else b""
    finally:
        connection.close()


def _offered(name: str, document: bytes) -> set[str]:
    try:
        root = fromstring(document)  # noqa: S314 - bounded; expat refuses entities that grow
    except ParseError as error:
        raise _no_vcenter(name) from error
    return {
        str(version.text) for namespace in root.findall("namespace")
        if namespace.findtext("name") == _API for version in namespace.iter("version")
    }


def _no_vcenter(name: str) -> ReadError:
    return ReadError(f"{name}: something answers there, but no vCenter", code="unreachable",
                     hint="check host, port and path, which is /sdk")
