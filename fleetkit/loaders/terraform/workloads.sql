SELECT DISTINCT ON (workload_id) * REPLACE (TRY_CAST(created_at AS TIMESTAMPTZ) AS created_at),
    'declared' AS origin
FROM workload WHERE seen.number IN (FROM current)
ORDER BY workload_id, seen.number
