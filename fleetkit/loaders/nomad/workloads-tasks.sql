-- Of MHz a client's speed makes cores; as a limit they count only where they are one
SELECT
  unit.workload_id,
  COALESCE(unit.Kind, 'task') AS kind,
  unit.Id || COALESCE('/' || unit.Task, '') AS native_id,
  unit.Namespace AS account, work.Region AS region,
  unit.Name || COALESCE('/' || unit.Task, '') AS name,
  unit.Hostname AS hostname,
  unit.State AS state, unit.Words AS state_raw,
  CASE WHEN unit.Checked OR NOT unit.is_known
       THEN CASE unit.Healthy WHEN true THEN 'passing' WHEN false THEN 'critical'
                 ELSE CASE WHEN unit.Checked THEN 'unknown' END END END AS health,
  unit."Check" AS health_check,
  COALESCE(unit.ReservedCores, unit.Cores,
           CASE WHEN unit.HardLimit THEN COALESCE(unit.Mhz, unit.wanted_mhz) / machine.core_mhz END)
    AS cpu_cores,
  COALESCE(unit.ReservedCores, unit.Cores,
           COALESCE(unit.Mhz, unit.wanted_mhz) / machine.core_mhz) AS cpu_request_cores,
  COALESCE(unit.MemoryMax, unit.wanted_max, unit.Memory, unit.wanted_memory) AS memory_bytes,
  COALESCE(unit.Memory, unit.wanted_memory) AS memory_request_bytes,
  COALESCE(unit.Disk, unit.wanted_disk) AS disk_bytes,
  unit.Image AS image_ref, unit.ImageId AS image_id, unit.Command AS command,
  time_of(unit.Created) AS created_at, time_of(unit.Started) AS started_at,
  time_of(unit.Stopped) AS stopped_at, unit.ExitCode AS exit_code,
  unit.Restarts AS restart_count, unit.Restart AS restart_policy,
  unit.Grace AS stop_grace_seconds,
  COALESCE(work.Type, unit.Type) AS controller_kind,
  crew_of(COALESCE(unit.Parent, unit.Job), unit."Group", unit.Task, crowd.tasks) AS controller_name,
  CASE WHEN COALESCE(work.Type, unit.Type) IN ('service', 'batch') THEN unit.Count END AS replicas,
  unit.Least AS min_replicas, unit.Most AS max_replicas,
  CASE WHEN unit.is_known THEN COALESCE(unit.Pins, []) END AS pinned_to,
  unit.Version::VARCHAR AS revision,
  node_of(unit.Node) AS host_id, COALESCE(machine.Zone, machine.Datacenter) AS zone,
  list_extract(list_sort(list_transform(
    list_filter(unit.Tags, lambda t: lower(t.Key) IN ('environment', 'env', 'stage')),
    lambda t: t.Value)), 1) AS environment,
  unit.Addresses AS private_ips,
  unit.Privileged AS privileged, unit.ReadOnlyRoot AS read_only_root, unit."User" AS run_as,
  unit.Capabilities AS capabilities, unit.Namespaces AS host_namespaces,
  list_sort(list_distinct(list_transform(
    list_filter(COALESCE(unit.Ports, unit.wanted_ports),
                lambda p: COALESCE(nullif(greatest(p."To", 0), 0), p.Value) IS NOT NULL),
    lambda p: COALESCE(nullif(greatest(p."To", 0), 0), p.Value) || '/tcp'))) AS ports,
  CASE WHEN unit.is_known THEN COALESCE(unit.EnvNames, []) END AS env_names,
  list_concat(COALESCE(unit.Tags, []), CASE WHEN unit.Canary
    THEN [{'Key': 'nomad canary', 'Value': 'true'}] ELSE [] END) AS tags,
  unit.seen
FROM unit
LEFT JOIN work ON work.Namespace = unit.Namespace AND work.Id = unit.Job
LEFT JOIN machine ON machine.Id = unit.Node
LEFT JOIN crowd ON crowd.Namespace = unit.Namespace AND crowd.Job = unit.Job
 AND crowd."Group" = unit."Group"
