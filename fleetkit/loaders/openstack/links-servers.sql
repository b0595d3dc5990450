SELECT workload_id AS from_id, 'openstack||host|' || hypervisor AS to_id, 'runs_on' AS relation,
    'hypervisor of the server' AS evidence, 1.0 AS confidence, seen
FROM machine WHERE nullif(hypervisor, '') IS NOT NULL
UNION ALL BY NAME
SELECT machine.workload_id AS from_id, 'openstack||image|' || booted.image AS to_id,
    'uses_image' AS relation,
    CASE WHEN by_volume THEN 'image of the root volume' ELSE 'image of the server' END AS evidence,
    1.0 AS confidence, seen
FROM machine JOIN booted ON booted.id = machine.id WHERE booted.image IS NOT NULL
