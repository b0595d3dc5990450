"""What the API, the kubeconfig and the network say when they refuse, and what to do."""

import re
from collections.abc import Mapping
from typing import Any

from fleetkit.errors import ReadError
from fleetkit.redaction import mask_text

_SHOWN = 400
_FORBIDDEN = re.compile(r'cannot (\w+) resource "([^"]+)" in API group "([^"]*)"')
_ACCESS = "sign in to the cluster again, as with `kubectl get --raw /version`"


def refused(status: int, body: Mapping[str, Any], where: str) -> ReadError:
    """The failure that an answer tells of."""
    message = str(body.get("message") or "")
    said = mask_text(f"{where}: {status} {message}".strip())[:_SHOWN]
    if status == 401:
        return ReadError(said, "denied", code="no_credentials", hint=_ACCESS)
    if status == 403:
        return ReadError(said, "denied", code="access_denied", hint=_missing(message))
    if status in (404, 405, 406):
        return ReadError(said, "unsupported", code="not_found",
                         hint="this cluster does not have this part of the API")
    if status == 410:
        return ReadError(said, code="expired_list", retryable=True, hint="load again")
    if status == 429:
        return ReadError(said, code="throttled", retryable=True, hint="load again later")
    return ReadError(said, code="unavailable" if status >= 500 else "refused",
                     retryable=status >= 500, hint="is the cluster well?")


def _missing(message: str) -> str:
    """The rule that a role lacks."""
    found = _FORBIDDEN.search(message)
    if found is None:
        return "grant the ClusterRole that fleetkit.policy('kubernetes') gives"
    group = f" of the API group {found[3]!r}" if found[3] else ""
    return (f"grant `{found[1]}` on {found[2]!r}{group}, as in the ClusterRole that"
            " fleetkit.policy('kubernetes') gives; or name the namespaces that you may read")


def not_reached(where: str, error: Exception) -> ReadError:
    """No answer came."""
    said = mask_text(f"{where}: {type(error).__name__}: {error}")[:_SHOWN]
    text = str(error).lower()
    if "certificate" in text:
        return ReadError(said, code="untrusted_certificate",
                         hint="does the kubeconfig name the authority of this cluster?")
    late = "timed out" in text or "timeout" in type(error).__name__.lower()
    return ReadError(said, code="timeout" if late else "unreachable", retryable=True,
                     hint="is the cluster up, and no VPN, proxy or firewall in the way?")


def not_configured(name: str, error: Exception) -> ReadError:
    """The context cannot be used."""
    said = mask_text(f"{name}: the context cannot be used: {error}")[:_SHOWN]
    return ReadError(said, "denied", code="no_credentials", hint=_ACCESS)
