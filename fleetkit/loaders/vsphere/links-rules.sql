-- Rules of clusters: which machines belong together, apart, on certain hosts, or start in order.
SELECT DISTINCT k.thing AS from_id, r.thing AS to_id, 'member_of' AS relation, r.evidence,
       1.0 AS confidence, r.seen
FROM (SELECT vc, thing, evidence, unnest(vms) AS vm, seen FROM rules) AS r
JOIN known AS k ON k.vc = r.vc AND k.id = r.vm
UNION ALL
SELECT DISTINCT r.thing, k.thing, 'depends_on', r.evidence, 1.0, r.seen
FROM (SELECT vc, thing, evidence, unnest(needed) AS vm, seen FROM rules) AS r
JOIN known AS k ON k.vc = r.vc AND k.id = r.vm
