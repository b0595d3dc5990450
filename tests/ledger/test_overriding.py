"""A person's word outvotes the evidence, is kept, ends, and is held against newer evidence."""

from datetime import date, datetime, timedelta, timezone
from functools import cache

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from fleetkit.classification import classify
from fleetkit.errors import MissingTableError, OverrideError
from fleetkit.fleet import Fleet
from fleetkit.identity import unify
from fleetkit.ledger.book import Ledger
from fleetkit.ledger.overriding import override
from fleetkit.ledger.overruling import apply, labelled, overrides
from tests.classification.fleets import container, fleet, judged, volume

SLOW = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
DAY = date(2026, 11, 25)
LATER = date(2026, 12, 24)
NGINX = {"image_ref": "nginx:1.27", "image_id": "nginx", "account": "build01"}
GROUP = {"controller_name": "shop/gateway", **NGINX}
MACHINE = {"kind": "vm", "source": "vsphere", "controller_kind": "unknown", "os_name": "debian",
           "controller_name": None, "image_ref": None, "image_id": None}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.yaml"


@cache
def gateways(**known):
    """Two instances of a gateway, and a container that is another thing."""
    group = GROUP | known
    return judged(container("c1", **group), container("c2", **group), container("c3", **NGINX))


def say(made, path, workload="c1", word="pet", **known):
    plain = {"why": "holds the only TLS key", "by": "anna", "today": DAY}
    return override(made, path, workload, word, **plain | known)


def ruled(made, ledger, today=LATER):
    """Labels by workload, and problems by code."""
    labels, problems = apply(ledger, made, made.labels, made.evidence, today)
    return labels.set_index("workload_id"), problems.set_index("code")


def codes(made, ledger, today=LATER):
    return ruled(made, ledger, today)[1].index.tolist()


def test_label_is_the_word_of_the_person(path):
    made = gateways()
    labels, problems = ruled(made, say(made, path))
    assert labels["label"].to_dict() == {"c1": "pet", "c2": "pet", "c3": "cattle"}
    assert labels.loc["c1", "override"] == (
        "pet, says anna until 2027-05-24: holds the only TLS key")
    assert problems.empty


def test_scores_stay_what_the_evidence_says(path):
    made = gateways()
    labels, _ = apply(say(made, path), made, made.labels, made.evidence, DAY)
    words = ["label", "quadrant", "override"]
    assert_frame_equal(labels.drop(columns=words), made.labels.drop(columns=words))


def test_quadrant_that_does_not_fit_the_word_is_unsure(path):
    made = gateways()
    assert ruled(made, say(made, path))[0].loc["c1", "quadrant"] == "unsure"


def test_quadrant_is_what_the_person_says(path):
    made = gateways()
    ledger = say(made, path, quadrant="snowflake")
    assert ruled(made, ledger)[0].loc["c1", "quadrant"] == "snowflake"


def test_entry_keeps_the_evidence_that_it_outvotes(path):
    made = gateways()
    kept = say(made, path).entries[0].outvoted
    score = made.labels.set_index("workload_id").loc["c1", "state_score"]
    assert (kept.label, kept.software, kept.image, kept.workloads) == (
        "cattle", "nginx", "docker.io/library/nginx", 2)
    assert kept.state_score == pytest.approx(score, abs=0.005)
    assert kept.reasons[0].startswith("nginx (image nginx:1.27) normally keeps nothing")


def test_entry_for_a_group_survives_that_its_containers_are_made_anew(path):
    ledger = say(gateways(), path)
    anew = judged(container("n7", **GROUP), container("n8", **GROUP), container("n9", **NGINX))
    labels, problems = ruled(anew, ledger)
    assert labels["label"].to_dict() == {"n7": "pet", "n8": "pet", "n9": "cattle"}
    assert problems.empty


def test_entry_for_a_container_without_controller_is_for_its_name(path):
    alone = {"controller_kind": "none", "controller_name": None, **NGINX}
    ledger = say(judged(container("a", name="gate", **alone)), path, "a")
    anew = judged(container("b", name="gate", **alone), container("c", name="other", **alone))
    assert ruled(anew, ledger)[0]["override"].notna().to_dict() == {"b": True, "c": False}


def test_entry_for_a_machine_is_for_its_id(path):
    ledger = say(judged(container("vm1", **MACHINE)), path, "vm1")
    assert ledger.entries[0].subject == (("workload_id", "vm1"),)


def test_entry_for_a_machine_of_a_vapp_is_not_for_its_neighbours(path):
    vapp = MACHINE | {"controller_kind": "app", "controller_name": "shop"}
    made = judged(container("vm1", **vapp), container("vm2", **vapp))
    assert ruled(made, say(made, path, "vm1"))[0]["override"].notna().tolist() == [True, False]


def test_word_about_a_machine_holds_in_each_source_that_knows_it(path):
    uuid = {"machine_uuid": "4c4c4544-0051-3610-8052-b7c04f4a3332"}
    made = classify(unify(fleet(
        container("v", **MACHINE, **uuid), container("n", **MACHINE | {"source": "nomad"}, **uuid),
        container("other", **MACHINE))))
    labels, _ = ruled(made, say(made, path, "v"))
    assert labels["override"].notna().to_dict() == {"n": True, "other": False, "v": True}
    assert overrides(made, path, DAY)["workloads"].tolist() == [2]


def test_group_in_an_unknown_region_is_not_its_namesake_elsewhere(path):
    made = judged(container("here", **GROUP), container("there", region="eu", **GROUP))
    ledger = say(made, path, "here")
    assert ("region", None) in ledger.entries[0].subject
    assert ruled(made, ledger)[0]["override"].notna().to_dict() == {"here": True, "there": False}


def test_several_workloads_of_one_group_are_one_entry(path):
    made = gateways()
    assert len(say(made, path, ["c1", "c2", "c3"]).entries) == 2


@pytest.mark.parametrize("choose", [
    lambda made: made.labels["software"] == "nginx",
    lambda made: made.labels[made.labels["software"] == "nginx"],
    lambda made: made.workloads["image_ref"].str.startswith("nginx"),
    lambda made: made.labels["workload_id"],
    lambda made: made.labels.sort_values("label", ascending=False)["software"] == "nginx",
    lambda made: [True, False, True],
    lambda made: iter(["c1", "c3"]),
])
def test_workloads_are_chosen_as_pandas_users_do(path, choose):
    made = gateways()
    assert len(say(made, path, choose(made)).entries) == 2


def test_mask_that_may_be_over_either_table_is_refused(path):
    rows = pd.concat([gateways().workloads.iloc[[2]], gateways().workloads.iloc[:2]])
    made = judged(*rows.to_dict("records"))
    with pytest.raises(OverrideError, match="a mask of 3 rows does not tell its table"):
        say(made, path, pd.Series([True, False, False]))


@pytest.mark.parametrize(("said", "message"), [
    ({"workload": "c9"}, "1 of 1 workloads have no label in this fleet: 'c9'"),
    ({"workload": []}, "nobody is chosen"),
    ({"workload": 7}, "expected ids, rows or a mask, found a int"),
    ({"workload": pd.DataFrame({"name": ["c1"]})}, "the rows have no workload_id"),
    ({"workload": [True]}, "a mask of 1 rows does not tell its table"),
    ({"word": "unsure"}, "label: found 'unsure'; allowed are pet, cattle"),
    ({"why": " \n"}, "why: is empty"),
    ({"why": None}, "why: is empty"),
    ({"until": 2027}, "until: expected a day as 2027-05-24, found 2027"),
    ({"until": date(2026, 11, 24)}, "until: 2026-11-24 is in the past"),
    ({"until": "in May"}, "until: expected a day as 2027-05-24, found 'in May'"),
    ({"quadrant": "cattle"}, "quadrant of pet: found 'cattle'; allowed are pet, stateful_herd"),
])
def test_what_cannot_be_meant_is_refused_in_prose(path, said, message):
    with pytest.raises(OverrideError, match=message):
        say(gateways(), path, **said)
    assert not path.exists()


def test_fleet_that_is_not_classified_is_refused(path):
    with pytest.raises(MissingTableError, match="call classify first"):
        say(fleet(container("c1")), path)


WEST = datetime(2026, 12, 30, 20, tzinfo=timezone(timedelta(hours=-8)))


@pytest.mark.parametrize("until", ["2026-12-31", date(2026, 12, 31), WEST])
def test_until_is_a_day_in_any_form(path, until):
    assert say(gateways(), path, until=until).entries[0].until == date(2026, 12, 31)


def test_who_says_so_is_the_user_of_git(path, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.name")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "Anna Ødegård")
    assert say(gateways(), path, by=None).entries[0].by == "Anna Ødegård"


def test_secret_in_a_reason_is_not_written(path):
    say(gateways(), path, why="needs PASSWORD=hunter2 at start")
    assert "hunter2" not in path.read_text()


def test_entry_holds_on_its_last_day(path):
    made = gateways()
    ledger = say(made, path, until="2026-12-24")
    assert ruled(made, ledger, date(2026, 12, 24))[0].loc["c1", "label"] == "pet"


def test_entry_whose_day_is_over_is_not_applied(path):
    made = gateways()
    ledger = say(made, path, until="2026-12-24")
    labels, problems = ruled(made, ledger, date(2026, 12, 25))
    assert labels.loc["c1", "label"] == "cattle"
    assert "ended on 2026-12-24" in problems.loc["override_expired", "detail"]


def test_entry_that_was_said_again_is_not_told_to_have_ended(path):
    made = gateways()
    say(made, path, until="2026-11-30")
    ledger = say(made, path, today=LATER)
    labels, problems = ruled(made, ledger)
    assert labels.loc["c1", "label"] == "pet"
    assert problems.empty
    assert overrides(made, ledger, LATER)["state"].tolist() == ["superseded", "applied"]


@pytest.mark.parametrize(("image", "found"), [
    ("nginx:1.29", []),
    ("nginx@sha256:" + "a" * 64, []),
    ("mirror.example/hub/nginx:1.27", ["evidence_moved"]),
    ("caddy:2", ["override_expired"]),
    (None, []),
])
def test_entry_ends_with_its_image_but_not_with_a_version_of_it(path, image, found):
    ledger = say(gateways(), path)
    assert codes(gateways(image_ref=image), ledger) == found


@pytest.mark.parametrize(("system", "found"), [
    ("debian", []), ("Debian", []), (None, []), ("windows", ["override_expired"])])
def test_entry_for_a_machine_ends_with_its_system(path, system, found):
    ledger = say(judged(container("vm1", **MACHINE)), path, "vm1")
    assert codes(judged(container("vm1", **MACHINE | {"os_name": system})), ledger) == found


def test_evidence_that_turns_against_an_entry_is_told_and_the_entry_holds(path):
    made = gateways()
    ledger = say(made, path, word="cattle")
    kept = [volume(name, "/var/lib/gateway", kind="claim") for name in ("c1", "c2")]
    turned = judged(*made.workloads.to_dict("records"), mounts=[
        *kept, *(one | {"target_path": "/var/lib/db", "kind": "claim_template"} for one in kept)])
    assert turned.labels["label"].iloc[0] == "pet"
    labels, problems = ruled(turned, ledger)
    assert labels.loc["c1", "label"] == "cattle"
    detail = problems.loc["override_contradicted", "detail"]
    assert "evidence: cattle then, pet now" in detail
    assert "/var/lib/" in detail.partition("now ")[2]


def test_evidence_that_comes_to_say_the_same_is_told(path):
    ledger = say(gateways(), path, word="cattle")
    assert codes(gateways(), ledger) == ["override_agreed"]


def test_other_software_is_told(path):
    path.write_text("""
- for: {controller_name: shop/gateway}
  label: pet
  by: anna
  why: holds the only TLS key
  made: 2026-11-25
  outvoted: {software: haproxy}
""")
    assert "software: haproxy then, nginx now" in ruled(
        gateways(), Ledger.read(path))[1].loc["evidence_moved", "detail"]


def test_entry_for_nobody_is_told(path):
    ledger = say(gateways(), path)
    other = judged(container("c3", **NGINX))
    assert ruled(other, ledger)[1].loc["override_unmatched", "severity"] == "warning"


def test_entry_for_a_source_that_was_not_loaded_is_no_warning(path):
    ledger = say(gateways(), path)
    other = judged(container("vm1", **MACHINE))
    assert ruled(other, ledger)[1].loc["override_unmatched", "severity"] == "info"


def test_newer_of_two_entries_holds_and_the_conflict_is_told(path):
    made = gateways()
    say(made, path, today=date(2026, 11, 26), word="pet")
    ledger = say(made, path, by="bob", word="cattle")
    labels, problems = ruled(made, ledger)
    assert labels.loc["c1", "override"].startswith("pet, says anna")
    assert "cattle, says bob since 2026-11-25; line" in problems.loc["override_conflict", "detail"]


def test_who_changes_their_mind_is_in_no_conflict(path):
    made = gateways()
    say(made, path, word="cattle")
    labels, problems = ruled(made, say(made, path, word="pet"))
    assert labels.loc["c1", "label"] == "pet"
    assert problems.empty


def test_block_with_an_error_is_told_with_its_line_and_the_others_hold(path):
    made = gateways()
    say(made, path)
    path.write_text("- for: {name: gate}\n  label: pett\n  by: bob\n  why: so\n  made: 2026-11-25\n"
                    + path.read_text())
    labels, problems = ruled(made, Ledger.read(path))
    assert labels.loc["c1", "label"] == "pet"
    assert f"{path}, line 2: label: found 'pett'" in problems.loc["override_invalid", "detail"]


def test_applying_twice_is_applying_once(path):
    made = gateways()
    ledger = say(made, path)
    once, met = apply(ledger, made, made.labels, made.evidence, LATER)
    twice, met_again = apply(ledger, made, once, made.evidence, LATER)
    assert_frame_equal(once, twice)
    assert_frame_equal(met, met_again)


def test_override_of_an_overruled_fleet_keeps_what_the_evidence_said(path):
    made = gateways()
    labels, _ = apply(say(made, path), made, made.labels, made.evidence, DAY)
    ledger = say(made.with_tables(labels=labels), path, until="2028-01-01")
    assert ledger.entries[-1].outvoted.label == "cattle"


IMAGES = {"c1": "nginx:1", "c2": "postgres:16", "c3": "team/thing:1", "c4": "redis:7"}
FLEET = judged(*(container(name, account="build01", controller_kind="none", image_ref=image)
                 for name, image in IMAGES.items()))
WORDS = st.lists(
    st.tuples(st.sampled_from([*IMAGES]), st.sampled_from(["pet", "cattle"])), max_size=4)


@SLOW
@given(WORDS)
def test_only_labels_of_those_who_are_named_change(tmp_path_factory, said):
    path = tmp_path_factory.mktemp("ledger") / "ledger.yaml"
    ledger = Ledger()
    for workload, word in said:
        ledger = say(FLEET, path, workload, word)
    labels, _ = ruled(FLEET, ledger)
    before = FLEET.labels.set_index("workload_id")
    others = ~before.index.isin([workload for workload, _ in said])
    assert_frame_equal(labels[others], before[others])
    assert labels.loc[~others, "label"].to_dict() == dict(said)


def test_learners_get_the_words_that_hold(path):
    made = gateways()
    ledger = say(made, path)
    expected = pd.DataFrame({"workload_id": ["c1", "c2"], "label": ["pet", "pet"]})
    assert labelled(ledger, made, LATER).astype(object).equals(expected.astype(object))
    assert labelled(ledger, made, date(2028, 1, 1)).empty
    unjudged = fleet(container("c1", **GROUP))
    assert labelled(ledger, unjudged, LATER)["workload_id"].tolist() == ["c1"]


def test_report_names_the_state_of_each_entry(path):
    made = gateways()
    say(made, path, until="2026-11-30")
    say(made, path, "c3", "cattle")
    path.write_text(path.read_text() + "- for: nobody\n")
    frame = overrides(made, path, LATER)
    assert frame["state"].tolist() == ["expired", "agreed", "invalid"]
    assert frame["workloads"].tolist()[:2] == [0, 1]


HOSTILE = ["<script>alert(1)</script>", "\u202edb", "a\x00b", "- for: {}\n  label: pet", "&a *a",
           "'\"\\\n\t: #", "\x85\u2028", "no", "~", "2026-01-01", "%TAG"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_and_reasons_come_back(path, text):
    made = judged(container("c1", **GROUP | {"controller_name": text}), container("c2", **GROUP))
    labels, problems = ruled(made, say(made, path, why=f"x{text}", by=f"y{text}"))
    assert labels["override"].notna().to_dict() == {"c1": True, "c2": False}
    assert problems.empty
    assert "\u202e" not in path.read_text()


@pytest.mark.parametrize("empty", [Ledger(), None])
def test_nothing_is_asked_of_an_empty_fleet(path, empty):
    ledger = empty or say(gateways(), path)
    none = judged()
    labels, problems = apply(ledger, none, none.labels, none.evidence, LATER)
    assert labels.empty
    assert len(problems) == len(ledger.entries)


def test_ledger_of_any_columns_can_be_said_of(path):
    made = judged({"workload_id": "a"})
    assert isinstance(made, Fleet)
    assert ruled(made, say(made, path, "a"))[0].loc["a", "label"] == "pet"
