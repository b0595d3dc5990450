"""Findings beside a scanner's own results: each difference has a reason that can be computed."""

import pytest

from tests.benchmarks.scanners import UNEXPLAINED, compare
from tests.benchmarks.scans import claims, documents, scanned
from tests.patching.literal import SHARED, shared


@pytest.fixture(scope="module")
def same():
    """Beside the scanner, with the advisories that it had."""
    shared("sbom")
    shared("osv")
    return compare(SHARED, with_feeds=False)


@pytest.fixture(scope="module")
def more():
    """Beside the scanner, with all feeds at hand."""
    shared("sbom")
    shared("osv")
    return compare(SHARED, with_feeds=True)


def _differences(found):
    return [difference for one in found for difference in one.differences]


def test_with_the_scanners_own_advisories_no_difference_is_unexplained(same):
    assert [said for said in _differences(same) if said.reason == UNEXPLAINED] == []


def test_with_all_feeds_no_difference_is_unexplained(more):
    assert [said for said in _differences(more) if said.reason == UNEXPLAINED] == []


def test_what_the_scanner_had_an_advisory_for_is_found_with_the_same_fix(same):
    """Of its 25 rows two stand on advisories that are not stored, one on an unnamed source."""
    assert sum(one.claimed for one in same) == 25
    assert sum(one.agreed for one in same) == 22
    assert {said.side for said in _differences(same)} == {"only theirs", "only ours"}


def test_more_feeds_lose_no_agreement(same, more):
    assert {one.report: one.agreed for one in same} == {one.report: one.agreed for one in more}


def test_each_report_with_results_is_compared(same):
    stored = {path.name for path in (SHARED / "sbom").glob("trivy-report-*.json")}
    assert {one.report for one in same} == stored
    assert all(one.claimed for one in same)


def test_packages_of_the_same_image_come_from_its_other_sboms():
    shared("sbom")
    known = documents(SHARED / "sbom")
    packages = scanned("trivy-report-debian-buster.json", known).packages
    assert len(packages) == len(known["trivy-packages-debian-buster.json"])
    assert set(packages["ecosystem"]) == {"Debian"}


def test_a_claim_keeps_every_fix_that_the_scanner_names():
    rows = claims(shared("sbom/trivy-report-fluentd-gems.json"))
    assert {"6.0.3.1", "5.2.4.3"} in [set(row.fixes) for row in rows]
