"""ECS and ECR as `aws ecs describe-…` and `aws ecr describe-…` print them."""

import fleetkit as fk
from tests.loaders.aws.chosen import everything, saved, shared

ACCOUNT, REGION = "210987654321", "eu-central-1"
HEAD = f"arn:aws:ecs:{REGION}:{ACCOUNT}"
DEFINITION = f"{HEAD}:task-definition/shop:3"
RUNTIME = "c0ffee" * 10 + "abcd"


def container(name="web", **fields):
    return {"name": name, "image": f"registry.example/{name}:1", "lastStatus": "RUNNING", **fields}


def task(identity="t1", *containers, **fields):
    return {
        "taskArn": f"{HEAD}:task/prod/{identity}", "clusterArn": f"{HEAD}:cluster/prod",
        "taskDefinitionArn": DEFINITION, "lastStatus": "RUNNING", "launchType": "FARGATE",
        "group": "service:shop", "containers": list(containers or [container()]), **fields}


def definition(*containers, volumes=(), **fields):
    return {"taskDefinition": {
        "taskDefinitionArn": DEFINITION, "family": "shop", "volumes": list(volumes),
        "containerDefinitions": list(containers or [{"name": "web", "image": "web"}]), **fields}}


def service(**fields):
    return {"services": [{
        "serviceArn": f"{HEAD}:service/prod/shop", "serviceName": "shop", "desiredCount": 3,
        "clusterArn": f"{HEAD}:cluster/prod", **fields}]}


VOLUMES = {  # what is declared -> kind, persistence, whether it goes with the task
    "path": ({"host": {"sourcePath": "/srv"}}, "bind", "host_state", False),
    "empty": ({"host": {}}, "emptydir", "ephemeral", True),
    "bare": ({}, "emptydir", "ephemeral", True),
    "efs": ({"efsVolumeConfiguration": {"fileSystemId": "fs-1"}}, "nfs", "shared_durable", False),
    "fsx": ({"fsxWindowsFileServerVolumeConfiguration": {"fileSystemId": "fs-2"}}, "nfs",
            "shared_durable", False),
    "task": ({"dockerVolumeConfiguration": {"scope": "task"}}, "named_volume", "ephemeral", True),
    "kept": ({"dockerVolumeConfiguration": {"scope": "shared", "driver": "local"}},
             "named_volume", "host_state", False),
    "plugin": ({"dockerVolumeConfiguration": {"scope": "shared", "driver": "rexray/ebs"}},
               "named_volume", "unknown", False),
    "ebs": ({"configuredAtLaunch": True}, "block", "ephemeral", True),
}


def test_every_kind_of_volume_says_what_becomes_of_its_data(tmp_path):
    rows = saved(tmp_path, tasks={"tasks": [task()]}, definition=definition(
        {"name": "web", "mountPoints": [
            {"sourceVolume": name, "containerPath": f"/{name}"} for name in VOLUMES]},
        volumes=[{"name": name, **declared} for name, (declared, *_) in VOLUMES.items()])).mounts
    told = rows.set_index("target_path")[["kind", "persistence", "delete_with_workload"]]
    assert {path[1:]: tuple(row) for path, row in zip(told.index, told.to_numpy(), strict=True)} \
        == {name: tuple(expected) for name, (_, *expected) in VOLUMES.items()}


def test_a_host_path_is_the_source_and_may_be_read_only(tmp_path):
    row = saved(tmp_path, tasks={"tasks": [task()]}, definition=definition(
        {"name": "web", "mountPoints": [
            {"sourceVolume": "v", "containerPath": "/data", "readOnly": True}]},
        volumes=[{"name": "v", "host": {"sourcePath": "/srv"}}])).mounts.iloc[0]
    assert (row["source_path"], row["target_path"], row["read_only"]) == ("/srv", "/data", True)


def test_mounts_taken_from_another_container_are_rows_too(tmp_path):
    containers = [
        {"name": "web", "volumesFrom": [{"sourceContainer": "log", "readOnly": True}]},
        {"name": "log", "mountPoints": [{"sourceVolume": "v", "containerPath": "/log"}]},
    ]
    rows = saved(
        tmp_path, tasks={"tasks": [task("t1", container("web"), container("log"))]},
        definition=definition(*containers, volumes=[{"name": "v"}])).mounts
    assert sorted(zip(rows["target_path"], rows["read_only"], strict=True)) == [
        ("/log", False), ("/log", True)]


def test_a_memory_file_system_bears_its_size(tmp_path):
    rows = saved(tmp_path, tasks={"tasks": [task()]}, definition=definition(
        {"name": "web", "linuxParameters": {"tmpfs": [{"containerPath": "/run", "size": 64}]}}))
    row = rows.mounts.iloc[0]
    assert (row["kind"], row["size_bytes"]) == ("tmpfs", 64 << 20)


def test_replicas_come_from_the_service_of_the_same_cluster(tmp_path):
    other = service(clusterArn=f"{HEAD}:cluster/staging", desiredCount=9)["services"]
    services = {"services": [*service()["services"], *other]}
    rows = saved(tmp_path, tasks={"tasks": [task()]}, services=services).workloads
    assert rows["replicas"].tolist() == [3]


def test_one_container_is_named_by_its_service_and_several_by_themselves(tmp_path):
    tasks = [task("t1"), task("t2", container("web"), container("log"))]
    rows = saved(tmp_path, tasks={"tasks": tasks}).workloads
    assert rows["controller_name"].tolist() == ["prod/shop", "prod/shop/log", "prod/shop/web"]


def test_a_task_that_is_being_made_has_the_containers_of_its_definition(tmp_path):
    fleet = saved(
        tmp_path, tasks={"tasks": [task(containers=[], lastStatus="PROVISIONING")]},
        definition=definition({"name": "a", "image": "x"}, {"name": "b", "image": "y"}))
    assert fleet.workloads[["name", "state", "image_id"]].to_numpy().tolist() == [
        ["a", "starting", "aws||image|x:latest"], ["b", "starting", "aws||image|y:latest"]]
    assert set(fleet.images["image_id"]) == {"aws||image|x:latest", "aws||image|y:latest"}


def test_a_task_of_which_no_container_is_known_is_a_task(tmp_path):
    rows = saved(tmp_path, tasks={"tasks": [task(containers=[])]}).workloads
    assert rows[["workload_id", "kind"]].to_numpy().tolist() == [
        [f"aws|{ACCOUNT}|task|prod/t1", "task"]]


STATES = {  # state and exit code as told -> ours
    ("STOPPED", 0): ("terminated", 0),
    ("STOPPED", 137): ("failed", 137),
    ("PENDING", None): ("starting", None),
    ("RUNNING", 0): ("running", None),
    ("DREAMING", None): ("unknown", None),
}


def test_states_are_mapped_and_kept(tmp_path):
    tasks = [
        task(f"t{number}", container(lastStatus=state, exitCode=code), lastStatus=state)
        for number, (state, code) in enumerate(STATES)]
    rows = saved(tmp_path, tasks={"tasks": tasks}).workloads
    assert rows["state_raw"].tolist() == [state for state, _ in STATES]
    codes = [None if code is None else int(code) for code in
             rows["exit_code"].astype(object).where(rows["exit_code"].notna(), None)]
    assert list(zip(rows["state"], codes, strict=True)) == list(STATES.values())


def test_health_is_unknown_only_where_there_is_a_check(tmp_path):
    said = {"a": "HEALTHY", "b": "UNHEALTHY", "c": "UNKNOWN", "d": "UNKNOWN"}
    check = {"healthCheck": {"command": ["CMD", "true"]}}
    rows = saved(
        tmp_path,
        tasks={"tasks": [task("t", *(container(name, healthStatus=health)
                                     for name, health in said.items()))]},
        definition=definition(*({"name": name, **(check if name < "d" else {})} for name in said)),
    ).workloads
    assert rows["health"].fillna("none").tolist() == ["passing", "critical", "unknown", "none"]


def test_times_of_both_versions_of_the_command_line_are_read(tmp_path):
    moments = [1_516_000_000, 1_516_000_000.0, "2018-01-15T07:06:40+00:00",
               "2018-01-15T08:06:40+01:00"]
    rows = saved(tmp_path, tasks={"tasks": [
        task(f"t{number}", startedAt=moment) for number, moment in enumerate(moments)]}).workloads
    assert {str(moment) for moment in rows["started_at"]} == {"2018-01-15 07:06:40+00:00"}


def test_a_published_port_is_reached_at_its_node(tmp_path):
    bound = {"bindIP": "0.0.0.0", "containerPort": 80, "hostPort": 32768, "protocol": "tcp"}
    tasks = [task("t1", container(networkBindings=[bound]), launchType="EC2")]
    row = saved(tmp_path, tasks={"tasks": tasks}).services.iloc[0]
    assert (row["port"], row["target_port"], row["exposure"]) == (32768, 80, "node")


def test_spot_capacity_is_ephemeral(tmp_path):
    rows = saved(tmp_path, tasks={"tasks": [task(capacityProviderName="FARGATE_SPOT")]}).workloads
    assert rows["ephemeral"].tolist() == [True]


def test_tags_and_labels_are_together_and_name_the_environment(tmp_path):
    row = saved(
        tmp_path, tasks={"tasks": [task(tags=[{"key": "Env", "value": "prod"}])]},
        definition=definition({"name": "web", "dockerLabels": {"team": "shop"}}),
    ).workloads.iloc[0]
    assert (row["tags"], row["environment"]) == ('{"Env":"prod","team":"shop"}', "prod")


def test_a_digest_names_the_image_however_its_tag_moves(tmp_path):
    pulled = {"imageDigest": f"sha256:{'ab' * 32}"}
    tasks = [task("t1", container(**pulled)), task("t2", {**container(**pulled),
                                                          "image": "registry.example/web:2"})]
    fleet = saved(tmp_path, tasks={"tasks": tasks})
    assert fleet.workloads["image_id"].nunique() == 1
    assert [list(tags) for tags in fleet.images["tags"]] == [
        ["registry.example/web:1", "registry.example/web:2"]]


def test_a_container_of_an_engine_is_the_same_as_there(tmp_path):
    links = saved(tmp_path, tasks={"tasks": [task("t1", container(runtimeId=RUNTIME))]}).links
    assert links[links["relation"] == "same_as"]["to_id"].tolist() == [
        f"docker||container|{RUNTIME}"]


def test_a_machine_elsewhere_carries_tasks_too(tmp_path):
    arn = f"{HEAD}:container-instance/prod/h1"
    rows = saved(
        tmp_path, tasks={"tasks": [task(containerInstanceArn=arn, launchType="EXTERNAL")]},
        hosts={"containerInstances": [
            {"containerInstanceArn": arn, "ec2InstanceId": "mi-0123456789abcdef0",
             "attributes": [{"name": "ecs.os-type", "value": "linux"}]}]}).workloads
    assert rows[["host_id", "os_family"]].to_numpy().tolist() == [
        [f"aws|{ACCOUNT}|vm|mi-0123456789abcdef0", "linux"]]


def test_documents_that_come_twice_multiply_no_row(tmp_path):
    documents = {
        "tasks": {"tasks": [task("t1", container("web"), container("log"))]},
        "services": service(), "definition": definition(
            {"name": "web", "dependsOn": [{"containerName": "log"}],
             "mountPoints": [{"sourceVolume": "v", "containerPath": "/v"}]},
            {"name": "log"}, volumes=[{"name": "v"}])}
    once = saved(tmp_path / "once", **documents)
    twice = saved(tmp_path / "twice", **documents,
                  **{f"{name}-again": found for name, found in documents.items()})
    for table in ("workloads", "mounts", "links", "services", "images"):
        assert len(getattr(once, table)) == len(getattr(twice, table)) > 0 or table == "services"


def test_a_broken_task_is_a_problem_and_all_others_are_rows(tmp_path):
    broken = [None, 7, "text", [], {}, {"taskArn": "x"}, {**task(), "containers": "many"},
              {**task(), "containers": [None]}, {**task(), "tags": [{"value": "x"}]}]
    fleet = saved(tmp_path, tasks={"tasks": [task("t1"), *broken, task("t2")]})
    assert len(fleet.workloads) == 2
    assert fleet.problems["code"].tolist() == ["unreadable_record"] * len(broken)


def test_what_could_not_be_described_is_told(tmp_path):
    failure = {"arn": f"{HEAD}:task/prod/t9", "reason": "MISSING"}
    fleet = saved(tmp_path, tasks={"tasks": [task()], "failures": [failure]})
    assert fleet.problems["code"].tolist() == ["vanished"]


def test_a_saved_definition_keeps_no_secret(tmp_path):
    planted = "hunter2-planted"
    fleet = saved(tmp_path, tasks={"tasks": [task()]}, definition=definition({
        "name": "web", "environment": [{"name": "DB_PASSWORD", "value": planted}],
        "command": ["run", planted], "secrets": [{"name": "KEY", "valueFrom": planted}]}))
    assert list(fleet.workloads.iloc[0]["env_names"]) == ["DB_PASSWORD", "KEY"]
    assert planted not in everything(fleet)


def test_payloads_of_others_are_read_whole():
    folders = shared("ecs-describe-clusters", "ecs-describe-services", "ecs-describe-tasks",
                     "ecs-describe-task-definition", "ecs-describe-container-instances")
    fleet = fk.load("aws", *folders)
    assert len(fleet.workloads) == 7
    assert set(fleet.problems["code"]) <= {"duplicate_key"}  # two folders hold a file of one name
