"""Where a fix waits, by hand: base, image, deploy, clear, restart."""

import pandas as pd

from fleetkit.exposure import stages
from tests.exposure.literal import (
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


def image(image_id, name, built):
    """An image that was read."""
    return {"image_id": image_id, "name": name, "kind": "container", "observable": True,
            "created_at": day(built)}


OLD_BASE, NEW_BASE = image("b1", "base:1", -30), image("b2", "base:2", 2)
OLD, NEW = image("a1", "shop/web:1", -20), image("a2", "shop/web:2", 5)
LINEAGE = pd.DataFrame({"child_id": ["a1", "a2"], "parent_id": ["b1", "b2"]})


def look(number, running, images):
    """A Deployment, and which of its images are known."""
    known = [one["image_id"] for one in images]
    bad = [one for one in known if one in ("a1", "b1")]
    fleet = audited(
        number, [replica(f"w{place}", one) for place, one in enumerate(running)],
        [finding(one) for one in bad],
        [level(one, "1" if one in bad else "2") for one in known], images=pd.DataFrame(images))
    return fleet.with_tables(lineage=LINEAGE[LINEAGE["child_id"].isin(known)])


def only(found):
    assert len(found) == 1
    return found.iloc[0]


def test_each_stage_has_its_moment_and_its_days():
    row = only(stages([
        look(0, ["a1", "a1"], [OLD_BASE, OLD]),
        look(7, ["a1", "a1"], [OLD_BASE, OLD, NEW_BASE, NEW]),
        look(14, ["a1", "a2"], [OLD_BASE, OLD, NEW_BASE, NEW]),
        look(21, ["a2", "a2"], [NEW_BASE, NEW]),
    ]))
    assert row["fix_known_at"] == pd.Timestamp(PUBLISHED)
    assert [row[name] for name in ("base_at", "image_at", "deployed_at", "cleared_at")] == [
        day(2), day(5), day(14), day(21)]
    assert [row[f"{step}_days"] for step in ("base", "image", "deploy", "clear", "restart")] == [
        14, 3, 9, 7, 0]
    assert row["slowest"] == "base"
    assert row["waits_for"] is pd.NA


def test_a_fix_that_is_built_waits_to_be_deployed():
    row = only(stages([look(0, ["a1"], [OLD_BASE, OLD]),
                       look(40, ["a1"], [OLD_BASE, OLD, NEW_BASE, NEW])]))
    assert (row["waits_for"], row["waiting_days"], row["slowest"]) == ("deploy", 35, "deploy")


def test_a_fix_in_the_base_waits_for_the_image():
    row = only(stages([look(0, ["a1"], [OLD_BASE, OLD]),
                       look(7, ["a1"], [OLD_BASE, OLD, NEW_BASE])]))
    assert (row["waits_for"], row["waiting_days"]) == ("image", 5)
    assert row["image_days"] is pd.NA


def test_an_older_image_without_the_flaw_is_no_fix():
    older = image("a0", "shop/web:0", -90)
    row = only(stages([look(0, ["a1"], [OLD_BASE, OLD, older])]))
    assert (row["image_at"] is pd.NaT, row["waits_for"]) == (True, "base")


def test_a_machine_has_no_image_to_wait_for():
    row = only(stages([of_machine(0, "1"), of_machine(7, "1")]))
    assert (row["waits_for"], row["base_days"], row["image_days"]) == ("deploy", pd.NA, pd.NA)


def test_a_machine_that_was_patched_and_not_started_since_waits_for_that():
    before = audited(0, [machine("m", started_at=day(-90))], [finding("m")], [level("m", "1")])
    after = audited(7, [machine("m", started_at=day(-90))], [], [level("m", "2")])
    row = only(stages([before, after]))
    assert (row["waits_for"], row["restarted_at"]) == ("restart", pd.NaT)


def test_a_start_after_the_fix_ends_the_wait():
    before = audited(0, [machine("m", started_at=day(-90))], [finding("m")], [level("m", "1")])
    after = audited(7, [machine("m", started_at=day(6))], [], [level("m", "2")])
    row = only(stages([before, after]))
    assert (row["waits_for"], row["restarted_at"]) == (pd.NA, day(6))


def test_a_machine_whose_start_is_not_known_waits_for_nothing_that_anyone_can_see():
    row = only(stages([of_machine(0, "1"), of_machine(7, "2")]))
    assert (row["waits_for"], row["restart_days"]) == (pd.NA, pd.NA)


def test_a_group_that_is_cleared_in_part_waits_to_be_cleared():
    row = only(stages([of_replicas(0, "1", "1"), of_replicas(7, "1", "2")]))
    assert (row["deployed_at"], row["waits_for"]) == (day(7), "clear")
