"""A fleet is checked, immutable, joined by `+`, and honest about what was not seen."""

import pandas as pd
import pytest

from fleetkit.errors import FleetkitError, MissingTableError, UnknownNameError
from fleetkit.fleet import Fleet, at_least
from fleetkit.tables import IMAGES, LOADED


def workloads(*names):
    return pd.DataFrame({"workload_id": list(names), "name": list(names)})


def test_a_frame_with_one_column_gets_all_of_them():
    assert set(Fleet(workloads=workloads("a")).workloads.columns) >= {"memory_bytes", "tags"}


def test_every_loaded_table_is_there_when_nothing_was_given():
    assert [name for name, _ in Fleet()] == [table.name for table in LOADED]


def test_a_derived_table_names_the_verb_that_makes_it():
    with pytest.raises(MissingTableError, match="no 'labels' table; call classify first"):
        _ = Fleet().labels


def test_an_unknown_table_lists_those_there_are():
    with pytest.raises(UnknownNameError, match="no table named 'hosts'; there are advisories"):
        _ = Fleet().hosts


def test_a_change_of_a_frame_stays_outside():
    fleet = Fleet(workloads=workloads("a"))
    frame = fleet.workloads
    frame.loc[0, "name"] = "changed"
    assert fleet.workloads["name"].tolist() == ["a"]


def test_a_repeated_key_keeps_the_fuller_row_and_names_the_other():
    frame = pd.DataFrame({"workload_id": ["a", "a"], "name": [None, "web"], "kind": [None, "vm"]})
    fleet = Fleet(workloads=frame)
    assert fleet.workloads["name"].tolist() == ["web"]
    assert fleet.problems[["code", "subject_id"]].to_numpy().tolist() == [["duplicate_key", "a"]]


def test_rows_in_are_rows_out_and_problems():
    both = Fleet(workloads=workloads("a", "b")) + Fleet(workloads=workloads("b", "c"))
    assert len(both.workloads) + len(both.problems) == 4


def test_an_image_seen_twice_is_one_image_with_the_names_of_both():
    one = Fleet(images=pd.DataFrame({"image_id": ["i"], "tags": [["a:1"]]}))
    two = Fleet(images=pd.DataFrame({"image_id": ["i"], "tags": [["b:1"]], "os_name": ["x"]}))
    image = (one + two).images.iloc[0]
    assert (list(image["tags"]), image["os_name"]) == (["a:1", "b:1"], "x")
    assert len((one + two).problems) == 0


def test_a_name_that_is_unknown_does_not_keep_images_apart():
    images = IMAGES.frame([{"image_id": "a", "tags": ["web:1", None], "owner": "x"},
                           {"image_id": "a", "tags": ["web:2"], "size_bytes": 1}])
    assert list(Fleet(images=images).images["tags"][0]) == ["web:1", "web:2"]


def test_sources_that_disagree_about_an_image_are_a_problem_with_both_values():
    one = Fleet(images=pd.DataFrame({"image_id": ["i"], "arch": ["amd64"]}))
    two = Fleet(images=pd.DataFrame({"image_id": ["i"], "arch": ["arm64"]}))
    problem = (one + two).problems.iloc[0]
    assert (problem["code"], problem["detail"]) == ("conflict", '{"arch": ["amd64", "arm64"]}')


def test_a_reference_stays_a_stub_until_the_image_itself_is_seen():
    stub = Fleet(images=pd.DataFrame({"image_id": ["i"], "is_stub": [True]}))
    real = Fleet(images=pd.DataFrame({"image_id": ["i"], "is_stub": [False], "arch": ["amd64"]}))
    assert (stub + stub).images["is_stub"].tolist() == [True]
    assert (stub + real).images["is_stub"].tolist() == [False]


def test_a_sum_leaves_behind_what_verbs_judged():
    one = Fleet(workloads=workloads("a"), labels=pd.DataFrame({"workload_id": ["a"]}))
    assert "labels" not in one + Fleet()


def test_counts_on_the_card_are_lower_bounds_when_a_target_was_denied():
    coverage = pd.DataFrame({"source": ["s"], "target": ["t"], "resource": ["r"],
                             "status": ["denied"]})
    assert "at least 1 workloads" in repr(Fleet(workloads=workloads("a"), coverage=coverage))
    assert "at least" not in repr(Fleet(workloads=workloads("a")))


def test_the_card_escapes_what_a_fleet_says():
    coverage = pd.DataFrame({"source": ["s"], "resource": ["r"], "target": ["t"],
                             "status": ["ok"]})
    problems = pd.DataFrame({"code": ["<script>alert(1)</script>"]})
    card = Fleet(coverage=coverage, problems=problems)._repr_html_()
    assert "<script>" not in card
    assert "&lt;script&gt;" in card


def test_tables_complete_on_tab():
    assert "workloads" in dir(Fleet())


def test_an_empty_fleet_has_typed_tables():
    assert Fleet().images.dtypes.equals(IMAGES.empty().dtypes)


def test_one_except_clause_catches_all_errors_of_ours():
    with pytest.raises(FleetkitError):
        Fleet(nonsense=pd.DataFrame())


@pytest.mark.parametrize(("lower_bound", "said"), [(True, "at least 1,412"), (False, "1,412")])
def test_a_number_says_when_it_is_a_lower_bound(lower_bound, said):
    assert at_least(1412, lower_bound=lower_bound) == said


def test_a_verb_that_runs_again_does_not_repeat_its_problems():
    met = pd.DataFrame({"code": ["x"], "phase": ["trace"]})
    once = Fleet().with_tables(lineage=pd.DataFrame(), problems=met)
    assert len(once.with_tables(lineage=pd.DataFrame(), problems=met).problems) == 1
