"""What the SDK's exceptions mean for coverage."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from fleetkit.errors import ReadError
from fleetkit.redaction import mask_text

_DENIED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_SHOWN = 500
_LONGEST = 100_000


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Turns what the SDK raises inside into a ReadError that says what it means.

    Args:
        what: subject of the sentence: a cloud, or one of its services.
    """
    from keystoneauth1.exceptions import ClientException
    from openstack.exceptions import ServiceDisabledException, ServiceDiscoveryException
    from requests.exceptions import RequestException

    try:
        yield
    except ServiceDisabledException as error:
        raise absent(what, error) from error
    except (ClientException, ServiceDiscoveryException) as error:
        raise _of_keystone(what, error) from error
    except (RequestException, OSError) as error:
        raise unreachable(what, error) from error


def of_answer(what: str, status: int, text: str) -> ReadError:
    """What an answer means that is no success."""
    said = f"{what} answers {status}: {mask_text(_message(text))[:_SHOWN]}"
    if status in _DENIED:
        return ReadError(said, "denied", hint="the role of this user does not allow the list call")
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.NOT_ACCEPTABLE, HTTPStatus.NOT_IMPLEMENTED):
        return ReadError(said, "unsupported", hint="this cloud does not offer the call")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return ReadError(said, code="throttled", retryable=True)
    return ReadError(said, retryable=status >= HTTPStatus.INTERNAL_SERVER_ERROR)


def _message(text: str) -> str:
    """The sentence in an error document, as {"forbidden": {"code": 403, "message": …}}."""
    try:
        document = json.loads(text[:_LONGEST])
    except (ValueError, RecursionError):
        document = None
    inner = next(iter(document.values()), None) if isinstance(document, dict) else None
    message = inner.get("message") if isinstance(inner, dict) else None
    return " ".join(str(message or text[:_LONGEST]).split())


def absent(what: str, error: Exception) -> ReadError:
    """The service is not in the catalogue of the region."""
    return ReadError(f"{what} is not offered here: {_said(error)}", "unsupported",
                     hint="name a region whose catalogue has the service")


def unreachable(what: str, error: Exception) -> ReadError:
    """Nothing answers, or nothing that is understood."""
    return ReadError(f"{what} does not answer: {_said(error)}", code="unreachable", retryable=True)


def _of_keystone(what: str, error: Exception) -> ReadError:
    from keystoneauth1 import exceptions

    status = getattr(error, "http_status", None)
    if isinstance(error, exceptions.ConnectTimeout):
        return ReadError(f"{what} does not answer in time: {_said(error)}", code="timeout",
                         retryable=True)
    if isinstance(error, exceptions.ConnectFailure | exceptions.DiscoveryFailure):
        return unreachable(what, error)
    if isinstance(error, exceptions.EndpointNotFound):
        return absent(what, error)
    if isinstance(error, exceptions.HttpError) and isinstance(status, int):
        return of_answer(what, status, str(error))
    return ReadError(f"{what}: {_said(error)}", hint="does clouds.yaml say all that is needed?")


def _said(error: Exception) -> str:
    return mask_text(" ".join(str(error).split()) or type(error).__name__)[:_SHOWN]
