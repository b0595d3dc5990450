SELECT owner AS workload_id,
    'partition' AS kind,
    disk AS target_path,
    disk_key AS volume_id,
    capacity AS size_bytes,
    coalesce(consumed, capacity - free) AS used_bytes,
    disk = '/' OR upper(disk) IN ('C:', 'C:\') AS is_root,
    'durable' AS persistence,
    seen
FROM partitions
WHERE fate IN ('vm', 'orphan') AND turn = 1
