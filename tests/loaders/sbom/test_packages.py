"""Rows of packages: those that the reader of the package database would have given."""

from pathlib import Path

import pytest
from packageurl import PackageURL

from fleetkit.installed import read_installed
from tests.loaders.sbom.payloads import (
    LAYER,
    bom,
    component,
    container,
    deb,
    package,
    properties,
    report,
    rows,
    spdx,
    trivy,
)

SOURCE = ("name", "version", "source_name", "source_version")
PLACE = ("ecosystem", "release")
STATUS = Path("/var/lib/dpkg/status")


def as_syft_writes(one):
    """A component of CycloneDX for an installed package, its URL by packageurl-python."""
    upstream = one.source_name if one.source_name != one.name else None
    if one.source_version != one.version:
        upstream = f"{one.source_name}@{one.source_version}"
    said = {"arch": one.arch, "distro": f"debian-{RELEASE}", "upstream": upstream}
    qualifiers = {name: value for name, value in said.items() if value}
    purl = PackageURL("deb", "debian", one.name, one.version, qualifiers).to_string()
    return component(one.name, one.version, purl=purl, properties=properties(
        syft__package__foundBy="dpkg-db-cataloger", syft__package__type="deb",
        syft__location__0__path="/usr/share/doc/x/copyright",
        syft__location__1__path="/var/lib/dpkg/status",
        syft__metadata__installedSize=str((one.size_bytes or 0) // 1024)))


RELEASE = "12"


@pytest.mark.skipif(not STATUS.exists(), reason="this machine has no dpkg")
def test_an_sbom_of_this_machine_gives_the_rows_of_its_database(read):
    installed = read_installed({
        "etc/os-release": f'ID=debian\nVERSION_ID="{RELEASE}"\n'.encode(),
        "var/lib/dpkg/status": STATUS.read_bytes()})
    fleet = read(bom(*map(as_syft_writes, installed.packages)))
    told = sorted((installed.os.ecosystem, installed.os.release, one.name, one.version, one.arch,
                   one.source_name, one.source_version, one.purl, one.path)
                  for one in installed.packages)
    assert [tuple(row) for row in rows(
        fleet, *PLACE, "name", "version", "arch", "source_name", "source_version", "purl", "path",
    )] == told


@pytest.mark.parametrize(("purl", "place"), [
    ("pkg:deb/debian/a@1?distro=debian-12", ["Debian", "12"]),
    ("pkg:deb/debian/a@1?distro=debian-10.2", ["Debian", "10"]),
    ("pkg:deb/debian/a@1?distro=bookworm", ["Debian", "12"]),
    ("pkg:deb/debian/a@1?distro=sid", ["Debian", None]),
    ("pkg:deb/ubuntu/a@1?distro=ubuntu-22.04", ["Ubuntu", "22.04:LTS"]),
    ("pkg:deb/ubuntu/a@1?distro=ubuntu-23.10", ["Ubuntu", "23.10"]),
    ("pkg:deb/ubuntu/a@1?distro=jammy", ["Ubuntu", "22.04:LTS"]),
    ("pkg:apk/alpine/a@1?distro=alpine-3.20.1", ["Alpine", "v3.20"]),
    ("pkg:apk/alpine/a@1?distro=3.10.2", ["Alpine", "v3.10"]),
    ("pkg:apk/alpine/a@1?distro=alpine-3.21.0_alpha20240923", ["Alpine", "edge"]),
    ("pkg:apk/wolfi/a@1?distro=wolfi-20230201", ["Wolfi", None]),
    ("pkg:rpm/redhat/a@1-1?distro=rhel-9.4", ["Red Hat", "9"]),
    ("pkg:rpm/redhat/a@1-1?distro=redhat-8.4", ["Red Hat", "8"]),
    ("pkg:rpm/centos/a@1-1?distro=centos-7.6.1810", ["CentOS", "7"]),
    ("pkg:rpm/rocky/a@1-1?distro=rocky-8.5", ["Rocky Linux", "8"]),
    ("pkg:rpm/alma/a@1-1?distro=alma-9.2", ["AlmaLinux", "9"]),
    ("pkg:rpm/amazon/a@1-1?distro=amazon-2+%28Karoo%29", ["Amazon Linux", "2"]),
    ("pkg:rpm/amzn/a@1-1?distro=amzn-2023", ["Amazon Linux", "2023"]),
    ("pkg:rpm/oracle/a@1-1?distro=oracle-8.0", ["Oracle Linux", "8"]),
    ("pkg:rpm/fedora/a@1-1?distro=fedora-40", ["Fedora", "40"]),
    ("pkg:rpm/photon/a@1-1?distro=photon-3.0", ["Photon OS", "3.0"]),
    ("pkg:rpm/opensuse/a@1-1?distro=opensuse-leap-15.6", ["openSUSE", "Leap 15.6"]),
    ("pkg:rpm/suse/a@1-1?distro=sles-15.5", ["SUSE", "Linux Enterprise Server 15 SP5"]),
    ("pkg:rpm/a@1-1", ["rpm", None]),
    ("pkg:pypi/a@1", ["PyPI", None]), ("pkg:npm/a@1", ["npm", None]),
    ("pkg:maven/g/a@1", ["Maven", None]), ("pkg:golang/a@1", ["Go", None]),
    ("pkg:cargo/a@1", ["crates.io", None]), ("pkg:gem/a@1", ["RubyGems", None]),
    ("pkg:nuget/a@1", ["NuGet", None]), ("pkg:composer/v/a@1", ["Packagist", None]),
    ("pkg:githubactions/o/a@1", ["GitHub Actions", None]), ("pkg:generic/a@1", ["generic", None]),
])
def test_ecosystem_and_release_are_named_as_in_osv(read, purl, place):
    fleet = read(bom(component("a", "1", purl=purl)))
    assert rows(fleet, *PLACE) == [place]


@pytest.mark.parametrize(("fields", "name"), [
    ({"name": "core", "group": "@angular", "purl": "pkg:npm/%40angular/core@1"}, "@angular/core"),
    ({"name": "spring", "group": "org.x", "purl": "pkg:maven/org.x/spring@1"}, "org.x:spring"),
    ({"name": "org.x:spring", "purl": "pkg:maven/org.x/spring@1"}, "org.x:spring"),
    ({"name": "github.com/Masterminds/semver",
      "purl": "pkg:golang/github.com/masterminds/semver@v1"}, "github.com/Masterminds/semver"),
    ({"name": "semver", "purl": "pkg:golang/github.com/x/semver@v1"}, "github.com/x/semver"),
    ({"name": "Ruamel_Yaml", "purl": "pkg:pypi/ruamel-yaml@1"}, "Ruamel_Yaml"),
    ({"name": "monolog", "group": "monolog", "purl": "pkg:composer/monolog/monolog@1"},
     "monolog/monolog"),
    ({"name": "x", "group": "g"}, "g/x"),
])
def test_names_are_those_of_the_ecosystem(read, fields, name):
    assert rows(read(bom(component(**fields))), "name") == [[name]]


def test_an_epoch_beside_the_version_becomes_part_of_it(read):
    fleet = read(bom(deb("login", "4.5-1.1", "arch=amd64&distro=debian-10.2&epoch=1")))
    assert rows(fleet, "version", "purl") == [
        ["1:4.5-1.1", "pkg:deb/debian/login@1:4.5-1.1?arch=amd64&distro=debian-10"]]


def test_an_epoch_in_the_version_is_not_doubled(read):
    purl = "pkg:rpm/redhat/openssl@1.1.1k-7.el8?epoch=1&distro=rhel-8.9&arch=x86_64"
    fleet = read(bom(component("openssl", "1:1.1.1k-7.el8", purl=purl)))
    assert rows(fleet, "version", "purl") == [
        ["1:1.1.1k-7.el8",
         "pkg:rpm/redhat/openssl@1.1.1k-7.el8?arch=x86_64&distro=rhel-8.9&epoch=1"]]


def test_a_source_rpm_is_taken_apart(read):
    purl = ("pkg:rpm/redhat/openssl-libs@1.1.1k-7.el8?epoch=1&distro=rhel-8.9"
            "&upstream=openssl-1.1.1k-7.el8.src.rpm")
    assert rows(read(bom(component("openssl-libs", "1.1.1k-7.el8", purl=purl))), *SOURCE) == [
        ["openssl-libs", "1:1.1.1k-7.el8", "openssl", "1:1.1.1k-7.el8"]]


@pytest.mark.parametrize(("upstream", "source"), [
    ("&upstream=glibc", ["glibc", "2.36-9"]),
    ("&upstream=gcc-12%4012.2.0-14", ["gcc-12", "12.2.0-14"]),
    ("", [None, None]),
])
def test_the_source_of_a_package_url_is_read(read, upstream, source):
    fleet = read(bom(deb("libc6", "2.36-9", f"distro=debian-12{upstream}")))
    assert rows(fleet, "source_name", "source_version") == [source]


def test_the_source_of_trivy_is_put_together(read):
    said = trivy(("SrcName", "shadow"), ("SrcVersion", "4.5"), ("SrcRelease", "1.1"),
                 ("SrcEpoch", "1"), ("LayerDiffID", LAYER), ("PkgType", "debian"))
    fleet = read(bom(deb("login", "1:4.5-1.1", properties=said)))
    assert rows(fleet, "source_name", "source_version", "layer_id") == [
        ["shadow", "1:4.5-1.1", LAYER]]


def test_modules_of_rpm_are_kept(read):
    fleet = read(report({"Class": "os-pkgs", "Type": "redhat", "Packages": [{
        "Name": "nodejs", "Version": "12.1", "Release": "1.module+el8", "Epoch": 1,
        "Arch": "x86_64", "Modularitylabel": "nodejs:12:8020:abc"}]},
        OS={"Family": "redhat", "Name": "8.4"}))
    assert rows(fleet, *PLACE, "version", "module", "purl") == [
        ["Red Hat", "8", "1:12.1-1.module+el8", "nodejs:12:8020:abc",
         "pkg:rpm/redhat/nodejs@12.1-1.module%2Bel8?arch=x86_64&distro=rhel-8.4&epoch=1"]]


def test_a_package_of_a_lock_file_bears_its_path(read):
    fleet = read(report({"Class": "lang-pkgs", "Type": "poetry", "Target": "app/poetry.lock",
                         "Packages": [{"Name": "Django", "Version": "4.2"}]}))
    assert rows(fleet, "ecosystem", "name", "version", "path") == [
        ["PyPI", "Django", "4.2", "app/poetry.lock"]]


def test_sizes_of_dpkg_are_kibibytes_and_those_of_apk_bytes(read):
    def sized(kind):
        return properties(syft__package__foundBy="x", syft__package__type=kind,
                          syft__metadata__installedSize="10")
    fleet = read(bom(
        deb("a", "1", properties=sized("deb")),
        component("b", "1", purl="pkg:apk/alpine/b@1", properties=sized("apk"))))
    assert rows(fleet, "name", "size_bytes") == [["b", 10], ["a", 10_240]]


def test_syft_s_packages_without_a_source_bear_their_own_name(read):
    said = properties(syft__package__foundBy="dpkg-db-cataloger", syft__package__type="deb")
    assert rows(read(bom(deb("curl", "7", properties=said))), *SOURCE) == [
        ["curl", "7", "curl", "7"]]


def test_components_in_components_are_read(read):
    inner = component("inner", "1", components=[component("core", "2")])
    assert rows(read(bom(component("outer", "3", components=[inner]))), "name") == [
        ["core"], ["inner"], ["outer"]]


def test_components_that_are_no_packages_are_counted(read):
    fleet = read(bom(
        component("x"), {"type": "file", "name": "/etc/x"}, {"type": "file", "name": "/etc/y"},
        {"type": "machine-learning-model", "name": "m"},
        {"type": "application", "name": "app/go.mod", "properties": trivy(("Class", "lang-pkgs"))}))
    told = fleet.problems.set_index("code").loc["other_components", "detail"]
    assert (len(fleet.packages), told) == (
        1, "2 file, 1 lock file, 1 machine-learning-model")


def test_repeated_packages_are_one_row_and_counted(read):
    fleet = read(bom(deb(), deb(), deb("other")))
    told = fleet.problems.set_index("code").loc["repeated_packages", "detail"]
    assert (len(fleet.packages), told) == (2, "1 repetitions")


def test_a_version_that_is_not_said_is_unknown(read):
    fleet = read(spdx(package("a", "NOASSERTION"), package("b", None)))
    assert rows(fleet, "name", "version") == [["a", None], ["b", None]]


def test_a_number_for_a_version_is_not_guessed_at(read):
    content = "spdxVersion: SPDX-2.3\nname: x\npackages:\n- {name: a, versionInfo: 1.10}\n"
    assert rows(read(content, "a.spdx.yaml"), "version") == [[None]]


def test_a_package_url_of_another_version_is_a_doubt(read):
    fleet = read(bom(component("a", "1.0", purl="pkg:npm/a@2.0"),
                     component("b", "v1", purl="pkg:golang/b@1")))
    assert fleet.problems["code"].tolist() == ["contradicting_version"]
    assert rows(fleet, "version") == [["v1"], ["1.0"]]


def test_paths_and_layers_of_syft_are_those_of_the_database(read):
    said = properties(
        syft__location__0__path="/usr/share/doc/a/copyright",
        syft__location__0__layerID="sha256:" + "9" * 64,
        syft__location__1__path="/var/lib/dpkg/status", syft__location__1__layerID=LAYER)
    assert rows(read(bom(deb(properties=said))), "path", "layer_id") == [
        ["var/lib/dpkg/status", LAYER]]


def test_the_system_of_the_document_names_what_package_urls_leave_out(read):
    system = {"type": "operating-system", "name": "debian", "version": "12",
              "properties": properties(syft__distro__prettyName="Debian GNU/Linux 12 (bookworm)")}
    fleet = read(bom(component("a", "1", purl="pkg:deb/debian/a@1?arch=all"), system))
    assert rows(fleet, *PLACE, "purl") == [
        ["Debian", "12", "pkg:deb/debian/a@1?arch=all&distro=debian-12"]]
    assert fleet.images["os_name"].tolist() == ["Debian GNU/Linux 12 (bookworm)"]


def test_keys_of_rpm_are_no_packages(read):
    fleet = read(bom(component("gpg-pubkey", "1-2", purl="pkg:rpm/fedora/gpg-pubkey@1-2")))
    assert (len(fleet.packages), fleet.problems["detail"].tolist()) == (0, ["1 imported key"])


def test_a_list_that_says_it_is_incomplete_is_a_lower_bound(read):
    fleet = read(bom(deb(), about=container(), compositions=[{"aggregate": "incomplete"}]))
    assert fleet.problems["code"].tolist() == ["incomplete"]
    assert fleet.images["observable"].isna().all()
