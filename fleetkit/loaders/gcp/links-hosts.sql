-- Sole-tenant nodes: an affinity to one node says where the machine runs
WITH affinity AS (
  SELECT workload_id, project, seen, unnest(scheduling.nodeAffinities) AS a FROM vm
  WHERE workload_id IS NOT NULL
)
SELECT
  workload_id AS from_id,
  'gcp|' || project || '|host|' || a.values[1] AS to_id,
  'runs_on' AS relation,
  'node affinity' AS evidence,
  1.0 AS confidence,
  seen
FROM affinity
WHERE a.key = 'compute.googleapis.com/node-name' AND a.operator = 'IN' AND len(a.values) = 1
