SELECT DISTINCT ON (workload_id, kind, target_path, volume_id, source_path) *,
    'declared' AS origin
FROM mount WHERE seen.number IN (FROM current)
ORDER BY workload_id, kind, target_path, volume_id, source_path, seen.number
