-- machines outside EC2 that Systems Manager manages; those of EC2 have rows of their own
SELECT DISTINCT ON (InstanceId)
    'aws|' || coalesce(seen.account, '') || '|vm|' || InstanceId AS workload_id,
    'vm' AS kind,
    InstanceId AS native_id,
    coalesce(nullif(Name, ''), nullif(ComputerName, ''), InstanceId) AS name,
    nullif(ComputerName, '') AS hostname,
    CASE
        WHEN PingStatus = 'Online' THEN 'running'
        WHEN lower(InstanceStatus) = 'stopped' THEN 'stopped'
        ELSE 'unknown'
    END AS state,
    coalesce(PingStatus, InstanceStatus) AS state_raw,
    lower(nullif(PlatformType, '')) AS os_family,
    nullif(PlatformName, '') AS os_name,
    nullif(PlatformVersion, '') AS os_version,
    CASE WHEN nullif(PlatformName, '') IS NOT NULL THEN 'agent' END AS os_source,
    KernelVersion AS kernel_version,
    CASE PingStatus
        WHEN 'Online' THEN 'running'
        WHEN 'ConnectionLost' THEN 'stopped'
        ELSE 'unknown'
    END AS guest_agent,
    'unknown' AS controller_kind,
    CASE WHEN nullif(IPAddress, '') IS NULL THEN NULL ELSE [IPAddress] END AS private_ips,
    seen
FROM managed_instance
WHERE starts_with(InstanceId, 'mi-')
ORDER BY InstanceId, PingStatus IS NULL, seen.number
