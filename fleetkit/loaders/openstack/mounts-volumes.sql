WITH listed AS (
    SELECT id AS server_id, one.id AS volume_id, any_value(one.delete_on_termination) AS deletes,
        any_value(seen) AS seen
    FROM (SELECT id, seen, unnest(volumes) AS one FROM machine)
    WHERE one.id IS NOT NULL GROUP BY id, one.id
)
SELECT
    'openstack||vm|' || coalesce(held.server_id, listed.server_id) AS workload_id,
    'block' AS kind, coalesce(held.id, listed.volume_id) AS source_path,
    held.device AS target_path, coalesce(held.id, listed.volume_id) AS volume_id,
    held.volume_type AS driver, held.size * 1073741824 AS size_bytes,
    CASE
        WHEN root.volume_id IS NOT NULL THEN root.volume_id = coalesce(held.id, listed.volume_id)
        WHEN NOT machine.boots_from_volume THEN false
    END AS is_root,
    listed.deletes AS delete_with_workload,
    coalesce(held.multiattach AND held.holders > 1, held.holders > 1) AS shared, held.encrypted,
    coalesce(nullif(held.snapshot_id, ''), 'openstack||image|' || held.image.id) AS snapshot_id,
    CASE
        WHEN held.holders > 1 THEN 'shared_durable' WHEN listed.deletes THEN 'ephemeral'
        WHEN NOT listed.deletes THEN 'durable' ELSE 'unknown'
    END AS persistence,
    coalesce(listed.seen, held.seen) AS seen
FROM held
FULL JOIN listed ON listed.server_id = held.server_id AND listed.volume_id = held.id
LEFT JOIN machine ON machine.id = coalesce(held.server_id, listed.server_id)
LEFT JOIN root ON root.server_id = machine.id
