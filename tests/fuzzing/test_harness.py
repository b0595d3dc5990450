"""The harness itself: it damages, it plants, and it sees what it looks for."""

import json
import random
import signal

import pandas as pd
import pytest

import fleetkit as fk
from tests.fuzzing import judging
from tests.fuzzing.judging import Hang, check, judge
from tests.fuzzing.mutations import PLANTED, mutate, planted
from tests.fuzzing.seeds import Seed, seeds, sources

DOCUMENT = Seed("a.json", json.dumps([{"Id": "a", "Config": {"Env": ["A=1"]}}] * 3).encode())


def mutants(seed, count=60):
    return [mutate(seed.name, seed.content, random.Random(number)) for number in range(count)]


@pytest.mark.parametrize("source", sources())
def test_every_source_has_seeds(source):
    assert seeds(source)


def test_equal_chance_is_equal_damage():
    assert mutants(DOCUMENT) == mutants(DOCUMENT)


def test_damage_is_manifold_and_mostly_still_json():
    made = set(mutants(DOCUMENT))
    assert len(made) > 50
    assert sum(text.strip()[:1] in (b"[", b"{") for text in made) > 30


@pytest.mark.parametrize("seed", seeds("frame"), ids=lambda seed: seed.name)
def test_every_form_can_be_damaged(seed):
    assert any(made != seed.content for made in mutants(seed))


def test_secrets_are_planted_where_names_say_so():
    made = planted({"Env": ["A=1"], "db_password": "x", "Cmd": ["run"], "name": "web",
                    "containers": [{"env": [{"name": "A", "value": "1"}]}]}, random.Random(1))
    assert json.dumps(made).count(PLANTED) == 5
    assert made["name"] == "web"


def test_secrets_of_earlier_damage_are_none_any_more():
    once = DOCUMENT.content.replace(b'"Id": "a"', f'"Id": "{PLANTED}"'.encode())
    assert not any(f'"Id": "{PLANTED}"'.encode() in made
                   for made in mutants(Seed(DOCUMENT.name, once)))


def test_the_judge_sees_a_secret():
    fleet = fk.Fleet(workloads=pd.DataFrame({"workload_id": ["a"], "name": [PLANTED]}))
    with pytest.raises(AssertionError, match="workloads: holds a secret"):
        check(fleet)


def test_the_judge_sees_a_reading_without_a_reason():
    coverage = pd.DataFrame({"source": ["x"], "target": ["t"], "status": ["failed"]})
    with pytest.raises(AssertionError, match="not whole, and no reason"):
        check(fk.Fleet(coverage=coverage))


def test_the_judge_ends_what_does_not_end(monkeypatch):
    monkeypatch.setattr(judging, "LONGEST", 1)
    monkeypatch.setattr(judging.fk, "load", lambda *_, **__: signal.pause())
    with pytest.raises(Hang):
        judge("frame", "a.csv", b"name\na\n")


def test_the_judge_takes_an_error_in_words_for_an_answer():
    assert judge("frame", "a.json", b"{") is None
