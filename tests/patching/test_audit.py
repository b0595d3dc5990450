from datetime import UTC, datetime

import pandas as pd
import pytest

from fleetkit.errors import LoadError, MissingTableError
from fleetkit.fleet import Fleet
from fleetkit.patching import audit
from tests.patching.literal import (
    INTRODUCED,
    NOW,
    audited,
    feed,
    fixed,
    fleet,
    image,
    package,
    record,
    shared,
    statuses,
)

OLD = package("old", "openssl", "3.0.9-1")
NEW = package("new", "openssl", "3.0.15-1")
CVE = record("CVE-1", "openssl", INTRODUCED, fixed("3.0.10-1"))


def flaws(made):
    found = made.findings
    return found[found["evidence"] == "advisory"].reset_index(drop=True)


def level(made, subject):
    (row,) = made.patch_levels[made.patch_levels["subject_id"] == subject].to_dict("records")
    return row


def test_the_build_below_the_fix_is_the_only_one_found(tmp_path):
    assert flaws(audited(tmp_path, [OLD, NEW], CVE))["subject_id"].tolist() == ["old"]


def test_a_finding_says_what_is_installed_and_where_the_fix_is(tmp_path):
    (why,) = flaws(audited(tmp_path, [OLD], CVE))["why"]
    assert why == "openssl 3.0.9-1 is installed; CVE-1 is fixed in 3.0.10-1"


def test_binary_packages_of_one_source_are_one_finding(tmp_path):
    parts = [package("a", name, "3.0.9-1", source_name="openssl")
             for name in ("openssl", "libssl3")]
    (names,) = flaws(audited(tmp_path, parts, CVE))["package_names"]
    assert list(names) == ["libssl3", "openssl"]


def test_two_records_about_one_package_are_two_findings(tmp_path):
    other = record("CVE-2", "openssl", INTRODUCED)
    assert flaws(audited(tmp_path, [OLD], CVE, other))["status"].tolist() == [
        "vulnerable_fix_available", "vulnerable_no_fix",
    ]


def test_the_source_version_is_compared_not_that_of_the_binary(tmp_path):
    built = package("a", "libssl3", "9:1.0", source_name="openssl", source_version="3.0.9-1")
    assert len(flaws(audited(tmp_path, [built], CVE))) == 1


def test_a_package_without_source_is_its_own(tmp_path):
    bare = package("a", "openssl", "3.0.9-1", source_name=None, source_version=None)
    assert len(flaws(audited(tmp_path, [bare], CVE))) == 1


def test_another_release_is_not_judged_by_the_record(tmp_path):
    assert len(flaws(audited(tmp_path, [{**OLD, "release": "11"}], CVE))) == 0


def test_the_fix_of_the_same_release_is_named(tmp_path):
    eleven = record("CVE-1", "openssl", INTRODUCED, fixed("1.1.1w-1"), ecosystem="Debian:11")
    both = {**CVE, "affected": CVE["affected"] + eleven["affected"]}
    assert flaws(audited(tmp_path, [OLD], both))["fixed_version"].tolist() == ["3.0.10-1"]


def test_what_is_fixed_is_no_finding_but_a_level(tmp_path):
    made = audited(tmp_path, [NEW], CVE)
    assert (len(flaws(made)), level(made, "new")["status"]) == (0, "fixed")


def test_a_package_that_no_record_names_is_current(tmp_path):
    made = audited(tmp_path, [package("a", "zlib", "1.3-1")], CVE)
    assert level(made, "a")["status"] == "current"


def test_a_record_that_says_not_affected_is_heard(tmp_path):
    made = audited(tmp_path, [OLD], record("CVE-1", "openssl", INTRODUCED, fixed("0")))
    assert level(made, "old")["status"] == "not_affected"


def test_a_release_without_any_record_has_no_feed(tmp_path):
    made = audited(tmp_path, [{**OLD, "release": "11"}], CVE)
    assert (statuses(made)[-1], level(made, "old")["status"]) == ("no_feed", "no_feed")


def test_without_advisories_nothing_is_called_current():
    made = audit(fleet(OLD), now=NOW)
    assert level(made, "old")["status"] == "no_feed"


def test_a_feed_of_another_distribution_is_a_problem(tmp_path):
    made = audited(tmp_path, [OLD], record("CVE-1", "a", INTRODUCED, ecosystem="Alpine:v3.20"))
    assert "foreign_feed" in made.problems["code"].tolist()


def test_a_version_that_no_rule_orders_is_uncomparable(tmp_path):
    made = audited(tmp_path, [{**OLD, "source_version": "no version"}], CVE)
    assert (flaws(made)["status"].tolist(), level(made, "old")["status"]) == (
        ["uncomparable"], "uncomparable")


def test_versions_without_order_are_counted(tmp_path):
    made = audited(tmp_path, [{**OLD, "source_version": "no version"}], CVE)
    assert "uncomparable" in made.problems["code"].tolist()


def test_an_image_that_cannot_be_seen_is_never_clean():
    made = audit(fleet(images=[image("scratch", observable=False)]), now=NOW)
    assert statuses(made) == ["unobservable"]


def test_an_image_that_nobody_looked_into_is_never_clean():
    made = audit(fleet(images=[image("stub", observable=None)]), now=NOW)
    assert statuses(made) == ["unobservable"]


def test_a_machine_without_packages_is_never_clean():
    machines = pd.DataFrame([{"workload_id": "vm-1", "kind": "vm"}])
    assert statuses(audit(Fleet(workloads=machines), now=NOW)) == ["unobservable"]


def test_a_container_stands_behind_its_image():
    running = pd.DataFrame([{"workload_id": "c", "kind": "container", "image_id": "old"}])
    made = audit(Fleet(workloads=running, images=pd.DataFrame([image("old")]),
                       packages=pd.DataFrame([OLD])), now=NOW)
    assert made.findings["subject_id"].unique().tolist() == ["old"]


def test_a_container_of_an_unknown_image_is_never_clean():
    running = pd.DataFrame([{"workload_id": "c", "kind": "container", "image_id": "gone"}])
    assert statuses(audit(Fleet(workloads=running), now=NOW)) == ["unobservable"]


def test_who_runs_an_older_build_than_the_fleet_is_behind():
    made = audit(fleet(OLD, NEW), now=NOW)
    late = made.findings[made.findings["status"] == "behind_fleet"]
    assert late[["subject_id", "fixed_version"]].to_numpy().tolist() == [["old", "3.0.15-1"]]


def test_builds_behind_counts_distinct_newer_builds():
    middle = [package(name, "openssl", "3.0.11-1") for name in ("b", "c")]
    made = audit(fleet(OLD, NEW, *middle), now=NOW)
    assert level(made, "old")["builds_behind"] == 2


def test_builds_of_another_release_do_not_count():
    made = audit(fleet(OLD, {**NEW, "release": "13"}), now=NOW)
    assert level(made, "old")["builds_behind"] == 0


def test_versions_are_compared_by_the_rules_of_the_ecosystem():
    made = audit(fleet(package("a", "x", "1.9-1"), package("b", "x", "1.10-1~rc1"),
                       package("c", "x", "1.10-1")), now=NOW)
    assert made.patch_levels["builds_behind"].tolist() == [2, 1, 0]


def test_an_end_of_life_outweighs_a_clean_level(tmp_path):
    eight = package("a", "zlib", "1.3-1", release="8")
    made = audit(fleet(eight), feed(tmp_path, record("CVE-1", "b", INTRODUCED,
                                                     ecosystem="Debian:8")), now=NOW)
    assert level(made, "a")["status"] == "end_of_life"


def test_the_operating_system_is_known_by_its_packages():
    made = audit(fleet({**OLD, "release": "8"}), now=NOW)
    assert "end_of_life" in statuses(made)


def test_an_unimportant_flaw_is_listed_but_does_not_count(tmp_path):
    said = {"ecosystem_specific": {"urgency": "unimportant"}}
    made = audited(tmp_path, [OLD], record("CVE-1", "openssl", INTRODUCED, affected=said))
    assert flaws(made)["severity"].tolist() == ["unimportant"]
    assert level(made, "old")["open_findings"] == 0


def test_a_bug_fix_is_no_flaw(tmp_path):
    made = audited(tmp_path, [OLD], {**CVE, "id": "ALBA-2026:1"})
    assert len(flaws(made)) == 0


def test_a_fix_for_enrolled_machines_is_not_promised(tmp_path):
    row = record("UBUNTU-CVE-1", "openssl", INTRODUCED, fixed("9"),
                 ecosystem="Ubuntu:Pro:22.04:LTS")
    ubuntu = {**OLD, "ecosystem": "Ubuntu", "release": "22.04:LTS"}
    made = audited(tmp_path, [ubuntu], row)
    assert flaws(made)["status"].tolist() == ["vulnerable_no_fix"]
    assert "enrolment_unknown" in made.problems["code"].tolist()


def test_ubuntu_packages_meet_their_records(tmp_path):
    row = record("UBUNTU-CVE-1", "openssl", INTRODUCED, fixed("9"), ecosystem="Ubuntu:22.04:LTS")
    ubuntu = {**OLD, "ecosystem": "Ubuntu", "release": "22.04"}
    assert len(flaws(audited(tmp_path, [ubuntu], row))) == 1


def test_a_record_without_release_is_about_all(tmp_path):
    row = record("CVE-1", "openssl", INTRODUCED, fixed("9"), ecosystem="Debian")
    assert len(flaws(audited(tmp_path, [OLD], row))) == 1


def test_names_of_python_packages_are_compared_in_one_spelling(tmp_path):
    row = record("PYSEC-1", "zope-interface", INTRODUCED, fixed("9"), ecosystem="PyPI")
    python = package("a", "Zope.Interface", "5.0", ecosystem="PyPI", release=None)
    assert len(flaws(audited(tmp_path, [python], row))) == 1


def test_almalinux_records_are_about_binary_packages(tmp_path):
    row = record("ALSA-1", "perl-libs", INTRODUCED, fixed("4:5.26.3-420.el8"),
                 ecosystem="AlmaLinux:8")
    perl = {"ecosystem": "AlmaLinux", "release": "8", "source_name": "perl"}
    made = audited(tmp_path, [
        package("a", "perl-libs", "4:5.26.3-419.el8", source_version="5.26.3-419.el8", **perl),
        package("b", "perl-Errno", "1.28-419.el8", source_version="5.26.3-419.el8", **perl),
    ], row)
    assert flaws(made)[["subject_id", "source_name"]].to_numpy().tolist() == [["a", "perl"]]


def test_another_stream_of_a_module_is_not_affected(tmp_path):
    row = record("RLSA-1", "ruby", INTRODUCED, fixed("3.3.1-2.module+el9"),
                 ecosystem="Rocky Linux:9", summary="Moderate: ruby:3.3 security update")
    rocky = {"ecosystem": "Rocky Linux", "release": "9"}
    made = audited(tmp_path, [
        package("a", "ruby", "3.1.0-1.module+el9", module="ruby:3.1:9010:ab", **rocky),
        package("b", "ruby", "3.3.0-1.module+el9", module="ruby:3.3:9040:cd", **rocky),
        package("c", "ruby", "3.0.4-160.el9", **rocky),
    ], row)
    assert flaws(made)["subject_id"].tolist() == ["b"]


def test_the_fix_of_a_level_ends_all_findings(tmp_path):
    later = record("CVE-2", "openssl", INTRODUCED, fixed("3.0.12-1"))
    made = audited(tmp_path, [OLD], later, CVE)
    assert (level(made, "old")["fixed_version"], level(made, "old")["open_findings"]) == (
        "3.0.12-1", 2)


def test_the_order_of_rows_does_not_matter(tmp_path):
    rows = [OLD, NEW, package("old", "zlib", "1.2-1"), package("new", "zlib", "1.3-1")]
    one, two = audited(tmp_path, rows, CVE), audited(tmp_path, rows[::-1], CVE)
    pd.testing.assert_frame_equal(one.findings, two.findings)
    pd.testing.assert_frame_equal(one.patch_levels, two.patch_levels)


def test_findings_have_no_key_twice(tmp_path):
    made = audited(tmp_path, [OLD, NEW, package("old", "openssl", "3.0.8-1")], CVE, CVE)
    key = ["subject_id", "ecosystem", "release", "source_name", "source_version", "status",
           "advisory_id"]
    assert not made.findings.duplicated(key).any()


def test_packages_without_name_are_counted(tmp_path):
    made = audited(tmp_path, [OLD, {"subject_id": "a", "version": "1"}], CVE)
    assert "nameless_package" in made.problems["code"].tolist()


def test_an_empty_fleet_gives_empty_tables():
    made = audit(Fleet(), now=NOW)
    assert (len(made.findings), len(made.patch_levels)) == (0, 0)


def test_a_fleet_that_was_not_audited_says_what_to_call():
    with pytest.raises(MissingTableError, match="audit"):
        _ = Fleet().findings


def test_the_moment_is_that_of_the_last_look():
    seen = image("a", release="12", observed_at=datetime(2029, 1, 1, tzinfo=UTC))
    made = audit(fleet(OLD, images=[seen]))
    assert made.findings.query("subject_id == 'a' and status == 'end_of_life'")[
        "severity"].tolist() == ["ended"]


def test_advisories_that_do_not_exist_are_an_error(tmp_path):
    with pytest.raises(LoadError):
        audit(fleet(OLD), tmp_path / "absent")


def test_hostile_names_stay_text(tmp_path):
    evil = "<script>alert(1)</script>"
    made = audited(tmp_path, [package(evil, evil, "1.0-1")],
                   record(evil, evil, INTRODUCED, fixed("2.0-1")))
    assert flaws(made)["advisory_id"].tolist() == [evil]


def test_the_unpatched_openssl_of_debian_12_is_found():
    twins = [package(name, "libssl3", version, source_name="openssl")
             for name, version in (("unpatched", "3.0.9-1"), ("patched", "3.0.19-1~deb12u2"))]
    made = audit(fleet(*twins), shared("osv/debian-11-12-13-osv.jsonl.gz"), now=NOW)
    assert set(flaws(made)["subject_id"]) == {"unpatched"}


def test_the_unpatched_openssl_has_the_flaws_that_later_builds_fixed():
    old = package("a", "libssl3", "3.0.14-1~deb12u1", source_name="openssl")
    made = audit(fleet(old), shared("osv/debian-11-12-13-osv.jsonl.gz"), now=NOW)
    assert {"CVE-2024-5535", "CVE-2024-6119"} <= set(flaws(made)["group_id"])


def test_debian_9_records_without_fix_say_so():
    nginx = package("a", "tar", "1.29b-1.1", release="9")
    made = audit(fleet(nginx), shared("osv/debian-9-osv.jsonl.gz"), now=NOW)
    assert "vulnerable_no_fix" in flaws(made)["status"].tolist()
