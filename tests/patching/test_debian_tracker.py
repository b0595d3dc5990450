import gzip
import json
import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleetkit.advisories import debian_tracker
from fleetkit.errors import LoadError
from fleetkit.patching import audit
from fleetkit.plugins import find
from tests.patching.literal import INTRODUCED, NOW, feed, fleet, package, record, shared

OPEN = {"status": "open", "repositories": {"bookworm": "1.0-1"}, "urgency": "not yet assigned"}
FIXED = {**OPEN, "status": "resolved", "fixed_version": "2.0-1"}
NEVER = {**OPEN, "status": "resolved", "fixed_version": "0"}
UNDETERMINED = {**OPEN, "status": "undetermined"}
IGNORED = {**OPEN, "nodsa": "Minor issue", "nodsa_reason": "ignored"}
POSTPONED = {**OPEN, "nodsa": "Minor issue", "nodsa_reason": "postponed"}


def flaw(**releases):
    return {"description": "A flaw.", "scope": "remote", "releases": releases}


def write(folder, content, days=-1):
    """The tracker's file, fetched some days after the moment of the audits."""
    path = folder / "tracker.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    moment = (NOW + timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))
    return path


def read(path):
    """Rows with a package, and codes of the problems met."""
    problems = []
    rows = list(find("advisories", "debian_tracker").rows(path, problems.append))
    return [row for row in rows if row.package], [problem.code for problem in problems]


def state(folder, said):
    """What is read of one state of one flaw in Debian 12."""
    return read(write(folder, {"curl": {"CVE-2024-1": flaw(bookworm=said)}}))


def audited(folder, said, *others, version="1.0-1", days=-1):
    """A fleet with one curl of Debian 12, audited with one state of one flaw."""
    path = write(folder, {"curl": {"CVE-2024-1": flaw(bookworm=said)}}, days)
    made = fleet(package("a", "curl", version))
    return audit(made, [f"debian_tracker:{path}", *others], now=NOW)


def flaws(made):
    found = made.findings
    return found[found["evidence"] == "advisory"].reset_index(drop=True)


def level(made):
    return made.patch_levels["status"].tolist()


def details(made, code):
    return made.problems.loc[made.problems["code"] == code, "detail"].tolist()


def test_one_fleet_tells_the_states_apart(tmp_path):
    states = {
        "unfixed": OPEN, "mended": FIXED, "harmless": {**OPEN, "urgency": "unimportant"},
        "ended": {**OPEN, "urgency": "end-of-life"}, "refused": IGNORED, "spared": NEVER,
        "riddle": UNDETERMINED,
    }
    path = write(tmp_path, {name: {f"CVE-2024-{number}": flaw(bookworm=said)}
                            for number, (name, said) in enumerate(states.items())})
    made = audit(fleet(*(package("a", name, "1.0-1") for name in states)),
                 f"debian_tracker:{path}", now=NOW)
    told = flaws(made).set_index("source_name")[["status", "severity"]].astype(object)
    assert told.where(told.notna(), None).apply(tuple, axis=1).to_dict() == {
        "unfixed": ("vulnerable_no_fix", None),
        "mended": ("vulnerable_fix_available", None),
        "harmless": ("vulnerable_no_fix", "unimportant"),
        "ended": ("vulnerable_no_fix", "end_of_life"),
        "refused": ("vulnerable_no_fix", "will_not_fix"),
    }


def test_a_build_with_the_fix_is_no_finding_but_a_level(tmp_path):
    made = audited(tmp_path, FIXED, version="2.0-1")
    assert (len(flaws(made)), level(made)) == (0, ["fixed"])


def test_fixed_in_zero_means_that_the_package_never_had_the_flaw(tmp_path):
    made = audited(tmp_path, NEVER)
    assert (len(flaws(made)), level(made)) == (0, ["not_affected"])


def test_an_unimportant_flaw_does_not_spoil_the_level(tmp_path):
    assert level(audited(tmp_path, {**OPEN, "urgency": "unimportant"})) == ["current"]


def test_a_flaw_that_will_not_be_fixed_says_so(tmp_path):
    (why,) = flaws(audited(tmp_path, IGNORED))["why"]
    assert why.endswith("DEBIAN-CVE-2024-1 affects it and says: will not be fixed")


def test_a_postponed_fix_is_not_refused(tmp_path):
    (row,), _ = state(tmp_path, POSTPONED)
    assert row.hint is None


def test_flaws_without_a_planned_advisory_are_counted_by_reason(tmp_path):
    assert details(audited(tmp_path, POSTPONED), "no_advisory_planned") == ["postponed: 1"]


def test_an_older_export_gives_no_reason(tmp_path):
    made = audited(tmp_path, {**OPEN, "nodsa": "Minor issue"})
    assert details(made, "no_advisory_planned") == ["without a reason: 1"]


def test_a_refusal_before_the_fix_came_is_void(tmp_path):
    (row,), _ = state(tmp_path, {**FIXED, "nodsa": "Minor issue", "nodsa_reason": "ignored"})
    assert row.hint is None


def test_an_undetermined_state_is_no_finding_but_counted(tmp_path):
    made = audited(tmp_path, UNDETERMINED)
    assert (len(flaws(made)), details(made, "undetermined")) == (0, ["Debian 12: 1"])


def test_a_release_without_a_number_is_left_out_and_counted_once(tmp_path):
    path = write(tmp_path, {"curl": {f"CVE-2024-{number}": flaw(sid=OPEN, bookworm=OPEN)
                                     for number in range(3)}})
    rows, codes = read(path)
    assert ({row.ecosystem for row in rows}, codes) == ({"Debian:12"}, ["numberless_release"])


def test_each_release_has_its_own_fix(tmp_path):
    path = write(tmp_path, {"curl": {"CVE-2024-1": flaw(
        bookworm=FIXED, bullseye={**FIXED, "fixed_version": "1.5-1"})}})
    fixes = {row.ecosystem: row.ranges[0][1][1] for row in read(path)[0]}
    assert fixes == {"Debian:12": ("fixed", "2.0-1"), "Debian:11": ("fixed", "1.5-1")}


def test_one_flaw_in_two_source_packages_keeps_both(tmp_path):
    path = write(tmp_path, {name: {"CVE-2024-1": flaw(bookworm=OPEN)} for name in ("a", "b")})
    made = audit(fleet(package("x", "a", "1"), package("x", "b", "1")),
                 f"debian_tracker:{path}", now=NOW)
    assert flaws(made)["source_name"].tolist() == ["a", "b"]


def test_an_urgency_rated_by_machine_is_the_same_word(tmp_path):
    (row,), _ = state(tmp_path, {**OPEN, "urgency": "high**"})
    assert row.severity == "high"


def osv(folder, **cells):
    return feed(folder, record("DEBIAN-CVE-2024-1", "curl", INTRODUCED, upstream=["CVE-2024-1"],
                               **cells))


def test_a_flaw_of_tracker_and_osv_is_one_finding_with_the_trackers_word(tmp_path):
    found = flaws(audited(tmp_path, IGNORED, osv(tmp_path)))
    assert found[["group_id", "severity"]].to_numpy().tolist() == [["CVE-2024-1", "will_not_fix"]]


@pytest.mark.parametrize("said", [NEVER, UNDETERMINED])
def test_what_the_tracker_does_not_call_affected_ends_the_older_osv_finding(tmp_path, said):
    assert len(flaws(audited(tmp_path, said, osv(tmp_path)))) == 0


def test_an_osv_record_newer_than_the_file_counts(tmp_path):
    found = flaws(audited(tmp_path, NEVER, osv(tmp_path, modified="2026-08-21T12:00:00Z")))
    assert found["status"].tolist() == ["vulnerable_no_fix"]


def test_an_announcement_of_the_same_flaw_shares_its_group(tmp_path):
    announced = feed(tmp_path, record("DSA-1-1", "curl", INTRODUCED, upstream=["CVE-2024-1"]))
    assert flaws(audited(tmp_path, OPEN, announced))["group_id"].unique().tolist() == ["CVE-2024-1"]


def test_a_file_older_than_a_month_is_a_problem(tmp_path):
    assert "stale_feed" in audited(tmp_path, OPEN, days=-40).problems["code"].tolist()


def test_a_gzipped_file_is_read(tmp_path):
    path = tmp_path / "tracker.json.gz"
    path.write_bytes(gzip.compress(json.dumps({"a": {"CVE-2024-1": flaw(bookworm=OPEN)}}).encode()))
    assert len(read(path)[0]) == 1


@pytest.mark.parametrize("broken", [
    7, None, "open", [], {}, {**OPEN, "status": "odd"}, {**OPEN, "status": ["open"]},
    {**FIXED, "fixed_version": None}, {**FIXED, "fixed_version": 2}, {**FIXED, "fixed_version": ""},
    {**FIXED, "fixed_version": "1" * 1_000},
])
def test_a_broken_state_is_a_problem_and_its_neighbour_is_read(tmp_path, broken):
    path = write(tmp_path, {"a": {"CVE-2024-1": flaw(bookworm=broken, bullseye=OPEN)}})
    rows, codes = read(path)
    assert ([row.ecosystem for row in rows], codes) == (["Debian:11"], ["broken_record"])


@pytest.mark.parametrize("broken", [
    7, None, [], {"CVE-2024-1": 7}, {"CVE-2024-1": {}}, {"CVE-2024-1": {"releases": [OPEN]}},
    {"": flaw(bookworm=OPEN)}, {"C" * 1_000: flaw(bookworm=OPEN)},
])
def test_a_broken_package_is_a_problem_and_its_neighbour_is_read(tmp_path, broken):
    path = write(tmp_path, {"a": broken, "b": {"CVE-2024-1": flaw(bookworm=OPEN)}})
    rows, codes = read(path)
    assert ([row.package for row in rows], codes) == (["b"], ["broken_record"])


def test_a_broken_state_is_named(tmp_path):
    path = write(tmp_path, {"a": {"CVE-2024-1": flaw(bookworm=7)}})
    problems = []
    list(debian_tracker.rows(path, problems.append))
    assert problems[0].subject_id == f"{path}, a, CVE-2024-1, bookworm"


def test_half_a_character_is_replaced(tmp_path):
    path = write(tmp_path, {"\ud800": {"CVE-\ud800": flaw(bookworm=OPEN)}})
    assert [(row.osv_id, row.package) for row in read(path)[0]] == [("DEBIAN-CVE-?", "?")]


@pytest.mark.parametrize("content", [[], 7, "text", None, record("CVE-1", "a", INTRODUCED),
                                     [record("CVE-1", "a", INTRODUCED)], {"a": {"b": {}}}])
def test_another_form_says_what_is_read(tmp_path, content):
    with pytest.raises(LoadError, match="expected the JSON of Debian's security tracker"):
        read(write(tmp_path, content))


def test_a_half_written_file_says_so(tmp_path):
    path = write(tmp_path, {"a": {"CVE-2024-1": flaw(bookworm=OPEN)}})
    path.write_text(path.read_text(encoding="utf-8")[:-9], encoding="utf-8")
    with pytest.raises(LoadError, match="is the file complete"):
        read(path)


def test_a_half_written_gzip_says_so(tmp_path):
    path = tmp_path / "tracker.json.gz"
    path.write_bytes(gzip.compress(b'{"a": {}}' * 100)[:-9])
    with pytest.raises(LoadError, match="cannot be read"):
        read(path)


def test_a_file_that_inflates_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(debian_tracker, "FILE_BYTES", 1 << 20)
    path = tmp_path / "tracker.json.gz"
    path.write_bytes(gzip.compress(b" " * (2 << 20)))
    with pytest.raises(LoadError, match="holds more than"):
        read(path)


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(LoadError, match="No such file"):
        read(tmp_path / "absent.json")


ANY = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.just("\ud800")),
    lambda inner: st.one_of(st.lists(inner, max_size=3),
                            st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=6,
)
STATE = st.fixed_dictionaries({}, optional={
    "status": st.one_of(st.sampled_from(debian_tracker.STATES), ANY),
    "fixed_version": st.one_of(st.sampled_from(["0", "1.0-1", "no version"]), ANY),
    "urgency": st.one_of(st.sampled_from(["unimportant", "end-of-life", "**"]), ANY),
    "nodsa": ANY, "nodsa_reason": st.one_of(st.sampled_from(["", "ignored", "postponed"]), ANY),
})
RELEASES = st.dictionaries(st.sampled_from(["bookworm", "sid", "\ud800"]), st.one_of(STATE, ANY))
FLAW = st.one_of(st.fixed_dictionaries({"releases": st.one_of(RELEASES, ANY)}), ANY)


@settings(max_examples=25, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["curl", "", "\x00", "\ud800"]), st.one_of(
    st.dictionaries(st.sampled_from(["CVE-2024-1", "TEMP-1", ""]), FLAW, max_size=2), ANY)))
def test_no_entry_breaks_the_audit_or_its_neighbour(tmp_path, packages):
    path = write(tmp_path, {**packages, "openssl": {"CVE-2024-9": flaw(bookworm=OPEN)}})
    made = audit(fleet(package("a", "openssl", "3.0.9-1"), package("a", "curl", "1.0-1")),
                 f"debian_tracker:{path}", now=NOW)
    assert "CVE-2024-9" in flaws(made)["group_id"].tolist()


STORED = "osv/debian-security-tracker.json"


def test_every_numbered_state_of_the_stored_excerpt_is_read():
    path = shared(STORED)
    content = json.loads(path.read_text(encoding="utf-8"))
    states = [codename for flaws in content.values() for said in flaws.values()
              for codename in said["releases"] if codename != "sid"]
    rows, codes = read(path)
    assert (len(rows), codes) == (len(states), ["numberless_release"])


def test_the_stored_excerpt_tells_an_ended_release_from_a_fix_and_from_never():
    installed = [
        package("ended", "chromium", "90.0.4430.212-1~deb10u1", release="10"),
        package("late", "chromium", "90.0.4430.212-1", release="11"),
        package("fixed", "chromium", "98.0.4758.102-1"),
        package("never", "prototypejs", "1.6.0.2-1", release="10"),
    ]
    found = flaws(audit(fleet(*installed), f"debian_tracker:{shared(STORED)}", now=NOW))
    assert found[["subject_id", "status", "fixed_version"]].fillna("").to_numpy().tolist() == [
        ["ended", "vulnerable_no_fix", ""],
        ["late", "vulnerable_fix_available", "98.0.4758.80-1~deb11u1"],
    ]
