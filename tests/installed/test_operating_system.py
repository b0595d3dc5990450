"""os-release and OSV's names."""

import csv
import json
from pathlib import Path

import pytest

from fleetkit.installed import read_installed
from tests.installed.rpms import DATA

SHARED = Path(__file__).parents[3] / "shared/data/distro/os-release-claircore.json"


def read(text):
    return read_installed({"etc/os-release": text.encode()})


@pytest.fixture(scope="module")
def real_texts():
    if not SHARED.exists():
        pytest.skip(f"the shared test data is absent: {SHARED.name} beside this checkout")
    return {row["path"]: row["content"] for row in json.loads(SHARED.read_text())}


@pytest.fixture(scope="module")
def expected():
    with (DATA / "os_release.csv").open() as lines:
        return {row.pop("path"): row for row in csv.DictReader(lines)}


def test_all_real_texts_get_the_expected_names(real_texts, expected):
    found = {
        path: {key: str(getattr(read(text).os, key, None) or "") for key in expected[path]}
        for path, text in real_texts.items()
    }
    assert found == expected


def test_text_that_is_no_os_release_is_a_fault(real_texts):
    answer = read(real_texts["rhel/testdata/releasefiles/9/etc/redhat-release"])
    assert (answer.os, [f.code for f in answer.faults]) == (None, ["unreadable_os_release"])


@pytest.mark.parametrize(
    ("text", "ecosystem", "release"),
    [
        ('ID="rocky"\nVERSION_ID="9.4"', "Rocky Linux", "9"),
        ('ID="almalinux"\nVERSION_ID="8.10"', "AlmaLinux", "8"),
        ("ID=wolfi\nVERSION_ID=20230201", "Wolfi", None),
        ("ID=chainguard\nVERSION_ID=20230214", "Chainguard", None),
        (
            'ID="opensuse-leap"\nVERSION_ID="15.6"\nPRETTY_NAME="openSUSE Leap 15.6"',
            "openSUSE",
            "Leap 15.6",
        ),
        (
            'ID="sles"\nVERSION_ID="15.5"\nPRETTY_NAME="SUSE Linux Enterprise Server 15 SP5"',
            "SUSE",
            "Linux Enterprise Server 15 SP5",
        ),
        ('ID="amzn"\nVERSION_ID="2023"', "Amazon Linux", "2023"),
        ('ID="ol"\nVERSION_ID="9.5"', "Oracle Linux", "9"),
        ('ID="centos"\nVERSION_ID="7"', "CentOS", "7"),
        ("ID=fedora\nVERSION_ID=41", "Fedora", "41"),
        ('ID=azurelinux\nVERSION_ID="3.0"', "Azure Linux", "3"),
        ('ID=photon\nVERSION_ID="5.0"', "Photon OS", "5.0"),
        (
            'ID="openEuler"\nVERSION_ID="24.03"\nVERSION="24.03 (LTS-SP1)"',
            "openEuler",
            "24.03-LTS-SP1",
        ),
        ('ID=debian\nPRETTY_NAME="Debian GNU/Linux trixie/sid"', "Debian", None),
        ("ID=devuan\nID_LIKE=debian\nVERSION_ID=5", None, None),
    ],
)
def test_ecosystem_and_release_as_osv_writes_them(text, ecosystem, release):
    system = read(text).os
    assert (system.ecosystem, system.release) == (ecosystem, release)


def test_file_in_etc_wins_over_usr_lib():
    files = {"usr/lib/os-release": b"ID=debian", "etc/os-release": b"ID=ubuntu"}
    assert read_installed(files).os.id == "ubuntu"


def test_link_target_fetched_as_text_falls_back_to_usr_lib():
    files = {"usr/lib/os-release": b"ID=debian", "etc/os-release": b"../usr/lib/os-release"}
    answer = read_installed(files)
    assert (answer.os.id, answer.faults) == ("debian", ())


def test_quotes_and_escapes_are_taken_off_as_a_shell_would():
    text = 'ID=\'debian\'\nPRETTY_NAME="a \\"quoted\\" \\$name"\n'
    assert read(text).os.pretty_name == 'a "quoted" $name'


def test_cpe_of_red_hat_is_kept(real_texts):
    system = read(real_texts["rhel/testdata/releasefiles/9/etc/os-release"]).os
    assert system.cpe_name == "cpe:/o:redhat:enterprise_linux:9::baseos"
