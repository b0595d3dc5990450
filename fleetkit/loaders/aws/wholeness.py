"""Answers that break off: botocore does not notice, and takes half a JSON list for an empty one."""

from collections.abc import Mapping
from typing import Any

from fleetkit.errors import ReadError

_BROKEN = {"Code": "RequestTimeout", "Message": "the answer broke off"}  # a code that is retried


def watch(client: Any) -> None:
    """From now on the SDK asks again where an answer is shorter than it said; see `check`."""
    client.meta.events.register("before-parse", _compare)


def check(answer: Mapping[str, Any], where: str) -> None:
    """Fails on an answer that broke off each time that it was asked for.

    Raises:
        ReadError: it did.
    """
    if answer.get("Error") == _BROKEN:
        raise ReadError(
            f"{where}: the answer breaks off, also after several tries", code="unreachable",
            hint="check network, proxy and endpoint, then `retry`", retryable=True,
        )


def _compare(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any
) -> None:
    """Makes an answer that is too short one that the SDK retries."""
    said = str(response_dict["headers"].get("content-length", ""))
    body = response_dict["body"]
    if isinstance(body, bytes) and said.isdigit() and len(body) < int(said):
        response_dict.update(status_code=503, body=b"")
        customized_response_dict["Error"] = dict(_BROKEN)
