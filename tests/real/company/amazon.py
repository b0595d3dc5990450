"""The shop's machines in EC2: golden images, two groups, a database, and one thing forgotten.

Made by API calls on a server of the AWS API; what is installed comes from real package databases.
"""

from dataclasses import dataclass

import fleetkit as fk
from tests.real import systems_manager as ssm

REGION = "eu-west-1"


@dataclass
class Estate:
    """Clients of one cloud, and the packages that its machines have."""

    cloud: object
    manager: object
    packages: dict

    @property
    def ec2(self):
        return self.cloud.client("ec2", REGION)


def built(cloud, manager, sample):
    """Makes the estate; `sample` is a capture whose images lend their packages."""
    estate = Estate(cloud, manager, packages_of(sample))
    subnet = network(estate)
    base = registered(estate, "debian-12-amd64-20260901")
    golden = image(estate, "golden-debian-12-2026.09", base, subnet)
    patched = image(estate, "golden-debian-12-2026.11", base, subnet)
    web_old, web_new = image(estate, "shop-web-2.4.0", golden, subnet), image(
        estate, "shop-web-2.4.1", patched, subnet)
    group(estate, "shop-web", web_new, "t3.medium", 3, subnet, installed="new")
    group(estate, "shop-search", web_old, "m6i.large", 2, subnet, installed="old")
    database(estate, golden, subnet)
    single(estate, "bastion", patched, "t3.small", subnet, Role="access")
    stopped = single(estate, "legacy-billing", golden, "m5.large", subnet, Owner="unknown")
    estate.ec2.stop_instances(InstanceIds=[stopped])
    estate.ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=200, VolumeType="gp2",
                             TagSpecifications=[tags("volume", Name="old-exports")])


def network(estate):
    vpc = estate.ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    return estate.ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24",
                                    AvailabilityZone=f"{REGION}a")["Subnet"]["SubnetId"]


def registered(estate, name):
    """The distribution's image, uploaded once."""
    return estate.ec2.register_image(
        Name=name, Description="Debian 12 (bookworm)", Architecture="x86_64",
        RootDeviceName="/dev/xvda", VirtualizationType="hvm")["ImageId"]


def image(estate, name, source, subnet):
    """An image as Packer makes one: an instance of the source, changed, and imaged."""
    builder, = run(estate, source, "t3.small", subnet, Name=f"packer-{name}")
    made = estate.ec2.create_image(InstanceId=builder, Name=name, TagSpecifications=[
        tags("image", Name=name, builder="packer")])["ImageId"]
    estate.ec2.terminate_instances(InstanceIds=[builder])
    return made


def run(estate, source, size, subnet, count=1, **labels):
    answer = estate.ec2.run_instances(
        ImageId=source, InstanceType=size, SubnetId=subnet, MinCount=count, MaxCount=count,
        TagSpecifications=[tags("instance", **labels)])
    return [made["InstanceId"] for made in answer["Instances"]]


def tags(kind, **labels):
    return {"ResourceType": kind,
            "Tags": [{"Key": key, "Value": value} for key, value in labels.items()]}


def single(estate, name, source, size, subnet, installed="old", **labels):
    made, = run(estate, source, size, subnet, Name=name, Environment="production", **labels)
    report(estate, made, name, installed)
    return made


def group(estate, name, source, size, count, subnet, installed):
    scaling = estate.cloud.client("autoscaling", REGION)
    scaling.create_launch_configuration(
        LaunchConfigurationName=name, ImageId=source, InstanceType=size)
    scaling.create_auto_scaling_group(
        AutoScalingGroupName=name, LaunchConfigurationName=name, MinSize=1, MaxSize=6,
        DesiredCapacity=count, VPCZoneIdentifier=subnet, Tags=[
            {"Key": key, "Value": value, "PropagateAtLaunch": True, "ResourceId": name,
             "ResourceType": "auto-scaling-group"}
            for key, value in (("Name", name), ("Environment", "production"))])
    members = scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])
    for member in members["AutoScalingGroups"][0]["Instances"]:
        report(estate, member["InstanceId"], name, installed)


def database(estate, source, subnet):
    made = single(estate, "orders-db-1", source, "r6i.xlarge", subnet, Role="database",
                  Backup="daily")
    volume = estate.ec2.create_volume(
        AvailabilityZone=f"{REGION}a", Size=500, VolumeType="gp3", Encrypted=True,
        TagSpecifications=[tags("volume", Name="orders-data")])["VolumeId"]
    estate.ec2.attach_volume(VolumeId=volume, InstanceId=made, Device="/dev/sdf")
    estate.ec2.modify_instance_attribute(InstanceId=made, DisableApiTermination={"Value": True})


def report(estate, identity, name, installed):
    """The machine's agent tells Systems Manager what is installed."""
    machine = ssm.machine(identity, applications=estate.packages[installed])
    machine.facts["ComputerName"] = f"{name}.shop.example"
    estate.manager.place(REGION).append(machine)


def packages_of(sample):
    """What two builds of one real Debian have installed, as the agent's inventory writes it."""
    fleet = fk.load("docker", sample)
    named = fleet.images.explode("tags").set_index("tags")["image_id"]
    builds = {"old": "golden/debian:bookworm-20260901", "new": "golden/debian:bookworm-20261101"}
    return {
        age: [entry(*cells) for cells in fleet.packages.loc[
            fleet.packages["subject_id"] == named[tag], ["name", "version", "arch"]
        ].itertuples(index=False)]
        for age, tag in builds.items()
    }


def entry(name, version, arch):
    return {"Name": name, "Version": version, "Architecture": arch, "ApplicationType": "admin",
            "PackageId": f"{name}_{version}_{arch}.deb", "Publisher": "Debian", "Summary": name}
