WITH guessed AS (  -- clients that only allocations tell of
  SELECT Node, min(NodeName) AS name, min_by(seen, seen.number) AS seen
  FROM placed WHERE Node IS NOT NULL AND NOT COALESCE(Over, false)
    AND Node NOT IN (SELECT Id FROM machine) GROUP BY Node
)
SELECT
  node_of(Id) AS workload_id, 'vm' AS kind, Id AS native_id, COALESCE(Name, Id) AS name,
  Hostname AS hostname, State AS state, Status AS state_raw, Size AS size_name,
  Cores AS cpu_cores, Memory AS memory_bytes, Disk AS disk_bytes,
  OsFamily AS os_family, OsName AS os_name, OsVersion AS os_version,
  CASE WHEN OsName IS NOT NULL THEN 'agent' END AS os_source, Kernel AS kernel_version, Arch AS arch,
  'unknown' AS controller_kind, COALESCE(Zone, Datacenter) AS zone,
  Environment AS environment, PrivateIps AS private_ips, PublicIps AS public_ips, Macs AS macs,
  MachineUuid AS machine_uuid, ProviderId AS provider_id, Id AS node_id,
  CASE WHEN State = 'running' THEN 'running' WHEN Status LIKE 'down%' THEN 'stopped'
       ELSE 'unknown' END AS guest_agent,
  Tags AS tags, seen
FROM machine
UNION ALL BY NAME
SELECT node_of(Node) AS workload_id, 'vm' AS kind, Node AS native_id, COALESCE(name, Node) AS name,
       'unknown' AS state, 'unknown' AS controller_kind, Node AS node_id, seen
FROM guessed
