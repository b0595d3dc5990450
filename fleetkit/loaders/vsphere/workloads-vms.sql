-- Machines that are no templates. Memory comes in MiB; vCenters before 6.7 keep no time of
-- creation, others 1970 where they do not know it: then the oldest event tells.
WITH fences AS (
    SELECT vc, vm, list(DISTINCT evidence || coalesce(': ' || name, '')) AS rules
    FROM (SELECT vc, name, evidence, unnest(vms) AS vm FROM rules
          WHERE kind = 'host affinity rule' AND enabled IS DISTINCT FROM false)
    GROUP BY vc, vm
)
SELECT
    t.thing AS workload_id,
    'vm' AS kind,
    t.native AS native_id,
    nullif(t.vc, '') AS account,
    t.name,
    t.hostname,
    CASE WHEN t.connection IN ('disconnected', 'inaccessible', 'invalid', 'orphaned')
              THEN 'unknown'
         WHEN t.power = 'poweredOn' THEN 'running'
         WHEN t.power = 'poweredOff' THEN 'stopped'
         WHEN t.power = 'suspended' THEN 'paused'
         ELSE 'unknown' END AS state,
    concat_ws(', ', t.power, nullif(t.connection, 'connected')) AS state_raw,
    t.cpus AS cpu_cores,
    t.memory_mib * 1048576 AS memory_bytes,
    list_sum(list_transform(t.disks, lambda d: d.bytes)) AS disk_bytes,
    t.os_family,
    t.os_name,
    t.os_version,
    CASE WHEN t.tools_os IS NOT NULL OR t.distro IS NOT NULL THEN 'tools'
         WHEN t.config_os IS NOT NULL THEN 'config' END AS os_source,
    t.kernel AS kernel_version,
    t.arch,
    CASE WHEN s.sort = 'template' THEN s.name
         WHEN s.sort IS NULL THEN o.latest.name END AS image_ref,
    CASE WHEN s.sort = 'template' THEN s.thing
         WHEN s.sort IS NULL THEN 'vsphere|' || t.vc || '|template|' || o.latest.source
         END AS image_id,
    coalesce(nullif(TRY_CAST(t.created AS TIMESTAMPTZ), TIMESTAMPTZ '1970-01-01 00:00:00+00'),
             o.made) AS created_at,
    TRY_CAST(t.booted AS TIMESTAMPTZ) AS started_at,
    CASE WHEN t.managed_by IS NOT NULL THEN 'system' ELSE 'unknown' END AS controller_kind,
    coalesce(t.managed_by, a.name) AS controller_name,
    p.thing AS host_id,
    p.cluster AS zone,
    list_filter(t.tags, lambda g: lower(g.key) IN ('environment', 'env', 'stage')
                AND g.value <> '')[1].value AS environment,
    list_sort(list_distinct(list_filter(
        t.ips, lambda i: NOT regexp_matches(lower(i), '^(fe80:|169\.254\.|127\.|::1$)'))))
        AS private_ips,
    list_sort(list_distinct(list_transform(t.macs, lambda m: lower(m)))) AS macs,
    t.uuid AS machine_uuid,
    CASE WHEN t.tools_version = 'guestToolsNotInstalled' THEN 'absent'
         WHEN t.tools = 'guestToolsNotRunning' THEN 'stopped'
         WHEN t.tools_version IN ('guestToolsNeedUpgrade', 'guestToolsTooOld',
                                  'guestToolsSupportedOld', 'guestToolsBlacklisted')
              THEN 'outdated'
         WHEN t.tools IN ('guestToolsRunning', 'guestToolsExecutingScripts') THEN 'running'
         ELSE 'unknown' END AS guest_agent,
    -- Hardware that could not be read is unknown, as are ties to it
    CASE WHEN t.disks IS NOT NULL THEN coalesce(list_transform(
        t.devices, lambda d: d.kind || coalesce(' (' || d.name || ')', '')), []) END AS devices,
    CASE WHEN t.pins IS NOT NULL OR f.rules IS NOT NULL
         THEN list_sort(list_concat(t.pins, f.rules)) END AS pinned_to,
    CASE WHEN t.fault_tolerance IN ('enabled', 'needSecondary', 'starting', 'running')
              THEN 'fault_tolerant'
         WHEN t.restarted THEN 'restart' WHEN NOT t.restarted THEN 'none' END AS failover,
    t.snapshots,
    t.notes,
    t.tags,
    t.seen
FROM systems AS t
LEFT JOIN places AS p ON p.vc = t.vc AND p.id = t.host
LEFT JOIN vapps AS a ON a.vc = t.vc AND a.id = t.vapp
LEFT JOIN origins AS o ON o.vc = t.vc AND o.vm = t.id
LEFT JOIN fences AS f ON f.vc = t.vc AND f.vm = t.id
LEFT JOIN known AS s ON s.vc = o.vc AND s.id = o.latest.source
WHERE t.sort = 'vm'
