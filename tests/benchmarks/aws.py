"""AWS beside the bare SDK, and saved records beside pandas: `python -m tests.benchmarks.aws`."""

import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.loading import compared
from tests.real import aws

REGION = "eu-west-1"
LISTS = {  # what the loader lists by itself, besides what it asks by name
    "ec2": (("describe_instances", 500), ("describe_volumes", 500), ("describe_snapshots", 1000),
            ("describe_network_interfaces", 500), ("describe_security_groups", 500),
            ("describe_hosts", 500)),
    "autoscaling": (("describe_auto_scaling_groups", 100),),
    "elbv2": (("describe_load_balancers", 400), ("describe_target_groups", 400)),
    "ecr": (("describe_repositories", 1000),),
    "ecs": (("list_clusters", 100),),
}


_SERVER = """
import sys
from tests.real import aws
with aws.started() as cloud:
    for _ in range(5):
        cloud.client("ec2", sys.argv[1]).run_instances(
            ImageId=aws.LINUX, InstanceType="t3.large", MinCount=200, MaxCount=200)
    print(cloud.url, flush=True)
    sys.stdin.read()
"""


@contextmanager
def serving():
    """The address of a cloud with 1,000 instances, in a process of its own as any cloud is."""
    server = subprocess.Popen([sys.executable, "-W", "ignore", "-c", _SERVER, REGION], text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield server.stdout.readline().strip()
    finally:
        server.stdin.close()
        server.wait()


def bare(url):
    """The same calls through boto3's own paginators, answers thrown away."""
    import boto3

    session = boto3.Session(region_name=REGION)
    session.client("sts", endpoint_url=url).get_caller_identity()
    for service, calls in LISTS.items():
        client = session.client(service, endpoint_url=url)
        for operation, size in calls:
            more = {"OwnerIds": ["self"]} if operation == "describe_snapshots" else {}
            pages = client.get_paginator(operation).paginate(
                PaginationConfig={"PageSize": size}, **more)
            for _ in pages:
                pass
    ec2 = session.client("ec2", endpoint_url=url)
    ec2.describe_regions(RegionNames=[REGION])
    ec2.describe_addresses()
    ec2.describe_launch_template_versions(Versions=["$Default", "$Latest"])
    ec2.describe_images(Owners=["self"])
    ec2.describe_images(Filters=[{"Name": "image-id", "Values": [aws.LINUX]}])
    ec2.describe_instance_types(Filters=[{"Name": "instance-type", "Values": ["t3.large"]}])


def live():
    """A load of 1,000 instances beside the same calls."""
    import fleetkit as fk
    from fleetkit.progress import silent

    os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing",
                      AWS_EC2_METADATA_DISABLED="true")
    with serving() as url:
        compared(
            "load of 1,000 instances, beside the bare SDK's pagination of the same calls",
            lambda: fk.load("aws", regions=[REGION], endpoint=url, progress=silent),
            lambda: bare(url), rounds=3,
        )


def instance(number):
    """A record of the size that EC2 answers, about 3 kB."""
    owner, place = "123456789012", f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    made = f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}T03:04:05+00:00"
    return {
        "Architecture": "x86_64", "AmiLaunchIndex": 0, "ClientToken": f"{number:032x}",
        "InstanceId": f"i-{number:017x}", "OwnerId": owner, "IsWhole": True, "EbsOptimized": True,
        "ImageId": f"ami-{number % 50:017x}", "InstanceType": ("t3.large", "m5.xlarge")[number % 2],
        "LaunchTime": made, "Monitoring": {"State": "disabled"}, "PlatformDetails": "Linux/UNIX",
        "Placement": {"AvailabilityZone": f"eu-west-1{'abc'[number % 3]}", "Tenancy": "default"},
        "PrivateDnsName": f"ip-{place.replace('.', '-')}.eu-west-1.compute.internal",
        "PrivateIpAddress": place, "PublicDnsName": "", "StateTransitionReason": "",
        "State": {"Code": 16, "Name": "running"}, "SubnetId": "subnet-1", "VpcId": "vpc-1",
        "CpuOptions": {"CoreCount": 2, "ThreadsPerCore": 2}, "Hypervisor": "xen",
        "RootDeviceName": "/dev/xvda", "RootDeviceType": "ebs", "VirtualizationType": "hvm",
        "BlockDeviceMappings": [
            {"DeviceName": name, "Ebs": {
                "AttachTime": made, "DeleteOnTermination": name == "/dev/xvda",
                "Status": "attached", "VolumeId": f"vol-{number:016x}{place_}"}}
            for place_, name in enumerate(("/dev/xvda", "/dev/xvdf"))
        ],
        "NetworkInterfaces": [{
            "Attachment": {"AttachTime": made, "AttachmentId": f"eni-attach-{number:x}",
                           "DeleteOnTermination": True, "DeviceIndex": 0, "Status": "attached"},
            "Description": "", "Groups": [{"GroupId": "sg-1", "GroupName": "web"}],
            "Ipv6Addresses": [], "MacAddress": f"0a:{number:010x}", "OwnerId": owner,
            "NetworkInterfaceId": f"eni-{number:017x}", "PrivateIpAddress": place,
            "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": place}],
            "SourceDestCheck": True, "Status": "in-use", "SubnetId": "subnet-1", "VpcId": "vpc-1",
        }],
        "SecurityGroups": [{"GroupId": "sg-1", "GroupName": "web"}],
        "Tags": [{"Key": "Name", "Value": f"web-{number}"}, {"Key": "env", "Value": "prod"},
                 {"Key": "team", "Value": f"team-{number % 40}"},
                 *([{"Key": "aws:autoscaling:groupName", "Value": f"herd-{number % 300}"}]
                   if number % 3 else [])],
        "MetadataOptions": {"State": "applied", "HttpEndpoint": "enabled"},
        "EnclaveOptions": {"Enabled": False}, "BootMode": "uefi",
        "MaintenanceOptions": {"AutoRecovery": "default"},
    }


def kept(folder, count):
    """A capture that holds that many instances."""
    from fleetkit.loading.captures import write_capture
    from fleetkit.loading.harvest import Harvest, Part, as_line, now
    from fleetkit.plugins import Target

    lines = [("instance", as_line(instance(number))) for number in range(count)]
    part = Part("instances", lines, status="ok", calls=1)
    home = Harvest("aws", Target("prod", "123456789012", REGION), "live", now(),
                   {"instances": part})
    return write_capture("aws", [home], folder)


_OURS = """
import time
import duckdb, pandas
import fleetkit as fk
from fleetkit.plugins import find
load, loader = fk.load, find("loaders", "aws")
started = time.perf_counter()
fleet = load("aws", {folder!r})
seconds = time.perf_counter() - started
assert len(fleet.workloads) == {count}
"""
_PEER = """
import gzip, json, time
from pathlib import Path
import pandas as pd
started = time.perf_counter()
records = []
for file in sorted(Path({folder!r}).glob("*.jsonl.gz")):
    with gzip.open(file) as stream:
        records += [json.loads(line)["content"] for line in stream]
table = pd.json_normalize(records)
seconds = time.perf_counter() - started
assert len(table) == {count}
"""
_TELL = """
import json, resource
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""


def measured(code):
    """Seconds after the imports, and the largest memory in bytes, of a process of its own."""
    said = subprocess.run([sys.executable, "-c", code + _TELL], check=True, capture_output=True)
    seconds, kibibytes = json.loads(said.stdout)
    return seconds, kibibytes << 10


def saved(count=100_000):
    """Saved records to tables, beside `json.loads` and `pandas.json_normalize` of the same."""
    with tempfile.TemporaryDirectory() as place:
        folder = str(kept(Path(place) / "kept", count))
        ours, peer = (measured(code.format(folder=folder, count=count))
                      for code in (_OURS, _PEER))
    print(f"{count:,} saved instances to tables: {ours[0]:.1f} s and {ours[1] / 1e9:.2f} GB,"
          f" beside json_normalize: {peer[0]:.1f} s and {peer[1] / 1e9:.2f} GB:"
          f" {peer[0] / ours[0]:.1f} times as fast")


def main():
    live()
    saved()


if __name__ == "__main__":
    main()
