"""Changelogs of Debian's packages, against what dpkg's own parser says of the same files."""

import gzip
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.installed import Fault, Package
from fleetkit.installed.changelogs import is_changelog, pair_changelogs, read_changelog
from fleetkit.installed.limits import MAX_CHANGELOG_BYTES, MAX_MENTIONS
from tests.real.parts import require

DOCUMENTS = Path("/usr/share/doc")
PLAIN = "changelog.Debian"
CVE = re.compile(r"CVE-\d{4}-\d{4,7}")
MOST_JUDGED = 12
TRAILER = " -- Jane Doe <jane@shop.example>  Tue, 04 Aug 2026 12:30:00 +0200\n"


def entry(version, *lines, name="shop", trailer=TRAILER):
    body = "".join(f"{line}\n" for line in lines)
    return f"{name} ({version}) bookworm; urgency=high\n\n{body}\n{trailer}\n"


def read(text, path=PLAIN):
    found = read_changelog(text if isinstance(text, bytes) else text.encode(), path)
    assert not isinstance(found, Fault)
    return found.mentions


def named(text):
    return [(mention.version, mention.flaw) for mention in read(text)]


def judged(path):
    """Version and flaw of each entry, as dpkg parses the file."""
    arguments = [require("dpkg-parsechangelog"), "-l", str(path), "--all", "--format", "rfc822"]
    said = subprocess.run(arguments, capture_output=True, text=True, check=True, errors="replace")
    found = set()
    for stanza in said.stdout.split("\nSource: "):
        version = re.search(r"^Version: (.*)$", stanza, re.MULTILINE)
        found |= {(version[1], flaw) for flaw in CVE.findall(stanza)}
    return found


def on_this_machine():
    """Changelogs here that name flaws in the plain form only, of one name throughout."""
    found = []
    for path in sorted(DOCUMENTS.glob("*/changelog.Debian.gz")):
        text = gzip.decompress(path.read_bytes()).decode(errors="replace")
        names = set(re.findall(r"^(\S+) \(\S+\) .*;", text, re.MULTILINE))
        if CVE.search(text) and len(names) == 1 and not re.search(
                r"CVE-\d{4}-(?:\{|\d+\s?/\s?\d)|cve-\d|CVE \d", text):
            found.append(path)
    return found[:MOST_JUDGED]


def test_every_flaw_stands_in_the_entry_where_dpkg_sees_it():
    require("dpkg-parsechangelog")
    paths = on_this_machine()
    if not paths:
        pytest.skip("this machine keeps no changelogs of packages that name flaws")
    for path in paths:
        assert set(named_in(path)) == judged(path), path


def named_in(path):
    return [(mention.version, mention.flaw) for mention in read(path.read_bytes(), str(path))]


def test_an_entry_has_its_version_and_its_moment():
    (mention,) = read(entry("1:2.0-1~deb12u1", "  * CVE-2026-0001: too long"))
    assert (mention.version, mention.line) == ("1:2.0-1~deb12u1", "CVE-2026-0001: too long")
    assert mention.changed_at == datetime(2026, 8, 4, 10, 30, tzinfo=UTC)


def test_an_item_is_one_line_however_it_is_broken():
    (mention,) = read(entry("1", "  * CVE-2026-0001 (too", "    long)"))
    assert mention.line == "CVE-2026-0001 (too long)"


def test_the_first_entry_need_not_have_an_end():
    assert named(entry("1", "  * CVE-2026-0001", trailer="")) == [("1", "CVE-2026-0001")]


@pytest.mark.parametrize("date", ["", "yesterday", "Tue, 99 Aug 2026 12:30:00 +0200"])
def test_a_moment_that_is_none_is_unknown(date):
    (mention,) = read(entry("1", "  * CVE-2026-0001", trailer=f" -- J <j@x.example>  {date}\n"))
    assert mention.changed_at is None


def test_entries_under_another_name_are_left_out():
    text = entry("2", "  * CVE-2026-0002") + entry("9", "  * CVE-2026-0001", name="older-name")
    assert named(text) == [("2", "CVE-2026-0002")]


def test_text_before_the_first_entry_is_nothing():
    assert named("CVE-2026-0001 was found\n\n" + entry("1", "  * New.")) == []


def test_what_hangs_below_an_item_is_judged_by_it():
    text = entry("1", "  * Drop patches that upstream has:", "    - CVE-2026-0001.patch",
                 "  * Fix:", "    - CVE-2026-0002.patch")
    assert [mention.says for mention in read(text)] == ["aside", "fixed"]


def test_an_item_after_the_next_author_hangs_below_nothing():
    text = entry("1", "  [ A ]", "  * Drop patches:", "  [ B ]", "    - CVE-2026-0001.patch: new")
    assert [mention.says for mention in read(text)] == ["fixed"]


def test_a_flaw_that_is_named_twice_counts_once_by_what_says_most():
    text = entry("1", "  * Drop CVE-2026-0001.patch.", "  * Fix CVE-2026-0001 anew.")
    assert [(one.flaw, one.says) for one in read(text)] == [("CVE-2026-0001", "fixed")]


def test_a_packed_changelog_is_read():
    packed = gzip.compress(entry("1", "  * CVE-2026-0001").encode())
    assert len(read(packed, "changelog.Debian.gz")) == 1


@pytest.mark.parametrize(("content", "said"), [
    (gzip.compress(bytes(MAX_CHANGELOG_BYTES + 1)), "unfolds to more than"),
    (gzip.compress(b"shop (1) x; u=low\n")[:-9], "breaks off"),
    (b"no gzip at all", "is no gzip"),
    (b"", "breaks off"),
])
def test_a_bomb_or_a_ruin_is_a_fault(content, said):
    found = read_changelog(content, "changelog.Debian.gz")
    assert isinstance(found, Fault)
    assert said in found.message


def test_a_changelog_of_nothing_but_flaws_is_cut():
    lines = (f"  * CVE-2026-{number}" for number in range(10_000, 10_000 + MAX_MENTIONS + 10))
    assert len(read(entry("1", *lines))) == MAX_MENTIONS


@given(st.binary(max_size=400), st.sampled_from(["changelog.gz", "changelog"]))
def test_no_bytes_raise(content, path):
    read_changelog(b"shop (1) x; u=low\n\n  * CVE-2026-0001 " + content, path)
    read_changelog(content, path)


@given(st.lists(st.sampled_from(
    ["shop (1) x; u=low", "  * Revert", "  * fix CVE-2026-0001", "    CVE-2026-0002", "\t", "",
     " -- a <b>  x", "  [ A ]", "- CVE-2026-{0003,0004}", "CVE-2026-0005/6789"])))
def test_every_line_is_printable_and_short(lines):
    for mention in read("\n".join(lines)):
        assert mention.line.isprintable()
        assert len(mention.line) <= 300


def package(name, source=None, version="1.0-1", kind="dpkg", **cells):
    return Package(name, version, source or name, version, "amd64", kind, "status", **cells)


def asked(*packages, there=()):
    """The paths that were asked for, and the sources that have an answer."""
    paths = []

    def look(path):
        paths.append(path.removeprefix("usr/share/doc/"))
        return () if paths[-1] in there else None

    found = list(pair_changelogs(packages, look))
    return paths, [one.source_name for one in found if one.mentions is not None]


def test_one_changelog_is_enough_for_all_packages_of_a_source():
    binaries = [package("libssl3", "openssl"), package("openssl")]
    there = {"openssl/changelog.Debian.gz", "libssl3/changelog.Debian.gz"}
    assert asked(*binaries, there=there) == (["openssl/changelog.Debian.gz"], ["openssl"])


def test_another_package_of_the_source_may_have_it():
    binaries = [package("libssl3", "openssl"), package("openssl")]
    assert asked(*binaries, there={"libssl3/changelog.Debian.gz"})[1] == ["openssl"]


def test_that_of_a_native_package_bears_the_name_of_an_upstream_one():
    assert asked(package("apt", version="2.6.1"), there={"apt/changelog.gz"})[1] == ["apt"]


def test_the_changelog_of_an_upstream_is_not_asked_for():
    assert asked(package("bash"), there={"bash/changelog.gz"})[1] == []


def test_two_builds_of_a_source_have_a_changelog_each():
    kernels = [package("linux-image-1", "linux", "1-1"), package("linux-image-2", "linux", "2-1")]
    there = {"linux-image-2/changelog.Debian.gz"}
    assert asked(*kernels, there=there)[1] == ["linux"]
    assert len(list(pair_changelogs(kernels, lambda path: None))) == 2


def test_a_changelog_that_names_no_flaw_is_not_missing():
    rpm = package("bash", kind="rpm", mentions=())
    assert [one.mentions for one in pair_changelogs([rpm], lambda path: None)] == [()]


def test_packages_of_apk_have_none_that_could_be_missing():
    assert list(pair_changelogs([package("musl", kind="apk")], lambda path: ())) == []


@pytest.mark.parametrize(("path", "is_one"), [
    ("usr/share/doc/bash/changelog.Debian.gz", True), ("usr/share/doc/apt/changelog", True),
    ("usr/share/doc/changelog.gz", False), ("usr/share/doc/a/b/changelog.gz", False),
    ("usr/share/document/a/changelog.gz", False), ("usr/share/doc/bash/copyright", False),
])
def test_changelogs_are_told_by_their_path(path, is_one):
    assert is_changelog(path) == is_one
