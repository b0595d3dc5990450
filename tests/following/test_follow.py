"""A service is followed from commit to health, and what is not on record is said."""

import pandas as pd
import pytest

from fleetkit import Fleet, follow
from fleetkit.errors import UnknownNameError

IMAGE = "sha256:" + "a" * 64


def fleet(**tables):
    """A shop whose web has all that can be known, unless a table is given."""
    usual = {
        "builds": [{"build_id": "packer|r1|build|web", "image_id": IMAGE, "name": "web",
                    "revision": "4f2a", "finished_at": "2026-11-01T10:00:00Z"}],
        "images": [{"image_id": IMAGE, "kind": "container", "name": "shop/web:2"}],
        "rollouts": [{"controller_id": "marathon||controller|/shop/web",
                      "controller_name": "/shop/web", "version": "v2", "status": "current",
                      "image_id": IMAGE}],
        "workloads": [{"workload_id": "w1", "name": "web.1", "controller_name": "/shop/web",
                       "revision": "v2", "image_id": IMAGE, "state": "running"}],
        "services": [{"service_id": "s1", "service_name": "web", "workload_id": "w1",
                      "address": "10.0.0.1", "port": 80, "health": "passing"}],
    }
    return Fleet(**{name: pd.DataFrame(rows) for name, rows in (usual | tables).items() if rows})


def stages(trail):
    return trail.steps.groupby("stage", sort=False)["id"].first().to_dict()


@pytest.mark.parametrize("name", ["web", "WEB", "/shop/web"])
def test_a_service_is_followed_to_its_commit(name):
    assert stages(follow(fleet(), name)) == {
        "commit": "commit|4f2a", "build": "packer|r1|build|web", "image": IMAGE,
        "deployment": "marathon||controller|/shop/web|v2", "instance": "w1", "service": "s1"}


def test_neighbours_are_joined():
    ends = follow(fleet(), "web").edges[["from_id", "to_id"]].to_numpy().tolist()
    version = "marathon||controller|/shop/web|v2"
    assert [["commit|4f2a", "packer|r1|build|web"], ["packer|r1|build|web", IMAGE],
            [IMAGE, version], [version, "w1"], ["w1", "s1"]] == ends


@pytest.mark.parametrize(("table", "stage", "said"), [
    ("builds", "build", "no build of shop/web:2 is on record"),
    ("builds", "commit", "names the commit"),
    ("images", "image", "was not loaded"),
    ("rollouts", "deployment", "of /shop/web no version is on record"),
    ("services", "service", "no service registry knows it"),
])
def test_what_is_not_on_record_is_a_gap(table, stage, said):
    gaps = follow(fleet(**{table: []}), "/shop/web").gaps.set_index("stage")["why"]
    assert said in gaps[stage]


def test_a_whole_trail_has_no_gap():
    assert follow(fleet(), "web").gaps.empty


def test_an_unknown_name_lists_what_is_near():
    with pytest.raises(UnknownNameError, match="no service, controller or workload named 'wep'; "
                                               "there are .*web"):
        follow(fleet(), "wep")


def test_hostile_names_are_shown_and_not_run():
    shown = follow(fleet(services=[{"service_id": "s", "service_name": "<script>x()</script>",
                                    "workload_id": "w1"}]),
                   "<script>x()</script>")._repr_html_()
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


def test_the_headline_counts_what_is_unwell():
    services = [{"service_id": f"s{n}", "service_name": "web", "workload_id": "w1",
                 "health": health} for n, health in enumerate(["passing", "critical"])]
    assert repr(follow(fleet(services=services), "web")).startswith(
        "web: 1 instance of 1 image, 1 of 2 not healthy")


def test_many_instances_are_drawn_as_some_and_a_count():
    rows = [{"workload_id": f"w{n}", "name": f"web.{n}", "controller_name": "web"}
            for n in range(40)]
    shown = follow(fleet(workloads=rows, services=[], rollouts=[]), "web")._repr_html_()
    assert "and 28 more" in shown


def test_health_that_nobody_checked_is_not_good_health():
    assert "0 of 1 not healthy, of 1 nobody knows" in repr(follow(fleet(services=[]), "/shop/web"))


def test_a_service_in_a_container_is_not_its_node():
    workloads = [{"workload_id": "node", "kind": "vm", "name": "n1"},
                 {"workload_id": "task", "kind": "task", "name": "t1"}]
    links = [{"from_id": "s1", "to_id": end, "relation": "runs_on", "evidence": "id",
              "confidence": 0.9} for end in ("task", "gone")]
    services = [{"service_id": "s1", "service_name": "web", "workload_id": "node"}]
    trail = follow(fleet(workloads=workloads, links=links, services=services, rollouts=[]), "web")
    assert stages(trail)["instance"] == "task"
