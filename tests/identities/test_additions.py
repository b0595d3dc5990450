import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleetkit.errors import LoadError
from fleetkit.identities.additions import with_additions
from fleetkit.identities.matching import image_match
from fleetkit.identities.settings import asked, verdict
from fleetkit.identities.software import catalogue
from fleetkit.tables import PROBLEMS

LEDGER = """
software:
  - name: ledgerd
    aliases: [ledgerd, acme-ledger]
    class: depends
    role: ledger
    herd: primary_replica
    path: /var/lib/ledgerd
    ports: [7777]
    stateless_if: ["env:LEDGER_URL"]
"""


@pytest.fixture
def added(tmp_path):
    def read(text):
        file = tmp_path / "software.yaml"
        file.write_text(text, encoding="utf-8")
        return with_additions(file)

    return read


def test_software_of_the_user_is_found(added):
    known, problems = added(LEDGER)
    assert image_match("team/acme-ledger:4", known).software.role == "ledger"
    assert problems == []


def test_its_tests_are_asked(added):
    known, _ = added(LEDGER)
    assert verdict(asked(known), "ledgerd", "env", "LEDGER_URL") == -1
    assert verdict(asked(known), "ledgerd", "mount", "/var/lib/ledgerd") == 1


def test_the_shipped_catalogue_stays_as_it_is(added):
    added(LEDGER)
    assert "ledgerd" not in catalogue().by_name


def test_known_software_keeps_what_is_not_said(added):
    known, _ = added("software: [{name: memcached, class: stateful}]")
    made = known.by_name["memcached"]
    assert (made.state_class, made.ports, made.sources) == ("stateful", ("11211",), "user")


def test_an_alias_can_be_taken_over(added):
    known, problems = added("software: [{name: ours, class: stateless, aliases: postgres}]")
    assert image_match("postgres:16", known).software.name == "ours"
    assert image_match("postgresql", known).software.name == "postgresql"
    assert problems[0]["detail"] == "software.yaml, line 1: postgresql before, ours now"


@pytest.mark.parametrize(("text", "line", "reason"), [
    ("software:\n  - name: a\n    class: cattle\n", 3, "stateful, stateless or depends"),
    ("software:\n  - name: a\n    class: stateful\n    ports: [0]\n", 4, "numbers from 1"),
    ("software:\n  - name: a\n    class: stateful\n    path: data\n", 4, "begins with /"),
    ("software:\n  - name: a\n    class: stateful\n    stateful_if: 'command:('\n", 4, "tests"),
    ("software:\n  - name: a\n    class: stateful\n    colour: red\n", 4, "not known"),
    ("software:\n  - name: redis\n  - name: redis\n", 3, "given before"),
    ("software:\n  - 7\n", 2, "an entry with a name"),
    ("software:\n  - class: stateful\n", 2, "expected a name"),
    ("a: 1\n", 1, "a list named software"),
    ("", 1, "a list named software"),
])
def test_an_error_names_its_line_and_what_is_allowed(added, text, line, reason):
    _, problems = added(text)
    assert problems[0]["detail"] == f"software.yaml, line {line}"
    assert reason in problems[0]["message"]


def test_the_rest_is_applied(added):
    known, problems = added(LEDGER + "  - name: broken\n    class: no\n")
    assert "ledgerd" in known.by_name
    assert "broken" not in known.by_name
    assert len(PROBLEMS.frame(problems)) == 2


def test_a_wrong_field_costs_no_other(added):
    known, problems = added("software: [{name: a, class: stateful, ports: x, role: thing}]")
    assert known.by_name["a"].role == "thing"
    assert len(problems) == 1


def test_an_alias_of_two_entries_stays_with_the_first(added):
    known, problems = added(
        "software: [{name: a, class: stateful, aliases: [x1]}, "
        "{name: b, class: stateless, aliases: [x1, x2]}]")
    assert image_match("x1", known).software.name == "a"
    assert [one["code"] for one in problems] == ["bad_software"]


def test_what_is_wrong_is_never_quoted(added):
    _, problems = added("software: [{name: a, class: hunter2, path: s3cr3t}]")
    assert not re.search("hunter2|s3cr3t", str(problems))


@pytest.mark.parametrize("text", ["software: [", "software: *nobody", "a: !!python/object:os.x"])
def test_what_is_no_yaml_cannot_be_read(added, text):
    with pytest.raises(LoadError, match=r"software\.yaml"):
        added(text)


def test_a_file_that_is_not_there_cannot_be_read(tmp_path):
    with pytest.raises(LoadError, match=r"nowhere\.yaml"):
        with_additions(tmp_path / "nowhere.yaml")


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3),
                            st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6)
FIELDS = st.sampled_from([
    "name", "aliases", "class", "role", "herd", "path", "ports", "stateful_if", "runtime", "x"])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(VALUES, st.dictionaries(FIELDS, VALUES)), max_size=4))
def test_no_entry_stops_the_others(tmp_path_factory, entries):
    import yaml

    file = tmp_path_factory.mktemp("added") / "software.yaml"
    file.write_text(yaml.safe_dump({"software": [*entries, {"name": "zz", "class": "stateful"}]}))
    known, problems = with_additions(file)
    assert "zz" in known.by_name
    assert len(PROBLEMS.frame(problems)) == len(problems)
