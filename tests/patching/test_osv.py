import gzip
import json
import zipfile

import pytest

from fleetkit.advisories import osv
from fleetkit.errors import LoadError
from fleetkit.plugins import find
from tests.patching.literal import INTRODUCED, feed, fixed, record, shared

ONE = record("CVE-1", "openssl", INTRODUCED, fixed("3.0.10-1"))
TWO = record("CVE-2", "zlib", INTRODUCED, fixed("1.3-1"))


def read(path):
    """Ids of the records that were read, and codes of the problems met."""
    problems = []
    rows = list(find("advisories", "osv").rows(path, problems.append))
    return [row.osv_id for row in rows], [problem.code for problem in problems]


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def zipped(path, **entries):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name.replace("_", "."), text)
    return path


def test_one_record_in_a_json_file_is_read(tmp_path):
    assert read(write(tmp_path / "a.json", json.dumps(ONE))) == (["CVE-1"], [])


def test_a_list_of_records_is_read(tmp_path):
    assert read(write(tmp_path / "a.json", json.dumps([ONE, TWO]))) == (["CVE-1", "CVE-2"], [])


def test_one_record_per_line_is_read(tmp_path):
    assert read(feed(tmp_path, ONE, TWO)) == (["CVE-1", "CVE-2"], [])


def test_gzipped_lines_are_read(tmp_path):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(feed(tmp_path, ONE, TWO).read_bytes()))
    assert read(path) == (["CVE-1", "CVE-2"], [])


def test_an_archive_is_read(tmp_path):
    path = zipped(tmp_path / "all.zip", a_json=json.dumps(ONE), b_json=json.dumps(TWO))
    assert read(path) == (["CVE-1", "CVE-2"], [])


def test_a_folder_is_read_in_the_order_of_names(tmp_path):
    write(tmp_path / "b.json", json.dumps(TWO))
    write(tmp_path / "a.json", json.dumps(ONE))
    assert read(tmp_path)[0] == ["CVE-1", "CVE-2"]


def test_an_entry_that_points_outside_writes_nothing(tmp_path):
    path = tmp_path / "in" / "all.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../out.json", json.dumps(ONE))
    read(path)
    assert [found.name for found in tmp_path.rglob("*") if found.is_file()] == ["all.zip"]


def test_a_missing_path_says_so(tmp_path):
    with pytest.raises(LoadError, match="no such file or folder"):
        read(tmp_path / "absent")


def test_a_file_of_another_form_says_what_is_read(tmp_path):
    with pytest.raises(LoadError, match=r"\.jsonl\.gz"):
        read(write(tmp_path / "notes.txt", "hello"))


def test_a_broken_line_is_a_problem_and_the_rest_is_read(tmp_path):
    text = json.dumps(ONE) + "\n{broken\n" + json.dumps(TWO)
    assert read(write(tmp_path / "a.jsonl", text)) == (["CVE-1", "CVE-2"], ["unreadable_record"])


def test_a_broken_line_is_named(tmp_path):
    path = write(tmp_path / "a.jsonl", json.dumps(ONE) + "\n{broken\n")
    problems = []
    list(osv.rows(path, problems.append))
    assert problems[0].subject_id == f"{path}, line 2"


def test_a_truncated_gzip_keeps_what_came_before(tmp_path):
    path = tmp_path / "a.jsonl.gz"
    lines = "".join(json.dumps({**ONE, "id": f"CVE-{number}", "details": f"{number:x}" * 50}) + "\n"
                    for number in range(20_000))
    path.write_bytes(gzip.compress(lines.encode())[:-5_000])
    ids, codes = read(path)
    assert ids[:2] == ["CVE-0", "CVE-1"]
    assert codes == ["unreadable_feed"]


def test_a_file_that_is_no_archive_is_a_problem(tmp_path):
    assert read(write(tmp_path / "a.zip", "not a zip")) == ([], ["unreadable_feed"])


def test_an_archive_with_a_broken_entry_keeps_the_others(tmp_path):
    path = zipped(tmp_path / "all.zip", a_json=json.dumps(ONE), b_json="{", c_json=json.dumps(TWO))
    assert read(path) == (["CVE-1", "CVE-2"], ["unreadable_record"])


def test_an_entry_that_inflates_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(osv, "FILE_BYTES", 1 << 20)
    path = zipped(tmp_path / "all.zip", a_json=" " * (2 << 20), b_json=json.dumps(TWO))
    assert read(path) == (["CVE-2"], ["unreadable_feed"])


def test_an_archive_beyond_the_budget_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(osv, "FEED_BYTES", 1 << 20)
    path = zipped(tmp_path / "all.zip", a_json=json.dumps(ONE), b_json=" " * (2 << 20))
    assert read(path) == (["CVE-1"], ["unreadable_feed"])


def test_a_line_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(osv, "RECORD_BYTES", 1 << 16)
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b"[" * (1 << 20)))
    assert read(path) == ([], ["unreadable_feed"])


def test_nesting_without_end_is_a_problem(tmp_path):
    assert read(write(tmp_path / "a.json", "[" * 100_000)) == ([], ["unreadable_record"])


def test_a_number_of_many_digits_is_a_problem(tmp_path):
    assert read(write(tmp_path / "a.json", "9" * 10_000)) == ([], ["unreadable_record"])


def test_half_a_character_is_replaced(tmp_path):
    ids, _ = read(write(tmp_path / "a.json", json.dumps({**ONE, "id": "CVE-\ud800"})))
    assert ids == ["CVE-?"]


@pytest.mark.parametrize("broken", [
    17, None, "text", [], {}, {"id": 7}, {**ONE, "id": ""}, {**ONE, "modified": 7},
    {**ONE, "id": "x" * 1_000},
])
def test_what_is_no_record_is_a_problem(tmp_path, broken):
    assert read(feed(tmp_path, broken, TWO)) == (["CVE-2"], ["broken_record"])


@pytest.mark.parametrize("entry", [
    7, {}, {"package": 7}, {"package": {"name": "a"}}, {"package": {"ecosystem": "Debian:12"}},
    {**ONE["affected"][0], "ranges": 7}, {**ONE["affected"][0], "ranges": [7]},
    {**ONE["affected"][0], "ranges": [{"type": "MAGIC", "events": []}]},
    {**ONE["affected"][0], "ranges": [{"type": "SEMVER", "events": []}]},
    {**ONE["affected"][0], "ranges": [{"type": "SEMVER", "events": [{"fixed": "1"}]}]},
    {**ONE["affected"][0], "ranges": [{"type": "SEMVER", "events": [{"introduced": 1}]}]},
    {**ONE["affected"][0], "ranges": [{"type": "SEMVER", "events": [{"mended": "1"}]}]},
    {**ONE["affected"][0], "ranges": [{"type": "SEMVER", "events": ["introduced"]}]},
])
def test_a_broken_entry_is_a_problem_and_its_neighbour_is_read(tmp_path, entry):
    both = {**ONE, "affected": [entry, *TWO["affected"]]}
    assert read(feed(tmp_path, both)) == (["CVE-1"], ["broken_record"])


def test_a_git_range_is_passed_over(tmp_path):
    git = {"type": "GIT", "repo": "r", "events": [{"introduced": "0"}, {"fixed": "abc"}]}
    entry = {**ONE["affected"][0], "ranges": [git]}
    (row,) = osv.rows(feed(tmp_path, {**ONE, "affected": [entry]}), print)
    assert row.ranges == ()


def test_debian_says_its_urgency_in_words(tmp_path):
    entry = {**ONE["affected"][0], "ecosystem_specific": {"urgency": "unimportant"}}
    (row,) = osv.rows(feed(tmp_path, {**ONE, "affected": [entry]}), print)
    assert (row.severity, row.hint) == ("unimportant", "unimportant")


def test_ubuntu_says_its_severity_in_words(tmp_path):
    scores = [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N"}, {"type": "Ubuntu", "score": "low"}]
    (row,) = osv.rows(feed(tmp_path, {**ONE, "severity": scores}), print)
    assert (row.severity, row.severity_score) == ("low", "CVSS:3.1/AV:N")


def test_the_newest_score_counts(tmp_path):
    scores = [{"type": "CVSS_V3", "score": "3"}, {"type": "CVSS_V4", "score": "4"}]
    (row,) = osv.rows(feed(tmp_path, {**ONE, "severity": scores}), print)
    assert row.severity_type == "CVSS_V4"


def test_an_almalinux_bug_fix_is_no_flaw(tmp_path):
    (row,) = osv.rows(feed(tmp_path, {**ONE, "id": "ALBA-2024:1"}), print)
    assert row.hint == "not_security"


def test_the_stream_of_a_module_is_in_the_summary(tmp_path):
    modular = record("RLSA-1", "ruby", INTRODUCED, fixed("0:3.3.1-2.module+el9.4.0"),
                     summary="Moderate: ruby:3.3 security update")
    (row,) = osv.rows(feed(tmp_path, modular), print)
    assert row.module == "ruby:3.3"


@pytest.mark.parametrize(("name", "count"), [
    ("debian-11-12-13-osv", 1200), ("debian-9-osv", 121), ("almalinux8", 28998),
    ("almalinux10", 4461), ("pypi-pysec", 831), ("bitnami", 1255),
])
def test_every_entry_of_the_stored_feeds_is_read(name, count):
    ids, codes = read(shared(f"osv/{name}.jsonl.gz"))
    assert (len(ids), codes) == (count, [])


def test_records_of_other_tools_are_read(tmp_path):
    lines = shared("osv/distro-fixtures.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line)["osv"] for line in lines]
    ids, codes = read(feed(tmp_path, *records))
    assert set(ids) == {found["id"] for found in records}
    assert codes == []
