"""Small fleets of machines that several sources know."""

import pandas as pd

from fleetkit import Fleet

SEEN = "2026-11-01T12:00:00Z"
UUID = "42013c4c-9c9b-3cf1-8a43-1cb1b1d5e8a2"
TURNED = "4c3c0142-9b9c-f13c-8a43-1cb1b1d5e8a2"
DIGEST, CONTENT = "sha256:" + "d" * 64, "sha256:" + "c" * 64


def machine(source, native="1", kind="vm", **cells):
    """A workload of a source."""
    return {"workload_id": f"{source}||{kind}|{native}", "native_id": native, "kind": kind,
            "source": source, "origin": "live", "state": "running", "observed_at": SEEN, **cells}


def fleet_of(*workloads, images=(), links=()):
    """A fleet of these rows."""
    return Fleet(workloads=pd.DataFrame(list(workloads)), images=pd.DataFrame(list(images)),
                 links=pd.DataFrame(list(links)))


def merges(fleet):
    """Pairs that were merged, with their evidence."""
    links = fleet.links[fleet.links["relation"] == "same_as"]
    return sorted(zip(links["from_id"], links["to_id"], links["evidence"], strict=True))
