"""Episodes of exposure, by hand: when they begin, how they end, and what nobody saw."""

import pandas as pd
import pytest

from fleetkit.errors import MissingTableError, SnapshotError
from fleetkit.exposure import episodes
from fleetkit.fleet import Fleet
from fleetkit.history import save
from tests.exposure.literal import (
    FLAW,
    PUBLISHED,
    audited,
    day,
    finding,
    level,
    machine,
    of_machine,
    of_replicas,
    replica,
)

TIMES = ["first_seen", "not_before", "last_seen", "closed_by"]


def days(found, column):
    """Days since the start; None where the time is missing."""
    return [None if pd.isna(time) else (time - day(0)).days for time in found[column]]


def only(found):
    """The only row, its times as days."""
    assert len(found) == 1
    return {**found.iloc[0].to_dict(), **{name: days(found, name)[0] for name in TIMES}}


def test_a_machine_is_exposed_from_its_first_sight_to_the_first_sight_of_the_fix():
    row = only(episodes([of_machine(0, "2"), of_machine(7, "1"), of_machine(14, "1"),
                         of_machine(21, "2")]))
    assert [row[name] for name in TIMES] == [7, 0, 14, 21]
    assert (row["status"], row["flaw"], row["source_name"]) == ("fixed", FLAW, "openssl")


def test_snapshots_may_come_in_any_order():
    history = [of_machine(0, "1"), of_machine(7, "1"), of_machine(14, "2")]
    pd.testing.assert_frame_equal(episodes(history), episodes(history[::-1]))


def test_what_is_still_vulnerable_has_no_end():
    row = only(episodes([of_machine(0, "1"), of_machine(7, "1")]))
    assert (row["status"], row["last_seen"], row["closed_by"]) == ("open", 7, None)


def test_a_machine_that_vanished_is_not_fixed():
    row = only(episodes([of_machine(0, "1"), audited(7, [machine("other")])]))
    assert (row["status"], row["closed_by"]) == ("gone", None)


def test_a_machine_whose_source_was_not_read_is_not_gone():
    unread = pd.DataFrame([{"source": "aws", "status": "denied"}])
    row = only(episodes([of_machine(0, "1"), audited(7, [machine("other")], coverage=unread)]))
    assert row["status"] == "unknown"


def test_a_snapshot_that_does_not_speak_of_the_source_proves_nothing():
    row = only(episodes([of_machine(0, "1"), audited(7, [machine("n", source="nomad")])]))
    assert row["status"] == "unknown"


def test_an_unobservable_snapshot_is_neither_clean_nor_the_end():
    row = only(episodes([of_machine(0, "1"), of_machine(7, None), of_machine(14, "1"),
                         of_machine(21, "2")]))
    assert [row[name] for name in TIMES] == [0, None, 14, 21]
    assert row["unknown_snapshots"] == 1


def test_a_snapshot_without_the_feed_closes_nothing():
    blind = {"subject_id": "m", "status": "no_feed", "ecosystem": "Debian", "release": "12"}
    without = audited(7, [machine("m")], [blind], [level("m", "2")])
    row = only(episodes([of_machine(0, "1"), without]))
    assert (row["status"], row["unknown_snapshots"]) == ("unknown", 1)


def test_a_missing_feed_of_another_ecosystem_does_not_hide_the_fix():
    other = {"subject_id": "m", "status": "no_feed", "ecosystem": "PyPI"}
    fixed = audited(7, [machine("m")], [other], [level("m", "2")])
    assert only(episodes([of_machine(0, "1"), fixed]))["status"] == "fixed"


def test_versions_that_cannot_be_compared_close_nothing():
    vague = audited(7, [machine("m")], [finding("m", status="uncomparable", version="x")],
                    [level("m", "x")])
    assert only(episodes([of_machine(0, "1"), vague]))["status"] == "unknown"


def test_a_withdrawn_judgement_of_the_same_build_is_no_fix():
    row = only(episodes([of_machine(0, "1"), of_machine(7, "1", bad=())]))
    assert (row["status"], row["closed_by"]) == ("withdrawn", None)


def test_a_flaw_that_waits_for_a_restart_is_still_open():
    wait = audited(7, [machine("m")], [finding("m", status="pending_restart")],
                   [level("m", "1"), level("m", "2")])
    started = audited(14, [machine("m")], [], [level("m", "1"), level("m", "2")])
    row = only(episodes([of_machine(0, "1"), wait, started]))
    assert [row[name] for name in ("last_seen", "closed_by")] == [7, 14]


def test_a_record_that_came_later_makes_no_reexposure_of_the_same_build():
    row = only(episodes([of_machine(0, "1", bad=()), of_machine(7, "1")]))
    assert (row["is_reexposure"], row["not_before"]) == (False, None)


def test_going_back_to_an_old_build_is_a_reexposure():
    found = episodes([of_machine(0, "1"), of_machine(7, "2"), of_machine(14, "1")])
    assert found["status"].tolist() == ["fixed", "open"]
    assert found["is_reexposure"].tolist() == [pd.NA, True]


def test_a_new_machine_with_an_old_flaw_is_a_reexposure():
    start = audited(0, [machine("other")])
    found = episodes([start, of_machine(7, "1")])
    assert found["is_reexposure"].tolist() == [True]
    assert days(found, "not_before") == [0]


def test_a_new_machine_with_a_flaw_that_has_no_fix_is_none():
    late = audited(7, [machine("m")], [finding("m", status="vulnerable_no_fix")],
                   [level("m", "1")])
    found = episodes([audited(0, [machine("other")]), late])
    assert found["is_reexposure"].tolist() == [False]
    assert found["fix_known_at"].isna().all()


def test_a_fix_that_came_with_its_record_is_known_since_then():
    assert episodes([of_machine(0, "1")])["fix_known_at"].tolist() == [pd.Timestamp(PUBLISHED)]


def test_a_fix_that_came_later_is_known_since_the_snapshot_that_first_has_it():
    early = audited(0, [machine("m")], [finding("m", status="vulnerable_no_fix")],
                    [level("m", "1")])
    assert days(episodes([early, of_machine(7, "1")]), "fix_known_at") == [7]


def test_unimportant_flaws_do_not_count():
    fleet = audited(0, [machine("m")], [finding("m", severity="unimportant")], [level("m", "1")])
    assert episodes([fleet]).empty


def test_a_replica_that_is_replaced_by_a_clean_one_is_fixed():
    row = only(episodes([of_replicas(0, "1"), of_replicas(7, "2")]))
    assert (row["slot"], row["status"]) == ("deployment|kubernetes||||web", "fixed")


def test_replicas_go_by_the_name_of_their_controller():
    assert only(episodes([of_replicas(0, "1", "1")]))["name"] == "web"


def test_equal_replicas_share_a_row_and_are_counted():
    assert only(episodes([of_replicas(0, "1", "1", "1")]))["slots"] == 3


def test_a_rollout_closes_the_slots_of_a_group_by_and_by():
    found = episodes([of_replicas(0, "1", "1", "1"), of_replicas(7, "1", "2", "2"),
                      of_replicas(14, "2", "2", "2")])
    assert dict(zip(days(found, "closed_by"), found["slots"], strict=True)) == {7: 2, 14: 1}


def test_a_group_that_shrinks_has_not_fixed_what_it_lost():
    found = episodes([of_replicas(0, "1", "1", "1"), of_replicas(7, "1", "2")])
    assert dict(zip(found["status"], found["slots"], strict=True)) == {
        "open": 1, "fixed": 1, "gone": 1}


def test_two_environments_of_one_controller_are_two_slots():
    rows = [replica("a", "i", environment="production"), replica("b", "i", environment="staging")]
    found = episodes([audited(0, rows, [finding("i")], [level("i", "1")])])
    assert found["environment"].tolist() == ["production", "staging"]


def test_members_of_a_statefulset_keep_their_number():
    rows = [replica(f"db-{n}", "i", "db", controller_kind="statefulset") for n in (0, 1)]
    found = episodes([audited(0, rows, [finding("i")], [level("i", "1")])])
    assert found["slot"].str[-4:].tolist() == ["db-0", "db-1"]


def test_an_ended_container_is_no_exposure():
    rows = [replica("a", "i", state="failed"), machine("m")]
    assert episodes([audited(0, rows, [finding("i")], [level("i", "1")])]).empty


def test_a_machine_does_not_stand_behind_the_image_that_it_began_from():
    rows = [machine("m", image_id="ami")]
    assert episodes([audited(0, rows, [finding("ami")], [level("ami", "1")])]).empty


def test_a_machine_that_changed_its_id_is_known_by_its_uuid():
    before = audited(0, [machine("a", machine_uuid="u")], [finding("a")], [level("a", "1")])
    after = audited(7, [machine("b", machine_uuid="u")], [], [level("b", "2")])
    assert only(episodes([before, after]))["status"] == "fixed"


def test_cloned_machines_of_one_uuid_are_not_one():
    rows = [machine("a", machine_uuid="u"), machine("b", machine_uuid="u")]
    found = episodes([audited(0, rows, [finding("a"), finding("b")],
                              [level("a", "1"), level("b", "1")])])
    assert found["slot"].tolist() == ["a", "b"]


def test_of_a_unified_machine_the_member_whose_packages_were_read_speaks():
    fleet = audited(0, [machine("a"), machine("b")], [finding("b")], [level("b", "1")])
    unified = fleet.with_tables(entities=pd.DataFrame([
        {"entity_id": "a", "members": ["a", "b"], "kind": "vm", "name": "m"}]))
    assert only(episodes([unified]))["slot"] == "a"


def test_labels_and_teams_are_those_of_the_last_sight():
    first = of_machine(0, "1").with_tables(
        labels=pd.DataFrame([{"workload_id": "m", "label": "unsure"}]))
    tagged = audited(7, [machine("m", tags={"Example.org/Team": 'a "b"'})], [finding("m")],
                     [level("m", "1")])
    second = tagged.with_tables(labels=pd.DataFrame([{"workload_id": "m", "label": "pet"}]))
    row = only(episodes([first, second]))
    assert (row["label"], row["team"]) == ("pet", 'a "b"')


def test_saved_snapshots_give_what_fleets_give(tmp_path):
    history = [of_machine(0, "1"), of_replicas(7, "1", "2"), of_machine(14, "2")]
    folders = [save(fleet, tmp_path / str(place)) for place, fleet in enumerate(history)]
    pd.testing.assert_frame_equal(episodes(folders), episodes(history))


def test_moments_may_be_given():
    row = only(episodes({day(30): of_machine(0, "1"), day(31): of_machine(0, "2")}))
    assert (row["first_seen"], row["closed_by"]) == (30, 31)


def test_two_snapshots_of_one_moment_are_refused():
    with pytest.raises(SnapshotError, match="two snapshots were taken at 2026-01-01 00:00:00"):
        episodes([of_machine(0, "1"), of_machine(0, "2")])


def test_a_snapshot_without_a_moment_is_refused():
    fleet = Fleet().with_tables(findings=of_machine(0, "1").findings,
                                patch_levels=of_machine(0, "1").patch_levels)
    with pytest.raises(SnapshotError, match="snapshot 1: no table says when"):
        episodes([fleet])


def test_one_snapshot_alone_is_told_from_several():
    with pytest.raises(SnapshotError, match="give a list"):
        episodes(of_machine(0, "1"))


def test_a_fleet_that_was_not_audited_names_the_verb():
    with pytest.raises(MissingTableError, match="call audit first"):
        episodes({day(0): Fleet(workloads=pd.DataFrame([machine("m")]))})
