"""Calls to AWS: paged, counted, and their errors in our words."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fleetkit.errors import ReadError
from fleetkit.loaders.aws.failures import as_read_error
from fleetkit.loaders.aws.wholeness import check
from fleetkit.plugins import Call, Record
from fleetkit.redaction import MASK, is_secret_name, mask_tree

if TYPE_CHECKING:
    from fleetkit.loaders.aws.accounts import Region

_MOST_PAGES = 10_000
_TOKENS = ("NextToken", "nextToken", "NextMarker", "Marker", "nextMarker")
_NEVER_KEPT = frozenset({"UserData", "KeyMaterial", "PasswordData"})
_PAIRS = (("Key", "Value"), ("key", "value"), ("name", "value"))


def answers(
    region: "Region",
    service: str,
    operation: str,
    page_size: int | None = None,
    **arguments: Any,
) -> Iterator[Mapping[str, Any]]:
    """Every answer of a call, one per page, with `ResponseMetadata`.

    Args:
        region: where to ask.
        service: as boto3 names it: ec2, autoscaling, elbv2, ssm, …
        operation: as boto3 names it: describe_instances.
        page_size: most items per page; None for what the service does by itself.
        arguments: of the call.

    Raises:
        ReadError: the call was refused, no answer came, or a page token came twice.
    """
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    seen: set[str] = set()
    action = f"{service}:{operation}"
    try:
        client = region.client(service)
        action = _action(client, operation)
        for page in _pages(client, operation, page_size, arguments):
            check(page, f"{region.name}: {action}")
            yield page
            _end_if_repeated(page, seen, f"{region.name}: {action}")
    except (ClientError, BotoCoreError, ResponseParserError) as error:
        raise as_read_error(error, region, action) from error


def pages(
    region: "Region",
    service: str,
    operation: str,
    key: str,
    page_size: int | None = None,
    **arguments: Any,
) -> Iterator[Call | dict[str, Any]]:
    """What a call lists under `key`, item by item, and a `Call` before the items of each page.

    Arguments and errors are those of `answers`.
    """
    for page in answers(region, service, operation, page_size, **arguments):
        yield counted(page)
        yield from page.get(key) or ()


def counted(answer: Mapping[str, Any]) -> Call:
    """The call that an answer came from, with the retries of the SDK."""
    return Call(retries=int(answer.get("ResponseMetadata", {}).get("RetryAttempts", 0)))


def record(kind: str, content: Mapping[str, Any]) -> Record:
    """A raw record without its secrets: user data dropped, credentials in texts and tags masked."""
    return Record(kind, mask_tree(_shown(content)))


def _action(client: Any, operation: str) -> str:
    """The action as a policy names it: elasticloadbalancing:DescribeTargetGroups."""
    called = client.meta.method_to_api_mapping[operation]
    return f"{client.meta.service_model.signing_name}:{called}"


def _shown(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {name: _shown(item) for name, item in value.items() if name not in _NEVER_KEPT}
        return _pair(kept)
    return [_shown(item) for item in value] if isinstance(value, list) else value


def _pair(fields: dict[str, Any]) -> dict[str, Any]:
    """A tag whose name says secret keeps its name only."""
    for key, value in _PAIRS:
        if value in fields and fields[value] and is_secret_name(str(fields.get(key, ""))):
            return {**fields, value: MASK}
    return fields


def _pages(
    client: Any, operation: str, page_size: int | None, arguments: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    if not client.can_paginate(operation):
        yield getattr(client, operation)(**arguments)
        return
    paginator = client.get_paginator(operation)
    yield from paginator.paginate(**arguments, PaginationConfig={"PageSize": page_size})


def _end_if_repeated(page: Mapping[str, Any], seen: set[str], where: str) -> None:
    token = next((page[name] for name in _TOKENS if page.get(name)), None)
    if token is None:
        return
    if str(token) in seen or len(seen) >= _MOST_PAGES:
        raise ReadError(
            f"{where}: the page token {str(token)[:40]!r} came twice or after {_MOST_PAGES:,}"
            " pages; the list would not end",
            code="repeated_page", retryable=True,
        )
    seen.add(str(token))
