CREATE TEMP MACRO time_of(text) AS TRY_CAST(text AS TIMESTAMPTZ);
CREATE TEMP MACRO is_address(name) AS
  regexp_full_match(name, '[0-9]{1,3}(\.[0-9]{1,3}){3}') OR regexp_full_match(name, '[0-9a-fA-F]*:[0-9a-fA-F:]+');
CREATE TEMP MACRO host_of(agent) AS 'mesos||vm|' || agent;

-- The Marathon of what does not say whose it is, where there is one only
CREATE TEMP TABLE sole AS
  SELECT CASE WHEN count(DISTINCT id) = 1 THEN min(id) END AS known
  FROM (SELECT Framework AS id FROM marathon
        UNION ALL
        SELECT Id FROM framework
        WHERE lower(Name) LIKE 'marathon%' AND (SELECT count(*) = 0 FROM marathon));
CREATE TEMP MACRO scope_of(own, kind) AS
  CASE WHEN kind = 'app' THEN COALESCE(own, (SELECT known FROM sole), '') ELSE '' END;

-- Every version of an app or pod that is known; a version that only scales has the config of
-- another, and Marathon replaces tasks for a new config only
CREATE TEMP TABLE era AS
  SELECT DISTINCT ON (scope, Controller, Version)
         *, scope_of(Framework, Kind) AS scope
  FROM crew WHERE Controller IS NOT NULL
  ORDER BY scope, Controller, Version, Running IS NULL, seen.number;

CREATE TEMP TABLE flock AS  -- each app, pod or job, as its newest version wants it
  SELECT DISTINCT ON (scope, Controller) * FROM era
  ORDER BY scope, Controller, Version DESC NULLS LAST;

CREATE TEMP TABLE plan AS  -- what a config asks for, by container
  SELECT DISTINCT ON (scope, Controller, Container, ConfigAt)
         *, scope_of(Framework, Kind) AS scope
  FROM recipe WHERE Controller IS NOT NULL
  ORDER BY scope, Controller, Container, ConfigAt, Version DESC NULLS LAST, seen.number;

CREATE TEMP TABLE moving AS  -- deployments under way
  SELECT scope, Controller, min(Id) AS Id, max(Version) AS Version,
         min_by(seen, seen.number) AS seen, flatten(list(Actions)) AS Actions,
         string_agg(Words, '; ' ORDER BY Id) AS Words
  FROM (SELECT DISTINCT ON (scope, Controller, Id) *, scope_of(Framework, 'app') AS scope
        FROM deployment ORDER BY scope, Controller, Id, seen.number)
  GROUP BY scope, Controller;

CREATE TEMP TABLE delayed AS
  SELECT scope_of(Framework, 'app') AS scope, Controller, min(Words) AS Words
  FROM waiting WHERE Controller IS NOT NULL GROUP BY ALL;

-- Each task once, of what Mesos and Marathon say of it; of two masters the one elected last
CREATE TEMP TABLE sighted AS
  SELECT task.*, COALESCE(Agent, only_agent) AS place,
         row_number() OVER (PARTITION BY Task, COALESCE(Agent, only_agent)
           ORDER BY View = 'mesos' DESC, Elected DESC NULLS LAST,
                    State IN ('terminated', 'failed'), Started DESC NULLS LAST, seen.number) AS rank,
         row_number() OVER (PARTITION BY Task, COALESCE(Agent, only_agent)
           ORDER BY View = 'mesos', seen.number) AS turn
  FROM task
  LEFT JOIN (SELECT Task AS known, min(Agent) AS only_agent FROM task WHERE Agent IS NOT NULL
             GROUP BY Task HAVING count(DISTINCT Agent) = 1) ON known = Task;

CREATE TEMP MACRO said(value, place) AS first(value ORDER BY place) FILTER (value IS NOT NULL);
CREATE TEMP TABLE body AS
  SELECT 'mesos|' || COALESCE(place, '') || '|task|' || Task AS workload_id, place AS agent_id,
         Task, first(seen ORDER BY rank) AS seen,
         said(Framework, rank) AS Framework, said(Cluster, rank) AS Cluster,
         said(Name, rank) AS Name, said(State, rank) AS State, said(Words, rank) AS Words,
         said(Cpus, rank) AS Cpus, said(Memory, rank) AS Memory, said(Disk, rank) AS Disk,
         said(IsContainer, rank) AS IsContainer, said(Image, rank) AS Image,
         said(ImageId, rank) AS ImageId, said(Privileged, rank) AS Privileged,
         said(Namespaces, rank) AS Namespaces, said("User", rank) AS "User",
         said(Labels, rank) AS Labels, said(Mounts, rank) AS Mounts, said(Doors, rank) AS Doors,
         said(Stopped, rank) AS Stopped, said(ContainerId, rank) AS ContainerId,
         said(Addresses, rank) AS Addresses, said(ExitCode, rank) AS ExitCode,
         said(Controller, turn) AS Controller, said(Kind, turn) AS Kind,
         said(Container, turn) AS Container, said(Created, turn) AS Created,
         said(Started, turn) AS Started, said(Version, turn) AS Version,
         said(Hostname, turn) AS Hostname, said(Health, turn) AS Health,
         said(HealthWords, turn) AS HealthWords, said(Ports, turn) AS Ports,
         said(Zone, turn) AS Zone, said(Volumes, turn) AS Volumes
  FROM sighted WHERE Task IS NOT NULL GROUP BY place, Task;

CREATE TEMP TABLE unit AS  -- tasks with the config that they run
  SELECT body.*, scope_of(body.Framework, body.Kind) AS scope,
         CASE WHEN body.Version BETWEEN flock.ConfigAt AND flock.Version THEN flock.ConfigAt
              WHEN body.Version IS NOT NULL THEN COALESCE(era.ConfigAt, body.Version)
              WHEN flock.Deployment IS NULL AND moving.Id IS NULL THEN flock.ConfigAt
         END AS revision
  FROM body
  LEFT JOIN flock ON flock.Controller = body.Controller
   AND flock.scope = scope_of(body.Framework, body.Kind)
  LEFT JOIN era ON era.Controller = body.Controller AND era.Version = body.Version
   AND era.scope = scope_of(body.Framework, body.Kind)
  LEFT JOIN moving ON moving.Controller = body.Controller
   AND moving.scope = scope_of(body.Framework, body.Kind);

CREATE TEMP TABLE idle AS  -- apps, pods and jobs of which no task is known: they stand for them
  SELECT flock.*, plan.Container, plan.ConfigAt AS plan_config,
         'mesos|' || flock.scope || '|' || CASE flock.Kind WHEN 'app' THEN 'app' ELSE 'job' END
           || '|' || flock.Controller || COALESCE('/' || plan.Container, '') AS workload_id
  FROM flock
  LEFT JOIN plan ON plan.scope = flock.scope AND plan.Controller = flock.Controller
   AND plan.ConfigAt IS NOT DISTINCT FROM flock.ConfigAt
  WHERE flock.Origin IS NOT NULL
     OR NOT EXISTS (SELECT 1 FROM unit
                    WHERE unit.scope = flock.scope AND unit.Controller = flock.Controller);

-- Containers of a pod are no siblings: each that has companions is a controller of its own
CREATE TEMP TABLE crowd AS
  SELECT scope, Controller, count(DISTINCT Container) AS containers
  FROM (SELECT scope, Controller, Container FROM plan
        UNION SELECT scope, Controller, Container FROM unit WHERE Controller IS NOT NULL)
  GROUP BY ALL;
CREATE TEMP MACRO crew_of(controller, container, containers) AS
  controller || CASE WHEN containers > 1 AND container IS NOT NULL THEN '/' || container ELSE '' END;

CREATE TEMP TABLE bound AS  -- each workload with its recipe
  SELECT unit.workload_id, unit.scope, unit.Controller, unit.Kind, unit.revision, unit.seen,
         unit.Container, false AS is_idle, plan.* EXCLUDE (scope, Controller, Kind, seen, Container)
  FROM unit LEFT JOIN plan
    ON plan.scope = unit.scope AND plan.Controller = unit.Controller
   AND plan.Container IS NOT DISTINCT FROM unit.Container
   AND plan.ConfigAt IS NOT DISTINCT FROM unit.revision
  UNION ALL BY NAME
  SELECT idle.workload_id, idle.scope, idle.Controller, idle.Kind, idle.ConfigAt AS revision,
         idle.seen, idle.Container, true AS is_idle,
         plan.* EXCLUDE (scope, Controller, Kind, seen, Container)
  FROM idle LEFT JOIN plan
    ON plan.scope = idle.scope AND plan.Controller = idle.Controller
   AND plan.Container IS NOT DISTINCT FROM idle.Container
   AND plan.ConfigAt IS NOT DISTINCT FROM idle.plan_config;

-- Ports on which tasks answer: those that their app declares, in the order of those given to them
CREATE TEMP TABLE door AS
  SELECT workload_id, seen, scope, Controller, revision, agent_id, Health, Checked,
         HealthWords, d.Name AS name, d.Vips AS vips, d.Tags AS tags, d.Protocol AS protocol,
         COALESCE(d.Index, 100) AS place, d.Inside AS inside,
         CASE WHEN d.Inside THEN Addresses[1] ELSE COALESCE(address, Hostname) END AS address,
         CASE WHEN d.Inside THEN d.Target
              ELSE COALESCE(Ports[d.Index + 1], d.Port) END AS port,
         COALESCE(d.Target, CASE WHEN NOT d.Inside THEN COALESCE(Ports[d.Index + 1], d.Port) END)
           AS target
  FROM (SELECT unit.* EXCLUDE (Doors), bound.Checked, agent.address,
               unnest(CASE WHEN len(bound.Doors) > 0 THEN bound.Doors
                           WHEN len(unit.Doors) > 0 THEN unit.Doors
                           ELSE list_transform(unit.Ports, lambda p, i: {
                             'Index': i - 1, 'Name': NULL::VARCHAR, 'Port': p,
                             'Target': NULL::BIGINT, 'Protocol': 'tcp', 'Inside': false,
                             'Vips': []::VARCHAR[], 'Tags': []::VARCHAR[]}) END) AS d
        FROM unit JOIN bound USING (workload_id)
        LEFT JOIN (SELECT Id, min(Address) AS address FROM agent GROUP BY Id) AS agent
          ON agent.Id = unit.agent_id
        WHERE unit.State NOT IN ('terminated', 'failed'));
