"""One image with several databases, or none."""

from fleetkit.installed import PATHS, read_installed
from fleetkit.installed.limits import MAX_FILE_BYTES, MAX_TEXT_BYTES
from tests.installed.rpms import DATA

STATUS = "var/lib/dpkg/status"
OS = {"etc/os-release": b"ID=debian\nVERSION_ID=12\n"}
NDB = (DATA / "ndb/Packages.db").read_bytes()


def codes(answer):
    return [fault.code for fault in answer.faults]


def test_image_without_database_is_unobservable():
    answer = read_installed(OS)
    assert (answer.observable, answer.packages, answer.os.id) == (False, (), "debian")


def test_nothing_at_all_is_unobservable_without_system():
    answer = read_installed({})
    assert (answer.observable, answer.os, answer.faults) == (False, None, ())


def test_empty_database_alone_makes_nothing_observable():
    answer = read_installed({**OS, STATUS: b"\n"})
    assert (answer.observable, codes(answer)) == (False, ["empty_database"])


def test_empty_database_beside_a_full_one_is_no_fault():
    answer = read_installed({**OS, STATUS: b"", "var/lib/rpm/Packages.db": NDB})
    assert (answer.observable, answer.faults) == (True, ())


def test_packages_without_os_release_are_a_fault():
    answer = read_installed({"var/lib/rpm/Packages.db": NDB})
    assert (answer.os, codes(answer)) == (None, ["no_os_release"])
    assert {package.purl for package in answer.packages} == {None}


def test_one_rpm_database_under_two_paths_counts_once():
    files = {"var/lib/rpm/Packages.db": NDB, "usr/lib/sysimage/rpm/Packages.db": NDB}
    answer = read_installed({**OS, **files})
    assert (len(answer.packages), answer.faults) == (11, ())
    assert answer.packages[0].path == "var/lib/rpm/Packages.db"


def test_corrupt_database_gives_way_to_a_whole_one():
    files = {
        "var/lib/rpm/rpmdb.sqlite": b"SQLite format 3\0" + bytes(99),
        "usr/lib/sysimage/rpm/Packages.db": NDB,
    }
    answer = read_installed({**OS, **files})
    assert (len(answer.packages), codes(answer)) == (11, ["corrupt_database"])


def test_of_two_databases_the_one_with_more_packages_is_taken_and_the_other_named():
    files = {"var/lib/rpm/Packages.db": cut(NDB), "usr/lib/sysimage/rpm/Packages.db": NDB}
    answer = read_installed({**OS, **files})
    assert {package.path for package in answer.packages} == {"usr/lib/sysimage/rpm/Packages.db"}
    (fault,) = answer.faults
    assert (fault.code, fault.path) == ("left_out", "var/lib/rpm/Packages.db")


def cut(database):
    """The same database with one slot freed."""
    return database[:32] + b"Slot" + bytes(12) + database[48:]


def test_file_beyond_the_limit_is_not_read():
    sizes = {STATUS: MAX_TEXT_BYTES, "var/lib/rpm/Packages": MAX_FILE_BYTES}
    files = {path: bytes(size + 1) for path, size in sizes.items()}
    answer = read_installed({**OS, **files})
    assert (answer.observable, codes(answer)) == (False, ["too_large", "too_large"])


def test_other_files_are_ignored():
    assert read_installed({"etc/passwd": b"\xff", "var/lib/rpm/Name": b"x"}).faults == ()


def test_a_loader_is_told_every_path_that_is_read(rpm_database):
    told = {place.path for place in PATHS}
    assert set(rpm_database.files) <= told
    assert all(not place.path.startswith("/") for place in PATHS)
    assert [place.path for place in PATHS if place.kind == "folder"] == ["var/lib/dpkg/status.d/"]
