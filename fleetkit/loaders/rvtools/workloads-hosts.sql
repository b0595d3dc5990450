SELECT id AS workload_id,
    'host' AS kind,
    host AS native_id,
    host AS name,
    host AS hostname,
    -- vCenter knows the load of hosts that answer only.
    CASE WHEN cpu_usage > 0 THEN 'running' ELSE 'unknown' END AS state,
    CASE WHEN maintenance THEN 'in maintenance mode' END AS state_raw,
    model AS size_name,
    cores AS cpu_cores,
    memory AS memory_bytes,
    CASE WHEN os_name IS NOT NULL THEN 'esxi' END AS os_family,
    os_name, os_version,
    CASE WHEN os_name IS NOT NULL THEN 'host' END AS os_source,
    kernel AS kernel_version,
    TRY_CAST(booted AS TIMESTAMPTZ) AS started_at,
    'none' AS controller_kind,
    cluster AS zone,
    uuid AS machine_uuid,
    tags,
    seen
FROM carriers
WHERE turn = 1
