"""Changelogs as a feed: what newer builds say that they mended is what older builds have."""

import pandas as pd
import pytest

from fleetkit.fleet import Fleet
from fleetkit.patching import audit
from tests.patching.literal import INTRODUCED, NOW, feed, fixed, image, package, record

OLD, NEW, NEWEST = "3.0.11-1~deb12u1", "3.0.11-1~deb12u2", "3.0.11-1~deb12u3"
FLAW, OTHER = "CVE-2023-5678", "CVE-2023-6129"


def entry(version, flaw=FLAW, *, build=NEWEST, says="fixed", **cells):
    """What the changelog of a build of openssl says at a version."""
    plain = {"ecosystem": "Debian", "release": "12", "source_name": "openssl",
             "source_version": build, "version": version, "flaw": flaw, "says": says,
             "line": f"{flaw} (says {says})", "changed_at": "2026-08-01T00:00:00Z"}
    return {**plain, **cells}


def fleet(*entries, builds=(OLD, NEWEST), **cells):
    """Images a, b, … with one build of openssl each, and the entries."""
    packages = [
        package(chr(ord("a") + place), "libssl3", build, source_name="openssl", **cells)
        for place, build in enumerate(builds)
    ]
    return Fleet(
        packages=pd.DataFrame(packages), changelogs=pd.DataFrame(entries),
        images=pd.DataFrame([image(row["subject_id"], name=f"shop/{row['subject_id']}")
                             for row in packages]),
    )


def flaws(made):
    """Subject, flaw and status of what changelogs found."""
    found = made.findings[made.findings["evidence"] == "changelog"]
    return list(found[["subject_id", "advisory_id", "status"]].itertuples(index=False, name=None))


def audited(*entries, **cells):
    return audit(fleet(*entries, **cells), now=NOW)


OPEN = ("a", FLAW, "vulnerable_fix_available")


def test_an_older_build_has_the_flaw_that_a_newer_one_names():
    assert flaws(audited(entry(NEW))) == [OPEN]


def test_a_build_at_the_version_of_the_entry_has_it_no_more():
    assert flaws(audited(entry(NEW), builds=(NEW, NEWEST))) == []


def test_the_finding_quotes_the_line_and_who_says_it():
    (row,) = audited(entry(NEW)).findings.query("evidence == 'changelog'").to_dict("records")
    assert row["why"] == (
        f"openssl {OLD} is installed; the changelog of openssl {NEWEST}, seen in shop/b, says at"
        f" {NEW}: '{FLAW} (says fixed)'"
    )


def test_the_fix_is_known_and_the_beginning_is_not():
    (row,) = audited(entry(NEW)).findings.query("evidence == 'changelog'").to_dict("records")
    assert row["fixed_version"] == NEW
    assert pd.isna(row["introduced"])


def test_the_finding_is_dated_by_the_entry():
    (row,) = audited(entry(NEW)).findings.query("evidence == 'changelog'").to_dict("records")
    assert row["due_at"] == pd.Timestamp("2026-08-01", tz="UTC")


def test_an_entry_without_a_moment_leaves_the_finding_undated():
    (row,) = audited(entry(NEW, changed_at=None)).findings.query(
        "evidence == 'changelog'").to_dict("records")
    assert pd.isna(row["due_at"])


def test_the_record_behind_the_finding_is_the_changelog():
    (row,) = audited(entry(NEW)).advisories.to_dict("records")
    assert (row["advisory_id"], row["where"]) == (FLAW, f"the changelog of openssl {NEWEST}")


def test_of_several_entries_the_lowest_fix_counts():
    made = audited(entry(NEW), entry(NEWEST), builds=(OLD, NEW, NEWEST))
    assert flaws(made) == [OPEN]


def test_a_fix_that_was_not_enough_does_not_count():
    made = audited(entry(NEW), entry(NEWEST, says="completed"), builds=(OLD, NEW, NEWEST))
    assert flaws(made) == [OPEN, ("b", FLAW, "vulnerable_fix_available")]


def test_a_fix_that_was_taken_back_is_no_fix_from_there_on():
    made = audited(entry(NEW), entry(NEWEST, says="undone"), builds=(OLD, NEW, NEWEST))
    assert flaws(made) == [OPEN, ("c", FLAW, "vulnerable_no_fix")]


def test_a_line_that_only_names_a_flaw_finds_nothing():
    assert flaws(audited(entry(NEW, says="aside"))) == []


def test_a_line_that_says_nothing_known_finds_nothing():
    assert flaws(audited(entry(NEW, says=None))) == []


def test_other_releases_are_not_spoken_of():
    packages = fleet(entry(NEW, release="11"))
    assert flaws(audit(packages, now=NOW)) == []


def test_other_packages_are_not_spoken_of():
    assert flaws(audited(entry(NEW, source_name="openssh"))) == []


def test_a_backport_takes_over_the_entries_of_the_newer_version_it_was_made_from():
    made = audited(entry("3.1.0-1", build=NEW), builds=(OLD, NEW))
    assert flaws(made) == [OPEN]
    assert made.findings.query("evidence == 'changelog'")["fixed_version"].tolist() == [NEW]


def test_a_changelog_needs_no_image_that_has_its_build():
    made = audited(entry(NEW, build="3.0.12-1"), builds=(OLD,))
    (row,) = made.findings.query("evidence == 'changelog'").to_dict("records")
    assert "the changelog of openssl 3.0.12-1, says at" in row["why"]


def test_the_word_of_a_feed_counts_more(tmp_path):
    said = record("DSA-1", "openssl", INTRODUCED, fixed("1.0-1"), upstream=[FLAW])
    assert flaws(audit(fleet(entry(NEW)), feed(tmp_path, said), now=NOW)) == []


def test_a_feed_that_speaks_of_another_flaw_leaves_the_changelog_its_word(tmp_path):
    said = record("DSA-1", "openssl", INTRODUCED, fixed("1.0-1"), upstream=[OTHER])
    assert flaws(audit(fleet(entry(NEW)), feed(tmp_path, said), now=NOW)) == [OPEN]


def test_a_feed_that_speaks_of_another_package_leaves_the_changelog_its_word(tmp_path):
    said = record("DSA-1", "nodejs", INTRODUCED, fixed("1.0-1"), upstream=[FLAW])
    assert flaws(audit(fleet(entry(NEW)), feed(tmp_path, said), now=NOW)) == [OPEN]


def test_a_newest_build_is_not_proved_clean():
    made = audited(entry(NEW))
    levels = made.patch_levels.set_index("subject_id")["status"]
    assert (levels["a"], levels["b"]) == ("vulnerable_fix_available", "no_feed")
    assert "no_feed" in made.findings.query("subject_id == 'b'")["status"].tolist()


def test_an_entry_that_no_rule_orders_is_counted():
    made = audited(entry("not a version"))
    assert "1 entries, as not a version" in made.problems.query(
        "code == 'uncomparable'")["detail"].iloc[0]


def test_names_of_binary_packages_are_asked_where_records_name_those():
    made = audited(entry("1:3.0.7-25", ecosystem="Red Hat", release="9", build="1:3.0.7-25.el9_3"),
                   builds=("1:3.0.7-24.el9", "1:3.0.7-25.el9_3"), ecosystem="Red Hat", release="9")
    assert flaws(made) == [OPEN]


def test_a_binary_package_with_a_version_of_its_own_is_left_alone():
    made = audited(entry("1:3.0.7-25", ecosystem="Red Hat", release="9", build="1:3.0.7-25.el9_3"),
                   builds=("1.2-1",), ecosystem="Red Hat", release="9",
                   source_version="1:3.0.7-24.el9")
    assert flaws(made) == []


def test_packages_of_ones_own_need_no_feed():
    builds = ("1.4.0", "1.4.1")
    own = [package(f"i{version}", "shop-api", version) for version in builds]
    said = entry("1.4.1", source_name="shop-api", build="1.4.1")
    made = audit(Fleet(packages=pd.DataFrame(own), changelogs=pd.DataFrame([said])), now=NOW)
    assert flaws(made) == [("i1.4.0", FLAW, "vulnerable_fix_available")]


def test_a_signed_kernel_is_held_to_the_version_that_was_signed():
    builds = ("6.1.52+1", "6.1.55+1")
    packages = [package(f"i{build}", "linux-image-6.1-amd64", build,
                        source_name="linux-signed-amd64") for build in builds]
    said = entry("6.1.55+1", source_name="linux-signed-amd64", build="6.1.55+1")
    made = audit(Fleet(packages=pd.DataFrame(packages), changelogs=pd.DataFrame([said])), now=NOW)
    assert flaws(made) == [("i6.1.52+1", FLAW, "vulnerable_fix_available")]


@pytest.mark.parametrize("feeds", [None, "feed"])
def test_the_order_of_the_entries_does_not_matter(feeds, tmp_path):
    given = [entry(NEW), entry(NEWEST, OTHER), entry(NEW, OTHER, says="completed")]
    said = feed(tmp_path, record("DSA-1", "bash", INTRODUCED, fixed("5.2"))) if feeds else None
    one, two = (audit(fleet(*order), said, now=NOW) for order in (given, given[::-1]))
    pd.testing.assert_frame_equal(one.findings, two.findings)
