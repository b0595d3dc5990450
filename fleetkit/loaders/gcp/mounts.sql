WITH sharing AS (
  SELECT path_of(held.source) AS path, count(DISTINCT workload_id) AS holders
  FROM attached WHERE held.source IS NOT NULL GROUP BY ALL
)
SELECT
  workload_id,
  CASE held.type WHEN 'PERSISTENT' THEN 'block' WHEN 'SCRATCH' THEN 'instance_store'
       ELSE 'unknown' END AS kind,
  held.deviceName AS target_path,
  project_of(held.source) || '/' || place_of(held.source) || '/' || last_part(held.source)
    AS volume_id,
  COALESCE(driver, CASE held.type WHEN 'SCRATCH' THEN 'local-ssd' END) AS driver,
  CASE held.mode WHEN 'READ_ONLY' THEN true WHEN 'READ_WRITE' THEN false END AS read_only,
  held_bytes AS size_bytes,
  held.boot AS is_root,
  held.autoDelete AS delete_with_workload,
  CASE WHEN users > 1 OR holders > 1 THEN true
       WHEN users = 1 OR held.type = 'SCRATCH' THEN false END AS shared,
  CASE WHEN held.type IN ('PERSISTENT', 'SCRATCH') THEN true END AS encrypted,
  COALESCE(image_of(held_image), snapshot_of(sourceSnapshot)) AS snapshot_id,
  CASE WHEN held.type = 'SCRATCH' THEN 'ephemeral'
       WHEN users > 1 OR holders > 1 THEN 'shared_durable'
       WHEN held.autoDelete THEN 'ephemeral'
       WHEN held.type = 'PERSISTENT' THEN 'durable' ELSE 'unknown' END AS persistence,
  attached.seen
FROM attached LEFT JOIN sharing ON sharing.path = path_of(held.source)
