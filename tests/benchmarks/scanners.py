"""Findings beside a scanner's own results on the same SBOMs, each difference with its reason.

    python -m tests.benchmarks.scanners [folder of stored payloads]

Twice: with the advisories that the scanner had, so that only the matching differs; and with all
feeds of its systems at hand. Reports of Grype are not among the payloads; Trivy's are.
"""

import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

import fleetkit as fk
from fleetkit.fleet import Fleet
from fleetkit.patching.ecosystems import locate
from fleetkit.patching.feeds import read_feeds
from fleetkit.patching.subjects import newest_look
from fleetkit.versions import key
from tests.benchmarks.scans import (
    KNOWLEDGE,
    KNOWN,
    Claim,
    claims,
    documents,
    knowledge,
    learned,
    scanned,
)

SHARED = Path(__file__).parents[3] / "shared" / "data"
FEEDS = ("debian-11-12-13-osv.jsonl.gz", "debian-9-osv.jsonl.gz")
SECDB = ("alpine-secdb-v3.10-main.yaml", "alpine-secdb-v3.11-main.yaml")
UNEXPLAINED = "unexplained"
_FLAWED = ("vulnerable_fix_available", "vulnerable_no_fix")


class Ours(NamedTuple):
    """One finding about one binary package."""

    package: str
    source: str
    installed: str
    record: str
    names: frozenset[str]
    fix: str | None
    unimportant: bool


class Difference(NamedTuple):
    """What one side says and the other does not, and why."""

    report: str
    side: str
    package: str
    installed: str
    flaw: str
    said: str
    reason: str


class Comparison(NamedTuple):
    """One report: how much both say, and all on which they differ."""

    report: str
    packages: int
    claimed: int
    agreed: int
    differences: tuple[Difference, ...]


def compare(shared: Path, *, with_feeds: bool) -> list[Comparison]:
    """All stored reports beside the audit of their packages.

    Args:
        shared: folder of the stored payloads.
        with_feeds: with all feeds of its systems, not only with what the scanner knew.
    """
    known = documents(shared / "sbom")
    reports = [name for name in known if name.startswith("trivy-report-")]
    fleets = {name: scanned(name, known) for name in reports}
    with tempfile.TemporaryDirectory() as folder:
        feeds = [str(knowledge(shared / "osv" / KNOWLEDGE, Path(folder), learned(known)))]
        if with_feeds:
            feeds += [str(shared / "osv" / name) for name in FEEDS]
            feeds += [f"secdb:{shared / 'osv' / name}" for name in SECDB]
            feeds += [f"debian_tracker:{shared / 'osv' / 'debian-security-tracker.json'}"]
        fleet = sum(fleets.values(), Fleet())
        made = fk.audit(fleet, feeds)
        records = read_feeds(feeds, newest_look(fleet)).intervals
    return [_compared(name, claims(shared / "sbom" / name), fleets[name], made, records)
            for name in reports]


def _compared(
    name: str, theirs: list[Claim], fleet: Fleet, made: Fleet, records: pd.DataFrame
) -> Comparison:
    ours = list(_ours(made, set(fleet.packages["subject_id"])))
    packages = fleet.packages
    agreed, differences = 0, []
    for claim in theirs:
        found = [one for one in ours if _is_same(claim, one)]
        if any(_fixes(claim, one) for one in found):
            agreed += 1
        elif found:
            differences.append(Difference(
                name, "other fix", claim.package, claim.installed, claim.flaw,
                f"{'; '.join(sorted(claim.fixes)) or 'none'} / {found[0].fix or 'none'}",
                _why_other_fix(claim, found)))
        else:
            differences.append(Difference(
                name, "only theirs", claim.package, claim.installed, claim.flaw,
                "; ".join(sorted(claim.fixes)) or "no fix", _why_theirs(claim, packages, records)))
    differences += [
        Difference(name, "only ours", one.package, one.installed, one.record, one.fix or "no fix",
                   _why_ours(one, theirs))
        for one in ours if not any(_is_same(claim, one) for claim in theirs)
    ]
    return Comparison(name, len(packages), len(theirs), agreed, tuple(differences))


def _ours(made: Fleet, subjects: set[str]) -> Iterator[Ours]:
    rows = made.findings[made.findings["subject_id"].isin(subjects)
                         & made.findings["status"].isin(_FLAWED)]
    rows = rows.explode("package_names").astype(object)
    for row in rows.where(rows.notna(), None).to_dict("records"):
        yield Ours(
            row["package_names"], row["source_name"],
            _installed(made, row), row["advisory_id"],
            frozenset([row["advisory_id"], row["group_id"], *_listed(row["aliases"])]),
            row["fixed_version"], row["severity"] == "unimportant")


def _listed(names: Iterable[str] | None) -> list[str]:
    return [] if names is None else [str(name) for name in names]


def _installed(made: Fleet, row: dict) -> str:
    packages = made.packages
    own = packages[packages["subject_id"].eq(row["subject_id"])
                   & packages["name"].eq(row["package_names"])
                   & packages["source_version"].eq(row["source_version"])]
    return str(own["version"].iloc[0])


def _is_same(claim: Claim, one: Ours) -> bool:
    return (claim.package, claim.installed) == (one.package, one.installed) and bool(
        claim.names & one.names)


def _fixes(claim: Claim, one: Ours) -> bool:
    return one.fix in claim.fixes if one.fix else not claim.fixes


def _why_theirs(claim: Claim, packages: pd.DataFrame, records: pd.DataFrame) -> str:
    """Why the audit does not say what the scanner says."""
    package = packages[packages["name"].eq(claim.package)
                       & packages["version"].eq(claim.installed)].iloc[0]
    names = zip(records["osv_id"], records["group_id"], records["aliases"], strict=True)
    about = records[[not claim.names.isdisjoint([osv_id, group, *_listed(others)])
                     for osv_id, group, others in names]]
    if about.empty:
        return f"no advisory at hand: theirs is of {claim.data_source}"
    release = "" if pd.isna(package["release"]) else package["release"]
    place = locate(f"{package['ecosystem']}:{release}")
    here = about[about["ecosystem"].eq(place.ecosystem)
                 & (about["release"].isna() | about["release"].eq(place.release))]
    if here.empty:
        return f"no advisory of {package['ecosystem']} {release} at hand"
    spoken = here[here["package"].isin([package["name"], package["source_name"]])]
    if spoken.empty:
        named = ", ".join(sorted(here["package"].unique()))
        return (f"no SBOM names its source package; the advisory is about {named}"
                if pd.isna(package["source_name"]) else UNEXPLAINED)
    if spoken["channel"].notna().all():
        return "the fix is for enrolled machines"
    mine = key(package["ecosystem"], claim.installed)
    if mine is None or spoken["lo"].isna().all():
        return "not comparable: a version has no key"
    passed = spoken["hi"].map(lambda hi: pd.notna(hi) and hi <= mine.hex())
    return "another feed: fixed in an earlier build" if passed.any() else UNEXPLAINED


def _why_ours(one: Ours, theirs: list[Claim]) -> str:
    """Why the scanner does not say what the audit says."""
    if one.unimportant:
        return "severity unimportant"
    if not one.record.startswith(KNOWN):
        return "another feed, which the scanner did not have"
    siblings = sorted({
        claim.package for claim in theirs
        if claim.names & one.names and claim.installed == one.installed
        and claim.package == one.source})
    if siblings:
        return f"built from {siblings[0]}, of which their rule takes the package of that name only"
    if one.fix is None and theirs and all(claim.fixes for claim in theirs):
        return "the report leaves out flaws without a fix"
    return UNEXPLAINED


def _why_other_fix(claim: Claim, found: list[Ours]) -> str:
    fixes = {fix.partition(":")[2] or fix for fix in claim.fixes}
    if any(one.fix and (one.fix.partition(":")[2] or one.fix) in fixes for one in found):
        return "epoch: one side leaves it out"
    if not any(one.record.startswith(KNOWN) for one in found):
        return "another feed names another fix"
    return UNEXPLAINED


def main(shared: Path = SHARED) -> None:
    """Print a table of the reports, and one of the differences, for both sets of advisories."""
    titles = {False: "the scanner's own advisories", True: "all feeds of its systems"}
    for with_feeds, title in titles.items():
        found = compare(shared, with_feeds=with_feeds)
        sides = ("only theirs", "only ours", "other fix")
        print(f"\nwith {title}\n{'report':<36}{'packages':>10}{'claims':>8}{'agreed':>8}"
              + "".join(f"{side:>13}" for side in sides))
        for one in found:
            counts = [sum(said.side == side for said in one.differences) for side in sides]
            print(f"{one.report:<36}{one.packages:>10}{one.claimed:>8}{one.agreed:>8}"
                  + "".join(f"{count:>13}" for count in counts))
        for said in (difference for one in found for difference in one.differences):
            report = said.report.removeprefix("trivy-report-").removesuffix(".json")
            print(f"  {report}: {said.side}: {said.package} {said.installed} {said.flaw}"
                  f" ({said.said}): {said.reason}")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
