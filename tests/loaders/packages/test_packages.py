import gzip
import json
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from fleetkit.errors import LoadError
from fleetkit.loading import load
from tests.installed import rpms
from tests.real.parts import require

DPKG = ("${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\t"
        "${db:Status-Status}\n")
RPM = "%{NAME}\t%{EPOCH}:%{VERSION}-%{RELEASE}\t%{ARCH}\t%{SOURCERPM}\t%{MODULARITYLABEL}\n"
DEBIAN = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
ROW = "libssl3\t3.0.9-1+b2\tamd64\topenssl\t3.0.9-1\tinstalled\n"
CELLS = ["name", "version", "source_name", "source_version", "arch", "ecosystem", "release",
         "purl", "module"]
STATUS = Path("/var/lib/dpkg/status")


def loaded(folder, *, files=None, **options):
    for name, content in (files or {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load("packages", folder, **options)


def one(fleet):
    (row,) = fleet.packages.to_dict("records")
    return row


def codes(fleet):
    return fleet.problems["code"].tolist()


def cells(fleet, columns=CELLS):
    frame = fleet.packages[columns].astype(object).where(fleet.packages[columns].notna(), None)
    return frame.sort_values(["name", "version", "arch"], ignore_index=True)


def printed(*command):
    return subprocess.run(command, capture_output=True, check=True).stdout


def test_a_list_gives_the_package_with_its_source_build(tmp_path):
    row = one(loaded(tmp_path, files={"web-1.txt": ROW}))
    assert [row[name] for name in ("subject_id", "name", "source_name", "source_version")] == [
        "packages||vm|web-1", "libssl3", "openssl", "3.0.9-1"]


def test_what_dpkg_query_prints_equals_its_database(tmp_path):
    require("dpkg-query")
    queried = loaded(tmp_path / "a", files={
        "web-1.txt": printed("dpkg-query", "-W", f"--showformat={DPKG}"),
        "web-1.os-release": DEBIAN})
    copied = loaded(tmp_path / "b", files={
        "web-1/var/lib/dpkg/status": STATUS.read_bytes(), "web-1/etc/os-release": DEBIAN})
    assert len(queried.packages) > 100
    pd.testing.assert_frame_equal(cells(queried), cells(copied))


@pytest.mark.parametrize("command", [("dpkg", "-l"), ("dpkg-query", "-W")])
def test_shorter_lists_of_dpkg_tell_the_same_names_and_versions(tmp_path, command):
    require("dpkg-query")
    short = loaded(tmp_path / "a", files={"web-1.txt": printed(*command)})
    whole = loaded(tmp_path / "b", files={"web-1/status": STATUS.read_bytes()})
    columns = ["name", "version"]
    assert sorted(short.packages[columns].to_numpy().tolist()) == sorted(
        whole.packages[columns].to_numpy().tolist())
    assert "list_without_sources" in codes(short)


def test_what_rpm_prints_equals_its_database(tmp_path):
    require("rpmbuild")
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "build").mkdir()
    rpms.install(root, rpms.build(tmp_path / "build"))
    said = rpms.rpm(root, "-qa", "--qf", RPM)
    plain = rpms.rpm(root, "-qa")
    copied = rpms.copy_sqlite(root, tmp_path / "copy").files[rpms.SQLITE]
    queried = loaded(tmp_path / "a", files={"h.txt": said})
    database = loaded(tmp_path / "b", files={f"h/{rpms.SQLITE}": copied})
    short = loaded(tmp_path / "c", files={"h.txt": plain})
    assert len(queried.packages) > 5
    pd.testing.assert_frame_equal(cells(queried), cells(database))
    without_epoch = queried.packages["version"].str.replace(r"^\d+:", "", regex=True)
    assert sorted(short.packages["version"]) == sorted(without_epoch)


@pytest.mark.parametrize(("line", "expected"), [
    ("musl-1.2.5-r0 x86_64 {musl} (MIT) [installed]",
     ("musl", "1.2.5-r0", "musl", "x86_64")),
    ("libcrypto3-3.3.1-r3 x86_64 {openssl} (Apache-2.0) [installed]",
     ("libcrypto3", "3.3.1-r3", "openssl", "x86_64")),
    ("ca-certificates-bundle-20240705-r0", ("ca-certificates-bundle", "20240705-r0", None, None)),
    ("busybox-1.36.1-r29 - Size optimized toolbox", ("busybox", "1.36.1-r29", None, None)),
    ("bash-5.1.8-9.el9.x86_64", ("bash", "5.1.8-9.el9", None, "x86_64")),
    ("nodejs\t1:16.2-4.module+el9\tx86_64\tnodejs-16.2-4.module+el9.src.rpm\tnodejs:16:1:a",
     ("nodejs", "1:16.2-4.module+el9", "nodejs", "x86_64")),
    ("bash\t(none):5.1.8-9.el9\tx86_64\tbash-5.1.8-9.el9.src.rpm\t(none)",
     ("bash", "5.1.8-9.el9", "bash", "x86_64")),
    ("zlib1g:amd64\t1:1.2.13.dfsg-1", ("zlib1g", "1:1.2.13.dfsg-1", None, "amd64")),
])
def test_each_form_of_list_is_known_by_its_lines(tmp_path, line, expected):
    row = cells(loaded(tmp_path, files={"h.txt": line + "\n"})).iloc[0]
    assert (row["name"], row["version"], row["source_name"], row["arch"]) == expected


@pytest.mark.parametrize("line", [
    "libold\t1.0-1\tamd64\tlibold\t1.0-1\tconfig-files", "rc  libold  1.0-1  amd64  gone",
    "musl-dev-1.2.5-r0 x86_64 {musl} (MIT) []",
])
def test_what_is_not_installed_is_counted_but_no_package(tmp_path, line):
    found = loaded(tmp_path, files={"h.txt": line + "\n"})
    assert (len(found.packages), "not_installed" in codes(found)) == (0, True)


def test_imported_keys_of_rpm_are_no_packages(tmp_path):
    lines = "gpg-pubkey-8483c65d-5ccc5b19.(none)\nbash-5.1.8-9.el9.x86_64\n"
    assert one(loaded(tmp_path, files={"h.txt": lines}))["name"] == "bash"


def test_a_copied_database_of_apk_is_read(tmp_path):
    block = "C:Q1abc=\nP:musl\nV:1.2.5-r0\nA:x86_64\no:musl\n\n"
    row = one(loaded(tmp_path, files={"h/lib/apk/db/installed": block}))
    assert (row["subject_id"], row["source_name"]) == ("packages||vm|h", "musl")


@pytest.mark.parametrize("name", [
    "web-1.txt", "web-1.dpkg.txt", "web-1/dpkg.txt", "web-1/packages.txt", "web-1.rpm.txt"])
def test_a_host_is_named_by_its_file_or_its_folder(tmp_path, name):
    assert one(loaded(tmp_path, files={name: ROW}))["subject_id"] == "packages||vm|web-1"


def test_a_full_name_with_dots_is_kept(tmp_path):
    found = loaded(tmp_path, files={"web-1.example.com.txt": ROW})
    assert found.workloads["hostname"].tolist() == ["web-1.example.com"]


def test_the_caller_names_the_host_or_its_workload(tmp_path):
    assert one(loaded(tmp_path, files={"a.txt": ROW}, host="web-9"))["subject_id"] == (
        "packages||vm|web-9")
    found = loaded(tmp_path, host="aws|eu|vm|i-1")
    assert (one(found)["subject_id"], len(found.workloads)) == ("aws|eu|vm|i-1", 0)


def test_all_files_about_a_host_are_one_workload(tmp_path):
    found = loaded(tmp_path, files={
        "web-1.txt": ROW, "web-1.os-release": DEBIAN, "web-1.uname": "6.1.0-18-amd64\n"})
    shown = found.workloads[["workload_id", "os_name", "os_version", "kernel_version"]]
    assert shown.to_numpy().tolist() == [["packages||vm|web-1", "debian", "12", "6.1.0-18-amd64"]]
    assert codes(found) == []


def test_the_system_beside_a_list_names_its_ecosystem(tmp_path):
    row = one(loaded(tmp_path, files={"web-1.txt": ROW, "os-release": DEBIAN}))
    assert (row["ecosystem"], row["release"]) == ("Debian", "12")


def test_a_system_beside_lists_of_two_hosts_is_nobodys(tmp_path):
    found = loaded(tmp_path, files={"a.txt": ROW, "b.txt": ROW, "os-release": DEBIAN})
    assert found.packages["ecosystem"].tolist() == ["dpkg", "dpkg"]
    assert found.workloads["hostname"].tolist() == ["a", "b"]
    assert "nobodys_file" in codes(found)


def test_a_list_without_a_system_is_a_problem(tmp_path):
    assert "unknown_system" in codes(loaded(tmp_path, files={"a.txt": ROW}))


def test_a_line_that_is_cut_off_is_a_problem_with_its_number(tmp_path):
    found = loaded(tmp_path, files={"a.txt": ROW + "zlib1g\t1:1.2"})
    met = found.problems[found.problems["code"] == "unreadable_line"]
    assert (met["subject_id"].tolist(), len(found.packages)) == (["line 2"], 1)


@pytest.mark.parametrize("content", [
    ROW.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + ROW.encode(), ROW.encode("utf-16"),
])
def test_line_ends_and_marks_of_other_systems_do_not_matter(tmp_path, content):
    assert one(loaded(tmp_path, files={"a.txt": content}))["source_version"] == "3.0.9-1"


def test_bytes_of_another_encoding_are_a_problem_not_a_name(tmp_path):
    found = loaded(tmp_path, files={"a.txt": ROW.encode() + b"lib\xe9\t1\tall\ta\t1\tinstalled\n"})
    assert (len(found.packages), "unreadable_line" in codes(found)) == (1, True)


def test_a_secret_in_a_line_that_is_no_package_is_masked(tmp_path):
    found = loaded(tmp_path, files={"a.txt": ROW + "export DB_PASSWORD=hunter2secret\n"})
    assert "hunter2secret" not in found.problems.to_csv()


def test_a_secret_in_a_file_that_is_no_list_is_masked(tmp_path):
    with pytest.raises(LoadError) as met:
        loaded(tmp_path, files={"a.txt": "export DB_PASSWORD=hunter2secret\n"})
    assert "hunter2secret" not in str(met.value)


def test_many_bad_lines_are_counted(tmp_path):
    found = loaded(tmp_path, files={"a.txt": ROW * 3 + "what is this?\n" * 150})
    assert codes(found).count("unreadable_line") == 100
    assert found.problems[found.problems["code"] == "more_problems"]["detail"].tolist() == [
        "50 more"]


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path):
    with pytest.raises(LoadError, match="holds more than"):
        loaded(tmp_path, files={"a.txt.gz": gzip.compress(bytes(65 << 20))})


@pytest.mark.parametrize("content", ["", "hello world\n", "\0\0\0\n", "[1, 2]", '{"a": ', "<xml/>"])
def test_a_file_that_is_no_list_is_refused_by_name(tmp_path, content):
    with pytest.raises(LoadError, match=r"a\.txt"):
        loaded(tmp_path, files={"a.txt": content})


DEB = {"name": "libssl3", "version": "3.0.9-1+b2", "revision": "1+b2",
       "source": "openssl (3.0.9-1)", "arch": "amd64", "size": "451",
       "status": "install ok installed", "maintainer": "x"}


def test_rows_of_osquery_equal_what_dpkg_query_prints(tmp_path):
    told = loaded(tmp_path / "a", files={"web-1.json": json.dumps([DEB])})
    listed = loaded(tmp_path / "b", files={"web-1.txt": ROW})
    pd.testing.assert_frame_equal(cells(told), cells(listed))


def test_an_empty_source_means_the_packages_own_name(tmp_path):
    row = one(loaded(tmp_path, files={"a.json": json.dumps([{**DEB, "source": ""}])}))
    assert (row["source_name"], row["source_version"]) == ("libssl3", "3.0.9-1+b2")


def test_tables_of_one_host_say_which_system_machine_and_kernel_it_has(tmp_path):
    tables = {
        "os_version": [{"name": "Ubuntu", "version": "22.04.4 LTS (Jammy Jellyfish)", "major": "22",
                        "minor": "4", "platform": "ubuntu", "codename": "jammy"}],
        "system_info": [{"hostname": "web-1.local", "uuid": "4c4c4544", "cpu_type": "x86_64",
                         "physical_memory": "1024", "cpu_logical_cores": "4"}],
        "kernel_info": [{"version": "5.15.0-1", "arguments": "quiet", "device": "/dev/sda"}],
        "deb_packages": [DEB]}
    found = loaded(tmp_path, files={"web-1.json": json.dumps(tables)})
    (host,) = found.workloads.to_dict("records")
    assert [host[name] for name in ("hostname", "machine_uuid", "kernel_version", "os_version")] \
        == ["web-1.local", "4c4c4544", "5.15.0-1", "22.04"]
    assert one(found)["release"] == "22.04:LTS"


@pytest.mark.parametrize(("table", "row", "expected"), [
    ("rpm_packages", {"name": "bash", "version": "5.1.8", "release": "9.el9", "epoch": "0",
                      "arch": "x86_64", "source": "bash-5.1.8-9.el9.src.rpm"},
     ("rpm", "bash", "5.1.8-9.el9")),
    ("rpm_packages", {"name": "dbus", "version": "1.12", "release": "5.el9", "epoch": "1"},
     ("rpm", "dbus", "1:1.12-5.el9")),
    ("python_packages", {"name": "requests", "version": "2.31.0", "path": "/usr/lib/x"},
     ("PyPI", "requests", "2.31.0")),
    ("npm_packages", {"name": "@babel/core", "version": "7.1.0", "path": "/usr/x"},
     ("npm", "@babel/core", "7.1.0")),
])
def test_a_file_named_after_a_table_holds_its_rows(tmp_path, table, row, expected):
    found = one(loaded(tmp_path, files={f"web-1/{table}.json": json.dumps([row])}))
    assert (found["ecosystem"], found["name"], found["version"]) == expected
    assert found["subject_id"] == "packages||vm|web-1"


def test_the_daemons_log_names_its_hosts(tmp_path):
    lines = [json.dumps({"name": "pack_it_deb_packages", "hostIdentifier": host,
                         "action": "snapshot", "snapshot": [DEB]}) for host in ("a", "b")]
    found = loaded(tmp_path, files={"osqueryd.snapshots.log": "\n".join(lines) + "\n"})
    assert found.packages["subject_id"].tolist() == ["packages||vm|a", "packages||vm|b"]


def test_broken_rows_of_osquery_do_not_spoil_their_neighbours(tmp_path):
    rows = [DEB, {"name": None, "version": "1"}, 7, {**DEB, "name": "a\nb"}]
    found = loaded(tmp_path, files={"web-1.deb_packages.json": json.dumps(rows)})
    assert (len(found.packages), codes(found).count("unreadable_record")) == (1, 3)


def test_a_tree_of_copied_files_is_read_and_its_folders_are_not(tmp_path):
    found = loaded(tmp_path, files={
        "web-1/var/lib/dpkg/status": "Package: a\nStatus: install ok installed\nVersion: 1\n",
        "web-1/var/lib/dpkg/info/a.list": "/usr\n", "web-1/etc/os-release": DEBIAN})
    assert (found.coverage["status"].unique().tolist(), len(found.packages)) == (["ok"], 1)
