"""What people add to the judgement: overrides, labels to learn from, software of their own."""

from datetime import date

import pandas as pd
import pytest

import fleetkit
from fleetkit.classification import classify
from fleetkit.errors import LoadError
from fleetkit.identities.software import Catalogue
from tests.classification import planted
from tests.classification.fleets import container, fleet, label, volume

SOFTWARE = """\
software:
  - name: ledgerd
    aliases: [ledgerd]
    class: stateful
    role: bookkeeping store
    path: /var/lib/ledgerd
  - name: broken
    class: sometimes
"""


def shop():
    return fleet(container("web", image_ref="nginx:1"), container("books", image_ref="ledgerd:3"),
                 mounts=[volume("books", "/var/lib/ledgerd")])


def test_an_override_holds_in_the_next_classification(tmp_path):
    ledger = tmp_path / "overrides.yaml"
    fleetkit.override(classify(shop()), ledger, "web", "pet", why="holds the only TLS key",
                      by="anna")
    made = classify(shop(), ledger=ledger)
    assert label(made, "web")["label"] == "pet"
    assert label(made, "web")["override"].startswith("pet, says anna until ")
    assert label(made, "web")["state_score"] == label(classify(shop()), "web")["state_score"]


def test_an_override_that_has_expired_is_a_problem_and_does_not_hold(tmp_path):
    ledger = tmp_path / "overrides.yaml"
    fleetkit.override(classify(shop()), ledger, "web", "pet", why="soon over", by="anna",
                      today=date(2020, 1, 1), until=date(2020, 2, 1))
    made = classify(shop(), ledger=ledger)
    assert pd.isna(label(made, "web")["override"])
    assert "override_expired" in made.problems["code"].tolist()


def test_a_ledger_that_is_not_there_is_said():
    with pytest.raises(LoadError, match="there is no ledger"):
        classify(shop(), ledger="nowhere.yaml")


def test_software_of_a_user_is_known(tmp_path):
    path = tmp_path / "software.yaml"
    path.write_text(SOFTWARE)
    made = classify(shop(), catalogue=path)
    assert label(made, "books")["software"] == "ledgerd"
    assert label(made, "books")["role"] == "bookkeeping store"
    assert pd.isna(label(classify(shop()), "books")["software"])


def test_an_empty_catalogue_knows_no_software():
    assert classify(shop(), catalogue=Catalogue(())).labels["software"].isna().all()


def test_an_entry_with_an_error_is_named_and_the_rest_is_applied(tmp_path):
    path = tmp_path / "software.yaml"
    path.write_text(SOFTWARE)
    told = classify(shop(), catalogue=path).problems
    assert told["detail"].str.contains("line 8").any() or told["message"].str.contains(
        "line 8").any()


def test_an_explanation_uses_the_same_catalogue(tmp_path):
    path = tmp_path / "software.yaml"
    path.write_text(SOFTWARE)
    made = classify(shop(), catalogue=path)
    explained = fleetkit.explain(made, "books", catalogue=path)
    assert explained.notes == ()
    assert explained.evidence["reason"].str.contains("ledgerd").any()


def test_a_fleet_that_is_taught_has_other_scores_and_tells_so():
    pytest.importorskip("sklearn")
    made = planted.fleet()
    truth = planted.truth(made, 2.0)
    taught = classify(made, learn=truth)
    assert "learned" in taught.problems["code"].tolist()
    sums = taught.evidence.query("axis == 'state'").groupby("workload_id")["contribution"].sum()
    scores = taught.labels.set_index("workload_id")["state_score"]
    assert sums.to_dict() == scores[sums.index].to_dict()
    assert not scores.equals(made.labels.set_index("workload_id")["state_score"])


def test_too_few_labels_teach_nothing_and_this_is_said():
    pytest.importorskip("sklearn")
    made = classify(shop(), learn=pd.DataFrame({"workload_id": ["web"], "label": ["cattle"]}))
    plain = classify(shop())
    assert made.labels["state_score"].tolist() == plain.labels["state_score"].tolist()
    assert made.problems["code"].tolist() == ["learned"]
