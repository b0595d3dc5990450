"""follow: the trail of one service through all tables, gaps included.

A step that nobody recorded is a row as well: it says what is not known, and what would tell.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import pandas as pd

from fleetkit.errors import UnknownNameError
from fleetkit.fleet import Fleet
from fleetkit.following.drawing import drawn, rows_of, told

_COLUMNS = ("stage", "id", "name", "state", "since", "source", "is_gap", "why")
_CARRIERS = ("vm", "host")  # what runs on these is many services
_ENDS = ("from_id", "to_id", "evidence", "confidence")

Step = dict[str, Any]
Edge = tuple[str, str, str, float]


@dataclass(frozen=True)
class Trail:
    """The way of one service from commit to health.

    Args:
        name: what was followed.
        steps: one row per thing on the way, or per gap (`is_gap`, and `why`), in the order of the
            stages commit, build, image, deployment, instance, service.
        edges: one row per pair of neighbouring steps, with evidence and confidence.
    """

    name: str
    steps: pd.DataFrame
    edges: pd.DataFrame

    @property
    def gaps(self) -> pd.DataFrame:
        """What is not on record, and what would tell."""
        return self.steps[self.steps["is_gap"]].reset_index(drop=True)

    def __repr__(self) -> str:
        return told(self.name, self.steps)

    def _repr_html_(self) -> str:
        return drawn(self.name, self.steps, self.edges)


def follow(fleet: Fleet, name: str) -> Trail:
    """One service from commit and build over image, deployment and instance to its health.

    Args:
        fleet: call `unify` before, so that an image that a scheduler names by one digest and a
            registry by another is one.
        name: of a service, a controller (also the last part of it, as "web" of "shop/web") or a
            workload.

    Raises:
        UnknownNameError: nothing is called so; the message lists what is.

    Examples:
        >>> import pandas as pd
        >>> fleet = Fleet(workloads=pd.DataFrame({"workload_id": ["a"], "name": ["web"]}))
        >>> follow(fleet, "web").steps["stage"].unique().tolist()
        ['commit', 'build', 'image', 'deployment', 'instance', 'service']
    """
    services = _called(fleet.services, ["service_name"], name)
    rollouts = _called(fleet.rollouts, ["controller_name"], name)
    workloads = _called(fleet.workloads, ["controller_name", "name"], name)
    if services.empty and rollouts.empty and workloads.empty:
        raise UnknownNameError("service, controller or workload", name, _near(fleet, name))
    homes = _homes(fleet, services)
    workloads = _with_those(fleet, workloads, homes, rollouts)
    if services.empty:
        inner = workloads.loc[~workloads["kind"].isin(_CARRIERS), "workload_id"]
        services = fleet.services[fleet.services["workload_id"].isin(inner)]
        homes = _homes(fleet, services)
    images = _images(fleet, workloads, rollouts)
    builds = fleet.builds[fleet.builds["image_id"].isin(images["image_id"])]
    parts = {
        "commit": _commits(builds, images), "build": _builds(builds, images),
        "image": _image_steps(images, workloads),
        "deployment": _deployments(rollouts, workloads), "instance": _instances(workloads),
        "service": _services(services, workloads),
    }
    found = [{**step, "stage": stage} for stage, part in parts.items() for step in part]
    steps = pd.DataFrame(found, columns=list(_COLUMNS))
    steps["is_gap"] = steps["is_gap"].fillna(False).astype(bool)
    ids = set(steps["id"])
    edges = [edge for edge in _edges(builds, images, rollouts, workloads, homes)
             if edge[0] in ids and edge[1] in ids]
    joined = pd.DataFrame(edges, columns=list(_ENDS)).drop_duplicates(["from_id", "to_id"])
    return Trail(name, steps, joined.reset_index(drop=True))


def _called(frame: pd.DataFrame, columns: Iterable[str], name: str) -> pd.DataFrame:
    """Rows of that name: whole, or the last part of it where the whole names nothing."""
    whole = name.lower()
    for column in columns:
        texts = frame[column].str.lower()
        for hit in (texts == whole, texts.str.strip("/").str.split("/").str[-1] == whole):
            found = frame[hit.fillna(False).astype(bool)]
            if len(found):
                return found
    return frame.iloc[:0]


def _near(fleet: Fleet, name: str) -> list[str]:
    known = pd.concat([
        fleet.services["service_name"], fleet.rollouts["controller_name"],
        fleet.workloads["controller_name"], fleet.workloads["name"],
    ]).dropna().unique().tolist()
    return get_close_matches(name, known, n=5, cutoff=0.3) or sorted(known)[:5]


def _homes(fleet: Fleet, services: pd.DataFrame) -> pd.DataFrame:
    """Edges from workloads to the services in them: a container rather than the node below it."""
    runs = fleet.links[fleet.links["relation"] == "runs_on"]
    known = runs["to_id"].isin(fleet.workloads["workload_id"])
    inner = runs[runs["from_id"].isin(services["service_id"]) & known].rename(
        columns={"from_id": "to_id", "to_id": "from_id"})
    outer = services[~services["service_id"].isin(inner["to_id"])].rename(
        columns={"workload_id": "from_id", "service_id": "to_id"})
    told = outer.assign(evidence="instance of the service", confidence=1.0)
    return pd.concat([inner[list(_ENDS)], told[list(_ENDS)]]).dropna(subset=["from_id"])


def _with_those(
    fleet: Fleet, workloads: pd.DataFrame, homes: pd.DataFrame, rollouts: pd.DataFrame
) -> pd.DataFrame:
    """The workloads of that name, with those that the services and controllers of it run in."""
    wanted = fleet.workloads["workload_id"].isin(homes["from_id"])
    wanted |= (
        fleet.workloads["controller_name"].isin(rollouts["controller_name"].dropna()).fillna(False)
    )
    return pd.concat([workloads, fleet.workloads[wanted]]).drop_duplicates("workload_id")


def _images(fleet: Fleet, workloads: pd.DataFrame, rollouts: pd.DataFrame) -> pd.DataFrame:
    asked = pd.concat([workloads["image_id"], rollouts["image_id"]]).dropna()
    same = fleet.links[fleet.links["relation"] == "same_as"]
    home = dict(zip(same["from_id"], same["to_id"], strict=True))
    return fleet.images[fleet.images["image_id"].isin([*asked, *asked.map(home).dropna()])]


def _commits(builds: pd.DataFrame, images: pd.DataFrame) -> Iterator[Step]:
    known = pd.concat([builds["revision"], images["revision"]]).dropna().unique()
    for revision in known:
        yield {"id": f"commit|{revision}", "name": revision}
    if not len(known):
        yield _gap("commit", "no build or image of it names the commit that it was made from",
                   "label images with org.opencontainers.image.revision")


def _builds(builds: pd.DataFrame, images: pd.DataFrame) -> Iterator[Step]:
    for row in rows_of(builds):
        yield _step(row["build_id"], _first(row["name"], row["builder"]), row,
                    since=_first(row["finished_at"], row["started_at"]))
    unbuilt = images[~images["image_id"].isin(builds["image_id"]) & images["build_id"].isna()]
    for row in rows_of(unbuilt):
        yield _gap("build", f"no build of {_first(row['name'], row['image_id'])} is on record",
                   "load Packer manifests, or provenance from its registry",
                   f"gap|build|{row['image_id']}")
    if images.empty and builds.empty:
        yield _gap("build", "without an image no build can be found")


def _image_steps(images: pd.DataFrame, workloads: pd.DataFrame) -> Iterator[Step]:
    for row in rows_of(images):
        state = "known by name only" if row["is_stub"] is True else None
        yield _step(row["image_id"], _first(row["name"], row["image_id"]), row, state,
                    row["created_at"])
    if images.empty:
        asked = sorted(workloads["image_ref"].dropna().unique())
        said = f": {', '.join(asked[:3])}" if asked else ""
        yield _gap("image", f"the image that it runs was not loaded{said}",
                   "load its registry, engine or cloud")


def _deployments(rollouts: pd.DataFrame, workloads: pd.DataFrame) -> Iterator[Step]:
    for row in rows_of(rollouts):
        name = _first(row["version"], row["controller_name"])
        yield _step(_version_id(row), name, row, row["status"], row["started_at"])
    if rollouts.empty:
        names = workloads["controller_name"].dropna().unique()
        said = f"of {', '.join(sorted(names)[:3])} no version is on record" if len(names) else (
            "nothing is known to deploy it")
        yield _gap("deployment", said, "load its scheduler")


def _instances(workloads: pd.DataFrame) -> Iterator[Step]:
    for row in rows_of(workloads):
        state = _first(row["health"], row["state"])
        yield _step(row["workload_id"], row["name"], row, state, row["started_at"])
    if workloads.empty:
        yield _gap("instance", "no workload of it is on record", "load what runs it")


def _services(services: pd.DataFrame, workloads: pd.DataFrame) -> Iterator[Step]:
    for row in rows_of(services):
        port = "" if pd.isna(row["port"]) else f":{row['port']}"
        name = f"{row['service_name']} {_first(row['address'], '')}{port}".strip()
        yield _step(row["service_id"], name, row, _first(row["health"], "unknown"))
    if services.empty:
        checked = workloads["health"].notna().any()
        yield _gap("service", "no service registry knows it" + (
            "; its workloads check themselves" if checked else ""), "load consul or kubernetes")


def _edges(
    builds: pd.DataFrame, images: pd.DataFrame, rollouts: pd.DataFrame, workloads: pd.DataFrame,
    homes: pd.DataFrame,
) -> Iterator[Edge]:
    """Neighbouring steps; a step that is missing is bridged by its gap, where there is one."""
    for row in rows_of(builds):
        yield f"commit|{row['revision']}", row["build_id"], "revision of the build", 1.0
        yield row["build_id"], row["image_id"], "record of the build", 1.0
    for row in rows_of(images):
        gap = f"gap|build|{row['image_id']}"
        yield f"commit|{row['revision']}", gap, "revision of the image", 0.9
        yield gap, row["image_id"], "not on record", 0.0
    versions = {
        (row["controller_name"], row["version"]): _version_id(row)
        for row in rows_of(rollouts)
    }
    for row in rows_of(rollouts):
        yield str(row["image_id"]), _version_id(row), "image that the version asks for", 1.0
    for row in rows_of(workloads):
        deployed = versions.get((row["controller_name"], row["revision"]), "gap|deployment")
        yield str(row["image_id"]), deployed, "image that runs", 1.0
        yield deployed, row["workload_id"], "revision of the workload", 1.0
    for row in rows_of(homes):
        yield row["from_id"], row["to_id"], row["evidence"], row["confidence"]
    for row in rows_of(workloads):
        yield row["workload_id"], "gap|service", "not on record", 0.0


def _step(identity: str, name: Any, row: Step, state: Any = None, since: Any = None) -> Step:
    return {"id": identity, "name": _first(name, identity), "state": state, "since": since,
            "source": row["source"], "is_gap": False}


def _gap(stage: str, why: str, hint: str = "", identity: str | None = None) -> Step:
    return {"stage": stage, "id": identity or f"gap|{stage}", "name": "not on record",
            "is_gap": True, "why": f"{why}; {hint}" if hint else why}


def _version_id(row: dict[str, Any]) -> str:
    return f"{row['controller_id']}|{row['version']}"


def _first(*cells: Any) -> Any:
    """The first that is known."""
    return next((cell for cell in cells if cell is not None and not pd.isna(cell)), None)
