-- Instances, with what their type, disks, group and agent say of them.
WITH machine AS (
    SELECT *,
        'aws|' || coalesce(OwnerId, seen.account, '') || '|vm|' || InstanceId AS workload_id,
        CASE
            WHEN PlatformDetails LIKE 'Red Hat Enterprise Linux%' THEN 'Red Hat Enterprise Linux'
            WHEN PlatformDetails LIKE 'SUSE Linux%' THEN 'SUSE Linux Enterprise Server'
            WHEN PlatformDetails LIKE 'Ubuntu%' THEN 'Ubuntu'
            WHEN PlatformDetails LIKE 'Windows%' OR lower(Platform) = 'windows' THEN 'Windows'
        END AS licensed,
        list_min(list_transform(
            list_filter(BlockDeviceMappings, lambda d: d.DeviceName = RootDeviceName),
            lambda d: TRY_CAST(d.Ebs.AttachTime AS TIMESTAMPTZ)
        )) AS root_attached,
        list_min(list_transform(
            NetworkInterfaces, lambda n: TRY_CAST(n.Attachment.AttachTime AS TIMESTAMPTZ)
        )) AS card_attached,
        flatten(list_transform(NetworkInterfaces, lambda n: list_concat(
            coalesce(list_transform(n.PrivateIpAddresses, lambda a: a.PrivateIpAddress),
                     [n.PrivateIpAddress]),
            list_transform(n.Ipv6Addresses, lambda a: a.Ipv6Address)
        ))) AS own_privates,
        flatten(list_transform(NetworkInterfaces, lambda n: list_concat(
            [n.Association.PublicIp],
            list_transform(n.PrivateIpAddresses, lambda a: a.Association.PublicIp)
        ))) AS own_publics,
        list_transform(NetworkInterfaces, lambda n: n.MacAddress) AS own_macs,
        list_filter(Tags, lambda t: t.Key = 'Name')[1].Value AS tagged_name,
        list_min(list_transform(
            list_filter(Tags, lambda t: lower(t.Key) IN ('environment', 'env', 'stage')),
            lambda t: {'nr': strpos('environment env stage', lower(t.Key)), 'value': t.Value}
        )).value AS environment,
        list_filter(Tags, lambda t: t.Key = 'aws:autoscaling:groupName')[1].Value
            AS scaling_group,
        list_filter(Tags, lambda t: t.Key IN (
            'aws:ec2:fleet-id', 'aws:ec2spot:fleet-request-id', 'karpenter.sh/nodepool',
            'karpenter.sh/provisioner-name', 'aws:elasticmapreduce:job-flow-id'
        ))[1].Value AS pool
    FROM instance
), size AS (
    SELECT InstanceType AS size_name, max(VCpuInfo.DefaultVCpus) AS cores,
        max(MemoryInfo.SizeInMiB) AS mebibytes,
        min(ProcessorInfo.SupportedArchitectures[1]) AS type_arch
    FROM instance_type GROUP BY InstanceType
), disk AS (
    SELECT DISTINCT InstanceId AS owner_id, mapping.Ebs.VolumeId AS volume
    FROM (SELECT InstanceId, unnest(BlockDeviceMappings) AS mapping FROM instance)
    WHERE mapping.Ebs.VolumeId IS NOT NULL
), capacity AS (
    SELECT VolumeId AS volume, max(Size) AS gibibytes FROM volume GROUP BY VolumeId
), copies AS (
    SELECT VolumeId AS volume, count(DISTINCT SnapshotId) AS copies
    FROM snapshot WHERE VolumeId IS NOT NULL GROUP BY VolumeId
), disks AS (
    SELECT owner_id,
        CASE WHEN bool_and(gibibytes IS NOT NULL) THEN sum(gibibytes) END AS gibibytes,
        coalesce(sum(copies), 0) AS copies
    FROM disk LEFT JOIN capacity USING (volume) LEFT JOIN copies USING (volume)
    GROUP BY owner_id
), copied AS (  -- places whose snapshots were read: only there none means zero
    SELECT DISTINCT seen.number AS number FROM snapshot
), member AS (
    SELECT member.InstanceId AS member_id, min_by(AutoScalingGroupName, nr) AS scaling_group,
        min_by(DesiredCapacity, nr) AS replicas, min_by(MinSize, nr) AS least,
        min_by(MaxSize, nr) AS most
    FROM (
        SELECT unnest(Instances) AS member, AutoScalingGroupName, DesiredCapacity, MinSize, MaxSize,
            (seen.number, AutoScalingGroupName) AS nr
        FROM auto_scaling_group
    )
    GROUP BY member.InstanceId
), agent AS (
    SELECT InstanceId AS agent_id, min(PlatformName) AS told_os,
        min(PlatformVersion) AS told_version, min(lower(PlatformType)) AS told_family,
        min(PingStatus) AS ping, min(ComputerName) AS told_name, min(KernelVersion) AS kernel
    FROM managed_instance GROUP BY InstanceId
), leased AS (  -- places whose addresses were read: only there none means that none is kept
    SELECT DISTINCT seen.number AS number FROM address
), elastic AS (
    SELECT InstanceId AS elastic_id, list(PublicIp) AS publics, list(PrivateIpAddress) AS privates
    FROM address WHERE InstanceId <> '' GROUP BY InstanceId
), card AS (
    SELECT Attachment.InstanceId AS card_id, list(MacAddress) AS macs,
        flatten(list(list_transform(PrivateIpAddresses, lambda a: a.PrivateIpAddress))) AS privates,
        list(Association.PublicIp) AS publics, min(TRY_CAST(Attachment.AttachTime AS TIMESTAMPTZ))
            AS attached
    FROM network_interface WHERE Attachment.InstanceId IS NOT NULL GROUP BY Attachment.InstanceId
), joined AS (
    SELECT machine.*, size.*, disks.*, agent.*, naming.*, member.scaling_group AS herd,
        member.replicas, member.least, member.most,
        elastic.publics AS elastics, leased.number IS NOT NULL AS is_leased,
        card.attached, copied.number IS NOT NULL AS is_copied,
        list_filter(list_concat(
            coalesce(own_privates, [PrivateIpAddress]), card.privates, elastic.privates
        ), lambda a: a <> '') AS inside,
        list_filter(list_concat(
            [PublicIpAddress], own_publics, card.publics, elastic.publics
        ), lambda a: a <> '') AS outside,
        list_filter(list_concat(own_macs, card.macs), lambda a: a <> '') AS hardware
    FROM machine
    LEFT JOIN size ON size.size_name = InstanceType
    LEFT JOIN disks ON disks.owner_id = InstanceId
    LEFT JOIN copied ON copied.number = seen.number
    LEFT JOIN member ON member.member_id = InstanceId
    LEFT JOIN agent ON agent.agent_id = InstanceId
    LEFT JOIN elastic ON elastic.elastic_id = InstanceId
    LEFT JOIN leased ON leased.number = seen.number
    LEFT JOIN card ON card.card_id = InstanceId
    LEFT JOIN naming ON naming.system_image = ImageId
)
SELECT
    workload_id, 'vm' AS kind, InstanceId AS native_id,
    coalesce(nullif(tagged_name, ''), InstanceId) AS name,
    coalesce(nullif(told_name, ''), nullif(PrivateDnsName, '')) AS hostname,
    CASE State.Name
        WHEN 'running' THEN 'running' WHEN 'pending' THEN 'starting'
        WHEN 'stopping' THEN 'stopping' WHEN 'shutting-down' THEN 'stopping'
        WHEN 'stopped' THEN 'stopped' WHEN 'terminated' THEN 'terminated'
        ELSE 'unknown'
    END AS state,
    State.Name AS state_raw, InstanceType AS size_name,
    coalesce(CpuOptions.CoreCount * CpuOptions.ThreadsPerCore, cores) AS cpu_cores,
    mebibytes * 1048576 AS memory_bytes,
    CASE WHEN len(BlockDeviceMappings) = 0 THEN 0 ELSE gibibytes * 1073741824 END
        AS disk_bytes,
    coalesce(
        told_family,
        CASE
            WHEN InstanceType LIKE 'mac%' THEN 'macos'
            WHEN lower(Platform) = 'windows' OR PlatformDetails LIKE 'Windows%' THEN 'windows'
            WHEN PlatformDetails IS NOT NULL OR IsWhole THEN 'linux'
        END
    ) AS os_family,
    coalesce(told_os, system_name, licensed) AS os_name,
    CASE WHEN told_os IS NOT NULL THEN told_version ELSE system_version END AS os_version,
    CASE WHEN told_os IS NOT NULL THEN 'agent' WHEN system_name IS NOT NULL THEN 'image'
         WHEN licensed IS NOT NULL THEN 'license' END AS os_source,
    kernel AS kernel_version, coalesce(Architecture, type_arch) AS arch,
    nullif(ImageId, '') AS image_ref, 'aws||ami|' || nullif(ImageId, '') AS image_id,
    least(root_attached, card_attached, attached) AS created_at,
    TRY_CAST(LaunchTime AS TIMESTAMPTZ) AS started_at,
    CASE WHEN State.Name IN ('stopped', 'terminated') THEN TRY_CAST(nullif(regexp_extract(
        StateTransitionReason, '\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) GMT\)', 1), '')
        || '+00' AS TIMESTAMPTZ) END AS stopped_at,
    CASE
        WHEN coalesce(scaling_group, herd) IS NOT NULL THEN 'autoscaling'
        WHEN pool IS NOT NULL THEN 'managed_group'
        WHEN Operator.Managed THEN 'service'
        WHEN Tags IS NOT NULL THEN 'none'  -- tags aws:… are set by AWS, and nobody can remove them
        ELSE 'unknown'
    END AS controller_kind,
    coalesce(
        scaling_group, herd, pool, Operator.Principal
    ) AS controller_name,
    replicas, least AS min_replicas, most AS max_replicas,
    'aws|' || coalesce(OwnerId, seen.account, '') || '|host|' || nullif(Placement.HostId, '')
        AS host_id,
    Placement.AvailabilityZone AS zone, environment,
    CASE WHEN len(inside) = 1 OR IsWhole AND len(inside) = 0 THEN inside
         WHEN len(inside) > 1 THEN list_sort(list_distinct(inside)) END AS private_ips,
    CASE WHEN len(outside) = 1 OR IsWhole AND len(outside) = 0 THEN outside
         WHEN len(outside) > 1 THEN list_sort(list_distinct(outside)) END AS public_ips,
    CASE WHEN elastics IS NOT NULL OR is_leased
         THEN list_sort(list_distinct(coalesce(elastics, []))) END AS fixed_ips,
    CASE WHEN Placement.Affinity = 'host' THEN ['host ' || coalesce(Placement.HostId, 'affinity')]
         WHEN IsWhole THEN [] END AS pinned_to,
    CASE WHEN len(hardware) = 1 OR IsWhole AND len(hardware) = 0 THEN hardware
         WHEN len(hardware) > 1 THEN list_sort(list_distinct(hardware)) END AS macs,
    CASE WHEN InstanceLifecycle = 'spot' THEN true
         WHEN InstanceLifecycle IS NOT NULL OR IsWhole THEN false END AS ephemeral,
    CASE ping WHEN 'Online' THEN 'running' WHEN 'ConnectionLost' THEN 'stopped'
                    WHEN 'Inactive' THEN 'stopped' END AS guest_agent,
    CASE WHEN copies > 0 OR is_copied
         THEN coalesce(copies, 0) END AS snapshots,
    Tags AS tags, nullif(split_part(workload_id, '|', 2), '') AS account, seen
FROM joined
