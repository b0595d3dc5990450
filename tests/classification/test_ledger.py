"""A ledger as text: what is written is read, what people wrote stays, faults name their line."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleetkit.classification.ledger import Ledger
from fleetkit.classification.ledger_blocks import block, parsed
from fleetkit.classification.ledger_entries import (
    FITTING,
    NAMING,
    SUBJECT,
    WORDS,
    Entry,
    Outvoted,
    plain,
)
from fleetkit.errors import LoadError

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
DAY = date(2026, 11, 25)
SAID = st.text(max_size=60).map(plain).filter(bool)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
NUMBER = st.floats(-30, 30).map(lambda number: round(number, 2))


@st.composite
def entries(draw):
    names = draw(st.sets(st.sampled_from(SUBJECT))) | {draw(st.sampled_from(NAMING))}
    telling = next(name for name in SUBJECT if name in names)
    subject = tuple((name, draw(TEXT if name == telling else st.none() | TEXT)) for name in names)
    label, made = draw(st.sampled_from(WORDS)), draw(st.dates())
    quadrant = draw(st.none() | st.sampled_from(FITTING[label]))
    outvoted = draw(st.none() | st.builds(
        Outvoted, st.sampled_from(["pet", "cattle", "unsure"]), NUMBER, st.none() | NUMBER, TEXT,
        st.none() | TEXT, TEXT, st.integers(0, 10**6), st.lists(SAID, max_size=3).map(tuple)))
    return Entry(subject, label, draw(SAID), draw(SAID), made, draw(st.dates(made)), quadrant,
                 outvoted)


def entry(name="gateway", **known):
    plain_entry = {"subject": (("name", name),), "label": "pet", "by": "anna",
                   "why": "holds the only TLS key", "made": DAY, "until": DAY + timedelta(180)}
    return Entry(**plain_entry | known)


@SLOW
@given(st.lists(entries(), max_size=4, unique=True))
def test_what_is_written_is_read(made):
    read, faults = parsed("".join(map(block, made)), "ledger.yaml")
    assert (read, faults) == (made, [])


def test_an_entry_that_is_added_leaves_comments_as_they_are(tmp_path):
    path = tmp_path / "ledger.yaml"
    Ledger((entry(),)).write(path)
    path.write_text(path.read_text() + "# the archive is next, ask Bob\n")
    before = path.read_text()
    Ledger((entry("archive"),)).write(path)
    assert path.read_text() == before + block(entry("archive"))


def test_writing_the_same_twice_changes_nothing(tmp_path):
    path = tmp_path / "ledger.yaml"
    Ledger((entry(), entry("archive"))).write(path)
    before = path.read_bytes()
    Ledger.read(path).write(path)
    assert path.read_bytes() == before


def test_entries_of_two_that_write_at_once_are_all_kept(tmp_path):
    path = tmp_path / "ledger.yaml"
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: Ledger((entry(f"web-{n}"),)).write(path), range(24)))
    assert len(Ledger.read(path).entries) == 24


def test_a_ledger_that_is_not_there_says_how_to_begin_one(tmp_path):
    with pytest.raises(LoadError, match=r"there is no ledger; the first override writes it"):
        Ledger.read(tmp_path / "ledger.yaml")
