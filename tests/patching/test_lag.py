from datetime import UTC, datetime

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.fleet import Fleet
from fleetkit.patching import audit
from fleetkit.patching.inventory import take_inventory
from fleetkit.patching.laggards import outdone
from tests.patching.literal import NOW, fleet, image, package

OLD = package("old", "openssl", "3.0.9-1")
NEW = package("new", "openssl", "3.0.15-1")


def built(image_id, *date):
    return image(image_id, created_at=datetime(*date, tzinfo=UTC))


def levels(made, column):
    return dict(zip(made.patch_levels["subject_id"], made.patch_levels[column], strict=True))


def behind(made):
    return made.findings[made.findings["status"] == "behind_fleet"].reset_index(drop=True)


def dated(*packages, images):
    return audit(fleet(*packages, images=images), now=NOW)


def test_days_behind_are_those_between_the_oldest_images_with_the_builds():
    made = dated(OLD, NEW, images=[built("old", 2026, 1, 1), built("new", 2026, 3, 2)])
    assert levels(made, "days_behind") == {"old": 60, "new": 0}


def test_the_oldest_image_with_a_build_dates_it():
    again = package("again", "openssl", "3.0.15-1")
    made = dated(OLD, NEW, again, images=[
        built("old", 2026, 1, 1), built("new", 2026, 3, 2), built("again", 2026, 1, 11)])
    assert levels(made, "days_behind")["old"] == 10


def test_a_build_that_no_dated_image_has_is_behind_by_unknown_days():
    made = dated(OLD, NEW, images=[built("old", 2026, 1, 1)])
    assert made.patch_levels["days_behind"].isna().all()


def test_an_image_that_pretends_to_be_of_1970_dates_nothing():
    made = dated(OLD, NEW, images=[built("old", 1970, 1, 1), built("new", 2026, 3, 2)])
    assert levels(made, "days_behind")["old"] is pd.NA


def test_a_version_without_order_has_no_days():
    odd = package("odd", "openssl", "no version")
    made = dated(odd, NEW, images=[built("odd", 2026, 1, 1), built("new", 2026, 3, 2)])
    assert levels(made, "days_behind")["odd"] is pd.NA


def test_days_are_unknown_and_counted_where_the_newest_build_is_dated_before_another():
    made = dated(OLD, NEW, images=[built("old", 2026, 3, 2), built("new", 2026, 1, 1)])
    assert levels(made, "days_behind")["old"] is pd.NA
    assert "clocks_disagree" in made.problems["code"].tolist()


def test_the_finding_says_that_images_dated_the_builds():
    made = dated(OLD, NEW, images=[built("old", 2026, 1, 1), built("new", 2026, 3, 2)])
    assert behind(made)["why"].tolist() == [
        "openssl 3.0.9-1 is installed; 1 newer build of it seen in the fleet, the newest is"
        " 3.0.15-1 (first in an image 60 days later)"]


def test_a_changelog_dates_a_build_before_any_image_does():
    entries = [{"ecosystem": "Debian", "release": "12", "source_name": "openssl",
                "source_version": "3.0.15-1", "version": version, "flaw": "CVE-2026-1",
                "changed_at": datetime(2026, 1, day, tzinfo=UTC)}
               for version, day in (("3.0.9-1", 1), ("3.0.15-1", 8))]
    known = Fleet(packages=pd.DataFrame([OLD, NEW]), changelogs=pd.DataFrame(entries))
    made = audit(known, now=NOW)
    assert levels(made, "days_behind")["old"] == 7
    assert behind(made)["why"][0].endswith("3.0.15-1 (7 days younger by its changelog)")


def test_an_old_kernel_beside_the_newest_is_not_behind():
    made = audit(fleet(package("a", "linux", "6.1.1-1"), package("a", "linux", "6.1.2-1")), now=NOW)
    assert (len(behind(made)), made.patch_levels["builds_behind"].tolist()) == (0, [1, 0])


def test_of_two_kernels_the_newer_is_the_one_that_lags():
    made = audit(fleet(*(package("a", "linux", f"6.1.{number}-1") for number in (1, 2)),
                       package("b", "linux", "6.1.3-1")), now=NOW)
    assert behind(made)["source_version"].tolist() == ["6.1.2-1"]


def test_a_library_of_a_language_is_never_behind_but_its_level_counts_builds():
    made = audit(fleet(*(package(subject, "ms", version, ecosystem="npm", release=None)
                         for subject, version in (("a", "2.0.0"), ("b", "2.1.3")))), now=NOW)
    assert len(behind(made)) == 0
    assert levels(made, "builds_behind") == {"a": 1, "b": 0}
    assert levels(made, "status")["a"] == "no_feed"


BUILDS = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["x", "y"]),
                            st.sampled_from(["1-1", "1.0-1", "2-1", "10-1", "bad version"])),
                  min_size=1, max_size=12)


@given(BUILDS)
def test_a_holding_is_outdone_exactly_if_its_subject_has_a_higher_rank(builds):
    inventory = take_inventory(
        fleet(*(package(subject, name, version) for subject, name, version in builds)).packages)
    held = inventory.holdings.join(
        inventory.sources[["family_id", "rank"]], on="source_id").to_dict("records")
    expected = [any(other["subject"] == one["subject"] and other["family_id"] == one["family_id"]
                    and bool(other["rank"] > one["rank"]) for other in held
                    if not pd.isna(other["rank"]) and not pd.isna(one["rank"])) for one in held]
    assert outdone(inventory).tolist() == expected
