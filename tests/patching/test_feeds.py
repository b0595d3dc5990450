from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from fleetkit.patching.feeds import read_feeds
from fleetkit.patching.intervals import intervals
from fleetkit.plugins import Affected
from fleetkit.versions import key
from tests.patching.literal import INTRODUCED, NOW, feed, fixed, record, shared


def known(path, now=NOW):
    return read_feeds(path, now).intervals


def codes(path, now=NOW):
    return [problem.code for problem in read_feeds(path, now).problems]


def pypi(*events, versions=()):
    return Affected("PYSEC-1", "line 1", "PyPI", "a", (("ECOSYSTEM", events),), versions=versions)


def test_two_pairs_of_events_are_two_rows(tmp_path):
    events = INTRODUCED, fixed("1.1-1"), {"introduced": "1.3-1"}, fixed("1.5-1")
    assert len(known(feed(tmp_path, record("CVE-1", "a", *events)))) == 2


def test_entries_on_one_package_are_united(tmp_path):
    first = record("CVE-1", "a", INTRODUCED, fixed("1.1-1"))
    second = record("CVE-1", "a", INTRODUCED, fixed("1.5-1"))
    both = {**first, "affected": first["affected"] + second["affected"]}
    assert known(feed(tmp_path, both))["fixed_version"].tolist() == ["1.5-1"]


def test_entries_are_united_however_many_versions_they_list(tmp_path):
    listed = {"versions": [f"1.{number}-1" for number in range(60_000)]}
    first = record("CVE-1", "a", INTRODUCED, fixed("2-1"), affected=listed)
    second = record("CVE-1", "a", INTRODUCED, fixed("3-1"))
    both = {**first, "affected": first["affected"] + second["affected"]}
    rows = known(feed(tmp_path, both, record("CVE-2", "b", INTRODUCED)))
    assert rows["fixed_version"].fillna("").tolist() == ["3-1", ""]


def test_fixed_zero_is_kept_as_not_affected(tmp_path):
    rows = known(feed(tmp_path, record("CVE-1", "a", INTRODUCED, fixed("0"))))
    assert rows["hi_kind"].tolist() == ["not_affected"]


def test_a_version_that_no_rule_orders_is_kept_without_keys(tmp_path):
    rows = known(feed(tmp_path, record("CVE-1", "a", INTRODUCED, fixed("no version"))))
    assert rows[["lo", "status_hint"]].astype(object).to_numpy().tolist() == [
        [pd.NA, "uncomparable"]
    ]


def test_an_ecosystem_without_rules_is_kept_without_keys(tmp_path):
    rows = known(feed(tmp_path, record("CVE-1", "a", INTRODUCED, fixed("1"), ecosystem="Nope")))
    assert rows["status_hint"].tolist() == ["uncomparable"]


def test_of_two_records_of_one_id_the_newer_counts(tmp_path):
    old = record("CVE-1", "a", INTRODUCED, fixed("1.1-1"))
    new = record("CVE-1", "a", INTRODUCED, fixed("1.2-1"), modified="2026-08-21T00:00:00Z")
    assert known(feed(tmp_path, new, old))["fixed_version"].tolist() == ["1.2-1"]


def test_a_newer_record_without_packages_replaces_the_older(tmp_path):
    old = record("CVE-1", "a", INTRODUCED, fixed("1.1-1"))
    new = {"id": "CVE-1", "modified": "2026-08-21T00:00:00Z"}
    assert len(known(feed(tmp_path, old, new))) == 0


def test_times_in_several_zones_are_compared_as_moments(tmp_path):
    old = record("CVE-1", "a", INTRODUCED, fixed("1.1-1"), modified="2026-08-20T23:00:00+09:00")
    new = record("CVE-1", "a", INTRODUCED, fixed("1.2-1"), modified="2026-08-20T20:00:00Z")
    assert known(feed(tmp_path, new, old))["fixed_version"].tolist() == ["1.2-1"]


def test_a_withdrawn_record_is_left_out(tmp_path):
    row = record("CVE-1", "a", INTRODUCED, withdrawn="2026-08-21T00:00:00Z")
    assert len(known(feed(tmp_path, row))) == 0


def test_a_record_that_will_be_withdrawn_still_holds(tmp_path):
    row = record("CVE-1", "a", INTRODUCED, withdrawn="2026-12-01T00:00:00Z")
    assert len(known(feed(tmp_path, row))) == 1


def test_a_time_that_is_none_is_a_problem(tmp_path):
    row = record("CVE-1", "a", INTRODUCED, modified="yesterday")
    assert codes(feed(tmp_path, row)) == ["broken_record"]


def test_a_feed_older_than_a_month_is_a_problem(tmp_path):
    path = feed(tmp_path, record("CVE-1", "a", INTRODUCED))
    assert codes(path, NOW + timedelta(days=40)) == ["stale_feed"]


def test_a_fresh_feed_is_no_problem(tmp_path):
    assert codes(feed(tmp_path, record("CVE-1", "a", INTRODUCED))) == []


def test_a_folder_without_records_is_a_problem(tmp_path):
    assert codes(tmp_path) == ["empty_feed"]


def test_thousands_of_broken_records_are_counted_not_listed(tmp_path):
    path = feed(tmp_path, *[{}] * 5_000, record("CVE-1", "a", INTRODUCED))
    problems = read_feeds(path, NOW).problems
    assert len(problems) == 201
    assert problems[-1].detail == "4,800 more"


def test_several_feeds_are_read_together(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    paths = [feed(tmp_path / "one", record("CVE-1", "a", INTRODUCED)),
             feed(tmp_path / "two", record("CVE-2", "a", INTRODUCED))]
    assert known(paths)["osv_id"].tolist() == ["CVE-1", "CVE-2"]


def test_a_source_can_be_named_before_the_path(tmp_path):
    assert len(known(f"osv:{feed(tmp_path, record('CVE-1', 'a', INTRODUCED))}")) == 1


def test_listed_versions_within_a_range_need_no_row():
    rows = intervals([pypi(("introduced", "0"), ("fixed", "2"), versions=("1.0", "1.5"))])
    assert rows["hi_kind"].tolist() == ["fixed"]


def test_a_listed_version_outside_of_all_ranges_has_a_row():
    rows = intervals([pypi(("introduced", "0"), ("fixed", "2"), versions=("3.0",))])
    assert rows["exact_version"].dropna().tolist() == ["3.0"]


def test_a_listed_version_that_no_rule_orders_is_kept_as_text():
    rows = intervals([pypi(("introduced", "0"), ("fixed", "2"), versions=("r23-x",))])
    assert rows.loc[rows["exact_version"] == "r23-x", "lo"].isna().all()


NUMBERS = st.sampled_from([f"{major}.{minor}" for major in range(3) for minor in range(4)])


@given(st.lists(NUMBERS, unique=True, max_size=4), st.lists(NUMBERS, max_size=4), NUMBERS)
def test_affected_is_in_the_versions_or_in_any_range(ends, listed, version):
    ordered = sorted(ends, key=Version)
    events = tuple(zip(("introduced", "fixed") * 2, ordered, strict=False))
    rows = intervals([pypi(*events, versions=tuple(listed))] if events or listed else [])
    mine = key("PyPI", version).hex()
    held = any(lo <= mine < hi for lo, hi in zip(rows["lo"], rows["hi"], strict=True))
    in_range = sum(Version(end) <= Version(version) for end in ordered) % 2 == 1
    assert held == (version in listed or in_range)


@pytest.mark.parametrize("name", ["pypi-pysec", "bitnami", "almalinux8", "debian-9-osv"])
def test_stretches_of_a_stored_record_do_not_overlap(name):
    rows = known(shared(f"osv/{name}.jsonl.gz"))
    rows = rows[rows["lo"].notna() & rows["exact_version"].isna()]
    subject = ["osv_id", "ecosystem", "release", "package", "module"]
    earlier = rows.groupby(subject, dropna=False)["hi"].shift()
    assert not (rows["lo"] <= earlier).any()


def test_withdrawn_records_of_the_stored_python_feed_are_left_out():
    rows = known(shared("osv/pypi-pysec.jsonl.gz"))
    assert rows["withdrawn"].isna().all()
