"""A ledger as text: what is written is read, what people wrote stays, faults name their line."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from difflib import unified_diff

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleetkit.errors import LoadError
from fleetkit.ledger.blocks import Fault, block, parsed
from fleetkit.ledger.book import Ledger
from fleetkit.ledger.entries import (
    FITTING,
    NAMING,
    SUBJECT,
    WORDS,
    Entry,
    Outvoted,
    plain,
)

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


GOOD = """\
- for: {name: gateway}
  label: pet
  by: anna
  why: holds the only TLS key
  made: 2026-11-25
  until: 2027-05-24
"""
OTHER = GOOD.replace("gateway", "archive")


def test_until_is_half_a_year_after_made_where_nobody_says_it():
    read, _ = parsed(GOOD.replace("  until: 2027-05-24\n", ""), "ledger.yaml")
    assert read == [entry()]


@pytest.mark.parametrize(("old", "new", "line", "reason"), [
    ("label: pet", "label: pett", 8, "label: found 'pett'; allowed are pet, cattle"),
    ("label: pet", "label: [pet]", 8, "expected text, found a sequence"),
    ("{name: gateway}", "gateway", 7, "for: expected fields and values, found a scalar"),
    ("{name: gateway}", "{nmae: gateway}", 7, "for has no field 'nmae'; there are workload_id"),
    ("{name: gateway}", "{source: docker}", 7, "nobody is named; an entry is for one of workload"),
    ("{name: gateway}", "{name: }", 7, "nobody is named"),
    ("{name: gateway}", "{name: a, name: b}", 7, "for says name twice"),
    ("  by: anna\n", "", 7, "the entry lacks by; every entry has for, label, by, why, made"),
    ("by: anna", "by:", 9, "is empty; an entry says who wants it and why"),
    ("why: holds the only TLS key", "why: ' '", 10, "is empty"),
    ("made: 2026-11-25", "made: 25.11.2026", 11, "expected a day as 2027-05-24, found '25.11.2026"),
    ("until: 2027-05-24", "until: 2026-01-01", 12, "ends on 2026-01-01, before it was made"),
    ("until: 2027-05-24", "untill: 2027-05-24", 12, "an entry has no field 'untill'"),
    ("until: 2027-05-24", "quadrant: cattle", 12, "quadrant of pet: found 'cattle'"),
    ("until: 2027-05-24", "outvoted: {state_score: high}", 12, "expected a number, found 'high'"),
    ("until: 2027-05-24", "outvoted: {workloads: .inf}", 12, "expected a number, found '.inf'"),
    ("until: 2027-05-24", "outvoted: {reasons: many}", 12, "expected a list of texts"),
    ("until: 2027-05-24", "label: cattle", 12, "an entry says label twice"),
    ("why: holds", "why: key: holds", 10, "mapping values are not allowed"),
    ("why: holds", "why: '", 10, "found unexpected end of stream"),
    ("  label: pet", "ask anna\n  label: pet", 8, "could not find expected ':'"),
    ("label: pet", "label: *pet", 8, "found undefined alias"),
    (GOOD, "- [\n", 8, ""),
    (GOOD, "- {a: " + "[" * 5000 + "]" * 5000 + "}\n", 7, "nesting"),
    (GOOD, "- a\x00b\n", 7, "control characters are not allowed"),
    (GOOD, "-\n", 7, "an entry: expected fields and values, found a scalar"),
    (GOOD, "- &a {for: *a}\n", 7, "the entry lacks label, by, why, made"),
])
def test_error_in_a_block_is_named_with_its_line_and_the_others_are_read(old, new, line, reason):
    text = OTHER + GOOD.replace(old, new) + OTHER.replace("archive", "third")
    read, faults = parsed(text, "ledger.yaml")
    assert [dict(one.subject)["name"] for one in read] == ["archive", "third"]
    assert faults[0].line == line
    assert reason in faults[0].reason


@pytest.mark.parametrize(("text", "message"), [
    ("entries: []", r"line 1: expected a list of blocks that begin with '- for:', found a mapping"),
    ("'", r"line 1: expected blocks that begin with '- for:'"),
    ("\n\npet", r"line 3: expected a list of blocks"),
])
def test_file_that_is_no_list_of_blocks_is_refused(text, message):
    with pytest.raises(LoadError, match=f"ledger.yaml, {message}"):
        parsed(text, "ledger.yaml")


@pytest.mark.parametrize("text", ["", "# nobody yet\n", "---\n", "[]", "\ufeff# nobody\n"])
def test_file_without_blocks_has_no_entries(text):
    assert parsed(text, "ledger.yaml") == ([], [])


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "ledger.yaml"
    path.write_bytes(b"- for: \xff\xfe")
    with pytest.raises(LoadError, match="expected UTF-8, found other bytes at 7"):
        Ledger.read(path)


@SLOW
@given(st.text(max_size=60), st.integers(0, len(GOOD)), st.integers(0, 30))
def test_damage_of_one_block_costs_no_other(noise, start, cut):
    text = OTHER + GOOD[:start] + noise.replace("\r", "") + GOOD[start + cut:]
    try:
        read, _ = parsed(text, "ledger.yaml")
    except LoadError:
        return
    assert all(one.line for one in read)


def test_blocks_of_two_branches_that_git_could_not_merge_are_read():
    text = f"{OTHER}<<<<<<< HEAD\n{GOOD}=======\n{GOOD}>>>>>>> other\n{OTHER}"
    read, faults = parsed(text, "ledger.yaml")
    assert [dict(one.subject)["name"] for one in read] == [
        "archive", "gateway", "gateway", "archive"]
    assert faults == [Fault(7, "git left a merge open here")]


def test_secret_that_stands_in_a_ledger_goes_no_further():
    read, _ = parsed(GOOD.replace("holds", "token=hunter2 holds"), "ledger.yaml")
    assert read[0].why == "token=[masked] holds the only TLS key"


def test_secret_in_a_wrong_field_is_not_quoted():
    _, faults = parsed(GOOD.replace("label: pet", "label: password=hunter2"), "ledger.yaml")
    assert "hunter2" not in faults[0].reason


def test_block_has_no_aliases():
    assert "*" not in block(entry(until=DAY))


def test_git_shows_one_block_for_one_entry(tmp_path):
    path = tmp_path / "ledger.yaml"
    Ledger((entry("a"), entry("b"))).write(path)
    before = path.read_text().splitlines()
    Ledger((entry("c"),)).write(path)
    changes = [line for line in unified_diff(before, path.read_text().splitlines(), n=0)
               if not line.startswith(("---", "+++", "@@"))]
    assert changes == [f"+{line}" for line in block(entry("c")).splitlines()]


@pytest.mark.parametrize("old", [GOOD.rstrip("\n"), GOOD.replace("\n", "\r\n")])
def test_ends_of_lines_are_those_of_the_file(tmp_path, old):
    path = tmp_path / "ledger.yaml"
    path.write_text(old, newline="")
    made = Ledger((entry("c"),)).write(path)
    assert made.entries == (entry(), entry("c"))
    text = path.read_bytes().decode()
    assert text.startswith(old)
    assert text.count("\r\n") in (0, text.count("\n"))


def test_file_in_a_form_that_takes_no_block_is_left_alone(tmp_path):
    path = tmp_path / "ledger.yaml"
    path.write_text("  " + GOOD.replace("\n", "\n  ").rstrip())
    before = path.read_bytes()
    with pytest.raises(LoadError, match="no block can be added; entries must begin with '- '"):
        Ledger((entry("c"),)).write(path)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["ledger.yaml"]


def test_ledger_behind_a_link_stays_behind_it(tmp_path):
    path, link = tmp_path / "ledger.yaml", tmp_path / "link.yaml"
    Ledger((entry(),)).write(path)
    path.chmod(0o640)
    link.symlink_to(path)
    Ledger((entry("c"),)).write(link)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert len(Ledger.read(path).entries) == 2


def test_ledger_is_no_archive(tmp_path):
    with pytest.raises(LoadError, match="a ledger is plain text"):
        Ledger((entry(),)).write(tmp_path / "ledger.yaml.gz")


def test_ledger_says_what_it_holds(tmp_path):
    path = tmp_path / "ledger.yaml"
    path.write_text(GOOD + "- pet\n")
    assert repr(Ledger.read(path)) == f"{path}: 1 overrides, 1 blocks with an error"


def test_ledger_that_nobody_could_read_again_is_not_written(tmp_path):
    path = tmp_path / "ledger.yaml"
    path.write_text("#" * ((16 << 20) - 1) + "\n")
    with pytest.raises(LoadError, match="would hold more than 16,777,216 bytes; begin another"):
        Ledger((entry(),)).write(path)
    assert Ledger.read(path).entries == ()


def test_folder_that_is_none_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LoadError, match="file: cannot be written"):
        Ledger((entry(),)).write(tmp_path / "file" / "ledger.yaml")
