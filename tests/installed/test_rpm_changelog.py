"""Changelogs in rpm's headers: packages made by rpmbuild, installed and asked by rpm itself."""

import re
import struct

import pytest

from fleetkit.installed import read_installed, rpm_header
from fleetkit.installed.rpm_changelog import read_mentions
from tests.installed import rpms
from tests.real.parts import require

SPEC = """Name: shop-tls
Epoch: 1
Version: 3.0.7
Release: 25.el9
Summary: as it is
License: MIT
BuildArch: noarch
%description
whole
%files
%package libs
Summary: a part
%description libs
part
%files libs
%changelog
* Tue Aug 04 2026 Jane Doe <jane@shop.example> - 1:3.0.7-25
- Fix CVE-2026-0002
  Resolves: RHEL-1
- Drop CVE-2026-0001.patch
* Mon Jul 06 2026 Jane Doe <jane@shop.example> - 3.0.7-24
- Fix CVE-2026-0001 and
  CVE-2026-0003
* Mon Jun 01 2026 Jane Doe <jane@shop.example>
- Fix CVE-2026-0004, at no version
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The packages of a database that rpm made, and what rpm says of their changelog."""
    require("rpmbuild")
    require("rpm")
    folder = tmp_path_factory.mktemp("changelog")
    (folder / "shop.spec").write_text(SPEC)
    defines = [word for define in (f"_topdir {folder}/top", f"_rpmdir {folder}/rpms",
                                   "_buildhost localhost") for word in ("--define", define)]
    rpms.run("rpmbuild", *defines, "-bb", str(folder / "shop.spec"))
    rpms.install(folder / "root", sorted(folder.glob("rpms/*/*.rpm")))
    copied = rpms.copy_sqlite(folder / "root", folder / "copy")
    said = rpms.run("rpm", "--dbpath", str(folder / "copy"), "--define", "_db_backend sqlite",
                    "-q", "shop-tls", "--qf", "[%{CHANGELOGTIME}|%{CHANGELOGNAME}\\n]")
    return read_installed(copied.files).packages, said.splitlines()


def mentions(installed):
    return next(package.mentions for package in installed[0] if package.mentions is not None)


def test_flaws_stand_at_the_version_of_their_entry_with_the_epoch_of_the_package(installed):
    found = [(one.version, one.flaw, one.says) for one in mentions(installed)]
    assert found == [
        ("1:3.0.7-25", "CVE-2026-0002", "fixed"), ("1:3.0.7-25", "CVE-2026-0001", "aside"),
        ("1:3.0.7-24", "CVE-2026-0001", "fixed"), ("1:3.0.7-24", "CVE-2026-0003", "fixed"),
    ]


def test_entries_have_the_moments_that_rpm_tells(installed):
    told = {int(line.partition("|")[0]) for line in installed[1] if re.search(r"-2[45]$", line)}
    assert {int(one.changed_at.timestamp()) for one in mentions(installed)} == told


def test_one_package_of_a_source_tells_for_all(installed):
    assert [package.mentions is None for package in installed[0]].count(False) == 1


@pytest.mark.parametrize(("name", "version"), [
    ("Jane Doe <jane@shop.example> - 3.0.7-25", "3.0.7-25"),
    ("Jane Doe <jane@shop.example> 3.0.7-25", "3.0.7-25"),
    ("Jane Doe <jane@shop.example> - [1:3.0.7-25.0.1]", "1:3.0.7-25.0.1"),
    ("Jane Doe <jane@shop.example> [3.0.7-25.0.1]", "3.0.7-25.0.1"),
    ("Jane Doe <jane@shop.example> - 3.0.7-25.el9_3", "3.0.7-25.el9_3"),
    ("Jane Doe-Roe <jane@shop.example>", None),
    ("jane@shop-two.example", None),
    ("", None),
])
def test_versions_behind_authors(name, version):
    found = read_mentions(header([(1, name.encode(), b"- CVE-2026-0001")]), "3.0.7-25.el9")
    assert (found[0].version if found else None) == version


def header(changes, *, count=None):
    """A header of nothing but a changelog."""
    count = len(changes) if count is None else count
    times = b"".join(struct.pack(">I", time) for time, _, _ in changes)
    names = b"".join(name + b"\0" for _, name, _ in changes)
    texts = b"".join(text + b"\0" for _, _, text in changes)
    index = b"".join(struct.pack(">IIII", *entry) for entry in (
        (rpm_header.CHANGELOG_TIME, 4, 0, count),
        (rpm_header.CHANGELOG_NAME, 8, len(times), count),
        (rpm_header.CHANGELOG_TEXT, 8, len(times + names), count)))
    data = times + names + texts
    return struct.pack(">II", 3, len(data)) + index + data


@pytest.mark.parametrize("count", [0, 2, 5, 10_000, 0xFFFFFFFF])
def test_lists_that_do_not_fit_the_data_are_no_changelog(count):
    assert rpm_header.read_changes(header([(1, b"a - 1-1", b"x")], count=count)) is None


def test_a_header_without_a_changelog_has_none():
    assert rpm_header.read_changes(struct.pack(">II", 0, 0)) is None
