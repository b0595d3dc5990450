"""What is asked of a region: lists, and each node, job and CSI volume once; GET only."""

from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote

from fleetkit.errors import ReadError
from fleetkit.fields import Fields
from fleetkit.loaders.nomad.allocations import allocation_records, deployment_records, is_over
from fleetkit.loaders.nomad.nodes import node_records
from fleetkit.loaders.nomad.recipes import job_records
from fleetkit.loaders.nomad.saved import left_out
from fleetkit.loaders.nomad.sessions import Place, Region, misshapen
from fleetkit.loaders.nomad.stubs import stub_records
from fleetkit.loaders.nomad.values import namespace_of
from fleetkit.loaders.nomad.volumes import volume_records
from fleetkit.plugins import Call, Item, Problem, Record
from fleetkit.plugins.making import nameless

RESOURCES: dict[str, tuple[str, ...]] = {
    "nodes": (), "jobs": (), "allocations": ("jobs",), "deployments": (), "volumes": (),
    "versions": ("jobs", "allocations", "deployments"),
}
_MOST_MOVING = 500

_COUNTED = ("CurrentReaders", "CurrentWriters")

Found = Iterator[Item]
Maker = Callable[[Fields], Iterator[Record | Problem]]


def read(region: Region, resource: str) -> Found:
    """The raw records of one resource, secrets taken out.

    Raises:
        ReadError: a call failed.
    """
    yield from _READERS[resource](region)


def _nodes(region: Region) -> Found:
    listed: list[Fields] = []
    yield from _gathered(region, "/v1/nodes", {}, listed)
    asked = {f"/v1/node/{_path(node)}": node for node in listed}
    yield from _described(region, asked, node_records, node_records, ("Address",))


def _jobs(region: Region) -> Found:
    """Each job; of those that a parent started only the ones that are not over."""
    listed: list[Fields] = []
    yield from _gathered(region, "/v1/jobs", {"namespace": region.namespace}, listed)
    region.versions = {_place(stub): stub.whole("Version") for stub in listed}
    over = [stub for stub in listed if "ParentID" in stub and stub.text("ParentID")
            and stub.text("Status") == "dead"]
    for stub in over:
        yield from stub_records(stub)
    done = set(map(_place, over))
    asked = {f"/v1/job/{_path(stub)}?{_within(stub)}": stub for stub in listed
             if _place(stub) not in done}
    for item in _described(region, asked, job_records, stub_records):
        if isinstance(item, Record) and item.kind == "job" and "Version" in item.content:
            region.versions[item.content["Namespace"], item.content["Id"]] = int(
                item.content["Version"])
        yield item
    region.known = True
    if over:
        yield Problem(
            code="completed_jobs", message="started jobs that are over have no rows",
            detail=f"{len(over):,} jobs", severity="info", phase="parse",
            hint="their parents have one each")


def _allocations(region: Region) -> Found:
    over = 0
    options = {"namespace": region.namespace, "resources": "true"}
    for answer in region.pages("/v1/allocations", options):
        yield Call(answer.retries)
        for alloc in Fields({"allocations": answer.body}).parts("allocations"):
            if is_over(alloc) and not region.completed:
                over += 1
                continue
            place = namespace_of(alloc), str(alloc.text("JobID"))
            if alloc.whole("JobVersion") != region.versions.get(place):
                region.moving.add(place)
            yield from allocation_records(alloc)
    region.known = True
    yield from left_out(over)


def _deployments(region: Region) -> Found:
    for answer in region.pages("/v1/deployments", {"namespace": region.namespace}):
        yield Call(answer.retries)
        for deployment in Fields({"deployments": answer.body}).parts("deployments"):
            for item in deployment_records(deployment):
                if not isinstance(item, Problem) and item.content.get("Active"):
                    region.moving.add((namespace_of(deployment), str(deployment.text("JobID"))))
                yield item
    region.known = True


def _volumes(region: Region) -> Found:
    """CSI volumes, each with its size, and host volumes, which Nomad lists since 1.10."""
    listed: list[Fields] = []
    within = {"namespace": region.namespace}
    yield from _gathered(region, "/v1/volumes", {"type": "csi", **within}, listed)
    asked = {f"/v1/volume/csi/{_path(volume)}?{_within(volume)}": volume for volume in listed}
    yield from _described(region, asked, volume_records, volume_records, tuple(_COUNTED))
    hosts: list[Fields] = []
    try:
        yield from _gathered(region, "/v1/volumes", {"type": "host", **within}, hosts)
    except ReadError as error:
        if error.status == "denied" or error.retryable:
            raise
    for volume in hosts:
        if volume.text("Type") == "host" or "NodeID" in volume:
            yield from volume_records(volume)


def _versions(region: Region) -> Found:
    """Of jobs that change, all versions that Nomad keeps."""
    if not region.known:
        raise ReadError(f"{region.endpoint.name}: neither jobs nor deployments were read, so nobody"
                        " knows which jobs change", code="not_asked")
    chosen = sorted(region.moving)
    paths = {
        f"/v1/job/{quote(key, safe='')}/versions?namespace={quote(namespace)}": key
        for namespace, key in chosen[:_MOST_MOVING]
    }
    for path, answer in region.each((path, {}) for path in paths):
        if isinstance(answer, ReadError):
            if answer.code != "not_found":
                raise answer
            yield _gone(paths[path], answer)
            continue
        yield Call(answer.retries)
        held = answer.body.get("Versions") if isinstance(answer.body, dict) else None
        if not isinstance(held, list):
            raise misshapen(region.endpoint.name, path)
        for job in Fields({"versions": held}).parts("versions"):
            yield from job_records(job)
    if len(chosen) > _MOST_MOVING:
        yield Problem(
            code="too_many_deployments", message="more jobs change than are asked for versions",
            detail=f"{len(chosen):,} jobs; the first {_MOST_MOVING} were asked", phase="detail")


def _gathered(
    region: Region, path: str, options: dict[str, str], found: list[Fields]
) -> Iterator[Item]:
    """Puts what all pages of a list hold into `found`; a thing without an id is a problem."""
    for answer in region.pages(path, options):
        yield Call(answer.retries)
        for thing in Fields({"list": answer.body}).parts("list"):
            if "ID" in thing:
                found.append(thing)
            else:
                yield nameless(f"an entry of {path}")


def _described(
    region: Region, asked: Mapping[str, Fields], whole: Maker, short: Maker,
    kept: tuple[str, ...] = (),
) -> Found:
    """Records of whole descriptions; of a thing that has gone meanwhile that of the list.

    Args:
        region: what is asked.
        asked: path of each description, and what the list says of it.
        whole: makes records of a description.
        short: makes records of what the list says.
        kept: fields that only the list has.
    """
    for path, answer in region.each((path, {}) for path in asked):
        stub = asked[path]
        if isinstance(answer, ReadError):
            yield _gone(str(stub.text("ID")), answer)
            yield from short(stub)
        elif not isinstance(answer.body, dict):
            raise misshapen(region.endpoint.name, path)
        else:
            yield Call(answer.retries)
            own = {name: stub.content[name] for name in kept if name in stub}
            yield from whole(Fields({**own, **answer.body}))


def _place(thing: Fields) -> Place:
    return namespace_of(thing), str(thing.text("ID"))


def _path(thing: Fields) -> str:
    return quote(str(thing.text("ID")), safe="")


def _within(thing: Fields) -> str:
    return f"namespace={quote(namespace_of(thing))}"


def _gone(key: str, error: ReadError) -> Problem:
    """A detail that could not be read; other failures than a thing that has gone end the read."""
    if error.code != "not_found":
        raise error
    return Problem(
        code="vanished", message="a thing was removed between list and description",
        subject_id=key[:300], detail=str(error), severity="info",
        hint="nothing to do: load again to see the present state")


_READERS: dict[str, Callable[[Region], Found]] = {
    "nodes": _nodes, "jobs": _jobs, "allocations": _allocations, "deployments": _deployments,
    "volumes": _volumes, "versions": _versions,
}
