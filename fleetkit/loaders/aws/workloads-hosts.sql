-- Dedicated hosts, and those that only instances name.
WITH named AS (
    SELECT min_by(host_id, nr) AS host_id, min_by(native_id, nr) AS native_id,
        min_by(zone, nr) AS zone, min_by(seen, nr) AS seen
    FROM (
        SELECT 'aws|' || coalesce(OwnerId, seen.account, '') || '|host|' || Placement.HostId
                AS host_id,
            Placement.HostId AS native_id, Placement.AvailabilityZone AS zone, seen,
            seen.number AS nr
        FROM instance WHERE Placement.HostId <> ''
    )
    GROUP BY native_id
)
SELECT
    'aws|' || coalesce(OwnerId, seen.account, '') || '|host|' || HostId AS workload_id,
    'host' AS kind, HostId AS native_id,
    coalesce(nullif(list_filter(Tags, lambda t: t.Key = 'Name')[1].Value, ''), HostId) AS name,
    CASE State
        WHEN 'available' THEN 'running' WHEN 'under-assessment' THEN 'running'
        WHEN 'permanent-failure' THEN 'failed' WHEN 'pending' THEN 'starting'
        WHEN 'released' THEN 'terminated' WHEN 'released-permanent-failure' THEN 'terminated'
        ELSE 'unknown'
    END AS state,
    State AS state_raw,
    coalesce(HostProperties.InstanceType, HostProperties.InstanceFamily) AS size_name,
    HostProperties.TotalVCpus AS cpu_cores,
    TRY_CAST(AllocationTime AS TIMESTAMPTZ) AS created_at, AvailabilityZone AS zone,
    Tags AS tags, seen
FROM host
UNION ALL BY NAME
SELECT host_id AS workload_id, 'host' AS kind, native_id, native_id AS name,
    'unknown' AS state, zone, seen
FROM named WHERE native_id NOT IN (SELECT HostId FROM host WHERE HostId IS NOT NULL)
