"""ECS in moto's cloud: every container of a task is a workload."""

import json
from collections import Counter

import pytest

import fleetkit as fk
from fleetkit.loaders.aws import ecs as reading
from tests.loaders.aws.chosen import captured, everything, loaded, statuses
from tests.loaders.aws.estate import REGION
from tests.real.aws import ACCOUNT, Fault

PLANTED = ("hunter2-planted", "plain-value-planted", "place-of-secret-planted")
WEB = {
    "name": "web", "image": "registry.example/team/web:1.0", "cpu": 256, "memory": 512,
    "essential": True, "privileged": False, "readonlyRootFilesystem": True, "stopTimeout": 20,
    "portMappings": [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}],
    "environment": [{"name": "DB_PASSWORD", "value": PLANTED[0]},
                    {"name": "MODE", "value": PLANTED[1]}],
    "secrets": [{"name": "API", "valueFrom": f"arn:aws:ssm:::parameter/{PLANTED[2]}"}],
    "logConfiguration": {"logDriver": "splunk", "options": {"splunk-token": PLANTED[0]},
                         "secretOptions": [{"name": "x", "valueFrom": PLANTED[2]}]},
    "repositoryCredentials": {"credentialsParameter": PLANTED[2]},
    "command": ["serve", "--db", PLANTED[0]], "entryPoint": ["/bin/run"],
    "dockerLabels": {"team": "shop", "api.token": PLANTED[0]},
    "mountPoints": [{"sourceVolume": "shared", "containerPath": "/data", "readOnly": True},
                    {"sourceVolume": "scratch", "containerPath": "/tmp"}],
    "healthCheck": {"command": ["CMD-SHELL", "true"]},
    "dependsOn": [{"containerName": "log", "condition": "START"}],
}
LOG = {"name": "log", "image": "fluent/fluent-bit", "memory": 64, "essential": False}
VOLUMES = [
    {"name": "shared", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "rootDirectory": "/x"}},
    {"name": "scratch", "host": {}},
]


ALL = ("ecs_services", "ecs_task_definitions", "ecs_container_instances")


def network(cloud):
    ec2 = cloud.client("ec2", REGION)
    groups = [group["GroupId"] for group in ec2.describe_security_groups()["SecurityGroups"]]
    return {"awsvpcConfiguration": {
        "subnets": [ec2.describe_subnets()["Subnets"][0]["SubnetId"]],
        "securityGroups": groups[:1], "assignPublicIp": "DISABLED"}}


def defined(ecs, *containers, family="web"):
    return ecs.register_task_definition(
        family=family, networkMode="awsvpc", cpu="512", memory="1024", volumes=VOLUMES,
        requiresCompatibilities=["FARGATE"], containerDefinitions=list(containers or (WEB, LOG)),
    )["taskDefinition"]["taskDefinitionArn"]


def run(cloud, definition, cluster="prod", count=1, **more):
    """Ids of tasks of a definition on Fargate."""
    ecs = cloud.client("ecs", REGION)
    ecs.create_cluster(clusterName=cluster)
    tasks = ecs.run_task(cluster=cluster, count=count, launchType="FARGATE",
                         networkConfiguration=network(cloud), taskDefinition=definition, **more)
    return [task["taskArn"].rpartition("/")[2] for task in tasks["tasks"]]


def on_machine(cloud):
    """A task on a registered machine of EC2; the id of the machine."""
    ec2, ecs = cloud.client("ec2", REGION), cloud.client("ecs", REGION)
    image = ec2.describe_images()["Images"][0]["ImageId"]
    machine = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    ecs.create_cluster(clusterName="old")
    ecs.register_container_instance(cluster="old", instanceIdentityDocument=json.dumps(
        {"instanceId": machine, "accountId": ACCOUNT, "region": REGION}))
    ecs.register_task_definition(family="one", containerDefinitions=[
        {"name": "one", "image": "redis", "memory": 64}])
    ecs.run_task(cluster="old", taskDefinition="one", launchType="EC2")
    return machine


class Estate:
    """A service of two tasks, a task by hand, one of a schedule, one on a machine: captured."""

    def __init__(self, cloud, folder):
        cloud.reset()
        ecs = cloud.client("ecs", REGION)
        web = defined(ecs)
        ecs.create_cluster(clusterName="prod")
        ecs.create_service(cluster="prod", serviceName="web", taskDefinition=web, desiredCount=2,
                           launchType="FARGATE", networkConfiguration=network(cloud))
        # moto starts no tasks of a service by itself
        self.served = run(cloud, web, count=2, group="service:web", startedBy="ecs-svc/123")
        small = defined(ecs, {"name": "one", "image": "redis", "memory": 128}, family="small")
        self.by_hand = run(cloud, small, group="family:small", overrides={"containerOverrides": [
            {"name": "one", "command": ["x", f"--password={PLANTED[0]}"],
             "environment": [{"name": "EXTRA_TOKEN", "value": PLANTED[0]}]}]})[0]
        self.nightly = run(cloud, small, group="family:small",
                           startedBy="events-rule/nightly")[0]
        self.machine = on_machine(cloud)
        cloud.forget()
        self.capture = captured(cloud, folder, *ALL)
        self.actions = Counter(action for _, action in cloud.actions)
        self.fleet = fk.load("aws", folder)
        cloud.reset()

    def row(self, task):
        rows = self.fleet.workloads
        found = rows[rows["workload_id"].str.contains(f"/{task}/")]
        assert len(found) == 1
        return found.iloc[0]

    def of(self, table, task):
        rows = getattr(self.fleet, table)
        return rows[rows["workload_id"].str.contains(f"/{task}/")]


@pytest.fixture(scope="module")
def estate(running, tmp_path_factory):
    monkey = pytest.MonkeyPatch()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkey.setenv(name, "testing")
    monkey.setenv("AWS_CONFIG_FILE", str(tmp_path_factory.mktemp("home") / "config"))
    found = Estate(running, tmp_path_factory.mktemp("ecs") / "capture")
    monkey.undo()
    return found


def test_a_container_is_named_by_cluster_task_and_name(estate):
    assert estate.row(estate.by_hand)["workload_id"] == (
        f"aws|{ACCOUNT}|container|prod/{estate.by_hand}/one")


def test_every_task_is_there_once(estate):
    assert estate.fleet.workloads["kind"].tolist() == ["container"] * 5


def test_cores_and_memory_are_those_of_the_container(estate):
    row = estate.row(estate.served[0])
    assert (row["cpu_cores"], row["memory_bytes"]) == (0.25, 512 << 20)


def test_a_container_without_a_share_may_use_all_of_its_task(estate):
    row = estate.row(estate.by_hand)
    assert (row["cpu_cores"], row["memory_bytes"]) == (0.5, 128 << 20)


def test_what_the_definition_says_is_in_the_row(estate):
    row = estate.row(estate.served[0])
    assert (row["read_only_root"], row["privileged"], row["health_check"],
            row["stop_grace_seconds"], list(row["ports"])) == (
        True, False, "command", 20.0, ["8080/tcp"])


def test_names_of_variables_and_secrets_are_known(estate):
    assert list(estate.row(estate.served[0])["env_names"]) == ["API", "DB_PASSWORD", "MODE"]
    assert list(estate.row(estate.by_hand)["env_names"]) == ["EXTRA_TOKEN"]


def test_planted_secrets_reach_no_table(estate):
    text = everything(estate.fleet)
    assert "DB_PASSWORD" in text
    assert not [secret for secret in PLANTED if secret in text]


def test_planted_secrets_reach_no_capture(estate):
    assert b"DB_PASSWORD" in estate.capture
    assert not [secret for secret in PLANTED if secret.encode() in estate.capture]


def test_a_service_is_the_controller_of_its_containers(estate):
    rows = [estate.row(task) for task in estate.served]
    assert {(row["controller_kind"], row["controller_name"], row["replicas"]) for row in rows} == {
        ("ecs", "prod/web/web", 2)}


def test_a_task_that_somebody_started_has_no_controller(estate):
    assert estate.row(estate.by_hand)["controller_kind"] == "none"


def test_a_task_of_a_schedule_is_a_cron_job(estate):
    row = estate.row(estate.nightly)
    assert (row["controller_kind"], row["controller_name"]) == ("cronjob", "events-rule/nightly")


def test_mounts_say_what_becomes_of_their_data(estate):
    rows = estate.of("mounts", estate.served[0]).sort_values("target_path")
    assert rows[["kind", "target_path", "volume_id", "read_only", "persistence"]].to_numpy(
        ).tolist() == [["nfs", "/data", "fs-1", True, "shared_durable"],
                       ["emptydir", "/tmp", "scratch", False, "ephemeral"]]


def test_a_port_of_a_task_is_a_service_at_its_own_address(estate):
    row = estate.of("services", estate.served[0]).iloc[0]
    assert (row["service_name"], row["port"], row["target_port"], row["exposure"]) == (
        "web", 8080, 8080, "private")
    assert row["address"] in estate.row(estate.served[0])["private_ips"]


def test_links_lead_to_image_service_cluster_and_what_is_waited_for(estate):
    task, scope, rows = estate.served[0], f"aws|{ACCOUNT}", estate.fleet.links
    rows = rows[rows["from_id"] == f"{scope}|container|prod/{task}/web"]
    assert set(zip(rows["relation"], rows["to_id"], strict=True)) == {
        ("uses_image", "aws||image|registry.example/team/web:1.0"),
        ("member_of", f"{scope}|ecs_service|{REGION}/prod/web"),
        ("member_of", f"{scope}|ecs_cluster|{REGION}/prod"),
        ("depends_on", f"{scope}|container|prod/{task}/log"),
    }


def test_an_image_known_by_reference_is_a_stub_and_there_once(estate):
    rows = estate.fleet.images
    row = rows[rows["image_id"] == "aws||image|registry.example/team/web:1.0"]
    assert row[["name", "family", "owner", "is_stub"]].to_numpy().tolist() == [[
        "registry.example/team/web:1.0", "team/web", "registry.example", True]]


def test_every_workload_uses_an_image_that_has_a_row(estate):
    assert set(estate.fleet.workloads["image_id"]) == set(estate.fleet.images["image_id"])


def test_a_definition_is_asked_for_once(estate):
    assert estate.actions["DescribeTaskDefinition"] == 3


def test_only_calls_that_read_are_sent(estate):
    assert all(action.startswith(("Describe", "Get", "List")) for action in estate.actions)


def test_a_task_on_a_machine_runs_on_it(estate):
    rows, host = estate.fleet.workloads, f"aws|{ACCOUNT}|vm|{estate.machine}"
    assert rows[rows["host_id"].notna()]["host_id"].tolist() == [host]
    links = estate.fleet.links
    assert links[links["relation"] == "runs_on"]["to_id"].tolist() == [host]


def test_fargate_has_no_host(estate):
    assert str(estate.row(estate.by_hand)["host_id"]) == "<NA>"


def test_more_tasks_than_fit_in_one_call_are_all_there(cloud, monkeypatch):
    monkeypatch.setattr(reading, "_TASKS_AT_ONCE", 2)
    run(cloud, defined(cloud.client("ecs", REGION)), count=5)
    cloud.forget()
    assert len(loaded(cloud, "ecs_tasks").workloads) == 5
    assert [action for _, action in cloud.actions].count("DescribeTasks") == 3


def test_denied_definitions_leave_the_containers(cloud):
    run(cloud, defined(cloud.client("ecs", REGION)))
    cloud.fail(REGION, "DescribeTaskDefinition", Fault(400, "AccessDeniedException", "no"))
    fleet = loaded(cloud, "ecs_task_definitions")
    assert len(fleet.workloads) == 1
    assert fleet.workloads["privileged"].isna().all()
    assert statuses(fleet)["ecs_task_definitions"] == "denied"


def test_a_cluster_that_is_gone_ends_only_its_own_part(cloud):
    run(cloud, defined(cloud.client("ecs", REGION)))
    cloud.client("ecs", REGION).create_cluster(clusterName="brief")
    cloud.fail(REGION, "ListTasks",
               Fault(400, "ClusterNotFoundException", "Cluster not found.", times=1))
    fleet = loaded(cloud, "ecs_tasks")
    assert "vanished" in fleet.problems["code"].tolist()
    assert statuses(fleet)["ecs_tasks"] in ("ok", "empty")


def test_a_region_without_clusters_costs_one_call(cloud):
    loaded(cloud, *ALL)
    assert [action for _, action in cloud.actions if action.startswith("List")] == ["ListClusters"]
