"""The records that findings stand on keep their file, line, times and range; no other is kept."""

from fleetkit.patching import audit
from tests.patching.literal import INTRODUCED, NOW, audited, feed, fixed, fleet, package, record


def test_a_finding_leads_to_file_and_line_of_its_record(tmp_path):
    made = audited(
        tmp_path, [package("a", "openssl", "1.0")],
        record("CVE-1", "curl", INTRODUCED, fixed("2.0")),
        record("CVE-2", "openssl", INTRODUCED, fixed("2.0"), published="2026-01-02T00:00:00Z"))
    row = made.advisories.iloc[0]
    assert row["where"].endswith("feed.jsonl, line 2")
    assert [row["advisory_id"]] == made.findings["advisory_id"].dropna().tolist() == ["CVE-2"]
    assert str(row["published"].date()) == "2026-01-02"


def test_records_that_hit_nothing_are_not_kept(tmp_path):
    made = audited(
        tmp_path, [package("a", "openssl", "3.0")],
        record("CVE-1", "openssl", INTRODUCED, fixed("2.0")),
        record("CVE-2", "curl", INTRODUCED, fixed("2.0")))
    assert made.advisories.empty


def test_of_several_stretches_the_one_that_holds_the_version_is_kept(tmp_path):
    made = audited(
        tmp_path, [package("a", "openssl", "3.1")],
        record("CVE-1", "openssl", INTRODUCED, fixed("2.0"), {"introduced": "3.0"}, fixed("3.2")))
    assert made.advisories[["introduced", "fixed_version", "hi_kind"]].values.tolist() == [
        ["3.0", "3.2", "fixed"]]


def test_a_record_about_many_machines_is_one_row(tmp_path):
    made = audited(tmp_path, [package(name, "openssl", "1.0") for name in "abc"],
                   record("CVE-1", "openssl", INTRODUCED, fixed("2.0")))
    assert (made.findings["advisory_id"].count(), len(made.advisories)) == (3, 1)


def test_a_key_names_one_row(tmp_path):
    made = audited(
        tmp_path, [package("a", "openssl", "1.0"), package("b", "openssl", "3.1")],
        record("CVE-1", "openssl", INTRODUCED, fixed("2.0"), {"introduced": "3.0"}, fixed("3.2")))
    assert len(made.advisories) == 2
    assert not made.advisories.duplicated(["advisory_id", "introduced"]).any()


def test_without_advisories_there_is_no_record():
    assert audit(fleet(package("a", "openssl", "1.0")), now=NOW).advisories.empty


def test_a_second_audit_replaces_the_records_of_the_first(tmp_path):
    made = audited(tmp_path, [package("a", "openssl", "1.0")],
                   record("CVE-1", "openssl", INTRODUCED, fixed("2.0")))
    path = feed(tmp_path, record("CVE-2", "openssl", INTRODUCED, fixed("2.0")))
    assert audit(made, path, now=NOW).advisories["advisory_id"].tolist() == ["CVE-2"]
