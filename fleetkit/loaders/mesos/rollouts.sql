-- Configs of each app's containers: those that run, the one that is wanted, those that are kept
WITH alive AS (
  SELECT scope, Controller, Container, revision, min_by(seen, seen.number) AS seen,
         count(*) FILTER (State = 'running') AS running,
         count(*) FILTER (State = 'running' AND Health = 'passing') AS healthy
  FROM unit
  WHERE Kind = 'app' AND Controller IS NOT NULL AND revision IS NOT NULL
    AND State NOT IN ('terminated', 'failed')
  GROUP BY ALL
), told AS (
  SELECT scope, Controller, Container, ConfigAt AS revision, seen FROM plan
  WHERE Kind = 'app' AND ConfigAt IS NOT NULL
  UNION ALL SELECT scope, Controller, Container, revision, seen FROM alive
  UNION ALL  -- a deployment of what nothing else tells of makes a version of its own
  SELECT scope, Controller, NULL, Version, seen FROM moving
  WHERE Version IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM plan
                    WHERE plan.scope = moving.scope AND plan.Controller = moving.Controller)
    AND NOT EXISTS (SELECT 1 FROM unit
                    WHERE unit.scope = moving.scope AND unit.Controller = moving.Controller)
), version AS (
  SELECT scope, Controller, Container, revision, min_by(seen, seen.number) AS seen,
         max(revision) OVER (PARTITION BY scope, Controller) AS top
  FROM told GROUP BY scope, Controller, Container, revision
), around AS (
  SELECT version.scope, version.Controller, count(alive.running) > 0 AS has_tasks,
         count(alive.running) FILTER (version.revision < top) > 0 AS has_old_tasks
  FROM version LEFT JOIN alive
    ON alive.scope = version.scope AND alive.Controller = version.Controller
   AND alive.Container IS NOT DISTINCT FROM version.Container
   AND alive.revision = version.revision
  GROUP BY version.scope, version.Controller
), judged AS (
  SELECT version.*, around.has_tasks, alive.running, alive.healthy, flock.Wanted,
         flock.Running AS told_running, flock.Healthy AS told_healthy, flock.Words,
         moving.Words AS moves, delayed.Words AS waits,
         plan.Checked, plan.Image, plan.ImageId,
         COALESCE(moving.Id, flock.Deployment) AS deployment_id,
         CASE
           WHEN version.revision < top AND alive.running IS NOT NULL THEN 'outgoing'
           WHEN version.revision < top THEN 'previous'
           WHEN moving.Id IS NULL AND flock.Deployment IS NULL THEN 'current'
           WHEN len(list_filter(moving.Actions, lambda a: a LIKE 'Stop%')) > 0 THEN 'outgoing'
           WHEN has_old_tasks
             OR len(list_filter(moving.Actions, lambda a: a LIKE 'Restart%' OR a LIKE 'Start%')) > 0
             THEN 'incoming'
           ELSE 'current' END AS status
  FROM version
  JOIN around ON around.scope = version.scope AND around.Controller = version.Controller
  LEFT JOIN alive ON alive.scope = version.scope AND alive.Controller = version.Controller
   AND alive.Container IS NOT DISTINCT FROM version.Container
   AND alive.revision = version.revision
  LEFT JOIN flock ON flock.scope = version.scope AND flock.Controller = version.Controller
  LEFT JOIN moving ON moving.scope = version.scope AND moving.Controller = version.Controller
  LEFT JOIN delayed ON delayed.scope = version.scope AND delayed.Controller = version.Controller
  LEFT JOIN plan ON plan.scope = version.scope AND plan.Controller = version.Controller
   AND plan.Container IS NOT DISTINCT FROM version.Container AND plan.ConfigAt = version.revision
)
SELECT
  'mesos|' || judged.scope || '|app|'
    || crew_of(judged.Controller, judged.Container, crowd.containers) AS controller_id,
  'app' AS controller_kind,
  crew_of(judged.Controller, judged.Container, crowd.containers) AS controller_name,
  revision AS version, status, Image AS image_ref, ImageId AS image_id,
  CASE status WHEN 'previous' THEN 0 WHEN 'outgoing' THEN NULL ELSE Wanted END AS replicas,
  CASE WHEN status = 'previous' THEN 0 WHEN has_tasks THEN COALESCE(running, 0)
       WHEN deployment_id IS NULL THEN told_running END AS running,
  CASE WHEN status = 'previous' THEN 0 WHEN NOT Checked THEN NULL
       WHEN has_tasks AND Checked THEN COALESCE(healthy, 0)
       WHEN deployment_id IS NULL AND Checked THEN told_healthy END AS healthy,
  time_of(revision) AS started_at,
  deployment_id IS NOT NULL AS is_moving,
  deployment_id,
  CASE WHEN status IN ('current', 'incoming')
       THEN nullif(concat_ws('; ', Words, moves, waits), '') END AS message,
  seen
FROM judged
LEFT JOIN crowd ON crowd.scope = judged.scope AND crowd.Controller = judged.Controller
