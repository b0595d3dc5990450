import pytest

from fleetkit.patching.ecosystems import Place, locate, name_kind, plain_name
from tests.patching.literal import INTRODUCED, audited, fixed, package, record


@pytest.mark.parametrize(("written", "place"), [
    ("Debian:12", Place("Debian", "12", None)),
    ("Debian", Place("Debian", None, None)),
    ("Alpine:v3.20", Place("Alpine", "v3.20", None)),
    ("Alpine:3.20", Place("Alpine", "v3.20", None)),
    ("Ubuntu:22.04:LTS", Place("Ubuntu", "22.04", None)),
    ("Ubuntu:23.10", Place("Ubuntu", "23.10", None)),
    ("Ubuntu:Pro:18.04:LTS", Place("Ubuntu", "18.04", "pro")),
    ("Ubuntu:Pro:FIPS-updates:22.04:LTS", Place("Ubuntu", "22.04", "pro:fips-updates")),
    ("Red Hat:enterprise_linux:9::baseos", Place("Red Hat", "9", None)),
    ("Red Hat:rhel_aus:8.6::appstream", Place("Red Hat", "8", "rhel_aus:8.6")),
    ("Red Hat:9", Place("Red Hat", "9", None)),
    ("SUSE:Linux Enterprise Server 15 SP5", Place("SUSE", "15.5", None)),
    ("SUSE:Linux Enterprise Module for Basesystem 15 SP5", Place("SUSE", "15.5", None)),
    ("openSUSE:Leap 15.6", Place("openSUSE", "Leap 15.6", None)),
    ("PyPI", Place("PyPI", None, None)),
    ("Maven:https://repo.example.org/releases", Place("Maven", None, None)),
    ("Packagist:https://packages.example.org/8", Place("Packagist", None, None)),
    ("Rocky Linux:9", Place("Rocky Linux", "9", None)),
])
def test_an_ecosystem_is_taken_apart(written, place):
    assert locate(written) == place


def test_a_support_phase_of_suse_is_a_channel():
    assert locate("SUSE:Linux Enterprise Server 12 SP5-LTSS").channel is not None


def test_spellings_of_one_python_name_are_one():
    assert plain_name("PyPI", "Zope.Interface") == plain_name("PyPI", "zope-interface")


def test_records_of_almalinux_name_binary_packages():
    assert name_kind("AlmaLinux") == "binary"


@pytest.mark.parametrize(("ecosystem", "plain"), [
    ("NuGet", "newtonsoft.json"), ("Packagist", "newtonsoft.json"), ("npm", "Newtonsoft.Json"),
])
def test_case_counts_where_the_ecosystem_says_so(ecosystem, plain):
    assert plain_name(ecosystem, "Newtonsoft.Json") == plain


@pytest.mark.parametrize("ecosystem", ["Amazon Linux", "CentOS", "Oracle Linux"])
@pytest.mark.parametrize("named", ["bind-export-libs", "bind"])
def test_records_of_rpm_vendors_may_name_source_or_binary(ecosystem, named, tmp_path):
    """Their announcements (ALAS, RHSA, ELSA) list binary packages."""
    own = package("a", "bind-export-libs", "32:9.11-1", ecosystem=ecosystem, release="2",
                  source_name="bind")
    said = record("ALAS-1", named, INTRODUCED, fixed("32:9.12-1"), ecosystem=f"{ecosystem}:2")
    made = audited(tmp_path, [own], said)
    assert made.findings["advisory_id"].dropna().tolist() == ["ALAS-1"]
