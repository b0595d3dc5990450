"""Recorded answers of Nomad, and a small region in their form.

The recorded ones are read in place; `shop` adds what none of them holds: several versions of a job
while a deployment with canaries runs, volumes, a sticky disk, dispatched jobs.
"""

import copy
from pathlib import Path

from fleetkit.source import read_json
from tests.real.parts import refuse

DATA = Path(__file__).parents[4] / "shared" / "data" / "nomad"
SECRET = "hunter2-planted"
NODE = "f7476465-4d6e-c0de-26d0-e383c49be941"
ALLOCS = [f"5457f16d-0f87-8e6b-5e91-0c7da3a41e{number:02d}" for number in range(20)]
SUBMITTED = 1636017249798459000


def recorded(name):
    """The path of a recorded answer."""
    path = DATA / f"{name}.json"
    return path if path.exists() else refuse(f"the recorded payload {name} is absent here")


def answer(name):
    """A recorded answer."""
    return read_json(recorded(name))


def node(**fields):
    """A client as /v1/node/ID gives it, with the attributes of a cloud's machine."""
    return {
        "ID": NODE, "Name": "nomad-4", "Datacenter": "dc1", "NodeClass": "", "NodePool": "default",
        "Status": "ready", "SchedulingEligibility": "eligible", "Drain": False,
        "SecretID": SECRET, "HTTPAddr": "10.138.0.5:4646",
        "Attributes": {
            "cpu.arch": "amd64", "cpu.numcores": "4", "cpu.frequency": "2200",
            "cpu.totalcompute": "8800", "kernel.name": "linux", "kernel.version": "6.1.0-18-amd64",
            "os.name": "debian", "os.version": "12.5", "memory.totalbytes": "16777216000",
            "unique.storage.bytestotal": "107374182400", "unique.hostname": "nomad-4.example",
            "unique.network.ip-address": "10.138.0.5", "nomad.version": "1.8.1",
            "unique.platform.aws.instance-id": "i-0123456789abcdef0",
            "platform.aws.placement.availability-zone": "eu-west-1a",
            "platform.aws.instance-type": "m5.xlarge",
            "unique.platform.aws.public-ipv4": "203.0.113.9",
            "unique.consul.name": "nomad-4", "consul.datacenter": "dc1",
        },
        "NodeResources": {
            "Cpu": {"CpuShares": 8800, "TotalCpuCores": 4}, "Memory": {"MemoryMB": 15999},
            "Disk": {"DiskMB": 90000},
            "NodeNetworks": [
                {"Device": "eth0", "MacAddress": "02:42:ac:11:00:05",
                 "Addresses": [{"Family": "ipv4", "Address": "10.138.0.5"}]},
                {"Device": "docker0", "MacAddress": "02:42:00:00:00:01",
                 "Addresses": [{"Family": "ipv4", "Address": "172.17.0.1"}]}],
        },
        "HostVolumes": {"certs": {"Name": "certs", "Path": "/etc/ssl/certs", "ReadOnly": True}},
        "Drivers": {"docker": {"Detected": True, "Healthy": True}},
        "Meta": {"rack": "r1", "api_token": SECRET}, **fields,
    }


def job(key="web", version=2, image="shop/web:2", **fields):
    """A service of one group, as /v1/job/ID gives it."""
    return {
        "ID": key, "Name": key, "Namespace": "default", "Region": "global", "Type": "service",
        "Status": "running", "StatusDescription": "", "Stop": False, "ParentID": "",
        "Datacenters": ["dc1"], "Periodic": None, "ParameterizedJob": None, "Payload": SECRET,
        "VaultToken": SECRET, "Stable": version < 2, "Version": version,
        "SubmitTime": SUBMITTED + version * 10 ** 12,
        "Meta": {"team": "shop", "db_password": SECRET},
        "Constraints": [{"LTarget": "${attr.kernel.name}", "Operand": "=", "RTarget": "linux"}],
        "Update": {"MaxParallel": 1, "Canary": 1, "AutoRevert": True},
        "TaskGroups": [{
            "Name": "front", "Count": 3,
            "RestartPolicy": {"Attempts": 2, "Mode": "fail"},
            "EphemeralDisk": {"Sticky": True, "Migrate": True, "SizeMB": 300},
            "Networks": [{"Mode": "bridge", "DynamicPorts": [
                {"Label": "http", "Value": 0, "To": 8080}]}],
            "Volumes": {
                "data": {"Type": "csi", "Source": "web-data", "PerAlloc": True,
                         "AccessMode": "single-node-writer"},
                "certs": {"Type": "host", "Source": "certs", "ReadOnly": True}},
            "Services": [{
                "Name": "web", "PortLabel": "http", "Provider": "consul", "Tags": ["live"],
                "CanaryTags": ["canary"], "Checks": [{"Type": "http", "Path": "/"}],
                "Connect": {"SidecarService": {"Proxy": {"Upstreams": [
                    {"DestinationName": "db", "LocalBindPort": 5432}]}}}}],
            "Tasks": [{
                "Name": "web", "Driver": "docker", "User": "1000", "KillTimeout": 30_000_000_000,
                "Config": {"image": image, "ports": ["http"], "args": ["--key", SECRET],
                           "auth": {"username": "u", "password": SECRET}, "privileged": True,
                           "cap_add": ["net_admin"], "network_mode": "host",
                           "volumes": ["/srv/web:/srv:ro", "local/x.conf:/etc/x.conf"]},
                "Env": {"DB_PASSWORD": SECRET, "MODE": "prod"},
                "Templates": [{"EmbeddedTmpl": SECRET, "DestPath": "local/x.conf"}],
                "Artifacts": [{"GetterSource": "https://files", "GetterOptions": {"k": SECRET}}],
                "Resources": {"CPU": 1100, "MemoryMB": 256, "MemoryMaxMB": 512},
                "VolumeMounts": [
                    {"Volume": "data", "Destination": "/data", "ReadOnly": False},
                    {"Volume": "certs", "Destination": "/certs", "ReadOnly": True}],
            }],
        }],
        **fields,
    }


def stub(whole, **fields):
    """What the list of jobs says of a job."""
    return {
        **{name: whole[name] for name in (
            "ID", "Name", "Namespace", "Type", "Status", "Stop", "ParentID", "Version")},
        "Periodic": bool(whole["Periodic"]), "ParameterizedJob": bool(whole["ParameterizedJob"]),
        "JobModifyIndex": 7, "JobSummary": {"JobID": whole["ID"], "Namespace": "default"}, **fields,
    }


def alloc(number=0, version=2, key="web", group="front", tasks=("web",), **fields):
    """A running allocation as the list gives it, with resources."""
    return {
        "ID": ALLOCS[number], "Namespace": "default", "JobID": key, "JobType": "service",
        "JobVersion": version, "TaskGroup": group, "Name": f"{key}.{group}[{number}]",
        "NodeID": NODE, "NodeName": "nomad-4", "ClientStatus": "running", "DesiredStatus": "run",
        "ClientDescription": "Tasks are running", "CreateTime": SUBMITTED, "ModifyIndex": 15,
        "NextAllocation": "", "DeploymentStatus": {"Healthy": True, "Canary": version == 2},
        "AllocatedResources": {
            "Shared": {"DiskMB": 300, "Ports": [
                {"Label": "http", "Value": 23000 + number, "To": 8080, "HostIP": "10.138.0.5"}]},
            "Tasks": {name: {"Cpu": {"CpuShares": 1100, "ReservedCores": None},
                             "Memory": {"MemoryMB": 256, "MemoryMaxMB": 512}} for name in tasks},
        },
        "TaskStates": {name: {
            "State": "running", "Failed": False, "Restarts": 1,
            "StartedAt": "2021-11-04T09:14:12.049960000Z", "FinishedAt": None,
            "Events": [{"Type": "Started", "DisplayMessage": "Task started by client"}]}
            for name in tasks}, **fields,
    }


def deployment(version=2, status="running", **fields):
    """A deployment of the group, with a canary that nobody has promoted yet."""
    return {
        "ID": "70638f62-5c19-193e-30d6-f9d6e689ab8e", "JobID": "web", "Namespace": "default",
        "JobVersion": version, "Status": status, "ModifyIndex": 19,
        "StatusDescription": "Deployment is running but requires manual promotion",
        "TaskGroups": {"front": {
            "Promoted": False, "DesiredCanaries": 1, "PlacedCanaries": [ALLOCS[3]],
            "DesiredTotal": 3, "PlacedAllocs": 1, "HealthyAllocs": 1, "UnhealthyAllocs": 0,
            "AutoRevert": True}},
        **fields,
    }


def volume(key="web-data[0]", **fields):
    """A CSI volume as its description gives it."""
    return {
        "ID": key, "Name": "web-data", "Namespace": "default", "ExternalID": "vol-1",
        "PluginID": "ebs0", "Provider": "ebs.csi.aws.com", "AccessMode": "single-node-writer",
        "AttachmentMode": "file-system", "Capacity": 10 << 30, "Schedulable": True,
        "Secrets": {"key": SECRET}, "Parameters": {"token": SECRET}, "CurrentWriters": 1,
        "CurrentReaders": 0, **fields,
    }


def batch(key="report", parent="", **fields):
    """A parameterized job, or one that it dispatched."""
    whole = job(key, 0, "shop/report:1", Type="batch", ParentID=parent, Meta=None, Update=None,
                ParameterizedJob=None if parent else {"Payload": "optional"},
                Status="running" if not parent else "dead")
    whole["TaskGroups"][0].update(Name="report", Count=1, Services=None, Volumes=None)
    whole["TaskGroups"][0]["Tasks"][0].update(Name="report", VolumeMounts=None)
    return {**whole, **fields}


def shop():
    """The answers of a region, by path."""
    web = job()
    older, oldest = (job(version=number, image=f"shop/web:{number}") for number in (1, 0))
    report = batch()
    children = [batch("report/dispatch-1", "report", Status="running"),
                batch("report/dispatch-2", "report")]
    listed = copy.deepcopy(node())
    del listed["Attributes"]
    return {
        "/v1/nodes": [{**listed, "Address": "10.138.0.5", "Version": "1.8.1"}],
        f"/v1/node/{NODE}": node(),
        "/v1/jobs": [stub(one) for one in (web, report, *children)],
        "/v1/job/web": web, "/v1/job/report": report,
        "/v1/job/report%2Fdispatch-1": children[0],
        "/v1/allocations": [
            alloc(0, 1), alloc(1, 1), alloc(3, 2),
            alloc(5, 0, "report/dispatch-1", "report", ("report",), JobType="batch"),
            alloc(6, 0, "report/dispatch-2", "report", ("report",), ClientStatus="complete"),
        ],
        "/v1/deployments": [deployment(), deployment(1, "successful", ID="d-1")],
        "/v1/volumes": lambda query: ([] if query["type"] == ["host"] else [{
            name: value for name, value in volume().items()
            if name not in ("Capacity", "Secrets", "Parameters")}], {}),
        "/v1/volume/csi/web-data%5B0%5D": volume(),
        "/v1/job/web/versions": {"Versions": [web, older, oldest]},
    }
