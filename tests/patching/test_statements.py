import json

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleetkit.patching import audit
from tests.patching.judgements import (
    DEBIAN,
    DIGEST,
    component,
    csaf,
    holding,
    leaf,
    openvex,
    statement,
)
from tests.patching.literal import INTRODUCED, NOW, feed, fixed, fleet, image, package, record

ONE = record("DEBIAN-CVE-2026-1", "openssl", INTRODUCED, fixed("3.0.10-1"), upstream=["CVE-2026-1"])
SEVERAL = record("DSA-1-1", "openssl", INTRODUCED, fixed("3.0.10-1"),
                 upstream=["CVE-2026-1", "CVE-2026-2"])
ALMA = record("ALSA-1", "httpd", INTRODUCED, fixed("9"), ecosystem="AlmaLinux:9",
              upstream=["CVE-2026-1"])
IMAGE = image(DIGEST, tags=["reg.example/web:1"], arch="amd64",
              digests=["reg.example/web@sha256:" + "b" * 64])
PACKAGES = [package(DIGEST, "openssl", "3.0.9-1"), package("vm", "openssl", "3.0.9-1")]
BINARIES = [package("vm", name, "3.0.9-1", source_name="openssl")
            for name in ("openssl", "libssl3")]
WHOLE = ["not_affected", "not_affected"]
STAYS = ["vulnerable_fix_available", "vulnerable_fix_available"]
IN_IMAGE = ["not_affected", "vulnerable_fix_available"]


def judged(folder, *statements, packages=PACKAGES, records=(ONE,), images=(IMAGE,), paths=()):
    given = [f"vex:{path}" for path in (openvex(folder, *statements), *paths)]
    return audit(fleet(*packages, images=images), [feed(folder, *records), *given], now=NOW)


def flaws(made):
    found = made.findings[made.findings["advisory_id"].notna()]
    return found.sort_values("subject_id", kind="stable", ignore_index=True)


def statuses(*given, **cells):
    return flaws(judged(*given, **cells))["status"].tolist()


def problems(made, code):
    return made.problems.loc[made.problems["code"] == code, "detail"].tolist()


def levels(made):
    return made.patch_levels.set_index("subject_id")


def alma(*binaries, version="2"):
    return [package("vm", name, version, ecosystem="AlmaLinux", release="9", source_name="httpd")
            for name in binaries]


def test_a_finding_that_is_not_affected_stays_as_a_row(tmp_path):
    (row,) = flaws(judged(tmp_path, statement("not_affected", DEBIAN),
                          packages=PACKAGES[1:])).to_dict("records")
    assert (row["status"], row["evidence"]) == ("not_affected", "vex")


def test_the_reason_is_told_after_the_finding(tmp_path):
    said = statement("not_affected", DEBIAN, justification="vulnerable_code_not_present",
                     impact_statement="built without it")
    (why,) = flaws(judged(tmp_path, said, packages=PACKAGES[1:]))["why"]
    assert why == ("openssl 3.0.9-1 is installed; DEBIAN-CVE-2026-1 is fixed in 3.0.10-1;"
                   " Team A says not affected: vulnerable_code_not_present: built without it")


@pytest.mark.parametrize("status", ["not_affected", "fixed"])
def test_a_judged_finding_counts_no_longer(tmp_path, status):
    level = levels(judged(tmp_path, statement(status, DEBIAN))).loc["vm"]
    assert (level["open_findings"], level["status"]) == (0, status)
    assert level["fixed_version"] is pd.NA


def test_one_open_finding_beside_a_judged_one_is_the_worst(tmp_path):
    other = record("CVE-2026-9", "openssl", INTRODUCED)
    level = levels(judged(tmp_path, statement("fixed", DEBIAN), records=[ONE, other])).loc["vm"]
    assert (level["open_findings"], level["status"]) == (1, "vulnerable_no_fix")


def test_a_judged_build_that_is_behind_is_still_behind(tmp_path):
    newer = package("new", "openssl", "3.0.15-1")
    made = judged(tmp_path, statement("not_affected", DEBIAN), packages=[*PACKAGES, newer])
    assert levels(made).loc["vm", "status"] == "behind_fleet"


@pytest.mark.parametrize(("status", "words"), [
    ("affected", "Team A says affected: update"),
    ("under_investigation", "Team A says under investigation: update"),
])
def test_other_words_keep_the_status_and_are_told(tmp_path, status, words):
    said = statement(status, DEBIAN, action_statement="update")
    made = flaws(judged(tmp_path, said))
    assert made["status"].tolist() == STAYS
    assert made["evidence"].tolist() == ["advisory"] * 2
    assert made["why"].str.endswith(words).all()


@pytest.mark.parametrize("flaw", [
    "CVE-2026-1", "cve-2026-1", "DEBIAN-CVE-2026-1", {"name": "X-1", "aliases": ["CVE-2026-1"]},
], ids=str)
def test_a_flaw_is_known_by_any_of_its_names(tmp_path, flaw):
    assert statuses(tmp_path, statement("not_affected", DEBIAN, flaw=flaw)) == WHOLE


@pytest.mark.parametrize(("product", "found"), [
    (DEBIAN, WHOLE),
    (f"{DEBIAN}@3.0.9-1", WHOLE),
    (f"{DEBIAN}@3.0.9-1?arch=source&distro=debian-12", WHOLE),
    (f"{DEBIAN}@3.0.9-1%2Bb2?arch=amd64&distro=bookworm", WHOLE),
    (f"{DEBIAN}@3.0.8-1", STAYS),
    (f"{DEBIAN}?distro=debian-11", STAYS),
    ("pkg:deb/ubuntu/openssl", STAYS),
    ("pkg:deb/debian/libssl3", STAYS),
    ("pkg:npm/openssl", STAYS),
    ("openssl", STAYS),
    (DIGEST, IN_IMAGE),
    (f"reg.example/web@{DIGEST}", IN_IMAGE),
    ("reg.example/web:1", IN_IMAGE),
    ("reg.example/web", IN_IMAGE),
    ("reg.example/web:2", STAYS),
    ("reg.example/other", STAYS),
    (f"pkg:oci/web@{DIGEST.replace(':', '%3A')}?repository_url=reg.example", IN_IMAGE),
    (f"pkg:oci/web@sha256%3A{'b' * 64}?repository_url=reg.example/web", IN_IMAGE),
    ("pkg:oci/web?repository_url=reg.example&tag=1", IN_IMAGE),
    ("pkg:oci/web?repository_url=reg.example&tag=1&arch=arm64", STAYS),
    ("pkg:oci/web?repository_url=reg.example&tag=1&arch=x86_64", IN_IMAGE),
    (holding("reg.example/web:1", DEBIAN), IN_IMAGE),
    (holding("reg.example/web:1", "pkg:deb/debian/curl"), STAYS),
    (holding("cpe:2.3:o:debian:debian_linux:12:*:*:*:*:*:*:*", DEBIAN), WHOLE),
    (holding("cpe:2.3:o:debian:debian_linux:11:*:*:*:*:*:*:*", DEBIAN), STAYS),
    (holding("cpe:2.3:a:debian:something:12", DEBIAN), STAYS),
    ("vm", ["vulnerable_fix_available", "not_affected"]),
    ("pkg:", STAYS),
], ids=str)
def test_a_product_is_what_its_name_says(tmp_path, product, found):
    assert statuses(tmp_path, statement("not_affected", product)) == found


def test_an_architecture_that_is_not_known_is_no_other_one(tmp_path):
    said = statement("not_affected", f"{DEBIAN}?arch=arm64")
    assert statuses(tmp_path, said) == ["vulnerable_fix_available", "not_affected"]


def test_a_component_of_another_package_is_told_but_decides_nothing(tmp_path):
    solr = package("vm", "solr", "9", ecosystem="npm", release=None)
    made = flaws(judged(tmp_path, statement("not_affected", holding("pkg:npm/solr@9", DEBIAN)),
                        packages=[*PACKAGES, solr]))
    assert made["status"].tolist() == STAYS
    assert made["why"].str.contains("within pkg:npm/solr@9, which may not be all").tolist() == [
        False, True]


def test_one_flaw_of_several_does_not_clear_a_record(tmp_path):
    made = flaws(judged(tmp_path, statement("not_affected", DEBIAN), records=[SEVERAL]))
    assert made["status"].tolist() == STAYS
    assert made["why"].str.endswith("Team A says not affected (CVE-2026-1 only)").all()


def test_all_flaws_of_a_record_together_clear_it(tmp_path):
    said = [statement("not_affected", DEBIAN), statement("fixed", DEBIAN, flaw="CVE-2026-2")]
    made = flaws(judged(tmp_path, *said, records=[SEVERAL]))
    assert made["status"].tolist() == WHOLE
    assert made["why"].str.contains("says not affected (CVE-2026-1)", regex=False).all()


def test_a_record_by_its_own_name_is_judged_whole(tmp_path):
    said = statement("fixed", DEBIAN, flaw="DSA-1-1")
    assert statuses(tmp_path, said, records=[SEVERAL]) == ["fixed", "fixed"]


def test_one_binary_package_of_several_does_not_clear_their_source(tmp_path):
    said = statement("not_affected", "pkg:deb/debian/libssl3@3.0.9-1?arch=amd64")
    made = flaws(judged(tmp_path, said, packages=BINARIES))
    assert made["status"].tolist() == ["vulnerable_fix_available"]
    assert made["why"].str.endswith("says not affected (libssl3 only)").all()


def test_all_binary_packages_together_clear_their_source(tmp_path):
    said = statement("not_affected", *(f"pkg:deb/debian/{name}?arch=amd64"
                                       for name in ("libssl3", "openssl")))
    assert statuses(tmp_path, said, packages=BINARIES) == ["not_affected"]


def test_binary_packages_that_the_record_does_not_name_need_no_word(tmp_path):
    said = statement("not_affected", "pkg:rpm/almalinux/httpd?arch=x86_64")
    packages = alma("httpd", "httpd-doc")
    assert statuses(tmp_path, said, packages=packages, records=[ALMA]) == ["not_affected"]


def test_binary_packages_that_the_record_names_need_one(tmp_path):
    tools = {**ALMA["affected"][0], "package": {"ecosystem": "AlmaLinux:9", "name": "httpd-tools"}}
    both = {**ALMA, "affected": [*ALMA["affected"], tools]}
    said = statement("not_affected", "pkg:rpm/almalinux/httpd?arch=x86_64")
    packages = alma("httpd", "httpd-tools")
    assert statuses(tmp_path, said, packages=packages, records=[both]) == [
        "vulnerable_fix_available"]


def test_a_source_package_speaks_for_all_that_is_built_from_it(tmp_path):
    said = statement("not_affected", "pkg:rpm/almalinux/httpd@2?arch=src&epoch=0")
    assert statuses(tmp_path, said, packages=alma("httpd", "mod_ssl"), records=[ALMA]) == [
        "not_affected"]


def test_an_epoch_is_part_of_the_version(tmp_path):
    said = statement("not_affected", "pkg:rpm/almalinux/httpd@2?arch=src&epoch=1")
    for version, status in (("1:2", "not_affected"), ("2", "vulnerable_fix_available")):
        packages = alma("httpd", version=version)
        high = {**ALMA, "affected": [{**ALMA["affected"][0], "ranges": [
            {"type": "ECOSYSTEM", "events": [INTRODUCED, fixed("2:1")]}]}]}
        assert statuses(tmp_path, said, packages=packages, records=[high]) == [status]


def test_a_package_of_a_language_is_named_as_its_ecosystem_does(tmp_path):
    row = record("PYSEC-1", "Requests_X", INTRODUCED, ecosystem="PyPI", aliases=["CVE-2026-1"])
    installed = package("vm", "requests.x", "2.0", ecosystem="PyPI", release=None)
    said = statement("not_affected", "pkg:pypi/requests-x@2.0.0")
    assert statuses(tmp_path, said, packages=[installed], records=[row]) == ["not_affected"]


def test_the_newest_statement_counts(tmp_path):
    old = statement("not_affected", DEBIAN, timestamp="2026-08-01T00:00:00+02:00")
    new = statement("affected", DEBIAN, timestamp="2026-08-02T00:00:00Z")
    assert statuses(tmp_path, new, old) == STAYS
    assert statuses(tmp_path, {**new, "status": "not_affected"}, {**old, "status": "affected"}
                    ) == WHOLE


def test_of_equally_new_ones_the_more_exact_counts(tmp_path):
    said = [statement("affected", DEBIAN), statement("not_affected", holding(DIGEST, DEBIAN))]
    assert statuses(tmp_path, *said) == IN_IMAGE


def test_of_equally_exact_ones_the_more_careful_counts(tmp_path):
    said = [statement("affected", DEBIAN), statement("not_affected", DEBIAN)]
    assert statuses(tmp_path, *said) == STAYS


def test_authors_that_disagree_are_a_problem_with_the_words_of_both(tmp_path):
    other = openvex(tmp_path, statement("affected", DEBIAN), name="b.json", author="Team B")
    made = judged(tmp_path, statement("not_affected", DEBIAN), paths=[other])
    (detail,) = problems(made, "contradictory_statements")
    assert "Team A says not affected" in detail
    assert "Team B says affected" in detail


def test_an_author_who_changed_their_mind_does_not_disagree(tmp_path):
    said = [statement("affected", DEBIAN, timestamp="2026-08-01T00:00:00Z"),
            statement("not_affected", DEBIAN)]
    assert problems(judged(tmp_path, *said), "contradictory_statements") == []


def test_statements_that_concern_nothing_are_counted(tmp_path):
    said = [statement("fixed", "pkg:npm/a", flaw="CVE-9"), statement("fixed", DEBIAN)]
    assert problems(judged(tmp_path, *said), "unused_statement") == [
        "1 of 2, as CVE-9 in pkg:npm/a"]


def test_statements_that_all_concern_something_are_no_problem(tmp_path):
    assert problems(judged(tmp_path, statement("fixed", DEBIAN)), "unused_statement") == []


@pytest.mark.parametrize("product", [f"{DEBIAN}@3.0.9-1", holding("vm", f"{DEBIAN}@3.0.9-1")],
                         ids=str)
def test_an_affected_build_that_no_record_names_is_a_problem(tmp_path, product):
    made = judged(tmp_path, statement("affected", product, flaw="CVE-9"))
    assert problems(made, "unrecorded_flaw") == ["1 flaws of builds, as CVE-9 in openssl 3.0.9-1"]


@pytest.mark.parametrize("product", [
    f"{DEBIAN}@3.0.8-1", "pkg:deb/debian/curl@3.0.9-1", DEBIAN,
    holding("reg.example/other:1", f"{DEBIAN}@3.0.9-1")], ids=str)
def test_an_affected_build_that_nobody_has_is_no_such_problem(tmp_path, product):
    made = judged(tmp_path, statement("affected", product, flaw="CVE-9"))
    assert problems(made, "unrecorded_flaw") == []


def test_statements_without_any_record_are_counted(tmp_path):
    path = openvex(tmp_path, statement("affected", f"{DEBIAN}@3.0.9-1"), statement("fixed", DIGEST))
    made = audit(fleet(*PACKAGES, images=[IMAGE]), f"vex:{path}", now=NOW)
    assert len(problems(made, "unused_statement")) == len(problems(made, "unrecorded_flaw")) == 1


def test_a_fleet_without_packages_has_nothing_to_judge(tmp_path):
    made = judged(tmp_path, statement("fixed", DEBIAN), packages=[], images=[IMAGE])
    assert problems(made, "unused_statement") == ["1 of 1, as CVE-2026-1 in pkg:deb/debian/openssl"]


def test_a_vendor_speaks_of_packages_in_its_own_system_only(tmp_path):
    tree = {"full_product_names": [
        leaf("nine", cpe="cpe:/o:redhat:enterprise_linux:9::baseos"),
        leaf("eus", cpe="cpe:/o:redhat:rhel_eus:9.4::baseos"),
        leaf("httpd", "pkg:rpm/redhat/httpd@2?arch=x86_64"), leaf("curl")],
        "relationships": [component("nine:httpd", "httpd", "nine"),
                          component("eus:httpd", "httpd", "eus")]}
    rows = [package(release, "httpd", "2", ecosystem="Red Hat", release=release)
            for release in ("8", "9")]
    records = [record("RHSA-1", "httpd", INTRODUCED, fixed("3"), upstream=["CVE-2026-1"],
                      ecosystem=f"Red Hat:enterprise_linux:{release}") for release in ("8", "9")]
    both = {**records[0], "affected": records[0]["affected"] + records[1]["affected"]}
    for product, found in (("nine:httpd", ["vulnerable_fix_available", "not_affected"]),
                           ("eus:httpd", STAYS)):
        path = csaf(tmp_path, tree, {"cve": "CVE-2026-1", "product_status": {
            "known_not_affected": [product]}})
        made = audit(fleet(*rows), [feed(tmp_path, both), f"vex:{path}"], now=NOW)
        assert flaws(made)["status"].tolist() == found


def test_many_subjects_of_one_build_are_judged_alike(tmp_path):
    packages = [package(f"vm{number}", "openssl", "3.0.9-1") for number in range(50)]
    assert set(statuses(tmp_path, statement("fixed", DEBIAN), packages=packages)) == {"fixed"}


STATUS = st.sampled_from(["not_affected", "affected", "fixed", "under_investigation"])
PRODUCT = st.one_of(
    st.sampled_from([DEBIAN, f"{DEBIAN}@3.0.9-1", f"{DEBIAN}?arch=amd64", DIGEST, "vm",
                     "reg.example/web:1", "pkg:deb/debian/libssl3?arch=amd64", "pkg:npm/x", ""]),
    st.text(max_size=10), st.builds(holding, st.sampled_from([DIGEST, "vm", DEBIAN, "pkg:oci/a"]),
                                    st.sampled_from([DEBIAN, "pkg:npm/x", "cpe:/o:", "pkg:"])),
)
FLAW = st.sampled_from(["CVE-2026-1", "CVE-2026-2", "DSA-1-1", "DEBIAN-CVE-2026-1", "CVE-9"])
TIME = st.sampled_from(["2026-08-01T00:00:00Z", "2026-08-21T00:00:00Z", "yesterday"])
STATEMENTS = st.lists(st.builds(statement, STATUS, PRODUCT, flaw=FLAW, timestamp=TIME), max_size=6)
PARTS = [*PACKAGES, package("vm", "libssl3", "3.0.9-1", source_name="openssl"),
         package("vm", "x", "1", ecosystem="npm", release=None)]
SETTINGS = settings(max_examples=6, deadline=None, suppress_health_check=[
    HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
KEYS = ["subject_id", "source_name", "advisory_id", "group_id", "fixed_version"]


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return judged(tmp_path_factory.mktemp("plain"), packages=PARTS, records=[ONE, SEVERAL])


@SETTINGS
@given(said=STATEMENTS)
def test_no_statement_makes_a_finding_vanish_or_come(tmp_path, plain, said):
    made = judged(tmp_path, *said, packages=PARTS, records=[ONE, SEVERAL])
    order = ["subject_id", "advisory_id", "source_name"]
    before, after = (
        json.loads(part.findings[KEYS].sort_values(order).to_json(orient="records"))
        for part in (plain, made))
    assert before == after


@SETTINGS
@given(STATEMENTS)
def test_levels_and_findings_agree_whatever_is_stated(tmp_path, said):
    made = judged(tmp_path, *said, packages=PARTS, records=[ONE, SEVERAL])
    found = made.findings[made.findings["status"].str.startswith("vulnerable")]
    count = found.groupby(["subject_id", "source_name"]).size()
    level = made.patch_levels.set_index(["subject_id", "source_name"])
    assert level["open_findings"].tolist() == count.reindex(level.index, fill_value=0).tolist()
    assert (level["status"].eq("vulnerable_fix_available") == level["open_findings"].gt(0)).all()


@SETTINGS
@given(STATEMENTS)
def test_only_a_statement_that_clears_changes_a_status(tmp_path, said):
    made = flaws(judged(tmp_path, *said, packages=PARTS, records=[ONE, SEVERAL]))
    words = {"not_affected": "says not affected", "fixed": "says fixed"}
    for row in made.to_dict("records"):
        if row["status"] in words:
            assert words[row["status"]] in row["why"]
            assert row["evidence"] == "vex"


def test_a_document_about_other_things_changes_nothing(tmp_path):
    plain = audit(fleet(*PACKAGES, images=[IMAGE]), feed(tmp_path, ONE), now=NOW)
    made = judged(tmp_path, statement("fixed", "pkg:npm/a", flaw="CVE-9"))
    pd.testing.assert_frame_equal(plain.findings, made.findings)
    pd.testing.assert_frame_equal(plain.patch_levels, made.patch_levels)
