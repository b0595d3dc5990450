-- The hypervisor's own disks: the root of what booted from an image, and extra scratch space.
SELECT
    machine.workload_id, 'block' AS kind, machine.root_device AS target_path,
    sized.root_gib * 1073741824 AS size_bytes, true AS is_root, true AS delete_with_workload,
    false AS shared, 'openstack||image|' || machine.image_id AS snapshot_id,
    'ephemeral' AS persistence, machine.seen
FROM machine JOIN sized ON sized.id = machine.id
WHERE NOT machine.boots_from_volume AND sized.root_gib > 0
UNION ALL BY NAME
SELECT
    machine.workload_id, 'instance_store' AS kind,
    sized.ephemeral_gib * 1073741824 AS size_bytes, false AS is_root,
    true AS delete_with_workload, false AS shared, 'ephemeral' AS persistence, machine.seen
FROM machine JOIN sized ON sized.id = machine.id
WHERE sized.ephemeral_gib > 0
