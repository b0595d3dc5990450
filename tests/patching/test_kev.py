import gzip
import json
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleetkit.errors import LoadError
from fleetkit.patching import audit
from fleetkit.plugins import find
from tests.patching.literal import INTRODUCED, NOW, feed, fixed, fleet, package, record
from tests.patching.test_hostile_records import ANY

DAY = date(2026, 8, 20)


def catalogue(folder, *entries, **cells):
    path = folder / "known_exploited_vulnerabilities.json"
    document = {"catalogVersion": "2026.08.20", "dateReleased": "2026-08-20T17:00:03.6651Z",
                "count": len(entries), "vulnerabilities": list(entries), **cells}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def entry(flaw="CVE-2026-1", day="2026-03-01"):
    return {"cveID": flaw, "dateAdded": day, "knownRansomwareCampaignUse": "Unknown"}


def read(path):
    problems = []
    return list(find("advisories", "kev").rows(path, problems.append)), problems


def audited(folder, path, *records, now=NOW):
    made = audit(fleet(package("a", "openssl", "3.0.9-1")), [feed(folder, *records), f"kev:{path}"],
                 now=now)
    found = made.findings[made.findings["evidence"] == "advisory"]
    return found.set_index("advisory_id"), made.problems


def test_a_listed_flaw_has_the_day_of_its_listing(tmp_path):
    (row,), _ = read(catalogue(tmp_path, entry()))
    assert (row.flaw, row.exploited_since, row.as_of) == ("CVE-2026-1", date(2026, 3, 1), DAY)


@pytest.mark.parametrize("name", ["kev.csv", "kev.csv.gz"])
def test_the_table_says_what_the_document_says(tmp_path, name):
    text = ('\ufeff"cveID","vendorProject","dateAdded","shortDescription"\r\n'
            '"CVE-2026-1","a","2026-03-01","two\nlines"\r\n"CVE-2026-2","a","2026-08-20","b"\r\n')
    packed = gzip.compress(text.encode()) if name.endswith(".gz") else text.encode()
    (tmp_path / name).write_bytes(packed)
    rows, problems = read(tmp_path / name)
    assert not problems
    assert [(row.flaw, row.exploited_since) for row in rows] == [
        ("CVE-2026-1", date(2026, 3, 1)), ("CVE-2026-2", DAY)]


def test_a_table_is_as_old_as_its_newest_entry(tmp_path):
    (tmp_path / "kev.csv").write_text("cveID,dateAdded\nCVE-1,2026-08-20\nCVE-2,2026-03-01\n")
    assert {row.as_of for row in read(tmp_path / "kev.csv")[0]} == {DAY}


def test_a_finding_of_a_listed_flaw_says_since_when(tmp_path):
    rows = [record(f"CVE-2026-{number}", "openssl", INTRODUCED) for number in (1, 2)]
    findings, _ = audited(tmp_path, catalogue(tmp_path, entry()), *rows)
    since = findings["exploited_since"]
    assert since["CVE-2026-1"] == pd.Timestamp("2026-03-01", tz="UTC")
    assert since["CVE-2026-2"] is pd.NaT


def test_a_record_of_another_name_is_known_by_its_alias(tmp_path):
    row = record("DEBIAN-CVE-2026-1", "openssl", INTRODUCED, upstream=["cve-2026-1"])
    findings, _ = audited(tmp_path, catalogue(tmp_path, entry()), row)
    assert findings["exploited_since"].notna().all()


def test_a_record_of_several_flaws_has_the_earliest_day(tmp_path):
    row = record("DSA-1-1", "openssl", INTRODUCED, upstream=["CVE-2026-1", "CVE-2026-2"])
    path = catalogue(tmp_path, entry(), entry("CVE-2026-2", "2025-01-01"))
    findings, _ = audited(tmp_path, path, row)
    assert findings["exploited_since"]["DSA-1-1"] == pd.Timestamp("2025-01-01", tz="UTC")


def test_what_was_read_is_told_so_that_not_listed_means_something(tmp_path):
    path = catalogue(tmp_path, entry("CVE-1999-1"))
    _, problems = audited(tmp_path, path, record("CVE-2026-1", "openssl", INTRODUCED))
    told = problems[problems["code"] == "exploitation_read"]
    assert told["detail"].tolist() == ["1 flaws, as of 2026-08-20"]
    assert told["subject_id"].tolist() == [str(path)]


@pytest.mark.parametrize(("days", "codes"), [(29, []), (30, ["stale_feed"])])
def test_a_catalogue_older_than_a_month_is_a_problem(tmp_path, days, codes):
    now = NOW + timedelta(days=days)
    row = record("CVE-2026-1", "openssl", INTRODUCED, fixed("4"), modified=now.isoformat())
    _, problems = audited(tmp_path, catalogue(tmp_path, entry()), row, now=now)
    assert [code for code in problems["code"] if code == "stale_feed"] == codes


def test_without_a_catalogue_nobody_knows(tmp_path):
    made = audit(fleet(package("a", "openssl", "3.0.9-1")),
                 feed(tmp_path, record("CVE-2026-1", "openssl", INTRODUCED)), now=NOW)
    assert made.findings["exploited_since"].isna().all()
    assert "exploitation_read" not in set(made.problems["code"])


@pytest.mark.parametrize("bad", [
    None, 1, [], "CVE-1", {}, entry(None), entry(day=None), entry(day="soon"), entry(flaw=""),
    entry(day="2026-02-30"), entry(day=20260301), entry("C" * 5_000),
], ids=repr)
def test_a_broken_entry_is_a_problem_and_the_rest_is_kept(tmp_path, bad):
    rows, problems = read(catalogue(tmp_path, bad, entry("CVE-2026-2")))
    assert [row.flaw for row in rows] == ["CVE-2026-2"]
    assert [problem.subject_id for problem in problems] == [
        f"{tmp_path / 'known_exploited_vulnerabilities.json'}, entry 1"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(ANY, st.fixed_dictionaries({"cveID": ANY, "dateAdded": ANY})),
                max_size=4), ANY)
def test_no_entry_breaks_its_neighbour(tmp_path, entries, released):
    rows, _ = read(catalogue(tmp_path, *entries, entry("CVE-GOOD"), dateReleased=released))
    assert "CVE-GOOD" in [row.flaw for row in rows]


@pytest.mark.parametrize(("name", "text"), [
    ("kev.json", "[]"), ("kev.json", "{"), ("kev.json", '{"vulnerabilities": {}}'),
    ("kev.csv", "a,b\n1,2\n"), ("kev.csv", ""), ("kev.xml", "<a/>"), ("kev.json.gz", "no gzip"),
])
def test_a_file_of_another_form_is_refused(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    with pytest.raises(LoadError):
        read(tmp_path / name)


def test_an_absent_file_is_refused(tmp_path):
    with pytest.raises(LoadError, match="cannot be read"):
        read(tmp_path / "kev.json")
