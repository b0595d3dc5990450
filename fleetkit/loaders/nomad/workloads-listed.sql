-- Jobs that are only listed, and of which no allocation and no description is known
SELECT
  'nomad|' || Namespace || '|job|' || Id AS workload_id, 'task' AS kind, Id AS native_id,
  Namespace AS account, Region AS region, Id AS name,
  CASE WHEN Stop OR Waits THEN 'stopped' WHEN Status = 'dead' THEN 'terminated'
       WHEN Status = 'running' THEN 'running' WHEN Status = 'pending' THEN 'starting'
       ELSE 'unknown' END AS state,
  Status AS state_raw, Type AS controller_kind, Id AS controller_name,
  Version::VARCHAR AS revision, seen
FROM work
WHERE Thin AND Parent IS NULL
  AND NOT EXISTS (SELECT 1 FROM unit WHERE unit.Namespace = work.Namespace AND unit.Job = work.Id)
  AND NOT EXISTS (SELECT 1 FROM plan WHERE plan.Namespace = work.Namespace AND plan.Job = work.Id)
