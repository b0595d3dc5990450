"""Broken and hostile rows cost a history nothing else; a real audit gives one."""

import pandas as pd
import pytest

from fleetkit.errors import SnapshotError
from fleetkit.exposure import episodes, stages
from fleetkit.fleet import Fleet
from fleetkit.history import save
from fleetkit.patching import audit
from tests.exposure.literal import audited, day, finding, level, machine, of_machine
from tests.patching.literal import INTRODUCED, feed, fixed, package, record


def test_rows_without_a_subject_are_nobodys(tmp_path):
    stray = [finding(None), {"subject_id": None, "status": "no_feed", "ecosystem": "Debian"},
             finding(None, status="uncomparable")]
    look = audited(0, [machine("m")], [finding("m"), *stray], [level("m", "1"), level(None, "1")])
    found = episodes([look, of_machine(7, "2")])
    assert found["status"].tolist() == ["fixed"]


def test_a_workload_without_id_is_not_judged():
    look = audited(0, [machine("m"), machine(None)], [finding("m")], [level("m", "1")])
    assert episodes([look])["slot"].tolist() == ["m"]


@pytest.mark.parametrize("tags", ['no json, "team":"a', '{"team":"\\q"}', '{"team":""}', "", "{",
                                  '{"x":",\\"team\\":\\"forged\\""}'])
def test_tags_that_are_no_tags_name_nobody_else(tags):
    look = audited(0, [machine("m", tags=tags)], [finding("m")], [level("m", "1")])
    team = episodes([look])["team"].iloc[0]
    assert pd.isna(team) or team == "\\q"


def test_a_name_of_a_tag_is_no_pattern():
    look = audited(0, [machine("m", tags={"team": "a"})], [finding("m")], [level("m", "1")])
    assert episodes([look], team_tags=("te.m", "(")).loc[0, "team"] is pd.NA


def test_more_ecosystems_than_bits_still_hide_nothing():
    rows = [{"subject_id": "m", "status": "no_feed", "ecosystem": f"E{number}"}
            for number in range(90)]
    blind = audited(7, [machine("m")], [*rows, {"subject_id": "m", "status": "no_feed",
                                                "ecosystem": "Late"}], [level("m", "2")])
    first = audited(0, [machine("m")], [finding("m", ecosystem="Late")], [level("m", "1")])
    assert episodes([first, blind])["status"].tolist() == ["unknown"]


@pytest.mark.parametrize("moment", ["yesterday noon-ish", None, pd.NaT])
def test_what_is_no_moment_is_refused(moment):
    with pytest.raises(SnapshotError, match=r"moment|observed"):
        episodes({moment: Fleet().with_tables(
            findings=of_machine(0, "1").findings, patch_levels=of_machine(0, "1").patch_levels)})


def test_empty_fleets_have_no_history():
    empty = {day(number): audited(number, []) for number in range(3)}
    assert episodes(empty).empty
    assert stages(empty).empty


def test_what_a_real_audit_finds_is_an_episode(tmp_path):
    advisories = feed(tmp_path, record("DEBIAN-CVE-2026-7", "openssl", INTRODUCED,
                                       fixed("3.0.2-1"), aliases=["CVE-2026-7"],
                                       published="2025-12-01T00:00:00Z"))
    folders = []
    for number, version in ((0, "3.0.1-1"), (7, "3.0.1-1"), (14, "3.0.2-1")):
        fleet = Fleet(
            workloads=pd.DataFrame([{"workload_id": "m", "kind": "vm", "source": "aws",
                                     "observed_at": day(number)}]),
            packages=pd.DataFrame([package("m", "openssl", version)]))
        folders.append(save(audit(fleet, advisories), tmp_path / str(number)))
    found = episodes(folders)
    assert found[["flaw", "status"]].to_numpy().tolist() == [["CVE-2026-7", "fixed"]]
    assert found["closed_by"].tolist() == [pd.Timestamp(day(14))]
    assert found["fix_known_at"].tolist() == [pd.Timestamp("2025-12-01", tz="UTC")]
