"""Reports of a scanner, the packages that it saw, and what it knew, as a feed that `audit` reads.

The scanner is Trivy: its stored reports have results with the SBOM. Of what it knew there are the
advisories of its own tests; those that the reports need are all in them, as the comparison shows.
"""

import json
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

import fleetkit as fk
from fleetkit.fleet import Fleet
from fleetkit.progress import silent
from fleetkit.versions import scheme

KNOWLEDGE = "trivy-db-distro-advisories.json"
KNOWN = "TRIVY-DB-"
"""Before the ids of what the scanner knew, so that other feeds' records stand beside them."""
_BUCKETS = {
    "alma": "AlmaLinux", "alpine": "Alpine", "amazon linux": "Amazon Linux",
    "cbl-mariner": "Azure Linux", "debian": "Debian", "opensuse leap": "openSUSE:Leap",
    "oracle linux": "Oracle Linux", "photon os": "Photon OS", "rocky": "Rocky Linux",
    "suse linux enterprise": "SUSE", "ubuntu": "Ubuntu",
}
_SPELLED = {"Alpine": "v{}", "Ubuntu": "{}:LTS"}
_STATES = {5: "wont-fix", 7: "end-of-life"}  # trivy-db: pkg/types/status.go
_NAMES_SOURCES = ("Rocky Linux",)  # ecosystems whose OSV records name sources, and Trivy's binaries
_RED_HAT = re.compile(r"\.el(\d+)")


class Claim(NamedTuple):
    """One row of the scanner's results."""

    package: str
    installed: str
    flaw: str
    names: frozenset[str]
    fixes: frozenset[str]
    data_source: str


def claims(path: Path) -> list[Claim]:
    """What the scanner found: package, version and flaw, with the versions that end it."""
    report = json.loads(path.read_bytes())
    return [
        Claim(
            row["PkgName"], row["InstalledVersion"], row["VulnerabilityID"],
            frozenset([row["VulnerabilityID"], *row.get("VendorIDs", ())]),
            frozenset(re.split(r",\s*", row["FixedVersion"])) if row.get("FixedVersion")
            else frozenset(),
            row.get("DataSource", {}).get("ID", "redhat"),
        )
        for result in report["Results"] for row in result.get("Vulnerabilities", ())
    ]


@cache
def documents(folder: Path) -> dict[str, pd.DataFrame]:
    """The packages of every SBOM of the folder, by file name."""
    found = {}
    for path in sorted(folder.iterdir()):
        rows = fk.load("sbom", path, progress=silent).packages
        found[path.name] = rows.assign(rule=rows["ecosystem"].map(_rule))
    return found


def scanned(name: str, known: dict[str, pd.DataFrame]) -> Fleet:
    """The image of a report: its packages, and those that another SBOM of the image lists.

    A report names only packages with findings, and no sources. Another SBOM is of the same image if
    it has its digest, or is the package list of that name; it must hold what the report holds.
    """
    own = known[name]
    alike = [
        rows for other, rows in known.items() if other != name and _is_of(rows, own) and (
            other == name.replace("-report-", "-packages-")
            or set(rows["subject_id"]) == set(own["subject_id"]))
    ]
    listed = pd.concat([own, *(_placed(rows, own) for rows in alike)], ignore_index=True)
    listed = listed.sort_values("source_name").drop_duplicates(
        ["ecosystem", "name", "version"], ignore_index=True)
    sources = learned(known)
    pairs = zip(listed["rule"], listed["name"], strict=True)
    learnt = pd.Series([sources.get(pair) for pair in pairs], dtype=own["name"].dtype)
    filled = listed.assign(
        source_name=listed["source_name"].fillna(learnt),
        source_version=listed["source_version"].fillna(listed["version"]),
    )
    return Fleet(packages=filled.drop(columns="rule"))


def learned(known: dict[str, pd.DataFrame]) -> dict[tuple[str, str], str]:
    """Source packages by rule and binary package, where all SBOMs that name one agree."""
    rows = pd.concat(known.values(), ignore_index=True).dropna(subset=["rule", "source_name"])
    rows = rows.drop_duplicates(["rule", "name", "source_name"])
    sure = rows[~rows.duplicated(["rule", "name"], keep=False)]
    return sure.set_index(["rule", "name"])["source_name"].to_dict()


def knowledge(path: Path, folder: Path, sources: dict[tuple[str, str], str]) -> Path:
    """What the scanner knew, as a file of OSV records, one per advisory."""
    about = defaultdict(list)
    upstream = defaultdict(set)
    for row in json.loads(path.read_bytes()):
        value = row["value"] or {}
        for entry in value.get("Entries") or [value]:
            about[row["id"]].extend(
                _affected(place, row["package"], entry, sources)
                for place in _places(row["distro_bucket"], entry)
            )
            upstream[row["id"]].update(cve["ID"] for cve in entry.get("Cves", ()) if "ID" in cve)
        upstream[row["id"]].update(value.get("VendorIDs", ()))
    target = folder / "known-to-the-scanner.jsonl"
    target.write_text("".join(
        json.dumps({"id": f"{KNOWN}{name}", "modified": "2021-08-25T00:00:00Z",
                    "affected": affected, "upstream": sorted({name, *upstream[name]})}) + "\n"
        for name, affected in about.items()), encoding="utf-8")
    return target


def _places(bucket: str, entry: dict) -> list[str]:
    """Ecosystems that a bucket is about; Red Hat's records are held to CentOS too."""
    if bucket == "Red Hat":
        found = _RED_HAT.search(entry.get("FixedVersion", ""))
        release = f":{found[1]}" if found else ""
        return [f"Red Hat{release}", f"CentOS{release}"]
    name, _, release = bucket.rpartition(" ")
    ecosystem = _BUCKETS.get(name.lower(), bucket)
    return [f"{ecosystem}:{_SPELLED.get(ecosystem, '{}').format(release)}"]


def _affected(place: str, package: str, entry: dict, sources: dict) -> dict:
    ecosystem = place.partition(":")[0]
    if ecosystem in _NAMES_SOURCES:
        package = sources.get((_rule(ecosystem), package), package)
    fix = entry.get("FixedVersion")
    events = [{"introduced": "0"}, *([{"fixed": fix}] if fix else [])]
    return {
        "package": {"ecosystem": place, "name": package},
        "ranges": [{"type": "ECOSYSTEM", "events": events}],
        "ecosystem_specific": {"fix_state": _STATES.get(entry.get("Status"))},
    }


def _rule(ecosystem: str) -> str | None:
    return None if pd.isna(ecosystem) else scheme(ecosystem)


def _is_of(rows: pd.DataFrame, own: pd.DataFrame) -> bool:
    """Whether the rows are of the image of the report, and not fewer than the report's."""
    system = own[own["rule"].isin(["dpkg", "rpm", "apk"])]
    return bool(len(system)) and _pairs(system) <= _pairs(rows)


def _pairs(rows: pd.DataFrame) -> set[tuple[str, str, str]]:
    return set(rows[["rule", "name", "version"]].itertuples(index=False, name=None))


def _placed(rows: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """The rows as they are of the report's image and system."""
    system = own[own["rule"].isin(["dpkg", "rpm", "apk"])].iloc[0]
    unplaced = rows["release"].isna() & rows["rule"].eq(system["rule"]).fillna(value=False)
    return rows.assign(
        subject_id=system["subject_id"],
        ecosystem=rows["ecosystem"].mask(unplaced, system["ecosystem"]),
        release=rows["release"].mask(unplaced, system["release"]),
    )
