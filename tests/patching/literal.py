"""Small literal rows for tests of the audit."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from fleetkit.fleet import Fleet
from fleetkit.patching import audit

NOW = datetime(2026, 8, 22, tzinfo=UTC)
SHARED = Path(__file__).parents[3] / "shared" / "data"


def shared(name: str) -> Path:
    """A stored payload; the test is skipped where the folder is absent."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the stored payload {name} is not beside the checkout")
    return path


def package(subject: str, name: str, version: str | None, **cells: Any) -> dict[str, Any]:
    """An installed package of Debian 12; a source of the same name unless told otherwise."""
    plain = {"subject_id": subject, "ecosystem": "Debian", "release": "12", "name": name,
             "source_name": name, "version": version, "source_version": version}
    return {**plain, **cells}


def image(image_id: str, **cells: Any) -> dict[str, Any]:
    """An image whose packages were read."""
    return {"image_id": image_id, "ecosystem": "Debian", "release": "13", "observable": True,
            **cells}


def fleet(*packages: dict[str, Any], images: Iterable[dict[str, Any]] = ()) -> Fleet:
    """A fleet of the packages; images without rows are known by their packages only."""
    return Fleet(packages=pd.DataFrame(packages), images=pd.DataFrame(list(images)))


def record(osv_id: str, name: str, *events: dict[str, str], **cells: Any) -> dict[str, Any]:
    """An OSV record about one package of Debian 12."""
    affected = {
        "package": {"ecosystem": cells.pop("ecosystem", "Debian:12"), "name": name},
        "ranges": [{"type": cells.pop("type", "ECOSYSTEM"), "events": list(events)}],
        **cells.pop("affected", {}),
    }
    return {"id": osv_id, "modified": "2026-08-20T00:00:00Z", "affected": [affected], **cells}


def feed(folder: Path, *records: Any) -> Path:
    """A file of records, one per line."""
    path = folder / "feed.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in records), encoding="utf-8")
    return path


def audited(folder: Path, packages: Iterable[dict[str, Any]], *records: Any) -> Fleet:
    """The fleet of the packages, audited with the records."""
    return audit(fleet(*packages), feed(folder, *records), now=NOW)


def statuses(audited_fleet: Fleet) -> list[str]:
    """Statuses of all findings, in order."""
    found: list[str] = audited_fleet.findings["status"].tolist()
    return found


INTRODUCED = {"introduced": "0"}


def fixed(version: str) -> dict[str, str]:
    """A fixed event."""
    return {"fixed": version}
