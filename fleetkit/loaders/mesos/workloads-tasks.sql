WITH named AS (SELECT Id, min(Name) AS name FROM framework GROUP BY Id),
spoken AS (
  SELECT workload_id, list_sort(list_distinct(list(target || '/' || protocol))) AS ports
  FROM door WHERE target IS NOT NULL GROUP BY workload_id
)
SELECT
  unit.workload_id,
  CASE WHEN COALESCE(unit.IsContainer, bound.IsContainer, false) THEN 'container' ELSE 'task' END
    AS kind,
  unit.Task AS native_id, unit.Cluster AS account,
  COALESCE(unit.Name, ltrim(unit.Controller, '/') || COALESCE('/' || unit.Container, ''), unit.Task)
    AS name,
  unit.State AS state, unit.Words AS state_raw,
  COALESCE(unit.Health, CASE WHEN bound.Checked THEN 'unknown' END) AS health,
  bound."Check" AS health_check,
  COALESCE(unit.Cpus, bound.Cpus) AS cpu_cores,
  COALESCE(unit.Cpus, bound.Cpus) AS cpu_request_cores,
  COALESCE(unit.Memory, bound.Memory) AS memory_bytes,
  COALESCE(unit.Memory, bound.Memory) AS memory_request_bytes,
  COALESCE(unit.Disk, bound.Disk) AS disk_bytes,
  COALESCE(unit.Image, bound.Image) AS image_ref,
  COALESCE(unit.ImageId, bound.ImageId) AS image_id,
  bound.Command AS command,
  time_of(unit.Created) AS created_at,
  time_of(unit.Started) AS started_at,
  time_of(unit.Stopped) AS stopped_at,
  unit.ExitCode AS exit_code,
  COALESCE(bound.Restart, CASE unit.Kind WHEN 'app' THEN 'always' END) AS restart_policy,
  bound.Grace AS stop_grace_seconds,
  unit.Kind AS controller_kind,
  crew_of(unit.Controller, unit.Container, crowd.containers) AS controller_name,
  flock.Wanted AS replicas,
  unit.revision AS revision,
  host_of(unit.agent_id) AS host_id,
  COALESCE(agent.zone, unit.Zone) AS zone,
  list_extract(list_sort(list_transform(
    list_filter(bound.Labels, lambda l: lower(l.Key) IN ('environment', 'env', 'stage')),
    lambda l: l.Value)), 1) AS environment,
  unit.Addresses AS private_ips,
  COALESCE(unit.Privileged, bound.Privileged) AS privileged,
  bound.ReadOnlyRoot AS read_only_root,
  COALESCE(unit."User", bound."User") AS run_as,
  bound.Capabilities AS capabilities,
  COALESCE(unit.Namespaces, bound.Namespaces) AS host_namespaces,
  spoken.ports AS ports,
  CASE WHEN bound.Restart IS NOT NULL OR bound.EnvNames IS NOT NULL
       THEN COALESCE(bound.EnvNames, []) END AS env_names,
  list_concat(COALESCE(unit.Labels, []), COALESCE(bound.Labels, []),
    CASE WHEN named.name IS NOT NULL THEN [{'Key': 'mesos framework', 'Value': named.name}]
         ELSE [] END,
    CASE WHEN unit.ContainerId IS NOT NULL
         THEN [{'Key': 'mesos container', 'Value': unit.ContainerId}] ELSE [] END) AS tags,
  unit.seen
FROM unit JOIN bound USING (workload_id)
LEFT JOIN flock ON flock.scope = unit.scope AND flock.Controller = unit.Controller
LEFT JOIN crowd ON crowd.scope = unit.scope AND crowd.Controller = unit.Controller
LEFT JOIN named ON named.Id = unit.Framework
LEFT JOIN (SELECT Id, min(Zone) AS zone FROM agent GROUP BY Id) AS agent
  ON agent.Id = unit.agent_id
LEFT JOIN spoken ON spoken.workload_id = unit.workload_id
