"""A real API server: who may see what, pages, and what never leaves it."""

import gzip
import json

import pytest

from fleetkit.errors import LoadError
from fleetkit.fleet import Fleet
from fleetkit.loaders.kubernetes import LOADER
from fleetkit.loaders.kubernetes.kinds import KINDS
from fleetkit.loading import capture, load
from fleetkit.plugins import Problem, Record
from tests.loaders.kubernetes.estate import ALLOWED, MANY, saved
from tests.loaders.kubernetes.payloads import SECRET
from tests.real.kubernetes import ADMIN

TABLES = ("workloads", "images", "mounts", "services", "links", "rollouts")
PLACE = ["origin", "target", "account", "observed_at"]


@pytest.fixture(scope="module")
def fleet(kubeconfig) -> Fleet:
    return load("kubernetes", "shop-a", kubeconfig=kubeconfig, progress=False)


def told(fleet, table):
    """The rows of a table, without where they were read."""
    frame = getattr(fleet, table).drop(columns=PLACE)
    return sorted(frame.astype(str).to_dict("records"), key=str)


def of(fleet, name):
    return fleet.workloads.set_index("name").loc[name]


@pytest.mark.parametrize("table", TABLES)
def test_live_and_what_kubectl_prints_give_the_same_rows(fleet, cluster, tmp_path, table):
    from_files = load("kubernetes", saved(cluster, tmp_path, KINDS), progress=False)
    assert len(getattr(fleet, table))
    assert told(from_files, table) == told(fleet, table)


def test_a_capture_reads_back_as_it_was(fleet, kubeconfig, tmp_path):
    capture("kubernetes", "shop-a", to=tmp_path / "dump", kubeconfig=kubeconfig, progress=False)
    again = load("kubernetes", tmp_path / "dump", progress=False)
    assert {table: told(again, table) for table in TABLES} == {
        table: told(fleet, table) for table in TABLES}


def test_secrets_are_nowhere(fleet, kubeconfig, tmp_path):
    folder = capture("kubernetes", "shop-a", to=tmp_path / "dump", kubeconfig=kubeconfig,
                     progress=False)
    written = b"".join(gzip.decompress(path.read_bytes()) for path in folder.glob("*.gz"))
    written += (folder / "capture.json").read_bytes()
    shown = "".join(getattr(fleet, name).to_csv() for name in (*TABLES, "problems", "coverage"))
    assert b"web-6b5d9f-0" in written
    assert SECRET.encode() not in written
    assert SECRET not in shown


def test_nothing_but_lists_is_asked_and_no_secret_among_them(cluster, live):
    before = len(cluster.requests())
    live("shop-a")
    asked = [entry for entry in cluster.requests()[before:] if entry["userAgent"] == "fleetkit"]
    assert {entry["verb"] for entry in asked} == {"list"}
    assert {entry["objectRef"]["resource"] for entry in asked} == {k.resource for k in KINDS}


def test_the_role_that_is_published_is_enough(cluster, fleet):
    rules = LOADER.policy()["rules"]
    granted = {(group, resource) for rule in rules for group in rule["apiGroups"]
               for resource in rule["resources"]}
    assert granted == {(kind.group, kind.resource) for kind in KINDS}
    assert {verb for rule in rules for verb in rule["verbs"]} == {"list"}
    made = cluster.ask("POST", "/apis/rbac.authorization.k8s.io/v1/clusterroles?dryRun=All",
                       LOADER.policy())
    assert made["metadata"]["name"] == "fleetkit-reader"


def test_a_user_with_few_rights_sees_these_and_is_told_of_the_others(live):
    fleet = live("reader")
    status = fleet.coverage.set_index("resource")["status"]
    assert {name for name in status.index if status[name] == "ok"} == set(ALLOWED)
    assert set(status.drop(ALLOWED)) == {"denied"}
    assert len(fleet.workloads[fleet.workloads["kind"] == "container"]) > 5
    hints = fleet.problems.set_index("resource")["hint"]
    assert "`list` on 'deployments' of the API group 'apps'" in hints["deployments"]


def test_a_user_without_rights_is_told_which_is_missing(live):
    with pytest.raises(LoadError, match="403.*grant `list` on 'nodes'"):
        live("nobody")


def test_a_token_that_nobody_knows_is_an_error_that_says_what_to_do(live):
    with pytest.raises(LoadError, match="401.*sign in to the cluster again"):
        live("stranger")


def test_contexts_are_named_by_glob_and_each_is_a_target(live):
    fleet = live("shop-*", only=["nodes"])
    assert set(fleet.coverage["target"]) == {"shop-a", "shop-b"}
    assert fleet.workloads["workload_id"].nunique() == 1


def test_without_a_name_the_current_context_is_read(live):
    assert set(live(only=["nodes"]).coverage["target"]) == {"shop-a"}


def test_a_context_that_is_not_there_is_an_error_that_lists_those_that_are(live):
    with pytest.raises(LoadError, match="no context matches 'prod'; there are.*shop-a"):
        live("prod")


def test_a_cluster_that_does_not_answer_is_named(cluster, tmp_path):
    text = cluster.kubeconfig(tmp_path, away=ADMIN).read_text()
    path = tmp_path / "away"
    path.write_text(text.replace(f":{cluster.port}", ":9"))
    with pytest.raises(LoadError, match="away: /api.*is the cluster up"):
        load("kubernetes", kubeconfig=path, only=["nodes"], progress=False)


def test_a_server_with_another_authority_is_not_trusted(cluster, tmp_path):
    entry = cluster.kubeconfig(tmp_path, strange=ADMIN)
    lines = entry.read_text().splitlines()
    entry.write_text("\n".join(line for line in lines if "certificate-authority" not in line))
    with pytest.raises(LoadError, match="certificate.*does the kubeconfig name the authority"):
        load("kubernetes", kubeconfig=entry, only=["nodes"], progress=False)


def test_a_kubeconfig_that_is_none_is_an_error(tmp_path):
    path = tmp_path / "config"
    path.write_text("contexts: [}")
    with pytest.raises(LoadError, match="kubeconfig cannot be read"):
        load("kubernetes", kubeconfig=path, progress=False)


def test_namespaces_narrow_what_lies_in_one(live):
    fleet = live("shop-a", namespaces=["other"], only=["pods", "nodes"])
    assert fleet.workloads["name"].tolist() == ["far/app", "node-1"]


def test_a_list_of_many_pages_is_read_to_its_end(fleet):
    row = fleet.coverage.set_index("resource").loc["controllerrevisions"]
    assert (row["rows"], row["calls"], row["status"]) == (MANY, 2, "ok")


def test_a_list_that_the_server_forgot_meanwhile_goes_on_and_says_so(cluster, kubeconfig):
    (target,) = LOADER.targets("shop-a", kubeconfig=kubeconfig)
    client = LOADER.connect(target, 20.0)
    items = LOADER.read(client, "controllerrevisions")
    first = [next(items) for _ in range(501)]
    cluster.forget()
    rest = list(items)
    client.close()
    assert sum(isinstance(item, Record) for item in [*first, *rest]) == MANY
    assert [item.code for item in rest if isinstance(item, Problem)] == ["inconsistent_list"]


def test_the_controller_is_the_top_owner(fleet):
    rows = fleet.workloads.set_index("name")[["controller_kind", "controller_name", "replicas"]]
    assert rows.loc["web-6b5d9f-0/app"].tolist() == ["deployment", "shop/web", 2]
    assert rows.loc["report-28487045-x7/app"].tolist()[:2] == ["cronjob", "shop/report"]
    assert rows.loc["db-0/postgres"].tolist() == ["statefulset", "shop/db", 1]
    assert rows.loc["agent-x/app"].tolist()[:2] == ["daemonset", "shop/agent"]
    assert rows.loc["alone/app", "controller_kind"] == "none"


def test_versions_side_by_side_are_a_rollout(fleet):
    web = fleet.rollouts[fleet.rollouts["controller_name"] == "shop/web"].set_index("version")
    assert web["status"].to_dict() == {
        "7c9f4d": "incoming", "6b5d9f": "outgoing", "5a1111": "previous"}
    assert web.loc["7c9f4d", ["replicas", "running", "healthy"]].tolist() == [1, 1, 1]
    assert of(fleet, "web-7c9f4d-0/app")["revision"] == "7c9f4d"
    assert SECRET not in str(web["message"])


def test_a_daemon_set_has_one_current_version(fleet):
    rows = fleet.rollouts[fleet.rollouts["controller_name"] == "shop/agent"]
    assert rows.loc[rows["status"] == "current", "version"].tolist() == [f"r{MANY}"]
    assert len(rows) == MANY


def test_a_claim_of_a_replica_is_told_from_a_claim(fleet):
    row = fleet.mounts.set_index("target_path").loc["/var/lib/postgresql/data"]
    assert row[["kind", "volume_id", "source_path", "driver", "size_bytes", "persistence"]
               ].tolist() == ["claim_template", "shop/data-db-0", "vol-0abc", "ebs.csi.aws.com",
                              20 << 30, "durable"]


def test_an_endpoint_is_a_service_row_with_its_health_and_reach(fleet):
    rows = fleet.services[fleet.services["service_name"] == "web"].set_index("address")
    assert rows["health"].to_dict() == {"10.1.0.1": "passing", "10.1.0.2": "critical"}
    assert rows.loc["10.1.0.1", ["port", "target_port", "exposure"]].tolist() == [
        80, 8080, "public"]
    assert rows.loc["10.1.0.1", "workload_id"] == of(fleet, "web-6b5d9f-0/app")["workload_id"]


def test_ways_from_the_door_to_the_containers_are_links(fleet):
    links = fleet.links
    exposed = links[links["relation"] == "exposes"].iloc[0]
    balanced = links[(links["relation"] == "balances_to") & (links["from_id"] == exposed["to_id"])]
    assert balanced["to_id"].isin(fleet.workloads["workload_id"]).all()
    assert len(balanced) == 2


def test_init_steps_are_rows_that_say_so(fleet):
    step = of(fleet, "web-6b5d9f-0/migrate")
    assert json.loads(step["tags"])["container role"] == "init"
    assert (step["state"], step["exit_code"], step["ephemeral"]) == ("terminated", 0, True)
    assert step["command"] == "migrate --password [masked]"


def test_a_container_is_joined_to_its_machine(fleet):
    box, machine = of(fleet, "db-0/postgres"), of(fleet, "node-1")
    assert box["host_id"] == machine["workload_id"]
    assert (box["zone"], box["region"], box["arch"]) == ("eu-west-1a", "eu-west-1", "amd64")
