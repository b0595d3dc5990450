-- Where machines are: host, cluster, vApp and datastores.
SELECT m.thing AS from_id, p.thing AS to_id, 'runs_on' AS relation,
       'host of the machine' AS evidence, 1.0 AS confidence, m.seen
FROM machines AS m JOIN places AS p ON p.vc = m.vc AND p.id = m.host
WHERE m.sort = 'vm'
UNION ALL
SELECT h.thing, 'vsphere|' || p.vc || '|cluster|' || p.cluster, 'member_of',
       'cluster of the host', 1.0, h.seen
FROM hosts AS h JOIN places AS p ON p.vc = h.vc AND p.id = h.id
WHERE p.cluster IS NOT NULL
UNION ALL
SELECT m.thing, 'vsphere|' || m.vc || '|vapp|' || a.name, 'member_of', 'vApp', 1.0, m.seen
FROM machines AS m JOIN vapps AS a ON a.vc = m.vc AND a.id = m.vapp
UNION ALL
SELECT f.thing, 'vsphere|' || f.vc || '|datastore|' || f.store, 'mounts',
       CASE WHEN d.shared THEN 'disk on a datastore of several hosts'
            WHEN NOT d.shared THEN 'disk on a datastore of one host'
            ELSE 'disk on a datastore' END, 1.0, f.seen
FROM (
    SELECT DISTINCT vc, thing, regexp_extract(disk.file, '^\[([^\]]+)\]', 1) AS store, seen
    FROM (SELECT vc, thing, unnest(disks) AS disk, seen FROM machines)
) AS f LEFT JOIN datastores AS d ON d.vc = f.vc AND d.name = f.store
WHERE f.store <> ''
