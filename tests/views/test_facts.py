"""What several views count."""

import pandas as pd

from fleetkit.fleet import Fleet
from fleetkit.tables import FINDINGS, PATCH_LEVELS
from fleetkit.views import groups, is_lower_bound, is_openssl, patch_facts, reach


def fleet(**frames):
    return dict(
        Fleet(
            workloads=pd.DataFrame(
                [
                    {
                        "workload_id": "w1",
                        "name": "web-1",
                        "image_id": "i1",
                        "controller_name": "shop/web",
                    },
                    {"workload_id": "w2", "name": "web-2", "image_id": "i1"},
                    {"workload_id": "w3", "name": "lonely"},
                ]
            ),
            images=pd.DataFrame([{"image_id": "i1", "name": "shop/web:1"}]),
        ).with_tables(**frames)
    )


def finding(**row):
    return {"ecosystem": "Debian", "release": "12", "source_version": "1", **row}


def test_a_finding_of_an_image_reaches_every_workload_that_runs_it():
    rows = [finding(subject_id="i1", source_name="openssl", status="vulnerable_fix_available")]
    facts = patch_facts(fleet(findings=FINDINGS.frame(rows)))
    assert facts["unpatched"].fillna("").tolist() == ["openssl", "openssl", ""]


def test_a_workload_that_nobody_looked_into_has_no_status():
    rows = [finding(subject_id="i1", source_name="openssl", status="current")]
    facts = patch_facts(fleet(findings=FINDINGS.frame(rows)))
    assert facts["status"].isna().tolist() == [False, False, True]


def test_the_worst_status_wins_over_a_better_one():
    levels = PATCH_LEVELS.frame(
        [
            finding(subject_id="i1", source_name="zlib", status="current"),
            finding(subject_id="i1", source_name="curl", status="behind_fleet"),
        ]
    )
    assert patch_facts(fleet(patch_levels=levels))["status"].iloc[0] == "behind_fleet"


def test_an_image_without_a_readable_database_is_unobservable_not_clean():
    tables = fleet()
    tables["images"] = tables["images"].assign(observable=pd.Series([False], dtype="boolean"))
    assert patch_facts(tables)["status"].iloc[0] == "unobservable"


def test_an_image_that_nobody_looked_into_is_not_called_unobservable():
    assert patch_facts(fleet())["status"].isna().all()


def test_findings_of_workload_and_image_are_both_named():
    rows = [
        finding(subject_id="w1", source_name="curl", status="vulnerable_fix_available"),
        finding(subject_id="i1", source_name="openssl", status="vulnerable_fix_available"),
    ]
    facts = patch_facts(fleet(findings=FINDINGS.frame(rows)))
    assert sorted(facts["unpatched"].iloc[0].split("; ")) == ["curl", "openssl"]


def test_a_workload_that_is_its_own_subject_reaches_itself_once():
    tables = dict(Fleet(workloads=pd.DataFrame([{"workload_id": "a", "image_id": "a"}])))
    assert len(reach(tables)) == 1


def test_the_service_is_the_controller_else_the_image_else_the_workload():
    assert groups(fleet()).tolist() == ["shop/web", "shop/web:1", "lonely"]


def test_a_denied_reading_makes_counts_lower_bounds():
    coverage = pd.DataFrame(
        [{"source": "docker", "target": "a", "resource": "x", "status": "denied"}]
    )
    assert is_lower_bound(dict(Fleet(coverage=coverage)))
    assert not is_lower_bound(dict(Fleet()))


def test_openssl_goes_by_several_names():
    names = pd.Series(
        ["openssl", "openssl1.1", "openssl-3", "openssl-tool", "libressl", pd.NA],
        dtype="string[pyarrow]",
    )
    assert is_openssl(names).tolist() == [True, True, True, False, False, False]


def test_a_workload_whose_own_packages_were_read_is_not_judged_by_its_image():
    levels = PATCH_LEVELS.frame([finding(subject_id="w1", source_name="tar", status="current")])
    subjects = reach(fleet(patch_levels=levels)).query("row == 0")["subject_id"]
    assert subjects.tolist() == ["w1"]
