import gzip
import json

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fleetkit.advisories import secdb
from fleetkit.errors import LoadError
from fleetkit.patching import audit
from fleetkit.plugins import find
from tests.patching.literal import NOW, fleet, package, shared

FIXED = {"3.1-r1": ["CVE-2023-1000"]}


def database(fixes=FIXED, name="openssl", **cells):
    plain = {"distroversion": "v3.18", "reponame": "main", "archs": ["x86_64"],
             "urlprefix": "https://dl-cdn.alpinelinux.org/alpine"}
    return {**plain, "packages": [{"pkg": {"name": name, "secfixes": fixes}}], **cells}


def write(folder, content, name="main.json"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def read(path):
    """Rows that were read, and codes of the problems met beside the missing date."""
    problems = []
    rows = list(find("advisories", "secdb").rows(path, problems.append))
    return rows, [problem.code for problem in problems if problem.code != "undated_feed"]


def one(folder, content):
    (row,), _ = read(write(folder, content))
    return row


def names(folder, text):
    """Ids after the prefix, each with all that it is called, of one text of flaws."""
    rows, _ = read(write(folder, database({"1-r0": [text]})))
    return {row.osv_id.removeprefix("ALPINE-v3.18-main-"): {*row.aliases, *row.upstream}
            for row in rows}


def alpine(version, name="openssl", release="v3.18", **cells):
    return package("a", name, version, ecosystem="Alpine", release=release, **cells)


def judged(path, *packages):
    """(advisory, status) of all findings about flaws."""
    found = audit(fleet(*packages), f"secdb:{path}", now=NOW).findings
    found = found[found["advisory_id"].notna()]
    return list(zip(found["advisory_id"], found["status"], strict=True))


def test_a_fix_is_a_range_up_to_its_version(tmp_path):
    row = one(tmp_path, database())
    assert row.ranges == (("ECOSYSTEM", (("introduced", "0"), ("fixed", "3.1-r1"))),)


def test_a_row_names_release_package_and_flaw(tmp_path):
    row = one(tmp_path, database())
    assert (row.osv_id, row.ecosystem, row.package, row.upstream) == (
        "ALPINE-v3.18-main-CVE-2023-1000", "Alpine:v3.18", "openssl", ("CVE-2023-1000",))


def test_a_row_has_no_date(tmp_path):
    assert one(tmp_path, database()).modified is None


def test_the_missing_date_is_told(tmp_path):
    problems = []
    list(secdb.rows(write(tmp_path, database()), problems.append))
    assert [problem.code for problem in problems] == ["undated_feed"]


@pytest.mark.parametrize(("cells", "ecosystem", "osv_id"), [
    ({"distroversion": "edge"}, "Alpine:edge", "ALPINE-edge-main-CVE-2023-1000"),
    ({"distroversion": "3.18"}, "Alpine:v3.18", "ALPINE-v3.18-main-CVE-2023-1000"),
    ({"distroversion": None, "reponame": "os", "urlprefix": "https://packages.wolfi.dev"},
     "Wolfi", "WOLFI-os-CVE-2023-1000"),
    ({"distroversion": None, "reponame": "chainguard", "urlprefix": "https://packages.cgr.dev"},
     "Chainguard", "CHAINGUARD-CVE-2023-1000"),
    ({"distroversion": None, "reponame": "extras", "urlprefix": "https://packages.cgr.dev"},
     "Chainguard", "CHAINGUARD-extras-CVE-2023-1000"),
])
def test_the_system_is_named_as_in_osv(tmp_path, cells, ecosystem, osv_id):
    row = one(tmp_path, database(**cells))
    assert (row.ecosystem, row.osv_id) == (ecosystem, osv_id)


@pytest.mark.parametrize(("text", "expected"), [
    ("CVE-2019-14697 (+)", {"CVE-2019-14697": {"CVE-2019-14697"}}),
    ("CVE-2019-1111 (not CVE-2018-2222)", {"CVE-2019-1111": {"CVE-2019-1111"}}),
    ("XSA-378 (CVE-2021-28694)", {"CVE-2021-28694": {"CVE-2021-28694", "XSA-378"}}),
    ("CVE-2019-5060 TALOS-2019-0844", {"CVE-2019-5060": {"CVE-2019-5060", "TALOS-2019-0844"}}),
    ("XSA-1 CVE-2019-1111", {"CVE-2019-1111": {"CVE-2019-1111"}}),
    ("CVE-2019-1111 CVE-2019-2222",
     {"CVE-2019-1111": {"CVE-2019-1111"}, "CVE-2019-2222": {"CVE-2019-2222"}}),
    ("CVE-2019-19451.patch", {"CVE-2019-19451": {"CVE-2019-19451"}}),
    ("CVE_2019-2426", {"CVE-2019-2426": {"CVE-2019-2426"}}),
    ("cve-2019-2426,", {"CVE-2019-2426": {"CVE-2019-2426"}}),
    ("CVE-????-????? XSA-207", {"XSA-207": {"XSA-207"}}),
    ("CVE-N/A ZBX-11023", {"ZBX-11023": {"ZBX-11023"}}),
    ("VSV00001", {"VSV00001": {"VSV00001"}}),
    ("GHSA-vvpx-j8f3-3w6h", {"GHSA-vvpx-j8f3-3w6h": {"GHSA-vvpx-j8f3-3w6h"}}),
    ("CVE-201-91234", {"CVE-201-91234": {"CVE-201-91234"}}),
    ("CVE-2019-1111 CVE-201-91234",
     {"CVE-2019-1111": {"CVE-2019-1111"}, "CVE-201-91234": {"CVE-201-91234"}}),
])
def test_a_text_of_flaws_is_taken_apart(tmp_path, text, expected):
    assert names(tmp_path, text) == expected


def test_a_text_without_a_flaw_is_a_problem_and_its_neighbour_is_read(tmp_path):
    rows, codes = read(write(tmp_path, database({"1-r0": ["some fix", "CVE-2019-1111"]})))
    assert ([row.upstream for row in rows], codes) == ([("CVE-2019-1111",)], ["broken_record"])


def test_names_that_registries_join_are_aliases(tmp_path):
    row = one(tmp_path, database({"1-r0": ["GHSA-vvpx-j8f3-3w6h"]}))
    assert (row.aliases, row.upstream) == (("GHSA-vvpx-j8f3-3w6h",), ())


def test_an_old_package_is_found(tmp_path):
    path = write(tmp_path, database())
    assert judged(path, alpine("3.1-r0")) == [
        ("ALPINE-v3.18-main-CVE-2023-1000", "vulnerable_fix_available")]


def test_a_binary_package_is_found_by_its_source(tmp_path):
    path = write(tmp_path, database())
    binary = alpine("3.1-r0", "libcrypto3", source_name="openssl")
    assert len(judged(path, binary)) == 1


def test_a_fixed_package_is_no_finding(tmp_path):
    assert judged(write(tmp_path, database()), alpine("3.1-r1")) == []


def test_a_package_of_another_release_is_no_finding(tmp_path):
    assert judged(write(tmp_path, database()), alpine("3.1-r0", release="v3.17")) == []


def test_a_finding_is_grouped_under_the_cve(tmp_path):
    path = write(tmp_path, database({"3.1-r1": ["CVE-2023-1000 XSA-378"]}))
    found = audit(fleet(alpine("3.1-r0")), f"secdb:{path}", now=NOW).findings
    assert found["group_id"].dropna().tolist() == ["CVE-2023-1000"]


@pytest.mark.parametrize(("name", "dump"), [("a.json", json.dumps), ("a.yaml", yaml.safe_dump)])
def test_version_zero_is_never_a_finding(tmp_path, name, dump):
    path = write(tmp_path, dump(database({"0": ["CVE-2023-1000"]})), name)
    assert judged(path, alpine("3.1-r0"), alpine("0", subject_id="b")) == []


def test_an_unquoted_zero_is_never_affected(tmp_path):
    (row,), _ = read(write(tmp_path, yaml.safe_dump(database({0: ["CVE-2023-1000"]})), "a.yaml"))
    assert row.ranges == ()


@pytest.mark.parametrize("key", [1.1, 7, False, None, "", " "])
def test_a_version_that_yaml_may_have_changed_is_a_problem(tmp_path, key):
    fixes = {key: ["CVE-2023-1000"], "2-r0": ["CVE-2023-2000"]}
    rows, codes = read(write(tmp_path, yaml.safe_dump(database(fixes), sort_keys=False), "a.yaml"))
    assert ([row.upstream for row in rows], codes) == ([("CVE-2023-2000",)], ["broken_record"])


def test_a_flaw_both_absent_and_fixed_is_told_and_the_fix_believed(tmp_path):
    path = write(tmp_path, database({"0": ["CVE-2023-1000"], **FIXED}))
    assert read(path)[1] == ["contradictory_record"]
    assert len(judged(path, alpine("3.1-r0"))) == 1


def test_a_flaw_that_is_fixed_again_counts_until_the_last_fix(tmp_path):
    path = write(tmp_path, database({"3.1-r1": ["CVE-2023-1000"], "3.2-r2": ["CVE-2023-1000"]}))
    found = audit(fleet(alpine("3.2-r1")), f"secdb:{path}", now=NOW).findings
    assert found["fixed_version"].dropna().tolist() == ["3.2-r2"]


def test_releases_and_repositories_do_not_replace_each_other(tmp_path):
    for release in ("v3.17", "v3.18"):
        for repository in ("main", "community"):
            write(tmp_path, database(name=f"{repository}-ssl", distroversion=release,
                                     reponame=repository), f"{release}/{repository}.json")
    installed = [alpine("3.1-r0", f"{repository}-ssl", release, subject_id=release)
                 for release in ("v3.17", "v3.18") for repository in ("main", "community")]
    assert len(judged(tmp_path, *installed)) == 4


def test_two_packages_with_one_flaw_are_both_found(tmp_path):
    both = [*database()["packages"], *database(name="libressl")["packages"]]
    path = write(tmp_path, database(packages=both))
    assert len(judged(path, alpine("3.1-r0"), alpine("3.1-r0", "libressl"))) == 2


def test_a_gzipped_database_is_read(tmp_path):
    path = tmp_path / "main.json.gz"
    path.write_bytes(gzip.compress(json.dumps(database()).encode()))
    assert len(read(path)[0]) == 1


def test_every_yaml_document_is_read(tmp_path):
    both = yaml.safe_dump_all([database(), database(distroversion="v3.17")])
    rows, _ = read(write(tmp_path, both, "all.yaml"))
    assert [row.ecosystem for row in rows] == ["Alpine:v3.18", "Alpine:v3.17"]


@pytest.mark.parametrize("content", [
    [], 7, None, {}, {"packages": 7}, {"id": "CVE-1", "modified": "2024-01-01T00:00:00Z"},
    database(distroversion=None), database(distroversion=3.1), database(distroversion="v3 or so"),
])
def test_a_file_of_another_form_is_an_error(tmp_path, content):
    with pytest.raises(LoadError, match=r"main\.json: "):
        read(write(tmp_path, content))


def test_a_missing_path_says_so(tmp_path):
    with pytest.raises(LoadError, match="no such file or folder"):
        read(tmp_path / "absent")


def test_another_kind_of_file_says_what_is_read(tmp_path):
    with pytest.raises(LoadError, match=r"\.yaml"):
        read(write(tmp_path, "hello", "notes.txt"))


def test_an_empty_file_is_an_error(tmp_path):
    with pytest.raises(LoadError, match="empty"):
        read(write(tmp_path, "", "main.yaml"))


def test_a_half_written_file_is_an_error(tmp_path):
    with pytest.raises(LoadError, match="complete"):
        read(write(tmp_path, json.dumps(database())[:-20]))


def test_a_half_written_file_of_a_folder_is_a_problem_and_the_others_are_read(tmp_path):
    write(tmp_path, json.dumps(database())[:-20], "a.json")
    write(tmp_path, database(), "b.json")
    rows, codes = read(tmp_path)
    assert (len(rows), codes) == (1, ["unreadable_feed"])


def test_a_file_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(secdb, "FILE_BYTES", 1 << 16)
    path = tmp_path / "main.json.gz"
    path.write_bytes(gzip.compress(b" " * (1 << 20)))
    with pytest.raises(LoadError, match="holds more than"):
        read(path)


def test_aliases_that_unfold_without_end_are_refused(tmp_path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(LoadError, match="unfold"):
        read(write(tmp_path, "\n".join(lines), "bomb.yaml"))


@pytest.mark.parametrize("entry", [
    7, None, [], {}, {"pkg": 7}, {"pkg": {"secfixes": FIXED}}, {"pkg": {"name": "x" * 1_000}},
    {"pkg": {"name": "a", "secfixes": 7}}, {"pkg": {"name": "a", "secfixes": [FIXED]}},
    {"pkg": {"name": "a", "secfixes": {"1-r0": "CVE-2023-1"}}},
    {"pkg": {"name": "a", "secfixes": {"1-r0": [7]}}},
    {"pkg": {"name": "a", "secfixes": {"1-r0": [{"CVE-2023-1111": "note"}]}}},
    {"pkg": {"name": "a", "secfixes": {"1-r0": ["CVE-2023-1111" * 100]}}},
])
def test_a_broken_entry_is_a_problem_and_its_neighbour_is_read(tmp_path, entry):
    path = write(tmp_path, database(packages=[entry, *database()["packages"]]))
    rows, codes = read(path)
    assert ([row.package for row in rows], codes) == (["openssl"], ["broken_record"])


def test_a_number_of_many_digits_is_a_problem(tmp_path):
    text = yaml.safe_dump(database({"1-r0": ["FLAW"]})).replace("FLAW", "0x" + "f" * 9_000)
    path = write(tmp_path, text, "main.yaml")
    assert read(path) == ([], ["broken_record"])


def test_a_broken_entry_is_named(tmp_path):
    path = write(tmp_path, database({"1-r0": ["some fix"]}))
    problems = []
    list(secdb.rows(path, problems.append))
    assert problems[-1].subject_id == f"{path}, package 1: openssl"


@pytest.mark.parametrize("fixes", [None, {}, {"1-r0": None}, {"1-r0": []}])
def test_a_package_without_fixes_is_no_problem(tmp_path, fixes):
    assert read(write(tmp_path, database(fixes))) == ([], [])


IDS = st.one_of(
    st.text(max_size=30),
    st.lists(st.sampled_from(["CVE-2019-1111", "cve_2020-22222", "XSA-37", "(", ")", "+", "(+)",
                              "CVE-", "GHSA-", "\ud800", "\x00", ",", "0", "é"]), max_size=6)
    .map(" ".join),
)
ANY = st.one_of(st.none(), st.integers(), st.floats(), IDS, st.lists(IDS, max_size=2))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.one_of(st.sampled_from(["0", "1-r0", "?"]), IDS), ANY, max_size=3))
@example({"\ud800": ["CVE-2019-1111"]})
def test_no_text_breaks_the_audit_or_its_neighbour(tmp_path, fixes):
    both = [*database(fixes, "zlib")["packages"], *database()["packages"]]
    path = write(tmp_path, database(packages=both))
    found = judged(path, alpine("3.1-r0"), alpine("1.0-r0", "zlib"))
    assert ("ALPINE-v3.18-main-CVE-2023-1000", "vulnerable_fix_available") in found


@given(IDS)
def test_every_text_names_a_flaw_or_is_refused_in_words(tmp_path_factory, text):
    path = write(tmp_path_factory.mktemp("ids"), database({"1-r0": [text]}))
    rows, codes = read(path)
    assert bool(rows) != bool(codes)


@pytest.mark.parametrize(("name", "count"), [
    ("alpine-secdb-v3.10-community.json", 9), ("alpine-secdb-v3.10-main.yaml", 386),
    ("alpine-secdb-v3.11-community.yaml", 307), ("alpine-secdb-v3.11-main.yaml", 409),
    ("chainguard-secdb.json", 197),
])
def test_every_entry_of_the_stored_databases_is_read(name, count):
    rows, codes = read(shared(f"osv/{name}"))
    assert (len(rows), codes) == (count, [])


def test_an_old_package_is_found_with_a_stored_database():
    path = shared("osv/alpine-secdb-v3.10-main.yaml")
    found = judged(path, alpine("1.30.1-r1", "busybox", "v3.10"),
                   alpine("1.30.1-r2", "busybox", "v3.10", subject_id="b"))
    assert found == [("ALPINE-v3.10-main-CVE-2019-5747", "vulnerable_fix_available")]


def test_what_never_affected_a_package_of_chainguard_is_no_finding():
    installed = package("a", "coreutils", "9.1-r0", ecosystem="Chainguard", release=None)
    assert judged(shared("osv/chainguard-secdb.json"), installed) == []
