CREATE TEMP MACRO time_of(text) AS TRY_CAST(text AS TIMESTAMPTZ);
CREATE TEMP MACRO node_of(id) AS 'nomad||vm|' || id;

CREATE TEMP TABLE machine AS  -- each client once; its whole description before that of the list
  SELECT DISTINCT ON (Id) *, Mhz / Cores AS core_mhz FROM node
  WHERE Id IS NOT NULL ORDER BY Id, Whole DESC NULLS LAST, seen.number;

CREATE TEMP TABLE era AS  -- each version of a job; one that is only listed last
  SELECT DISTINCT ON (Namespace, Id, Version) * FROM job
  ORDER BY Namespace, Id, Version, Thin NULLS FIRST, seen.number;

CREATE TEMP TABLE work AS  -- each job as its newest version is
  SELECT DISTINCT ON (Namespace, Id) * FROM era
  ORDER BY Namespace, Id, Version DESC NULLS LAST;

CREATE TEMP TABLE plan AS  -- what a version asks for, task by task
  SELECT DISTINCT ON (Namespace, Job, Version, "Group", Task) * FROM recipe
  ORDER BY Namespace, Job, Version, "Group", Task, seen.number;

CREATE TEMP TABLE placed AS  -- each allocation's tasks, as they were told last
  SELECT DISTINCT ON (Id, Task) * FROM alloc WHERE Id IS NOT NULL
  ORDER BY Id, Task, Changed DESC NULLS LAST, seen.number;

-- A parent writes its name before that of a job that it starts
CREATE TEMP MACRO parent_of(job) AS
  nullif(regexp_extract(job, '^(.+)/(?:dispatch|periodic)-[^/]+$', 1), '');

CREATE TEMP TABLE unit AS  -- tasks of allocations with the recipe that they run
  SELECT placed.* EXCLUDE (Task), COALESCE(placed.Task, plan.Task) AS Task,
         COALESCE(work.Parent, parent_of(placed.Job)) AS Parent,
         plan.* EXCLUDE (Namespace, Job, Version, "Group", Task, Mhz, Memory, MemoryMax, Disk,
                         Ports, seen),
         plan.Mhz AS wanted_mhz, plan.Memory AS wanted_memory, plan.MemoryMax AS wanted_max,
         plan.Disk AS wanted_disk, plan.Ports AS wanted_ports, plan.Job IS NOT NULL AS is_known,
         'nomad||task|' || placed.Id || COALESCE('/' || COALESCE(placed.Task, plan.Task), '')
           AS workload_id
  FROM placed
  LEFT JOIN work ON work.Namespace = placed.Namespace AND work.Id = placed.Job
  LEFT JOIN plan ON plan.Namespace = placed.Namespace AND plan.Job = placed.Job
   AND plan.Version IS NOT DISTINCT FROM placed.Version AND plan."Group" = placed."Group"
   AND (plan.Task = placed.Task OR placed.Task IS NULL);

-- Tasks of one group are no siblings: each that has companions is a controller of its own
CREATE TEMP TABLE crowd AS
  SELECT Namespace, Job, "Group", count(DISTINCT Task) AS tasks
  FROM (SELECT Namespace, Job, "Group", Task FROM plan
        UNION SELECT Namespace, Job, "Group", Task FROM unit)
  GROUP BY ALL;
CREATE TEMP MACRO crew_of(job, grp, task, tasks) AS
  job || '/' || grp || CASE WHEN tasks > 1 AND task IS NOT NULL THEN '/' || task ELSE '' END;

CREATE TEMP TABLE idle AS  -- tasks of jobs of which nothing is placed
  SELECT plan.*, work.Type, work.Status, work.Stop, work.Origin, work.Region, work.Submitted,
         work.Waits,
         'nomad|' || plan.Namespace || '|job|' || plan.Job || '/' || plan."Group" || '/'
           || plan.Task AS workload_id
  FROM plan JOIN work ON work.Namespace = plan.Namespace AND work.Id = plan.Job
   AND work.Version IS NOT DISTINCT FROM plan.Version
  WHERE work.Origin IS NOT NULL
     OR NOT EXISTS (SELECT 1 FROM unit WHERE unit.Namespace = plan.Namespace
                    AND unit.Job = plan.Job AND unit."Group" = plan."Group");

CREATE TEMP TABLE store AS  -- volumes that Nomad knows, and those of clients
  SELECT DISTINCT ON (Namespace, Id, Type) * FROM volume WHERE Id IS NOT NULL
  ORDER BY Namespace, Id, Type, Size IS NULL, seen.number;

CREATE TEMP TABLE move AS  -- the last deployment of each version of a group
  SELECT DISTINCT ON (Namespace, Job, "Group", Version) * FROM deployment
  WHERE Job IS NOT NULL
  ORDER BY Namespace, Job, "Group", Version, Active DESC NULLS LAST, Changed DESC NULLS LAST, Id;
