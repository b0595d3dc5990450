"""Small fleets for tests: what a container of the Docker engine looks like, and one change."""

from typing import Any

from fleetkit.classification import classify
from fleetkit.fleet import Fleet
from fleetkit.tables import IMAGES, LINKS, MOUNTS, PACKAGES, ROLLOUTS, SERVICES, WORKLOADS


def container(workload_id: str, /, **known: Any) -> dict[str, Any]:
    """A running, well-described container without anything special."""
    plain = {
        "workload_id": workload_id, "kind": "container", "name": workload_id, "state": "running",
        "image_ref": "team/thing:1", "image_id": f"image of {workload_id}", "command": "/app/serve",
        "controller_kind": "compose", "controller_name": f"project/{workload_id}",
        "read_only_root": False, "env_names": ["PATH"], "ports": [], "tags": {},
        "source": "docker",
    }
    return plain | known


def fleet(*workloads: dict[str, Any], **tables: list[dict[str, Any]]) -> Fleet:
    """A fleet of rows."""
    declared = {"mounts": MOUNTS, "images": IMAGES, "links": LINKS, "packages": PACKAGES,
                "services": SERVICES, "rollouts": ROLLOUTS}
    frames = {name: declared[name].frame(rows) for name, rows in tables.items()}
    return Fleet(workloads=WORKLOADS.frame(workloads), **frames)


def judged(*workloads: dict[str, Any], **tables: list[dict[str, Any]]) -> Fleet:
    """The same, classified."""
    return classify(fleet(*workloads, **tables))


def label(made: Fleet, workload_id: str) -> Any:
    """The row of labels of a workload."""
    return made.labels.set_index("workload_id").loc[workload_id]


def weights(made: Fleet, workload_id: str) -> dict[tuple[str, str], float]:
    """Weights of the signals that spoke, by signal and axis."""
    own = made.evidence[made.evidence["workload_id"] == workload_id]
    return {(row.signal, row.axis): float(row.weight) for row in own.itertuples()}


def reason(made: Fleet, workload_id: str, signal: str) -> str:
    """What a signal said."""
    own = made.evidence
    return str(own.loc[(own["workload_id"] == workload_id) & (own["signal"] == signal),
                       "reason"].iloc[0])


def volume(
    workload_id: str, target: str, kind: str = "named_volume", **known: Any
) -> dict[str, Any]:
    """A mount."""
    return {"workload_id": workload_id, "kind": kind, "target_path": target,
            "volume_id": "volume", "source": "docker"} | known

