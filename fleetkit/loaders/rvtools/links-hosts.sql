SELECT id AS from_id,
    concat_ws('|', 'vsphere', coalesce(vc, server, ''), 'host', host) AS to_id,
    'runs_on' AS relation, 'host of the machine' AS evidence, 1.0 AS confidence, seen
FROM machines
WHERE turn = 1 AND role = 'vm' AND host IS NOT NULL
