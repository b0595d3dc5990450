"""Signals of what ties a workload to its place, and of how it starts, stops and is replaced."""

import pytest

from tests.classification.fleets import container, judged, reason, volume, weights


def machine(workload_id, /, **known):
    """A virtual machine without anything special."""
    plain = {"workload_id": workload_id, "kind": "vm", "name": f"{workload_id}-01",
             "state": "running", "controller_kind": "unknown", "source": "vsphere"}
    return plain | known


@pytest.mark.parametrize(("column", "signal", "weight"), [
    ("devices", "passthrough_device", 1.5), ("pinned_to", "affinity_or_pinning", 0.8),
    ("fixed_ips", "static_ip_or_dns", 0.7),
])
def test_a_tie_to_one_place_is_named(column, signal, weight):
    made = judged(machine("a", **{column: ["the thing"]}), machine("b", **{column: []}),
                  machine("c"))
    assert weights(made, "a")[signal, "uniqueness"] == pytest.approx(weight, abs=1e-9)
    assert reason(made, "a", signal).endswith(": the thing")
    assert (signal, "uniqueness") not in weights(made, "b") | weights(made, "c")


@pytest.mark.parametrize(("failover", "speaks"), [
    ("fault_tolerant", True), ("restart_first", True), ("restart", False), ("none", False)])
def test_only_a_failover_that_somebody_chose_speaks(failover, speaks):
    made = judged(machine("a", failover=failover))
    assert (("ha_or_ft_enabled", "uniqueness") in weights(made, "a")) == speaks


def test_snapshots_speak_for_state_and_uniqueness():
    made = judged(machine("a", snapshots=2), machine("b", snapshots=0))
    said = weights(made, "a")
    assert said["snapshots_present", "state"] == pytest.approx(0.3, abs=1e-9)
    assert said["snapshots_present", "uniqueness"] == pytest.approx(0.4, abs=1e-9)
    assert ("snapshots_present", "state") not in weights(made, "b")


def test_step_that_hands_over_a_volume_is_a_sign_of_one():
    made = judged(container("a", init_commands=["sh -c 'chown -R 1001 /bitnami'"]),
                  container("b", init_commands=["migrate --chowning"]), container("c"))
    assert weights(made, "a")["chown_init", "state"] == pytest.approx(2.8, abs=1e-9)
    assert "chown -R 1001 /bitnami" in reason(made, "a", "chown_init")
    assert ("chown_init", "state") not in weights(made, "b") | weights(made, "c")


def test_hook_before_the_stop_asks_for_order():
    said = weights(judged(container("a", stop_hook=True)), "a")
    assert said["prestop_hook", "state"] == pytest.approx(0.6, abs=1e-9)
    assert said["prestop_hook", "disposability"] == pytest.approx(-0.4, abs=1e-9)
    assert ("prestop_hook", "state") not in weights(judged(container("a", stop_hook=False)), "a")


def test_names_that_outlive_a_replica_echo_its_controller():
    made = judged(container("db-0", controller_kind="statefulset", stable_name="db-0.db",
                            start_order="ordered", told_own_name=True))
    own = made.evidence.set_index("signal")["contribution"]
    assert own["controller_statefulset"] == pytest.approx(2.0)
    assert own["stable_name"] == pytest.approx(1.9 * 0.3)
    assert own["start_order"] == pytest.approx(1.6 * 0.3)
    assert own["told_own_name"] == pytest.approx(0.4 * 0.3)


def test_autoscaler_makes_members_alike():
    made = judged(container("a", min_replicas=2, max_replicas=9),
                  container("b", min_replicas=1, max_replicas=1))
    assert weights(made, "a")["autoscaled", "uniqueness"] == pytest.approx(-1.2, abs=1e-9)
    assert reason(made, "a", "autoscaled").endswith("from 2 to 9")
    assert ("autoscaled", "uniqueness") not in weights(made, "b")


@pytest.mark.parametrize(("kind", "gone", "speaks"), [
    ("autoscaling", False, True), ("autoscaling", True, False), ("autoscaling", None, False),
    ("none", False, False)])
def test_a_group_that_keeps_disks_keeps_state(kind, gone, speaks):
    made = judged(machine("a", controller_kind=kind), mounts=[
        volume("a", "/dev/sdb", "block", delete_with_workload=gone, volume_id="vol-1")])
    assert (("group_with_fixed_disks", "state") in weights(made, "a")) == speaks


@pytest.mark.parametrize(("known", "speaks"), [
    ({"tags": {}, "snapshots": 0}, True), ({"tags": {"backup": "daily"}, "snapshots": 0}, False),
    ({"tags": {}, "snapshots": 1}, False), ({"tags": {}}, False), ({"snapshots": 0}, False)])
def test_missing_backup_is_only_told_where_it_would_be_seen(known, speaks):
    made = judged(machine("a", **known), mounts=[
        volume("a", "/dev/sdb", "block", size_bytes=10**12)])
    assert (("no_backup_and_data", "disposability") in weights(made, "a")) == speaks
