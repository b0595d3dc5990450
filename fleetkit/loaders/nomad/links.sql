WITH home AS (
  SELECT workload_id, Namespace, Job, "Group", seen FROM unit
  UNION ALL SELECT workload_id, Namespace, Job, "Group", seen FROM idle
), told AS (
  SELECT workload_id AS from_id, node_of(Node) AS to_id, 'runs_on' AS relation,
         'node of the allocation' AS evidence, 1.0 AS confidence, seen
  FROM unit WHERE Node IS NOT NULL
  UNION ALL
  SELECT workload_id, ImageId, 'uses_image', 'image reference of the task', 0.8, seen FROM unit
  UNION ALL
  SELECT workload_id, ImageId, 'uses_image', 'image reference of the task', 0.8, seen FROM idle
  UNION ALL
  SELECT workload_id, 'nomad|' || Namespace || '|job|' || Job, 'member_of', 'job of the task', 1.0,
         seen
  FROM home
  UNION ALL
  SELECT 'nomad|' || Namespace || '|job|' || Id, 'nomad|' || Namespace || '|job|' || Parent,
         'member_of', 'parent of the job', 1.0, seen
  FROM work WHERE Parent IS NOT NULL
  UNION ALL
  SELECT workload_id, 'nomad|' || Namespace || '|service|' || unnest(Calls), 'calls',
         'upstreams of the sidecar', 1.0, seen
  FROM unit
  UNION ALL
  SELECT after.ImageId, before.ImageId, 'replaces', 'versions of a job', 1.0, after.seen
  FROM plan AS after JOIN plan AS before USING (Namespace, Job, "Group", Task)
  JOIN work ON work.Namespace = after.Namespace AND work.Id = after.Job
   AND work.Version = after.Version
  JOIN unit ON unit.Namespace = after.Namespace AND unit.Job = after.Job
   AND unit.Version = before.Version AND NOT COALESCE(unit.Over, false)
  WHERE before.Version < after.Version AND after.ImageId <> before.ImageId
)
SELECT DISTINCT ON (from_id, to_id, relation, evidence) * FROM told
WHERE from_id IS NOT NULL AND to_id IS NOT NULL AND from_id <> to_id
ORDER BY from_id, to_id, relation, evidence, seen.number
