"""What failures of the SDK and of the network mean for a reader."""

import ssl
from typing import Any

from fleetkit.errors import ReadError
from fleetkit.redaction import mask_text

_SHOWN = 300
_DENIED = ("InvalidLogin", "InvalidLoginFault", "NoPermission", "PasswordExpired")
_EXPIRED = ("NotAuthenticated", "SessionNotFound")
_READ_ROLE = "give the user the role Read-only on the vCenter, propagated to its children"
_NAME_CA = (
    "name the authority that signed it: load('vsphere', …, ca='authority.pem'); a vCenter gives"
    " its own at https://HOST/certs/download.zip"
)


def read_error(place: str, error: Exception) -> ReadError:
    """The failure in words, with what it means for coverage.

    Args:
        place: what was asked, as the target's name or a resource.
        error: what the SDK raised.
    """
    if isinstance(error, ReadError):
        return error
    if isinstance(error, ssl.SSLCertVerificationError):
        return _distrusted(place, error)
    if isinstance(error, TimeoutError):
        return ReadError(f"{place}: no answer in time", code="timeout", retryable=True)
    if isinstance(error, ssl.SSLError):
        return ReadError(f"{place}: no TLS: {_said(error)}", code="unreachable")
    if isinstance(error, OSError):
        return ReadError(f"{place}: cannot be reached: {_said(error)}", code="unreachable",
                         retryable=True)
    return _of_server(place, error)


def _distrusted(place: str, error: ssl.SSLCertVerificationError) -> ReadError:
    return ReadError(
        f"{place}: its certificate is not trusted: {error.verify_message or _said(error)}",
        code="untrusted_certificate", hint=_NAME_CA,
    )


def _of_server(place: str, error: Exception) -> ReadError:
    """A fault that the server answered, or an answer that is none."""
    kind = getattr(error, "_wsdlName", "")
    if kind in _DENIED:
        return _denied(place, kind, error)
    if kind in _EXPIRED:
        return ReadError(f"{place}: the session has ended", code="expired_credentials",
                         hint="load again; the server ends sessions that are idle or too many")
    if kind:
        return ReadError(f"{place}: the server answered {kind}: {_said(error)}",
                         retryable=kind in ("HostCommunication", "ManagedObjectNotFound"))
    return ReadError(f"{place}: no answer of a vCenter: {type(error).__name__}: {_said(error)}",
                     code="unreadable", retryable=True)


def _denied(place: str, kind: str, error: Any) -> ReadError:
    if kind == "NoPermission":
        privilege = getattr(error, "privilegeId", None) or "System.Read"
        return ReadError(f"{place}: the user has no permission: {privilege}", "denied",
                         hint=_READ_ROLE)
    return ReadError(f"{place}: the login was refused", "denied",
                     hint="check user and password: VSPHERE_USER, VSPHERE_PASSWORD")


def _said(error: Any) -> str:
    text = getattr(error, "msg", None) or getattr(error, "strerror", None) or str(error)
    return mask_text(str(text))[:_SHOWN]
