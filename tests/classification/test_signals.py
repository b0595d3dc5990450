import pytest

from fleetkit.classification.facts import FACTS
from fleetkit.classification.judgement import all_signals
from fleetkit.tables.derived import AXES
from tests.classification.fleets import container, judged, label, reason, volume, weights

POSTGRES = {"image_id": "pg", "declared_volumes": ["/var/lib/postgresql/data"], "digests": []}


def test_signals_need_declared_facts():
    assert {name for one in all_signals() for name in one.needs} <= set(FACTS)


def test_a_signal_speaks_once_per_axis():
    named = [(one.name, one.axis) for one in all_signals()]
    assert len(named) == len(set(named))
    assert {one.axis for one in all_signals()} == set(AXES)


def test_database_on_a_volume_is_a_pet():
    made = judged(container("db", image_ref="postgres:16"),
                  mounts=[volume("db", "/var/lib/postgresql/data")])
    assert label(made, "db")["label"] == "pet"


def test_reason_names_the_volume():
    made = judged(container("db"), mounts=[volume("db", "/data", volume_id="pgdata")])
    assert reason(made, "db", "named_volume") == "named volume pgdata at /data"


def test_three_web_servers_are_cattle():
    webs = [container(f"web-{n}", image_ref="nginx:1", controller_name="shop/web")
            for n in range(3)]
    row = label(judged(*webs), "web-1")
    assert (row["label"], row["quadrant"]) == ("cattle", "cattle")


def test_two_servers_are_no_herd():
    webs = [container(f"web-{n}", controller_name="shop/web") for n in range(2)]
    assert ("replicas_many", "uniqueness") not in weights(judged(*webs), "web-0")


def test_three_kafka_brokers_are_a_stateful_herd():
    brokers = [container(f"kafka-{n}", image_ref="apache/kafka:4", image_id="kafka",
                         controller_name="log/kafka") for n in range(3)]
    made = judged(*brokers, mounts=[volume(f"kafka-{n}", "/var/lib/kafka") for n in range(3)])
    assert label(made, "kafka-0")["quadrant"] == "stateful_herd"
    assert label(made, "kafka-0")["label"] == "pet"


def test_silent_state_says_what_would_be_lost():
    made = judged(container("db", image_ref="postgres:16", image_id="pg"), images=[POSTGRES],
                  mounts=[volume("db", "/var/lib/postgresql/data", "anonymous_volume")])
    said = reason(made, "db", "anonymous_volume")
    assert "/var/lib/postgresql/data" in said
    assert "a new container would start empty" in said


def test_declared_path_without_a_mount_is_silent_state():
    made = judged(container("db", image_id="pg"), images=[POSTGRES])
    assert "nothing is mounted there" in reason(made, "db", "anonymous_volume")


def test_declared_path_that_is_mounted_is_not_silent():
    made = judged(container("db", image_id="pg"), images=[POSTGRES],
                  mounts=[volume("db", "/var/lib/postgresql/data/")])
    assert ("anonymous_volume", "state") not in weights(made, "db")


def test_writable_layer_counts_by_decades():
    made = judged(container("files", written_bytes=1_000_000_000),
                  container("huge", written_bytes=10**15))
    assert weights(made, "files")["rw_layer_growth", "state"] == pytest.approx(1.0, abs=1e-9)
    assert weights(made, "huge")["rw_layer_growth", "state"] == 2.0


def test_unknown_writable_layer_says_nothing():
    assert ("rw_layer_growth", "state") not in weights(judged(container("a")), "a")


def test_read_only_mount_of_a_file_is_configuration():
    made = judged(container("web"), mounts=[
        volume("web", "/etc/nginx/nginx.conf", "bind", read_only=True)])
    assert weights(made, "web")["bind_config_path", "state"] == pytest.approx(-0.2)


def test_redis_without_persistence_is_unsure():
    images = [{"image_id": "r", "declared_volumes": ["/data"], "digests": []}]
    made = judged(container("cache", image_ref="redis:7", image_id="r", command="redis-server"),
                  images=images, mounts=[volume("cache", "/data", "anonymous_volume")])
    assert label(made, "cache")["label"] == "unsure"


def test_redis_with_append_only_file_is_a_pet():
    made = judged(container("queue", image_ref="redis:7",
                            command="redis-server --appendonly yes"),
                  mounts=[volume("queue", "/data")])
    assert label(made, "queue")["label"] == "pet"
    assert "--appendonly yes" in reason(made, "queue", "identity_depends")


def test_registry_on_an_object_store_is_stateless():
    made = judged(container("registry", image_ref="registry:2",
                            env_names=["REGISTRY_STORAGE_S3_BUCKET"]))
    assert weights(made, "registry")["identity_depends", "state"] == pytest.approx(-1.6)


def test_exporter_is_not_its_database():
    made = judged(container("metrics", image_ref="prom/mysqld-exporter"))
    assert label(made, "metrics")["software"] == "mysql companion"
    assert weights(made, "metrics")["identity_stateless", "state"] < 0


def test_password_of_another_is_not_its_own():
    made = judged(container("app", env_names=["DB_PASSWORD"]),
                  container("db", env_names=["POSTGRES_PASSWORD"]))
    assert ("secret_password_env", "state") not in weights(made, "app")
    assert ("secret_password_env", "state") in weights(made, "db")


def test_who_names_a_store_keeps_its_data_there():
    made = judged(container("app", env_names=["DATABASE_URL"]))
    assert reason(made, "app", "outbound_to_store").endswith("variable DATABASE_URL")


def test_who_calls_a_store_keeps_its_data_there():
    made = judged(container("app"), container("db", image_ref="postgres"), links=[
        {"from_id": "app", "to_id": "db", "relation": "calls"}])
    assert reason(made, "app", "outbound_to_store").endswith("calls postgresql")


def test_many_callers_make_it_less_disposable():
    apps = [container(f"app{n}") for n in range(6)]
    links = [{"from_id": f"app{n}", "to_id": "db", "relation": "calls"} for n in range(6)]
    made = judged(container("db"), *apps, links=links)
    assert weights(made, "db")["fan_in_high", "disposability"] == -0.5


def test_broken_quorum_makes_a_prize_bull():
    states = ["running", "running", "stopped"]
    members = [container(f"etcd-{n}", image_ref="etcd:3", controller_name="kv/etcd", state=state)
               for n, state in enumerate(states)]
    made = judged(*members)
    assert label(made, "etcd-0")["prize_bull"]
    assert "2 of 3 members run" in reason(made, "etcd-0", "quorum_member")
    assert not label(made, "etcd-2")["prize_bull"]


def test_whole_quorum_can_spare_one():
    members = [container(f"etcd-{n}", image_ref="etcd:3", controller_name="kv/etcd")
               for n in range(3)]
    assert not label(judged(*members), "etcd-0")["prize_bull"]


def test_prize_bull_is_unknown_where_no_group_is():
    made = judged({"workload_id": "a", "kind": "vm", "name": "a"})
    assert label(made, "a").isna()["prize_bull"]


def test_host_of_data_is_told_so():
    host = {"workload_id": "host", "kind": "vm", "name": "dock-01"}
    made = judged(host, container("db", host_id="host"),
                  mounts=[volume("db", "/data", volume_id="pgdata")])
    assert reason(made, "host", "host_of_data").endswith("as pgdata at /data")


def test_guests_are_counted_once_by_column_and_link():
    host = {"workload_id": "host", "kind": "vm", "name": "dock-01"}
    guests = [container(f"c{n}", host_id="host") for n in range(6)]
    links = [{"from_id": f"c{n}", "to_id": "host", "relation": "runs_on"} for n in range(6)]
    made = judged(host, *guests, links=links)
    assert reason(made, "host", "host_of_many") == "6 workloads run on it"


def test_given_name_of_a_machine_is_personal():
    made = judged({"workload_id": "z", "kind": "vm", "name": "gandalf"},
                  {"workload_id": "w", "kind": "vm", "name": "web"})
    assert ("name_personal", "uniqueness") in weights(made, "z")
    assert ("name_personal", "uniqueness") not in weights(made, "w")


def test_numbered_names_are_names_of_a_herd():
    machines = [{"workload_id": str(n), "kind": "vm", "name": f"web-{n:03}"} for n in range(3)]
    made = judged(*machines)
    assert reason(made, "0", "name_numbered") == "named web-# like 2 others"


def test_siblings_with_other_packages_have_drifted():
    apps = [container(f"app-{n}", controller_name="shop/app", image_id=f"i{min(n, 1)}")
            for n in range(3)]
    packages = [{"subject_id": image, "ecosystem": "Debian", "name": "openssl", "version": version}
                for image, version in (("i0", "3.0.1"), ("i1", "3.0.2"))]
    made = judged(*apps, packages=packages)
    assert weights(made, "app-0")["drift_from_golden", "uniqueness"] == pytest.approx(0.05)
    assert ("drift_from_golden", "uniqueness") not in weights(made, "app-1")


def test_long_uptime_speaks_on_two_axes():
    made = judged(container("old", started_at="2024-01-01", observed_at="2026-01-01"))
    assert weights(made, "old")["uptime_long", "uniqueness"] == pytest.approx(0.9)
    assert weights(made, "old")["uptime_long", "disposability"] == -0.5


def test_stopped_workload_has_no_uptime():
    made = judged(container("old", started_at="2024-01-01", observed_at="2026-01-01",
                            state="stopped"))
    assert ("uptime_long", "uniqueness") not in weights(made, "old")


@pytest.mark.parametrize(("tags", "signal", "weight"), [
    ({"com.example.tier": "database"}, "tag_says", 2.0),
    ({"stateful": "true"}, "tag_says", 2.0),
    ({"stateful": "false"}, "tag_says_not", -2.0),
    ({"role": "worker"}, "tag_says_not", -2.0),
    ({"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"}, "no_evict_mark", -2.0),
    ({"cluster-autoscaler.kubernetes.io/safe-to-evict": "true"}, "evict_ok_mark", 1.5),
    ({"backup-plan": "gold"}, "backup_policy", 1.3),
    ({"license-key": "dongle 7"}, "license_bound", 1.5),
    ({"managed-by": "ansible"}, "config_managed", -0.4),
    ({"environment": "staging"}, "env_nonprod_tag", 0.6),
    ({"postgres.example/role": "primary"}, "leader_role", -1.5),
])
def test_owner_says_so(tags, signal, weight):
    spoken = {name: value for (name, _), value in weights(judged(container("a", tags=tags)),
                                                          "a").items()}
    assert spoken[signal] == pytest.approx(weight)


@pytest.mark.parametrize("tags", [
    {"org.opencontainers.image.licenses": "MIT"}, {"backup": "false"}, {"environment": "prod"},
    {"role": "data scientist"}, {"managed-by": "helm"}, {"note": '"role":"database"'},
])
def test_tag_that_says_nothing(tags):
    tagged = weights(judged(container("a", tags=tags)), "a")
    assert tagged == weights(judged(container("a")), "a")
