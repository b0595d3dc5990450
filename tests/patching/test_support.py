import csv
import json
from datetime import UTC, date, datetime

import pandas as pd
import pytest

from fleetkit.catalogue import fact_file
from fleetkit.patching.lifecycles import Lifecycles, products
from fleetkit.patching.subjects import SUBJECTS
from fleetkit.patching.support import end_of_life
from fleetkit.plugins import Support
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
    keys = [(row["product"], row["release"]) for row in facts()]
    assert len(keys) == len(set(keys))


def test_every_product_says_how_it_is_recognised():
    assert {row["product"] for row in facts()} == set(products())


@pytest.mark.parametrize("product", [
    "debian", "ubuntu", "rhel", "alpine-linux", "amazon-linux", "fedora", "sles", "python",
    "nodejs", "php", "ruby", "go", "postgresql", "mysql", "redis", "nginx", "kubernetes",
])
def test_the_dates_are_those_of_their_source(product):
    stored = json.loads(shared("eol/endoflife-products.json").read_text("utf-8"))[product]
    expected = {str(row["releaseCycle"]): row["eol"] for row in stored["releases"]}
    said = {"yes": True, "no": False}
    ours = {row["release"]: row["standard_until"] or said[row["ended"]]
            for row in facts() if row["product"] == product}
    assert ours == expected


def test_the_enrolled_get_fixes_longer():
    frame = SUBJECTS.cast(pd.DataFrame([{"subject_id": "a", **UBUNTU_20}]))
    ((row,), _), ((other,), _) = (
        end_of_life(frame, datetime(2026, 1, 1, tzinfo=UTC), enrolled={"a": said})
        for said in (True, False))
    assert (row["status"], row["severity"]) == ("limited_support", "extended_enrolled")
    assert (other["status"], other["severity"]) == ("end_of_life", "extended_not_enrolled")


def test_facts_older_than_a_year_are_said_to_be():
    frame = SUBJECTS.cast(pd.DataFrame([{"subject_id": "a", **DEBIAN_12}]))
    _, problems = end_of_life(frame, datetime(2028, 1, 1, tzinfo=UTC))
    assert [problem.code for problem in problems] == ["stale_facts"]


def stated(as_of, until):
    return Lifecycles([Support(
        "Debian 12", None, None, until, None, "", needs_enrolment=False, as_of=as_of,
        source="a test", product="debian", release="12")])


def test_newer_facts_of_a_feed_take_the_place_of_the_shipped():
    moved = stated(date(2026, 8, 21), date(2040, 1, 1))
    assert moved.of_place("Debian", "12").standard_until == date(2040, 1, 1)


def test_older_facts_of_a_feed_do_not():
    moved = stated(date(2020, 8, 21), date(2040, 1, 1))
    assert moved.of_place("Debian", "12").standard_until == date(2026, 7, 11)


def test_a_feed_may_speak_of_a_system_that_is_not_in_the_catalogue():
    ours = Lifecycles([Support(
        "House OS 3", None, None, date(2020, 1, 1), None, "", needs_enrolment=False,
        as_of=date(2026, 1, 1), source="the house", product="house", release="3",
        system_names=("house os",))])
    assert ours.of_system("House OS", "3.1").name == "House OS 3"
