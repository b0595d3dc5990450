"""Recorded answers of Mesos, Marathon and Metronome, and the few that no recording holds.

The recorded ones are read in place. A deployment under way was never recorded with its tasks:
`shop` is a small cluster in the form of the recorded answers, with an app between two versions.
"""

from pathlib import Path

from fleetkit.source import read_json
from tests.real.parts import refuse

DATA = Path(__file__).parents[4] / "shared" / "data"
SECRET = "hunter2-planted"
FRAMEWORK = "2fe1bab0-d44b-4665-8ac0-29196e6980c5-0001"
AGENT = "2fe1bab0-d44b-4665-8ac0-29196e6980c5-S1"
OLD, NEW = "2018-09-07T11:54:17.842Z", "2018-09-08T08:00:00.000Z"
UUIDS = [f"c0a40ad4-b294-11e8-a6fa-e2d3821ae5e{digit}" for digit in "0123456789abcdef"]


def recorded(name):
    """The path of a recorded answer, as marathon/docs-app.json."""
    path = DATA / name
    return path if path.exists() else refuse(f"the recorded payload {name} is absent here")


def answer(name):
    """A recorded answer."""
    return read_json(recorded(name))


def app(path="/shop/web", version=NEW, image="shop/web:2", **fields):
    """A Docker app as /v2/apps gives it."""
    return {
        "id": path, "cmd": None, "args": None, "user": None,
        "env": {"DB_PASSWORD": SECRET, "MODE": "prod"},
        "secrets": {"api": {"source": SECRET}},
        "instances": 2, "cpus": 0.5, "mem": 128, "disk": 10, "gpus": 0,
        "constraints": [["hostname", "UNIQUE"]],
        "fetch": [{"uri": f"https://user:{SECRET}@files.example/app.tgz"}],
        "container": {
            "type": "DOCKER",
            "docker": {"image": image, "privileged": False, "forcePullImage": False,
                       "parameters": [{"key": "env", "value": f"TOKEN={SECRET}"}]},
            "volumes": [],
            "portMappings": [{"containerPort": 8080, "hostPort": 0, "protocol": "tcp",
                              "servicePort": 10000, "name": "http",
                              "labels": {"VIP_0": "/shop/web:80"}}],
        },
        "networks": [{"mode": "container/bridge"}],
        "healthChecks": [{"protocol": "MESOS_HTTP", "path": "/", "portIndex": 0}],
        "dependencies": ["/shop/db"],
        "upgradeStrategy": {"minimumHealthCapacity": 0.5, "maximumOverCapacity": 0.2},
        "labels": {"HAPROXY_GROUP": "external", "HAPROXY_0_VHOST": "shop.example",
                   "DCOS_PACKAGE_OPTIONS": SECRET, "env": "prod"},
        "version": version,
        "versionInfo": {"lastScalingAt": version, "lastConfigChangeAt": version},
        "tasksStaged": 0, "tasksRunning": 2, "tasksHealthy": 2, "tasksUnhealthy": 0,
        "deployments": [], "tasks": [], **fields,
    }


def task(number=0, path="/shop/web", version=NEW, **fields):
    """A running task as Marathon gives it."""
    return {
        "id": f"{path.strip('/').replace('/', '_')}.{UUIDS[number]}", "appId": path,
        "slaveId": AGENT, "host": "10.0.0.206", "ports": [31000 + number], "servicePorts": [10000],
        "ipAddresses": [{"ipAddress": f"172.17.0.{number + 2}", "protocol": "IPv4"}],
        "state": "TASK_RUNNING", "stagedAt": version, "startedAt": version, "version": version,
        "healthCheckResults": [{"alive": True, "consecutiveFailures": 0}],
        "localVolumes": [], "region": "aws/eu-central-1", "zone": "aws/eu-central-1a", **fields,
    }


def moving_app(**fields):
    """An app between two versions, with a task of each."""
    return app(deployments=[{"id": "d-1"}], tasks=[task(0, version=OLD), task(1)], **fields)


def deployment(path="/shop/web", action="RestartApplication"):
    """The deployment that moves it."""
    return {
        "id": "d-1", "version": NEW, "affectedApps": [path], "affectedPods": [],
        "steps": [{"actions": [{"action": action, "app": path}]}],
        "currentActions": [{"action": action, "app": path, "readinessCheckResults": [
            {"taskId": "t-1", "name": "ready", "ready": False}]}],
        "currentStep": 1, "totalSteps": 1,
    }


def state(*tasks, **fields):
    """A master's state: one agent, Marathon, and its tasks."""
    return {
        "version": "1.9.0", "id": "2fe1bab0-d44b-4665-8ac0-29196e6980c5", "cluster": "shop",
        "pid": "master@10.0.0.1:5050", "leader": "master@10.0.0.1:5050",
        "elected_time": 1536300000.5,
        "slaves": [{
            "id": AGENT, "hostname": "agent-1.example", "pid": "slave(1)@10.0.0.206:5051",
            "registered_time": 1536300000.1, "active": True, "version": "1.9.0",
            "resources": {"cpus": 4.0, "mem": 14019.0, "disk": 35577.0, "ports": "[1025-32000]"},
            "attributes": {"rack": "r1", "instance_id": "i-0123456789abcdef0",
                           "api_token": SECRET},
            "domain": {"fault_domain": {"region": {"name": "aws/eu-central-1"},
                                        "zone": {"name": "aws/eu-central-1a"}}},
        }],
        "frameworks": [{
            "id": FRAMEWORK, "name": "marathon", "active": True, "hostname": "10.0.0.1",
            "webui_url": "http://10.0.0.1:8080", "registered_time": 1536300000.1,
            "tasks": list(tasks), "completed_tasks": [], "unreachable_tasks": [],
        }],
        "completed_frameworks": [], "unregistered_frameworks": [], **fields,
    }


def master_task(number=0, path="/shop/web", image="shop/web:2", **fields):
    """A task as a master gives it."""
    return {
        "id": f"{path.strip('/').replace('/', '_')}.{UUIDS[number]}", "name": "web.shop",
        "framework_id": FRAMEWORK, "executor_id": "", "slave_id": AGENT, "state": "TASK_RUNNING",
        "resources": {"cpus": 0.5, "mem": 128.0, "disk": 10.0,
                      "ports": f"[{31000 + number}-{31000 + number}]"},
        "statuses": [{
            "state": "TASK_RUNNING", "timestamp": 1536321260.5, "healthy": True,
            "container_status": {
                "container_id": {"value": f"container-{number}"},
                "network_infos": [{"ip_addresses": [
                    {"protocol": "IPv4", "ip_address": f"172.17.0.{number + 2}"}]}]},
        }],
        "labels": [{"key": "team", "value": "web"}],
        "container": {"type": "DOCKER", "docker": {"image": image, "network": "BRIDGE"}},
        **fields,
    }


def info():
    """What a Marathon says of itself."""
    return {"name": "marathon", "version": "1.8.0", "frameworkId": FRAMEWORK, "elected": True,
            "marathon_config": {"framework_name": "marathon"}}


def shop():
    """The answers of a Marathon and of a master, by path; both may stand at one address."""
    older = app(version=OLD, image="shop/web:1")
    for count in ("tasksStaged", "tasksRunning", "tasksHealthy", "tasksUnhealthy", "tasks",
                  "deployments"):
        older.pop(count)
    database = app("/shop/db", OLD, "postgres:15", instances=1, dependencies=[],
                   labels={}, env={}, tasks=[task(2, "/shop/db", OLD, localVolumes=[
                       {"containerPath": "data", "persistenceId": "shop_db#data#c1fb"}])],
                   container={"type": "MESOS", "docker": {"image": "postgres:15"}, "volumes": [
                       {"containerPath": "data", "mode": "RW",
                        "persistent": {"size": 1024, "type": "root"}}]},
                   residency={"taskLostBehavior": "WAIT_FOREVER",
                              "relaunchEscalationTimeoutSeconds": 3600})
    return {
        "/version": {"build_date": "2019", "git_sha": "5e79a584e6ec3e9e2f96e8bf418411df9dafac2e",
                     "version": "1.9.0"},
        "/state": state(master_task(0, image="shop/web:1"), master_task(1),
                        master_task(2, "/shop/db", "postgres:15", name="db.shop")),
        "/v2/info": info(),
        "/v2/apps": {"apps": [moving_app(), database]},
        "/v2/pods/::status": [],
        "/v2/groups": {"id": "/", "apps": [], "pods": [], "dependencies": [], "groups": [
            {"id": "/shop", "apps": [], "pods": [], "groups": [], "dependencies": []}]},
        "/v2/queue": {"queue": []},
        "/v2/deployments": [deployment()],
        "/v2/apps/shop/web/versions": {"versions": [NEW, OLD]},
        f"/v2/apps/shop/web/versions/{OLD}": older,
    }
