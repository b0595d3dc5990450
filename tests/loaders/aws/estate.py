"""A small estate in moto's cloud, and how these tests load it."""

import base64
import json

import fleetkit as fk
from fleetkit.progress import silent
from tests.real.aws import ACCOUNT, LINUX

REGION = "eu-west-1"
PLANTED = "hunter2-planted"
EC2 = ("instances", "instance_types", "hosts", "interfaces", "addresses", "security_groups",
       "auto_scaling_groups", "launch_templates", "load_balancers", "listeners", "target_groups",
       "target_health", "images", "volumes", "snapshots")


def loaded(cloud, *regions, **options):
    """The fleet of the cloud's regions, live."""
    return fk.load("aws", regions=list(regions or (REGION,)), endpoint=cloud.url,
                   progress=silent, **options)


def machines(cloud, count=1, region=REGION, size="t3.large", image=LINUX, **tags):
    """Instances in a region; their descriptions as made."""
    said = [{"Key": name, "Value": value} for name, value in tags.items()]
    return cloud.client("ec2", region).run_instances(
        ImageId=image, MinCount=count, MaxCount=count, InstanceType=size,
        UserData=f"#!/bin/sh\nexport PASSWORD={PLANTED}",
        TagSpecifications=[{"ResourceType": "instance", "Tags": said}] if said else [],
    )["Instances"]


def herd(cloud, image, size=2, region=REGION):
    """An Auto Scaling group by launch template; user data holds a secret."""
    ec2 = cloud.client("ec2", region)
    template = ec2.create_launch_template(LaunchTemplateName="web", LaunchTemplateData={
        "ImageId": image, "InstanceType": "t3.micro",
        "UserData": base64.b64encode(PLANTED.encode()).decode(),
    })["LaunchTemplate"]
    cloud.client("autoscaling", region).create_auto_scaling_group(
        AutoScalingGroupName="herd", MinSize=1, MaxSize=5, DesiredCapacity=size,
        LaunchTemplate={"LaunchTemplateId": template["LaunchTemplateId"], "Version": "$Latest"},
        AvailabilityZones=[f"{region}a"],
    )


def balanced(cloud, *instances, scheme="internet-facing", region=REGION):
    """A load balancer on port 80 in front of port 8080 of the instances; the target group."""
    ec2, elb = cloud.client("ec2", region), cloud.client("elbv2", region)
    subnets = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]][:2]
    front = elb.create_load_balancer(Name="front", Subnets=subnets, Scheme=scheme)
    balancer = front["LoadBalancers"][0]["LoadBalancerArn"]
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    group = elb.create_target_group(Name="web", Protocol="HTTP", Port=8080, VpcId=vpc)
    arn = group["TargetGroups"][0]["TargetGroupArn"]
    elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80,
                        DefaultActions=[{"Type": "forward", "TargetGroupArn": arn}])
    elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": each} for each in instances])
    return arn


def saved(path, **answers):
    """What boto3 answers, as JSON documents in a folder: one per name."""
    path.mkdir(exist_ok=True)
    for name, answer in answers.items():
        answer.pop("ResponseMetadata", None)
        (path / f"{name}.json").write_text(json.dumps(answer, default=str))
    return path


def machine_id(instance):
    return f"aws|{ACCOUNT}|vm|{instance['InstanceId']}"


def covered(fleet, region=REGION):
    """Status of each resource of a region."""
    rows = fleet.coverage[fleet.coverage["region"] == region]
    return dict(zip(rows["resource"], rows["status"], strict=True))


def told(fleet, code):
    """The problems of a code."""
    return fleet.problems[fleet.problems["code"] == code]
