"""apk's database. Hand-written: no tool here writes one; the fields are those of Alpine 3.20."""

import pytest

from fleetkit.installed import read_installed

ALPINE = {"etc/os-release": b'ID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\n'}
LIBSSL = """C:Q1abcdefghijklmnopqrstuvwxyz0=
P:libssl3
V:3.3.2-r0
A:x86_64
S:252000
I:593920
T:SSL shared libraries
o:openssl
m:Someone <someone@example.org>
t:1725460000
D:so:libc.musl-x86_64.so.1
p:so:libssl.so.3=3
F:lib
R:libssl.so.3
a:0:0:755
Z:Q1abcdefghijklmnopqrstuvwxyz0=
"""
PATHS = ["lib/apk/db/installed", "usr/lib/apk/db/installed"]


def read(text, path=PATHS[0]):
    return read_installed({**ALPINE, path: text.encode()})


@pytest.mark.parametrize("path", PATHS)
def test_package_has_its_origin_as_source(path):
    (package,) = read(LIBSSL, path).packages
    assert (package.name, package.version, package.arch) == ("libssl3", "3.3.2-r0", "x86_64")
    assert (package.source_name, package.source_version) == ("openssl", "3.3.2-r0")
    assert (package.size_bytes, package.path) == (593920, path)


def test_package_without_origin_has_no_source():
    (package,) = read(LIBSSL.replace("o:openssl\n", "")).packages
    assert (package.source_name, package.source_version) == (None, None)


def test_case_of_a_field_counts():
    (package,) = read(LIBSSL.replace("A:x86_64\n", "")).packages
    assert package.arch is None


def test_block_without_version_is_a_fault_and_the_rest_is_read():
    answer = read(LIBSSL.replace("V:3.3.2-r0\n", "") + "\n" + LIBSSL)
    assert (len(answer.packages), answer.faults[0].code) == (1, "unreadable_entry")
    assert "'libssl3'" in answer.faults[0].message


def test_the_same_database_under_two_paths_counts_once():
    files = dict.fromkeys(PATHS, LIBSSL.encode())
    answer = read_installed({**ALPINE, **files})
    assert (len(answer.packages), answer.faults) == (1, ())
    assert answer.packages[0].path == PATHS[0]
