"""Package URLs, against the examples of the specification and its own library."""

from importlib import import_module
from importlib.util import find_spec

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fleetkit.installed.purl import Naming, build_purl, describe_naming
from fleetkit.installed.records import OperatingSystem
from tests.real.parts import refuse

WORDS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)


def system(system_id, version_id):
    empty = (None, None, (), None, None, None)
    return OperatingSystem(system_id, version_id, *empty)


@pytest.mark.parametrize(
    ("kind", "system_id", "name", "version", "arch", "expected"),
    [
        ("dpkg", "debian", "curl", "7.50.3-1", "i386", "pkg:deb/debian/curl@7.50.3-1?arch=i386"),
        ("apk", "alpine", "curl", "7.83.0-r0", "x86", "pkg:apk/alpine/curl@7.83.0-r0?arch=x86"),
        (
            "rpm",
            "centerim",
            "centerim",
            "1:4.22.10-1.el6",
            "i686",
            "pkg:rpm/centerim/centerim@4.22.10-1.el6?arch=i686&epoch=1",
        ),
        ("dpkg", "debian", "g++", "4:12.2~rc", "", "pkg:deb/debian/g%2B%2B@4:12.2~rc"),
    ],
)
def test_examples(kind, system_id, name, version, arch, expected):
    assert build_purl(Naming(system_id, None), kind, name, version, arch) == expected


@pytest.mark.parametrize(
    ("system_id", "version_id", "vendor", "distro"),
    [
        ("rhel", "9.2", "redhat", "rhel-9.2"),
        ("opensuse-leap", "15.6", "opensuse", "opensuse-leap-15.6"),
        ("sles", "15.5", "suse", "sles-15.5"),
        ("wolfi", None, "wolfi", "wolfi"),
    ],
)
def test_vendor_and_distro_of_a_system(system_id, version_id, vendor, distro):
    assert describe_naming(system(system_id, version_id)) == Naming(vendor, distro)


def test_unknown_system_has_no_purl():
    assert build_purl(describe_naming(None), "dpkg", "curl", "1", None) is None


@given(st.sampled_from(["dpkg", "rpm", "apk"]), WORDS, WORDS, WORDS, WORDS)
def test_the_specifications_library_reads_the_same_parts(kind, name, version, arch, distro):
    if not find_spec("packageurl"):
        refuse("the library packageurl-python is absent; pip install it")
    library = import_module("packageurl")
    assume("/" not in name)
    purl = build_purl(describe_naming(system("debian", distro)), kind, name, version, arch)
    parsed = library.PackageURL.from_string(purl)
    epoch = parsed.qualifiers.pop("epoch", None)
    assert parsed.name == (name if kind == "rpm" else name.lower())
    assert (f"{epoch}:" if epoch else "") + (parsed.version or "") == version
    assert parsed.qualifiers == {"arch": arch, "distro": f"debian-{distro}"}
