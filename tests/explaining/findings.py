"""Audited fleets with one finding of each kind, and the facts that a card shows."""

import pandas as pd

from fleetkit.explaining import explain
from fleetkit.fleet import Fleet
from fleetkit.patching import audit
from tests.patching.literal import INTRODUCED, NOW, feed, fixed, image, package, record

WEB, BASE = "sha256:" + "a" * 64, "sha256:" + "b" * 64
OLD, NEW = "3.0.11-1~deb12u1", "3.0.11-1~deb12u2"


def installed(subject, version, name="libssl3", source="openssl", **cells):
    return package(subject, name, version, source_name=source, arch="amd64",
                   path="var/lib/dpkg/status", purl=f"pkg:deb/debian/{name}@{version}", **cells)


def openssl(**cells):
    return record(
        "DEBIAN-CVE-2023-5678", "openssl", INTRODUCED, fixed(NEW), upstream=["CVE-2023-5678"],
        published="2023-11-06T16:15:42Z",
        severity=[{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L"}],
        **cells)


def web(*more, name="web:1", **frames):
    """An image of three layers on a base, with an old openssl of its own; others have a newer."""
    packages = [installed(WEB, OLD, first_layer=1, current_layer=1),
                installed(WEB, "5.2.15-2", "bash", "bash", first_layer=0, current_layer=0),
                installed(BASE, "5.2.15-2", "bash", "bash", first_layer=0, current_layer=0), *more]
    images = [image(WEB, name=name, release="12"), image(BASE, name="debian:12", release="12")]
    layers = [{"image_id": WEB, "position": place, "diff_id": f"sha256:{place}{'c' * 63}",
               "command": ("ADD rootfs", "RUN apt-get install openssl", "COPY app /app")[place]}
              for place in range(3)]
    workloads = [{"workload_id": "w1", "name": "web-1", "kind": "container", "image_id": WEB}]
    frames = {"packages": packages, "images": images, "layers": layers, "workloads": workloads,
              **frames}
    made = Fleet(**{name: pd.DataFrame(rows) for name, rows in frames.items()})
    return made.with_tables(lineage=pd.DataFrame([{
        "child_id": WEB, "parent_id": BASE, "relation": "derived_from", "confidence": 1.0,
        "is_inferred": False}]))


def audited_web(folder, *records, more=(), **cells):
    return audit(web(*more, **cells), feed(folder, *(records or (openssl(),))), now=NOW)


def one(fleet, subject=WEB, **cells):
    """The explanation of the one finding of the subject that has the cells."""
    rows = fleet.findings[fleet.findings["subject_id"].eq(subject)]
    for name, cell in cells.items():
        rows = rows[rows[name].eq(cell).fillna(value=False)]
    return explain(fleet, rows)


def fact(explanation, section, what):
    """All values of one fact of one section."""
    facts = explanation.facts
    kept = facts["section"].eq(section) & facts["fact"].eq(what)
    return "; ".join(facts.loc[kept, "value"])
