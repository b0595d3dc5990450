"""What if: true when it is applied to the tables, minimal, plausible."""

from itertools import combinations

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleetkit.classification import classify
from fleetkit.explaining.cases import after, case_of
from fleetkit.explaining.counterfactual import what_ifs
from fleetkit.explaining.removals import changes
from fleetkit.explaining.verdicts import judged as scored
from fleetkit.fleet import Fleet
from fleetkit.tables import MOUNTS, WORKLOADS
from fleetkit.tables.derived import AXES
from tests.classification.fleets import container, fleet, judged, label, volume
from tests.classification.test_scores import DISKS, ROWS, made_of

FEW = settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
KNOWN = ["--appendonly yes", ""]


def case(made, workload_id):
    found = case_of(made, workload_id)
    assert found is not None
    return found


def column(about):
    return "label" if about == "label" else f"{about}_side"


@FEW
@given(ROWS.filter(bool), DISKS)
def test_every_set_leads_where_it_says_and_no_part_of_it_does(rows, disks):
    one = case(made_of(rows, disks), "0")
    for found in what_ifs(one):
        sets = [part for size in range(len(found.changes) + 1)
                for part in combinations([change.edit for change in found.changes], size)]
        said = scored(after(one, sets))
        outcomes = said[column(found.about)].tolist()
        assert (outcomes[0], outcomes[-1]) == (found.now, found.becomes)
        assert found.becomes not in outcomes[:-1]
        assert said["label"].tolist()[-1] == found.label
        assert {axis: said[f"{axis}_score"].tolist()[-1] for axis in AXES} == found.scores


@FEW
@given(ROWS.filter(bool), DISKS)
def test_without_edits_a_case_has_the_scores_of_the_verb(rows, disks):
    made = classify(made_of(rows, disks))
    for workload_id in made.labels["workload_id"].head(2):
        said = scored(after(case(made, workload_id), [()])).iloc[0]
        given_ = label(made, workload_id)
        for name in ("label", "quadrant", *(f"{axis}_score" for axis in AXES)):
            assert said[name] == given_[name]


def applied(made, workload_id, edit):
    """The tables of a fleet with an edit of one workload's own rows."""
    workloads, mounts = made.workloads, made.mounts
    here = workloads["workload_id"] == workload_id
    for name, value in edit.row.items():
        workloads.loc[here, name] = value
    own = mounts[mounts["workload_id"] == workload_id]
    kept = mounts.drop(own.index[sorted(edit.gone)])
    added = MOUNTS.frame([{**mount, "workload_id": workload_id} for mount in edit.mounts])
    rows = workloads.to_dict("records")
    for row in rows:
        if row["workload_id"] == workload_id and edit.tags:
            row["tags"] = {**case(made, workload_id).tags, **edit.tags}
            row["tags"] = {name: value for name, value in row["tags"].items() if value}
        if row["workload_id"] == workload_id and edit.env_names:
            given_ = dict.fromkeys(row["env_names"], True) | dict(edit.env_names)
            row["env_names"] = [name for name, stays in given_.items() if stays]
    return Fleet(workloads=WORKLOADS.frame(rows), images=made.images, links=made.links,
                 mounts=pd.concat([kept, added], ignore_index=True) if len(added) else kept)


def shop():
    """Containers of which most signals speak, and whose own rows decide."""
    return fleet(
        container("db", image_ref="postgres:16", image_id="pg", written_bytes=345_678_901,
                  env_names=["POSTGRES_PASSWORD", "LANG"], ports=["5432/tcp"]),
        container("cache", image_ref="redis", command="redis-server --appendonly yes",
                  tags={"tier": "data"}),
        container("web", image_ref="nginx", env_names=["DATABASE_URL"], ports=["80/tcp"],
                  tags={"tier": "web"}, read_only_root=True),
        mounts=[volume("db", "/var/lib/postgresql/data", volume_id="pgdata"),
                volume("db", "/srv/data", "bind", volume_id=None, source_path="/x"),
                volume("cache", "/data", "anonymous_volume"),
                volume("web", "/etc/nginx/nginx.conf", "bind", read_only=True)],
        images=[{"image_id": "pg", "declared_volumes": ["/var/lib/postgresql/data"],
                 "digests": ["d"]}],
    )


@pytest.fixture(scope="module")
def searched():
    """The shop, and what was found of each of its workloads."""
    made = classify(shop())
    return made, {name: what_ifs(case(made, name)) for name in ("db", "cache", "web")}


@pytest.mark.parametrize("workload_id", ["db", "cache", "web"])
def test_tables_changed_in_earnest_are_classified_as_was_said(searched, workload_id):
    made, tried = searched[0], 0
    for found in searched[1][workload_id]:
        edits = [change.edit for change in found.changes]
        if not any(edit.image or edit.facts for edit in edits):
            changed = made
            for edit in sorted(edits, key=lambda edit: -len(edit.gone)):
                changed = applied(changed, workload_id, edit)
            row = label(classify(changed), workload_id)
            assert row["label"] == found.label
            assert {axis: row[f"{axis}_score"] for axis in AXES} == found.scores
            tried += 1
    assert tried


def test_a_claim_that_is_the_only_reason_is_what_would_have_to_go():
    made = judged(container("a", controller_kind="deployment", ports=["80/tcp"]),
                  mounts=[volume("a", "/data", "claim", volume_id="data-0")])
    found = next(one for one in what_ifs(case(made, "a")) if one.about == "label")
    assert (found.now, found.words) == ("pet", "if claim data-0 were gone")
    assert ("claim_mounts", 1, 0) in [(one.name, one.now, one.then) for one in found.facts]
    assert [change.kind for change in found.changes] == ["storage"]


def test_a_path_that_its_image_declares_is_bare_once_the_volume_is_gone():
    made = judged(container("a", image_id="i"), mounts=[volume("a", "/var/lib/x")],
                  images=[{"image_id": "i", "declared_volumes": ["/var/lib/x"]}])
    changes = {change.words: change.edit for one in what_ifs(case(made, "a"))
               for change in one.changes}
    told = after(case(made, "a"), [[changes["volume volume were gone"]]]).to_pylist()[0]
    assert (told["durable_mounts"], told["bare_count"]) == (0, 1)


def test_two_changes_of_one_thing_are_not_made_together(searched):
    for found in searched[1]["db"]:
        about = [change.about for change in found.changes]
        assert len(set(about)) == len(about)


def test_a_machine_gets_no_claim_and_a_container_no_disk():
    machine = {"workload_id": "m", "kind": "vm", "name": "zeus", "controller_kind": "none",
               "tags": {}, "source": "vsphere"}
    made = classify(fleet(machine, container("c"), mounts=[
        volume("m", "/", "block", is_root=True, source="vsphere"), volume("c", "/x", "tmpfs")]))
    words = {name: " ".join(one.words for one in what_ifs(case(made, name))) for name in "mc"}
    assert "claim" not in words["m"]
    assert "Deployment" not in words["m"]
    assert "disk" not in words["c"]


def test_more_members_of_one_group_stay_what_they_are():
    made = judged(*[container(f"web-{n}", controller_name="shop/web") for n in range(4)])
    one = case(made, "web-0")
    assert after(one, [()])["group_size"].to_pylist() == [4]
    for found in what_ifs(one):
        assert "group_size" not in [fact.name for fact in found.facts]


def test_many_mounts_and_variables_are_few_changes():
    made = judged(container("a", env_names=[f"V{n}_PASSWORD" for n in range(60)]),
                  mounts=[volume("a", f"/data/{n}", volume_id=f"v{n}") for n in range(60)])
    words = [change.words for change in changes(case(made, "a"))]
    assert "volumes v0, v1 and 58 more were gone" in words
    assert "variables V0_PASSWORD, V1_PASSWORD and 58 more were not given" in words


def test_a_host_has_no_case():
    assert case_of(judged({"workload_id": "h", "kind": "host"}, container("a")), "h") is None


@FEW
@given(st.lists(st.sampled_from(["claim", "named_volume", "bind", "tmpfs", "nfs"]), max_size=4),
       st.sampled_from(["deployment", "statefulset", "none", "compose"]),
       st.sampled_from(KNOWN), st.booleans())
def test_a_search_of_every_smaller_set_is_told_apart_from_a_greedy_one(
        kinds, controller, options, readable):
    made = judged(
        container("a", controller_kind=controller, command=f"redis-server {options}".strip(),
                  read_only_root=readable, image_ref="redis"),
        mounts=[volume("a", f"/data/{n}", kind, volume_id=f"v{n}")
                for n, kind in enumerate(kinds)])
    for found in what_ifs(case(made, "a")):
        assert found.smallest or len(found.changes) > 3
