"""The resources of a cloud, by pages; each entry once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fleetkit.errors import ReadError
from fleetkit.loaders.openstack.clouds import Cloud
from fleetkit.loaders.openstack.failures import of_answer
from fleetkit.loaders.openstack.records import KINDS, is_entry, remarks, stranger
from fleetkit.plugins import Call, Item, Problem
from fleetkit.source import parse_json

# Volumes, images and groups are cut to the own project without a word, so what the answer for
# servers was has to be known first.
RESOURCES = {
    "servers": (), "flavors": ("servers",), "images": ("servers",), "volumes": ("servers",),
    "hypervisors": (), "server_groups": ("servers",),
}
_MOST_PAGES = 10_000
_FULL = 100  # a page of that many entries may be followed by another, where no link says so
_OK = 200
_FORBIDDEN = 403


@dataclass(frozen=True)
class Listing:
    """A list call.

    Args:
        service: of the SDK's connection.
        path: behind the service's address; the last word names the entries in the answer.
        kind: of the records.
        microversion: newest form that is understood, of compute.
        everyone: parameter that asks for all projects.
        lists: parameters of each of the lists that belong together.
        by_offset: the answer has no link to the next page.
    """

    service: str
    path: str
    kind: str
    microversion: str | None = None
    everyone: str | None = None
    lists: tuple[Mapping[str, str], ...] = ({},)
    by_offset: bool = False

    @property
    def name(self) -> str:
        """Under which the answer has the entries."""
        return f"{self.kind}s"


_LISTINGS = {
    "servers": Listing("compute", "/servers/detail", "server", "2.96", "all_tenants"),
    "flavors": Listing("compute", "/flavors/detail", "flavor", "2.61",
                       lists=({"is_public": "None"},)),
    "images": Listing("image", "/images", "image", lists=({}, {"os_hidden": "true"})),
    "volumes": Listing("block_storage", "/volumes/detail", "volume", None, "all_tenants"),
    "hypervisors": Listing("compute", "/os-hypervisors/detail", "hypervisor", "2.87"),
    "server_groups": Listing("compute", "/os-server-groups", "server_group", "2.64",
                             "all_projects", by_offset=True),
}
_OWNED = ("servers", "images", "volumes", "server_groups")


def read(cloud: Cloud, resource: str) -> Iterator[Item]:
    """The records of one resource, each once.

    Raises:
        ReadError: the cloud refuses, does not answer, or repeats a page; or it shows those of the
            login's own project only, which are a lower bound of what was asked for.
    """
    listing = _LISTINGS[resource]
    entries = _Entries(cloud, listing)
    yield from entries.read()
    if entries.repeated:
        yield _repeated(resource, entries)
    if cloud.all_projects and cloud.own_only and resource in _OWNED:
        raise ReadError(
            f"{cloud.name}: {resource} of the login's own project only; the cloud does not show"
            " those of other projects to this user", "denied", code="own_project_only",
            hint="use a login whose role may list all projects, or say all_projects=False",
        )


@dataclass
class _Entries:
    """The entries of a listing while it is read.

    Args:
        cloud: what is asked.
        listing: the list call.
        seen: ids of the entries.
        repeated: how many entries came again on a later page.
    """

    cloud: Cloud
    listing: Listing
    seen: set[str] = field(default_factory=set)
    repeated: int = 0

    def read(self) -> Iterator[Item]:
        """The records of all pages of all lists."""
        version = self.listing.microversion
        options = {} if version is None else {"microversion": self.cloud.microversion(version)}
        for wishes in self.listing.lists:
            for page, repeats in self._pages({**self._scope(), **wishes}, options):
                yield Call(repeats)
                yield from self._new(page)

    def _scope(self) -> dict[str, str]:
        everyone = self.listing.everyone
        asked = everyone and self.cloud.all_projects and not self.cloud.own_only
        return {str(everyone): "1"} if asked else {}

    def _pages(
        self, wishes: dict[str, str], options: Mapping[str, Any]
    ) -> Iterator[tuple[list[Any], int]]:
        if self.cloud.page_size:
            wishes["limit"] = str(self.cloud.page_size)
        markers: set[str] = set()
        for _ in range(_MOST_PAGES):
            document, repeats = self._document(wishes, options)
            page = document.get(self.listing.name)
            if not isinstance(page, list):
                raise ReadError(f"{self._what}: the answer has no list {self.listing.name!r}")
            yield page, repeats
            step = self._next(document, page)
            if step is None:
                return
            if step[1] in markers:
                raise ReadError(f"{self._what}: the page behind {step[1]!r} comes again",
                                code="repeated_page")
            markers.add(step[1])
            wishes[step[0]] = step[1]
        raise ReadError(f"{self._what}: more than {_MOST_PAGES:,} pages", code="repeated_page")

    def _next(self, document: Mapping[str, Any], page: list[Any]) -> tuple[str, str] | None:
        """The parameter that asks for the next page, and its value."""
        if self.listing.by_offset:
            is_full = len(page) >= min(_FULL, self.cloud.page_size or _FULL)
            return ("offset", str(len(self.seen) + self.repeated)) if is_full else None
        marker = _marker(document, self.listing.name)
        return None if marker is None else ("marker", marker)

    def _document(
        self, wishes: dict[str, str], options: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], int]:
        listing, cloud = self.listing, self.cloud
        answer, repeats = cloud.get(listing.service, listing.path, params=wishes, **options)
        if answer.status_code == _FORBIDDEN and listing.everyone in wishes:
            cloud.own_only = True
            del wishes[str(listing.everyone)]
            return self._document(wishes, options)
        if answer.status_code != _OK:
            raise of_answer(self._what, answer.status_code, answer.text)
        document = parse_json(answer.content, self._what)
        return (document if isinstance(document, Mapping) else {}), repeats

    def _new(self, page: list[Any]) -> Iterator[Item]:
        """Records of the entries that no earlier page had."""
        for entry in page:
            if not is_entry(entry):
                yield stranger(self.listing.kind)
                continue
            identity = str(entry["id"])
            if identity in self.seen:
                self.repeated += 1
                continue
            self.seen.add(identity)
            record = KINDS[self.listing.kind](entry)
            yield record
            yield from remarks(record)

    @property
    def _what(self) -> str:
        return f"{self.cloud.name}: the list of {self.listing.name}"


def _marker(document: Mapping[str, Any], name: str) -> str | None:
    """What the link to the next page says; only that, for its host may be one behind a proxy."""
    links = document.get(f"{name}_links")
    link = document.get("next") or next(
        (one.get("href") for one in links or () if one.get("rel") == "next"), None)
    found = parse_qs(urlsplit(str(link)).query).get("marker") if link else None
    return found[0] if found else None


def _repeated(resource: str, entries: _Entries) -> Problem:
    return Problem(
        code="duplicate_id", message="entries came on more than one page, and count once",
        severity="info", phase="list",
        detail=f"{entries.repeated:,} of {len(entries.seen) + entries.repeated:,} {resource}",
    )
