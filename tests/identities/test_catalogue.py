"""The file of software keeps its own rules, so that a line that is added cannot break another."""

import csv
import re
from collections import Counter

import pytest

from fleetkit.catalogue import fact_file
from fleetkit.identities.reading import companions, reader
from fleetkit.identities.software import catalogue, tokens
from fleetkit.identities.words import role_words

HERDS = {"peer", "quorum", "primary_replica", "pair", "single", "herd", "per_node"}
TEST = re.compile(r"(?:mount:/\S*|env:[A-Za-z_][\w.]*\*?|command:.+)")


def broken(holds):
    return [known.name for known in catalogue() if not holds(known)]


def test_the_names_are_sorted_and_unique():
    names = [known.name for known in catalogue()]
    assert names == sorted(set(names))


def test_most_classes_of_software_are_known():
    classes = Counter(known.state_class for known in catalogue())
    print(f"\n{dict(classes)}, {len(catalogue().aliases)} aliases")
    assert set(classes) == {"stateful", "stateless", "depends"}
    assert min(classes.values()) > 100


def test_no_alias_means_two_things():
    said = Counter(tokens(alias) for known in catalogue() for alias in known.spellings)
    assert [alias for alias, count in said.items() if count > 1] == []


def test_every_alias_is_read_as_itself():
    words = reader(catalogue()).vocabulary.words
    assert broken(lambda known: all(
        words(alias) == tokens(alias) for alias in known.spellings)) == []


def test_every_identity_can_be_found():
    assert broken(lambda known: known.aliases and known.role and known.checked) == []


def test_how_members_stand_together_is_one_of_the_known_words():
    assert broken(lambda known: known.herd in HERDS) == []


def test_ports_are_numbers():
    assert broken(lambda known: all(
        port.isdigit() and 0 < int(port) < 65536 for port in known.ports)) == []


def test_tests_are_of_a_place_that_is_looked_at():
    assert broken(lambda known: all(
        TEST.fullmatch(test) for test in (*known.stateful_if, *known.stateless_if))) == []


def test_expressions_of_tests_can_be_compiled():
    said = [test[8:] for known in catalogue() for test in (*known.stateful_if, *known.stateless_if)
            if test.startswith("command:")]
    assert [re.compile(test) for test in said]


def test_every_identity_that_depends_has_a_test():
    assert broken(lambda known: known.state_class != "depends" or known.stateful_if) == []


def test_stateless_software_has_no_data_path():
    assert broken(lambda known: known.state_class != "stateless"
                  or not (known.state_path or "").startswith("/var/lib")) == []


def test_only_stateless_software_is_a_runtime_or_says_where_it_runs():
    assert broken(lambda known: not known.weak or known.state_class != "stateful") == []


@pytest.mark.parametrize("seen_as", ["name", "program"])
def test_companions_stand_beside_known_software(seen_as):
    assert set(companions(seen_as).values()) <= set(catalogue().by_name)


def test_a_companion_is_no_identity_of_its_own():
    assert [name for name in companions("name") if tokens(name) in catalogue().aliases] == []


def test_role_words_are_single_words_that_lean_a_little():
    assert all(tokens(word) == (word,) for word in role_words())
    assert all(0 < abs(said.lean) <= 1 for said in role_words().values())


@pytest.mark.parametrize("name", ["software.csv", "companions.csv", "role_words.csv"])
def test_every_line_has_all_its_fields(name):
    first, *lines = csv.reader(fact_file(name).read_text("utf-8").splitlines())
    assert [line for line in lines if len(line) != len(first)] == []


def test_a_reader_sees_the_catalogue_as_a_frame():
    frame = catalogue().frame().set_index("software")
    assert len(frame) == len(catalogue())
    assert frame.loc["redis", "state_class"] == "depends"
    assert frame["state_path"].isna().any()


def test_web_ports_are_nobodys_data_ports():
    web = {"80", "443", "3000", "5000", "8000", "8080", "8081", "8443", "8888", "9000", "9090"}
    assert web.isdisjoint(catalogue().data_ports.keys())
