-- Where machines and templates come from: events of cloning, and disks built on those of others.
-- A folder of files belongs to the machine whose own disks alone lie in it.
SELECT DISTINCT k.thing AS from_id,
       coalesce(s.thing, 'vsphere|' || e.vc || '|template|' || e.source) AS to_id,
       'derived_from' AS relation,
       CASE e.kind WHEN 'VmDeployedEvent' THEN 'event: deployed from a template'
                   ELSE 'event: cloned' END AS evidence,
       0.95 AS confidence, e.seen
FROM events AS e
JOIN known AS k ON k.vc = e.vc AND k.id = e.vm
LEFT JOIN known AS s ON s.vc = e.vc AND s.id = e.source
WHERE e.source IS NOT NULL AND e.source <> e.vm
UNION ALL
SELECT DISTINCT b.thing, o.thing, 'derived_from',
       'linked clone: its disk builds on a disk of the other', 1.0, b.seen
FROM (
    SELECT DISTINCT vc, thing, regexp_extract(base, '^(.+)/[^/]*$', 1) AS folder, seen
    FROM (SELECT vc, thing, unnest(disk.parents) AS base, seen
          FROM (SELECT vc, thing, unnest(disks) AS disk, seen FROM machines))
) AS b
JOIN (
    SELECT vc, regexp_extract(disk.file, '^(.+)/[^/]*$', 1) AS folder, any_value(thing) AS thing
    FROM (SELECT vc, thing, unnest(disks) AS disk FROM machines)
    GROUP BY 1, 2 HAVING count(DISTINCT thing) = 1
) AS o ON o.vc = b.vc AND o.folder = b.folder
WHERE o.thing <> b.thing AND b.folder <> ''
