"""Signals from services, rollouts, predecessors and packages."""

import pytest

from tests.classification.fleets import container, judged, reason, volume, weights


def serving(workload_id, name="web", **known):
    return {"service_id": f"{workload_id} as {name}", "service_name": name,
            "workload_id": workload_id, "health": "passing", "source": "consul"} | known


def machine(workload_id, /, **known):
    return {"workload_id": workload_id, "kind": "vm", "name": f"{workload_id}-01",
            "state": "running", "source": "aws", "tags": {}} | known


def version(number, started, **known):
    return {"controller_id": "c", "controller_kind": "deployment", "controller_name": "shop/web",
            "version": str(number), "status": "previous", "started_at": started,
            "source": "docker"} | known


def web(workload_id="a", **known):
    return container(workload_id, controller_kind="deployment", controller_name="shop/web", **known)


def ended(workload_id, days, state="terminated"):
    return web(workload_id, state=state, started_at="2026-10-01T00:00:00Z",
               stopped_at=f"2026-10-{1 + days:02}T00:00:00Z")


def test_one_of_three_healthy_members_can_be_spared():
    boxes = [container(name) for name in "abc"]
    made = judged(*boxes, services=[serving(name) for name in "abc"])
    said = weights(made, "a")
    assert said["behind_lb_pool", "uniqueness"] == pytest.approx(-0.8, abs=1e-9)
    assert said["behind_lb_pool", "disposability"] == pytest.approx(0.6, abs=1e-9)
    assert reason(made, "a", "behind_lb_pool") == "one of 3 healthy members of web"


@pytest.mark.parametrize("third", [
    serving("c", health="critical"), serving("c", health=None), serving("b", service_id="twice"),
    serving("c", namespace="other"), serving("c", kind="headless")])
def test_a_pool_counts_only_healthy_members_of_one_name(third):
    made = judged(*[container(name) for name in "abc"],
                  services=[serving("a"), serving("b"), third])
    assert ("behind_lb_pool", "uniqueness") not in weights(made, "a")


def test_a_headless_service_names_its_members():
    made = judged(container("a"), services=[serving("a", "db", kind="headless")])
    assert reason(made, "a", "headless_service").endswith(" db")


def test_a_service_that_keeps_clients_makes_sessions():
    made = judged(container("a", tags=None), container("b", tags=None),
                  services=[serving("a", sticky=True), serving("b", sticky=False)])
    assert reason(made, "a", "sticky_sessions").endswith("service web")
    assert ("sticky_sessions", "state") not in weights(made, "b")


def test_a_machine_of_three_services_is_a_mixture():
    names = ("web", "mail", "dns")
    made = judged(machine("a"), machine("b"), services=[
        *[serving("a", name) for name in names], serving("b"), serving("b", "mail")])
    assert weights(made, "a")["multi_service_host", "uniqueness"] == pytest.approx(0.6, abs=1e-9)
    assert ("multi_service_host", "uniqueness") not in weights(made, "b")


def test_the_container_answers_and_not_its_node():
    made = judged(machine("node"), *[container(name) for name in "abc"], services=[
        serving("node", service_id=name) for name in "abc"], links=[
        {"from_id": name, "to_id": name, "relation": "runs_on"} for name in "abc"])
    assert ("behind_lb_pool", "uniqueness") in weights(made, "a")
    assert ("behind_lb_pool", "uniqueness") not in weights(made, "node")


def test_calls_between_services_are_calls_between_workloads():
    made = judged(container("app"), container("db", image_ref="postgres"), services=[
        serving("app", "app", service_id="s1"), serving("db", "db", service_id="s2")], links=[
        {"from_id": "s2", "to_id": "name of s2", "relation": "member_of"},
        {"from_id": "s1", "to_id": "name of s2", "relation": "calls"}])
    assert reason(made, "app", "outbound_to_store").endswith("calls postgresql")


def test_short_lives_of_predecessors_speak_for_cattle():
    made = judged(web(), *[ended(f"old{n}", days) for n, days in enumerate((1, 2, 20))])
    assert reason(made, "a", "short_median_life").startswith("2 of its 3 predecessors")
    assert weights(made, "a")["short_median_life", "uniqueness"] == pytest.approx(-1.2, abs=1e-9)


def test_long_lives_of_predecessors_say_nothing():
    made = judged(web(), *[ended(f"old{n}", 9) for n in range(3)])
    assert ("short_median_life", "uniqueness") not in weights(made, "a")


def test_three_replacements_without_harm_are_proof():
    made = judged(web(), *[ended(f"old{n}", 9) for n in range(3)])
    assert weights(made, "a")["survived_recreate", "disposability"] == pytest.approx(1.5, abs=1e-9)
    assert weights(made, "a")["survived_recreate", "state"] == pytest.approx(-0.8, abs=1e-9)


def test_a_predecessor_that_failed_is_no_proof():
    made = judged(web(), ended("x", 9, "failed"), *[ended(f"old{n}", 9) for n in range(3)])
    assert ("survived_recreate", "disposability") not in weights(made, "a")


def test_what_a_volume_kept_is_not_proof_that_nothing_is_kept():
    made = judged(web(), *[ended(f"old{n}", 9) for n in range(3)],
                  mounts=[volume("a", "/data", "claim")])
    assert ("survived_recreate", "state") not in weights(made, "a")
    assert ("survived_recreate", "disposability") in weights(made, "a")


def test_ended_jobs_are_no_predecessors():
    jobs = [ended(f"old{n}", 1) | {"controller_kind": "job"} for n in range(3)]
    made = judged(web() | {"controller_kind": "job"}, *jobs)
    assert ("short_median_life", "uniqueness") not in weights(made, "a")


def versions(days, **current):
    kept = [version(n, f"2026-11-{1 + n * days:02}T00:00:00Z") for n in range(3)]
    return [*kept, version(3, f"2026-11-{1 + 3 * days:02}T00:00:00Z", status="current", replicas=2,
                           healthy=2, is_moving=False) | current]


def test_versions_of_a_few_days_are_short_lives():
    made = judged(web(), rollouts=versions(2))
    assert reason(made, "a", "short_median_life") == "its last 4 versions lasted 2 days on average"
    assert reason(made, "a", "survived_recreate").startswith("was replaced 3 times")


@pytest.mark.parametrize("current", [{"healthy": 1}, {"healthy": None}, {"is_moving": True}])
def test_a_rollout_that_is_not_well_is_no_proof(current):
    made = judged(web(), rollouts=versions(8, **current))
    assert ("survived_recreate", "disposability") not in weights(made, "a")


def test_a_name_of_two_controllers_says_nothing():
    made = judged(web(), rollouts=[*versions(2), version(9, None, controller_id="d")])
    assert ("short_median_life", "uniqueness") not in weights(made, "a")


def package(subject, name, number="1"):
    return {"subject_id": subject, "ecosystem": "Debian", "name": name, "version": number}


def test_drift_is_from_the_image_where_both_are_known():
    own = [package("a", f"p{n}") for n in range(12)]
    golden = [package("ami", f"p{n}") for n in range(10)] + [package("ami", "gone")]
    made = judged(machine("a", image_id="ami"), packages=[*own, *golden])
    assert reason(made, "a", "drift_from_golden") == (
        "3 of its packages differ from those of its image")


def test_an_untouched_machine_has_no_drift():
    made = judged(machine("a", image_id="ami"), packages=[package("a", "p"), package("ami", "p")])
    assert ("drift_from_golden", "uniqueness") not in weights(made, "a")


def test_a_package_of_a_configuration_manager_is_seen():
    made = judged(machine("a"), packages=[package("a", "puppet-agent"), package("a", "bash")])
    assert reason(made, "a", "config_managed").endswith("managed by puppet-agent")
