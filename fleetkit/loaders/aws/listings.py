"""What is listed: which call, under which key it answers, what kind of record an entry is.

The key tells the same of a file, for the AWS CLI prints answers as they come.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fleetkit.loaders.aws.calls import pages, record
from fleetkit.plugins import Call, Item, Problem

if TYPE_CHECKING:
    from fleetkit.loaders.aws.accounts import Region

_SHOWN = 200


@dataclass(frozen=True)
class Listing:
    """A call that lists things.

    Args:
        kind: of the records.
        service: as boto3 names it.
        operation: as boto3 names it.
        key: of the answer, under which the entries are.
        identity: field of an entry that tells it from all others.
        page_size: most entries per page; None for what the service does by itself.
        arguments: of the call.
    """

    kind: str
    service: str
    operation: str
    key: str
    identity: str
    page_size: int | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)


def read_listing(region: "Region", listing: Listing, **arguments: Any) -> Iterator[Item]:
    """Records of all that a call lists, each once."""
    answered = pages(
        region, listing.service, listing.operation, listing.key, listing.page_size,
        **{**listing.arguments, **arguments},
    )
    yield from once(answered, listing)


def calls_for(
    region: "Region", note: str, reader: Callable[["Region"], Iterator[Item]]
) -> Iterator[Call]:
    """Makes sure that a note of another resource is there; reads it anew where it is not.

    It is absent after a failure, and where `retry` reads a resource without those before it.
    """
    if note not in region.seen:
        yield from (item for item in reader(region) if isinstance(item, Call))


def once(entries: Iterable[Any], listing: Listing) -> Iterator[Item]:
    """Records of entries; one that comes twice, or has no id, is a problem. Calls pass."""
    met: set[str] = set()
    for entry in entries:
        if isinstance(entry, Call):
            yield entry
        elif not isinstance(entry, Mapping) or not isinstance(entry.get(listing.identity), str):
            yield unreadable(listing.kind, entry, listing.identity)
        elif entry[listing.identity] in met:
            yield _repeated(listing.kind, entry[listing.identity])
        else:
            met.add(entry[listing.identity])
            yield record(listing.kind, entry)


def unreadable(kind: str, entry: Any, missing: str) -> Problem:
    """An entry that is no record: it has no id, or is no object at all."""
    names = f": {', '.join(sorted(map(str, entry)))}" if isinstance(entry, Mapping) else ""
    return Problem(
        code="unreadable_record", message=f"an entry of a list has no {missing}",
        detail=f"expected a {kind} with {missing}, found {type(entry).__name__}{names[:_SHOWN]}",
        hint="was the file edited, or printed with --query? print it without",
        phase="parse", severity="error",
    )


def _repeated(kind: str, identity: str) -> Problem:
    return Problem(
        code="duplicate_id", message=f"a {kind.replace('_', ' ')} came twice in one list",
        subject_id=identity[:_SHOWN], detail="the first one is kept", severity="info",
    )
