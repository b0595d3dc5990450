"""Small histories in literal rows: which image, with which build, ran where and when."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.tables import FINDINGS, PATCH_LEVELS

START = datetime(2026, 1, 1, tzinfo=UTC)
FLAW = "CVE-2026-1"
PUBLISHED = datetime(2025, 12, 20, tzinfo=UTC)


def day(number: float) -> datetime:
    """A moment some days after the start."""
    return START + timedelta(days=number)


def finding(subject: str, flaw: str = FLAW, version: str = "1", **cells: Any) -> dict[str, Any]:
    """A flaw of openssl in Debian 12 with a fix, published before the start."""
    return {"subject_id": subject, "ecosystem": "Debian", "release": "12",
            "source_name": "openssl", "source_version": version, "group_id": flaw,
            "advisory_id": flaw, "status": "vulnerable_fix_available", "due_at": PUBLISHED,
            "evidence": "advisory", **cells}


def level(subject: str, version: str, **cells: Any) -> dict[str, Any]:
    """An openssl of Debian 12."""
    return {"subject_id": subject, "ecosystem": "Debian", "release": "12",
            "source_name": "openssl", "source_version": version, "status": "current", **cells}


def machine(name: str, **cells: Any) -> dict[str, Any]:
    """A machine that nobody would replace."""
    return {"workload_id": name, "kind": "vm", "name": name, "state": "running",
            "source": "aws", "environment": "production", **cells}


def replica(name: str, image: str, controller: str = "web", **cells: Any) -> dict[str, Any]:
    """A container of a Deployment."""
    return {"workload_id": name, "kind": "container", "name": name, "state": "running",
            "source": "kubernetes", "controller_kind": "deployment",
            "controller_name": controller, "image_id": image, **cells}


def audited(
    number: float, workloads: Iterable[dict[str, Any]], findings: Iterable[dict[str, Any]] = (),
    levels: Iterable[dict[str, Any]] = (), **tables: Any,
) -> Fleet:
    """An audited fleet of a day."""
    rows = [{"observed_at": day(number), **row} for row in workloads]
    fleet = Fleet(workloads=pd.DataFrame(rows), **tables)
    return fleet.with_tables(findings=FINDINGS.frame(findings),
                             patch_levels=PATCH_LEVELS.frame(levels))


def of_machine(number: float, version: str | None, *, bad: Iterable[str] = ("1",)) -> Fleet:
    """One machine with a build of openssl; without one nobody knows what it has."""
    if version is None:
        unseen = {"subject_id": "m", "status": "unobservable", "evidence": "observation"}
        return audited(number, [machine("m")], [unseen])
    flaws = [finding("m", version=version)] if version in bad else []
    return audited(number, [machine("m")], flaws, [level("m", version)])


def of_replicas(number: float, *versions: str, bad: Iterable[str] = ("1",)) -> Fleet:
    """A Deployment of replicas, whose images are named by their build of openssl."""
    images = sorted(set(versions))
    return audited(
        number,
        [replica(f"web-{number}-{place}", one) for place, one in enumerate(versions)],
        [finding(one, version=one) for one in images if one in bad],
        [level(one, one) for one in images],
    )
