-- Apps, pods and jobs without a task: scaled to nothing, waiting, or only defined
SELECT
  idle.workload_id, idle.Origin AS origin,
  CASE WHEN COALESCE(bound.IsContainer, false) THEN 'container' ELSE 'task' END AS kind,
  idle.Controller AS native_id,
  ltrim(idle.Controller, '/') || COALESCE('/' || idle.Container, '') AS name,
  CASE WHEN idle.Origin = 'declared' THEN 'unknown'
       WHEN idle.Running > 0 THEN 'running'
       WHEN idle.Staged > 0 OR delayed.Words IS NOT NULL THEN 'starting'
       WHEN idle.Wanted = 0 OR idle.Kind <> 'app' THEN 'stopped'
       ELSE 'unknown' END AS state,
  delayed.Words AS state_raw,
  CASE WHEN idle.Unhealthy > 0 THEN 'critical' WHEN idle.Healthy > 0 THEN 'passing'
       WHEN bound.Checked AND idle.Origin IS NULL THEN 'unknown' END AS health,
  bound."Check" AS health_check,
  bound.Cpus AS cpu_cores, bound.Cpus AS cpu_request_cores,
  bound.Memory AS memory_bytes, bound.Memory AS memory_request_bytes, bound.Disk AS disk_bytes,
  bound.Image AS image_ref, bound.ImageId AS image_id, bound.Command AS command,
  bound.Restart AS restart_policy, bound.Grace AS stop_grace_seconds,
  idle.Kind AS controller_kind,
  crew_of(idle.Controller, idle.Container, crowd.containers) AS controller_name,
  idle.Wanted AS replicas,
  idle.ConfigAt AS revision,
  list_extract(list_sort(list_transform(
    list_filter(bound.Labels, lambda l: lower(l.Key) IN ('environment', 'env', 'stage')),
    lambda l: l.Value)), 1) AS environment,
  bound.Privileged AS privileged, bound.ReadOnlyRoot AS read_only_root, bound."User" AS run_as,
  bound.Capabilities AS capabilities, bound.Namespaces AS host_namespaces,
  list_sort(list_distinct(list_transform(
    list_filter(bound.Doors, lambda d: COALESCE(d.Target, d.Port) IS NOT NULL),
    lambda d: COALESCE(d.Target, d.Port) || '/' || d.Protocol))) AS ports,
  COALESCE(bound.EnvNames, []) AS env_names,
  bound.Labels AS tags,
  idle.seen
FROM idle JOIN bound USING (workload_id)
LEFT JOIN crowd ON crowd.scope = idle.scope AND crowd.Controller = idle.Controller
LEFT JOIN delayed ON delayed.scope = idle.scope AND delayed.Controller = idle.Controller
