"""dpkg's databases, against dpkg-query."""

import subprocess
from pathlib import Path

import pytest

from fleetkit.installed import read_installed
from fleetkit.installed.limits import MAX_FAULTS, MAX_PACKAGES
from tests.real.parts import refuse, require

STATUS = "var/lib/dpkg/status"
DEBIAN = {"etc/os-release": b"ID=debian\nVERSION_ID=12\n"}
FORMAT = "|".join(
    f"${{{field}}}"
    for field in (
        "db:Status-Status",
        "Package",
        "Version",
        "source:Package",
        "source:Version",
        "Architecture",
        "Installed-Size",
    )
)
PRESENT = ("installed", "triggers-pending", "triggers-awaited", "half-configured", "unpacked")


def stanza(name, status="install ok installed", **fields):
    given = {"Package": name, "Status": status, "Architecture": "all", "Version": "1-1", **fields}
    lines = (f"{key.replace('_', '-')}: {value}\n" for key, value in given.items() if value)
    return "".join(lines)


def read(*stanzas):
    return read_installed({**DEBIAN, STATUS: "\n".join(stanzas).encode()})


def names(answer):
    return [package.name for package in answer.packages]


def ask_dpkg(admin_folder):
    require("dpkg-query")
    command = ["dpkg-query", f"--admindir={admin_folder}", "-W", "-f", f"{FORMAT}\\n"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = (line.partition("|") for line in listed.splitlines())
    return sorted(row for status, _, row in rows if status in PRESENT)


def line_of(package):
    size = "" if package.size_bytes is None else package.size_bytes // 1024
    words = (package.name, package.version, package.source_name, package.source_version)
    return "|".join(map(str, (*words, package.arch, size)))


@pytest.fixture(scope="module")
def machine():
    status = Path("/", STATUS)
    if not status.exists():
        refuse("this machine has no dpkg database; these tests want a Debian machine")
    return status.read_bytes()


def test_this_machine_lists_what_dpkg_query_lists(machine):
    answer = read_installed({STATUS: machine})
    assert sorted(map(line_of, answer.packages)) == ask_dpkg("/var/lib/dpkg")


def test_every_state_is_judged_as_dpkg_query_judges_it(tmp_path):
    wanted = ("install", "hold", "deinstall", "purge")
    states = (*PRESENT, "config-files", "not-installed")
    # dpkg refuses a pending trigger without its name
    extra = {
        "triggers-pending": {"Triggers_Pending": "some"},
        "triggers-awaited": {"Triggers_Awaited": "some"},
    }
    text = "\n".join(
        stanza(f"{want}-{state}", f"{want} ok {state}", **extra.get(state, {}))
        for want in wanted
        for state in states
    )
    (tmp_path / "status").write_text(text)
    (tmp_path / "info").mkdir()
    (tmp_path / "info/format").write_text("1\n")
    assert sorted(map(line_of, read(text).packages)) == ask_dpkg(tmp_path)


def test_held_package_is_installed():
    assert names(read(stanza("kubelet", "hold ok installed"))) == ["kubelet"]


def test_removed_package_is_not_installed_and_no_fault():
    answer = read(stanza("left", "deinstall ok config-files"))
    assert (answer.packages, answer.observable, answer.faults) == ((), True, ())


def test_half_installed_package_is_a_fault_that_names_it():
    (fault,) = read(stanza("torn", "install reinstreq half-installed"), stanza("whole")).faults
    assert (fault.code, "'torn'" in fault.message) == ("unreadable_entry", True)


def test_source_version_is_the_one_in_brackets():
    (package,) = read(stanza("libc6", Version="2.36-9+b1", Source="glibc (2.36-9)")).packages
    assert (package.source_name, package.source_version) == ("glibc", "2.36-9")


def test_unreadable_source_keeps_the_package():
    answer = read(stanza("odd", Source="two words"))
    assert (answer.packages[0].source_name, names(answer)) == (None, ["odd"])
    assert [fault.code for fault in answer.faults] == ["unreadable_field"]


def test_two_stanzas_run_together_are_a_fault_and_the_rest_is_read():
    answer = read(stanza("a") + stanza("b"), stanza("c"))
    assert names(answer) == ["c"]
    assert "two lines 'package'" in answer.faults[0].message


def test_fault_tells_the_line():
    answer = read(stanza("a"), "", stanza("no version", Version=None))
    assert "line 7" in answer.faults[0].message


def test_foreign_bytes_in_an_unused_field_do_no_harm():
    text = stanza("a").encode() + b"Description: caf\xe9\n \xff\xfe\n"
    assert names(read_installed({STATUS: text})) == ["a"]


def test_foreign_bytes_in_a_name_are_a_fault():
    text = stanza("a").encode().replace(b"Package: a", b"Package: a\xff")
    answer = read_installed({STATUS: text})
    assert (answer.packages, answer.faults[0].code) == ((), "unreadable_entry")


def test_continuation_line_that_looks_like_a_field_is_text():
    text = stanza("a") + "Description: x\n Package: b\n Version: 9\n"
    assert [(p.name, p.version) for p in read(text).packages] == [("a", "1-1")]


def test_field_names_ignore_case():
    assert names(read(stanza("a").lower())) == ["a"]


def test_cut_file_keeps_what_came_before(machine):
    whole = read_installed({STATUS: machine}).packages
    half = read_installed({STATUS: machine[: len(machine) // 2]})
    assert half.packages[:-1] == whole[: len(half.packages) - 1]


def test_distroless_folder_needs_no_status_line():
    folder = "var/lib/dpkg/status.d"
    text = stanza("libssl3", status=None, Source="openssl (3.0.15-1)", Version="3.0.15-1+b1")
    files = {f"{folder}/libssl3": text.encode(), f"{folder}/libssl3.md5sums": b"0f  usr/lib/x\n"}
    answer = read_installed({**DEBIAN, **files, STATUS: b""})
    assert [(p.name, p.source_version) for p in answer.packages] == [("libssl3", "3.0.15-1")]
    assert (answer.packages[0].path, answer.faults) == (f"{folder}/libssl3", ())


def test_faults_beyond_the_limit_are_counted():
    answer = read(*["Package: broken\n"] * (MAX_FAULTS + 7), stanza("a"))
    assert (names(answer), len(answer.faults)) == (["a"], MAX_FAULTS + 1)
    assert answer.faults[-1].message.startswith("7 more")


def test_entries_beyond_the_limit_are_a_fault():
    text = b"Status: x not-installed\n\n" * (MAX_PACKAGES + 1)
    assert [f.code for f in read_installed({**DEBIAN, STATUS: text}).faults] == [
        "too_many_packages"
    ]
