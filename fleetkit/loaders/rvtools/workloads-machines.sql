WITH cores AS (
    SELECT o.owner, max(c.cpus) AS cpus FROM vCPU AS c JOIN owned AS o
        ON o.section = 'vCPU' AND o."row" = c."row" AND o.seen = c.seen
    WHERE o.fate = 'vm' GROUP BY o.owner
),
sizes AS (
    SELECT o.owner, max(c.memory) AS memory FROM vMemory AS c JOIN owned AS o
        ON o.section = 'vMemory' AND o."row" = c."row" AND o.seen = c.seen
    WHERE o.fate = 'vm' GROUP BY o.owner
),
cards AS (
    SELECT o.owner, list_sort(list_distinct(list(c.mac) FILTER (c.mac IS NOT NULL))) AS macs,
        flatten(list(list_concat(string_split(c.ipv4, ','), string_split(c.ipv6, ',')))
            FILTER (coalesce(c.ipv4, c.ipv6) IS NOT NULL)) AS ips
    FROM vNetwork AS c JOIN owned AS o
        ON o.section = 'vNetwork' AND o."row" = c."row" AND o.seen = c.seen
    WHERE o.fate = 'vm' GROUP BY o.owner
),
counted AS (
    SELECT owner, count(*) AS snapshots FROM owned
    WHERE section = 'vSnapshot' AND fate = 'vm' GROUP BY owner
),
agents AS (
    SELECT o.owner, min(c.tools) AS tools FROM vTools AS c JOIN owned AS o
        ON o.section = 'vTools' AND o."row" = c."row" AND o.seen = c.seen
    WHERE o.fate = 'vm' GROUP BY o.owner
),
listed AS (SELECT DISTINCT name, bundle FROM section)
SELECT v.id AS workload_id,
    'vm' AS kind,
    v.native AS native_id,
    coalesce(v.vc, v.server) AS account,
    v.vm AS name,
    v.hostname,
    CASE WHEN lower(v.connection) IN ('disconnected', 'inaccessible', 'invalid', 'orphaned')
             THEN 'unknown'
         ELSE CASE replace(lower(v.power), ' ', '')
             WHEN 'poweredon' THEN 'running' WHEN 'on' THEN 'running'
             WHEN 'poweredoff' THEN 'stopped' WHEN 'off' THEN 'stopped'
             WHEN 'suspended' THEN 'paused' ELSE 'unknown' END END AS state,
    concat_ws(', ', v.power, CASE WHEN lower(v.connection) <> 'connected' THEN v.connection END)
        AS state_raw,
    coalesce(v.cpus, cores.cpus) AS cpu_cores,
    coalesce(v.memory, sizes.memory) AS memory_bytes,
    coalesce(v.total_disk, v.provisioned) AS disk_bytes,
    v.os_family, v.os_name, v.os_version, v.os_source, v.kernel AS kernel_version, v.arch,
    TRY_CAST(v.created AS TIMESTAMPTZ) AS created_at,
    TRY_CAST(v.power_on AS TIMESTAMPTZ) AS started_at,
    CASE WHEN lower(v.power) = 'suspended' THEN TRY_CAST(v.suspended AS TIMESTAMPTZ) END
        AS stopped_at,
    CASE WHEN v.vapp IS NULL THEN 'unknown' ELSE 'app' END AS controller_kind,
    v.vapp AS controller_name,
    CASE WHEN v.host IS NOT NULL
         THEN concat_ws('|', 'vsphere', coalesce(v.vc, v.server, ''), 'host', v.host) END AS host_id,
    v.cluster AS zone,
    list_min(list_transform(
        list_filter(v.tags, lambda t: lower(t.Key) IN ('environment', 'env', 'stage')),
        lambda t: t.Value)) AS environment,
    -- Without any address it is not known whether there is one.
    CASE WHEN v.ip IS NOT NULL OR cards.ips IS NOT NULL THEN list_sort(list_distinct(list_filter(
        list_transform(
            list_concat(string_split(v.ip, ','), cards.ips), lambda i: trim(i)),
        lambda i: i <> ''))) END AS private_ips,
    cards.macs AS macs,
    coalesce(v.smbios, CASE WHEN NOT v.instance THEN v.uuid END) AS machine_uuid,
    CASE lower(agents.tools)
        WHEN 'toolsok' THEN 'running' WHEN 'toolsold' THEN 'outdated'
        WHEN 'toolsnotrunning' THEN 'stopped' WHEN 'toolsnotinstalled' THEN 'absent'
        ELSE 'unknown' END AS guest_agent,
    CASE WHEN lower(v.fault_tolerance) IN ('enabled', 'needsecondary', 'starting', 'running')
             THEN 'fault_tolerant'
         WHEN v.restarted AND lower(v.restart_order) IN ('high', 'highest') THEN 'restart_first'
         WHEN v.restarted THEN 'restart' WHEN NOT v.restarted THEN 'none' END AS failover,
    CASE WHEN listed.name IS NOT NULL THEN coalesce(counted.snapshots, 0)
         ELSE counted.snapshots END AS snapshots,
    v.notes,
    v.tags,
    v.seen
FROM machines AS v
LEFT JOIN cores ON cores.owner = v.id
LEFT JOIN sizes ON sizes.owner = v.id
LEFT JOIN cards ON cards.owner = v.id
LEFT JOIN counted ON counted.owner = v.id
LEFT JOIN agents ON agents.owner = v.id
LEFT JOIN listed ON listed.name = 'vSnapshot' AND listed.bundle = v.bundle
WHERE v.turn = 1 AND v.role = 'vm'
