WITH home AS (
  SELECT workload_id, seen, scope, Controller, Kind,
         'mesos|' || scope || CASE Kind WHEN 'app' THEN '|app|' ELSE '|job|' END || Controller
           AS crew_id
  FROM bound WHERE Kind IN ('app', 'cronjob', 'job') AND Controller IS NOT NULL
), folder AS (
  SELECT scope_of(Framework, 'app') AS scope, Id, DependsOn, seen FROM "group"
), told AS (
  SELECT workload_id AS from_id, host_of(agent_id) AS to_id, 'runs_on' AS relation,
         'agent of the task' AS evidence, 1.0 AS confidence, NULL::BIGINT AS port, seen
  FROM unit WHERE agent_id IS NOT NULL
  UNION ALL
  SELECT unit.workload_id, COALESCE(unit.ImageId, bound.ImageId), 'uses_image',
         'image reference of the container', 0.8, NULL, unit.seen
  FROM unit JOIN bound USING (workload_id)
  UNION ALL
  SELECT workload_id, ImageId, 'uses_image', 'image reference of the app', 0.8, NULL, seen
  FROM bound WHERE is_idle
  UNION ALL
  SELECT workload_id, crew_id, 'member_of',
         CASE Kind WHEN 'app' THEN 'app of the task' ELSE 'job of the task' END, 1.0, NULL, seen
  FROM home
  UNION ALL
  SELECT workload_id, 'mesos||framework|' || Framework, 'managed_by', 'framework of the task', 1.0,
         NULL, seen
  FROM unit WHERE Framework IS NOT NULL
  UNION ALL
  SELECT 'mesos|' || scope || '|app|' || Controller,
         'mesos|' || scope || '|group|'
           || COALESCE(nullif(regexp_replace(Controller, '/[^/]*$', ''), ''), '/'),
         'member_of', 'path of the app', 1.0, NULL, seen
  FROM flock WHERE Kind = 'app'
  UNION ALL
  SELECT 'mesos|' || scope || '|group|' || Id,
         'mesos|' || scope || '|group|'
           || COALESCE(nullif(regexp_replace(Id, '/[^/]*$', ''), ''), '/'),
         'member_of', 'path of the group', 1.0, NULL, seen
  FROM folder WHERE Id <> '/'
  UNION ALL
  SELECT 'mesos|' || needy.scope || needy.word || needy.me,
         'mesos|' || needy.scope || CASE
           WHEN needy.word = '|job|' THEN '|job|'
           WHEN flock.Controller IS NULL AND folder.Id IS NOT NULL THEN '|group|'
           ELSE '|app|' END || needy.other,
         'depends_on', 'dependencies of the ' || needy.form, 1.0, NULL, needy.seen
  FROM (SELECT scope, CASE Kind WHEN 'app' THEN '|app|' ELSE '|job|' END AS word,
               Controller AS me, unnest(DependsOn) AS other,
               CASE Kind WHEN 'app' THEN 'app' ELSE 'job' END AS form, seen FROM flock
        UNION ALL
        SELECT scope, '|group|', Id, unnest(DependsOn), 'group', seen FROM folder) AS needy
  LEFT JOIN flock ON flock.scope = needy.scope AND flock.Controller = needy.other
  LEFT JOIN (SELECT DISTINCT scope, Id FROM folder) AS folder
    ON folder.scope = needy.scope AND folder.Id = needy.other
  UNION ALL
  SELECT 'mesos|' || scope || '|vip|' || vip, workload_id, 'balances_to', 'VIP label of the port',
         1.0, port, seen
  FROM (SELECT *, unnest(vips) AS vip FROM door)
  UNION ALL
  SELECT 'mesos|' || scope || '|balancer|' || balancer, door.workload_id, 'balances_to',
         'labels of the app', 0.9, door.port, door.seen
  FROM door JOIN (SELECT scope, Controller, unnest(Balancers) AS balancer FROM flock)
    USING (scope, Controller)
  UNION ALL
  SELECT after.ImageId, before.ImageId, 'replaces', 'deployment of an app', 1.0, NULL, after.seen
  FROM unit JOIN flock ON flock.scope = unit.scope AND flock.Controller = unit.Controller
  JOIN plan AS before ON before.scope = unit.scope AND before.Controller = unit.Controller
   AND before.ConfigAt = unit.revision AND unit.revision < flock.ConfigAt
  JOIN plan AS after ON after.scope = unit.scope AND after.Controller = unit.Controller
   AND after.ConfigAt = flock.ConfigAt
   AND after.Container IS NOT DISTINCT FROM before.Container
  WHERE after.ImageId <> before.ImageId
)
SELECT DISTINCT ON (from_id, to_id, relation, evidence, port) * FROM told
WHERE from_id IS NOT NULL AND to_id IS NOT NULL AND from_id <> to_id
ORDER BY from_id, to_id, relation, evidence, port, seen.number
