"""What is true of every history, whatever happened in it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from fleetkit.exposure import episodes, survival
from tests.exposure.literal import audited, day, finding, level, replica

VERSIONS = st.sampled_from(["1", "2", "3", "unseen"])
FEEDS = st.sets(st.sampled_from(["1", "2"]))
LOOKS = st.tuples(st.lists(VERSIONS, max_size=4), FEEDS)
HISTORIES = st.lists(LOOKS, min_size=1, max_size=5)


def fleet(number, look):
    """A group of replicas, of the builds that a feed may call bad; of the unseen nobody knows."""
    versions, bad = look
    seen = sorted({one for one in versions if one != "unseen"})
    blind = [{"subject_id": "unseen", "status": "unobservable"}] if "unseen" in versions else []
    return audited(
        number, [replica(f"w{place}", one) for place, one in enumerate(versions)] + [
            replica("other", "3", "other")],
        [finding(one, version=one) for one in seen if one in bad] + blind,
        [level(one, one) for one in seen] + [level("3", "3")],
    )


def history(looks):
    """The fleets of the looks, a day apart."""
    return [fleet(number, look) for number, look in enumerate(looks)]


def within(found, number):
    """Episodes that a day lies in."""
    return found[(found["first_seen"] <= day(number)) & (day(number) <= found["last_seen"])]


@given(HISTORIES)
@settings(deadline=None, max_examples=15)
def test_ends_are_in_order_and_only_what_is_fixed_is_closed(looks):
    found = episodes(history(looks))
    assert (found["first_seen"] <= found["last_seen"]).all()
    assert (found["not_before"].dropna() < found["first_seen"][found["not_before"].notna()]).all()
    closed = found["closed_by"].notna()
    assert (found["last_seen"][closed] < found["closed_by"][closed]).all()
    assert closed.tolist() == found["status"].eq("fixed").tolist()


@given(HISTORIES)
@settings(deadline=None, max_examples=15)
def test_episodes_of_one_slot_and_flaw_never_overlap(looks):
    found = episodes(history(looks))
    for number, (versions, _) in enumerate(looks):
        assert within(found, number)["slots"].sum() <= len(versions)


@given(HISTORIES, LOOKS)
@settings(deadline=None, max_examples=15)
def test_a_later_snapshot_changes_nothing_that_is_closed(looks, more):
    before, after = episodes(history(looks)), episodes(history([*looks, more]))
    over = before[before["status"].isin(["fixed", "gone"])].drop(columns="ordinal")
    later = after[after["status"].isin(["fixed", "gone"])].drop(columns="ordinal")
    kept = over.merge(later.drop_duplicates(), how="left", indicator=True)
    assert kept["_merge"].eq("both").all()


@given(HISTORIES)
@settings(deadline=None, max_examples=15)
def test_every_sight_of_a_vulnerable_workload_lies_in_an_episode(looks):
    found = episodes(history(looks))
    for number, (versions, bad) in enumerate(looks):
        assert within(found, number)["slots"].sum() >= sum(one in bad for one in versions)


@given(HISTORIES)
@settings(deadline=None, max_examples=15)
def test_shares_fall_and_all_slots_are_counted(looks):
    found = episodes(history(looks))
    made = survival(found, clock="published")
    for _, curve in made.curves.groupby("group", dropna=False):
        assert curve["share_open"].is_monotonic_decreasing
        assert curve["share_open_least"].is_monotonic_decreasing
    counted = made.summary[["closed", "censored", "left_out"]].to_numpy(dtype=int).sum()
    assert counted == found["slots"].sum()
