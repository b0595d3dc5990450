-- Configs of each app and pod: those that tasks run, the one that is wanted, those that are kept
WITH alive AS (
  SELECT scope, Controller, revision, Container, count(*) FILTER (State = 'running') AS running,
         count(*) FILTER (State = 'running' AND Health = 'passing') AS healthy
  FROM unit
  WHERE Kind = 'app' AND Controller IS NOT NULL AND revision IS NOT NULL
    AND State NOT IN ('terminated', 'failed')
  GROUP BY ALL
), counted AS (  -- an instance of a pod runs where all of its containers do
  SELECT scope, Controller, revision, min(running) AS running, min(healthy) AS healthy
  FROM alive GROUP BY ALL
), asked AS (
  SELECT scope, Controller, ConfigAt AS revision, bool_or(Checked) AS checked,
         list_sort(list(DISTINCT Image) FILTER (Image IS NOT NULL)) AS images,
         list_sort(list(DISTINCT ImageId) FILTER (ImageId IS NOT NULL)) AS image_ids
  FROM plan GROUP BY ALL
), version AS (
  SELECT scope, Controller, ConfigAt AS revision, min_by(seen, seen.number) AS seen,
         min(Origin) AS origin
  FROM era WHERE Kind = 'app' AND ConfigAt IS NOT NULL GROUP BY ALL
  UNION ALL BY NAME
  SELECT scope, Controller, revision, min_by(seen, seen.number) AS seen
  FROM unit SEMI JOIN counted USING (scope, Controller, revision)
  WHERE NOT EXISTS (SELECT 1 FROM era WHERE era.scope = unit.scope
                    AND era.Controller = unit.Controller AND era.ConfigAt = unit.revision)
  GROUP BY ALL
  UNION ALL BY NAME  -- a deployment of what nothing else tells of makes a version of its own
  SELECT scope, Controller, Version AS revision, seen FROM moving
  WHERE Version IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM era
                    WHERE era.scope = moving.scope AND era.Controller = moving.Controller)
    AND NOT EXISTS (SELECT 1 FROM unit
                    WHERE unit.scope = moving.scope AND unit.Controller = moving.Controller)
), newest AS (
  SELECT scope, Controller, max(revision) AS revision,
         COALESCE(bool_or(counted.running IS NOT NULL), false) AS has_tasks,
         COALESCE(bool_or(counted.running IS NOT NULL AND version.revision < top), false)
           AS has_old_tasks
  FROM (SELECT *, max(revision) OVER (PARTITION BY scope, Controller) AS top FROM version)
    AS version
  LEFT JOIN counted USING (scope, Controller, revision)
  GROUP BY ALL
), judged AS (
  SELECT version.*, newest.has_tasks, counted.running, counted.healthy, flock.Wanted,
         flock.Running AS told_running, flock.Healthy AS told_healthy, flock.Words,
         moving.Words AS moves, delayed.Words AS waits, asked.checked, asked.images,
         asked.image_ids, COALESCE(moving.Id, flock.Deployment) AS deployment_id,
         CASE
           WHEN version.revision < newest.revision AND counted.running IS NOT NULL THEN 'outgoing'
           WHEN version.revision < newest.revision THEN 'previous'
           WHEN moving.Id IS NULL AND flock.Deployment IS NULL THEN 'current'
           WHEN len(list_filter(moving.Actions, lambda a: a LIKE 'Stop%')) > 0 THEN 'outgoing'
           WHEN has_old_tasks
             OR len(list_filter(moving.Actions, lambda a: a LIKE 'Restart%' OR a LIKE 'Start%')) > 0
             THEN 'incoming'
           ELSE 'current' END AS status
  FROM version JOIN newest USING (scope, Controller)
  LEFT JOIN counted ON counted.scope = version.scope AND counted.Controller = version.Controller
   AND counted.revision = version.revision
  LEFT JOIN flock ON flock.scope = version.scope AND flock.Controller = version.Controller
  LEFT JOIN moving ON moving.scope = version.scope AND moving.Controller = version.Controller
  LEFT JOIN delayed ON delayed.scope = version.scope AND delayed.Controller = version.Controller
  LEFT JOIN asked ON asked.scope = version.scope AND asked.Controller = version.Controller
   AND asked.revision = version.revision
)
SELECT
  'mesos|' || scope || '|app|' || Controller AS controller_id, origin,
  'app' AS controller_kind, Controller AS controller_name, revision AS version, status,
  CASE WHEN len(images) = 1 THEN images[1] END AS image_ref,
  CASE WHEN len(image_ids) = 1 THEN image_ids[1] END AS image_id,
  CASE status WHEN 'previous' THEN 0 WHEN 'outgoing' THEN NULL ELSE Wanted END AS replicas,
  CASE WHEN status = 'previous' THEN 0 WHEN has_tasks THEN COALESCE(running, 0)
       WHEN deployment_id IS NULL THEN told_running END AS running,
  CASE WHEN status = 'previous' THEN 0 WHEN NOT checked THEN NULL
       WHEN has_tasks AND checked THEN COALESCE(healthy, 0)
       WHEN deployment_id IS NULL AND checked THEN told_healthy END AS healthy,
  time_of(revision) AS started_at,
  CASE WHEN origin IS NULL THEN deployment_id IS NOT NULL END AS is_moving,
  deployment_id,
  nullif(concat_ws('; ', CASE WHEN status IN ('current', 'incoming') THEN Words END,
    CASE WHEN status IN ('current', 'incoming') THEN moves END,
    CASE WHEN status IN ('current', 'incoming') THEN waits END,
    CASE WHEN len(images) > 1 THEN 'images: ' || array_to_string(images, ', ') END), '')
    AS message,
  seen
FROM judged
