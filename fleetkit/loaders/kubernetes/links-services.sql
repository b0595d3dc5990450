-- Who balances to whom: a service to containers, an ingress to services.
WITH told AS (
  SELECT whole_id AS from_id, workload_id AS to_id, 'balances_to' AS relation,
         'endpoints of the service' AS evidence, COALESCE(port, target_port) AS port, seen
  FROM offered
  UNION ALL
  SELECT chosen.front_id, box.workload_id, 'balances_to', 'selector of the service', NULL, box.seen
  FROM chosen JOIN box ON box.role = 'main' AND box.key = chosen.key
  UNION ALL
  SELECT entrance_id, front_id, 'exposes', 'backend of the ingress', NULL, seen FROM entrance
)
SELECT DISTINCT ON (from_id, to_id, relation, evidence, port)
       from_id, to_id, relation, evidence, 1.0 AS confidence, port, seen
FROM told WHERE from_id IS NOT NULL AND to_id IS NOT NULL
ORDER BY from_id, to_id, relation, evidence, port, seen.number
