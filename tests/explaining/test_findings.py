"""The explanation of a finding says what the tables say, and cannot be written into."""

import pandas as pd
import pytest

from fleetkit.errors import MissingTableError, UnknownFindingError
from fleetkit.explaining import explain
from fleetkit.fleet import Fleet
from fleetkit.patching import audit
from tests.explaining.findings import (
    BASE,
    NEW,
    OLD,
    WEB,
    audited_web,
    fact,
    installed,
    one,
    openssl,
    web,
)
from tests.explaining.test_explanation import HOSTILE, Tags
from tests.patching.literal import INTRODUCED, NOW, fixed, image, package, record
from tests.patching.literal import fleet as literal_fleet

FLAW = {"advisory_id": "DEBIAN-CVE-2023-5678"}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    more = [installed("api", NEW), installed("db", NEW)]
    return audited_web(tmp_path_factory.mktemp("feed"), more=more)


@pytest.fixture(scope="module")
def explained(fleet):
    return one(fleet, **FLAW)


def test_the_headline_names_flaw_package_subject_and_status(explained):
    assert explained.headline == (
        f"CVE-2023-5678 in openssl {OLD} on web:1: vulnerable, and there is a fix")


def test_the_comparison_is_said_with_the_rule_that_made_it(explained):
    assert fact(explained, "Comparison", "compared") == f"{OLD} < {NEW} by dpkg's rule"


def test_the_range_that_holds_it_is_said(explained):
    assert fact(explained, "Comparison", "affected") == (
        f"from the very first version up to, not with, {NEW}")


def test_the_record_is_found_by_file_and_line(explained):
    assert fact(explained, "Record", "written in").endswith("feed.jsonl, line 1")


def test_the_record_says_its_vector_and_its_dates(explained):
    assert fact(explained, "Record", "CVSS").startswith("CVSS:3.1/")
    assert fact(explained, "Record", "published") == "2023-11-06 16:15 UTC"


def test_the_layer_that_brought_it_is_named_with_its_command(explained):
    said = fact(explained, "Came with", "layer")
    assert said.startswith("layer 1 of 3")
    assert said.endswith("made by RUN apt-get install openssl")


def test_a_package_of_the_image_itself_is_not_blamed_on_its_parent(explained):
    assert fact(explained, "Came with", "lineage") == (
        "web:1 brought it; its parent debian:12 does not have this build")


def test_a_package_of_the_base_is_blamed_on_the_base(tmp_path):
    made = audited_web(tmp_path, record("CVE-1", "bash", INTRODUCED))
    said = fact(one(made, advisory_id="CVE-1"), "Came with", "lineage")
    assert said == "debian:12 brought it; no parent of it is known"


def test_a_guessed_parent_is_said_to_be_a_guess(tmp_path):
    made = audited_web(tmp_path, record("CVE-1", "bash", INTRODUCED))
    made = made.with_tables(lineage=made.lineage.assign(is_inferred=True))
    said = fact(one(made, advisory_id="CVE-1"), "Came with", "lineage")
    assert said.startswith("debian:12 brought it, by an inferred edge")


def test_a_lineage_that_runs_in_a_circle_ends(tmp_path):
    made = audited_web(tmp_path, record("CVE-1", "bash", INTRODUCED))
    back = made.lineage.assign(child_id=BASE, parent_id=WEB)
    made = made.with_tables(lineage=pd.concat([made.lineage, back], ignore_index=True))
    assert one(made, advisory_id="CVE-1").sections


def test_database_and_purl_are_named(explained):
    assert fact(explained, "Installed", "written down in") == "var/lib/dpkg/status"
    assert fact(explained, "Installed", "package URL") == f"pkg:deb/debian/libssl3@{OLD}"


def test_workloads_of_the_image_are_named(explained):
    assert fact(explained, "Installed", "runs as") == "1 workload: web-1"


def test_who_has_the_fix_is_named_beside_who_has_not(explained):
    assert fact(explained, "Builds of openssl in the fleet", NEW) == (
        "2 subjects: api, db; newest; has the fix")
    assert fact(explained, "Builds of openssl in the fleet", OLD) == "1 subject; this finding"


def test_the_version_that_ends_all_is_said_where_it_is_another(tmp_path):
    made = audited_web(tmp_path, openssl(), record("CVE-2", "openssl", INTRODUCED, fixed("3.5-1")))
    ends = one(made, **FLAW)
    assert fact(ends, "What ends it", "this one") == f"openssl {NEW} or newer"
    assert fact(ends, "What ends it", "all that have a fix").startswith("openssl 3.5-1 or newer: 2")


def test_a_flaw_without_a_fix_names_none(tmp_path):
    ends = one(audited_web(tmp_path, record("CVE-1", "openssl", INTRODUCED)), advisory_id="CVE-1")
    assert fact(ends, "What ends it", "this one") == "no version without the flaw is known"
    assert fact(ends, "Comparison", "affected") == "from the very first version on, without end"


def test_a_binary_package_is_compared_by_its_own_version(tmp_path):
    rows = [package("a", "nodejs-docs", "9.0-1.el8", ecosystem="AlmaLinux", release="8",
                    source_name="nodejs", source_version="1.0-1.el8")]
    made = audited_web(tmp_path, record("ALSA-1", "nodejs-docs", INTRODUCED, fixed("9.5-1.el8"),
                                        ecosystem="AlmaLinux:8"), more=rows)
    said = fact(one(made, "a", advisory_id="ALSA-1"), "Comparison", "compared")
    assert said == "9.0-1.el8 < 9.5-1.el8 by rpm's rule"


@pytest.mark.parametrize(("version", "fix", "said"), [
    ("no version!", "2.0", "no version!, the installed version, has no key by dpkg's rule"),
    ("1.0", "no version!",
     "1.0, the installed version, has a key; a version of the record has none by dpkg's rule"),
])
def test_an_impossible_comparison_says_which_side_has_no_key(tmp_path, version, fix, said):
    made = audited_web(tmp_path, record("CVE-1", "odd", INTRODUCED, fixed(fix)),
                       more=[package("a", "odd", version)])
    assert fact(one(made, "a", status="uncomparable"), "Comparison", "compared") == said


def test_lag_names_the_newest_and_says_that_no_record_speaks(fleet):
    lag = one(fleet, status="behind_fleet")
    assert fact(lag, "Behind the fleet", "compared") == f"{OLD} < {NEW} by dpkg's rule"
    assert "no record says" in fact(lag, "Behind the fleet", "note")
    assert not fact(lag, "Record", "id")


def test_a_changelog_is_quoted_at_the_version_that_mends_it():
    line = {"ecosystem": "Debian", "release": "12", "source_name": "openssl",
            "source_version": NEW, "version": NEW, "flaw": "CVE-2023-5678", "says": "fixed",
            "line": "Fix CVE-2023-5678", "changed_at": "2023-11-20T00:00:00Z"}
    made = audit(web(installed("api", NEW), changelogs=[line]), now=NOW)
    said = fact(one(made, evidence="changelog"), "Changelog", f"at {NEW}")
    assert said == f"Fix CVE-2023-5678 (in the changelog of {NEW}, 2023-11-20)"


def test_a_judgement_is_told_apart_from_the_range(fleet):
    flawed = fleet.findings["advisory_id"].notna()
    findings = fleet.findings.assign(
        status=fleet.findings["status"].mask(flawed, "not_affected"),
        evidence=fleet.findings["evidence"].mask(flawed, "vex"))
    shown = one(fleet.with_tables(findings=findings), **FLAW)
    assert shown.headline.endswith(": not affected")
    assert fact(shown, "Judgement", "range of the record") == f"{OLD} < {NEW} by dpkg's rule"
    assert not fact(shown, "What ends it", "this one")


def test_an_exploited_flaw_says_so_in_the_headline(fleet):
    findings = fleet.findings.assign(exploited_since=pd.Timestamp("2024-02-03", tz="UTC"))
    shown = one(fleet.with_tables(findings=findings), **FLAW)
    assert shown.headline.endswith("; exploited by attackers since 2024-02-03")


def test_an_image_that_fell_back_says_what_it_had(fleet):
    lagging = fleet.findings["status"].eq("behind_fleet")
    findings = fleet.findings.assign(
        status=fleet.findings["status"].mask(lagging, "older_than_before"))
    shown = one(fleet.with_tables(findings=findings), status="older_than_before")
    assert fact(shown, "Before", "compared") == f"{OLD} < {NEW} by dpkg's rule"


def test_a_fix_for_the_enrolled_only_is_no_fix_of_this_machine(fleet):
    findings = fleet.findings.assign(
        fixed_version=pd.NA, status=fleet.findings["status"].mask(
            fleet.findings["advisory_id"].notna(), "vulnerable_no_fix"))
    records = fleet.advisories.assign(channel="pro", fixed_version=pd.NA)
    shown = one(fleet.with_tables(findings=findings, advisories=records), **FLAW)
    assert fact(shown, "What ends it", "this one").endswith("pro has one")


def test_the_end_of_support_says_its_date_and_source():
    old = audit(literal_fleet(images=[image("a", release="9")]), now=NOW)
    end = one(old, "a", status="end_of_life")
    assert fact(end, "Support", "standard support until") == "2020-07-18"
    assert "endoflife.date" in end.why


def test_a_missing_feed_names_the_ecosystem_that_it_should_speak_of(tmp_path):
    rows = [package("a", "curl", "8-r0", ecosystem="Alpine", release="v3.20")]
    missing = one(audited_web(tmp_path, more=rows), "a", status="no_feed")
    assert fact(missing, "What is missing", "what helps") == "give audit a feed of Alpine v3.20"


def test_no_feed_is_asked_for_where_none_would_help(tmp_path):
    rows = [package("a", "tool", "8", ecosystem="generic", release=None)]
    missing = one(audited_web(tmp_path, more=rows), "a", status="no_feed")
    assert fact(missing, "What is missing", "what helps").startswith("no rule orders versions")


def test_a_layer_that_only_a_scanner_names_is_told_by_its_digest(tmp_path):
    rows = [package("a", "curl", "8", layer_id="sha256:" + "d" * 64)]
    made = audited_web(tmp_path, record("CVE-1", "curl", INTRODUCED), more=rows,
                       images=[image("a", release="12")])
    assert fact(one(made, "a", advisory_id="CVE-1"), "Came with", "layer") == "sha256:dddddddddddd…"


def test_a_version_is_not_said_twice():
    made = audit(literal_fleet(images=[
        image("a", release="9", os_name="Debian GNU/Linux 9 (stretch)", os_version="9")]), now=NOW)
    end = one(made, "a", status="end_of_life")
    assert fact(end, "Support", "system") == "Debian GNU/Linux 9 (stretch)"


@pytest.mark.parametrize(("observable", "said"), [
    (False, "it was read, and no package database was found in it"),
    (None, "nobody read its packages"),
])
def test_what_cannot_be_seen_says_whether_anybody_looked(observable, said):
    made = audit(literal_fleet(images=[image("a", observable=observable)]), now=NOW)
    assert fact(one(made, "a", status="unobservable"), "What is missing", "looked") == said


def test_a_machine_that_cannot_be_seen_is_not_told_to_load_layers():
    machine = {"workload_id": "vm-1", "name": "db", "kind": "vm", "source": "aws"}
    made = audit(Fleet(workloads=pd.DataFrame([machine])), now=NOW)
    shown = one(made, "vm-1", status="unobservable")
    assert "inventory" in fact(shown, "What is missing", "what helps")
    assert fact(shown, "What is missing", "told by") == "aws"


def test_a_row_is_taken_as_series_frame_mapping_or_named_tuple(fleet):
    row = fleet.findings[fleet.findings["advisory_id"].notna()].head(1)
    forms = (row, row.iloc[0], row.iloc[0].to_dict(), next(row.itertuples(index=False)))
    assert len({explain(fleet, form).headline for form in forms}) == 1


@pytest.mark.parametrize(("given", "said"), [
    ({"subject_id": "nobody"}, "0 of"),
    ({"subject_id": WEB}, "pass one row of fleet.findings"),
    ({"status": "no_feed"}, "a finding is asked for by subject_id"),
    (7, "a finding is a row of fleet.findings, not 'int'"),
])
def test_a_row_that_is_none_is_refused_in_words(fleet, given, said):
    with pytest.raises(UnknownFindingError, match=said):
        explain(fleet, given)


def test_a_frame_of_many_rows_is_refused_with_their_number(fleet):
    with pytest.raises(UnknownFindingError, match=f"the frame has {len(fleet.findings)} rows"):
        explain(fleet, fleet.findings)


def test_a_fleet_that_was_not_audited_names_the_verb():
    with pytest.raises(MissingTableError, match="call audit first"):
        explain(Fleet(), {"subject_id": "a"})


def test_a_finding_is_explained_without_layers_lineage_levels_or_records(fleet):
    bare = Fleet().with_tables(findings=fleet.findings)
    shown = one(bare, **FLAW)
    assert fact(shown, "Comparison", "compared") == f"{OLD} < {NEW} by dpkg's rule"


def test_each_finding_of_the_fleet_has_a_card(fleet):
    for place in range(len(fleet.findings)):
        shown = explain(fleet, fleet.findings.iloc[place])
        assert shown.why.split()[0] in repr(shown)
        assert shown.sections


def test_text_and_page_show_every_fact(explained):
    page = explained._repr_html_().replace("&lt;", "<").replace("&#x27;", "'")
    flat = " ".join(repr(explained).split())
    for value in explained.facts["value"]:
        assert value in page
        assert " ".join(value.split()) in flat


def test_hostile_texts_write_no_html_and_steer_no_terminal(tmp_path):
    rows = [installed(HOSTILE, "1.0" + HOSTILE, HOSTILE, HOSTILE, module=HOSTILE)]
    made = audited_web(tmp_path, record(HOSTILE, HOSTILE, INTRODUCED, fixed("2" + HOSTILE),
                                        aliases=[HOSTILE]), more=rows, name=HOSTILE)
    for place in range(len(made.findings)):
        shown = explain(made, made.findings.iloc[place])
        page = Tags(shown._repr_html_())
        assert page.tags <= {"div", "strong", "br", "span"}
        assert page.attributes <= {"style"}
        assert not {"\x1b", "\u202e"} & set(repr(shown) + shown._repr_html_())


def test_nobody_can_write_into_an_explanation(explained):
    row, facts = explained.finding, explained.facts
    row["why"] = "nothing"
    facts["value"] = "nothing"
    assert "nothing" not in {explained.finding["why"], *explained.facts["value"]}
