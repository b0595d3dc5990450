-- Versions of each job's tasks: those that run, the one that is wanted, the one to go back to
WITH alive AS (
  SELECT Namespace, Job, "Group", Task, Version, min_by(seen, seen.number) AS seen,
         count(*) FILTER (State = 'running') AS running,
         count(*) FILTER (State = 'running' AND Healthy) AS healthy,
         bool_or(Healthy IS NOT NULL) AS is_judged
  FROM unit
  WHERE NOT COALESCE(Over, false) AND State NOT IN ('terminated', 'failed')
    AND Version IS NOT NULL AND Parent IS NULL
  GROUP BY ALL
), known AS (
  SELECT Namespace, Job, "Group", Task, Version, seen FROM plan WHERE Version IS NOT NULL
  UNION ALL SELECT Namespace, Job, "Group", Task, Version, seen FROM alive
), told AS (
  SELECT known.Namespace, known.Job, known."Group", known.Task, known.Version,
         min_by(known.seen, known.seen.number) AS seen
  FROM known JOIN (SELECT Namespace, Id FROM work WHERE Parent IS NULL
                   UNION SELECT Namespace, Job FROM alive) AS own
    ON own.Namespace = known.Namespace AND own.Id = known.Job
  GROUP BY ALL
), newest AS (
  SELECT told.Namespace, told.Job, told."Group", told.Task,
         max(told.Version) AS top, max(move.Id) FILTER (move.Active) AS deployment_id
  FROM told LEFT JOIN move ON move.Namespace = told.Namespace AND move.Job = told.Job
   AND move."Group" = told."Group" AND move.Version = told.Version
  GROUP BY ALL
), judged AS (
  SELECT told.*, newest.top, newest.deployment_id, alive.running, alive.healthy, alive.is_judged,
         era.Stable, era.Submitted, COALESCE(era.Type, work.Type) AS Type, work.Region,
         plan.Image, plan.ImageId, plan.Count, plan.Update, move.Words, move.Canaries,
         move.Promoted, move.Desired, move.Healthy AS told_healthy, move.Active,
         CASE WHEN told.Version < newest.top AND alive.running IS NOT NULL THEN 'outgoing'
              WHEN told.Version < newest.top THEN 'previous'
              WHEN newest.deployment_id IS NOT NULL THEN 'incoming'
              ELSE 'current' END AS status
  FROM told JOIN newest USING (Namespace, Job, "Group", Task)
  LEFT JOIN alive USING (Namespace, Job, "Group", Task, Version)
  LEFT JOIN plan ON plan.Namespace = told.Namespace AND plan.Job = told.Job
   AND plan."Group" = told."Group" AND plan.Task = told.Task AND plan.Version = told.Version
  LEFT JOIN era ON era.Namespace = told.Namespace AND era.Id = told.Job AND era.Version = told.Version
  LEFT JOIN work ON work.Namespace = told.Namespace AND work.Id = told.Job
  LEFT JOIN move ON move.Namespace = told.Namespace AND move.Job = told.Job
   AND move."Group" = told."Group" AND move.Version = told.Version
), chosen AS (  -- of those that run nowhere only the one that Nomad would revert to
  SELECT *, row_number() OVER (PARTITION BY Namespace, Job, "Group", Task, status
                               ORDER BY Stable DESC NULLS LAST, Version DESC) AS place
  FROM judged
)
SELECT
  'nomad|' || chosen.Namespace || '|controller|'
    || crew_of(chosen.Job, chosen."Group", chosen.Task, crowd.tasks) AS controller_id,
  chosen.Namespace AS account, Region AS region,
  Type AS controller_kind,
  crew_of(chosen.Job, chosen."Group", chosen.Task, crowd.tasks) AS controller_name,
  chosen.Version::VARCHAR AS version, status, Image AS image_ref, ImageId AS image_id,
  CASE WHEN status = 'previous' THEN 0
       WHEN Type NOT IN ('service', 'batch') THEN Desired
       WHEN status = 'incoming' AND Canaries > 0 AND NOT COALESCE(Promoted, false) THEN Canaries
       WHEN status = 'outgoing' THEN NULL
       ELSE COALESCE(Desired, Count) END AS replicas,
  CASE WHEN status = 'previous' THEN 0 WHEN running IS NOT NULL THEN running
       WHEN EXISTS (SELECT 1 FROM placed) THEN 0 END AS running,
  CASE WHEN status = 'previous' THEN 0
       WHEN status = 'incoming' THEN COALESCE(told_healthy, healthy)
       WHEN is_judged THEN healthy END AS healthy,
  time_of(Submitted) AS started_at,
  deployment_id IS NOT NULL AS is_moving, deployment_id,
  nullif(concat_ws('; ', Words, Update), '') AS message,
  chosen.seen
FROM chosen LEFT JOIN crowd USING (Namespace, Job, "Group")
WHERE status <> 'previous' OR place = 1
