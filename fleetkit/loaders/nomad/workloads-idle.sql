-- Tasks of jobs of which nothing is placed: stopped, over, waiting for their time, or only asked for
SELECT
  workload_id, Origin AS origin, idle.Kind AS kind,
  Job || '/' || "Group" || '/' || Task AS native_id, Namespace AS account, Region AS region,
  Job || '/' || "Group" || '/' || Task AS name, Hostname AS hostname,
  CASE WHEN Origin IS NOT NULL THEN 'unknown'
       WHEN Stop OR Waits OR Count = 0 THEN 'stopped'
       WHEN Status = 'dead' THEN 'terminated'
       WHEN Status IN ('pending', 'running') THEN 'starting'
       ELSE 'unknown' END AS state,
  Status AS state_raw,
  "Check" AS health_check, idle.Cores AS cpu_cores, idle.Cores AS cpu_request_cores,
  COALESCE(MemoryMax, Memory) AS memory_bytes, Memory AS memory_request_bytes,
  idle.Disk AS disk_bytes, Image AS image_ref, ImageId AS image_id, Command AS command,
  Restart AS restart_policy, Grace AS stop_grace_seconds,
  Type AS controller_kind, crew_of(Job, "Group", Task, crowd.tasks) AS controller_name,
  CASE WHEN Type IN ('service', 'batch') THEN Count END AS replicas,
  Least AS min_replicas, Most AS max_replicas, COALESCE(Pins, []) AS pinned_to,
  idle.Version::VARCHAR AS revision,
  list_extract(list_sort(list_transform(
    list_filter(idle.Tags, lambda t: lower(t.Key) IN ('environment', 'env', 'stage')),
    lambda t: t.Value)), 1) AS environment,
  Privileged AS privileged, ReadOnlyRoot AS read_only_root, "User" AS run_as,
  Capabilities AS capabilities, Namespaces AS host_namespaces,
  list_sort(list_distinct(list_transform(
    list_filter(Ports, lambda p: COALESCE(nullif(greatest(p."To", 0), 0), p.Value) IS NOT NULL),
    lambda p: COALESCE(nullif(greatest(p."To", 0), 0), p.Value) || '/tcp'))) AS ports,
  COALESCE(EnvNames, []) AS env_names, Tags AS tags, seen
FROM idle LEFT JOIN crowd USING (Namespace, Job, "Group")
