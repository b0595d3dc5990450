"""What Google's refusals mean: denied, unsupported or failed, and whether asking again may help."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fleetkit.errors import ReadError
from fleetkit.redaction import mask_text

_SHOWN = 500
_ENABLE = "enable it: gcloud services enable compute.googleapis.com --project={project}"
_GRANT = "grant roles/compute.viewer, or the permissions that `fleetkit sources gcp` lists"
_SIGN_IN = "sign in again: gcloud auth application-default login"
_LATER = "load again later"
_NOT_ENABLED = {"accessNotConfigured", "SERVICE_DISABLED", "API_DISABLED"}
_THROTTLED = {"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"}
_SKEW = re.compile(r"iat|short-lived|not yet valid|clock", re.IGNORECASE)


def answered(status: int, body: Any, where: str) -> ReadError:
    """The failure that an answer of the API stands for.

    Args:
        status: of HTTP.
        body: its JSON: `error` with `message`, and `errors` or `details` with reasons.
        where: project and list.
    """
    error = body.get("error") if isinstance(body, Mapping) else None
    error = error if isinstance(error, Mapping) else {}
    said = mask_text(f"{where}: {status} {error.get('message') or 'without a reason'}"[:_SHOWN])
    reasons = set(_reasons(error))
    if reasons & _NOT_ENABLED:
        hint = _ENABLE.format(project=where.split(": ")[0])
        return ReadError(said, "unsupported", code="api_not_enabled", hint=hint)
    if status == 429 or reasons & _THROTTLED:
        return ReadError(said, code="throttled", hint=_LATER, retryable=True)
    return _by_status(status, said)


def _by_status(status: int, said: str) -> ReadError:
    if status == 401:
        return ReadError(said, "denied", code="expired_credentials", hint=_SIGN_IN)
    if status == 403:
        return ReadError(said, "denied", code="access_denied", hint=_GRANT)
    if status == 404:
        return ReadError(said, code="not_found", hint="is the id of the project right?")
    if status >= 500:
        return ReadError(said, code="unavailable", hint=_LATER, retryable=True)
    return ReadError(said, code="refused")


def _reasons(error: Mapping[str, Any]) -> Iterator[str]:
    for name in ("errors", "details"):
        listed = error.get(name)
        for entry in listed if isinstance(listed, list) else ():
            reason = entry.get("reason") if isinstance(entry, Mapping) else None
            if isinstance(reason, str):
                yield reason


def not_reached(where: str, error: Exception) -> ReadError:
    """The failure of a call that got no whole answer."""
    late = "timed out" in str(error).lower() or "Timeout" in type(error).__name__
    return ReadError(
        mask_text(f"{where}: {type(error).__name__}: {error}"[:_SHOWN]),
        code="timeout" if late else "unreachable", retryable=True,
        hint="is the network, a proxy or the endpoint in the way?",
    )


def not_signed_in(where: str, error: Exception) -> ReadError:
    """The failure of credentials: none, expired, or a clock that is wrong."""
    from google.auth.exceptions import DefaultCredentialsError, TransportError

    said = mask_text(f"{where}: {error}"[:_SHOWN])
    if isinstance(error, TransportError):
        return ReadError(said, code="unreachable", retryable=True,
                         hint="credentials are checked online: is the network in the way?")
    if isinstance(error, DefaultCredentialsError):
        return ReadError(said, "denied", code="no_credentials",
                         hint="sign in: gcloud auth application-default login")
    if _SKEW.search(str(error)):
        return ReadError(said, "denied", code="clock_skew", hint="set the clock of this machine")
    return ReadError(said, "denied", code="expired_credentials", hint=_SIGN_IN)
