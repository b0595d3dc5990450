import csv
import json
from datetime import UTC, date, datetime

import pandas as pd
import pytest

from fleetkit.catalogue import fact_file
from fleetkit.patching.subjects import SUBJECTS
from fleetkit.patching.support import end_of_life
from tests.patching.literal import shared


def ends(day, **subject):
    frame = SUBJECTS.cast(pd.DataFrame([{"subject_id": "a", **subject}]))
    rows, _ = end_of_life(frame, datetime.fromisoformat(day).replace(tzinfo=UTC))
    return [row["severity"] for row in rows]


DEBIAN_12 = {"ecosystem": "Debian", "release": "12"}
UBUNTU_20 = {"ecosystem": "Ubuntu", "release": "20.04:LTS"}
ALPINE = {"ecosystem": "Alpine", "release": "v3.18"}


def test_a_supported_release_has_no_finding():
    assert ends("2025-06-01", **DEBIAN_12) == []


def test_an_end_within_half_a_year_is_told():
    assert ends("2026-05-01", **DEBIAN_12) == ["info"]


def test_the_last_day_of_support_is_not_past_it():
    assert ends("2026-07-11", **DEBIAN_12) == ["info"]


def test_free_extended_support_is_told_apart():
    assert ends("2026-07-12", **DEBIAN_12) == ["extended"]


def test_extended_support_for_the_enrolled_is_told_apart():
    assert ends("2026-01-01", **UBUNTU_20) == ["extended_if_enrolled"]


def test_after_extended_support_it_is_ended():
    assert ends("2029-01-01", **DEBIAN_12) == ["ended"]


def test_without_extended_support_it_is_ended():
    assert ends("2025-06-01", **ALPINE) == ["ended"]


@pytest.mark.parametrize("system", [
    {"os_name": "debian", "os_version": "10"},
    {"os_name": "Debian GNU/Linux", "os_version": "10.13"},
    {"os_name": "Debian GNU/Linux 10 (buster)", "os_version": "10"},
    {"os_name": "Debian GNU/Linux 8 (64-bit)"},
    {"os_name": "Alpine Linux", "os_version": "3.18.4"},
    {"os_name": "CentOS Linux", "os_version": "7.9.2009"},
    {"ecosystem": "CentOS", "release": "7"},
    {"ecosystem": "openSUSE", "release": "Leap 15.5"},
    {"ecosystem": "SUSE", "release": "Linux Enterprise Server 11 SP4"},
])
def test_systems_are_known_by_name_and_by_ecosystem(system):
    assert ends("2026-08-22", **system) == ["ended"]


def test_the_finding_is_due_at_the_end_of_standard_support():
    frame = SUBJECTS.cast(pd.DataFrame([{"subject_id": "a", **DEBIAN_12}]))
    (row,), _ = end_of_life(frame, datetime(2027, 1, 1, tzinfo=UTC))
    assert row["due_at"] == datetime(2026, 7, 11, tzinfo=UTC)


def test_an_unknown_system_is_counted():
    frame = SUBJECTS.cast(pd.DataFrame([{"subject_id": "a", "os_name": "plan9"}]))
    _, problems = end_of_life(frame, datetime(2027, 1, 1, tzinfo=UTC))
    assert [problem.code for problem in problems] == ["end_of_life_unknown"]


def facts():
    return list(csv.DictReader(fact_file("end_of_life.csv").read_text("utf-8").splitlines()))


def test_every_fact_has_its_date_and_source():
    assert all(date.fromisoformat(row["as_of"]) and row["source"] for row in facts())


def test_support_ends_after_the_release():
    dated = [row for row in facts() if row["standard_until"]]
    assert all(row["released"] < row["standard_until"] for row in dated)


def test_no_release_is_listed_twice():
    keys = [(row["ecosystem"], row["release"]) for row in facts() if row["ecosystem"]]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(("product", "os_id"), [
    ("debian", "debian"), ("ubuntu", "ubuntu"), ("rhel", "rhel"), ("alpine-linux", "alpine"),
    ("amazon-linux", "amzn"), ("fedora", "fedora"), ("sles", "sles"),
])
def test_the_dates_are_those_of_their_source(product, os_id):
    stored = json.loads(shared("eol/endoflife-products.json").read_text("utf-8"))[product]
    expected = {str(row["releaseCycle"]): row["eol"] for row in stored["releases"]}
    ours = {row["os_version"]: row["standard_until"] for row in facts() if row["os_id"] == os_id}
    assert ours == expected
