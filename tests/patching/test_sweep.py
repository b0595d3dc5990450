import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetkit.patching.sweep import ABOVE, TOP, Interval, sweep, unite
from fleetkit.versions import key

VERSIONS = [f"1.{number}-1" for number in range(12)]
KEYS = {version: key("Debian", version).hex() for version in VERSIONS}


def spans(*events):
    return [(found.lo, found.hi) for found in sweep(events, KEYS)]


def affected_by_the_published_algorithm(version, events):
    """OSV schema, "Evaluation": the events in order of version, each may flip the answer."""
    mine = VERSIONS.index(version)
    place = {"0": -1, "*": 99, **{text: number for number, text in enumerate(VERSIONS)}}
    limits = [place[text] for kind, text in events if kind == "limit"]
    if limits and all(mine >= limit for limit in limits):
        return False
    vulnerable = False
    for kind, text in sorted(events, key=lambda event: place[event[1]]):
        if kind == "introduced" and mine >= place[text]:
            vulnerable = True
        elif (kind == "fixed" and mine >= place[text]) or (
            kind == "last_affected" and mine > place[text]
        ):
            vulnerable = False
    return vulnerable


@st.composite
def ranges(draw):
    """Valid ranges: one kind of end, an introduction, no version twice, in any order."""
    end = draw(st.sampled_from(["fixed", "last_affected"]))
    places = draw(st.lists(st.sampled_from(["0", *VERSIONS]), unique=True, min_size=1, max_size=8))
    kinds = draw(st.lists(st.sampled_from(["introduced", end]), min_size=len(places),
                          max_size=len(places)))
    events = [("introduced" if place == "0" else kind, place)
              for kind, place in zip(kinds, places, strict=True)]
    limits = draw(st.lists(st.sampled_from([*VERSIONS, "*"]), max_size=2))
    return events + [("limit", limit) for limit in limits]


@given(ranges(), st.sampled_from(VERSIONS))
def test_intervals_hold_what_the_published_algorithm_calls_affected(events, version):
    held = any(lo <= KEYS[version] < hi for lo, hi in spans(*events))
    assert held == affected_by_the_published_algorithm(version, events)


@given(ranges())
def test_intervals_of_a_range_are_ascending_and_apart(events):
    found = spans(*events)
    ends = [end for span in found for end in span]
    assert ends == sorted(set(ends))


@given(ranges(), st.randoms())
def test_the_order_of_events_does_not_matter(events, random):
    shuffled = random.sample(events, len(events))
    assert spans(*shuffled) == spans(*events)


@given(st.lists(ranges(), max_size=4), st.sampled_from(VERSIONS))
def test_united_intervals_hold_the_same_versions(several, version):
    every = [found for events in several for found in sweep(events, KEYS)]
    before = any(found.lo <= KEYS[version] < found.hi for found in every)
    after = [found for found in unite(every) if found.lo <= KEYS[version] < found.hi]
    assert len(after) == int(before)


def test_introduced_zero_starts_below_every_version():
    assert spans(("introduced", "0"), ("fixed", "1.3-1")) == [("", KEYS["1.3-1"])]


def test_a_range_without_end_is_open():
    assert sweep([("introduced", "1.3-1")], KEYS) == [
        Interval(KEYS["1.3-1"], TOP, "open", "1.3-1", None)
    ]


def test_last_affected_holds_the_version_itself():
    assert spans(("introduced", "0"), ("last_affected", "1.3-1")) == [("", KEYS["1.3-1"] + ABOVE)]


def test_last_affected_names_no_fix():
    (found,) = sweep([("introduced", "0"), ("last_affected", "1.3-1")], KEYS)
    assert (found.hi_kind, found.fixed) == ("last_affected", None)


def test_introduced_and_last_affected_alike_mean_one_version():
    assert spans(("introduced", "1.3-1"), ("last_affected", "1.3-1")) == [
        (KEYS["1.3-1"], KEYS["1.3-1"] + ABOVE)
    ]


def test_introduced_and_fixed_alike_mean_no_version():
    assert spans(("introduced", "1.3-1"), ("fixed", "1.3-1")) == []


def test_fixed_zero_means_no_version():
    assert spans(("introduced", "0"), ("fixed", "0")) == []


def test_an_interval_that_reopens_at_its_fix_goes_on():
    events = ("introduced", "0"), ("fixed", "1.3-1"), ("introduced", "1.3-1"), ("fixed", "1.5-1")
    assert spans(*events) == [("", KEYS["1.5-1"])]


def test_an_interval_that_reopens_at_its_last_affected_version_goes_on():
    events = (("introduced", "0"), ("last_affected", "1.3-1"), ("introduced", "1.3-1"),
              ("fixed", "1.5-1"))
    assert spans(*events) == [("", KEYS["1.5-1"])]


def test_a_fix_counts_more_than_the_last_affected_version_before_it():
    events = ("introduced", "0"), ("last_affected", "1.3-1"), ("fixed", "1.5-1")
    assert spans(*events) == [("", KEYS["1.5-1"])]


def test_a_fix_without_introduction_is_passed_over():
    assert spans(("fixed", "1.1-1"), ("introduced", "1.3-1"), ("fixed", "1.5-1")) == [
        (KEYS["1.3-1"], KEYS["1.5-1"])
    ]


def test_the_greatest_limit_clips():
    events = ("introduced", "0"), ("limit", "1.2-1"), ("limit", "1.4-1")
    assert spans(*events) == [("", KEYS["1.4-1"])]


@pytest.mark.parametrize("events", [
    [("introduced", "0"), ("fixed", "no version")],
    [("introduced", "no version")],
    [("introduced", "0"), ("limit", "no version")],
])
def test_a_version_that_no_rule_orders_makes_the_range_uncomparable(events):
    assert sweep(events, KEYS) is None
