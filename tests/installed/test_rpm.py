"""rpm databases in every container, against what rpm itself lists."""

import struct

from fleetkit.installed import read_installed
from tests.installed.rpms import ERASED, SQLITE, line_of

ROCKY = {"etc/os-release": b'NAME="Rocky Linux"\nID="rocky"\nVERSION_ID="9.4"\n'}


def write_header(*tags):
    """A header blob by hand: (tag, type, offset, count) entries over the data below."""
    data = b"odd\x001\x002\x00" + struct.pack(">I", 7) + b"(none)\x00open"
    index = b"".join(struct.pack(">IIII", *tag) for tag in tags)
    return struct.pack(">II", len(tags), len(data)) + index + data


def test_every_container_lists_what_rpm_lists(rpm_database):
    answer = read_installed(rpm_database.files)
    keys = {line for line in rpm_database.judged if line.startswith("gpg-pubkey|")}
    assert {line_of(package) for package in answer.packages} == rpm_database.judged - keys


def test_every_container_is_read_without_fault(rpm_database):
    answer = read_installed({**ROCKY, **rpm_database.files})
    assert (answer.observable, answer.faults) == (True, ())


def test_the_log_of_the_wal_case_holds_what_the_database_lacks(wal):
    assert f"{SQLITE}-wal" in wal.files
    with_log = read_installed(wal.files).packages
    without = read_installed({SQLITE: wal.files[SQLITE]}).packages
    assert len(without) == len(with_log) - 1


def test_erased_package_is_not_installed(rpm_database):
    names = {package.name for package in read_installed(rpm_database.files).packages}
    assert ERASED not in names


def test_imported_key_is_no_package(sqlite):
    assert any(line.startswith("gpg-pubkey|") for line in sqlite.judged)
    names = {package.name for package in read_installed(sqlite.files).packages}
    assert "gpg-pubkey" not in names


def test_source_version_takes_the_epoch_of_the_binary(ndb):
    found = {package.name: package for package in read_installed(ndb.files).packages}
    package = found["epoch-one"]
    assert (package.source_name, package.source_version) == ("plain", "1:1.0-1.el9")


def test_epoch_zero_is_kept_apart_from_no_epoch(ndb):
    found = {package.name: package.version for package in read_installed(ndb.files).packages}
    assert (found["epoch-zero"], found["plain"]) == ("0:2.0-1.el9", "1.0-1.el9")


def test_source_version_is_not_the_version_of_the_binary(ndb):
    found = {package.name: package for package in read_installed(ndb.files).packages}
    package = found["other-version"]
    assert (package.version, package.source_version) == ("1.04-294.el9", "1.0-1.el9")


def test_module_without_label_is_told_by_its_release(ndb):
    found = {package.name: package for package in read_installed(ndb.files).packages}
    assert (found["module-by-release"].module, found["module-by-release"].is_modular) == (
        None,
        True,
    )
    assert not found["plain"].is_modular


def test_epoch_is_a_qualifier_of_the_purl(ndb):
    found = {p.name: p.purl for p in read_installed({**ROCKY, **ndb.files}).packages}
    assert (
        found["epoch-one"]
        == "pkg:rpm/rocky/epoch-one@2.0-1.el9?arch=noarch&distro=rocky-9.4&epoch=1"
    )


def test_header_that_points_outside_itself_is_a_fault(bdb_of):
    good = [(1000, 6, 0, 1), (1001, 6, 4, 1), (1002, 6, 6, 1), (1003, 4, 8, 1)]
    bad = [*good[:2], (1002, 6, 900, 1)]
    answer = read_installed(bdb_of(write_header(*good), write_header(*bad)))
    assert [package.version for package in answer.packages] == ["7:1-2"]
    assert [fault.code for fault in answer.faults if fault.path.endswith("Packages")] == [
        "unreadable_entry"
    ]


def test_later_entry_replaces_that_of_the_signed_region(bdb_of):
    tags = [(1000, 6, 0, 1), (1001, 6, 4, 1), (1002, 6, 6, 1), (1002, 6, 4, 1)]
    answer = read_installed(bdb_of(write_header(*tags)))
    assert [package.version for package in answer.packages] == ["1-1"]


def test_text_without_end_is_a_fault(bdb_of):
    tags = [(1000, 6, 0, 1), (1001, 6, 4, 1), (1002, 6, 6, 1)]
    answer = read_installed(bdb_of(write_header(*tags, (1011, 6, 19, 1))))
    assert "tag 1011 of type 6 at byte 19 of 23" in answer.faults[0].message


def test_the_word_none_is_no_module(bdb_of):
    tags = [(1000, 6, 0, 1), (1001, 6, 4, 1), (1002, 6, 6, 1)]
    answer = read_installed(bdb_of(write_header(*tags, (5096, 6, 12, 1))))
    assert answer.packages[0].module is None


def test_header_that_repeats_a_tag_without_end_is_a_fault(bdb_of):
    answer = read_installed(bdb_of(write_header(*[(1000, 6, 0, 1)] * 60_000)))
    assert [fault.code for fault in answer.faults] == ["unreadable_entry"]
    assert "more than 44 values" in answer.faults[0].message


def test_header_shorter_than_it_claims_is_a_fault(bdb_of):
    blob = write_header((1000, 6, 0, 1), (1001, 6, 4, 1), (1002, 6, 6, 1))
    answer = read_installed(bdb_of(blob[:-1], b"1234567", b"\x8e\xad\xe8\x01" + bytes(4) + blob))
    assert [package.version for package in answer.packages] == ["1-2"]
    assert ["only 7 bytes" in fault.message for fault in answer.faults[:2]].count(True) == 1


def test_newer_versions_of_a_container_are_unknown_not_misread(ndb, bdb):
    for database, at in ((ndb, 4), (bdb, 16)):
        ((path, content),) = database.files.items()
        answer = read_installed({path: content[:at] + b"\x63" + content[at + 1 :]})
        assert (answer.packages, answer.faults[0].code) == ((), "unknown_format")


def test_unknown_container_is_named_by_its_first_bytes():
    answer = read_installed({"var/lib/rpm/Packages": b"no database, just text in its place"})
    assert not answer.observable
    assert [fault.code for fault in answer.faults] == ["unknown_format"]
    assert "no database, jus" in answer.faults[0].message


def test_berkeley_db_of_the_other_byte_order_is_read(bdb_of):
    swapped = bdb_of(write_header((1000, 6, 0, 1), (1001, 6, 4, 1), (1002, 6, 6, 1)), order=">")
    assert [package.name for package in read_installed(swapped).packages] == ["odd"]
