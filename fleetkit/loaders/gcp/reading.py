"""What is asked of a project: lists only, all zones in one, with GET."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import quote

from fleetkit.errors import ReadError
from fleetkit.loaders.gcp.answers import Entry, entries, remarks, unreachable
from fleetkit.loaders.gcp.records import records
from fleetkit.loaders.gcp.sessions import Project
from fleetkit.plugins import Call, Item, Problem

RESOURCES: dict[str, tuple[str, ...]] = {
    "instances": (),
    "disks": (),
    "groups": (),
    "snapshots": (),
    "machine_types": ("instances",),
    "images": ("disks",),
}
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,80}")
_TYPE = re.compile(r"/zones/([^/]+)/machineTypes/([^/]+)")
_IMAGE = re.compile(r"/projects/([^/]+)/global/images/([^/]+)")
_NAMES_IN_CALL = 40
_MOST_PROJECTS = 100


def read(project: Project, resource: str) -> Iterator[Item]:
    """The raw records of one resource, secrets taken out.

    Raises:
        ReadError: a call failed, or some zones did not answer (what the others gave is kept).
    """
    yield from _READERS[resource](project)


def _instances(project: Project) -> Iterator[Item]:
    used: dict[str, set[str]] = {}

    def note(entry: Mapping[str, Any]) -> None:
        if found := _TYPE.search(str(entry.get("machineType"))):
            used.setdefault(found[1], set()).add(found[2])

    for item in _listed(project, f"{project.name}/aggregated/instances", note=note):
        project.types = used
        yield item


def _disks(project: Project) -> Iterator[Item]:
    return _listed(project, f"{project.name}/aggregated/disks", note=_image_noter(project))


def _groups(project: Project) -> Iterator[Item]:
    return _listed(project, f"{project.name}/aggregated/instanceGroupManagers")


def _snapshots(project: Project) -> Iterator[Item]:
    return _listed(project, f"{project.name}/global/snapshots")


def _machine_types(project: Project) -> Iterator[Item]:
    """Types that are in use: their facts are the same in all zones, so few zones are asked."""
    if project.types is None:
        raise ReadError(f"{project.name}: the instances were not read, so nobody knows which"
                        " machine types are in use", code="not_asked")
    for zone, names in sorted(_fewest_zones(project.types).items()):
        path = f"{project.name}/zones/{quote(zone, safe='')}/machineTypes"
        for chosen in _portions(names):
            yield from _listed(project, path, {"filter": _any_of(chosen)})


def _fewest_zones(used: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Zones that together have all types in use, and the types that each is asked for."""
    open_names = {zone: set(filter(_is_listed, names)) for zone, names in used.items()}
    asked: dict[str, set[str]] = {}
    while any(open_names.values()):
        zone = max(sorted(open_names), key=lambda each: len(open_names[each]))
        asked[zone] = open_names[zone]
        open_names = {each: names - asked[zone] for each, names in open_names.items()}
    return asked


def _is_listed(name: str) -> bool:
    """Whether lists name a type; custom types say themselves what they are."""
    return bool(_NAME.fullmatch(name)) and "custom-" not in name


def _images(project: Project) -> Iterator[Item]:
    """The project's own images, and those of other projects that its disks were made from."""
    yield from _listed(project, f"{project.name}/global/images", note=_image_noter(project))
    others: dict[str, set[str]] = {}
    for owner, name in sorted(project.images):
        if owner != project.name and _NAME.fullmatch(name):
            others.setdefault(owner, set()).add(name)
    if len(others) > _MOST_PROJECTS:
        yield _too_many(len(others))
    for owner, names in list(others.items())[:_MOST_PROJECTS]:
        yield from _foreign_images(project, owner, names)


def _foreign_images(project: Project, owner: str, names: set[str]) -> Iterator[Item]:
    """Images of another project; one that may not be seen leaves them known by name only."""
    path = f"{quote(owner, safe=':')}/global/images"
    try:
        for chosen in _portions(names):
            yield from _listed(project, path, {"filter": _any_of(chosen)})
    except ReadError as error:
        if error.status != "denied" and error.code != "not_found":
            raise
        yield Problem(
            code=error.code or "access_denied",
            message="images of another project cannot be seen",
            subject_id=f"projects/{owner}", detail=str(error), severity="info",
            hint=f"grant compute.images.list in {owner}; until then they are known by name only",
        )


def _image_noter(project: Project) -> Callable[[Mapping[str, Any]], None]:
    def note(entry: Mapping[str, Any]) -> None:
        if found := _IMAGE.search(str(entry.get("sourceImage"))):
            project.images.add((found[1], found[2]))

    return note


def _listed(
    project: Project,
    path: str,
    options: Mapping[str, str] | None = None,
    *,
    note: Callable[[Mapping[str, Any]], None] | None = None,
) -> Iterator[Item]:
    """Records of all pages of a list; ends with an error where zones did not answer."""
    silent: set[str] = set()
    for body, retries in project.pages(path, options):
        yield Call(retries)
        found = list(entries(body, lambda place: _is_wanted(project, place)))
        yield from records(_noted(found, note))
        yield from remarks(body)
        silent |= unreachable(body, lambda place: _is_wanted(project, place))
    if silent:
        raise ReadError(
            f"{path}: {len(silent)} places did not answer: {', '.join(sorted(silent)[:20])}",
            code="unreachable", retryable=True,
            hint="load again; Google's status page tells of zones that are down",
        )


def _noted(
    found: Iterable[Entry], note: Callable[[Mapping[str, Any]], None] | None
) -> Iterator[Entry]:
    for kind, entry in found:
        if note is not None and isinstance(entry, Mapping):
            note(entry)
        yield kind, entry


def _is_wanted(project: Project, place: str) -> bool:
    """Whether a place, as zones/europe-west1-b, was asked for; what is in none always is."""
    form, _, name = place.rpartition("/")
    if not (project.zones or project.regions) or form not in ("zones", "regions"):
        return True
    region = name.rpartition("-")[0] if form == "zones" else name
    by_region = any(fnmatchcase(region, pattern) for pattern in project.regions)
    if form == "zones":
        return by_region or any(fnmatchcase(name, pattern) for pattern in project.zones)
    # a regional group or disk is in several zones; it belongs to each of them
    return by_region or any(fnmatchcase(f"{name}-{letter}", pattern)
                            for pattern in project.zones for letter in "abcdef")


def _portions(names: set[str]) -> Iterator[list[str]]:
    listed = sorted(names)
    for start in range(0, len(listed), _NAMES_IN_CALL):
        yield listed[start:start + _NAMES_IN_CALL]


def _any_of(names: list[str]) -> str:
    return " OR ".join(f'(name = "{name}")' for name in names)


def _too_many(count: int) -> Problem:
    return Problem(
        code="too_many_projects",
        message="disks were made from images of more projects than are asked",
        detail=f"{count:,} projects; the first {_MOST_PROJECTS} were asked",
        hint="the images of the others are known by name only",
    )


_READERS: dict[str, Callable[[Project], Iterator[Item]]] = {
    "instances": _instances, "disks": _disks, "groups": _groups, "snapshots": _snapshots,
    "machine_types": _machine_types, "images": _images,
}
