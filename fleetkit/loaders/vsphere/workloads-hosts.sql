-- Hypervisors. One that the vCenter has lost is in an unknown state, whatever it was last.
SELECT
    h.thing AS workload_id,
    'host' AS kind,
    h.id AS native_id,
    nullif(h.vc, '') AS account,
    h.name,
    h.name AS hostname,
    CASE WHEN h.connection <> 'connected' THEN 'unknown'
         WHEN h.power = 'poweredOn' THEN 'running'
         WHEN h.power = 'poweredOff' THEN 'stopped'
         WHEN h.power = 'standBy' THEN 'paused'
         ELSE 'unknown' END AS state,
    concat_ws(', ', h.power, nullif(h.connection, 'connected'),
              CASE WHEN h.maintenance THEN 'maintenance' END) AS state_raw,
    nullif(concat_ws(' ', h.vendor, h.model), '') AS size_name,
    h.cores AS cpu_cores,
    h.memory_bytes,
    'esxi' AS os_family,
    h.os AS os_name,
    h.version || coalesce(' build ' || h.build, '') AS os_version,
    CASE WHEN h.version IS NOT NULL THEN 'host' END AS os_source,
    TRY_CAST(h.booted AS TIMESTAMPTZ) AS started_at,
    'none' AS controller_kind,
    p.cluster AS zone,
    h.uuid AS machine_uuid,
    h.seen
FROM hosts AS h LEFT JOIN places AS p ON p.vc = h.vc AND p.id = h.id
