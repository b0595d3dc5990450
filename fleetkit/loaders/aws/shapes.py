"""Fields of the records that the queries read; everything else of an answer is ignored."""

import pyarrow as pa

TEXT = pa.string()
WHOLE = pa.int64()
TRUTH = pa.bool_()
TAGS = pa.list_(pa.struct([("Key", TEXT), ("Value", TEXT)]))


def listed(*fields: tuple[str, pa.DataType]) -> pa.DataType:
    """A list of structs with these fields."""
    return pa.list_(pa.struct(fields))


_ASSOCIATION = pa.struct([("PublicIp", TEXT)])
_ATTACHMENT = pa.struct([("AttachTime", TEXT), ("InstanceId", TEXT)])
_ADDRESSES = [
    ("MacAddress", TEXT), ("PrivateIpAddress", TEXT), ("Association", _ASSOCIATION),
    ("PrivateIpAddresses", listed(("PrivateIpAddress", TEXT), ("Association", _ASSOCIATION))),
    ("Ipv6Addresses", listed(("Ipv6Address", TEXT))), ("Attachment", _ATTACHMENT),
]
_TEMPLATE = pa.struct([("LaunchTemplateId", TEXT), ("LaunchTemplateName", TEXT),
                       ("Version", TEXT)])

MACHINES: dict[str, pa.Schema] = {
    "instance": pa.schema([
        ("InstanceId", TEXT), ("OwnerId", TEXT), ("ImageId", TEXT), ("InstanceType", TEXT),
        ("Architecture", TEXT), ("Platform", TEXT), ("PlatformDetails", TEXT),
        ("LaunchTime", TEXT), ("PrivateDnsName", TEXT), ("PrivateIpAddress", TEXT),
        ("PublicIpAddress", TEXT), ("StateTransitionReason", TEXT), ("InstanceLifecycle", TEXT),
        ("RootDeviceName", TEXT), ("VpcId", TEXT), ("IsWhole", TRUTH),
        ("State", pa.struct([("Name", TEXT)])),
        ("Placement", pa.struct([("AvailabilityZone", TEXT), ("HostId", TEXT),
                                 ("Affinity", TEXT)])),
        ("CpuOptions", pa.struct([("CoreCount", WHOLE), ("ThreadsPerCore", WHOLE)])),
        ("BlockDeviceMappings", listed(
            ("DeviceName", TEXT),
            ("Ebs", pa.struct([("VolumeId", TEXT), ("AttachTime", TEXT),
                               ("DeleteOnTermination", TRUTH)])),
        )),
        ("NetworkInterfaces", listed(*_ADDRESSES)),
        ("SecurityGroups", listed(("GroupId", TEXT))),
        ("Operator", pa.struct([("Managed", TRUTH), ("Principal", TEXT)])),
        ("Tags", TAGS),
    ]),
    "instance_type": pa.schema([
        ("InstanceType", TEXT),
        ("VCpuInfo", pa.struct([("DefaultVCpus", WHOLE)])),
        ("MemoryInfo", pa.struct([("SizeInMiB", WHOLE)])),
        ("ProcessorInfo", pa.struct([("SupportedArchitectures", pa.list_(TEXT))])),
        ("InstanceStorageInfo", pa.struct([
            ("Disks", listed(("SizeInGB", WHOLE), ("Count", WHOLE), ("Type", TEXT))),
            ("EncryptionSupport", TEXT),
        ])),
    ]),
    "host": pa.schema([
        ("HostId", TEXT), ("OwnerId", TEXT), ("State", TEXT), ("AvailabilityZone", TEXT),
        ("AllocationTime", TEXT), ("Tags", TAGS),
        ("HostProperties", pa.struct([("Cores", WHOLE), ("TotalVCpus", WHOLE),
                                      ("InstanceType", TEXT), ("InstanceFamily", TEXT)])),
    ]),
    "network_interface": pa.schema([
        ("NetworkInterfaceId", TEXT), ("OwnerId", TEXT), *_ADDRESSES,
    ]),
    "address": pa.schema([
        ("PublicIp", TEXT), ("AllocationId", TEXT), ("InstanceId", TEXT),
        ("PrivateIpAddress", TEXT),
    ]),
    "security_group": pa.schema([
        ("GroupId", TEXT), ("GroupName", TEXT), ("OwnerId", TEXT), ("VpcId", TEXT),
        ("IpPermissions", listed(
            ("FromPort", WHOLE), ("ToPort", WHOLE), ("IpProtocol", TEXT),
            ("UserIdGroupPairs", listed(("GroupId", TEXT), ("UserId", TEXT))),
        )),
    ]),
    "managed_instance": pa.schema([
        (name, TEXT) for name in (
            "InstanceId", "PlatformType", "PlatformName", "PlatformVersion", "PingStatus",
            "AgentVersion", "ComputerName", "KernelVersion",
        )
    ]),
}

DISKS: dict[str, pa.Schema] = {
    "image": pa.schema([
        ("ImageId", TEXT), ("Name", TEXT), ("OwnerId", TEXT), ("ImageOwnerAlias", TEXT),
        ("Architecture", TEXT), ("CreationDate", TEXT), ("Public", TRUTH), ("State", TEXT),
        ("Platform", TEXT), ("PlatformDetails", TEXT), ("DeprecationTime", TEXT),
        ("LastLaunchedTime", TEXT), ("SourceImageId", TEXT), ("SourceImageRegion", TEXT),
        ("SourceInstanceId", TEXT),
        ("BlockDeviceMappings", listed(
            ("DeviceName", TEXT),
            ("Ebs", pa.struct([("VolumeSize", WHOLE), ("SnapshotId", TEXT)])),
        )),
        ("ImageWatermarks", listed(("WatermarkKey", TEXT), ("SourceImageId", TEXT))),
        ("Tags", TAGS),
    ]),
    "image_ancestor": pa.schema([
        ("ImageId", TEXT), ("SourceImageId", TEXT), ("SourceImageRegion", TEXT),
        ("ImageOwnerAlias", TEXT), ("CreationDate", TEXT),
    ]),
    "volume": pa.schema([
        ("VolumeId", TEXT), ("Size", WHOLE), ("SnapshotId", TEXT), ("VolumeType", TEXT),
        ("Encrypted", TRUTH), ("MultiAttachEnabled", TRUTH), ("State", TEXT),
        ("Attachments", listed(("InstanceId", TEXT), ("Device", TEXT), ("State", TEXT))),
    ]),
    "snapshot": pa.schema([("SnapshotId", TEXT), ("VolumeId", TEXT), ("OwnerId", TEXT)]),
}

HERDS: dict[str, pa.Schema] = {
    "launch_template_version": pa.schema([
        ("LaunchTemplateId", TEXT), ("LaunchTemplateName", TEXT), ("VersionNumber", WHOLE),
        ("DefaultVersion", TRUTH),
        ("LaunchTemplateData", pa.struct([("ImageId", TEXT), ("InstanceType", TEXT)])),
    ]),
    "auto_scaling_group": pa.schema([
        ("AutoScalingGroupName", TEXT), ("AutoScalingGroupARN", TEXT), ("DesiredCapacity", WHOLE),
        ("MinSize", WHOLE), ("MaxSize", WHOLE),
        ("Instances", listed(("InstanceId", TEXT))), ("TargetGroupARNs", pa.list_(TEXT)),
        ("LaunchTemplate", _TEMPLATE),
        ("MixedInstancesPolicy", pa.struct([
            ("LaunchTemplate", pa.struct([("LaunchTemplateSpecification", _TEMPLATE)])),
        ])),
    ]),
    "load_balancer": pa.schema([
        ("LoadBalancerArn", TEXT), ("LoadBalancerName", TEXT), ("DNSName", TEXT),
        ("Scheme", TEXT), ("Type", TEXT),
    ]),
    "listener": pa.schema([
        ("ListenerArn", TEXT), ("LoadBalancerArn", TEXT), ("Port", WHOLE), ("Protocol", TEXT),
        ("DefaultActions", listed(
            ("TargetGroupArn", TEXT),
            ("ForwardConfig", pa.struct([("TargetGroups", listed(("TargetGroupArn", TEXT)))])),
        )),
    ]),
    "target_group": pa.schema([
        ("TargetGroupArn", TEXT), ("TargetGroupName", TEXT), ("Protocol", TEXT), ("Port", WHOLE),
        ("VpcId", TEXT), ("TargetType", TEXT), ("LoadBalancerArns", pa.list_(TEXT)),
    ]),
    "target_health": pa.schema([
        ("TargetGroupArn", TEXT),
        ("Target", pa.struct([("Id", TEXT), ("Port", WHOLE), ("AvailabilityZone", TEXT)])),
        ("TargetHealth", pa.struct([("State", TEXT), ("Reason", TEXT)])),
    ]),
}
