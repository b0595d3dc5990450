SELECT id AS from_id,
    concat_ws('|', 'vsphere', coalesce(vc, server, ''), 'cluster', cluster) AS to_id,
    'member_of' AS relation, 'cluster of the machine' AS evidence, 1.0 AS confidence, seen
FROM machines
WHERE turn = 1 AND role = 'vm' AND cluster IS NOT NULL
UNION ALL
SELECT id, concat_ws('|', 'vsphere', coalesce(vc, server, ''), 'app', vapp),
    'member_of', 'vApp of the machine', 1.0, seen
FROM machines
WHERE turn = 1 AND role = 'vm' AND vapp IS NOT NULL
UNION ALL
SELECT id, concat_ws('|', 'vsphere', coalesce(vc, server, ''), 'cluster', cluster),
    'member_of', 'cluster of the host', 1.0, seen
FROM carriers
WHERE turn = 1 AND cluster IS NOT NULL
