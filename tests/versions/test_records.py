"""Records of osv.dev list each affected version; whoever orders them as it does finds them all."""

import json
from pathlib import Path

import pytest

from fleetkit.versions import key

RECORDS = Path(__file__).parents[3] / "shared" / "data" / "osv" / "go-npm-fixtures.jsonl"
ECOSYSTEMS = ["Maven", "NuGet", "Packagist", "PyPI"]


@pytest.mark.parametrize("ecosystem", ECOSYSTEMS)
def test_every_version_of_the_records_has_a_key(ecosystem):
    entries = _entries(ecosystem)
    listed = {version for entry in entries for version in entry["versions"]}
    events = {version for entry in entries for event in _events(entry) for version in event[1:]}
    assert len(listed) > 40
    assert [v for v in listed | events - {"0"} if key(ecosystem, v) is None] == []


@pytest.mark.parametrize("ecosystem", ECOSYSTEMS)
def test_every_listed_version_lies_in_a_range_of_its_record(ecosystem):
    outside = [
        version for entry in _entries(ecosystem) for version in entry["versions"]
        if not _is_affected(ecosystem, version, entry)
    ]  # fmt: skip
    assert outside == []


def _entries(ecosystem):
    if not RECORDS.exists():
        pytest.skip(f"{RECORDS.name} is not beside this checkout")
    records = (json.loads(line)["osv"] for line in RECORDS.read_text("utf-8").splitlines())
    affected = (entry for record in records for entry in record.get("affected", []))
    return [
        entry for entry in affected
        if entry["package"]["ecosystem"] == ecosystem and entry.get("versions") and _events(entry)
    ]  # fmt: skip


def _events(entry):
    ranges = [bounds for bounds in entry.get("ranges", []) if bounds["type"] == "ECOSYSTEM"]
    return [next(iter(event.items())) for bounds in ranges for event in bounds["events"]]


def _is_affected(ecosystem, version, entry):
    """By the latest event at or below the version; no range of these records overlaps another.

    Of events at the very version, fixed and introduced count, and sort so; last_affected does not.
    """
    mine = key(ecosystem, version)
    events = [(b"" if at == "0" else key(ecosystem, at), kind) for kind, at in _events(entry)]
    passed = [event for event in events if event < (mine, "last_affected")]
    return max(passed)[1] == "introduced"
