import json
from datetime import UTC, datetime

import pandas as pd
import pytest

from fleetkit.errors import UnknownNameError
from fleetkit.fleet import Fleet
from fleetkit.patching import audit
from tests.patching.literal import INTRODUCED, NOW, feed, fixed, package, record, shared

PRO = "Ubuntu:Pro:18.04:LTS"
EUS = "Red Hat:rhel_eus:9.2::appstream"


def ubuntu(subject="a", name="netty", version="1:4.1.7-4", **cells):
    return package(subject, name, version, ecosystem="Ubuntu", release="18.04:LTS", **cells)


def rhel(subject="a", name="git-lfs", version="3.2.0-1.el9", **cells):
    return package(subject, name, version, ecosystem="Red Hat", release="9", **cells)


def entry(ecosystem, name, *events):
    return {"package": {"ecosystem": ecosystem, "name": name},
            "ranges": [{"type": "ECOSYSTEM", "events": [INTRODUCED, *events]}]}


def flaw(*entries, osv_id="UBUNTU-CVE-2022-1", **cells):
    return {"id": osv_id, "modified": "2026-08-20T00:00:00Z", "affected": list(entries),
            "upstream": ["CVE-2022-1"], **cells}


BASE = entry("Ubuntu:18.04:LTS", "netty")
ESM = entry(PRO, "netty", fixed("1:4.1.7-4ubuntu0.1+esm3"))
NEEDED = flaw(BASE, ESM)


def audited(folder, packages, *records, channels=None, workloads=()):
    world = Fleet(packages=pd.DataFrame(packages), workloads=pd.DataFrame(list(workloads)))
    return audit(world, feed(folder, *records), now=NOW, channels=channels)


def flaws(made):
    return made.findings[made.findings["evidence"] == "advisory"].reset_index(drop=True)


def one(made):
    (row,) = flaws(made).to_dict("records")
    return row


def level(made, name="netty"):
    (row,) = made.patch_levels[made.patch_levels["source_name"] == name].to_dict("records")
    return row


def codes(made):
    return made.problems["code"].tolist()


def test_a_fix_that_only_the_enrolled_get_is_told_and_is_none(tmp_path):
    made = audited(tmp_path, [ubuntu()], NEEDED)
    row = one(made)
    assert (row["status"], row["fixed_version"]) == ("vulnerable_no_fix", None)
    assert row["why"] == (
        "netty 1:4.1.7-4 is installed; UBUNTU-CVE-2022-1 affects it; fixed in"
        " 1:4.1.7-4ubuntu0.1+esm3 for machines enrolled in Ubuntu Pro; whether this one is, is not"
        " known")


def test_machines_of_unknown_enrolment_are_counted(tmp_path):
    made = audited(tmp_path, [ubuntu("a"), ubuntu("b")], NEEDED)
    (problem,) = made.problems[made.problems["code"] == "enrolment_unknown"].to_dict("records")
    assert problem["detail"] == "2 findings in 2 subjects"


def test_an_enrolled_machine_has_the_fix(tmp_path):
    row = one(audited(tmp_path, [ubuntu()], NEEDED, channels={"*": ["pro"]}))
    assert (row["status"], row["fixed_version"]) == (
        "vulnerable_fix_available", "1:4.1.7-4ubuntu0.1+esm3")


def test_a_machine_that_is_said_not_to_be_enrolled_has_none(tmp_path):
    made = audited(tmp_path, [ubuntu()], NEEDED, channels={"*": []})
    assert one(made)["why"].endswith("enrolled in Ubuntu Pro, and this one is not")
    assert "enrolment_unknown" not in codes(made)


def test_an_installed_esm_build_proves_the_fix_though_the_base_record_says_needed(tmp_path):
    made = audited(tmp_path, [ubuntu(version="1:4.1.7-4ubuntu0.1+esm3")], NEEDED)
    assert len(flaws(made)) == 0
    assert level(made)["status"] == "fixed"


def test_an_installed_esm_build_shows_that_the_machine_is_enrolled(tmp_path):
    made = audited(tmp_path, [ubuntu(), ubuntu(name="bash", version="4.4-2+esm1")], NEEDED)
    assert one(made)["status"] == "vulnerable_fix_available"
    (seen,) = made.problems[made.problems["code"] == "enrolment_seen"].to_dict("records")
    assert seen["detail"] == "1 subjects, as a: bash 4.4-2+esm1 is installed"


@pytest.mark.parametrize("cells", [
    {"tags": {"ubuntu-pro": "attached"}}, {"notes": "billed for Ubuntu Pro"},
    {"image_ref": "ubuntu-pro-server/images/hvm-ssd/ubuntu-bionic-18.04-amd64-pro-server"},
])
def test_tags_notes_and_image_names_show_enrolment(tmp_path, cells):
    made = audited(tmp_path, [ubuntu()], NEEDED, workloads=[
        {"workload_id": "a", "kind": "vm", **cells}])
    assert one(made)["status"] == "vulnerable_fix_available"


def test_a_tag_may_refuse(tmp_path):
    made = audited(tmp_path, [ubuntu()], NEEDED, workloads=[
        {"workload_id": "a", "kind": "vm", "tags": {"ubuntu-pro": "false"}}])
    assert one(made)["why"].endswith("and this one is not")


@pytest.mark.parametrize("glob", ["a", "web-*", "prod*"])
def test_subjects_are_named_by_id_name_or_environment(tmp_path, glob):
    machines = [{"workload_id": "a", "kind": "vm", "name": "web-1", "environment": "production"},
                {"workload_id": "b", "kind": "vm", "name": "db-1", "environment": "test"}]
    made = audited(tmp_path, [ubuntu("a"), ubuntu("b")], NEEDED, channels={glob: ["pro"]},
                   workloads=machines)
    assert flaws(made)["status"].tolist() == ["vulnerable_fix_available", "vulnerable_no_fix"]


def test_an_unknown_channel_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(UnknownNameError, match="no channel named 'gold'; there are .*pro, .*eus"):
        audited(tmp_path, [ubuntu()], NEEDED, channels={"*": ["gold"]})


def test_a_flaw_that_only_the_channels_record_names_is_found(tmp_path):
    assert one(audited(tmp_path, [ubuntu()], flaw(ESM)))["status"] == "vulnerable_no_fix"


def test_what_the_base_record_says_is_fixed_stays_so(tmp_path):
    done = entry("Ubuntu:18.04:LTS", "netty", fixed("1:4.1.7-3"))
    made = audited(tmp_path, [ubuntu()], flaw(done, ESM), channels={"*": ["pro"]})
    assert (len(flaws(made)), level(made)["status"]) == (0, "fixed")


def test_records_of_the_channel_cover_the_release(tmp_path):
    made = audited(tmp_path, [ubuntu(), ubuntu(name="bash")], flaw(ESM), channels={"*": ["pro"]})
    assert level(made, "bash")["status"] == "current"


def test_the_level_counts_no_fix_that_is_out_of_reach(tmp_path):
    row = level(audited(tmp_path, [ubuntu()], NEEDED))
    assert (row["status"], row["open_findings"], row["fixed_version"]) == (
        "vulnerable_no_fix", 1, None)


def test_an_enrolled_machine_is_supported_until_extended_support_ends(tmp_path):
    made = audited(tmp_path, [ubuntu()], NEEDED, channels={"*": ["pro"]})
    (row,) = made.findings[made.findings["evidence"] == "end_of_life"].to_dict("records")
    assert (row["status"], row["severity"]) == ("limited_support", "extended_enrolled")


def stream(osv_id="RHSA-2", minor="9.2", fix="3.2.0-1.el9_2.3"):
    return flaw(entry(f"Red Hat:rhel_eus:{minor}::appstream", "git-lfs", fixed(fix)), osv_id=osv_id)


EVERYONE = flaw(entry("Red Hat:enterprise_linux:9::appstream", "git-lfs", fixed("3.4.1-2.el9_4")),
                osv_id="RHSA-1")


def test_a_build_that_is_the_very_fix_of_a_stream_proves_the_stream(tmp_path):
    made = audited(tmp_path, [rhel(version="3.2.0-1.el9_2.3")], EVERYONE, stream())
    assert (len(flaws(made)), level(made, "git-lfs")["status"]) == (0, "fixed")


def test_without_proof_a_stream_mends_nothing(tmp_path):
    made = audited(tmp_path, [rhel(version="3.2.0-1.el9_2.4")], EVERYONE, stream())
    assert (one(made)["advisory_id"], "channel" in codes(made)) == ("RHSA-1", True)


def test_a_machine_of_a_stream_is_shown_the_streams_fix(tmp_path):
    made = audited(tmp_path, [rhel()], EVERYONE, stream(), channels={"*": ["rhel_eus:9.2"]})
    assert (one(made)["advisory_id"], one(made)["fixed_version"]) == ("RHSA-2", "3.2.0-1.el9_2.3")


def test_streams_of_two_minors_are_not_mixed(tmp_path):
    older = stream("RHSA-0", "9.0", "3.0.0-1.el9_0.9")
    made = audited(tmp_path, [rhel()], EVERYONE, stream(), older,
                   channels={"*": ["rhel_eus:9.2"]})
    assert flaws(made)["advisory_id"].tolist() == ["RHSA-2"]


def test_a_stream_without_minor_is_that_of_the_subject(tmp_path):
    older = stream("RHSA-0", "9.0", "3.2.0-1.el9_0.9")
    world = [{"workload_id": "a", "kind": "vm", "os_name": "rhel", "os_version": "9.2"}]
    made = audited(tmp_path, [rhel()], EVERYONE, stream(), older, workloads=world,
                   channels={"*": ["rhel_eus"]})
    assert one(made)["advisory_id"] == "RHSA-2"


def test_a_record_of_two_flaws_is_mended_only_where_both_are(tmp_path):
    both = {**EVERYONE, "upstream": ["CVE-2022-1", "CVE-2022-2"]}
    made = audited(tmp_path, [rhel(version="3.2.0-1.el9_2.3")], both, stream())
    assert flaws(made)["advisory_id"].tolist() == ["RHSA-1"]


FIPS = "Ubuntu:Pro:FIPS:18.04:LTS"
CERTIFIED = "1.1.1-1ubuntu2.fips.2.1~18.04.9.1"


def test_a_fips_build_is_not_judged_by_the_records_of_the_release(tmp_path):
    base = flaw(entry("Ubuntu:18.04:LTS", "openssl", fixed("1.1.1-1ubuntu2.1~18.04.23")))
    made = audited(tmp_path, [ubuntu(name="openssl", version=CERTIFIED)], base)
    assert (len(flaws(made)), level(made, "openssl")["status"]) == (0, "no_feed")
    assert "fork_without_feed" in codes(made)


def test_a_fips_build_is_judged_by_the_records_of_its_line(tmp_path):
    line = flaw(entry(FIPS, "openssl", fixed("1.1.1-1ubuntu2.fips.2.1~18.04.15.1")))
    made = audited(tmp_path, [ubuntu(name="openssl", version=CERTIFIED)], line)
    assert one(made)["status"] == "vulnerable_fix_available"


def test_the_records_of_a_fork_say_nothing_of_the_release(tmp_path):
    line = flaw(entry(FIPS, "openssl", fixed("9")))
    made = audited(tmp_path, [ubuntu(name="openssl", version="1.1.1-1ubuntu2")], line)
    assert len(flaws(made)) == 0


def test_a_records_of_a_real_feed_reach_the_enrolled_only(tmp_path):
    stored = [json.loads(line)["osv"] for line in
              shared("osv/distro-fixtures.jsonl").read_text("utf-8").splitlines()]
    (netty,) = [row for row in stored if row["id"] == "UBUNTU-CVE-2022-24823"]
    made = audited(tmp_path, [ubuntu("a"), ubuntu("b")], netty, channels={"b": ["pro"]})
    assert flaws(made)["status"].tolist() == ["vulnerable_no_fix", "vulnerable_fix_available"]
    assert flaws(made)["fixed_version"].tolist() == [pd.NA, "1:4.1.7-4ubuntu0.1+esm3"]


def test_the_real_fix_of_a_stream_drops_the_finding(tmp_path):
    stored = [json.loads(line)["osv"] for line in
              shared("osv/distro-fixtures.jsonl").read_text("utf-8").splitlines()]
    (rhsa,) = [row for row in stored if row["id"] == "RHSA-2024:4546"]
    builds = [rhel("a", version="0:2.13.3-3.el8_6.1"), rhel("b", version="0:2.13.3-3.el8_6")]
    made = audited(tmp_path, [{**build, "release": "8"} for build in builds], rhsa,
                   channels={"b": ["rhel_aus:8.6"]})
    assert flaws(made)["subject_id"].tolist() == ["b"]


def test_feeds_without_channels_are_judged_as_before(tmp_path):
    made = audited(tmp_path, [package("a", "openssl", "3.0.9-1")],
                   record("CVE-1", "openssl", INTRODUCED, fixed("3.0.10-1")))
    assert one(made)["status"] == "vulnerable_fix_available"


def test_an_audit_in_the_past_knows_the_same_channels(tmp_path):
    world = Fleet(packages=pd.DataFrame([ubuntu()]))
    made = audit(world, feed(tmp_path, NEEDED), now=datetime(2022, 1, 1, tzinfo=UTC))
    assert one(made)["status"] == "vulnerable_no_fix"
