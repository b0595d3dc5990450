SELECT 'openstack||image|' || id AS from_id, 'openstack||image|' || parent AS to_id,
    'derived_from' AS relation, evidence, 1.0 AS confidence, seen
FROM parent WHERE nullif(parent, '') IS NOT NULL AND parent <> id
